#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/sqlite/keeping/cards.h"
#include "core/store/sqlite/months/month.h"
#include "core/store/sqlite/sessions/derive.h"
#include "core/store/sqlite/totals/recompute_private.h"
#include "core/store/sqlite/totals/sheet.h"

// Everything from the events and the roster again, through the same resolution and the same fold, into a
// scratch table and into memory; then compared with what is stored, or written in its place. Two passes: all
// events (where do they belong, what did each point report), then session by session (obligations and facts,
// folded).

void rebuild_tell(void *user, const char *what, const char *detail)
{
    Rebuild *b = user;

    b->summary.findings++;
    b->found(b->user, &(VerifyFinding){.what = what, .detail = detail});
}

// What is folded follows from these: duty and facts.
static bool row_same(const PairRow *a, const PairRow *b)
{
    CLEANUP(cleanup_text) Text x = {0}, y = {0};

    if (a->org != b->org || a->duty != b->duty || a->fact_count != b->fact_count)
        return false;
    for (size_t i = 0; i < a->fact_count; i++) {
        facts_append(&x, &a->facts[i]);
        facts_append(&y, &b->facts[i]);
    }
    return x.size == y.size && (x.size == 0 || memcmp(x.data, y.data, x.size) == 0);
}

static int rebuild_row(Rebuild *b, const SessionRow *session, PairRow *row)
{
    char detail[200], code[65];
    PairRow stored = {0};

    pair_row_fold(b->store, session, row);
    totals_count(b->totals, session, row, +1);
    b->summary.attendances++;
    if (b->write)
        return error_trace(pair_row_save(b->store, row));
    int r = pair_row_load(b->store, session, row->area, row->member, &stored);
    if (r == 0 && (!stored.exists || !row_same(&stored, row))) {
        member_code(b->store, row->member, code);
        snprintf(detail, sizeof(detail), "session %s member %s: %s, from the events it is %s with %d min",
                 session->code, code, stored.exists ? status_word(stored.attendance.status) : "no row",
                 status_word(row->attendance.status), row->attendance.credit);
        rebuild_tell(b, "attendance", detail);
    }
    pair_row_deinit(&stored);
    return error_trace(r);
}

typedef struct SessionRebuild {
    const SessionRow *session;
    StandingTable *table;
    uint8_t *invited, *visited;
    MonthHeld held; // of a closed month
} SessionRebuild;

// R7; of a session that holds still, what its rows say. `ret_org` is the home.
static Duty rebuild_duty(const SessionRebuild *s, int64_t member, int32_t *ret_org)
{
    bool held = s->held.duties && s->held.duties[member];

    *ret_org = held ? s->held.orgs[member] : s->table->standings[member].org;
    return held ? (Duty)(s->held.duties[member] - 1) : derive_duty(s->table, s->session, s->invited, member);
}

static int rebuild_member(Rebuild *b, SessionRebuild *s, int64_t member, PairFact *facts, size_t count)
{
    PairRow row = {.session = s->session->session,
                   .member = member,
                   .area = s->table->standings[member].area,
                   .facts = facts,
                   .fact_count = count};

    row.duty = rebuild_duty(s, member, &row.org);
    s->visited[member] = 1;
    return error_trace(rebuild_row(b, s->session, &row));
}

static int rebuild_facts(Rebuild *b, SessionRebuild *s)
{
    CLEANUP(cleanup_free) PairFact *facts = NULL;
    sqlite3_stmt *get = store_get(b->store, SQL_SCRATCH_OF_SESSION);
    int64_t member = 0;
    size_t count = 0;
    int r;

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, s->session->session);
    while ((r = db_step(&b->store->db, get)) > 0) {
        if (db_int(get, 0) != member && count) {
            r = rebuild_member(b, s, member, facts, count);
            count = 0;
        }
        member = db_int(get, 0);
        if (r >= 0)
            r = facts_decode(sqlite3_column_blob(get, 1), (size_t)sqlite3_column_bytes(get, 1), &facts,
                             &count);
        if (r < 0)
            break;
    }
    sqlite3_reset(get);
    if (r == 0 && count)
        r = rebuild_member(b, s, member, facts, count);
    return error_trace(r);
}

