#include "core/store/sqlite/totals/caps.h"

#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/model/rule_cap.h"
#include "core/store/rules.h"
#include "core/store/sqlite/keys.h"
#include "core/store/sqlite/sessions/derive.h"
#include "core/store/sqlite/sessions/session_rules.h"
#include "core/store/sqlite/totals/totals.h"

// A cap is counted in the order of sessions, so a year is walked from its beginning: for a month's report
// session by session over everybody, for a record over the member's own sessions. A credit that New Year
// splits (R16) is measured in each year by its share there; the later share comes before all sessions of its
// year, in the order of starts.

#define SPLIT_DAYS 366 // a session is at most so long (the importer's bound): how far back one may begin

struct CapYear {
    Rules rules; // its own: the store's may go while somebody looks at an entry
    CapUse use;
    int year;
    int32_t before; // not counted of what the year before left
};

/// Empty where nothing is capped, which costs a look at what is in memory.
static int caps_rules(Store *store, Rules *ret_rules)
{
    const Rules *rules;
    int r = store_rules(store, &rules);

    *ret_rules = (Rules){0};
    if (r < 0 || !rules_have_caps(rules))
        return error_trace(r);
    return error_trace(rules_load(store, ret_rules));
}

/// What of the credit belongs to `year`.
static int32_t share_of(const SessionRow *session, int32_t credit, int year)
{
    int first_year, month;
    int32_t first, later;

    totals_split(session, credit, &first_year, &month, &first, &later);
    return first_year == year ? first : first_year + 1 == year ? later : 0;
}

static int32_t take(const Rules *rules, CapUse *use, const SessionRow *session, const Attendance *attendance,
                    int year)
{
    CapLimits limits = caps_at(rules, session->kind, session->date);
    int32_t share = share_of(session, attendance->credit, year);

    return share - cap_take(use, &limits, session->kind, attendance->made_up, share);
}

// Everybody's year.
typedef struct CapMonth {
    Store *store;
    Rules rules;
    int year;
    const MemberRange *range;
    CapUse *uses; // by place in the range
    int32_t *capped;
} CapMonth;

static int month_area(CapMonth *caps, const SessionRow *session, int32_t area)
{
    sqlite3_stmt *rows = store_get(caps->store, SQL_ATTENDANCE_OF_SESSION);
    int r;

    if (!rows)
        return error_origin(-EIO);
    db_bind_int(rows, 1, key_make(area, session->session, caps->range->first));
    db_bind_int(rows, 2, key_make(area, session->session, caps->range->beyond - 1));
    while ((r = db_step(&caps->store->db, rows)) > 0) {
        PairRow row = {0};
        int64_t place = key_row(db_int(rows, 0)) - caps->range->first;
        r = pair_row_read(caps->store, session, rows, &row);
        if (r < 0)
            break;
        if (row.attendance.credit > 0)
            caps->capped[place] +=
                take(&caps->rules, &caps->uses[place], session, &row.attendance, caps->year);
        pair_row_deinit(&row);
    }
    sqlite3_reset(rows);
    return error_trace(r);
}

/// Whether any version caps what may be earned at the session.
static bool may_be_capped(const Rules *rules, SessionKind kind)
{
    for (size_t i = 0; i < rules->count; i++)
        if (rules->rules[i].kind == RULE_CAP &&
            (rule_get(&rules->rules[i], session_kind_word(kind)) || rule_get(&rules->rules[i], "makeup")))
            return true;
    return false;
}

int caps_month(Store *store, Month month, const MemberRange *range, int32_t **ret_capped)
{
    CLEANUP(cleanup_free) int32_t *areas = NULL;
    CLEANUP(cleanup_free) CapUse *uses = NULL;
    CapMonth caps = {.store = store, .year = month / 12, .range = range};
    size_t members = (size_t)(range->beyond - range->first);
    SessionList sessions = {0};
    size_t area_count = 0;
    int r = caps_rules(store, &caps.rules);

    *ret_capped = NULL;
    if (r < 0 || !caps.rules.count)
        return error_trace(r);
    caps.uses = uses = alloc_zero(members * sizeof(*uses));
    caps.capped = alloc_zero(members * sizeof(*caps.capped));
    r = query_sessions_between(store, zone_day_start(date_from_civil(caps.year, 1, 1) - SPLIT_DAYS),
                               zone_day_start(month_last_day(month) + 1), &sessions);
    if (r == 0)
        r = area_numbers(store, &areas, &area_count);
    for (size_t i = 0; i < sessions.count && r == 0; i++) {
        const SessionRow *session = &sessions.rows[i];
        bool reaches = session->month / 12 == caps.year || session->spans_years;
        for (size_t a = 0; a < area_count && r == 0 && reaches && may_be_capped(&caps.rules, session->kind);
             a++)
            r = month_area(&caps, session, areas[a]);
    }
    session_list_deinit(&sessions);
    rules_deinit(&caps.rules);
    *ret_capped = caps.capped;
    return error_trace(r);
}

int record_sessions(Store *store, int64_t member, Time from, Time to, SessionList *ret_list)
{
    SessionList list = {0};
    sqlite3_stmt *get = store_get(store, SQL_RECORD_SESSIONS);
    int r;

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, member);
    db_bind_int(get, 2, from);
    db_bind_int(get, 3, to);
    while ((r = db_step(&store->db, get)) > 0) {
        list.rows = alloc_resize(list.rows, list.count + 1, sizeof(*list.rows));
        session_read(get, &list.rows[list.count++]);
    }
    *ret_list = list;
    return error_trace(r);
}

int cap_year_new(Store *store, const MemberRow *member, int year, CapYear **ret_caps)
{
    CLEANUP(cleanup_cap_year) CapYear *caps = NULL;
    SessionList before = {0};
    Rules rules;
    int r = caps_rules(store, &rules);

    *ret_caps = NULL;
    if (r < 0 || !rules.count)
        return error_trace(r);
    caps = alloc_zero(sizeof(*caps));
    caps->rules = rules;
    caps->year = year;
    Time new_year = zone_day_start(date_from_civil(year, 1, 1));
    r = record_sessions(store, member->member, new_year - SPLIT_DAYS * TIME_DAY, new_year, &before);
    for (size_t i = 0; i < before.count && r == 0; i++) {
        PairRow row = {0};
        if (!before.rows[i].spans_years)
            continue;
        r = pair_row_load(store, &before.rows[i], member->area, member->member, &row);
        if (r == 0 && row.exists)
            caps->before += cap_year_take(caps, &before.rows[i], &row.attendance);
        pair_row_deinit(&row);
    }
    session_list_deinit(&before);
    if (r < 0)
        return error_trace(r);
    *ret_caps = caps;
    caps = NULL;
    return 0;
}

CapYear *cap_year_free(CapYear *caps)
{
    if (caps)
        rules_deinit(&caps->rules);
    free(caps);
    return NULL;
}

int32_t cap_year_take(CapYear *caps, const SessionRow *session, const Attendance *attendance)
{
    return caps && attendance->credit > 0 ? take(&caps->rules, &caps->use, session, attendance, caps->year)
                                          : 0;
}

int32_t cap_year_before(const CapYear *caps)
{
    return caps->before;
}
