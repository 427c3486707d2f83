#include "core/store/leave_request.h"

#include "core/base/error.h"
#include "core/store/sqlite/store_private.h"

// Two tables, since a row is written once: the request, and beside it what became of it. Arriving events know
// nothing of either.

const char *leave_outcome_word(LeaveOutcome outcome)
{
    static const char *const words[LEAVE_OUTCOME_COUNT] = {"open", "approved", "refused", "withdrawn"};

    return words[outcome];
}

int leave_request_add(Store *store, int64_t member, const LeaveRequest *request, int64_t *ret_number)
{
    sqlite3_stmt *add = store_get(store, SQL_LEAVE_REQUEST_ADD);

    if (!add)
        return error_origin(-EIO);
    db_bind_int(add, 1, request->at);
    db_bind_text(add, 2, request->who);
    db_bind_text(add, 3, request->session);
    db_bind_int(add, 4, request->starts);
    db_bind_int(add, 5, member);
    db_bind_text(add, 6, request->reason);
    db_bind_text(add, 7, request->why);
    int r = db_run(&store->db, add);
    if (r < 0)
        return error_trace(r);
    *ret_number = sqlite3_last_insert_rowid(store->db.handle);
    return 0;
}

int leave_request_decide(Store *store, const LeaveRequest *request)
{
    sqlite3_stmt *add = store_get(store, SQL_LEAVE_REQUEST_DECIDE);

    if (!add)
        return error_origin(-EIO);
    db_bind_int(add, 1, request->request);
    db_bind_int(add, 2, request->outcome);
    db_bind_int(add, 3, request->decided_at);
    db_bind_text(add, 4, request->decided_by);
    db_bind_text(add, 5, request->decided_why);
    if (request->seq)
        db_bind_int(add, 6, (int64_t)request->seq);
    return error_trace(db_run(&store->db, add));
}

int leave_request_each(Store *store, const LeaveRequestFilter *filter,
                       int (*each)(void *user, const LeaveRequest *request), void *user)
{
    sqlite3_stmt *get = store_get(store, SQL_LEAVE_REQUESTS);
    int r;

    if (!get)
        return error_origin(-EIO);
    if (filter->request)
        db_bind_int(get, 1, filter->request);
    db_bind_text(get, 2, filter->session);
    db_bind_text(get, 3, filter->member);
    db_bind_int(get, 4, filter->open);
    while ((r = db_step(&store->db, get)) > 0) {
        bool decided = !db_null(get, 9);
        LeaveRequest request = {.request = db_int(get, 0),
                                .at = db_int(get, 1),
                                .who = db_text(get, 2),
                                .session = db_text(get, 3),
                                .starts = db_int(get, 4),
                                .member = db_text(get, 5),
                                .name = db_text(get, 6),
                                .reason = db_text(get, 7),
                                .why = db_text(get, 8),
                                .outcome = decided ? (LeaveOutcome)db_int(get, 9) : LEAVE_OPEN,
                                .decided_at = decided ? db_int(get, 10) : TIME_NONE,
                                .decided_by = db_text(get, 11),
                                .decided_why = db_text(get, 12),
                                .epoch = db_null(get, 13) ? NULL : db_text(get, 14),
                                .seq = (uint64_t)db_int(get, 13)};
        r = each(user, &request);
        if (r != 0)
            break;
    }
    sqlite3_reset(get);
    return r;
}