static int rebuild_obligations(Rebuild *b, SessionRebuild *s)
{
    int r = 0;

    for (int64_t m = 1; m < s->table->member_count && r == 0 && s->session->opened; m++) {
        int32_t org;
        bool due = s->held.duties ? s->held.duties[m] : rebuild_duty(s, m, &org) != DUTY_NONE;
        if (!s->visited[m] && due)
            r = rebuild_member(b, s, m, NULL, 0);
    }
    return error_trace(r);
}

// Rows that nothing accounts for.
static int rebuild_leftover(Rebuild *b, SessionRebuild *s, int32_t area)
{
    sqlite3_stmt *rows = store_get(b->store, SQL_ATTENDANCE_OF_SESSION);
    char detail[200], code[65];
    int r;

    if (!rows)
        return error_origin(-EIO);
    db_bind_int(rows, 1, key_make(area, s->session->session, 0));
    db_bind_int(rows, 2, key_make(area, s->session->session, KEY_ROW_MAX));
    while ((r = db_step(&b->store->db, rows)) > 0) {
        int64_t member = key_row(db_int(rows, 0));
        if (member < s->table->member_count && s->visited[member])
            continue;
        member_code(b->store, member, code);
        snprintf(detail, sizeof(detail), "session %s member %s: a row without reason", s->session->code,
                 code);
        rebuild_tell(b, "attendance", detail);
    }
    return error_trace(r);
}

static int rebuild_session(Rebuild *b, const SessionRow *session)
{
    SessionRebuild s = {.session = session};
    CLEANUP(cleanup_free) int32_t *areas = NULL;
    size_t area_count = 0;

    int r = standing_load(b->store, session->date, &s.table);
    if (r == 0)
        r = derive_invited(b->store, session, s.table->member_count, &s.invited);
    if (r == 0)
        r = month_held_load(b->store, session, s.table->member_count, &s.held);
    if (r == 0)
        r = area_numbers(b->store, &areas, &area_count);
    s.visited = r == 0 ? alloc_zero((size_t)s.table->member_count) : NULL;
    if (r == 0)
        r = rebuild_facts(b, &s);
    if (r == 0)
        r = rebuild_obligations(b, &s);
    for (size_t i = 0; i < area_count && r == 0 && !b->write; i++)
        r = rebuild_leftover(b, &s, areas[i]);
    if (r == 0 && !b->write)
        r = totals_compare_session(b->totals, session, rebuild_tell, b);
    free(s.invited);
    free(s.visited);
    month_held_deinit(&s.held);
    return error_trace(r);
}

static int coverage_compare(Rebuild *b)
{
    sqlite3_stmt *all = store_get(b->store, SQL_COVERAGE_ALL);
    char detail[160];
    int r;

    while ((r = db_step(&b->store->db, all)) > 0)
        totals_cover(b->totals, db_int(all, 0), -db_int(all, 1), -db_int(all, 2));
    for (size_t i = 0; i < b->totals->coverage_count && r == 0; i++) {
        const CoverageDifference *c = &b->totals->coverage[i];
        const PointInfo *point = point_info(b->store, key_row(c->place));
        if (!c->events && !c->seen)
            continue;
        snprintf(detail, sizeof(detail), "point %s: events should be %+lld, members seen %+lld",
                 point ? point->code : "-", (long long)c->events, (long long)c->seen);
        rebuild_tell(b, "coverage", detail);
    }
    return error_trace(r);
}

// Rows of small tables that no event accounts for.
static int strays_compare(Rebuild *b)
{
    const struct {
        const char *sql, *what, *text;
        int64_t wanted;
    } tables[] = {
        {"SELECT count(*) FROM parked", "parked", "events are marked as parked", b->parked},
        {"SELECT count(*) FROM closing", "coverage", "closes are noted", b->closings},
    };
    char detail[120];

    for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
        int64_t count = 0;
        int r = db_query_int64(&b->store->db, tables[i].sql, &count);
        if (r < 0)
            return error_trace(r);
        if (count == tables[i].wanted)
            continue;
        snprintf(detail, sizeof(detail), "%lld %s, from the events it is %lld", (long long)count,
                 tables[i].text, (long long)tables[i].wanted);
        rebuild_tell(b, tables[i].what, detail);
    }
    return 0;
}

