#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/sqlite/keys.h"
#include "core/store/sqlite/months/month.h"
#include "core/store/sqlite/sessions/derive.h"
#include "core/store/sqlite/store_private.h"
#include "core/store/sqlite/totals/totals.h"

// What reports ask about sessions: lists, totals by home org, guests, and how far the points have reported.

void session_list_deinit(SessionList *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->rows[i].title);
    free(list->rows);
    *list = (SessionList){0};
}

int session_list_read(Store *store, sqlite3_stmt *statement, SessionList *ret_list)
{
    SessionList list = {0};
    int r;

    while ((r = db_step(&store->db, statement)) > 0) {
        list.rows = alloc_resize(list.rows, list.count + 1, sizeof(*list.rows));
        session_read(statement, &list.rows[list.count++]);
    }
    if (r < 0) {
        session_list_deinit(&list);
        return error_trace(r);
    }
    *ret_list = list;
    return 0;
}

int query_sessions_month(Store *store, Month month, SessionList *ret_list)
{
    sqlite3_stmt *get = store_get(store, SQL_SESSION_MONTH);

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, zone_day_start(month_first_day(month)) - TIME_DAY);
    db_bind_int(get, 2, zone_day_start(month_last_day(month) + 1) + TIME_DAY);
    db_bind_int(get, 3, month);
    return error_trace(session_list_read(store, get, ret_list));
}

int query_sessions_between(Store *store, Time from, Time to, SessionList *ret_list)
{
    sqlite3_stmt *get = store_get(store, SQL_SESSION_BETWEEN);

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, from);
    db_bind_int(get, 2, to);
    return error_trace(session_list_read(store, get, ret_list));
}

int query_session(Store *store, const char *code, SessionList *ret_list)
{
    sqlite3_stmt *get = store_get(store, SQL_SESSION_BY_CODE);

    if (!get)
        return error_origin(-EIO);
    db_bind_text(get, 1, code);
    int r = session_list_read(store, get, ret_list);
    return r == 0 && ret_list->count == 0 ? QUERY_E_UNKNOWN : r;
}

const char *coverage_word(Coverage coverage)
{
    static const char *const words[] = {"silent", "reported", "closed", "nil"};

    return words[coverage];
}

static int compare_points(const void *a, const void *b)
{
    return strcmp(((const SessionPoint *)a)->code, ((const SessionPoint *)b)->code);
}

// The points that take part (R2): those listed, or those hosted in the subtree; of a closed month, those that
// took part when it was closed.
static int points_list(Store *store, const SessionRow *session, const OrgTree *tree, SessionPoint *points,
                       size_t *count)
{
    CLEANUP(cleanup_free) uint8_t *listed = alloc_zero(store->point_count + 1);
    sqlite3_stmt *get = store_get(store, SQL_SESSION_POINTS);
    int32_t scope = org_tree_index(tree, session->org);
    bool any = false;
    int r;

    if (session->closed)
        return error_trace(month_points(store, session, points, count));
    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, session->session);
    while ((r = db_step(&store->db, get)) > 0) {
        any = true;
        if ((size_t)db_int(get, 0) < store->point_count)
            listed[db_int(get, 0)] = 1;
    }
    for (size_t p = 1; p < store->point_count && r == 0; p++) {
        const PointInfo *info = &store->points[p];
        int32_t host = org_tree_index(tree, info->org);
        bool takes_part = any ? listed[p] : host >= 0 && scope >= 0 && org_tree_within(tree, host, scope);
        if (!info->code[0] || !takes_part)
            continue;
        points[*count] = (SessionPoint){.point = (int32_t)p, .org = info->org};
        memcpy(points[*count].code, info->code, sizeof(info->code));
        ++*count;
    }
    return error_trace(r);
}

typedef struct PointCount {
    int64_t events, seen, closings, nil_closings;
    bool gap;
} PointCount;

// The counts of the point in a packed key; number 0, which no point has, collects what is unknown.
static PointCount *count_of(const Store *store, PointCount *counts, int64_t place)
{
    size_t point = (size_t)key_row(place);

    return &counts[point < store->point_count ? point : 0];
}

