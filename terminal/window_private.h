#pragma once
// Private to window.c (what happened) and window_send.c (what goes next).
#include "terminal/window.h"

/// A part of `whole`, as `random` has it.
static inline Time window_spread(Time whole, uint32_t random)
{
    return (Time)(((uint64_t)whole * random) >> 32);
}

/// Room for one more flight at the end.
WindowFlight *window_flight_add(Window *window);
