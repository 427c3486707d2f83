#include "core/store/roll.h"

#include <stdio.h>

#include "core/base/error.h"
#include "core/store/sqlite/store_private.h"

// A roll's lines never change: what is on paper cannot be called back. When the roster has changed, printing
// makes another roll, and both can be keyed in.

int roll_add(Store *store, int64_t session, int32_t point, const int64_t *members, size_t count, Time now,
             const char *who, int64_t *ret_roll)
{
    sqlite3_stmt *add = store_get(store, SQL_ROLL_ADD);

    if (!add)
        return error_origin(-EIO);
    db_bind_int(add, 1, session);
    db_bind_int(add, 2, point);
    db_bind_int(add, 3, (int64_t)count);
    db_bind_int(add, 4, now);
    db_bind_text(add, 5, who);
    int r = db_run(&store->db, add);
    int64_t roll = sqlite3_last_insert_rowid(store->db.handle);
    for (size_t i = 0; i < count && r == 0; i++) {
        sqlite3_stmt *line = store_get(store, SQL_ROLL_LINE_ADD);
        if (!line)
            return error_origin(-EIO);
        db_bind_int(line, 1, roll);
        db_bind_int(line, 2, (int64_t)i + 1);
        db_bind_int(line, 3, members[i]);
        r = db_run(&store->db, line);
    }
    if (r < 0)
        return error_trace(r);
    *ret_roll = roll;
    return 0;
}

int roll_find(Store *store, int64_t session, int32_t point, const int64_t *members, size_t count,
              int64_t *ret_roll)
{
    sqlite3_stmt *latest = store_get(store, SQL_ROLL_LATEST);
    size_t same = 0, lines = 0;

    if (!latest)
        return error_origin(-EIO);
    db_bind_int(latest, 1, session);
    db_bind_int(latest, 2, point);
    int r = db_step(&store->db, latest);
    if (r <= 0)
        return r < 0 ? error_trace(r) : ROLL_E_UNKNOWN;
    int64_t roll = db_int(latest, 0);
    sqlite3_reset(latest);
    sqlite3_stmt *get = store_get(store, SQL_ROLL_LINES);
    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, roll);
    while ((r = db_step(&store->db, get)) > 0) {
        same += lines < count && db_int(get, 1) == members[lines];
        lines++;
    }
    if (r < 0)
        return error_trace(r);
    if (same != count || lines != count)
        return ROLL_E_UNKNOWN;
    *ret_roll = roll;
    return 0;
}

// `number` and `session` 0: any.
static int roll_select(Store *store, int64_t number, int64_t session, RollFn each, void *user,
                       int64_t *ret_count)
{
    sqlite3_stmt *get = store_get(store, SQL_ROLL_ALL);
    int r;

    *ret_count = 0;
    if (!get)
        return error_origin(-EIO);
    if (number)
        db_bind_int(get, 1, number);
    if (session)
        db_bind_int(get, 2, session);
    while ((r = db_step(&store->db, get)) > 0) {
        Roll roll = {.number = db_int(get, 0),
                     .session_number = db_int(get, 1),
                     .session = db_text(get, 2),
                     .point_number = (int32_t)db_int(get, 3),
                     .point = db_text(get, 4),
                     .lines = db_int(get, 5),
                     .at = db_int(get, 6),
                     .who = db_text(get, 7),
                     .entered = db_int(get, 8),
                     .closed = db_int(get, 9) != 0,
                     .seen = db_int(get, 10) != 0};
        ++*ret_count;
        r = each(user, &roll);
        if (r != 0) {
            sqlite3_reset(get);
            return r;
        }
    }
    return error_trace(r);
}

int roll_each(Store *store, int64_t session, RollFn each, void *user)
{
    int64_t count;

    return roll_select(store, 0, session, each, user, &count);
}

int roll_get(Store *store, int64_t roll, RollFn each, void *user)
{
    int64_t count;
    int r = roll_select(store, roll, 0, each, user, &count);

    return r == 0 && count == 0 ? ROLL_E_UNKNOWN : r;
}

int roll_each_line(Store *store, int64_t roll, RollLineFn each, void *user)
{
    sqlite3_stmt *get = store_get(store, SQL_ROLL_LINES);
    int r;

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, roll);
    while ((r = db_step(&store->db, get)) > 0) {
        RollLine line = {.line = (int)db_int(get, 0),
                         .member = db_int(get, 1),
                         .code = db_text(get, 2),
                         .name = db_text(get, 3)};
        r = each(user, &line);
        if (r != 0) {
            sqlite3_reset(get);
            return r;
        }
    }
    return error_trace(r);
}

int roll_member(Store *store, int64_t roll, int line, char ret_member[static 65])
{
    sqlite3_stmt *get = store_get(store, SQL_ROLL_LINES);

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, roll);
    db_bind_int(get, 2, line);
    int r = db_step(&store->db, get);
    if (r > 0)
        snprintf(ret_member, 65, "%s", db_text(get, 2));
    sqlite3_reset(get);
    return r < 0 ? error_trace(r) : r > 0 ? 0 : ROLL_E_UNKNOWN;
}

int roll_entries(Store *store, int64_t roll, int line, RollEntry ret_entries[static ROLL_ENTRIES_MAX],
                 size_t *ret_count)
{
    sqlite3_stmt *get = store_get(store, SQL_ROLL_ENTRIES);
    size_t count = 0;
    int r;

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, roll);
    db_bind_int(get, 2, line);
    while ((r = db_step(&store->db, get)) > 0 && count < ROLL_ENTRIES_MAX) {
        RollEntry *entry = &ret_entries[count++];
        *entry = (RollEntry){
            .seq = (uint64_t)db_int(get, 1), .kind = (EventKind)db_int(get, 2), .at = db_int(get, 3)};
        snprintf(entry->reason, sizeof(entry->reason), "%s", db_text(get, 4));
    }
    sqlite3_reset(get);
    *ret_count = count;
    return r < 0 ? error_trace(r) : 0;
}

int roll_entry_add(Store *store, int64_t roll, int line, const RollEntry *entry)
{
    sqlite3_stmt *add = store_get(store, SQL_ROLL_ENTRY_ADD);

    if (!add)
        return error_origin(-EIO);
    db_bind_int(add, 1, roll);
    db_bind_int(add, 2, line);
    db_bind_int(add, 3, (int64_t)entry->seq);
    db_bind_int(add, 4, entry->kind);
    db_bind_int(add, 5, entry->at);
    db_bind_text(add, 6, entry->reason);
    return error_trace(db_run(&store->db, add));
}

int roll_entry_void(Store *store, int64_t roll, int line, uint64_t seq)
{
    sqlite3_stmt *set = store_get(store, SQL_ROLL_ENTRY_VOID);

    if (!set)
        return error_origin(-EIO);
    db_bind_int(set, 1, roll);
    db_bind_int(set, 2, line);
    db_bind_int(set, 3, (int64_t)seq);
    return error_trace(db_run(&store->db, set));
}

int roll_set_closed(Store *store, const Roll *roll, bool closed, Time now, const char *who, const char *why)
{
    sqlite3_stmt *add = store_get(store, SQL_ROLL_CLOSE_ADD);

    if (!add)
        return error_origin(-EIO);
    db_bind_int(add, 1, roll->session_number);
    db_bind_int(add, 2, roll->point_number);
    db_bind_int(add, 3, roll->number);
    db_bind_int(add, 4, closed);
    db_bind_int(add, 5, now);
    db_bind_text(add, 6, who);
    db_bind_text(add, 7, why);
    return error_trace(db_run(&store->db, add));
}
