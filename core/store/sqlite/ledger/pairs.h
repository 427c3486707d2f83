#pragma once
// The pairs (session, member) that a transaction touches: what was added to each, and the fold that turns it
// into a changed row and changed totals. Used by the ledger for arriving events, by the settling of the
// roster, and by the rebuild.
#include "core/store/ledger.h"
#include "core/store/sqlite/ledger/facts.h"
#include "core/store/sqlite/store_private.h"

typedef struct Pairs Pairs;

// What made a row change, for the list of a closed month's pending changes.
typedef enum PairCauseKind { PAIR_ROSTER, PAIR_EVENT, PAIR_VOID, PAIR_MOVED } PairCauseKind;
typedef struct PairCause {
    PairCauseKind kind;
    int64_t stream; // of the event; of a void, the event that is void
    uint64_t seq;
} PairCause;

Pairs *pairs_new(Store *store);
Pairs *pairs_free(Pairs *pairs);
CLEANUP_DEFINE(pairs, Pairs, pairs_free)

/// An event about the pair; kept until pairs_flush.
void pairs_add_fact(Pairs *pairs, int64_t session, int64_t member, int32_t area, const PairFact *fact);
/// The pair's event (stream, seq) is void from now on.
void pairs_void_fact(Pairs *pairs, int64_t session, int64_t member, int32_t area, int64_t stream,
                     uint64_t seq);
/// The pair's event leaves it (it belongs to another pair now).
void pairs_remove_fact(Pairs *pairs, int64_t session, int64_t member, int32_t area, int64_t stream,
                       uint64_t seq);

/// An attendance row as stored.
typedef struct PairRow {
    int64_t session, member;
    int32_t area, org; // org: home on the session's date, 0 none
    Duty duty;
    Attendance attendance;
    bool exists;
    bool moved;      // org or duty differ from what is stored
    PairFact *facts; // owned
    size_t fact_count;
} PairRow;
void pair_row_deinit(PairRow *row);
/// The row of a pair, folded; `exists` false with nothing in it where there is none.
int pair_row_load(Store *store, const SessionRow *session, int32_t area, int64_t member, PairRow *ret_row);
/// Reads a row of key, org, duty, facts and folds it by the session's rules.
int pair_row_read(Store *store, const SessionRow *session, sqlite3_stmt *statement, PairRow *ret_row);
int pair_row_save(Store *store, const PairRow *row);
int pair_row_drop(Store *store, const PairRow *row);
/// Whether nothing accounts for the row: no event, and no obligation of a session that is open.
bool pair_row_is_idle(const SessionRow *session, const PairRow *row);
/// Folds the row's facts by the session's rules.
void pair_row_fold(Store *store, const SessionRow *session, PairRow *row);
/// The differences of totals that this transaction gathers.
struct Totals *pairs_totals(Pairs *pairs);

/// Notes in the totals of this transaction what `row` counts for in `session`; `sign` +1 or -1.
int pairs_count(Pairs *pairs, const SessionRow *session, const PairRow *row, int sign);
/// Folds and saves every touched pair, then writes the differences of the totals. Everything is forgotten
/// afterwards.
int pairs_flush(Pairs *pairs);
/// Only the second half: writes the totals noted by pairs_count.
int pairs_flush_totals(Pairs *pairs);
/// Forgets what was added.
void pairs_clear(Pairs *pairs);
