#include "core/base/error.h"
#include "core/store/sqlite/months/month.h"
#include "core/store/sqlite/roster/roster_private.h"

// The tree that a closed month stands on. Its dates are those of any other month; but when an org's state is
// about to change on a day of a closed month, or before one, what held until now is laid aside for that
// month, and from then on the month's days are answered from there. So nearly always nothing is laid aside at
// all, and to ask costs one probe.

static int orgs_held_in(Store *store, Month month, int64_t org)
{
    sqlite3_stmt *has = store_get(store, SQL_MONTH_ORG_HAS);

    if (!has)
        return error_origin(-EIO);
    db_bind_int(has, 1, month);
    db_bind_int(has, 2, org);
    int r = db_step(&store->db, has);
    sqlite3_reset(has);
    return error_trace(r);
}

static int orgs_hold_one(Store *store, Month month, int64_t org)
{
    int r = orgs_held_in(store, month, org);

    if (r != 0)
        return r < 0 ? error_trace(r) : 0; // what it was is kept already
    sqlite3_stmt *hold = store_get(store, SQL_MONTH_ORG_HOLD);
    if (!hold)
        return error_origin(-EIO);
    db_bind_int(hold, 1, month);
    db_bind_int(hold, 2, org);
    return error_trace(db_run(&store->db, hold));
}

int month_orgs_hold(Store *store, int64_t org, Date from)
{
    Month month = month_of_date(from) - 1;
    int r;

    for (;;) { // one at a time: nothing is written under an open cursor
        sqlite3_stmt *next = store_get(store, SQL_MONTH_CLOSED_AFTER);
        if (!next)
            return error_origin(-EIO);
        db_bind_int(next, 1, month);
        r = db_step(&store->db, next);
        if (r > 0)
            month = (Month)db_int(next, 0);
        sqlite3_reset(next);
        if (r <= 0)
            return error_trace(r);
        r = orgs_hold_one(store, month, org);
        if (r < 0)
            return error_trace(r);
    }
}

int month_orgs_release(Store *store, Month month)
{
    sqlite3_stmt *drop = store_get(store, SQL_MONTH_ORG_DROP);

    if (!drop)
        return error_origin(-EIO);
    db_bind_int(drop, 1, month);
    store_orgs_moved(store, month_first_day(month));
    return error_trace(db_run(&store->db, drop));
}

int month_orgs_any(Store *store, Month month, bool *ret_any)
{
    *ret_any = false;
    if (store->orgs_held == 0) { // not asked yet
        sqlite3_stmt *any = store_get(store, SQL_MONTH_ORG_ANY);
        if (!any)
            return error_origin(-EIO);
        int r = db_step(&store->db, any);
        sqlite3_reset(any);
        if (r < 0)
            return error_trace(r);
        store->orgs_held = r > 0 ? 1 : -1;
    }
    if (store->orgs_held < 0)
        return 0;
    int r = orgs_held_in(store, month, 0);
    *ret_any = r > 0;
    return r < 0 ? error_trace(r) : 0;
}

int month_orgs_parent(Store *store, int32_t org, Date date, bool *ret_held, bool *ret_exists,
                      int32_t *ret_parent)
{
    bool any = false;
    int r = month_orgs_any(store, month_of_date(date), &any);

    *ret_held = false;
    if (r == 0 && any)
        r = orgs_held_in(store, month_of_date(date), org);
    if (r <= 0)
        return error_trace(r);
    *ret_held = true;
    sqlite3_stmt *get = store_get(store, SQL_MONTH_ORG_PARENT);
    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, org);
    db_bind_int(get, 2, date);
    db_bind_int(get, 3, month_of_date(date));
    r = db_step(&store->db, get);
    *ret_exists = r > 0 && (db_null(get, 1) || db_int(get, 1) >= date);
    if (*ret_exists)
        *ret_parent = (int32_t)db_int(get, 0);
    sqlite3_reset(get);
    return r < 0 ? error_trace(r) : 0;
}