static int rebuild_run(Rebuild *b)
{
    SessionList sessions = {0};
    int r =
        db_exec(&b->store->db,
                "CREATE TEMP TABLE IF NOT EXISTS scratch (session INTEGER NOT NULL, member INTEGER NOT NULL,"
                " stream INTEGER NOT NULL, seq INTEGER NOT NULL, fact BLOB NOT NULL,"
                " PRIMARY KEY (session, member, stream, seq)) WITHOUT ROWID; DELETE FROM temp.scratch");

    if (r == 0)
        r = month_held_collect(b->store);
    if (r == 0 && b->write)
        r = db_exec(&b->store->db,
                    "DELETE FROM attendance; DELETE FROM tally; DELETE FROM guest; DELETE FROM credit; "
                    "DELETE FROM month_sheet;"
                    "DELETE FROM coverage; DELETE FROM closing;"
                    "DELETE FROM parked WHERE NOT EXISTS (SELECT 1 FROM event WHERE place = " EVENT_PLACE(
                        "parked.key") ")");
    if (r == 0)
        r = recompute_voids(b->store, b->write, rebuild_tell, b);
    if (r == 0)
        r = rebuild_events(b);
    if (r == 0)
        r = query_sessions_between(b->store, INT64_MIN / 2, INT64_MAX / 2, &sessions);
    for (size_t i = 0; i < sessions.count && r == 0; i++)
        r = rebuild_session(b, &sessions.rows[i]);
    if (r == 0 && !b->write)
        r = coverage_compare(b);
    if (r == 0 && !b->write)
        r = strays_compare(b);
    if (r == 0 && !b->write)
        r = sheet_compare(b->store, rebuild_tell, b);
    if (r == 0)
        r = b->write ? totals_flush(b->totals) : totals_compare_credits(b->totals, rebuild_tell, b);
    session_list_deinit(&sessions);
    if (db_exec(&b->store->db, "DELETE FROM temp.scratch") < 0 && r == 0)
        r = error_origin(-EIO);
    return error_trace(r);
}

static int rebuild(Store *store, bool write, void (*found)(void *user, const VerifyFinding *finding),
                   void *user, VerifySummary *ret_summary)
{
    Rebuild b = {.store = store, .write = write, .found = found, .user = user, .totals = totals_new(store)};
    bool own = !store_in_transaction(store), cards = false;

    store_caches_drop(store);
    int r = own ? store_begin(store) : 0; // one snapshot for all
    if (r == 0)
        r = cards_exist(store, &cards);
    if (r == 0 && cards && !cards_have_key(store)) // whose their events are could not be said
        r = error_origin(-EACCES);
    if (r == 0)
        r = rebuild_run(&b);
    if (own)
        store_rollback(store);
    totals_free(b.totals);
    if (r < 0)
        return error_trace(r);
    *ret_summary = b.summary;
    return 0;
}

int recompute_diff(Store *store, Time now, void (*found)(void *user, const VerifyFinding *finding),
                   void *user, VerifySummary *ret_summary)
{
    (void)now; // sessions are open or not; the moment changes no figure
    return error_trace(rebuild(store, false, found, user, ret_summary));
}

static void quiet(void *user, const VerifyFinding *finding)
{
    (void)user;
    (void)finding;
}

int recompute_apply(Store *store, Time now, void (*found)(void *user, const VerifyFinding *finding),
                    void *user, VerifySummary *ret_summary)
{
    VerifySummary written;
    (void)now;

    int r = rebuild(store, false, found, user, ret_summary);
    if (r == 0 && ret_summary->findings)
        r = rebuild(store, true, quiet, NULL, &written);
    return error_trace(r);
}