static int coverage_read(Store *store, int32_t area, const SessionRow *session, PointCount *counts)
{
    sqlite3_stmt *get = store_get(store, SQL_COVERAGE_OF_SESSION);
    sqlite3_stmt *closing = store_get(store, SQL_CLOSING_OF_SESSION);
    int r;

    if (!get || !closing)
        return error_origin(-EIO);
    db_bind_int(get, 1, key_make(area, session->session, 0));
    db_bind_int(get, 2, key_make(area, session->session, KEY_ROW_MAX));
    while ((r = db_step(&store->db, get)) > 0) {
        PointCount *count = count_of(store, counts, db_int(get, 0));
        count->events += db_int(get, 1);
        count->seen += db_int(get, 2);
    }
    if (r < 0)
        return error_trace(r);
    db_bind_int(closing, 1, key_make(area, session->session, 0));
    db_bind_int(closing, 2, key_make(area, session->session, KEY_ROW_MAX));
    while ((r = db_step(&store->db, closing)) > 0) {
        PointCount *count = count_of(store, counts, db_int(closing, 0));
        count->closings++;
        count->nil_closings += db_int(closing, 1) == 0;
    }
    return error_trace(r);
}

// A roll that the office has closed is a close of its point, and a nil one if nobody signed.
static int rolls_read(Store *store, const SessionRow *session, PointCount *counts)
{
    sqlite3_stmt *get = store_get(store, SQL_ROLL_CLOSED_OF_SESSION);
    int r;

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, session->session);
    while ((r = db_step(&store->db, get)) > 0) {
        PointCount *count = count_of(store, counts, db_int(get, 0));
        count->events++;
        count->closings++;
        count->nil_closings += db_int(get, 1) == 0;
    }
    return error_trace(r);
}

// Whether any stream has a gap at all, which is rare and costs a probe of every stream to learn: a reader
// asks once for as long as nobody writes, not once a session and area.
static int gaps_any(Store *store, bool *ret_any)
{
    *ret_any = true;
    if (store->writable)
        return 0;
    if (store->gaps_known == 0) {
        sqlite3_stmt *any = store_get(store, SQL_STREAM_GAP_ANY);
        int r = any ? db_step(&store->db, any) : error_origin(-EIO);
        if (r < 0)
            return error_trace(r);
        sqlite3_reset(any);
        store->gaps_known = r > 0 ? 1 : -1;
    }
    *ret_any = store->gaps_known > 0;
    return 0;
}

// A gap: a stream of the point's terminals has events stored beyond `through`. In the stream of the close
// itself a gap behind it does not matter; in another stream nobody can tell what is missing, so any gap does.
static int gaps_read(Store *store, int32_t area, const SessionRow *session, PointCount *counts)
{
    sqlite3_stmt *gaps = store_get(store, SQL_STREAM_GAPS);
    int r;

    if (!gaps)
        return error_origin(-EIO);
    db_bind_int(gaps, 1, key_make(area, session->session, 0));
    db_bind_int(gaps, 2, key_make(area, session->session, KEY_ROW_MAX));
    while ((r = db_step(&store->db, gaps)) > 0)
        count_of(store, counts, db_int(gaps, 0))->gap = true;
    return error_trace(r);
}

// The own point of `org` among the points of a session, which come by code (R11), or NULL.
static SessionPoint *own_point(const OrgTree *tree, SessionPoint *points, size_t count, int32_t org)
{
    for (int32_t i = org_tree_index(tree, org); i >= 0; i = tree->nodes[i].parent)
        for (size_t p = 0; p < count; p++)
            if (points[p].org == tree->nodes[i].org)
                return &points[p];
    return NULL;
}

// R12: a batch of the office speaks for the own point of each member whom it names.
static int batches_read(Store *store, const SessionRow *session, const OrgTree *tree, SessionPoint *points,
                        size_t count)
{
    sqlite3_stmt *get = store_get(store, SQL_GUEST_OF_SESSION);
    int r;

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, org_area(store, GUEST_HOST_BATCH));
    db_bind_int(get, 2, session->session);
    while ((r = db_step(&store->db, get)) > 0) {
        SessionPoint *own = db_int(get, 0) == GUEST_HOST_BATCH
                                ? own_point(tree, points, count, (int32_t)db_int(get, 1))
                                : NULL;
        if (own && own->coverage == COVERAGE_SILENT)
            own->coverage = COVERAGE_REPORTED;
    }
    return error_trace(r);
}

