#include "core/store/sqlite/queries/month_members.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/sqlite/keys.h"
#include "core/store/sqlite/ledger/pairs.h"
#include "core/store/sqlite/sessions/derive.h"
#include "core/store/sqlite/sessions/session_rules.h"
#include "core/store/sqlite/totals/caps.h"
#include "core/store/sqlite/totals/credit.h"
#include "core/store/sqlite/totals/sheet.h"

// Everybody's year up to a month (R22): homes of the month's last day, credit of the year, what caps take of
// it, who was at a class. It walks every member, in ranges where somebody waits (sheet.c); what a report of
// orgs needs is the sum by home, which a sheet mostly knows.

typedef struct Home {
    int32_t org; // 0: none
    uint8_t role;
} Home;

static size_t range_size(const MemberRange *range)
{
    return (size_t)(range->beyond - range->first);
}

static bool range_has(const MemberRange *range, int64_t member)
{
    return member >= range->first && member < range->beyond;
}

int member_range_all(Store *store, MemberRange *ret_range)
{
    int64_t highest = 0;
    int r = db_query_int64(&store->db, "SELECT coalesce(max(member), 0) FROM member", &highest);

    *ret_range = (MemberRange){.first = 1, .beyond = highest + 1};
    return r < 0 ? error_trace(r) : 0;
}

static int month_homes(Store *store, Date date, const MemberRange *range, Home *homes)
{
    sqlite3_stmt *get = store_get(store, SQL_MEMBER_HOMES);
    int r;

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, range->first);
    db_bind_int(get, 2, range->beyond);
    db_bind_int(get, 3, date);
    while ((r = db_step(&store->db, get)) > 0) { // by member, from_date: the latest fact wins
        bool over = !db_null(get, 1) && db_int(get, 1) < date;
        homes[db_int(get, 0) - range->first] =
            (Home){.org = over ? 0 : (int32_t)db_int(get, 2), .role = (uint8_t)db_int(get, 3)};
    }
    return error_trace(r);
}

static int month_credits(Store *store, Month month, const MemberRange *range, int32_t *minutes)
{
    CLEANUP(cleanup_free) int32_t *areas = NULL;
    size_t area_count = 0;
    int r = area_numbers(store, &areas, &area_count);

    for (size_t i = 0; i < area_count && r == 0; i++) {
        sqlite3_stmt *get = store_get(store, (StatementId)(SQL_CREDIT_UNTIL_M1 + month % 12));
        if (!get)
            return error_origin(-EIO);
        db_bind_int(get, 1, key_make(areas[i], month / 12, range->first));
        db_bind_int(get, 2, key_make(areas[i], month / 12, range->beyond - 1));
        while ((r = db_step(&store->db, get)) > 0)
            minutes[key_row(db_int(get, 0)) - range->first] += (int32_t)db_int(get, 1);
    }
    return r < 0 ? error_trace(r) : error_trace(credit_left_all(store, month, range, minutes));
}

// Who was credited at one class.
static int class_takers(Store *store, const SessionRow *session, const MemberRange *range, uint8_t *taken)
{
    CLEANUP(cleanup_free) int32_t *areas = NULL;
    size_t area_count = 0;
    int r = area_numbers(store, &areas, &area_count);

    for (size_t i = 0; i < area_count && r == 0; i++) {
        sqlite3_stmt *rows = store_get(store, SQL_ATTENDANCE_OF_SESSION);
        if (!rows)
            return error_origin(-EIO);
        db_bind_int(rows, 1, key_make(areas[i], session->session, range->first));
        db_bind_int(rows, 2, key_make(areas[i], session->session, range->beyond - 1));
        while ((r = db_step(&store->db, rows)) > 0) {
            PairRow row = {0};
            r = pair_row_read(store, session, rows, &row);
            if (r < 0)
                break;
            if (range_has(range, row.member) && row.attendance.credit > 0)
                taken[row.member - range->first] = 1;
            pair_row_deinit(&row);
        }
        sqlite3_reset(rows);
    }
    return error_trace(r);
}

