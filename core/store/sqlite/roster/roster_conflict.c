#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/sqlite/roster/roster_private.h"

// Facts that contradict each other. An org that has been there from the beginning and has no end can be
// missing on no day, and nearly all are like that: only where a site has others are homes, parents and
// sessions gone through, once, against the days of those.

#define DAY_FIRST (INT32_MIN + 1) // an org stated without a date has been there always
#define DAY_LAST INT32_MAX

typedef struct OrgDays {
    Date from, to; // inclusive
    int32_t parent;
} OrgDays;

typedef struct OrgTimes {
    OrgDays *days;  // of all orgs, by org and day
    int32_t *first; // by org: where its days begin; one more entry at the end
    char (*codes)[65];
    uint8_t *bounded; // by org: there are days on which it does not exist
    int32_t count;    // one beyond the highest number
    size_t day_count;
    bool any_bounded;
} OrgTimes;

typedef struct Conflicts {
    Store *store;
    OrgTimes times;
    int (*each)(void *user, const RosterConflict *conflict);
    void *user;
} Conflicts;

static void times_deinit(OrgTimes *times)
{
    free(times->days);
    free(times->first);
    free(times->codes);
    free(times->bounded);
}

static int times_read(Store *store, OrgTimes *times)
{
    sqlite3_stmt *get = store_get(store, SQL_ORG_STATE_ALL);
    int64_t highest = 0;
    size_t capacity = 0;
    int r = get ? db_query_int64(&store->db, "SELECT coalesce(max(org), 0) FROM org", &highest) : -EIO;

    if (r < 0)
        return error_trace(r);
    times->count = (int32_t)highest + 1;
    times->first = alloc_zero(((size_t)times->count + 1) * sizeof(*times->first));
    times->codes = alloc_zero((size_t)times->count * sizeof(*times->codes));
    times->bounded = alloc_zero((size_t)times->count);
    while ((r = db_step(&store->db, get)) > 0) {
        int32_t org = (int32_t)db_int(get, 0);
        if (times->day_count == capacity) {
            capacity = capacity ? 2 * capacity : 256;
            times->days = alloc_resize(times->days, capacity, sizeof(*times->days));
        }
        times->days[times->day_count++] =
            (OrgDays){.from = db_int(get, 1) == 0 ? DAY_FIRST : (Date)db_int(get, 1),
                      .to = db_null(get, 2) ? DAY_LAST : (Date)db_int(get, 2),
                      .parent = (int32_t)db_int(get, 3)};
        times->first[org + 1] = (int32_t)times->day_count;
        strncpy(times->codes[org], db_text(get, 4), sizeof(times->codes[org]) - 1);
    }
    for (int32_t o = 1; o <= times->count; o++) // an org without states, if there were one, is never there
        if (times->first[o] < times->first[o - 1])
            times->first[o] = times->first[o - 1];
    return error_trace(r);
}

// A state ends at the latest the day before the org's next one. Says which orgs are missing on some days.
static void times_bound(OrgTimes *times)
{
    for (int32_t o = 0; o < times->count; o++) {
        OrgDays *days = times->days + times->first[o];
        int32_t count = times->first[o + 1] - times->first[o];
        Date next = DAY_FIRST; // the first day that is not covered yet
        for (int32_t i = 0; i < count; i++) {
            if (i + 1 < count && days[i].to >= days[i + 1].from)
                days[i].to = days[i + 1].from - 1;
            times->bounded[o] |= days[i].from > next;
            next = days[i].to == DAY_LAST ? DAY_LAST : days[i].to + 1;
        }
        times->bounded[o] |= count > 0 && next != DAY_LAST;
        times->any_bounded |= times->bounded[o];
    }
}

// The first day from `from` to `to` on which the org does not exist, with the nearest day of its time beside
// it. False if it exists on all of them.
static bool times_missing(const OrgTimes *times, int32_t org, Date from, Date to, RosterConflict *conflict)
{
    if (org <= 0 || org >= times->count || !times->bounded[org])
        return false;
    conflict->day = from;
    conflict->begins = conflict->ends = DATE_NONE;
    for (int32_t i = times->first[org]; i < times->first[org + 1]; i++) {
        const OrgDays *days = &times->days[i];
        if (days->from > conflict->day) {
            if (conflict->ends == DATE_NONE)
                conflict->begins = days->from;
            break;
        }
        if (days->to < conflict->day) {
            conflict->ends = days->to;
            continue;
        }
        if (days->to >= to)
            return false;
        conflict->day = days->to + 1;
        conflict->ends = days->to;
    }
    conflict->org = times->codes[org];
    return true;
}

static Date day_shown(Date day)
{
    return day == DAY_FIRST || day == DAY_LAST ? DATE_NONE : day;
}

static int conflict_tell(Conflicts *c, RosterConflictKind kind, const char *subject, Date from, Date to,
                         int32_t org)
{
    RosterConflict conflict = {
        .kind = kind, .subject = subject, .from = day_shown(from), .to = day_shown(to)};

    if (!times_missing(&c->times, org, from, to, &conflict))
        return 0;
    conflict.day = day_shown(conflict.day);
    return c->each(c->user, &conflict);
}

