#include <stdio.h>
#include <string.h>

#include "core/base/error.h"
#include "core/store/sqlite/store_private.h"

// The register of terminals: area, point, key, revocation.

static Time time_or_none(sqlite3_stmt *s, int column)
{
    return db_null(s, column) ? TIME_NONE : db_int(s, column);
}

static void terminal_read(sqlite3_stmt *s, StoreTerminal *ret_terminal)
{
    StoreTerminal terminal = {.id = db_int(s, 0),
                              .area_id = db_int(s, 2),
                              .point_key = (int32_t)db_int(s, 4),
                              .has_key = sqlite3_column_bytes(s, 6) == DIGEST_SIZE,
                              .revoked = !db_null(s, 8),
                              .enrolled_at = time_or_none(s, 7),
                              .revoked_at = time_or_none(s, 8),
                              .last_seen_at = TIME_NONE};

    snprintf(terminal.name, sizeof(terminal.name), "%s", db_text(s, 1));
    snprintf(terminal.area, sizeof(terminal.area), "%s", db_text(s, 3));
    if (!db_null(s, 5))
        snprintf(terminal.point, sizeof(terminal.point), "%s", db_text(s, 5));
    if (terminal.has_key)
        memcpy(terminal.key, sqlite3_column_blob(s, 6), DIGEST_SIZE);
    if (!db_null(s, 9))
        snprintf(terminal.login, sizeof(terminal.login), "%s", db_text(s, 9));
    terminal.has_old_key = sqlite3_column_bytes(s, 10) == DIGEST_SIZE;
    if (terminal.has_old_key)
        memcpy(terminal.old_key, sqlite3_column_blob(s, 10), DIGEST_SIZE);
    terminal.old_key_until = time_or_none(s, 11);
    *ret_terminal = terminal;
}

int terminal_find(Store *store, const char *name, StoreTerminal *ret_terminal)
{
    sqlite3_stmt *get = store_get(store, SQL_TERMINAL_GET);

    if (!get)
        return error_origin(-EIO);
    db_bind_text(get, 1, name);
    int r = db_step(&store->db, get);
    if (r < 0)
        return error_trace(r);
    if (r > 0)
        terminal_read(get, ret_terminal);
    sqlite3_reset(get);
    return r > 0 ? 0 : TERMINAL_E_UNKNOWN;
}

// After an UPDATE that named one terminal.
static int terminal_changed(Store *store, int r)
{
    if (r < 0)
        return error_trace(r);
    if (sqlite3_changes(store->db.handle) == 0)
        return TERMINAL_E_UNKNOWN;
    return error_trace(db_run(&store->db, store_get(store, SQL_SITE_BUMP)));
}

int terminal_set_key(Store *store, const char *name, const uint8_t key[static DIGEST_SIZE], Time now)
{
    sqlite3_stmt *set = store_get(store, SQL_TERMINAL_SET_KEY);

    if (!set)
        return error_origin(-EIO);
    db_bind_blob(set, 1, key, DIGEST_SIZE);
    db_bind_int(set, 2, now);
    db_bind_text(set, 3, name);
    return terminal_changed(store, db_run(&store->db, set));
}

int terminal_rotate_key(Store *store, const char *name, const uint8_t key[static DIGEST_SIZE], Time now,
                        Time old_until)
{
    sqlite3_stmt *rotate = store_get(store, SQL_TERMINAL_ROTATE);

    if (!rotate)
        return error_origin(-EIO);
    db_bind_blob(rotate, 1, key, DIGEST_SIZE);
    db_bind_int(rotate, 2, now);
    db_bind_int(rotate, 3, old_until);
    db_bind_text(rotate, 4, name);
    return terminal_changed(store, db_run(&store->db, rotate));
}

int terminal_forget_old_key(Store *store, const char *name)
{
    sqlite3_stmt *forget = store_get(store, SQL_TERMINAL_FORGET_OLD);

    if (!forget)
        return error_origin(-EIO);
    db_bind_text(forget, 1, name);
    return error_trace(db_run(&store->db, forget)); // plans and reports do not depend on it
}

int terminal_set_login(Store *store, const char *name, const char *hash)
{
    sqlite3_stmt *set = store_get(store, SQL_TERMINAL_SET_LOGIN);

    if (!set)
        return error_origin(-EIO);
    if (hash)
        db_bind_text(set, 1, hash);
    else
        sqlite3_bind_null(set, 1);
    db_bind_text(set, 2, name);
    return terminal_changed(store, db_run(&store->db, set));
}

int terminal_revoke(Store *store, const char *name, Time now)
{
    sqlite3_stmt *revoke = store_get(store, SQL_TERMINAL_REVOKE);

    if (!revoke)
        return error_origin(-EIO);
    db_bind_int(revoke, 1, now);
    db_bind_text(revoke, 2, name);
    return terminal_changed(store, db_run(&store->db, revoke));
}

int terminal_each(Store *store, int (*each)(void *user, const StoreTerminal *terminal), void *user)
{
    sqlite3_stmt *all = store_get(store, SQL_TERMINAL_ALL);
    int r;

    if (!all)
        return error_origin(-EIO);
    while ((r = db_step(&store->db, all)) > 0) {
        StoreTerminal terminal;
        terminal_read(all, &terminal);
        int stop = each(user, &terminal);
        if (stop) {
            sqlite3_reset(all);
            return stop;
        }
    }
    return error_trace(r);
}
