#include "core/store/sqlite/queries/own_point.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/sqlite/keys.h"
#include "core/store/sqlite/sessions/derive.h"
#include "core/store/sqlite/store_private.h"
#include "core/store/sqlite/totals/totals.h"

// One member's own point at a session, and whether it is silent. A report wants to know it of everybody and
// reads all points with their coverage once (query_session.c); a record wants to know it of one member, which
// is a walk up some four levels of the tree and some probes, whatever the size of the city. Both must say the
// same: tests/store/test_own_point.c holds them against each other.

// A point by its host: how the walk finds who hosts one.
typedef struct HostedPoint {
    const char *code; // of `points`, which live as long
    int32_t org, point;
} HostedPoint;

// The orgs from one to its top on a date.
typedef struct Chain {
    int32_t orgs[ORG_DEPTH_MAX];
    size_t count;
} Chain;

static int compare_hosted(const void *a, const void *b)
{
    const HostedPoint *x = a, *y = b;

    return x->org != y->org ? (x->org < y->org ? -1 : 1) : strcmp(x->code, y->code);
}

static int hosted_load(Store *store)
{
    int r = points_load(store);

    if (r < 0 || store->hosted)
        return error_trace(r);
    HostedPoint *hosted = alloc_zero(store->point_count * sizeof(*hosted));
    size_t count = 0;
    for (size_t p = 1; p < store->point_count; p++)
        if (store->points[p].code[0])
            hosted[count++] = (HostedPoint){store->points[p].code, store->points[p].org, (int32_t)p};
    qsort(hosted, count, sizeof(*hosted), compare_hosted);
    store->hosted = hosted;
    store->hosted_count = count;
    return 0;
}

// Where the points of `org` begin among the hosted ones.
static size_t hosted_first(const Store *store, int32_t org)
{
    size_t low = 0, high = store->hosted_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (store->hosted[middle].org < org)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int chain_walk(Store *store, int32_t org, Date date, Chain *ret_chain)
{
    ret_chain->count = 0;
    while (org && ret_chain->count < ORG_DEPTH_MAX) {
        int32_t parent = 0;
        int r = org_parent(store, org, date, &parent);
        if (r < 0)
            return error_trace(r);
        if (r == 0)
            break; // it does not exist on that day
        ret_chain->orgs[ret_chain->count++] = org;
        org = parent;
    }
    return 0;
}

// Which of them is `org`; `count` if none.
static size_t chain_place(const Chain *chain, int32_t org)
{
    size_t i = 0;

    while (i < chain->count && chain->orgs[i] != org)
        i++;
    return i;
}

static int listed(Store *store, StatementId id, int64_t session, int32_t point)
{
    sqlite3_stmt *has = store_get(store, id);

    if (!has)
        return error_origin(-EIO);
    db_bind_int(has, 1, session);
    if (id == SQL_SESSION_POINT_HAS)
        db_bind_int(has, 2, point);
    int r = db_step(&store->db, has);
    sqlite3_reset(has);
    return error_trace(r);
}

// R2: those listed, or those hosted between the org and the session's: further up is outside its subtree.
static int find_open(Store *store, const SessionRow *session, const Chain *chain, int32_t *ret_point)
{
    int any = listed(store, SQL_SESSION_POINT_ANY, session->session, 0);
    size_t scope = chain_place(chain, session->org);
    size_t levels = any > 0 ? chain->count : scope < chain->count ? scope + 1 : 0;

    *ret_point = 0;
    if (any < 0)
        return error_trace(any);
    for (size_t i = 0; i < levels; i++) {
        int32_t org = chain->orgs[i];
        for (size_t h = hosted_first(store, org); h < store->hosted_count && store->hosted[h].org == org;
             h++) {
            int32_t point = store->hosted[h].point;
            int r = any ? listed(store, SQL_SESSION_POINT_HAS, session->session, point) : 1;
            if (r > 0)
                *ret_point = point;
            if (r != 0)
                return r < 0 ? error_trace(r) : 0;
        }
    }
    return 0;
}

// Of a closed month: those that took part, where they were hosted, when it was closed.
static int find_closed(Store *store, const SessionRow *session, const Chain *chain, int32_t *ret_point)
{
    sqlite3_stmt *get = store_get(store, SQL_MONTH_POINTS);
    const PointInfo *best = NULL;
    size_t best_place = chain->count;
    int r;

    *ret_point = 0;
    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, session->month);
    db_bind_int(get, 2, session->session);
    while ((r = db_step(&store->db, get)) > 0) {
        size_t place = chain_place(chain, (int32_t)db_int(get, 1));
        if (place >= chain->count || place > best_place)
            continue;
        const PointInfo *info = point_info(store, (int32_t)db_int(get, 0));
        if (!info || (place == best_place && best && strcmp(info->code, best->code) >= 0))
            continue;
        best = info;
        best_place = place;
        *ret_point = (int32_t)db_int(get, 0);
    }
    return error_trace(r);
}

