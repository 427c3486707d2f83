#include "core/store/lists.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/sqlite/keys.h"
#include "core/store/sqlite/ledger/ledger_private.h"
#include "core/store/sqlite/sessions/derive.h"

// The rows of a session are one range of keys for each area, so a list of a year reads two dozen ranges and
// never looks a member up; names are asked for at the end, for those who are listed. What stands in no
// column, such as a visitor, is read from the event that a fact names.

int lists_member_bound(Store *store, int64_t *ret_bound)
{
    sqlite3_stmt *get = store_get(store, SQL_LIST_MEMBER_BOUND);

    if (!get)
        return error_origin(-EIO);
    int r = db_step(&store->db, get);
    if (r <= 0)
        return error_origin(r < 0 ? r : -EUCLEAN);
    *ret_bound = db_int(get, 0);
    sqlite3_reset(get);
    return 0;
}

int lists_members(Store *store, Date date, int (*each)(void *user, const ListMember *member), void *user)
{
    StandingTable *table;

    store_caches_refresh(store);
    int r = standing_load(store, date, &table);
    if (r < 0)
        return error_trace(r);
    for (int32_t i = 0; r == 0 && i < table->first[table->tree.count]; i++) {
        const Standing *standing = &table->standings[table->members[i]];
        ListMember member = {.member = table->members[i],
                             .org = standing->org,
                             .category = (MemberCategory)standing->category,
                             .role = (MemberRole)standing->role,
                             .exempt = standing->exempt};
        r = each(user, &member);
    }
    return r;
}

// Calls back for the row that `rows` stands on.
static int session_row(Store *store, const SessionRow *session, sqlite3_stmt *rows,
                       int (*each)(void *user, const ListPair *pair), void *user)
{
    PairRow row = {0};
    int r = pair_row_read(store, session, rows, &row);
    if (r < 0)
        return error_trace(r);

    ListPair pair = {.member = row.member, .org = row.org, .duty = row.duty, .attendance = &row.attendance};
    r = each(user, &pair);
    pair_row_deinit(&row);
    return r;
}

static int session_area(Store *store, const SessionRow *session, int32_t area, const uint8_t *skip,
                        int64_t skip_count, int (*each)(void *user, const ListPair *pair), void *user)
{
    sqlite3_stmt *rows = store_get(store, SQL_ATTENDANCE_OF_SESSION);
    int r;

    if (!rows)
        return error_origin(-EIO);
    db_bind_int(rows, 1, key_make(area, session->session, 0));
    db_bind_int(rows, 2, key_make(area, session->session, KEY_ROW_MAX));
    while ((r = db_step(&store->db, rows)) > 0) {
        int32_t member = key_row(db_int(rows, 0));
        if (skip && member < skip_count && skip[member])
            continue;
        r = session_row(store, session, rows, each, user);
        if (r)
            break;
    }
    sqlite3_reset(rows);
    return r;
}

int lists_session(Store *store, const SessionRow *session, const uint8_t *skip, int64_t skip_count,
                  int (*each)(void *user, const ListPair *pair), void *user)
{
    CLEANUP(cleanup_free) int32_t *areas = NULL;
    size_t area_count = 0;
    int r = area_numbers(store, &areas, &area_count);

    for (size_t i = 0; i < area_count && r == 0; i++)
        r = session_area(store, session, areas[i], skip, skip_count, each, user);
    return r;
}

// The latest visit among the facts of a row; `count` 0 where there is none.
static int row_visit(sqlite3_stmt *rows, ListVisit *ret_visit)
{
    const void *blob = sqlite3_column_blob(rows, 3);
    size_t size = (size_t)sqlite3_column_bytes(rows, 3), count = 0;
    CLEANUP(cleanup_free) PairFact *facts = NULL;

    *ret_visit = (ListVisit){.member = key_row(db_int(rows, 0)), .at = TIME_NONE};
    if (!facts_have_kind(blob, size, EVENT_HOME))
        return 0;
    int r = facts_decode(blob, size, &facts, &count);
    for (size_t i = 0; i < count && r == 0; i++) {
        const Fact *fact = &facts[i].fact;
        if (fact->kind != EVENT_HOME || fact->is_void)
            continue;
        ret_visit->count++;
        if (fact->at >= ret_visit->at) {
            ret_visit->at = fact->at;
            ret_visit->stream = facts[i].stream;
            ret_visit->seq = facts[i].seq;
        }
    }
    return error_trace(r);
}

int lists_visits(Store *store, const SessionRow *session, int (*each)(void *user, const ListVisit *visit),
                 void *user)
{
    CLEANUP(cleanup_free) int32_t *areas = NULL;
    size_t area_count = 0;
    int r = area_numbers(store, &areas, &area_count);

    for (size_t i = 0; i < area_count && r == 0; i++) {
        sqlite3_stmt *rows = store_get(store, SQL_ATTENDANCE_OF_SESSION);
        if (!rows)
            return error_origin(-EIO);
        db_bind_int(rows, 1, key_make(areas[i], session->session, 0));
        db_bind_int(rows, 2, key_make(areas[i], session->session, KEY_ROW_MAX));
        while ((r = db_step(&store->db, rows)) > 0) {
            ListVisit visit;
            r = row_visit(rows, &visit);
            if (r == 0 && visit.count > 0)
                r = each(user, &visit);
            if (r)
                break;
        }
        sqlite3_reset(rows);
    }
    return r;
}

void list_name_deinit(ListName *name)
{
    free(name->name);
    name->name = NULL;
}

