#include "core/store/sqlite/months/month.h"

#include "core/base/error.h"

// The states of months, their revisions and the stored rows. A row of `month` is there from the first closing
// on: it says that changes are noted. What a revision holds is text and numbers of its own, so that no later
// change of the register reaches it.

const char *month_state_word(MonthState state)
{
    static const char *const words[] = {"open", "closed", "reopened"};

    return words[state];
}

int month_standing(Store *store, Month month, MonthStanding *ret_standing)
{
    sqlite3_stmt *get = store_get(store, SQL_MONTH_GET);
    MonthStanding standing = {.state = MONTH_OPEN, .revision = -1};

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, month);
    int r = db_step(&store->db, get);
    if (r > 0) {
        standing.state = db_int(get, 0) ? MONTH_CLOSED : MONTH_REOPENED;
        standing.revision = db_null(get, 1) ? -1 : (int)db_int(get, 1);
    }
    sqlite3_reset(get);
    *ret_standing = standing;
    return r < 0 ? error_trace(r) : 0;
}

int month_is_closed(Store *store, Month month, bool *ret_closed)
{
    MonthStanding standing;
    int r = month_standing(store, month, &standing);

    if (r < 0)
        return error_trace(r);
    *ret_closed = standing.state == MONTH_CLOSED;
    return 0;
}

static int month_set(Store *store, Month month, bool closed)
{
    sqlite3_stmt *set = store_get(store, SQL_MONTH_SET);

    if (!set)
        return error_origin(-EIO);
    db_bind_int(set, 1, month);
    db_bind_int(set, 2, closed);
    int r = db_run(&store->db, set);
    store_caches_drop(store); // sessions know whether their month is closed
    return error_trace(r);
}

static int revision_add(Store *store, const MonthRevision *revision, int number)
{
    sqlite3_stmt *add = store_get(store, SQL_MONTH_REVISION_ADD);

    if (!add)
        return error_origin(-EIO);
    db_bind_int(add, 1, revision->month);
    db_bind_int(add, 2, number);
    db_bind_int(add, 3, revision->at);
    db_bind_text(add, 4, revision->who ? revision->who : "");
    db_bind_text(add, 5, revision->why ? revision->why : "");
    db_bind_int(add, 6, revision->definitions);
    db_bind_int(add, 7, revision->incomplete);
    return error_trace(db_run(&store->db, add));
}

typedef struct ChangeKeeping {
    Store *store;
    Month month;
    int revision;
    int64_t ordinal;
} ChangeKeeping;

static int change_keep(void *user, const MonthChange *change)
{
    ChangeKeeping *k = user;
    sqlite3_stmt *add = store_get(k->store, SQL_MONTH_CHANGE_ADD);

    if (!add)
        return error_origin(-EIO);
    db_bind_int(add, 1, k->month);
    db_bind_int(add, 2, k->revision);
    db_bind_int(add, 3, k->ordinal++);
    db_bind_text(add, 4, change->session);
    db_bind_text(add, 5, change->member);
    db_bind_text(add, 6, change->org);
    db_bind_text(add, 7, change->before);
    db_bind_text(add, 8, change->after);
    db_bind_text(add, 9, change->before_point);
    db_bind_text(add, 10, change->after_point);
    db_bind_int(add, 11, change->before_credit);
    db_bind_int(add, 12, change->after_credit);
    db_bind_int(add, 13, change->what);
    db_bind_text(add, 14, change->cause);
    db_bind_text(add, 15, change->terminal);
    db_bind_text(add, 16, change->epoch);
    if (change->terminal)
        db_bind_int(add, 17, (int64_t)change->seq);
    if (change->at != TIME_NONE)
        db_bind_int(add, 18, change->at);
    return error_trace(db_run(&k->store->db, add));
}

static int point_keep(Store *store, const SessionRow *session, const SessionPoint *point)
{
    sqlite3_stmt *add = store_get(store, SQL_MONTH_POINT_ADD);

    if (!add)
        return error_origin(-EIO);
    db_bind_int(add, 1, session->month);
    db_bind_int(add, 2, session->session);
    db_bind_int(add, 3, point->point);
    db_bind_int(add, 4, point->org);
    db_bind_int(add, 5, point->coverage);
    return error_trace(db_run(&store->db, add));
}

