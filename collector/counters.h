#pragma once
// What has come since boot, and what became of it (C8). The events of a transaction are counted apart and
// added when it is committed; what is rolled back will come again and is then counted.
#include <stdbool.h>
#include <stdint.h>

#include "core/store/ledger.h"

// received = stored + duplicate + quarantined + deferred, always.
typedef struct CounterEvents {
    uint64_t received;
    uint64_t stored;
    uint64_t duplicate;
    uint64_t quarantined;
    uint64_t deferred;
    uint64_t parked; // of the stored ones
} CounterEvents;

typedef struct Counters {
    CounterEvents events;
    CounterEvents pending;         // of the open transaction
    uint64_t messages;             // of all topics
    uint64_t hellos, states, asks; // taken
    uint64_t unreadable;           // on other topics than event
    uint64_t ignored;              // of areas that are not ours; other topics of terminals that may not speak
    uint64_t receipts, plans, answers; // sent; a plan is all its pages
    uint64_t dropped;                  // jobs that found the queue full
    uint64_t commits, rollbacks, alarms;
    uint64_t retried; // quarantined messages that the operator had taken after all
} Counters;

/// Counts one event by what became of it.
void counters_add_outcome(CounterEvents *events, LedgerOutcome outcome);
/// A message on an event topic that could not be taken at all counts as one event.
void counters_add_unreadable(CounterEvents *events);
bool counters_balanced(const CounterEvents *events);
/// The transaction is on the disk. False if the figures do not add up any more.
bool counters_commit(Counters *counters);
/// The transaction never was.
void counters_rollback(Counters *counters);
