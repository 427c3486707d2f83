#include "core/store/sqlite/totals/sheet.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/sqlite/varint.h"

// A month's report says of every org how many members it has, what they were credited in the year and how
// many have reached their target (R22): a walk over everybody, which is most of what a report of a city
// costs. A sheet is the outcome of that walk, by home org, packed: 8 bytes an org.
//
// A row of month_sheet with a body holds, a row without one is being made, and no row says nothing. Whoever
// changes what a sheet was made of deletes the row in the same transaction: attendances as they are counted
// (pairs.c), everything that the office states as it is settled (settle.c), a rebuild (recompute.c). So no
// reader can see a sheet beside rows that it does not belong to. Credit that is added to the totals of the
// year (credit.c) changes no figure and no sheet.
//
// The walk is made in pieces between other work. If its row is gone when a piece is due, something has
// changed: it is given up, and begun again later. The row tells when its month begins and ends: in another
// zone it is another month.

#define SHEET_MONTHS 12 // of a trend

struct SheetWork {
    Month month;
    MemberRange left;
    MemberSumTable table;
};

SheetWork *sheet_work_free(SheetWork *work)
{
    if (work)
        member_sum_table_deinit(&work->table);
    free(work);
    return NULL;
}

static Time year_begins(Month month)
{
    return zone_day_start(date_from_civil(month / 12, 1, 1));
}

static Time month_ends(Month month)
{
    return zone_day_start(month_last_day(month) + 1);
}

static void pack(const MemberSumTable *table, Text *body)
{
    int32_t before = 0;

    for (int32_t org = 1; org < table->count; org++) {
        const MemberSum *sum = &table->sums[org];
        if (!sum->members)
            continue;
        varint_put(body, (uint64_t)(org - before));
        varint_put(body, (uint64_t)sum->members);
        varint_put(body, varint_zigzag(sum->year_minutes));
        varint_put(body, (uint64_t)sum->target_met);
        before = org;
    }
}

static bool unpack(const uint8_t *at, size_t size, MemberSumTable *table)
{
    const uint8_t *end = at + size;
    uint64_t step, members, minutes, met;
    int64_t org = 0;

    while (at < end) {
        if (!varint_get(&at, end, &step) || !varint_get(&at, end, &members) ||
            !varint_get(&at, end, &minutes) || !varint_get(&at, end, &met) || step == 0 ||
            step > KEY_ROW_MAX || (org += (int64_t)step) > KEY_ROW_MAX)
            return false;
        member_sum_table_reach(table, (int32_t)org);
        table->sums[org] = (MemberSum){(int64_t)members, varint_unzigzag(minutes), (int64_t)met};
    }
    return true;
}

int sheet_read_month(Store *store, Month month, MemberSumTable *ret_table)
{
    sqlite3_stmt *get = store_get(store, SQL_SHEET_READ);
    bool whole = true;

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, month);
    db_bind_int(get, 2, year_begins(month));
    db_bind_int(get, 3, month_ends(month));
    int r = db_step(&store->db, get);
    if (r > 0 && sqlite3_column_bytes(get, 0) > 0)
        whole = unpack(sqlite3_column_blob(get, 0), (size_t)sqlite3_column_bytes(get, 0), ret_table);
    sqlite3_reset(get);
    return whole ? error_trace(r) : error_origin(-EUCLEAN);
}

int sheet_touch(Store *store, Month month)
{
    if (store->sheets_until < month)
        return 0;
    sqlite3_stmt *drop = store_get(store, SQL_SHEET_DROP);
    if (!drop)
        return error_origin(-EIO);
    db_bind_int(drop, 1, month);
    int r = db_run(&store->db, drop);
    if (r == 0)
        store->sheets_until = month > INT32_MIN ? month - 1 : INT32_MIN;
    return error_trace(r);
}

/// Whether a step about a month finds a row.
static int month_has(Store *store, StatementId id, Month month, bool always, bool *ret_has)
{
    sqlite3_stmt *get = store_get(store, id);

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, month);
    if (id == SQL_SHEET_WANTED)
        db_bind_int(get, 2, always);
    int r = db_step(&store->db, get);
    sqlite3_reset(get);
    *ret_has = r > 0;
    return r < 0 ? error_trace(r) : 0;
}

/// The latest month that wants a sheet; before the year, none does.
static int find_wanted(Store *store, Month now, Month *ret_month)
{
    bool wanted = false;

    for (Month month = now; month > now - SHEET_MONTHS; month--) {
        int r = month_has(store, SQL_SHEET_WANTED, month, month == now, &wanted);
        if (r < 0)
            return error_trace(r);
        if (wanted) {
            *ret_month = month;
            return 1;
        }
    }
    return 0;
}

