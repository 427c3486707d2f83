#include "core/store/retention.h"

#include <stdio.h>
#include <string.h>

#include "core/base/error.h"
#include "core/store/sqlite/store_private.h"

// What a rule can be about stands here; how long, in the table. An entry of quarantine stays as a line, with
// its reason and its time: what goes is the bytes that came.

static const struct {
    const char *what;
    StatementId count, apply; // ?1 the instant, ?2 the day before which it lies
} kinds[] = {
    {"former-members", SQL_FORMER_COUNT, SQL_COUNT},
    {"quarantine", SQL_QUARANTINE_OLD, SQL_QUARANTINE_EMPTY},
    {"reads", SQL_READING_OLD, SQL_READING_DROP},
};
#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))

static size_t kind_find(const char *what)
{
    size_t kind = 0;

    while (kind < KIND_COUNT && strcmp(kinds[kind].what, what) != 0)
        kind++;
    return kind;
}

static sqlite3_stmt *kind_statement(Store *store, StatementId id, int64_t days, Time now)
{
    sqlite3_stmt *statement = store_get(store, id);

    if (statement) {
        db_bind_int(statement, 1, now - days * TIME_DAY);
        if (sqlite3_bind_parameter_count(statement) > 1)
            db_bind_int(statement, 2, zone_date(now) - days);
    }
    return statement;
}

static int count_due(Store *store, RetentionRule *rule, Time now)
{
    size_t kind = kind_find(rule->what);

    if (kind == KIND_COUNT || rule->days == RETENTION_FOR_EVER)
        return 0;
    sqlite3_stmt *count = kind_statement(store, kinds[kind].count, rule->days, now);
    int r = db_step(&store->db, count);
    if (r > 0)
        rule->due = db_int(count, 0);
    if (count)
        sqlite3_reset(count);
    return r < 0 ? error_trace(r) : 0;
}

int retention_each(Store *store, Time now, int (*each)(void *user, const RetentionRule *rule), void *user)
{
    sqlite3_stmt *all = store_get(store, SQL_RETENTION_ALL);
    int r;

    if (!all)
        return error_origin(-EIO);
    while ((r = db_step(&store->db, all)) > 0) {
        RetentionRule rule = {.what = db_text(all, 0),
                              .days = db_null(all, 1) ? RETENTION_FOR_EVER : db_int(all, 1),
                              .source = db_text(all, 2)};
        r = count_due(store, &rule, now);
        if (r == 0)
            r = each(user, &rule);
        if (r != 0)
            break;
    }
    sqlite3_reset(all);
    return r;
}

int retention_set(Store *store, const char *what, int64_t days, const char *source)
{
    sqlite3_stmt *set = store_get(store, SQL_RETENTION_SET);

    if (!set)
        return error_origin(-EIO);
    db_bind_text(set, 1, what);
    if (days != RETENTION_FOR_EVER)
        db_bind_int(set, 2, days);
    db_bind_text(set, 3, source);
    int r = db_run(&store->db, set);
    if (r < 0)
        return error_trace(r);
    return sqlite3_changes64(store->db.handle) > 0 ? 0 : RETENTION_E_UNKNOWN;
}

int retention_apply(Store *store, const char *what, int64_t days, Time now, int64_t *ret_count)
{
    size_t kind = kind_find(what);

    *ret_count = 0;
    if (kind == KIND_COUNT || kinds[kind].apply == SQL_COUNT || days == RETENTION_FOR_EVER)
        return 0;
    int r = db_exec(&store->db, "PRAGMA secure_delete=ON"); // until store_wipe()
    if (r == 0)
        r = db_run(&store->db, kind_statement(store, kinds[kind].apply, days, now));
    if (r == 0)
        *ret_count = sqlite3_changes64(store->db.handle);
    return error_trace(r);
}

int retention_former(Store *store, int64_t days, Time now, char ret_code[static 65])
{
    if (days == RETENTION_FOR_EVER)
        return RETENTION_E_UNKNOWN;
    sqlite3_stmt *next = kind_statement(store, SQL_FORMER_NEXT, days, now);
    int r = db_step(&store->db, next);

    if (r > 0)
        snprintf(ret_code, 65, "%s", db_text(next, 0));
    if (next)
        sqlite3_reset(next);
    return r < 0 ? error_trace(r) : r > 0 ? 0 : RETENTION_E_UNKNOWN;
}
