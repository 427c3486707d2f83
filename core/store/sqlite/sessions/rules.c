#include "core/store/rules.h"

#include <string.h>

#include "core/base/error.h"
#include "core/store/sqlite/sessions/session_rules.h"

// The rows of the rules, one for each key, as a file has them. A version is written as a whole: its rows go
// out and come in together.

static int rules_read(Store *store, sqlite3_stmt *all, Rules *rules)
{
    int r;

    while ((r = db_step(&store->db, all)) > 0) {
        RuleKind kind;
        if (!rule_kind_parse(db_text(all, 2), &kind)) {
            sqlite3_reset(all);
            return error_origin(-EUCLEAN);
        }
        Rule *rule = rules_add(rules, db_text(all, 0), (int32_t)db_int(all, 1), kind, (Date)db_int(all, 3));
        rule_add_entry(rule, db_text(all, 4), db_text(all, 5), db_text(all, 6), db_text(all, 7));
    }
    return error_trace(r);
}

int rules_load(Store *store, Rules *ret_rules)
{
    sqlite3_stmt *all = store_get(store, SQL_RULE_ALL);
    Rules rules = {0};
    int r = all ? rules_read(store, all, &rules) : error_origin(-EIO);

    if (r < 0) {
        rules_deinit(&rules);
        return error_trace(r);
    }
    *ret_rules = rules;
    return 0;
}

static int months_closed(Store *store, Month from, Month to, bool *ret_closed)
{
    sqlite3_stmt *find = store_get(store, SQL_RULE_MONTHS);

    if (!find)
        return error_origin(-EIO);
    db_bind_int(find, 1, from);
    db_bind_int(find, 2, to);
    int r = db_step(&store->db, find);
    sqlite3_reset(find);
    *ret_closed = r > 0;
    return r < 0 ? error_trace(r) : 0;
}

// Whether a month that has begun by the last day of the version, and not ended before its first, was ever
// closed: its figures name the version, or follow from it.
static int rule_is_used(Store *store, const Rules *rules, const Rule *rule, bool *ret_used)
{
    const Rule *next = rules_next(rules, rule);

    // Before the first version of a name the first one holds, but of caps and points none does.
    bool begins = rule->kind == RULE_CAP || rule->kind == RULE_POINTS;
    bool first = !begins && (rule == rules->rules || rules_next(rules, rule - 1) != rule);
    return error_trace(months_closed(store, first ? INT32_MIN : month_of_date(rule->from),
                                     next ? month_of_date(next->from - 1) : INT32_MAX, ret_used));
}

static int rule_write(Store *store, const Rule *rule)
{
    sqlite3_stmt *drop = store_get(store, SQL_RULE_DROP);
    int r;

    if (!drop)
        return error_origin(-EIO);
    db_bind_text(drop, 1, rule->name);
    db_bind_int(drop, 2, rule->version);
    r = db_run(&store->db, drop);
    for (size_t i = 0; i < rule->entry_count && r == 0; i++) {
        const RuleEntry *entry = &rule->entries[i];
        sqlite3_stmt *add = store_get(store, SQL_RULE_ADD);
        if (!add)
            return error_origin(-EIO);
        db_bind_text(add, 1, rule->name);
        db_bind_int(add, 2, rule->version);
        db_bind_int(add, 3, (int64_t)i + 1);
        db_bind_text(add, 4, rule_kind_word(rule->kind));
        db_bind_int(add, 5, rule->from);
        db_bind_text(add, 6, entry->key);
        db_bind_text(add, 7, entry->value);
        db_bind_text(add, 8, entry->source);
        db_bind_text(add, 9, entry->note);
        r = db_run(&store->db, add);
    }
    return error_trace(r);
}

static void rules_touch(Store *store, Date from)
{
    if (store->rules_from == DATE_NONE || from < store->rules_from)
        store->rules_from = from;
    store_touch(store, DATE_NONE);
}

int rules_put(Store *store, const Rule *rule, RosterChange *ret_change)
{
    const Rules *rules;
    bool used = false;
    int r = store_rules(store, &rules);

    if (r < 0)
        return error_trace(r);
    const Rule *known = rules_find(rules, rule->name, rule->version);
    if (known && rule_same(known, rule)) {
        *ret_change = ROSTER_SAME;
        return 0;
    }
    if (known)
        r = rule_is_used(store, rules, known, &used);
    else if (rule->kind == RULE_GRADE && rule->version > 1)
        r = months_closed(store, month_of_date(rule->from), INT32_MAX, &used);
    if (r < 0 || used)
        return r < 0 ? error_trace(r) : known ? RULES_E_CLOSED : RULES_E_TOO_LATE;
    *ret_change = known ? ROSTER_CHANGED : ROSTER_ADDED;
    // A first version holds before its date as well: everything is asked again then.
    Date from = known && known->from < rule->from ? known->from : rule->from;
    r = rule_write(store, rule);
    rules_touch(store, rule->version == 1 ? INT32_MIN + 1 : from);
    return error_trace(r);
}

int points_redeem(Store *store, int64_t member, Time at, const char *who, int64_t points, const char *why)
{
    sqlite3_stmt *add = store_get(store, SQL_REDEMPTION_ADD);

    if (!add)
        return error_origin(-EIO);
    db_bind_int(add, 1, member);
    db_bind_int(add, 2, at);
    db_bind_text(add, 3, who);
    db_bind_int(add, 4, points);
    db_bind_text(add, 5, why);
    return error_trace(db_run(&store->db, add));
}

int points_each_redemption(Store *store, int64_t member,
                           int (*each)(void *user, const Redemption *redemption), void *user)
{
    sqlite3_stmt *rows = store_get(store, SQL_REDEMPTION_OF);
    int r;

    if (!rows)
        return error_origin(-EIO);
    db_bind_int(rows, 1, member);
    while ((r = db_step(&store->db, rows)) > 0) {
        Redemption redemption = {.at = db_int(rows, 0),
                                 .who = db_text(rows, 1),
                                 .points = db_int(rows, 2),
                                 .why = db_text(rows, 3)};
        r = each(user, &redemption);
        if (r != 0) {
            sqlite3_reset(rows);
            return r;
        }
    }
    return error_trace(r);
}
