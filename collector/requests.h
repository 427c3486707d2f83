#pragma once
// What comes in by the control socket: "status" and "quarantine retry" are ours, the rest is the office's.
#include "core/net/control.h"

typedef struct Collector Collector;

/// As control_handle() wants it; `user` is the Collector.
void requests_answer(void *user, const ControlRequest *request, int *ret_exit, Text *out, Text *err);