int own_point_find(Store *store, const SessionRow *session, int32_t org, int32_t *ret_point)
{
    Chain chain = {.count = 0};
    int r = hosted_load(store);

    if (r == 0)
        r = chain_walk(store, org, session->date, &chain);
    if (r < 0)
        return error_trace(r);
    return error_trace(session->closed ? find_closed(store, session, &chain, ret_point)
                                       : find_open(store, session, &chain, ret_point));
}

static int events_at(Store *store, const SessionRow *session, int32_t point, int64_t *ret_events)
{
    CLEANUP(cleanup_free) int32_t *areas = NULL;
    size_t area_count = 0;
    int r = area_numbers(store, &areas, &area_count);

    *ret_events = 0;
    for (size_t i = 0; i < area_count && r == 0; i++) {
        sqlite3_stmt *get = store_get(store, SQL_OWN_POINT_EVENTS);
        if (!get)
            return error_origin(-EIO);
        db_bind_int(get, 1, key_make(areas[i], session->session, point));
        r = db_step(&store->db, get);
        if (r > 0)
            *ret_events += db_int(get, 0);
        sqlite3_reset(get);
        r = r < 0 ? r : 0;
    }
    return error_trace(r);
}

static int rolls_closed(Store *store, const SessionRow *session, int32_t point, int64_t *ret_rolls)
{
    sqlite3_stmt *get = store_get(store, SQL_OWN_POINT_ROLLS);

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, session->session);
    db_bind_int(get, 2, point);
    int r = db_step(&store->db, get);
    *ret_rolls = r > 0 ? db_int(get, 0) : 0;
    sqlite3_reset(get);
    return r < 0 ? error_trace(r) : 0;
}

// Whether a batch of the office names somebody whose own point it is (R12).
static int in_a_batch(Store *store, const SessionRow *session, int32_t point, bool *ret_named)
{
    CLEANUP(cleanup_free) int32_t *homes = NULL;
    size_t count = 0;
    sqlite3_stmt *get = store_get(store, SQL_OWN_POINT_BATCHES);
    int r;

    *ret_named = false;
    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, org_area(store, GUEST_HOST_BATCH));
    db_bind_int(get, 2, session->session);
    db_bind_int(get, 3, GUEST_HOST_BATCH);
    while ((r = db_step(&store->db, get)) > 0) {
        homes = alloc_resize(homes, count + 1, sizeof(*homes));
        homes[count++] = (int32_t)db_int(get, 0);
    }
    for (size_t i = 0; i < count && r == 0 && !*ret_named; i++) {
        int32_t own = 0;
        r = own_point_find(store, session, homes[i], &own);
        *ret_named = own == point;
    }
    return error_trace(r);
}

int own_point_is_silent(Store *store, const SessionRow *session, int32_t org, bool *ret_silent)
{
    int32_t point = 0;
    int64_t events = 0, rolls = 0;
    bool named = false;

    int r = own_point_find(store, session, org, &point);
    if (r == 0 && point)
        r = events_at(store, session, point, &events);
    if (r == 0 && point && events == 0)
        r = rolls_closed(store, session, point, &rolls);
    if (r == 0 && point && events + rolls == 0)
        r = in_a_batch(store, session, point, &named);
    if (r < 0)
        return error_trace(r);
    *ret_silent = point && events + rolls == 0 && !named;
    return 0;
}
