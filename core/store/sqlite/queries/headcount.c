// Headcounts are rows that are only added; the latest of a point is found by its number.
#include "core/store/headcount.h"

#include "core/base/error.h"
#include "core/store/sqlite/store_private.h"

int headcount_add(Store *store, int64_t session, int32_t point, const Headcount *headcount)
{
    sqlite3_stmt *add = store_get(store, SQL_HEADCOUNT_ADD);

    if (!add)
        return error_origin(-EIO);
    db_bind_int(add, 1, session);
    db_bind_int(add, 2, point);
    db_bind_int(add, 3, headcount->count);
    db_bind_int(add, 4, headcount->at);
    db_bind_text(add, 5, headcount->who);
    db_bind_text(add, 6, headcount->why);
    return error_trace(db_run(&store->db, add));
}

int headcount_each(Store *store, int64_t session, int (*each)(void *user, const Headcount *headcount),
                   void *user)
{
    sqlite3_stmt *get = store_get(store, SQL_HEADCOUNT_OF_SESSION);
    int r;

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, session);
    while ((r = db_step(&store->db, get)) > 0) {
        Headcount headcount = {.point = db_text(get, 0),
                               .org = (int32_t)db_int(get, 1),
                               .count = db_int(get, 2),
                               .at = db_int(get, 3),
                               .who = db_text(get, 4),
                               .why = db_text(get, 5)};
        r = each(user, &headcount);
        if (r != 0) {
            sqlite3_reset(get);
            return r;
        }
    }
    return error_trace(r);
}
