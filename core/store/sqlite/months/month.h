#pragma once
// What the rest of the backend asks of closed months.
#include "core/store/month.h"
#include "core/store/sqlite/ledger/pairs.h"

/// Whether `month` is closed now.
int month_is_closed(Store *store, Month month, bool *ret_closed);

/// Notes that `row` of a session whose month is or was closed changes: `sign` -1 before, +1 after. The first
/// note keeps what the row was when the month was closed; one that has come back to that is forgotten.
int month_note(Store *store, const SessionRow *session, const PairRow *row, const PairCause *cause, int sign);

// The tree of a closed month.
/// Before the org changes from `from` on: keeps what it was for the closed months from then on.
int month_orgs_hold(Store *store, int64_t org, Date from);
/// The month follows the tree again; guests are counted anew when the roster is settled.
int month_orgs_release(Store *store, Month month);
/// Whether the month's days are, in part, answered from what is held.
int month_orgs_any(Store *store, Month month, bool *ret_any);
/// The parent as held; `ret_held` false: it is as everywhere else.
int month_orgs_parent(Store *store, int32_t org, Date date, bool *ret_held, bool *ret_exists,
                      int32_t *ret_parent);

/// The points of a closed session as they took part when the month was closed, appended to `points`.
int month_points(Store *store, const SessionRow *session, SessionPoint *points, size_t *count);

// The rebuild: obligations of closed sessions come from the rows as they are, not from the roster.
typedef struct MonthHeld {
    int32_t *orgs;
    uint8_t *duties; // by member number: Duty + 1, 0 where there is no row
} MonthHeld;
/// Copies what is held to a scratch table, before the rebuild clears the rows.
int month_held_collect(Store *store);
int month_held_load(Store *store, const SessionRow *session, int64_t member_count, MonthHeld *ret_held);
void month_held_deinit(MonthHeld *held);
