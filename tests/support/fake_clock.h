#pragma once
// Time that a test can push forward: for keep-alives and time-outs that nobody wants to wait for. A test
// program that uses this replaces clock_gettime() for all of its code, shared libraries included;
// CLOCK_REALTIME is left alone.
#include "core/base/clock.h"

/// CLOCK_MONOTONIC jumps ahead, for good.
void fake_clock_advance(Time by);