int query_session_points(Store *store, const SessionRow *session, const OrgTree *tree,
                         SessionPoint **ret_points, size_t *ret_count)
{
    CLEANUP(cleanup_free) SessionPoint *points = NULL;
    CLEANUP(cleanup_free) PointCount *counts = NULL;
    CLEANUP(cleanup_free) int32_t *areas = NULL;
    size_t count = 0, area_count = 0;
    bool gaps = false;

    store_caches_refresh(store);
    int r = points_load(store);
    if (r < 0)
        return error_trace(r);
    points = alloc_zero((store->point_count + 1) * sizeof(*points));
    counts = alloc_zero((store->point_count + 1) * sizeof(*counts));
    r = points_list(store, session, tree, points, &count);
    if (r == 0)
        r = area_numbers(store, &areas, &area_count);
    if (r == 0)
        r = gaps_any(store, &gaps);
    for (size_t i = 0; i < area_count && r == 0; i++) {
        r = coverage_read(store, areas[i], session, counts);
        if (r == 0 && gaps)
            r = gaps_read(store, areas[i], session, counts);
    }
    if (r == 0)
        r = rolls_read(store, session, counts);
    if (r < 0)
        return error_trace(r);
    for (size_t i = 0; i < count; i++) {
        const PointCount *c = &counts[points[i].point];
        points[i].coverage = c->events == 0                               ? COVERAGE_SILENT
                             : c->closings == 0                           ? COVERAGE_REPORTED
                             : c->closings == c->nil_closings && !c->seen ? COVERAGE_NIL
                                                                          : COVERAGE_CLOSED;
        points[i].gap = c->gap;
    }
    qsort(points, count, sizeof(*points), compare_points);
    r = batches_read(store, session, tree, points, count);
    if (r < 0)
        return error_trace(r);
    *ret_points = points;
    points = NULL;
    *ret_count = count;
    return 0;
}

int query_session_tallies(Store *store, const SessionRow *session,
                          int (*each)(void *user, int32_t org, const Tally *tally), void *user)
{
    CLEANUP(cleanup_free) int32_t *areas = NULL;
    size_t area_count = 0;
    int r = area_numbers(store, &areas, &area_count);

    for (size_t i = 0; i < area_count && r == 0; i++) {
        sqlite3_stmt *get = store_get(store, SQL_TALLY_OF_SESSION);
        if (!get)
            return error_origin(-EIO);
        db_bind_int(get, 1, key_make(areas[i], session->session, 0));
        db_bind_int(get, 2, key_make(areas[i], session->session, KEY_ROW_MAX));
        while ((r = db_step(&store->db, get)) > 0) {
            Tally tally;
            int64_t *values = (int64_t *)&tally;
            for (size_t f = 0; f < TALLY_FIELD_COUNT; f++)
                values[f] = db_int(get, (int)f + 1);
            int stop = each(user, key_row(db_int(get, 0)), &tally);
            if (stop) {
                sqlite3_reset(get);
                return stop;
            }
        }
    }
    return error_trace(r);
}

int query_session_guests(Store *store, const SessionRow *session,
                         int (*each)(void *user, int32_t host_org, int32_t home_org, int64_t count),
                         void *user)
{
    CLEANUP(cleanup_free) int32_t *areas = NULL;
    size_t area_count = 0;
    int r = area_numbers(store, &areas, &area_count);

    for (size_t i = 0; i < area_count && r == 0; i++) {
        sqlite3_stmt *get = store_get(store, SQL_GUEST_OF_SESSION);
        if (!get)
            return error_origin(-EIO);
        db_bind_int(get, 1, areas[i]);
        db_bind_int(get, 2, session->session);
        while ((r = db_step(&store->db, get)) > 0) {
            if (db_int(get, 0) == GUEST_HOST_BATCH)
                continue;
            int stop = each(user, (int32_t)db_int(get, 0), (int32_t)db_int(get, 1), db_int(get, 2));
            if (stop) {
                sqlite3_reset(get);
                return stop;
            }
        }
    }
    return error_trace(r);
}
