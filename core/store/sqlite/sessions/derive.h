#pragma once
// Obligation rows: who is expected at a session, and who is exempt, from the roster as of the session's date
// (R5, R7).
#include "core/store/sqlite/ledger/pairs.h"

/// Derives the rows of `session` again. `before`: the session as it was when its present rows were counted,
/// if it has changed since (every row is then folded anew), else NULL. With `complete` missing rows are added
/// (the session is open); without, only rows that exist are put right. Totals are noted in `pairs`.
int derive_session(Pairs *pairs, Store *store, const SessionRow *session, const SessionRow *before,
                   bool complete, int64_t *changed);
/// The duty of a member by the table of the session's date. `invited` is a bitmap by member number, or NULL.
Duty derive_duty(const StandingTable *table, const SessionRow *session, const uint8_t *invited,
                 int64_t member);
/// The invited members of a session as a bytemap by member number, NULL where it has no invitations. The
/// caller frees it.
int derive_invited(Store *store, const SessionRow *session, int64_t member_count, uint8_t **ret_invited);
/// Every area number of the site. The caller frees it.
int area_numbers(Store *store, int32_t **ret_areas, size_t *ret_count);
