#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/sqlite/ledger/ledger_private.h"
#include "core/store/sqlite/months/month.h"
#include "core/store/sqlite/sessions/derive.h"

// What a closed month holds fast. Its obligations are the rows as they are, its points those that took part
// when it was closed, and an event that has found its session and member there stays. The roster goes on
// changing; the settling and the rebuild both ask here, so that they agree.

int resolve_again(Store *store, const EventRecord *record, Resolution *ret_resolution)
{
    const SessionRow *session = NULL;
    int r = record->session ? session_get_number(store, record->session, &session) : 0;

    if (r < 0)
        return error_trace(r);
    if (!session || !session->closed)
        return error_trace(resolve_event(store, &record->event, record->point, ret_resolution));
    r = resolve_event_in(store, &record->event, session, ret_resolution);
    if (r == 0 && record->member) {
        ret_resolution->member = record->member;
        ret_resolution->member_area = record->member_area;
        ret_resolution->parked = NULL;
    }
    return error_trace(r);
}

int month_points(Store *store, const SessionRow *session, SessionPoint *points, size_t *count)
{
    sqlite3_stmt *get = store_get(store, SQL_MONTH_POINTS);
    int r;

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, session->month);
    db_bind_int(get, 2, session->session);
    while ((r = db_step(&store->db, get)) > 0) {
        const PointInfo *info = point_info(store, (int32_t)db_int(get, 0));
        if (!info || *count == store->point_count) // no point is ever deleted: the file is damaged
            continue;
        points[*count] = (SessionPoint){.point = (int32_t)db_int(get, 0), .org = (int32_t)db_int(get, 1)};
        memcpy(points[*count].code, info->code, sizeof(info->code));
        ++*count;
    }
    return error_trace(r);
}

// The rows of every closed session, by key.
int month_held_collect(Store *store)
{
    return error_trace(
        db_exec(&store->db,
                "CREATE TEMP TABLE IF NOT EXISTS month_held (key INTEGER PRIMARY KEY, org INTEGER NOT NULL,"
                " duty INTEGER NOT NULL); DELETE FROM temp.month_held;"
                "INSERT INTO temp.month_held SELECT t.key, t.org, t.duty FROM month m"
                " JOIN session s ON s.month = m.month CROSS JOIN area a"
                " JOIN attendance t ON t.key >= ((a.area << 55) | (s.session << 28))"
                " AND t.key <= ((a.area << 55) | (s.session << 28) | 268435455)"
                " WHERE m.closed = 1"));
}

static int held_read(Store *store, int32_t area, const SessionRow *session, int64_t member_count,
                     MonthHeld *held)
{
    sqlite3_stmt *get = store_get(store, SQL_MONTH_HELD_OF);
    int r;

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, key_make(area, session->session, 0));
    db_bind_int(get, 2, key_make(area, session->session, KEY_ROW_MAX));
    while ((r = db_step(&store->db, get)) > 0) {
        int64_t member = key_row(db_int(get, 0));
        if (member >= member_count)
            continue;
        held->orgs[member] = (int32_t)db_int(get, 1);
        held->duties[member] = (uint8_t)(db_int(get, 2) + 1);
    }
    return error_trace(r);
}

int month_held_load(Store *store, const SessionRow *session, int64_t member_count, MonthHeld *ret_held)
{
    CLEANUP(cleanup_free) int32_t *areas = NULL;
    size_t area_count = 0;
    MonthHeld held = {0};

    *ret_held = held;
    if (!session->closed)
        return 0;
    int r = area_numbers(store, &areas, &area_count);
    held.orgs = alloc_zero((size_t)member_count * sizeof(*held.orgs));
    held.duties = alloc_zero((size_t)member_count * sizeof(*held.duties));
    for (size_t i = 0; i < area_count && r == 0; i++)
        r = held_read(store, areas[i], session, member_count, &held);
    *ret_held = held;
    return error_trace(r);
}

void month_held_deinit(MonthHeld *held)
{
    free(held->orgs);
    free(held->duties);
    *held = (MonthHeld){0};
}
