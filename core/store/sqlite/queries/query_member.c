#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/sqlite/keys.h"
#include "core/store/sqlite/ledger/pairs.h"
#include "core/store/sqlite/queries/own_point.h"
#include "core/store/sqlite/sessions/derive.h"
#include "core/store/sqlite/sessions/session_rules.h"
#include "core/store/sqlite/totals/caps.h"
#include "core/store/sqlite/totals/credit.h"
#include "core/store/sqlite/totals/totals.h"

// What reports ask about one member, the record (everybody's year: month_members.c). It
// probes the sessions that concern the member: those of the orgs above any home, invitations, and visits
// elsewhere.

void member_row_deinit(MemberRow *row)
{
    free(row->name);
    free(row->org_name);
    row->name = row->org_name = NULL;
}

// The last home on or before `date`, even if it has ended since; the first one if all lie later.
static int member_home(Store *store, MemberRow *row, Date date)
{
    sqlite3_stmt *at = store_get(store, SQL_MEMBER_STATE_AT);
    sqlite3_stmt *org = store_get(store, SQL_ORG_NAME);

    if (!at || !org)
        return error_origin(-EIO);
    db_bind_int(at, 1, row->member);
    db_bind_int(at, 2, date);
    int r = db_step(&store->db, at);
    if (r <= 0)
        return error_trace(r);
    row->category = (MemberCategory)db_int(at, 3);
    row->role = (MemberRole)db_int(at, 4);
    db_bind_int(org, 1, db_int(at, 2));
    db_bind_int(org, 2, date);
    sqlite3_reset(at);
    r = db_step(&store->db, org);
    if (r > 0) {
        snprintf(row->org, sizeof(row->org), "%s", db_text(org, 0));
        row->org_name = alloc_string(db_text(org, 1));
    }
    sqlite3_reset(org);
    return r < 0 ? error_trace(r) : 0;
}

static int member_target(Store *store, MemberRow *row, Date date)
{
    const Rules *rules;

    store_caches_refresh(store);
    int r = store_rules(store, &rules);
    if (r < 0)
        return error_trace(r);
    Targets targets = rules_targets(rules, date);
    row->target_minutes = targets.minutes[row->role];
    row->needs_class = targets.needs_class[row->role];
    return 0;
}

int query_member(Store *store, const char *code, Date date, MemberRow *ret_member)
{
    sqlite3_stmt *find = store_get(store, SQL_MEMBER_FIND);
    sqlite3_stmt *get = store_get(store, SQL_MEMBER_GET);

    if (!find || !get)
        return error_origin(-EIO);
    db_bind_text(find, 1, code);
    int r = db_step(&store->db, find);
    if (r <= 0)
        return r < 0 ? error_trace(r) : QUERY_E_UNKNOWN;
    MemberRow row = {.member = db_int(find, 0), .area = (int32_t)db_int(find, 1)};
    sqlite3_reset(find);
    db_bind_int(get, 1, row.member);
    r = db_step(&store->db, get);
    if (r <= 0)
        return error_origin(r < 0 ? r : -EUCLEAN);
    snprintf(row.code, sizeof(row.code), "%s", db_text(get, 1));
    row.name = alloc_string(db_text(get, 2));
    sqlite3_reset(get);
    r = member_home(store, &row, date);
    if (r == 0)
        r = member_target(store, &row, date);
    if (r < 0) {
        member_row_deinit(&row);
        return error_trace(r);
    }
    *ret_member = row;
    return 0;
}

static int year_minutes_until(Store *store, int32_t area, int64_t member, int year, int month,
                              int64_t *ret_minutes)
{
    sqlite3_stmt *get = store_get(store, SQL_CREDIT_GET);

    *ret_minutes = 0;
    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, key_make(area, year, member));
    int r = db_step(&store->db, get);
    for (int m = 0; r > 0 && m < month; m++)
        *ret_minutes += db_int(get, m);
    sqlite3_reset(get);
    return r < 0 ? error_trace(r) : 0;
}