int lists_name(Store *store, int64_t member, ListName *ret_name)
{
    sqlite3_stmt *get = store_get(store, SQL_MEMBER_GET);

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, member);
    int r = db_step(&store->db, get);
    if (r < 0)
        return error_trace(r);
    *ret_name = (ListName){.code = "-", .name = alloc_string(r > 0 ? db_text(get, 2) : "")};
    if (r > 0)
        snprintf(ret_name->code, sizeof(ret_name->code), "%s", db_text(get, 1));
    sqlite3_reset(get);
    return 0;
}

int lists_exemption(Store *store, int64_t member, Date date, ListExemption *ret_exemption)
{
    sqlite3_stmt *get = store_get(store, SQL_LIST_EXEMPTION);

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, member);
    db_bind_int(get, 2, date);
    int r = db_step(&store->db, get);
    if (r <= 0)
        return r < 0 ? error_trace(r) : LISTS_E_NONE;
    *ret_exemption = (ListExemption){.from = (Date)db_int(get, 0),
                                     .to = db_null(get, 1) ? DATE_NONE : (Date)db_int(get, 1)};
    snprintf(ret_exemption->reason, sizeof(ret_exemption->reason), "%s", db_text(get, 2));
    sqlite3_reset(get);
    return 0;
}

int lists_visitor(Store *store, const ListVisit *visit, char ret_code[static 65])
{
    sqlite3_stmt *area = store_get(store, SQL_LIST_STREAM_AREA);
    EventRecord record;

    ret_code[0] = '\0';
    if (!area)
        return error_origin(-EIO);
    db_bind_int(area, 1, visit->stream);
    int r = db_step(&store->db, area);
    if (r <= 0)
        return error_trace(r);
    EventKey key = {(int32_t)db_int(area, 0), visit->stream, visit->seq};
    sqlite3_reset(area);
    r = event_record_load(store, &key, &record);
    if (r <= 0)
        return error_trace(r);
    if (record.event.visitor)
        snprintf(ret_code, 65, "%s", record.event.visitor);
    event_record_deinit(&record);
    return 0;
}

// Facts about all points, by internal number; number 0, which no point has, collects what is unknown.
static ListPoint *point_of(const Store *store, ListPoint *points, int64_t number)
{
    return &points[number > 0 && number < (int64_t)store->point_count ? number : 0];
}

static int points_coverage(Store *store, const SessionRow *session, ListPoint *points)
{
    CLEANUP(cleanup_free) int32_t *areas = NULL;
    size_t area_count = 0;
    int r = area_numbers(store, &areas, &area_count);

    for (size_t i = 0; i < area_count && r == 0; i++) {
        sqlite3_stmt *get = store_get(store, SQL_COVERAGE_OF_SESSION);
        if (!get)
            return error_origin(-EIO);
        db_bind_int(get, 1, key_make(areas[i], session->session, 0));
        db_bind_int(get, 2, key_make(areas[i], session->session, KEY_ROW_MAX));
        while ((r = db_step(&store->db, get)) > 0) {
            ListPoint *point = point_of(store, points, key_row(db_int(get, 0)));
            point->events += db_int(get, 1);
            point->seen += db_int(get, 2);
        }
    }
    return error_trace(r);
}

static int points_terminals(Store *store, ListPoint *points)
{
    sqlite3_stmt *terminals = store_get(store, SQL_LIST_POINT_TERMINALS);
    sqlite3_stmt *last = store_get(store, SQL_LIST_POINT_LAST);
    int r;

    if (!terminals || !last)
        return error_origin(-EIO);
    while ((r = db_step(&store->db, terminals)) > 0)
        point_of(store, points, db_int(terminals, 0))->terminals = (int32_t)db_int(terminals, 1);
    if (r < 0)
        return error_trace(r);
    while ((r = db_step(&store->db, last)) > 0) {
        ListPoint *point = point_of(store, points, db_int(last, 0));
        Time received = db_null(last, 1) ? TIME_NONE : db_int(last, 1) * (TIME_SECOND / 1000);
        if (received > point->last_event)
            point->last_event = received;
    }
    return error_trace(r);
}

static int points_names(Store *store, ListPoint *points)
{
    sqlite3_stmt *names = store_get(store, SQL_LIST_POINT_NAMES);
    int r;

    if (!names)
        return error_origin(-EIO);
    while ((r = db_step(&store->db, names)) > 0) {
        ListPoint *point = point_of(store, points, db_int(names, 0));
        free(point->name);
        point->name = alloc_string(db_text(names, 1));
    }
    return error_trace(r);
}

int lists_points(Store *store, const SessionRow *session, const SessionPoint *points, size_t count,
                 ListPoint **ret_points)
{
    store_caches_refresh(store);
    int r = points_load(store);
    if (r < 0)
        return error_trace(r);
    size_t number_count = store->point_count + 1;
    ListPoint *all = alloc_zero(number_count * sizeof(*all));
    for (size_t i = 0; i < number_count; i++)
        all[i].last_event = TIME_NONE;
    r = points_names(store, all);
    if (r == 0)
        r = points_coverage(store, session, all);
    if (r == 0)
        r = points_terminals(store, all);
    if (r == 0) {
        ListPoint *list = alloc_zero((count + 1) * sizeof(*list));
        for (size_t i = 0; i < count; i++) {
            ListPoint *point = point_of(store, all, points[i].point);
            list[i] = *point;
            point->name = NULL; // handed over
        }
        *ret_points = list;
    }
    list_points_free(all, number_count);
    return error_trace(r);
}

ListPoint *list_points_free(ListPoint *points, size_t count)
{
    for (size_t i = 0; points && i < count; i++)
        free(points[i].name);
    free(points);
    return NULL;
}
