#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/sqlite/keeping/cards.h"
#include "core/store/sqlite/store_private.h"

// A point's plan: the sessions it takes part in, and the members whose own point it is, so that an organiser
// sees who is missing.

static int point_number(Store *store, const char *code, int32_t *ret_point)
{
    sqlite3_stmt *find = store_get(store, SQL_POINT_FIND);

    *ret_point = 0;
    if (!find)
        return error_origin(-EIO);
    db_bind_text(find, 1, code);
    int r = db_step(&store->db, find);
    if (r > 0)
        *ret_point = (int32_t)db_int(find, 0);
    sqlite3_reset(find);
    return r < 0 ? error_trace(r) : 0;
}

int query_plan_sessions(Store *store, const char *point_code, Time from, Time to, SessionList *ret_list)
{
    SessionList all = {0}, kept = {0};
    int32_t point;

    store_caches_refresh(store);
    int r = point_number(store, point_code, &point);
    if (r == 0)
        r = query_sessions_between(store, from, to, &all);
    for (size_t i = 0; i < all.count && r == 0; i++) {
        bool has = false;
        r = session_has_point(store, &all.rows[i], point, &has);
        if (r == 0 && has) {
            kept.rows = alloc_resize(kept.rows, kept.count + 1, sizeof(*kept.rows));
            kept.rows[kept.count++] = all.rows[i];
            all.rows[i].title = NULL; // moved
        }
    }
    session_list_deinit(&all);
    if (r < 0) {
        session_list_deinit(&kept);
        return error_trace(r);
    }
    *ret_list = kept;
    return 0;
}

// The point of lowest code that each org hosts, by internal number; 0 none.
static int32_t *points_by_org(Store *store, int32_t number_count)
{
    int32_t *lowest = alloc_zero((size_t)(number_count + 1) * sizeof(*lowest));

    for (size_t p = 1; p < store->point_count; p++) {
        const PointInfo *info = &store->points[p];
        if (!info->code[0] || info->org >= number_count)
            continue;
        int32_t best = lowest[info->org];
        if (!best || strcmp(info->code, store->points[best].code) < 0)
            lowest[info->org] = (int32_t)p;
    }
    return lowest;
}

static int plan_member(Store *store, int64_t member, Date date,
                       int (*each)(void *user, const PlanMemberRow *member), void *user)
{
    sqlite3_stmt *get = store_get(store, SQL_MEMBER_GET);
    sqlite3_stmt *card = store_get(store, SQL_CARDS_OF);
    const char *cards[2] = {
        NULL, NULL}; // the one that is held on the date: the latest stated, unless somebody else has it now
    char token[CARD_TOKEN_SIZE];

    if (!get || !card)
        return error_origin(-EIO);
    db_bind_int(get, 1, member);
    int r = db_step(&store->db, get);
    if (r <= 0)
        return error_trace(r);
    if (!*db_text(get, 2)) { // erased today: no terminal needs to know of it
        sqlite3_reset(get);
        return 0;
    }
    db_bind_int(card, 1, member);
    db_bind_int(card, 2, date);
    r = db_step(&store->db, card);
    if (r > 0 && (db_null(card, 1) || db_int(card, 1) >= date) && !db_int(card, 2) &&
        card_unseal(store, sqlite3_column_blob(card, 0), sqlite3_column_blob(card, 3),
                    (size_t)sqlite3_column_bytes(card, 3), token))
        cards[0] = token;
    PlanMemberRow row = {.member = member, .code = db_text(get, 1), .name = db_text(get, 2), .cards = cards};
    r = r < 0 ? r : each(user, &row);
    sqlite3_reset(card);
    sqlite3_reset(get);
    return r;
}

int query_plan_members(Store *store, const char *point_code, Date date,
                       int (*each)(void *user, const PlanMemberRow *member), void *user)
{
    StandingTable *table;
    int32_t point;

    store_caches_refresh(store);
    int r = point_number(store, point_code, &point);
    const PointInfo *info = r == 0 ? point_info(store, point) : NULL;
    if (r < 0 || !info)
        return error_trace(r);
    int32_t host = info->org;
    r = standing_load(store, date, &table);
    if (r < 0)
        return error_trace(r);
    CLEANUP(cleanup_free) int32_t *lowest = points_by_org(store, table->tree.number_count);
    int32_t root = org_tree_index(&table->tree, host);
    if (root < 0 || lowest[host] != point)
        return 0;
    // Down from the host: an org that hosts a point of its own keeps its subtree to itself.
    for (int32_t i = root; i < table->tree.nodes[root].end && r == 0;) {
        if (i != root && lowest[table->tree.nodes[i].org]) {
            i = table->tree.nodes[i].end;
            continue;
        }
        for (int32_t m = table->first[i]; m < table->first[i + 1] && r == 0; m++)
            r = plan_member(store, table->members[m], date, each, user);
        i++;
    }
    return r;
}

int query_seen_at_point(Store *store, const char *point_code, const char *member, Time from, Time to,
                        bool *ret_seen)
{
    sqlite3_stmt *find = store_get(store, SQL_MEMBER_FIND);
    int32_t point;

    *ret_seen = false;
    int r = point_number(store, point_code, &point);
    if (r < 0 || !find)
        return error_trace(r < 0 ? r : -EIO);
    db_bind_text(find, 1, member);
    r = db_step(&store->db, find);
    if (r <= 0)
        return error_trace(r);
    int64_t number = db_int(find, 0);
    sqlite3_reset(find);
    sqlite3_stmt *seen = store_get(store, SQL_SEEN_AT_POINT);
    if (!seen)
        return error_origin(-EIO);
    db_bind_int(seen, 1, point);
    db_bind_int(seen, 2, number);
    db_bind_int(seen, 3, from);
    db_bind_int(seen, 4, to);
    r = db_step(&store->db, seen);
    sqlite3_reset(seen);
    *ret_seen = r > 0;
    return r < 0 ? error_trace(r) : 0;
}
