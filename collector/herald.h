#pragma once
// A second connection that only speaks, for the time in which nothing can be stored (C6).
#include "core/net/mqtt.h"

typedef struct Herald {
    Mqtt *mqtt; // NULL: not needed
    unsigned failures;
    Time retry_at; // monotonic
} Herald;

typedef struct Collector Collector;

/// Connects under a name of its own and publishes the state with its fault, retained; goes on trying.
void herald_start(Collector *collector);
/// Says goodbye: the state is the main connection's matter again.
void herald_stop(Collector *collector);
void herald_close(Herald *herald);
void herald_arm(Collector *collector);
/// Keep-alive and reconnect; returns when to call again.
Time herald_tick(Collector *collector);
