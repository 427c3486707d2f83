#pragma once
// The heads of the chains, noted apart from the database (core/store/heads.h): compared at the start, noted
// while the collector runs.
#include <stdbool.h>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/store/store.h"

struct Collector;

typedef struct Marks {
    Time next; // monotonic: when the next note may be written
    LogLimit limit;
} Marks;

/// Compares `store` with the heads. Returns an exit code, having said why it is not EX_OK: the database must
/// not be written then. A file that cannot be written is said, tried again later, and keeps nobody from
/// storing events.
/// `renew`: see heads_keep().
int marks_open(struct Collector *collector, Store *store, bool renew);
/// Notes what was committed. Returns when to be called again.
Time marks_tick(struct Collector *collector);
