#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/sessions.h"
#include "core/store/sqlite/keys.h"
#include "core/store/sqlite/sessions/derive.h"
#include "core/store/sqlite/store_private.h"

// Beside the row of a session, which every event asks for, stands what only people ask for: a row of its own,
// there only where something was said. And the two ways back: an invitation that is withdrawn, and a session
// that is taken out, which leaves nothing behind because nothing was stored about it.

void session_detail_deinit(SessionDetail *detail)
{
    free(detail->organiser_name);
    free(detail->materials);
    *detail = (SessionDetail){0};
}

static char *copy_text(const char *text)
{
    return alloc_string(text ? text : "");
}

int query_session_detail(Store *store, int64_t session, SessionDetail *ret_detail)
{
    SessionDetail detail = {0};
    sqlite3_stmt *get = store_get(store, SQL_DETAIL_GET);

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, session);
    int r = db_step(&store->db, get);
    if (r > 0) {
        strncpy(detail.activity, db_text(get, 0), sizeof(detail.activity) - 1);
        if (db_text(get, 1))
            strncpy(detail.organiser, db_text(get, 1), sizeof(detail.organiser) - 1);
    }
    detail.organiser_name = copy_text(r > 0 ? db_text(get, 2) : NULL);
    detail.materials = copy_text(r > 0 ? db_text(get, 3) : NULL);
    sqlite3_reset(get);
    if (r < 0) {
        session_detail_deinit(&detail);
        return error_trace(r);
    }
    *ret_detail = detail;
    return 0;
}

// 1 found, 0 not.
static int member_number(Store *store, const char *code, int64_t *ret_member)
{
    sqlite3_stmt *find = store_get(store, SQL_MEMBER_FIND);

    if (!find)
        return error_origin(-EIO);
    db_bind_text(find, 1, code);
    int r = db_step(&store->db, find);
    if (r > 0)
        *ret_member = db_int(find, 0);
    sqlite3_reset(find);
    return error_trace(r);
}

static int detail_write(Store *store, int64_t session, const char *activity, int64_t organiser,
                        const char *materials)
{
    bool any = *activity || organiser || *materials;
    sqlite3_stmt *write = store_get(store, any ? SQL_DETAIL_PUT : SQL_DETAIL_DROP);

    if (!write)
        return error_origin(-EIO);
    db_bind_int(write, 1, session);
    if (any) {
        db_bind_text(write, 2, activity);
        if (organiser)
            db_bind_int(write, 3, organiser);
        db_bind_text(write, 4, materials);
    }
    store_touch(store, DATE_NONE);
    return error_trace(db_run(&store->db, write));
}

static void cleanup_detail(SessionDetail *detail)
{
    session_detail_deinit(detail);
}

int roster_put_session_detail(Store *store, const char *code, const SessionDetailPut *put,
                              RosterChange *ret_change)
{
    CLEANUP(cleanup_detail) SessionDetail old = {0};
    const SessionRow *session = NULL;
    int64_t organiser = 0;

    int r = session_get(store, code, &session);
    if (r == 0 && !session)
        return ROSTER_E_UNKNOWN_SESSION;
    if (r == 0)
        r = query_session_detail(store, session->session, &old);
    if (r < 0)
        return error_trace(r);
    const char *activity = put->activity ? put->activity : old.activity;
    const char *who = put->organiser ? put->organiser : old.organiser;
    const char *materials = put->materials ? put->materials : old.materials;
    if (*who) {
        r = member_number(store, who, &organiser);
        if (r <= 0)
            return r < 0 ? error_trace(r) : ROSTER_E_UNKNOWN_MEMBER;
    }
    *ret_change = ROSTER_SAME;
    if (strcmp(activity, old.activity) == 0 && strcmp(who, old.organiser) == 0 &&
        strcmp(materials, old.materials) == 0)
        return 0;
    if (session->closed)
        return ROSTER_E_CLOSED;
    *ret_change = ROSTER_CHANGED;
    return error_trace(detail_write(store, session->session, activity, organiser, materials));
}

int roster_drop_invitation(Store *store, const char *code, const char *member_code, RosterChange *ret_change,
                           int64_t *ret_left)
{
    const SessionRow *session = NULL;
    int64_t member = 0, before = 0, after = 0;
    int r = session_get(store, code, &session);

    if (r == 0 && !session)
        return ROSTER_E_UNKNOWN_SESSION;
    if (r == 0)
        r = member_number(store, member_code, &member);
    if (r <= 0)
        return r < 0 ? error_trace(r) : ROSTER_E_UNKNOWN_MEMBER;
    r = query_session_invited_count(store, session->session, &before);
    sqlite3_stmt *drop = store_get(store, SQL_INVITATION_DROP);
    if (r < 0 || !drop)
        return error_trace(r < 0 ? r : -EIO);
    if (session->closed)
        return ROSTER_E_CLOSED;
    session_note(store, session->session, session);
    db_bind_int(drop, 1, session->session);
    db_bind_int(drop, 2, member);
    r = db_run(&store->db, drop);
    if (r == 0)
        r = query_session_invited_count(store, session->session, &after);
    if (r < 0)
        return error_trace(r);
    store_touch(store, DATE_NONE);
    *ret_change = before == after ? ROSTER_SAME : ROSTER_CHANGED;
    *ret_left = after;
    return 0;
}

