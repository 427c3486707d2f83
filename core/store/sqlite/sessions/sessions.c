#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/sqlite/months/month.h"
#include "core/store/sqlite/store_private.h"

// Sessions and points held in memory, and the two questions about them that an event asks: which session
// (R1), and whether a point takes part (R2). The caches are dropped as a whole when the roster changes.

void store_caches_drop(Store *store)
{
    for (size_t i = 0; i < store->session_count; i++) {
        free(store->sessions[i]->title);
        free(store->sessions[i]);
    }
    free(store->sessions);
    store->sessions = NULL;
    store->session_count = 0;
    pair_map_clear(&store->session_by_code);
    pair_map_clear(&store->session_by_number);
    free(store->points);
    store->points = NULL;
    store->point_count = 0;
    free(store->hosted);
    store->hosted = NULL;
    store->hosted_count = 0;
    free(store->org_areas);
    store->org_areas = NULL;
    store->org_area_count = 0;
    pair_map_clear(&store->above);
    store->standing = standing_free(store->standing);
    store->member_map = member_map_free(store->member_map);
    store->members_asked = 0;
    if (store->rules)
        rules_deinit(store->rules);
    free(store->rules);
    store->rules = NULL;
    store->longest_session = TIME_NONE;
    store->orgs_held = 0;
    store->gaps_known = 0;
}

void session_read(sqlite3_stmt *s, SessionRow *ret_session)
{
    SessionRow row = {
        .session = db_int(s, 0),
        .kind = (SessionKind)db_int(s, 2),
        .title = alloc_string(db_text(s, 3)),
        .org = (int32_t)db_int(s, 4),
        .date = (Date)db_int(s, 7),
        .makeup_until = (Date)db_int(s, 9),
        .opened = db_int(s, 15) != 0,
        .invited = db_int(s, 16) != 0,
        .tracked = db_int(s, 17) > 0,
        .closed = db_int(s, 17) > 1,
        .rule_version = (int32_t)db_int(s, 19),
        .makeup_stated = db_int(s, 20) != 0,
        .worth = {.tenths = (int32_t)db_int(s, 22)},
        .worth_version = (int32_t)db_int(s, 23),
        .credited = db_int(s, 24),
        .rules =
            {
                .starts = db_int(s, 5),
                .ends = db_int(s, 6),
                .minutes = (int32_t)db_int(s, 8),
                .window_before = db_int(s, 10) * TIME_MINUTE,
                .window_after = db_int(s, 11) * TIME_MINUTE,
                .late_after = db_int(s, 12) * TIME_MINUTE,
                .early_before = db_int(s, 13) * TIME_MINUTE,
                .presence_permille = (int32_t)db_int(s, 14),
                .pass_score = (int32_t)db_int(s, 18),
            },
    };
    strncpy(row.code, db_text(s, 1), sizeof(row.code) - 1);
    strncpy(row.worth.unit, db_text(s, 21), sizeof(row.worth.unit) - 1);
    row.month = month_of_date(row.date);
    row.spans_years = month_of_date(zone_date(row.rules.ends - 1)) / 12 != row.month / 12;
    row.rules.makeup_end = zone_day_start(row.makeup_until + 1);
    *ret_session = row;
}

// Adds the row that `statement` stands on to the cache and resets the statement.
static const SessionRow *session_keep(Store *store, sqlite3_stmt *statement)
{
    SessionRow *row = alloc_zero(sizeof(*row));
    uint32_t index = (uint32_t)store->session_count;

    session_read(statement, row);
    sqlite3_reset(statement);
    store->sessions = alloc_resize(store->sessions, store->session_count + 1, sizeof(*store->sessions));
    store->sessions[store->session_count++] = row;
    if (pair_map_find(&store->session_by_code, pair_map_hash(row->code), 0) < 0)
        pair_map_add(&store->session_by_code, pair_map_hash(row->code), 0, index);
    pair_map_add(&store->session_by_number, row->session, 0, index);
    return row;
}

void session_cache_credited(Store *store, int64_t session, int64_t credited)
{
    int64_t index = pair_map_find(&store->session_by_number, session, 0);

    if (index >= 0)
        store->sessions[index]->credited = credited;
}

