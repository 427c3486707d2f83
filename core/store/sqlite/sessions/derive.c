#include "core/store/sqlite/sessions/derive.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/sqlite/keys.h"

// A session's rows are compared with the roster's table of the session's date in two passes: rows that are
// there are put right where org or duty differ; members in scope without a row get one. Reading ends before
// writing begins, since rows must not change under an open cursor.

Duty derive_duty(const StandingTable *table, const SessionRow *session, const uint8_t *invited,
                 int64_t member)
{
    const Standing *standing = &table->standings[member];
    bool scoped;

    if (session->invited) {
        scoped = invited && invited[member];
    } else {
        int32_t home = org_tree_index(&table->tree, standing->org),
                scope = org_tree_index(&table->tree, session->org);
        scoped = home >= 0 && scope >= 0 && org_tree_within(&table->tree, home, scope);
    }
    return !scoped ? DUTY_NONE : standing->exempt ? DUTY_EXEMPT : DUTY_EXPECTED;
}

int derive_invited(Store *store, const SessionRow *session, int64_t member_count, uint8_t **ret_invited)
{
    sqlite3_stmt *get = store_get(store, SQL_INVITATION_OF);
    int r;

    *ret_invited = NULL;
    if (!session->invited)
        return 0;
    if (!get)
        return error_origin(-EIO);
    uint8_t *invited = alloc_zero((size_t)member_count);
    db_bind_int(get, 1, session->session);
    while ((r = db_step(&store->db, get)) > 0)
        if (db_int(get, 0) < member_count)
            invited[db_int(get, 0)] = 1;
    *ret_invited = invited;
    return error_trace(r);
}

int area_numbers(Store *store, int32_t **ret_areas, size_t *ret_count)
{
    sqlite3_stmt *all = store_get(store, SQL_AREA_ALL);
    int32_t *areas = alloc_zero(sizeof(*areas));
    size_t count = 0;
    int r;

    while ((r = db_step(&store->db, all)) > 0) {
        areas = alloc_resize(areas, count + 1, sizeof(*areas));
        areas[count++] = (int32_t)db_int(all, 0);
    }
    *ret_areas = areas;
    *ret_count = count;
    return error_trace(r);
}

typedef struct Derivation {
    Pairs *pairs;
    Store *store;
    const SessionRow *session, *before;
    StandingTable *table;
    uint8_t *invited; // bytemap or NULL
    uint8_t *visited; // bytemap: has a row
    int32_t *wrong;   // members whose row must change
    size_t wrong_count, wrong_capacity;
    int64_t changed;
} Derivation;

static int32_t wanted_org(const Derivation *d, int64_t member)
{
    return d->table->standings[member].org;
}

static int derive_scan(Derivation *d, int32_t area)
{
    sqlite3_stmt *rows = store_get(d->store, SQL_ATTENDANCE_OF_SESSION);
    int r;

    if (!rows)
        return error_origin(-EIO);
    db_bind_int(rows, 1, key_make(area, d->session->session, 0));
    db_bind_int(rows, 2, key_make(area, d->session->session, KEY_ROW_MAX));
    while ((r = db_step(&d->store->db, rows)) > 0) {
        int64_t member = key_row(db_int(rows, 0));
        if (member >= d->table->member_count) {
            sqlite3_reset(rows);
            return error_origin(-EUCLEAN);
        }
        d->visited[member] = 1;
        Duty duty = derive_duty(d->table, d->session, d->invited, member);
        if (!d->before && db_int(rows, 1) == wanted_org(d, member) && db_int(rows, 2) == (int64_t)duty)
            continue;
        if (d->wrong_count == d->wrong_capacity) {
            d->wrong_capacity = d->wrong_capacity ? 2 * d->wrong_capacity : 256;
            d->wrong = alloc_resize(d->wrong, d->wrong_capacity, sizeof(*d->wrong));
        }
        d->wrong[d->wrong_count++] = (int32_t)member;
    }
    return error_trace(r);
}

