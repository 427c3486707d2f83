#pragma once
// A fleet of terminals that speaks the real protocol to a real broker, all in one process: one connection and
// one outbox in memory for each terminal, the same window as the agent's.
#include <stdbool.h>
#include <stdint.h>

#include "core/base/config.h"
#include "simulate/site.h"

#define FLEET_TERMINALS_MAX 20000 // descriptors that a process may have on a usual system
#define FLEET_EVENTS_MAX 50000000 // 24 bytes each in memory, and as many receipts

typedef struct FleetOptions {
    const ConfigBroker *broker; // where; users and passwords are left out
    size_t terminals;           // the first so many of the site's
    uint64_t members;           // 0: all; else so many, shared out
    uint64_t events;            // 0: what the day brings; else so many, shared out, cut or made up
    uint32_t batch;             // events a message at most; 0: what the window allows
    uint32_t rate;              // events recorded a second in all; 0: all at once
    uint32_t lines_fail;        // per mille of the sends after which the line breaks
    uint32_t duplicates;        // per mille of the sends that are made twice
    uint32_t late;              // per mille of the terminals that come when the others are done
    uint32_t seconds;           // give up after; 0: never
    bool
        trust_puback; // believes the broker's acknowledgement instead of receipts: to show what is lost by it
} FleetOptions;

typedef struct FleetSummary {
    uint64_t terminals, events;
    uint64_t received; // events that were told to be in the database (with trust_puback: that were believed)
    uint64_t refused;  // refusals told in receipts
    uint64_t sends;    // messages with events
    uint64_t again;    // events sent more than once, counted each time
    uint64_t receipts;
    uint64_t lines_lost;
    uint64_t broker_refusals;
    uint64_t chain_errors; // receipts whose chain is not ours
    Time elapsed;          // from the first connection to the last receipt
} FleetSummary;

enum {
    FLEET_E_INTERRUPTED = 1, // by a signal; the summary says how far it was
    FLEET_E_TIMEOUT,
    FLEET_E_DESCRIPTORS, // the system does not let one process have so many connections
};

/// Sends everything and waits for every receipt. `site` has its members loaded. The summary is written in any
/// case but a negative errno.
int fleet_run(const Site *site, const FleetOptions *options, FleetSummary *ret_summary);
