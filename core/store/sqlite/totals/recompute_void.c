#include <stdio.h>

#include "core/base/error.h"
#include "core/store/sqlite/keys.h"
#include "core/store/sqlite/totals/totals_private.h"

// Which events are void, from the void events themselves: `of` in the stream of the void, or, of a statement
// of the office, the event of another stream that its x-terminal and x-epoch name (R6). Only the office's are
// read so: a terminal's own x- keys mean nothing.
//
// (form & 2063) = 6: kind void, not refused. The bodies are canonical JSON; one that is not was tampered
// with, and the chain tells.

static const char voids_wanted[] =
    "CREATE TEMP TABLE IF NOT EXISTS wanted_void (key INTEGER PRIMARY KEY, by INTEGER NOT NULL);"
    "DELETE FROM temp.wanted_void;"
    "INSERT OR IGNORE INTO temp.wanted_void SELECT (v.key & ~2147483647) | v.of, v.key FROM "
    "(SELECT " EVENT_KEY " AS key,"
    " CASE WHEN json_valid(CAST(e.body AS TEXT)) THEN json_extract(CAST(e.body AS TEXT), '$.of') END AS of"
    " FROM " EVENTS_WITH_KEYS
    " WHERE (e.form & 2063) = 6) v JOIN stream st ON st.stream = (v.key >> 31 & 16777215)"
    " WHERE st.terminal <> 1 AND v.of BETWEEN 1 AND 2147483647;"
    "INSERT OR IGNORE INTO temp.wanted_void SELECT (st.area << 55) | (st.stream << 31) | v.j ->> '$.of', "
    "v.key"
    " FROM (SELECT " EVENT_KEY " AS key, CAST(e.body AS TEXT) AS j FROM " EVENTS_WITH_KEYS
    " WHERE (e.form & 2063) = 6) v"
    " JOIN stream o ON o.stream = (v.key >> 31 & 16777215) AND o.terminal = 1"
    " JOIN terminal t ON t.name = CASE WHEN json_valid(v.j) THEN v.j ->> '$.x-terminal' END"
    " JOIN stream st ON st.terminal = t.terminal AND st.epoch = v.j ->> '$.x-epoch'";

static const char voids_differ[] =
    "SELECT key, 0 FROM temp.wanted_void WHERE key NOT IN (SELECT key FROM voided)"
    " UNION ALL SELECT key, 1 FROM voided WHERE key NOT IN (SELECT key FROM temp.wanted_void)";

static const char voids_write[] =
    "DELETE FROM voided WHERE key NOT IN (SELECT key FROM temp.wanted_void);"
    "INSERT OR IGNORE INTO voided SELECT key, by >> 31 & 16777215, by & 2147483647 FROM temp.wanted_void";

int recompute_voids(Store *store, bool write, TotalsFound *found, void *user)
{
    sqlite3_stmt *differ = NULL;
    char detail[120];
    int r = db_exec(&store->db, voids_wanted);

    if (r < 0)
        return error_trace(r);
    int result = sqlite3_prepare_v2(store->db.handle, voids_differ, -1, &differ, NULL);
    if (result != SQLITE_OK)
        return db_error(&store->db, result, voids_differ);
    while ((r = db_step(&store->db, differ)) > 0) {
        EventKey key = event_key_unpack(db_int(differ, 0));
        snprintf(detail, sizeof(detail), "stream %lld event %llu: %s", (long long)key.stream,
                 (unsigned long long)key.seq,
                 db_int(differ, 1) ? "void without a statement" : "not void, though it was taken back");
        found(user, "void", detail);
    }
    sqlite3_finalize(differ);
    if (r == 0 && write)
        r = db_exec(&store->db, voids_write);
    if (r == 0)
        r = db_exec(&store->db, "DELETE FROM temp.wanted_void");
    return error_trace(r);
}
