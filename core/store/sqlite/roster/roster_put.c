#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/sqlite/keys.h"
#include "core/store/sqlite/months/month.h"
#include "core/store/sqlite/roster/roster_private.h"
#include "core/store/sqlite/sessions/session_rules.h"

// Points, terminals and sessions as the office states them. A put compares with what is there and
// writes only what differs, so that importing the same file again changes nothing.

int roster_find(Store *store, StatementId id, const char *code, int64_t *ret_number)
{
    sqlite3_stmt *find = store_get(store, id);

    if (!find)
        return error_origin(-EIO);
    db_bind_text(find, 1, code);
    int r = db_step(&store->db, find);
    if (r > 0)
        *ret_number = db_int(find, 0);
    sqlite3_reset(find);
    return r < 0 ? error_trace(r) : r;
}

int roster_find_or_add(Store *store, StatementId find, StatementId add, const char *code, int64_t *ret_number)
{
    int r = roster_find(store, find, code, ret_number);

    if (r != 0)
        return r;
    sqlite3_stmt *insert = store_get(store, add);
    if (!insert)
        return error_origin(-EIO);
    db_bind_text(insert, 1, code);
    r = db_run(&store->db, insert);
    *ret_number = sqlite3_last_insert_rowid(store->db.handle);
    if (r == 0 && *ret_number > (add == SQL_AREA_ADD ? KEY_AREA_MAX : KEY_ROW_MAX))
        r = error_origin(-EOVERFLOW); // keys.h has no room for it
    return error_trace(r);
}

static int point_write(Store *store, int64_t point, int64_t org, const PointPut *put)
{
    sqlite3_stmt *write = store_get(store, point ? SQL_POINT_SET : SQL_POINT_ADD);
    int i = 1;

    if (!write)
        return error_origin(-EIO);
    if (!point)
        db_bind_text(write, i++, put->code);
    db_bind_int(write, i++, org);
    db_bind_text(write, i++, put->name);
    db_bind_text(write, i++, put->place);
    if (point)
        db_bind_int(write, i, point);
    store_touch(store, DATE_NONE);
    int r = db_run(&store->db, write);
    if (r == 0 && !point && sqlite3_last_insert_rowid(store->db.handle) > KEY_ROW_MAX)
        r = error_origin(-EOVERFLOW);
    return error_trace(r);
}

int roster_put_point(Store *store, const PointPut *put, RosterChange *ret_change)
{
    int64_t org = 0, point = 0;
    int r = roster_find(store, SQL_ORG_FIND, put->org, &org);

    if (r == 0)
        return ROSTER_E_UNKNOWN_ORG;
    if (r > 0)
        r = roster_find(store, SQL_POINT_FIND, put->code, &point);
    if (r < 0)
        return error_trace(r);
    if (r == 0) {
        *ret_change = ROSTER_ADDED;
        return error_trace(point_write(store, 0, org, put));
    }
    sqlite3_stmt *get = store_get(store, SQL_POINT_GET);
    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, point);
    r = db_step(&store->db, get);
    bool moved = r > 0 && db_int(get, 0) != org;
    bool same =
        r > 0 && !moved && text_equal(db_text(get, 1), put->name) && text_equal(db_text(get, 2), put->place);
    sqlite3_reset(get);
    *ret_change = same ? ROSTER_SAME : ROSTER_CHANGED;
    if (r < 0 || same)
        return r < 0 ? error_trace(r) : 0;
    store->points_moved = store->points_moved || moved;
    return error_trace(point_write(store, point, org, put));
}

int roster_put_terminal(Store *store, const TerminalPut *put, RosterChange *ret_change)
{
    StoreTerminal known;
    int64_t point = 0, area = 0;
    int r = roster_find(store, SQL_POINT_FIND, put->point, &point);

    if (r == 0)
        return ROSTER_E_UNKNOWN_POINT;
    if (r > 0)
        r = terminal_find(store, put->name, &known);
    if (r < 0)
        return error_trace(r);
    if (r == 0) {
        if (strcmp(known.area, put->area) != 0)
            return ROSTER_E_AREA_CHANGE;
        *ret_change = known.point_key == point ? ROSTER_SAME : ROSTER_CHANGED;
        if (*ret_change == ROSTER_SAME)
            return 0;
        sqlite3_stmt *set = store_get(store, SQL_TERMINAL_SET_POINT);
        if (!set)
            return error_origin(-EIO);
        db_bind_int(set, 1, point);
        db_bind_int(set, 2, known.id);
        store_touch(store, DATE_NONE);
        return error_trace(db_run(&store->db, set));
    }
    r = roster_find_or_add(store, SQL_AREA_FIND, SQL_AREA_ADD, put->area, &area);
    if (r < 0)
        return error_trace(r);
    sqlite3_stmt *add = store_get(store, SQL_TERMINAL_ADD);
    if (!add)
        return error_origin(-EIO);
    db_bind_text(add, 1, put->name);
    db_bind_int(add, 2, area);
    db_bind_int(add, 3, point);
    store_touch(store, DATE_NONE);
    *ret_change = ROSTER_ADDED;
    return error_trace(db_run(&store->db, add));
}

