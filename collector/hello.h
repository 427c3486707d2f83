#pragma once
// Hello: a terminal says where it stands. The answer is a receipt, and a plan if its own is old.
#include <stddef.h>

#include "collector/register.h"
#include "core/wire/wire.h"

typedef struct Collector Collector;

/// 0, WIRE_E_UNREADABLE with the reason, or negative: the disk has failed.
int hello_take(Collector *collector, RegisterEntry *entry, const char *line, size_t size,
               WireError *ret_error);