static int conflicts_of_parents(Conflicts *c)
{
    int r = 0;

    for (int32_t o = 0; o < c->times.count && r == 0; o++)
        for (int32_t i = c->times.first[o]; i < c->times.first[o + 1] && r == 0; i++)
            r = conflict_tell(c, ROSTER_CONFLICT_PARENT, c->times.codes[o], c->times.days[i].from,
                              c->times.days[i].to, c->times.days[i].parent);
    return r;
}

// Rows of code, from, to, org; of one code, each fact ends at the latest the day before the next.
static int conflicts_of_rows(Conflicts *c, StatementId id, RosterConflictKind kind)
{
    sqlite3_stmt *get = store_get(c->store, id);
    int r;

    if (!get)
        return error_origin(-EIO);
    while ((r = db_step(&c->store->db, get)) > 0) {
        Date from = (Date)db_int(get, 1), to = db_null(get, 2) ? DAY_LAST : (Date)db_int(get, 2);
        int32_t org = (int32_t)db_int(get, 3);
        if (!c->times.bounded[org < c->times.count ? org : 0])
            continue;
        if (!db_null(get, 4) && db_int(get, 4) <= to)
            to = (Date)db_int(get, 4) - 1;
        int stop = to < from ? 0 : conflict_tell(c, kind, db_text(get, 0), from, to, org);
        if (stop) {
            sqlite3_reset(get);
            return stop;
        }
    }
    return error_trace(r);
}

static int conflicts_of_exemptions(Conflicts *c)
{
    sqlite3_stmt *get = store_get(c->store, SQL_EXEMPTION_CLASHES);
    int r;

    if (!get)
        return error_origin(-EIO);
    while ((r = db_step(&c->store->db, get)) > 0) {
        RosterConflict conflict = {.kind = ROSTER_CONFLICT_EXEMPTION,
                                   .subject = db_text(get, 0),
                                   .from = (Date)db_int(get, 1),
                                   .to = db_null(get, 2) ? DATE_NONE : (Date)db_int(get, 2),
                                   .reason = db_text(get, 3),
                                   .day = (Date)db_int(get, 4),
                                   .begins = (Date)db_int(get, 4),
                                   .ends = db_null(get, 5) ? DATE_NONE : (Date)db_int(get, 5),
                                   .org = db_text(get, 6)};
        int stop = c->each(c->user, &conflict);
        if (stop) {
            sqlite3_reset(get);
            return stop;
        }
    }
    return error_trace(r);
}

int roster_conflicts(Store *store, int (*each)(void *user, const RosterConflict *conflict), void *user)
{
    Conflicts c = {.store = store, .each = each, .user = user};
    int r = times_read(store, &c.times);

    if (r == 0)
        times_bound(&c.times);
    if (r == 0 && c.times.any_bounded)
        r = conflicts_of_parents(&c);
    if (r == 0 && c.times.any_bounded)
        r = conflicts_of_rows(&c, SQL_HOME_DAYS, ROSTER_CONFLICT_HOME);
    if (r == 0 && c.times.any_bounded)
        r = conflicts_of_rows(&c, SQL_SESSION_DAYS, ROSTER_CONFLICT_SESSION);
    if (r == 0)
        r = conflicts_of_exemptions(&c);
    times_deinit(&c.times);
    return r;
}

int roster_next_home(Store *store, const char *member, Date from, Date *ret_from, char ret_org[static 65])
{
    sqlite3_stmt *get = store_get(store, SQL_HOME_AFTER);

    if (!get)
        return error_origin(-EIO);
    db_bind_text(get, 1, member);
    db_bind_int(get, 2, from);
    int r = db_step(&store->db, get);
    if (r > 0) {
        *ret_from = (Date)db_int(get, 0);
        strncpy(ret_org, db_text(get, 1), 64);
        ret_org[64] = '\0';
    }
    sqlite3_reset(get);
    return error_trace(r);
}

static int top_of(Store *store, int64_t org, Date date, int64_t *ret_top)
{
    int r = 0;

    *ret_top = 0;
    for (int depth = 0; org && depth < ORG_DEPTH_MAX; depth++) {
        int32_t parent = 0;
        r = org_parent(store, (int32_t)org, date, &parent);
        if (r <= 0)
            break;
        *ret_top = org;
        org = parent;
    }
    return r < 0 ? error_trace(r) : 0;
}

int roster_point_in_tree(Store *store, const char *point, const char *org, Date date, bool *ret_same,
                         char ret_host[static 65])
{
    int64_t number = 0, below = 0, top = 0, other = 0;
    int r = roster_find(store, SQL_POINT_FIND, point, &number);

    *ret_same = true;
    if (r > 0)
        r = roster_find(store, SQL_ORG_FIND, org, &below);
    const PointInfo *info = r > 0 ? point_info(store, (int32_t)number) : NULL;
    if (r < 0 || !info)
        return r < 0 ? error_trace(r) : 0;
    r = roster_org_code(store, info->org, ret_host);
    if (r == 0)
        r = top_of(store, info->org, date, &top);
    if (r == 0)
        r = top_of(store, below, date, &other);
    *ret_same = r == 0 && top == other;
    return error_trace(r);
}