// Whether people are told the same of both.
static bool attendance_same(const Attendance *a, const Attendance *b)
{
    return a->status == b->status && a->on_site == b->on_site && a->point_key == b->point_key &&
           a->minutes == b->minutes && a->credit == b->credit && a->flags == b->flags &&
           a->checked == b->checked && a->passed == b->passed && a->not_found == b->not_found;
}

// A row holds its org, its duty and its facts: where none of them is another, only the totals are.
static int derive_row(Derivation *d, int64_t member)
{
    PairRow row = {0};
    Attendance was = {0};
    int r = pair_row_load(d->store, d->before ? d->before : d->session, d->table->standings[member].area,
                          member, &row);

    if (r == 0 && row.exists)
        r = pairs_count(d->pairs, d->before ? d->before : d->session, &row, -1);
    if (r == 0) {
        int32_t org = wanted_org(d, member);
        Duty duty = derive_duty(d->table, d->session, d->invited, member);
        row.moved = row.org != org || row.duty != duty;
        row.org = org;
        row.duty = duty;
        was = row.attendance;
    }
    if (r == 0 && row.duty == DUTY_NONE && row.fact_count == 0) {
        r = row.exists ? pair_row_drop(d->store, &row) : 0;
        d->changed++;
    } else if (r == 0) {
        pair_row_fold(d->store, d->session, &row);
        r = pairs_count(d->pairs, d->session, &row, +1);
        d->changed += row.moved || !row.exists || !attendance_same(&was, &row.attendance);
        if (r == 0 && (row.moved || !row.exists))
            r = pair_row_save(d->store, &row);
    }
    pair_row_deinit(&row);
    return error_trace(r);
}

static int derive_add(Derivation *d, int64_t member)
{
    PairRow row = {.session = d->session->session,
                   .member = member,
                   .area = d->table->standings[member].area,
                   .org = wanted_org(d, member),
                   .duty = derive_duty(d->table, d->session, d->invited, member)};

    if (d->visited[member] || row.duty == DUTY_NONE)
        return 0;
    pair_row_fold(d->store, d->session, &row);
    int r = pairs_count(d->pairs, d->session, &row, +1);
    if (r == 0)
        r = pair_row_save(d->store, &row);
    d->changed++;
    return error_trace(r);
}

static int derive_missing(Derivation *d)
{
    int r = 0;

    if (d->session->invited) {
        for (int64_t m = 1; m < d->table->member_count && r == 0; m++)
            r = d->invited[m] ? derive_add(d, m) : 0;
        return error_trace(r);
    }
    int32_t scope = org_tree_index(&d->table->tree, d->session->org);
    if (scope < 0)
        return 0;
    int32_t last = d->table->first[d->table->tree.nodes[scope].end];
    for (int32_t i = d->table->first[scope]; i < last && r == 0; i++)
        r = derive_add(d, d->table->members[i]);
    return error_trace(r);
}

int derive_session(Pairs *pairs, Store *store, const SessionRow *session, const SessionRow *before,
                   bool complete, int64_t *changed)
{
    Derivation d = {.pairs = pairs, .store = store, .session = session, .before = before};
    CLEANUP(cleanup_free) int32_t *areas = NULL;
    size_t area_count = 0;

    int r = standing_load(store, session->date, &d.table);
    if (r == 0)
        r = derive_invited(store, session, d.table->member_count, &d.invited);
    if (r == 0)
        r = area_numbers(store, &areas, &area_count);
    d.visited = r == 0 ? alloc_zero((size_t)d.table->member_count) : NULL;
    for (size_t i = 0; i < area_count && r == 0; i++)
        r = derive_scan(&d, areas[i]);
    for (size_t i = 0; i < d.wrong_count && r == 0; i++)
        r = derive_row(&d, d.wrong[i]);
    if (r == 0 && complete)
        r = derive_missing(&d);
    *changed += d.changed;
    free(d.invited);
    free(d.visited);
    free(d.wrong);
    return error_trace(r);
}
