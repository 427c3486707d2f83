#include "core/store/reading.h"

#include "core/base/error.h"
#include "core/store/sqlite/store_private.h"

// The log of reads. A row goes to the end of its table and of one index, so that a question from a terminal
// costs next to nothing beside the record itself; it is committed with whatever else is.

static int member_number(Store *store, const char *code, int64_t *ret_member)
{
    sqlite3_stmt *find = store_get(store, SQL_MEMBER_FIND);

    if (!find)
        return error_origin(-EIO);
    db_bind_text(find, 1, code);
    int r = db_step(&store->db, find);
    if (r > 0)
        *ret_member = db_int(find, 0);
    sqlite3_reset(find);
    return r < 0 ? error_trace(r) : r > 0 ? 0 : READING_E_UNKNOWN;
}

int reading_add(Store *store, Time at, const char *who, const char *what, const char *member)
{
    int64_t number = 0;
    int r = member_number(store, member, &number);

    if (r != 0)
        return r < 0 ? error_trace(r) : READING_E_UNKNOWN;
    sqlite3_stmt *add = store_get(store, SQL_READING_ADD);
    if (!add)
        return error_origin(-EIO);
    db_bind_int(add, 1, at);
    db_bind_text(add, 2, who);
    db_bind_text(add, 3, what);
    db_bind_int(add, 4, number);
    return error_trace(db_run(&store->db, add));
}

int reading_each(Store *store, int64_t member, Time from, Time to,
                 int (*each)(void *user, const ReadingRow *row), void *user)
{
    sqlite3_stmt *get = store_get(store, SQL_READING_OF);
    int r;

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, member);
    if (from != TIME_NONE)
        db_bind_int(get, 2, from);
    if (to != TIME_NONE)
        db_bind_int(get, 3, to);
    while ((r = db_step(&store->db, get)) > 0) {
        ReadingRow row = {.at = db_int(get, 0), .who = db_text(get, 1), .what = db_text(get, 2)};
        r = each(user, &row);
        if (r != 0)
            break;
    }
    sqlite3_reset(get);
    return r;
}
