#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/sqlite/keys.h"
#include "core/store/sqlite/months/month.h"

// The differences between a month as it was closed and as it is now: first the points whose coverage has
// moved, then the pairs. What was is kept (month_note.c, month_point); what is, is read now, so the list is
// exact however the events came. An expected member of whom nothing is known is absent or unreported by the
// coverage of the own point, then and now (R11, R12).

const char *month_what_word(MonthWhat what)
{
    static const char *const words[MONTH_WHAT_COUNT] = {"status", "credit", "point",   "duty",
                                                        "org",    "check",  "coverage"};

    for (size_t i = 0; i < MONTH_WHAT_COUNT; i++)
        if (what == 1u << i)
            return words[i];
    return "";
}

// The points of one session, as they were (coverage -1: took no part) and as they are.
typedef struct PointPair {
    int32_t point, org;
    const char *code; // of the store's cache
    int before, after;
} PointPair;

typedef struct Lister {
    Store *store;
    Month month;
    int (*each)(void *user, const MonthChange *change);
    void *user;
    OrgTree tree; // of `tree_date`
    Date tree_date;
    int64_t session; // whose points are loaded
    PointPair *points;
    size_t point_count;
} Lister;

static int lister_tree(Lister *l, Date date)
{
    if (l->tree_date == date)
        return 0;
    org_tree_deinit(&l->tree);
    l->tree_date = DATE_NONE;
    int r = org_tree_load(l->store, date, &l->tree);
    if (r == 0)
        l->tree_date = date;
    return error_trace(r);
}

static int compare_points(const void *a, const void *b)
{
    return strcmp(((const PointPair *)a)->code, ((const PointPair *)b)->code);
}

static PointPair *lister_point(Lister *l, int32_t point, int32_t org)
{
    const PointInfo *info = point_info(l->store, point);

    for (size_t i = 0; i < l->point_count; i++)
        if (l->points[i].point == point)
            return &l->points[i];
    l->points = alloc_resize(l->points, l->point_count + 1, sizeof(*l->points));
    l->points[l->point_count] = (PointPair){point, org, info ? info->code : "", -1, -1};
    return &l->points[l->point_count++];
}

static int points_before(Lister *l, const SessionRow *session)
{
    sqlite3_stmt *get = store_get(l->store, SQL_MONTH_POINTS);
    int r;

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, l->month);
    db_bind_int(get, 2, session->session);
    while ((r = db_step(&l->store->db, get)) > 0)
        lister_point(l, (int32_t)db_int(get, 0), (int32_t)db_int(get, 1))->before = (int)db_int(get, 2);
    return error_trace(r);
}

static int lister_points(Lister *l, const SessionRow *session)
{
    CLEANUP(cleanup_free) SessionPoint *points = NULL;
    size_t count = 0;
    int r;

    if (l->session == session->session)
        return 0;
    l->point_count = 0;
    l->session = 0;
    r = lister_tree(l, session->date);
    if (r == 0)
        r = query_session_points(l->store, session, &l->tree, &points, &count);
    if (r == 0)
        r = points_before(l, session);
    for (size_t i = 0; i < count && r == 0; i++)
        lister_point(l, points[i].point, points[i].org)->after = (int)points[i].coverage;
    if (r < 0)
        return error_trace(r);
    if (l->point_count)
        qsort(l->points, l->point_count, sizeof(*l->points), compare_points);
    l->session = session->session;
    return 0;
}

static const char *org_code(const OrgTree *tree, int32_t org)
{
    int32_t index = org_tree_index(tree, org);

    return index < 0 ? "" : tree->nodes[index].code;
}

static int list_points(Lister *l, const SessionRow *session)
{
    int r = lister_points(l, session);

    for (size_t i = 0; i < l->point_count && r == 0; i++) {
        const PointPair *p = &l->points[i];
        MonthChange change = {.session = session->code,
                              .org = org_code(&l->tree, p->org),
                              .before = p->before < 0 ? NULL : coverage_word((Coverage)p->before),
                              .after = p->after < 0 ? NULL : coverage_word((Coverage)p->after),
                              .before_point = p->before < 0 ? NULL : p->code,
                              .after_point = p->after < 0 ? NULL : p->code,
                              .what = MONTH_WHAT_COVERAGE,
                              .cause = "coverage",
                              .at = TIME_NONE};
        if (p->before != p->after)
            r = l->each(l->user, &change);
    }
    return r;
}

