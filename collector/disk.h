#pragma once
// The disk that fails (C6): nothing is acknowledged, the database is closed and opened again before it is
// believed.
#include <stdbool.h>

#include "core/base/clock.h"
#include "core/base/log.h"

typedef struct Disk {
    int error;       // negative errno since it failed; 0: well
    char fault[32];  // the word for it in the state, "" when well
    Time since;      // wall clock
    Time next_probe; // monotonic
    LogLimit limit;
} Disk;

typedef struct Collector Collector;

/// Notes that the store has failed and cuts the line, so that no acknowledgement leaves. May be called from
/// any depth: the database is closed by disk_tick(). The first failure stays.
void disk_fail(Collector *collector, int error);
/// Closes what has failed, tries again once a second, and goes on when the disk is well. Returns when to call
/// again.
Time disk_tick(Collector *collector);