static int points_keep_session(Store *store, const SessionRow *session, const OrgTree *tree)
{
    CLEANUP(cleanup_free) SessionPoint *points = NULL;
    size_t count = 0;
    int r = query_session_points(store, session, tree, &points, &count);

    sqlite3_stmt *clear = r == 0 ? store_get(store, SQL_MONTH_POINT_CLEAR) : NULL;
    if (!clear)
        return error_origin(r < 0 ? r : -EIO);
    db_bind_int(clear, 1, session->month);
    db_bind_int(clear, 2, session->session);
    r = db_run(&store->db, clear);
    for (size_t i = 0; i < count && r == 0; i++)
        r = point_keep(store, session, &points[i]);
    return error_trace(r);
}

// Which points take part in the month's sessions, and how far they have reported: what the next revision is
// compared with. A closed month keeps its points; only their coverage moves on.
static int points_keep(Store *store, Month month)
{
    SessionList sessions = {0};
    OrgTree tree = {0};
    Date loaded = DATE_NONE;
    int r = query_sessions_month(store, month, &sessions);

    for (size_t i = 0; i < sessions.count && r == 0; i++) {
        if (sessions.rows[i].date != loaded) {
            org_tree_deinit(&tree);
            loaded = sessions.rows[i].date;
            r = org_tree_load(store, loaded, &tree);
        }
        if (r == 0)
            r = points_keep_session(store, &sessions.rows[i], &tree);
    }
    org_tree_deinit(&tree);
    session_list_deinit(&sessions);
    return error_trace(r);
}

int month_seal(Store *store, const MonthRevision *revision, int *ret_revision)
{
    MonthStanding standing;
    ChangeKeeping keeping = {.store = store, .month = revision->month};
    int r = month_standing(store, revision->month, &standing);

    if (r < 0)
        return error_trace(r);
    keeping.revision = standing.revision + 1;
    r = revision_add(store, revision, keeping.revision);
    if (r == 0 && standing.state != MONTH_OPEN)
        r = month_each_change(store, revision->month, MONTH_PENDING, change_keep, &keeping);
    sqlite3_stmt *clear = r == 0 ? store_get(store, SQL_MONTH_PENDING_CLEAR) : NULL;
    if (!clear)
        return error_origin(r < 0 ? r : -EIO);
    db_bind_int(clear, 1, revision->month);
    r = db_run(&store->db, clear);
    if (r == 0)
        r = points_keep(store, revision->month);
    if (r == 0)
        r = month_set(store, revision->month, true);
    if (r < 0)
        return error_trace(r);
    *ret_revision = keeping.revision;
    return 0;
}

int month_reopen(Store *store, Month month)
{
    SessionList sessions = {0};
    int r = month_set(store, month, false);

    if (r == 0)
        r = query_sessions_month(store, month, &sessions);
    for (size_t i = 0; i < sessions.count && r == 0; i++)
        session_note(store, sessions.rows[i].session, NULL); // its loose events are asked again
    session_list_deinit(&sessions);
    store->cards_touched = true;
    if (store->cards_from == DATE_NONE || month_first_day(month) < store->cards_from)
        store->cards_from = month_first_day(month);
    if (store->rules_from == DATE_NONE || month_first_day(month) < store->rules_from)
        store->rules_from = month_first_day(month); // the rules may have changed meanwhile
    if (r == 0)
        r = month_orgs_release(store, month);
    store_touch(store, month_first_day(month));
    return error_trace(r);
}

int month_add_row(Store *store, Month month, int revision, size_t ordinal, const MonthRow *row)
{
    sqlite3_stmt *add = store_get(store, SQL_MONTH_ROW_ADD);
    const int64_t *values = (const int64_t *)&row->figures;

    if (!add)
        return error_origin(-EIO);
    db_bind_int(add, 1, month);
    db_bind_int(add, 2, revision);
    db_bind_int(add, 3, (int64_t)ordinal);
    db_bind_int(add, 4, row->depth);
    db_bind_text(add, 5, row->org);
    db_bind_text(add, 6, row->name);
    db_bind_int(add, 7, row->level);
    for (size_t f = 0; f < FIGURES_FIELD_COUNT; f++)
        db_bind_int(add, (int)f + 8, values[f]);
    return error_trace(db_run(&store->db, add));
}

