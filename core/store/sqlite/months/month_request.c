#include "core/store/month_request.h"

#include "core/base/error.h"
#include "core/store/sqlite/store_private.h"

// Requests are few: one at a time for a month. What was asked and decided stays; who, when and why of both
// stand in the audit log as well.

int month_request_add(Store *store, const MonthRequest *request, int64_t *ret_request)
{
    sqlite3_stmt *add = store_get(store, SQL_MONTH_REQUEST_ADD);

    if (!add)
        return error_origin(-EIO);
    db_bind_int(add, 1, request->month);
    db_bind_text(add, 2, request->action);
    db_bind_int(add, 3, request->at);
    db_bind_text(add, 4, request->who);
    db_bind_text(add, 5, request->why);
    int r = db_run(&store->db, add);
    if (r < 0)
        return error_trace(r);
    *ret_request = sqlite3_last_insert_rowid(store->db.handle);
    return 0;
}

int month_request_decide(Store *store, int64_t request, const char *state, Time at, const char *who)
{
    sqlite3_stmt *decide = store_get(store, SQL_MONTH_REQUEST_DECIDE);

    if (!decide)
        return error_origin(-EIO);
    db_bind_int(decide, 1, request);
    db_bind_text(decide, 2, state);
    db_bind_int(decide, 3, at);
    db_bind_text(decide, 4, who);
    return error_trace(db_run(&store->db, decide));
}

// `month` 0: any.
static int requests_each(Store *store, Month month, bool all,
                         int (*each)(void *user, const MonthRequest *request), void *user, int *ret_found)
{
    sqlite3_stmt *get = store_get(store, SQL_MONTH_REQUESTS);
    int r;

    *ret_found = 0;
    if (!get)
        return error_origin(-EIO);
    if (month)
        db_bind_int(get, 1, month);
    db_bind_int(get, 2, all);
    while ((r = db_step(&store->db, get)) > 0) {
        MonthRequest request = {.request = db_int(get, 0),
                                .month = (Month)db_int(get, 1),
                                .action = db_text(get, 2),
                                .at = db_int(get, 3),
                                .who = db_text(get, 4),
                                .why = db_text(get, 5),
                                .state = db_text(get, 6),
                                .decided_at = db_null(get, 7) ? TIME_NONE : db_int(get, 7),
                                .decided_by = db_text(get, 8)};
        ++*ret_found;
        r = each(user, &request);
        if (r != 0)
            break;
    }
    sqlite3_reset(get);
    return r;
}

int month_request_open(Store *store, Month month, int (*each)(void *user, const MonthRequest *request),
                       void *user)
{
    int found;
    int r = requests_each(store, month, false, each, user, &found);

    return r == 0 && !found ? MONTH_E_NONE : r;
}

int month_request_each(Store *store, bool all, int (*each)(void *user, const MonthRequest *request),
                       void *user)
{
    int found;

    return requests_each(store, 0, all, each, user, &found);
}

int month_each_unclosed(Store *store, Time before, int (*each)(void *user, Month month), void *user)
{
    sqlite3_stmt *get = store_get(store, SQL_MONTH_UNCLOSED);
    int r;

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, before);
    while ((r = db_step(&store->db, get)) > 0) {
        r = each(user, (Month)db_int(get, 0));
        if (r != 0)
            break;
    }
    sqlite3_reset(get);
    return r;
}