// One side of a pair's change.
typedef struct Side {
    int32_t org, point, credit;
    Duty duty;
    Status status;
    int checks;
} Side;

static bool side_is_blank(const Side *side)
{
    return side->duty == DUTY_NONE && side->status == STATUS_NOTHING && !side->credit && !side->checks;
}

static unsigned side_differences(const Side *before, const Side *after)
{
    if (side_is_blank(before) && side_is_blank(after))
        return 0;
    return (before->status != after->status ? MONTH_WHAT_STATUS : 0u) |
           (before->credit != after->credit ? MONTH_WHAT_CREDIT : 0u) |
           (before->point != after->point ? MONTH_WHAT_POINT : 0u) |
           (before->duty != after->duty ? MONTH_WHAT_DUTY : 0u) |
           (before->org != after->org && before->org && after->org ? MONTH_WHAT_ORG : 0u) |
           (before->checks != after->checks ? MONTH_WHAT_CHECK : 0u);
}

// R11: hosted by the home or its nearest ancestor that hosts one; points come by code.
static bool own_point_silent(const Lister *l, int32_t org, bool before)
{
    for (int32_t i = org_tree_index(&l->tree, org); i >= 0; i = l->tree.nodes[i].parent)
        for (size_t k = 0; k < l->point_count; k++) {
            int coverage = before ? l->points[k].before : l->points[k].after;
            if (l->points[k].org == l->tree.nodes[i].org && coverage >= 0)
                return coverage == COVERAGE_SILENT;
        }
    return false;
}

static const char *side_word(const Lister *l, const Side *side, bool before)
{
    if (side_is_blank(side))
        return NULL;
    Status shown = attendance_status_shown(side->duty, side->status, own_point_silent(l, side->org, before));
    return shown == STATUS_NOTHING ? NULL : status_word(shown);
}

static const char *side_point(const Lister *l, const Side *side)
{
    const PointInfo *point = point_info(l->store, side->point);

    return point ? point->code : NULL;
}

typedef struct Cause {
    PairCauseKind kind;
    int64_t stream;
    uint64_t seq;
    char terminal[33], epoch[ULID_SIZE];
    Time at;
} Cause;

// Who said it: of a void the event that voids.
static int cause_load(Store *store, Cause *cause)
{
    sqlite3_stmt *by = store_get(store, SQL_MONTH_VOIDED_BY), *get = store_get(store, SQL_MONTH_CAUSE);
    int r = 0;

    if (!by || !get)
        return error_origin(-EIO);
    if (cause->kind == PAIR_VOID) {
        db_bind_int(by, 1, cause->stream);
        db_bind_int(by, 2, (int64_t)cause->seq);
        r = db_step(&store->db, by);
        if (r > 0) {
            cause->stream = db_int(by, 0);
            cause->seq = (uint64_t)db_int(by, 1);
        }
        sqlite3_reset(by);
    }
    if (r < 0 || cause->kind == PAIR_ROSTER)
        return error_trace(r);
    db_bind_int(get, 1, cause->stream);
    db_bind_int(get, 2, (int64_t)cause->seq);
    r = db_step(&store->db, get);
    if (r > 0) {
        snprintf(cause->terminal, sizeof(cause->terminal), "%s", db_text(get, 0));
        snprintf(cause->epoch, sizeof(cause->epoch), "%s", db_text(get, 1));
        if (!db_null(get, 2))
            cause->at = db_int(get, 2) * 1000;
    }
    sqlite3_reset(get);
    return r < 0 ? error_trace(r) : 0;
}

static int list_pair(Lister *l, const SessionRow *session, const Side *before, const Side *after,
                     Cause *cause, const char *member)
{
    static const char *const causes[] = {
        [PAIR_ROSTER] = "roster", [PAIR_EVENT] = "event", [PAIR_VOID] = "void", [PAIR_MOVED] = "moved"};
    MonthChange change = {.session = session->code,
                          .member = member,
                          .what = side_differences(before, after),
                          .before_credit = before->credit,
                          .after_credit = after->credit,
                          .at = TIME_NONE};

    if (!change.what)
        return 0;
    int r = lister_points(l, session);
    if (r == 0)
        r = cause_load(l->store, cause);
    if (r < 0)
        return error_trace(r);
    change.org = org_code(&l->tree, after->org ? after->org : before->org);
    change.before = side_word(l, before, true);
    change.after = side_word(l, after, false);
    change.before_point = side_point(l, before);
    change.after_point = side_point(l, after);
    change.cause = causes[cause->kind];
    if (cause->terminal[0]) {
        change.terminal = cause->terminal;
        change.epoch = cause->epoch;
        change.seq = cause->seq;
        change.at = cause->at;
    }
    return l->each(l->user, &change);
}

