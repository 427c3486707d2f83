#pragma once
// poll() and the control socket of the virtual world: core/net/loop.h and the server half of
// core/net/control.h are answered here.
#include <stdbool.h>

#include "core/base/text.h"
#include "core/net/loop.h"

// What the last loop_wait() found.
typedef struct RoundsWait {
    bool ready;    // something was there
    Time deadline; // otherwise: when it would have woken (clock_monotonic())
} RoundsWait;
extern RoundsWait rounds_wait;

// A question at the control socket, and the answer to it. `text` is what the asker's file holds.
typedef struct RoundsAsk {
    int argc;
    char **argv;
    const char *text; // NULL: no file
    bool done;
    int code;
    Text out, err;
} RoundsAsk;
/// The next round answers it; NULL: nobody asks.
void rounds_ask(RoundsAsk *ask);
bool rounds_is_asked(void);
