#pragma once
// Proofs on the whole database: chains, keys, totals, and the rebuild of everything from the events.
#include "core/store/store.h"

typedef struct VerifyFinding {
    const char *what; // "chain", "total", "attendance", "coverage", "credit", "parked", "void", "integrity",
                      // "audit", "heads"
    const char *detail; // one line for people: which terminal, epoch, sequence or session, org, member; what
                        // is and what should be
} VerifyFinding;
typedef struct VerifySummary {
    int64_t streams, events, attendances, findings;
} VerifySummary;

/// SQLite's integrity check, every chain from its start, every total against the attendance rows. Read-only.
int verify_store(Store *store, void (*found)(void *user, const VerifyFinding *finding), void *user,
                 VerifySummary *ret_summary);
/// The same, and that the database has all that was noted in the file `heads` (heads.h). Outside of a
/// transaction.
int verify_store_heads(Store *store, const char *heads,
                       void (*found)(void *user, const VerifyFinding *finding), void *user,
                       VerifySummary *ret_summary);
/// The same with heads that were put by on some day (`studyday head --format heads`, a file of heads kept
/// from before a restore): the generation may be another by now.
int verify_store_saved(Store *store, const char *heads,
                       void (*found)(void *user, const VerifyFinding *finding), void *user,
                       VerifySummary *ret_summary);
/// Rebuilds attendance, totals and coverage from roster and events into a scratch space and compares.
/// Read-only.
int recompute_diff(Store *store, Time now, void (*found)(void *user, const VerifyFinding *finding),
                   void *user, VerifySummary *ret_summary);
/// The same, written: replaces what differs. Inside a transaction of the caller.
int recompute_apply(Store *store, Time now, void (*found)(void *user, const VerifyFinding *finding),
                    void *user, VerifySummary *ret_summary);