int session_get(Store *store, const char *code, const SessionRow **ret_session)
{
    int64_t index = pair_map_find(&store->session_by_code, pair_map_hash(code), 0);

    *ret_session = NULL;
    if (index >= 0 && strcmp(store->sessions[index]->code, code) == 0) {
        *ret_session = store->sessions[index];
        return 0;
    }
    sqlite3_stmt *get = store_get(store, SQL_SESSION_BY_CODE);
    if (!get)
        return error_origin(-EIO);
    db_bind_text(get, 1, code);
    int r = db_step(&store->db, get);
    if (r <= 0)
        return error_trace(r);
    int64_t known = pair_map_find(&store->session_by_number, db_int(get, 0), 0);
    if (known >= 0)
        sqlite3_reset(get);
    *ret_session = known >= 0 ? store->sessions[known] : session_keep(store, get);
    return 0;
}

int session_get_number(Store *store, int64_t number, const SessionRow **ret_session)
{
    int64_t index = pair_map_find(&store->session_by_number, number, 0);

    *ret_session = NULL;
    if (index >= 0) {
        *ret_session = store->sessions[index];
        return 0;
    }
    sqlite3_stmt *get = store_get(store, SQL_SESSION_BY_NUMBER);
    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, number);
    int r = db_step(&store->db, get);
    if (r > 0)
        *ret_session = session_keep(store, get);
    return r < 0 ? error_trace(r) : 0;
}

int points_load(Store *store)
{
    if (store->points)
        return 0;
    sqlite3_stmt *all = store_get(store, SQL_POINT_ALL);
    int r = all ? 0 : error_origin(-EIO);

    store->points = alloc_zero(sizeof(*store->points));
    store->point_count = 1; // number 0 is none
    while (r >= 0 && (r = db_step(&store->db, all)) > 0) {
        size_t point = (size_t)db_int(all, 0);
        if (point >= store->point_count) {
            store->points = alloc_resize(store->points, point + 1, sizeof(*store->points));
            memset(store->points + store->point_count, 0,
                   (point + 1 - store->point_count) * sizeof(*store->points));
            store->point_count = point + 1;
        }
        PointInfo *info = &store->points[point];
        strncpy(info->code, db_text(all, 1), sizeof(info->code) - 1);
        info->org = (int32_t)db_int(all, 2);
        info->area = -1;
    }
    return error_trace(r);
}

const PointInfo *point_info(Store *store, int32_t point)
{
    if (points_load(store) < 0 || point <= 0 || (size_t)point >= store->point_count ||
        !store->points[point].code[0])
        return NULL;
    return &store->points[point];
}

int32_t org_area(Store *store, int32_t org)
{
    if (org <= 0)
        return 0;
    if (org >= store->org_area_count) {
        size_t count = (size_t)org + 64;
        store->org_areas = alloc_resize(store->org_areas, count, sizeof(*store->org_areas));
        memset(store->org_areas + store->org_area_count, -1,
               (count - (size_t)store->org_area_count) * sizeof(*store->org_areas));
        store->org_area_count = (int32_t)count;
    }
    sqlite3_stmt *get = store->org_areas[org] < 0 ? store_get(store, SQL_ORG_AREA) : NULL;
    if (get) {
        db_bind_int(get, 1, org);
        if (db_step(&store->db, get) > 0)
            store->org_areas[org] = (int32_t)db_int(get, 0);
        sqlite3_reset(get);
    }
    return store->org_areas[org] < 0 ? 0 : store->org_areas[org];
}

int org_parent(Store *store, int32_t org, Date date, int32_t *ret_parent)
{
    bool held = false, there = false;
    int r = month_orgs_parent(store, org, date, &held, &there, ret_parent);

    if (r < 0 || held)
        return r < 0 ? error_trace(r) : there;
    sqlite3_stmt *get = store_get(store, SQL_ORG_PARENT);
    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, org);
    db_bind_int(get, 2, date);
    r = db_step(&store->db, get);
    bool exists = r > 0 && (db_null(get, 1) || db_int(get, 1) >= date);
    if (exists)
        *ret_parent = (int32_t)db_int(get, 0);
    sqlite3_reset(get);
    return r < 0 ? error_trace(r) : exists;
}

