#pragma once
// What systemd hears of us, when it started us: readiness, a status line, the watchdog.
#include "core/base/clock.h"

typedef struct Notify {
    Time interval; // between two signs of life, 0: nobody wants any
    Time next;     // monotonic
} Notify;

typedef struct Collector Collector;

/// The database is open: from here on a broker that is away is waited for, and start-up must not time out
/// over it.
void notify_ready(Collector *collector);
/// Tells how the line and the disk are.
void notify_status(Collector *collector);
void notify_reloading(void);
void notify_stopping(void);
/// Gives a sign of life when it is due; returns when to call again.
Time notify_tick(Collector *collector);
