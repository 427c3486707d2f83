#pragma once
// `studyday quarantine retry ID...`: a message that was kept whole is judged once more.
#include "core/base/text.h"

typedef struct Collector Collector;

/// argv[0] is "retry". No transaction may be open. Returns an exit code: 65 when one of them is refused
/// again.
int retry_run(Collector *collector, int argc, char *const *argv, const char *actor, Text *out, Text *err);