int org_is_within(Store *store, int32_t org, int32_t ancestor, Date date, bool *ret_within)
{
    *ret_within = false;
    for (int depth = 0; org && depth < ORG_DEPTH_MAX; depth++) {
        int32_t parent = 0;
        int r = org_parent(store, org, date, &parent);
        if (r <= 0)
            return error_trace(r); // it does not exist on that day
        if (org == ancestor) {
            *ret_within = true;
            return 0;
        }
        org = parent;
    }
    return 0;
}

#define ABOVE_MAX 16384 // pairs remembered: a city has 6,600 of host and home

// A point is hosted above nearly everybody who comes to it, and such a visit is no guest's for any org (R20):
// whoever holds the host holds the home. The question comes with every fold, so answers are remembered.
int org_is_above(Store *store, int32_t host, int32_t home, Date date, bool *ret_above)
{
    int64_t orgs = (int64_t)host << 32 | (uint32_t)home;
    int64_t known = pair_map_find(&store->above, orgs, date);

    if (known < 0) {
        int r = org_is_within(store, home, host, date, ret_above);
        if (r < 0)
            return error_trace(r);
        if (store->above.count >= ABOVE_MAX)
            pair_map_clear(&store->above);
        known = *ret_above;
        pair_map_add(&store->above, orgs, date, (uint32_t)known);
    }
    *ret_above = known > 0;
    return 0;
}

// One-row question with integer bindings: 1 yes, 0 no.
static int ask(Store *store, StatementId id, int64_t a, int64_t b)
{
    sqlite3_stmt *statement = store_get(store, id);

    if (!statement)
        return error_origin(-EIO);
    db_bind_int(statement, 1, a);
    if (sqlite3_bind_parameter_count(statement) > 1)
        db_bind_int(statement, 2, b);
    int r = db_step(&store->db, statement);
    sqlite3_reset(statement);
    return error_trace(r);
}

int session_has_point(Store *store, const SessionRow *session, int32_t point, bool *ret_has)
{
    const PointInfo *info = point_info(store, point);

    *ret_has = false;
    if (!info)
        return 0;
    int r = ask(store, SQL_SESSION_POINT_ANY, session->session, 0);
    if (r > 0) {
        r = ask(store, SQL_SESSION_POINT_HAS, session->session, point);
        *ret_has = r > 0;
    } else if (r == 0) {
        r = org_is_within(store, info->org, session->org, session->date, ret_has);
    }
    return r < 0 ? error_trace(r) : 0;
}

static int longest_session(Store *store, Time *ret_longest, Time *ret_window)
{
    if (store->longest_session == TIME_NONE) {
        int64_t longest = 0, widest = 0;
        int r = db_query_int64(&store->db, statement_texts[SQL_SESSION_LONGEST], &longest);
        if (r >= 0)
            r = db_query_int64(&store->db, statement_texts[SQL_SESSION_WIDEST], &widest);
        if (r < 0)
            return error_trace(r);
        store->longest_session = longest;
        store->widest_window = widest * TIME_MINUTE;
    }
    *ret_longest = store->longest_session;
    *ret_window = store->widest_window;
    return 0;
}

// R1: nearest start, then the earlier start, then the lower code. Rows come by start, then code, so only a
// strictly nearer one replaces the best.
int session_at(Store *store, int32_t point, Time at, const SessionRow **ret_session)
{
    Time longest = 0, best_distance = INT64_MAX, window = 0;
    int64_t best = 0;

    *ret_session = NULL;
    int r = longest_session(store, &longest, &window);
    if (r < 0 || !point)
        return error_trace(r);
    sqlite3_stmt *get = store_get(store, SQL_SESSION_BETWEEN);
    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, at - window - longest);
    db_bind_int(get, 2, at + window + 1);
    while ((r = db_step(&store->db, get)) > 0) {
        SessionRow row;
        bool has = false;
        session_read(get, &row);
        free(row.title);
        row.title = NULL;
        Time distance = row.rules.starts > at ? row.rules.starts - at : at - row.rules.starts;
        if (distance >= best_distance || !session_window_holds(&row.rules, at))
            continue;
        int s = session_has_point(store, &row, point, &has);
        if (s < 0) {
            sqlite3_reset(get);
            return error_trace(s);
        }
        if (has) {
            best = row.session;
            best_distance = distance;
        }
    }
    if (r < 0)
        return error_trace(r);
    return best ? error_trace(session_get_number(store, best, ret_session)) : 0;
}