static int begin(Store *store, Month month)
{
    sqlite3_stmt *worn = store_get(store, SQL_SHEET_WORN);
    sqlite3_stmt *add = store_get(store, SQL_SHEET_BEGIN);
    SheetWork *work = alloc_zero(sizeof(*work));

    store->sheet_work = work;
    work->month = month;
    int r = member_range_all(store, &work->left);
    if (r < 0 || !worn || !add)
        return error_origin(r < 0 ? r : -EIO);
    db_bind_int(worn, 1, month - SHEET_MONTHS);
    r = db_run(&store->db, worn);
    if (r < 0)
        return error_trace(r);
    db_bind_int(add, 1, month);
    db_bind_int(add, 2, year_begins(month));
    db_bind_int(add, 3, month_ends(month));
    if (store->sheets_until < month)
        store->sheets_until = month;
    return error_trace(db_run(&store->db, add));
}

static int save(Store *store, const SheetWork *work)
{
    CLEANUP(cleanup_text) Text body = {0};
    sqlite3_stmt *set = store_get(store, SQL_SHEET_SAVE);

    if (!set)
        return error_origin(-EIO);
    pack(&work->table, &body);
    db_bind_int(set, 1, work->month);
    db_bind_blob(set, 2, text_cstr(&body), body.size);
    return error_trace(db_run(&store->db, set));
}

// What has become of a piece.
typedef enum Progress { GOING_ON, DONE, GIVEN_UP } Progress;

static int go_on(Store *store, int64_t members, Progress *ret_progress)
{
    SheetWork *work = store->sheet_work;
    MemberRange piece = work->left;
    bool begun = false;
    int r = month_has(store, SQL_SHEET_BEGUN, work->month, false, &begun);

    *ret_progress = GIVEN_UP;
    if (r < 0 || !begun)
        return error_trace(r);
    if (piece.beyond - piece.first > members)
        piece.beyond = piece.first + members;
    r = month_members_sum(store, work->month, &piece, &work->table);
    work->left.first = piece.beyond;
    *ret_progress = work->left.first < work->left.beyond ? GOING_ON : DONE;
    if (r == 0 && *ret_progress == DONE)
        r = save(store, work);
    return error_trace(r);
}

int sheet_make_due(Store *store, Time now, int64_t members, bool *ret_more)
{
    Month month = 0;
    Progress progress = GOING_ON;
    int r;

    *ret_more = false;
    if (!store->sheet_work) {
        r = find_wanted(store, month_of_date(zone_date(now)), &month);
        if (r <= 0)
            return error_trace(r);
        r = begin(store, month);
    } else {
        r = go_on(store, members, &progress);
    }
    if (r < 0 || progress != GOING_ON)
        store->sheet_work = sheet_work_free(store->sheet_work);
    *ret_more = r == 0 && progress != GIVEN_UP; // who is disturbed waits for a quieter moment
    return error_trace(r);
}

static bool same(const MemberSumTable *a, const MemberSumTable *b, int32_t org)
{
    MemberSum x = org < a->count ? a->sums[org] : (MemberSum){0};
    MemberSum y = org < b->count ? b->sums[org] : (MemberSum){0};

    return x.members == y.members && x.year_minutes == y.year_minutes && x.target_met == y.target_met;
}

static int compare_month(Store *store, Month month, TotalsFound *found, void *user)
{
    CLEANUP(member_sum_table_deinit) MemberSumTable kept = {0};
    CLEANUP(member_sum_table_deinit) MemberSumTable made = {0};
    char month_text[CLOCK_TEXT_SIZE], detail[160];
    MemberRange all;
    int wrong = 0, r = sheet_read_month(store, month, &kept);

    if (r == 0)
        return 0; // of another zone: nobody reads it
    if (r > 0)
        r = member_range_all(store, &all);
    if (r == 0)
        r = month_members_sum(store, month, &all, &made);
    for (int32_t org = 1; r == 0 && (org < kept.count || org < made.count); org++)
        wrong += !same(&kept, &made, org);
    if (r < 0 || !wrong)
        return error_trace(r);
    month_format(month, month_text);
    snprintf(detail, sizeof(detail), "month %s: members, hours or targets of %d organisations differ",
             month_text, wrong);
    found(user, "sheet", detail);
    return 0;
}

int sheet_compare(Store *store, TotalsFound *found, void *user)
{
    CLEANUP(cleanup_free) Month *months = NULL;
    sqlite3_stmt *all = store_get(store, SQL_SHEET_ALL);
    size_t count = 0;
    int r;

    while ((r = db_step(&store->db, all)) > 0) {
        months = alloc_resize(months, count + 1, sizeof(*months));
        months[count++] = (Month)db_int(all, 0);
    }
    for (size_t i = 0; i < count && r == 0; i++)
        r = compare_month(store, months[i], found, user);
    return error_trace(r);
}
