#include "core/store/sqlite/sessions/session_rules.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/rules.h"

// A session carries what the rules made of it, so that an arriving event asks for nothing else; and which
// version that was, so that a credit can name it. When a rule changes, the sessions of its days are asked
// again here, all but those of closed months, which hold still until their month is reopened.

int store_rules(Store *store, const Rules **ret_rules)
{
    if (!store->rules) {
        Rules *rules = alloc_zero(sizeof(*rules));
        int r = rules_load(store, rules);
        if (r < 0) {
            free(rules);
            return error_trace(r);
        }
        store->rules = rules;
    }
    *ret_rules = store->rules;
    return 0;
}

int session_columns(Store *store, SessionKind kind, Date date, Date makeup_until, const Worth *worth,
                    int32_t minutes, SessionColumns *ret_columns)
{
    const Rules *rules;
    SessionColumns columns = {.minutes = minutes};
    int r = store_rules(store, &rules);

    if (r < 0)
        return error_trace(r);
    if (*worth->unit) {
        r = rules_worth(rules, worth, date, &columns.minutes, &columns.worth_version);
        if (r != 0)
            return r == WORTH_E_UNIT ? ROSTER_E_UNKNOWN_UNIT : ROSTER_E_WORTH;
    }
    columns.defaults = rules_session(rules, kind, date);
    columns.makeup_until = makeup_until == DATE_NONE ? date + columns.defaults.makeup_days : makeup_until;
    *ret_columns = columns;
    return 0;
}

static bool counts_same(const SessionRow *row, const SessionColumns *columns)
{
    const SessionDefaults *d = &columns->defaults;

    return row->rules.minutes == columns->minutes && row->makeup_until == columns->makeup_until &&
           row->rules.window_before == d->window_before * TIME_MINUTE &&
           row->rules.window_after == d->window_after * TIME_MINUTE &&
           row->rules.late_after == d->late_after * TIME_MINUTE &&
           row->rules.early_before == d->early_before * TIME_MINUTE &&
           row->rules.presence_permille == d->presence_permille && row->rules.pass_score == d->pass_score;
}

// As session_note(), but a session whose month was reopened is noted already, without what it was.
static void note_before(Store *store, const SessionRow *before)
{
    session_note(store, before->session, before);
    for (size_t i = 0; i < store->dirty_session_count; i++) {
        DirtySession *dirty = &store->dirty_sessions[i];
        if (dirty->session != before->session || dirty->existed)
            continue;
        dirty->existed = true;
        dirty->before = *before;
        dirty->before.title = alloc_string(before->title);
    }
}

static int columns_write(Store *store, const SessionRow *row, const SessionColumns *columns)
{
    const SessionDefaults *d = &columns->defaults;
    sqlite3_stmt *set = store_get(store, SQL_RULE_SESSION_SET);

    if (!set)
        return error_origin(-EIO);
    db_bind_int(set, 1, row->session);
    db_bind_int(set, 2, columns->minutes);
    db_bind_int(set, 3, columns->makeup_until);
    db_bind_int(set, 4, d->window_before);
    db_bind_int(set, 5, d->window_after);
    db_bind_int(set, 6, d->late_after);
    db_bind_int(set, 7, d->early_before);
    db_bind_int(set, 8, d->presence_permille);
    db_bind_int(set, 9, d->pass_score);
    db_bind_int(set, 10, d->version);
    db_bind_int(set, 11, columns->worth_version);
    return error_trace(db_run(&store->db, set));
}

// A unit that the new version does not have leaves the session's minutes as they are: they were right when
// they were stated.
static int apply_one(Store *store, int64_t number)
{
    const SessionRow *row = NULL;
    SessionColumns columns;
    int r = session_get_number(store, number, &row);

    if (r < 0 || !row || row->closed)
        return error_trace(r);
    Date stated = row->makeup_stated ? row->makeup_until : DATE_NONE;
    r = session_columns(store, row->kind, row->date, stated, &row->worth, row->rules.minutes, &columns);
    if (r > 0) {
        static const Worth none;
        r = session_columns(store, row->kind, row->date, stated, &none, row->rules.minutes, &columns);
        columns.worth_version = row->worth_version;
    }
    if (r < 0)
        return error_trace(r);
    bool same = counts_same(row, &columns);
    if (same && row->rule_version == columns.defaults.version && row->worth_version == columns.worth_version)
        return 0;
    if (!same)
        note_before(store, row);
    return error_trace(columns_write(store, row, &columns));
}

int session_rules_apply(Store *store)
{
    CLEANUP(cleanup_free) int64_t *numbers = NULL;
    size_t count = 0, capacity = 0;
    sqlite3_stmt *find = store->rules_from == DATE_NONE ? NULL : store_get(store, SQL_RULE_SESSIONS);
    int r;

    if (store->rules_from == DATE_NONE)
        return 0;
    if (!find)
        return error_origin(-EIO);
    db_bind_int(find, 1, store->rules_from);
    while ((r = db_step(&store->db, find)) > 0) {
        if (count == capacity) {
            capacity = capacity ? 2 * capacity : 64;
            numbers = alloc_resize(numbers, capacity, sizeof(*numbers));
        }
        numbers[count++] = db_int(find, 0);
    }
    for (size_t i = 0; i < count && r == 0; i++)
        r = apply_one(store, numbers[i]);
    store_caches_drop(store); // it holds the sessions as they were
    return error_trace(r);
}
