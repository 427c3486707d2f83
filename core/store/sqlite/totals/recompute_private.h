#pragma once
// The two passes of a rebuild: events, then sessions.
#include "core/store/sqlite/ledger/ledger_private.h"
#include "core/store/sqlite/totals/totals_private.h"
#include "core/store/verify.h"

typedef struct Rebuild {
    Store *store;
    bool write;
    void (*found)(void *user, const VerifyFinding *finding);
    void *user;
    VerifySummary summary;
    Totals *totals;
    int64_t parked, closings; // rows that the events account for
} Rebuild;

/// A TotalsFound; `user` is the Rebuild.
TotalsFound rebuild_tell;
/// Where does each event belong, is it void, what did its point report? Facts go to temp.scratch.
int rebuild_events(Rebuild *b);