// What the pair is now; nothing if the session has left the month.
static int side_now(Lister *l, const SessionRow *session, int32_t area, int64_t member, Side *ret_side)
{
    PairRow row = {0};
    Side side = {0};
    int r = session->month == l->month ? pair_row_load(l->store, session, area, member, &row) : 0;

    if (r == 0 && row.exists) {
        const Attendance *a = &row.attendance;
        side = (Side){.org = row.org,
                      .point = a->on_site ? a->point_key : 0,
                      .credit = a->credit,
                      .duty = row.duty,
                      .status = a->status,
                      .checks = a->checked | a->passed << 1 | a->not_found << 2};
    }
    pair_row_deinit(&row);
    *ret_side = side;
    return error_trace(r);
}

static int list_pending(Lister *l, sqlite3_stmt *get)
{
    const SessionRow *session = NULL;
    Side before = {.org = (int32_t)db_int(get, 3),
                   .duty = (Duty)db_int(get, 4),
                   .status = (Status)db_int(get, 5),
                   .point = (int32_t)db_int(get, 6),
                   .credit = (int32_t)db_int(get, 7),
                   .checks = (int)db_int(get, 8)},
         after;
    Cause cause = {.kind = (PairCauseKind)db_int(get, 9),
                   .stream = db_int(get, 10),
                   .seq = (uint64_t)db_int(get, 11),
                   .at = TIME_NONE};
    int r = session_get_number(l->store, db_int(get, 0), &session);

    if (r == 0 && !session)
        r = error_origin(-EUCLEAN);
    if (r == 0)
        r = side_now(l, session, (int32_t)db_int(get, 2), db_int(get, 1), &after);
    return r < 0 ? error_trace(r) : list_pair(l, session, &before, &after, &cause, db_text(get, 13));
}

static int list_now(Lister *l)
{
    SessionList sessions = {0};
    int r = query_sessions_month(l->store, l->month, &sessions);

    for (size_t i = 0; i < sessions.count && r == 0; i++)
        r = list_points(l, &sessions.rows[i]);
    session_list_deinit(&sessions);
    sqlite3_stmt *get = r == 0 ? store_get(l->store, SQL_MONTH_PENDING_OF) : NULL;
    if (!get)
        return r ? r : error_origin(-EIO);
    db_bind_int(get, 1, l->month);
    while ((r = db_step(&l->store->db, get)) > 0) {
        r = list_pending(l, get);
        if (r != 0)
            break;
    }
    sqlite3_reset(get);
    return r;
}

static int list_stored(Lister *l, int revision)
{
    sqlite3_stmt *get = store_get(l->store, SQL_MONTH_CHANGES);
    int r;

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, l->month);
    db_bind_int(get, 2, revision);
    while ((r = db_step(&l->store->db, get)) > 0) {
        MonthChange change = {.session = db_text(get, 0),
                              .member = db_text(get, 1),
                              .org = db_text(get, 2),
                              .before = db_text(get, 3),
                              .after = db_text(get, 4),
                              .before_point = db_text(get, 5),
                              .after_point = db_text(get, 6),
                              .before_credit = (int32_t)db_int(get, 7),
                              .after_credit = (int32_t)db_int(get, 8),
                              .what = (unsigned)db_int(get, 9),
                              .cause = db_text(get, 10),
                              .terminal = db_text(get, 11),
                              .epoch = db_text(get, 12),
                              .seq = (uint64_t)db_int(get, 13),
                              .at = db_null(get, 14) ? TIME_NONE : db_int(get, 14)};
        r = l->each(l->user, &change);
        if (r != 0)
            break;
    }
    sqlite3_reset(get);
    return r;
}

int month_each_change(Store *store, Month month, int revision,
                      int (*each)(void *user, const MonthChange *change), void *user)
{
    Lister l = {.store = store, .month = month, .each = each, .user = user, .tree_date = DATE_NONE};

    MonthStanding standing;

    store_caches_refresh(store);
    int r = month_standing(store, month, &standing);
    if (r < 0 || standing.state == MONTH_OPEN)
        return error_trace(r); // nothing to differ from
    r = revision == MONTH_PENDING ? list_now(&l) : list_stored(&l, revision);
    org_tree_deinit(&l.tree);
    free(l.points);
    return r;
}