void session_note(Store *store, int64_t number, const SessionRow *before)
{
    for (size_t i = 0; i < store->dirty_session_count; i++)
        if (store->dirty_sessions[i].session == number)
            return;
    store->dirty_sessions =
        alloc_resize(store->dirty_sessions, store->dirty_session_count + 1, sizeof(*store->dirty_sessions));
    DirtySession *dirty = &store->dirty_sessions[store->dirty_session_count++];
    *dirty = (DirtySession){.session = number, .existed = before != NULL};
    if (before) {
        dirty->before = *before;
        dirty->before.title = alloc_string(before->title);
    }
}

// In the order of the list, each once.
static int session_points_number(Store *store, const SessionPut *put, int64_t **ret_points, size_t *ret_count)
{
    CLEANUP(cleanup_free) int64_t *points = alloc_zero((put->point_count + 1) * sizeof(*points));
    size_t count = 0;

    for (size_t i = 0; i < put->point_count; i++) {
        size_t before = 0;
        int r = roster_find(store, SQL_POINT_FIND, put->points[i], &points[count]);
        if (r <= 0)
            return r < 0 ? error_trace(r) : ROSTER_E_UNKNOWN_POINT;
        while (points[before] != points[count])
            before++;
        count += before == count;
    }
    *ret_points = points;
    points = NULL;
    *ret_count = count;
    return 0;
}

// 1 if the stored list equals `points`, in the same order: on a route the order is part of the plan.
static int session_points_same(Store *store, int64_t session, const int64_t *points, size_t count)
{
    sqlite3_stmt *get = store_get(store, SQL_SESSION_POINTS);
    size_t stored = 0;
    bool same = true;
    int r;

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, session);
    while ((r = db_step(&store->db, get)) > 0) {
        same = same && stored < count && points[stored] == db_int(get, 0);
        stored++;
    }
    return r < 0 ? error_trace(r) : same && stored == count;
}

static int session_points_write(Store *store, int64_t session, const int64_t *points, size_t count)
{
    sqlite3_stmt *clear = store_get(store, SQL_SESSION_POINT_CLEAR);
    int r;

    if (!clear)
        return error_origin(-EIO);
    db_bind_int(clear, 1, session);
    r = db_run(&store->db, clear);
    for (size_t i = 0; i < count && r == 0; i++) {
        sqlite3_stmt *add = store_get(store, SQL_SESSION_POINT_ADD);
        if (!add)
            return error_origin(-EIO);
        db_bind_int(add, 1, session);
        db_bind_int(add, 2, points[i]);
        db_bind_int(add, 3, (int64_t)i);
        r = db_run(&store->db, add);
    }
    return error_trace(r);
}

// What the office stated of a session, and what the rules make of the rest.
typedef struct SessionFacts {
    const SessionPut *put;
    int64_t org;
    Date date;
    Worth worth;
    SessionColumns columns;
} SessionFacts;

static int session_write(Store *store, bool exists, const SessionFacts *facts)
{
    const SessionPut *put = facts->put;
    const SessionDefaults *defaults = &facts->columns.defaults;
    sqlite3_stmt *write = store_get(store, exists ? SQL_SESSION_SET : SQL_SESSION_ADD);

    if (!write)
        return error_origin(-EIO);
    db_bind_text(write, 1, put->code);
    db_bind_int(write, 2, put->kind);
    db_bind_text(write, 3, put->title);
    db_bind_int(write, 4, facts->org);
    db_bind_int(write, 5, put->starts);
    db_bind_int(write, 6, put->ends);
    db_bind_int(write, 7, facts->date);
    db_bind_int(write, 8, month_of_date(facts->date));
    db_bind_int(write, 9, facts->columns.minutes);
    db_bind_int(write, 10, facts->columns.makeup_until);
    db_bind_int(write, 11, defaults->window_before);
    db_bind_int(write, 12, defaults->window_after);
    db_bind_int(write, 13, defaults->late_after);
    db_bind_int(write, 14, defaults->early_before);
    db_bind_int(write, 15, defaults->presence_permille);
    db_bind_int(write, 16, defaults->pass_score);
    db_bind_int(write, 17, defaults->version);
    db_bind_int(write, 18, put->makeup_until != DATE_NONE);
    db_bind_text(write, 19, facts->worth.unit);
    db_bind_int(write, 20, facts->worth.tenths);
    db_bind_int(write, 21, facts->columns.worth_version);
    return error_trace(db_run(&store->db, write));
}

