#include "core/base/error.h"
#include "core/store/sqlite/months/month.h"

// Changes of pairs in months that are or were closed. What a pair was when its month was closed is kept at
// its first change and compared with what it is when somebody asks; so nothing needs to be undone when a pair
// comes back to what it was, and the order in which events arrive does not matter.

static int64_t checks_of(const Attendance *attendance)
{
    return attendance->checked | attendance->passed << 1 | attendance->not_found << 2;
}

// What counts in the figures of a row, from the third binding on.
static void bind_row(sqlite3_stmt *statement, int column, const PairRow *row)
{
    const Attendance *a = &row->attendance;

    db_bind_int(statement, column++, row->org);
    db_bind_int(statement, column++, row->duty);
    db_bind_int(statement, column++, a->status);
    db_bind_int(statement, column++, a->on_site ? a->point_key : 0);
    db_bind_int(statement, column++, a->credit);
    db_bind_int(statement, column, checks_of(a));
}

static int note_before(Store *store, const SessionRow *session, const PairRow *row, const PairCause *cause,
                       const PairRow *before)
{
    sqlite3_stmt *add = store_get(store, SQL_MONTH_PENDING_ADD);

    if (!add)
        return error_origin(-EIO);
    db_bind_int(add, 1, session->month);
    db_bind_int(add, 2, session->session);
    db_bind_int(add, 3, row->member);
    db_bind_int(add, 4, row->area);
    bind_row(add, 5, before);
    db_bind_int(add, 11, cause->kind);
    db_bind_int(add, 12, cause->stream);
    db_bind_int(add, 13, (int64_t)cause->seq);
    return error_trace(db_run(&store->db, add));
}

int month_note(Store *store, const SessionRow *session, const PairRow *row, const PairCause *cause, int sign)
{
    static const PairRow nothing; // a row that was not there
    int r = note_before(store, session, row, cause, sign < 0 ? row : &nothing);

    if (r < 0 || sign < 0)
        return error_trace(r);
    sqlite3_stmt *same = store_get(store, SQL_MONTH_PENDING_SAME);
    if (!same)
        return error_origin(-EIO);
    db_bind_int(same, 1, session->month);
    db_bind_int(same, 2, session->session);
    db_bind_int(same, 3, row->member);
    bind_row(same, 4, row);
    return error_trace(db_run(&store->db, same));
}
