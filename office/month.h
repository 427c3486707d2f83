#pragma once
// What the operations on months share: the month as it was asked for, and the two changes of a closed one.
#include "core/store/month.h"
#include "office/operation.h"

typedef struct MonthTask {
    const char *name; // as it was written
    Month month;
    MonthStanding standing;
    const char *who; // in the revision and the audit log: one name, or two
    const char *why; // NULL: none given
} MonthTask;

/// Closes the month, after saying which points are silent; and every month whose grace days are over.
int month_close(Office *office, const MonthTask *task);
int month_close_due(Office *office);

/// The live figures become the next revision. `ret_incomplete` counts the provisional sessions.
int month_make_revision(Office *office, const MonthTask *task, int *ret_revision, int64_t *ret_incomplete);
int month_count_pending(Office *office, Month month, int64_t *ret_changes);

/// Whether it could be done now; otherwise refuses. `ret_changes` counts what is pending.
int month_check_revise(Office *office, const MonthTask *task, int64_t *ret_changes);
int month_check_reopen(Office *office, const MonthTask *task);
/// Does it, after the same check.
int month_revise(Office *office, const MonthTask *task);
int month_reopen_now(Office *office, const MonthTask *task);

/// month-close, month-revise, month-reopen in the audit log: state and revision before and after.
int month_note_change(Office *office, const char *action, const MonthTask *task, int revision,
                      int64_t changes);

/// Where two people are wanted: the request of the first, what the second does with it, and taking it back.
int month_ask(Office *office, const MonthTask *task, const char *action);
int month_approve(Office *office, const MonthTask *task);
int month_withdraw(Office *office, const MonthTask *task);