// What was stated is compared, not what a rule made of it: a rule that has changed since does not make the
// same file say something new.
static bool session_same(const SessionRow *row, const SessionFacts *facts)
{
    const SessionPut *put = facts->put;
    bool stated = put->makeup_until != DATE_NONE;

    return row->kind == put->kind && row->org == facts->org && row->rules.starts == put->starts &&
           row->rules.ends == put->ends && row->makeup_stated == stated &&
           (!stated || row->makeup_until == put->makeup_until) && worth_same(&row->worth, &facts->worth) &&
           (*facts->worth.unit || row->rules.minutes == put->minutes) && strcmp(row->title, put->title) == 0;
}

int roster_put_session(Store *store, const SessionPut *put, RosterChange *ret_change)
{
    CLEANUP(cleanup_free) int64_t *points = NULL;
    const SessionRow *before = NULL;
    bool closed = false;
    int64_t number = 0;
    int32_t parent = 0;
    size_t point_count = 0;
    Date date = zone_date(put->starts);
    SessionFacts facts = {.put = put, .date = date};

    if (put->worth && *put->worth->unit)
        facts.worth = *put->worth;
    int r = roster_find(store, SQL_ORG_FIND, put->org, &facts.org);
    if (r <= 0)
        return r < 0 ? error_trace(r) : ROSTER_E_UNKNOWN_ORG;
    r = org_parent(store, (int32_t)facts.org, date, &parent);
    if (r <= 0)
        return r < 0 ? error_trace(r) : ROSTER_E_NOT_THEN;
    r = session_points_number(store, put, &points, &point_count);
    if (r != 0)
        return r;
    r = session_get(store, put->code, &before);
    if (r < 0)
        return error_trace(r);
    if (before) {
        number = before->session;
        r = session_points_same(store, number, points, point_count);
        if (r < 0)
            return error_trace(r);
        if (r > 0 && session_same(before, &facts)) {
            *ret_change = ROSTER_SAME;
            return 0;
        }
    }
    r = session_columns(store, put->kind, date, put->makeup_until, &facts.worth, put->minutes,
                        &facts.columns);
    if (r != 0)
        return r < 0 ? error_trace(r) : r == ROSTER_E_WORTH ? ROSTER_E_WORTH : ROSTER_E_UNKNOWN_UNIT;
    r = month_is_closed(store, month_of_date(date), &closed);
    if (r < 0)
        return error_trace(r);
    if (closed || (before && before->closed))
        return ROSTER_E_CLOSED;
    if (before)
        session_note(store, number, before);
    *ret_change = before ? ROSTER_CHANGED : ROSTER_ADDED;
    r = session_write(store, before != NULL, &facts);
    if (!before && r == 0) {
        number = sqlite3_last_insert_rowid(store->db.handle);
        session_note(store, number, NULL);
        if (number > KEY_PLACE_MAX)
            r = error_origin(-EOVERFLOW);
    }
    if (r == 0)
        r = session_points_write(store, number, points, point_count);
    store_touch(store, DATE_NONE);
    return error_trace(r);
}

int roster_put_invitation(Store *store, const char *code, const char *member_code, RosterChange *ret_change)
{
    const SessionRow *session = NULL;
    int64_t member = 0;
    int r = session_get(store, code, &session);

    if (r == 0 && !session)
        return ROSTER_E_UNKNOWN_SESSION;
    if (r == 0)
        r = roster_find(store, SQL_MEMBER_FIND, member_code, &member);
    if (r <= 0)
        return r < 0 ? error_trace(r) : ROSTER_E_UNKNOWN_MEMBER;
    sqlite3_stmt *has = store_get(store, SQL_INVITATION_HAS);
    if (!has)
        return error_origin(-EIO);
    db_bind_int(has, 1, session->session);
    db_bind_int(has, 2, member);
    r = db_step(&store->db, has);
    sqlite3_reset(has);
    *ret_change = r > 0 ? ROSTER_SAME : ROSTER_ADDED;
    if (r != 0)
        return r < 0 ? error_trace(r) : 0;
    if (session->closed)
        return ROSTER_E_CLOSED;
    sqlite3_stmt *add = store_get(store, SQL_INVITATION_ADD);
    if (!add)
        return error_origin(-EIO);
    db_bind_int(add, 1, session->session);
    db_bind_int(add, 2, member);
    session_note(store, session->session, session);
    r = db_run(&store->db, add);
    store_touch(store, DATE_NONE);
    return error_trace(r);
}
