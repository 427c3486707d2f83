#include <stdio.h>
#include <string.h>

#include "core/base/error.h"
#include "core/store/sqlite/ledger/ledger_private.h"

// Reading and marking quarantine entries. An entry's bytes are never changed and never deleted here.

static void entry_read(sqlite3_stmt *s, QuarantineEntry *ret_entry)
{
    QuarantineEntry entry = {.id = db_int(s, 0),
                             .received_at = db_int(s, 1),
                             .topic = db_text(s, 2),
                             .seq = (uint64_t)db_int(s, 5),
                             .payload = sqlite3_column_blob(s, 9),
                             .size = (size_t)sqlite3_column_bytes(s, 9)};

    snprintf(entry.terminal, sizeof(entry.terminal), "%s", db_text(s, 3));
    snprintf(entry.epoch, sizeof(entry.epoch), "%s", db_text(s, 4));
    snprintf(entry.reason, sizeof(entry.reason), "%s", db_text(s, 6));
    snprintf(entry.path, sizeof(entry.path), "%s", db_text(s, 7));
    snprintf(entry.state, sizeof(entry.state), "%s", db_text(s, 8));
    *ret_entry = entry;
}

static int entries_each(Store *store, sqlite3_stmt *statement,
                        int (*each)(void *user, const QuarantineEntry *entry), void *user, int64_t *ret_count)
{
    int r;

    *ret_count = 0;
    while ((r = db_step(&store->db, statement)) > 0) {
        QuarantineEntry entry;
        entry_read(statement, &entry);
        ++*ret_count;
        int stop = each(user, &entry);
        if (stop) {
            sqlite3_reset(statement);
            return stop;
        }
    }
    return error_trace(r);
}

int quarantine_each(Store *store, bool all, int (*each)(void *user, const QuarantineEntry *entry), void *user)
{
    sqlite3_stmt *list = store_get(store, all ? SQL_QUARANTINE_ALL : SQL_QUARANTINE_OPEN);
    int64_t count;

    return list ? entries_each(store, list, each, user, &count) : error_origin(-EIO);
}

int quarantine_get(Store *store, int64_t id, int (*each)(void *user, const QuarantineEntry *entry),
                   void *user)
{
    sqlite3_stmt *get = store_get(store, SQL_QUARANTINE_GET);
    int64_t count = 0;

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, id);
    int r = entries_each(store, get, each, user, &count);
    return r == 0 && count == 0 ? QUARANTINE_E_UNKNOWN : r;
}

int quarantine_mark(Store *store, int64_t id, const char *state)
{
    sqlite3_stmt *mark = store_get(store, SQL_QUARANTINE_MARK);

    if (!mark)
        return error_origin(-EIO);
    db_bind_text(mark, 1, state);
    db_bind_int(mark, 2, id);
    int r = db_run(&store->db, mark);
    if (r < 0)
        return error_trace(r);
    return sqlite3_changes(store->db.handle) ? 0 : QUARANTINE_E_UNKNOWN;
}