static int month_classes(Store *store, Month month, const MemberRange *range, uint8_t *taken)
{
    SessionList sessions = {0};
    int r = query_sessions_between(store, zone_day_start(date_from_civil(month / 12, 1, 1)),
                                   zone_day_start(month_last_day(month) + 1), &sessions);

    for (size_t i = 0; i < sessions.count && r == 0; i++)
        if (sessions.rows[i].kind == SESSION_CLASS)
            r = class_takers(store, &sessions.rows[i], range, taken);
    session_list_deinit(&sessions);
    return error_trace(r);
}

int month_members_each(Store *store, Month month, const MemberRange *range,
                       int (*each)(void *user, const MemberMonth *member), void *user)
{
    CLEANUP(cleanup_free) Home *homes = alloc_zero(range_size(range) * sizeof(*homes));
    CLEANUP(cleanup_free) int32_t *minutes = alloc_zero(range_size(range) * sizeof(*minutes));
    CLEANUP(cleanup_free) uint8_t *taken = alloc_zero(range_size(range));
    CLEANUP(cleanup_free) int32_t *capped = NULL;
    const Rules *rules;
    Targets targets;

    store_caches_refresh(store);
    int r = month_homes(store, month_last_day(month), range, homes);
    if (r == 0)
        r = month_credits(store, month, range, minutes);
    if (r == 0)
        r = month_classes(store, month, range, taken);
    if (r == 0)
        r = caps_month(store, month, range, &capped);
    if (r == 0)
        r = store_rules(store, &rules);
    if (r < 0)
        return error_trace(r);
    targets = rules_targets(rules, month_last_day(month));
    for (size_t i = 0; r == 0 && i < range_size(range); i++) {
        if (!homes[i].org)
            continue;
        MemberRole role = (MemberRole)homes[i].role;
        MemberMonth member = {.member = range->first + (int64_t)i,
                              .org = homes[i].org,
                              .role = role,
                              .target_minutes = targets.minutes[role],
                              .needs_class = targets.needs_class[role],
                              .year_minutes = minutes[i] - (capped ? capped[i] : 0),
                              .class_taken = taken[i]};
        r = each(user, &member);
    }
    return r;
}

int query_members_month(Store *store, Month month, int (*each)(void *user, const MemberMonth *member),
                        void *user)
{
    MemberRange all;
    int r = member_range_all(store, &all);

    return r < 0 ? error_trace(r) : month_members_each(store, month, &all, each, user);
}

void member_sum_table_reach(MemberSumTable *table, int32_t org)
{
    int32_t count = table->count ? table->count : 64;

    if (org < table->count)
        return;
    while (count <= org)
        count *= 2;
    table->sums = alloc_resize(table->sums, (size_t)count, sizeof(*table->sums));
    memset(&table->sums[table->count], 0, (size_t)(count - table->count) * sizeof(*table->sums));
    table->count = count;
}

static int sum_member(void *user, const MemberMonth *member)
{
    MemberSumTable *table = user;

    if (member->org <= 0 || member->org > KEY_ROW_MAX)
        return error_origin(-EUCLEAN); // the file is damaged
    member_sum_table_reach(table, member->org);
    MemberSum *sum = &table->sums[member->org];
    sum->members++;
    sum->year_minutes += member->year_minutes;
    sum->target_met += member_met_target(member);
    return 0;
}

int month_members_sum(Store *store, Month month, const MemberRange *range, MemberSumTable *table)
{
    return error_trace(month_members_each(store, month, range, sum_member, table));
}

void member_sum_table_deinit(MemberSumTable *table)
{
    free(table->sums);
    *table = (MemberSumTable){0};
}

int query_member_sums(Store *store, Month month, int (*each)(void *user, int32_t org, const MemberSum *sum),
                      void *user)
{
    CLEANUP(member_sum_table_deinit) MemberSumTable table = {0};
    MemberRange all;
    int r = sheet_read_month(store, month, &table);

    if (r == 0) { // no sheet
        r = member_range_all(store, &all);
        if (r == 0)
            r = month_members_sum(store, month, &all, &table);
    }
    if (r < 0)
        return error_trace(r);
    r = 0;
    for (int32_t org = 1; org < table.count && r == 0; org++)
        if (table.sums[org].members)
            r = each(user, org, &table.sums[org]);
    return r;
}