int month_add_session(Store *store, Month month, int revision, size_t ordinal, const MonthSession *session)
{
    sqlite3_stmt *add = store_get(store, SQL_MONTH_SESSION_ADD);

    if (!add)
        return error_origin(-EIO);
    db_bind_int(add, 1, month);
    db_bind_int(add, 2, revision);
    db_bind_int(add, 3, (int64_t)ordinal);
    db_bind_text(add, 4, session->code);
    db_bind_text(add, 5, session->title);
    db_bind_int(add, 6, session->starts);
    db_bind_int(add, 7, session->complete);
    db_bind_int(add, 8, session->points);
    db_bind_int(add, 9, session->covered);
    db_bind_int(add, 10, session->gaps);
    return error_trace(db_run(&store->db, add));
}

int month_each_row(Store *store, Month month, int revision, int (*each)(void *user, const MonthRow *row),
                   void *user)
{
    sqlite3_stmt *get = store_get(store, SQL_MONTH_ROWS);
    int r;

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, month);
    db_bind_int(get, 2, revision);
    while ((r = db_step(&store->db, get)) > 0) {
        MonthRow row = {.depth = (int)db_int(get, 0),
                        .org = db_text(get, 1),
                        .name = db_text(get, 2),
                        .level = (OrgLevel)db_int(get, 3)};
        int64_t *values = (int64_t *)&row.figures;
        for (size_t f = 0; f < FIGURES_FIELD_COUNT; f++)
            values[f] = db_int(get, (int)f + 4);
        r = each(user, &row);
        if (r != 0)
            break;
    }
    sqlite3_reset(get);
    return r;
}

int month_each_session(Store *store, Month month, int revision,
                       int (*each)(void *user, const MonthSession *session), void *user)
{
    sqlite3_stmt *get = store_get(store, SQL_MONTH_SESSIONS);
    int r;

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, month);
    db_bind_int(get, 2, revision);
    while ((r = db_step(&store->db, get)) > 0) {
        MonthSession session = {.code = db_text(get, 0),
                                .title = db_text(get, 1),
                                .starts = db_int(get, 2),
                                .complete = db_int(get, 3) != 0,
                                .points = db_int(get, 4),
                                .covered = db_int(get, 5),
                                .gaps = db_int(get, 6)};
        r = each(user, &session);
        if (r != 0)
            break;
    }
    sqlite3_reset(get);
    return r;
}

// `ret_found` counts the revisions told.
static int revisions_each(Store *store, sqlite3_stmt *get,
                          int (*each)(void *user, const MonthRevision *revision), void *user, int *ret_found)
{
    int r;

    *ret_found = 0;
    while ((r = db_step(&store->db, get)) > 0) {
        MonthRevision revision = {.month = (Month)db_int(get, 0),
                                  .revision = (int)db_int(get, 1),
                                  .at = db_int(get, 2),
                                  .who = db_text(get, 3),
                                  .why = db_text(get, 4),
                                  .definitions = (int)db_int(get, 5),
                                  .incomplete = db_int(get, 6),
                                  .changes = db_int(get, 7),
                                  .state = db_int(get, 8) ? MONTH_CLOSED : MONTH_REOPENED};
        ++*ret_found;
        r = each(user, &revision);
        if (r != 0)
            break;
    }
    sqlite3_reset(get);
    return r;
}

int month_revision(Store *store, Month month, int revision,
                   int (*each)(void *user, const MonthRevision *revision), void *user)
{
    sqlite3_stmt *get = store_get(store, SQL_MONTH_REVISIONS);
    int found;

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, month);
    db_bind_int(get, 2, revision);
    int r = revisions_each(store, get, each, user, &found);
    return r == 0 && !found ? MONTH_E_NONE : r;
}

int month_each_revision(Store *store, int (*each)(void *user, const MonthRevision *revision), void *user)
{
    sqlite3_stmt *get = store_get(store, SQL_MONTH_REVISIONS);
    int found;

    return get ? revisions_each(store, get, each, user, &found) : error_origin(-EIO);
}