// Runs a statement with the bounds of the session's keys in one area. `ret_count` gets its one number, or may
// be NULL for one without rows.
static int range_run(Store *store, StatementId id, int32_t area, int64_t session, int64_t *ret_count)
{
    sqlite3_stmt *statement = store_get(store, id);

    if (!statement)
        return error_origin(-EIO);
    db_bind_int(statement, 1, key_make(area, session, 0));
    db_bind_int(statement, 2, key_make(area, session, KEY_ROW_MAX));
    if (!ret_count)
        return error_trace(db_run(&store->db, statement));
    int r = db_step(&store->db, statement);
    if (r > 0)
        *ret_count += db_int(statement, 0);
    sqlite3_reset(statement);
    return r < 0 ? error_trace(r) : 0;
}

static int drop_area(Store *store, int32_t area, int64_t session)
{
    static const StatementId rows[] = {SQL_ATTENDANCE_CLEAR, SQL_TALLY_CLEAR, SQL_COVERAGE_CLEAR,
                                       SQL_CLOSING_CLEAR};
    int r = 0;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && r == 0; i++)
        r = range_run(store, rows[i], area, session, NULL);
    sqlite3_stmt *guests = r == 0 ? store_get(store, SQL_GUEST_CLEAR) : NULL;
    if (!guests)
        return error_trace(r < 0 ? r : -EIO);
    db_bind_int(guests, 1, area);
    db_bind_int(guests, 2, session);
    return error_trace(db_run(&store->db, guests));
}

static int drop_rows(Store *store, const int32_t *areas, size_t area_count, int64_t session)
{
    static const StatementId rows[] = {SQL_DETAIL_DROP, SQL_INVITATION_CLEAR, SQL_SESSION_POINT_CLEAR,
                                       SQL_SESSION_DROP};
    int r = 0;

    for (size_t i = 0; i < area_count && r == 0; i++)
        r = drop_area(store, areas[i], session);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && r == 0; i++) {
        sqlite3_stmt *drop = store_get(store, rows[i]);
        if (!drop)
            return error_origin(-EIO);
        db_bind_int(drop, 1, session);
        r = db_run(&store->db, drop);
    }
    return error_trace(r);
}

int roster_drop_session(Store *store, const char *code, SessionStored *ret_stored)
{
    CLEANUP(cleanup_free) int32_t *areas = NULL;
    SessionStored stored = {0};
    const SessionRow *session = NULL;
    size_t area_count = 0;

    int r = session_get(store, code, &session);
    if (r < 0 || !session)
        return error_trace(r < 0 ? r : -ENOENT);
    if (session->tracked)
        return SESSIONS_E_MONTH;
    r = area_numbers(store, &areas, &area_count);
    for (size_t i = 0; i < area_count && r == 0; i++) {
        r = range_run(store, SQL_STORED_FACTS, areas[i], session->session, &stored.members);
        if (r == 0)
            r = range_run(store, SQL_STORED_POINTS, areas[i], session->session, &stored.points);
    }
    if (r < 0)
        return error_trace(r);
    if (stored.members || stored.points) {
        *ret_stored = stored;
        return SESSIONS_E_STORED;
    }
    session_note(store, session->session, session);
    r = drop_rows(store, areas, area_count, session->session);
    store_touch(store, DATE_NONE); // the row is gone from the caches as well
    return error_trace(r);
}

int query_session_route(Store *store, int64_t session,
                        int (*each)(void *user, const char *point, const char *name, const char *org),
                        void *user)
{
    sqlite3_stmt *get = store_get(store, SQL_SESSION_ROUTE);
    int r;

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, session);
    while ((r = db_step(&store->db, get)) > 0) {
        int stop = each(user, db_text(get, 0), db_text(get, 1), db_text(get, 2));
        if (stop) {
            sqlite3_reset(get);
            return stop;
        }
    }
    return error_trace(r);
}

int query_session_invited(Store *store, int64_t session,
                          int (*each)(void *user, const char *member, const char *name), void *user)
{
    sqlite3_stmt *get = store_get(store, SQL_INVITATION_NAMES);
    int r;

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, session);
    while ((r = db_step(&store->db, get)) > 0) {
        int stop = each(user, db_text(get, 0), db_text(get, 1));
        if (stop) {
            sqlite3_reset(get);
            return stop;
        }
    }
    return error_trace(r);
}

int query_session_invited_count(Store *store, int64_t session, int64_t *ret_count)
{
    sqlite3_stmt *get = store_get(store, SQL_INVITATION_COUNT);

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, session);
    int r = db_step(&store->db, get);
    if (r > 0)
        *ret_count = db_int(get, 0);
    sqlite3_reset(get);
    return r < 0 ? error_trace(r) : 0;
}

int query_session_org(Store *store, int64_t session, char ret_org[static 65])
{
    sqlite3_stmt *get = store_get(store, SQL_SESSION_ORG);

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, session);
    int r = db_step(&store->db, get);
    snprintf(ret_org, 65, "%s", r > 0 ? db_text(get, 0) : "");
    sqlite3_reset(get);
    return r < 0 ? error_trace(r) : 0;
}