static int record_silence(Store *store, const SessionRow *session, const PairRow *row, bool *ret_silent)
{
    *ret_silent = false;
    if (row->duty != DUTY_EXPECTED || row->attendance.status != STATUS_NOTHING)
        return 0;
    return error_trace(own_point_is_silent(store, session, row->org, ret_silent));
}

static int record_entry(Store *store, const MemberRow *member, const SessionRow *session, CapYear *caps,
                        int (*each)(void *user, const RecordEntry *entry), void *user)
{
    PairRow row = {0};
    RecordEntry entry = {.session = session};
    int r = pair_row_load(store, session, member->area, member->member, &row);

    if (r < 0 || !row.exists) {
        pair_row_deinit(&row);
        return error_trace(r);
    }
    entry.duty = row.duty;
    entry.attendance = row.attendance;
    entry.capped = cap_year_take(caps, session, &row.attendance);
    const PointInfo *point = point_info(store, row.attendance.point_key);
    if (point)
        memcpy(entry.point, point->code, sizeof(entry.point));
    r = record_silence(store, session, &row, &entry.own_point_silent);
    sqlite3_stmt *exempt = store_get(store, SQL_EXEMPTION_AT);
    if (r == 0 && row.duty == DUTY_EXEMPT && exempt) {
        db_bind_int(exempt, 1, member->member);
        db_bind_int(exempt, 2, session->date);
        if (db_step(&store->db, exempt) > 0)
            snprintf(entry.exempt_reason, sizeof(entry.exempt_reason), "%s", db_text(exempt, 0));
        sqlite3_reset(exempt);
    }
    pair_row_deinit(&row);
    return r < 0 ? error_trace(r) : each(user, &entry);
}

int query_record(Store *store, const MemberRow *member, int year, Time now,
                 int (*each)(void *user, const RecordEntry *entry), void *user)
{
    CLEANUP(cleanup_cap_year) CapYear *caps = NULL;
    SessionList list = {0};
    Time end = zone_day_start(date_from_civil(year + 1, 1, 1));

    store_caches_refresh(store);
    int r = record_sessions(store, member->member, zone_day_start(date_from_civil(year, 1, 1)),
                            now < end ? now + 1 : end, &list);
    if (r == 0)
        r = cap_year_new(store, member, year, &caps);
    for (size_t i = 0; i < list.count && r == 0; i++)
        r = record_entry(store, member, &list.rows[i], caps, each, user);
    session_list_deinit(&list);
    return r;
}

// Without caps the totals say it; with them the year is walked.
static int year_capped(Store *store, const MemberRow *member, Month month, int64_t *ret_capped)
{
    CLEANUP(cleanup_cap_year) CapYear *caps = NULL;
    SessionList list = {0};
    int year = month / 12;
    int r = cap_year_new(store, member, year, &caps);

    *ret_capped = 0;
    if (r < 0 || !caps)
        return error_trace(r);
    *ret_capped = cap_year_before(caps);
    r = record_sessions(store, member->member, zone_day_start(date_from_civil(year, 1, 1)),
                        zone_day_start(month_last_day(month) + 1), &list);
    for (size_t i = 0; i < list.count && r == 0; i++) {
        PairRow row = {0};
        r = pair_row_load(store, &list.rows[i], member->area, member->member, &row);
        if (r == 0 && row.exists)
            *ret_capped += cap_year_take(caps, &list.rows[i], &row.attendance);
        pair_row_deinit(&row);
    }
    session_list_deinit(&list);
    return error_trace(r);
}

int query_year_minutes(Store *store, const MemberRow *member, Month month, int64_t *ret_minutes)
{
    int64_t minutes, left = 0, capped = 0;
    int r = year_minutes_until(store, member->area, member->member, month / 12, month % 12 + 1, &minutes);

    store_caches_refresh(store);
    if (r == 0)
        r = credit_left_member(store, member, month, &left);
    if (r == 0)
        r = year_capped(store, member, month, &capped);
    if (r < 0)
        return error_trace(r);
    *ret_minutes = minutes + left - capped;
    return 0;
}
