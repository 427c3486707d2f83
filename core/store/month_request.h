#pragma once
// Where the site wants two people for what concerns a closed month: one asks, another approves. At most one
// request a month is open.
#include "core/store/month.h"

typedef struct MonthRequest {
    int64_t request; // number
    Month month;
    const char *action; // "revise" or "reopen"; all texts are borrowed
    Time at;
    const char *who, *why;
    const char *state;      // "open", "approved", "withdrawn"
    Time decided_at;        // TIME_NONE while it is open
    const char *decided_by; // NULL while it is open
} MonthRequest;

/// `request`, `state` and the decision are not read. The caller has made sure that none is open.
int month_request_add(Store *store, const MonthRequest *request, int64_t *ret_request);
/// "approved" or "withdrawn".
int month_request_decide(Store *store, int64_t request, const char *state, Time at, const char *who);
/// The open request about the month, or MONTH_E_NONE.
int month_request_open(Store *store, Month month, int (*each)(void *user, const MonthRequest *request),
                       void *user);
/// By number; `all`: with those that were decided.
int month_request_each(Store *store, bool all, int (*each)(void *user, const MonthRequest *request),
                       void *user);

/// Months with a session that begins before `before`, never closed so far, in order.
int month_each_unclosed(Store *store, Time before, int (*each)(void *user, Month month), void *user);
