#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/store/site.h"
#include "tests/support/fault_vfs.h"

// A disk that fails at every place once: the Nth write, sync or truncate of a transaction fails, for each N
// until nothing is left to fail. After it, and after closing and opening again as C6 demands, a transaction
// is there as a whole or not at all, what was committed before is there, and verify and recompute find
// nothing.

#define BATCH 5
#define SWEEP_MAX 400 // a sweep that does not end by then is itself a failure

// What the step did last: how far the stream of t-a is known to be committed.
typedef struct Sweep {
    Site *site;
    uint64_t committed; // every transaction up to here returned 0
    uint64_t tried;     // the one that failed would have come to here
    int round;
} Sweep;

static int add_batch(Sweep *s)
{
    static const char *const lines[BATCH] = {
        "in day m1 2026-11-05T08:58:12+08:00", "in - card:card-m3 2026-11-05T08:50:00Z",
        "out day m1 2026-11-05T10:05:00.5+08:00", "in day nobody 2026-11-05T08:41:00+08:00",
        "close day - 2026-11-05T10:50:00+08:00 count=5"};
    StoreTerminal terminal;
    LedgerStream *stream;
    LedgerOutcome outcome;
    char reason[32];

    s->tried = s->committed + BATCH;
    int r = ledger_begin(s->site->ledger);
    if (r == 0)
        r = terminal_find(s->site->store, "t-a", &terminal);
    if (r == 0)
        r = ledger_stream(s->site->ledger, &terminal, SITE_EPOCH, &stream);
    for (uint64_t i = 0; i < BATCH && r == 0; i++) {
        CLEANUP(cleanup_text) Text canonical = {0};
        char copy[160];
        snprintf(copy, sizeof(copy), "%s", lines[i]);
        Event event = site_parse(copy);
        event_canonical(&event, s->committed + i + 1, &canonical);
        LedgerEvent added = {.seq = s->committed + i + 1,
                             .event = &event,
                             .canonical = canonical.data,
                             .canonical_size = canonical.size,
                             .plain = true,
                             .received_at = s->site->now};
        r = ledger_add(s->site->ledger, stream, &added, &outcome, reason);
    }
    if (r == 0)
        r = ledger_commit(s->site->ledger);
    if (r == 0)
        s->committed = s->tried;
    else
        ledger_rollback(s->site->ledger);
    return r;
}

static int state_roster(Sweep *s)
{
    char member[80], session[80];
    RosterSettled settled;

    snprintf(member, sizeof(member), "m1 %s 2026-11-%02d", s->round % 2 ? "BRANCH-A2" : "BRANCH-A1",
             1 + s->round % 5);
    snprintf(session, sizeof(session), "day CITY 2026-11-05 09:%02d 90 90 -", s->round % 30);
    int r = store_begin(s->site->store);
    if (r == 0)
        r = site_put_member(s->site, member, NULL);
    if (r == 0)
        r = site_put_session(s->site, session, NULL);
    if (r == 0)
        r = roster_settle(s->site->store, s->site->now, &settled);
    if (r == 0)
        r = store_commit(s->site->store);
    if (r != 0)
        store_rollback(s->site->store);
    return r;
}

static void reopen(Sweep *s)
{
    StoreTerminal terminal;
    LedgerStream *stream;
    uint64_t through = 0;

    assert_int_equal(store_open(s->site->path, STORE_WRITE, &s->site->store), 0);
    s->site->ledger = ledger_new(s->site->store);
    assert_int_equal(terminal_find(s->site->store, "t-a", &terminal), 0);
    if (ledger_stream_find(s->site->ledger, &terminal, SITE_EPOCH, &stream) == 0)
        through = ledger_stream_head(stream)->through;
    // All of it or nothing: a COMMIT that failed may have reached the disk all the same.
    assert_true(through == s->committed || through == s->tried);
    s->committed = through;
    site_assert_findings(s->site, 0);
}

static void sweep(Site *site, int first, int step, bool lasting, FaultKind kind)
{
    Sweep s = {.site = site};
    bool struck = true;
    StoreTerminal terminal;
    LedgerStream *stream;

    assert_int_equal(terminal_find(site->store, "t-a", &terminal), 0);
    if (ledger_stream_find(site->ledger, &terminal, SITE_EPOCH, &stream) == 0)
        s.committed = ledger_stream_head(stream)->through;
    for (s.round = first; struck; s.round += step) {
        assert_true(s.round < SWEEP_MAX);
        s.tried = s.committed;
        fault_vfs_arm(s.round, lasting, kind);
        int r = add_batch(&s);
        if (r == 0)
            r = state_roster(&s);
        if (r == 0)
            r = add_batch(&s);
        assert_true(r <= 0);
        ledger_free(site->ledger); // closing writes everything back: that may fail as well
        site->store = store_close(site->store);
        struck = fault_vfs_disarm();
        assert_true(r == 0 || struck);
        reopen(&s);
        assert_int_equal(add_batch(&s), 0); // it goes on
    }
    print_message("# up to operation %d\n", s.round - 2 * step);
    assert_true(s.round > 10); // the sweep swept something
}

static void begin_day(Site *site)
{
    assert_int_equal(store_begin(site->store), 0);
    site_session(site, "day", "CITY", "2026-11-05 09:00");
    site_settle(site);
}

static void c6_one_failed_operation_leaves_nothing_half_done(void **state)
{
    begin_day(*state);
    sweep(*state, 1, 1, false, FAULT_IO);
}

static void c6_a_disk_that_stays_broken_leaves_nothing_half_done(void **state)
{
    begin_day(*state);
    sweep(*state, 1, 3, true, FAULT_IO);
}

static void c6_a_full_disk_leaves_nothing_half_done(void **state)
{
    begin_day(*state);
    sweep(*state, 2, 3, true, FAULT_FULL);
}

static void c6_a_read_that_fails_leaves_nothing_half_done(void **state)
{
    begin_day(*state);
    sweep(*state, 1, 1, false, FAULT_READ);
}

static void c1_a_power_cut_takes_nothing_that_was_committed(void **state)
{
    begin_day(*state);
    sweep(*state, 1, 4, true, FAULT_POWER);
}

static int64_t count_rows(const char *path, const char *synchronous, int cut_at)
{
    sqlite3 *db;
    sqlite3_stmt *statement;
    char pragma[64];
    int64_t count = -1;

    unlink(path);
    snprintf(pragma, sizeof(pragma), "PRAGMA synchronous=%s", synchronous);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    sqlite3_exec(db, "PRAGMA journal_mode=WAL; CREATE TABLE t (n INTEGER) STRICT", NULL, NULL, NULL);
    sqlite3_exec(db, pragma, NULL, NULL, NULL);
    for (int i = 0; i < 20; i++)
        assert_int_equal(sqlite3_exec(db, "INSERT INTO t VALUES (1)", NULL, NULL, NULL), SQLITE_OK);
    fault_vfs_arm(cut_at, true, FAULT_POWER);
    sqlite3_exec(db, "INSERT INTO t VALUES (1)", NULL, NULL, NULL);
    sqlite3_close(db);
    assert_true(fault_vfs_disarm());
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_prepare_v2(db, "SELECT count(*) FROM t", -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        count = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return count;
}

// The sweep before would pass with a power that is never cut: without syncs, rows must be missing.
static void a_power_cut_takes_what_was_never_synced(void **state)
{
    Site *site = *state;
    char path[128];

    snprintf(path, sizeof(path), "%s/control.db", site->folder);
    assert_true(count_rows(path, "FULL", 1) >= 20);
    assert_true(count_rows(path, "OFF", 1) < 20);
}

// The events of t-a, whoever asks first after a start.
static uint64_t stored_through(Site *site)
{
    StoreTerminal terminal;
    LedgerStream *stream;

    assert_int_equal(terminal_find(site->store, "t-a", &terminal), 0);
    if (ledger_stream_find(site->ledger, &terminal, SITE_EPOCH, &stream) != 0)
        return 0;
    return ledger_stream_head(stream)->through;
}

static void close_site(Site *site)
{
    site->ledger = ledger_free(site->ledger);
    site->store = store_close(site->store);
}

static void open_site(Site *site)
{
    assert_int_equal(store_open(site->path, STORE_WRITE, &site->store), 0);
    site->ledger = ledger_new(site->store);
}

// Killed within the COMMIT, started again, and then the power fails.
static void c1_what_is_recovered_after_a_kill_outlives_a_power_cut(void **state)
{
    Site *site = *state;
    Sweep s = {.site = site};
    bool struck = true;
    int recovered = 0;

    begin_day(site);
    for (int nth = 1; struck; nth++) {
        assert_true(nth < SWEEP_MAX);
        s.committed = stored_through(site);
        fault_vfs_arm(nth, true, FAULT_IO);
        add_batch(&s);
        close_site(site);
        struck = fault_vfs_disarm(); // what was written stays, and is not synced
        open_site(site);
        uint64_t seen = stored_through(site);
        recovered += struck && seen == s.tried;
        fault_vfs_arm(1, true, FAULT_POWER);
        close_site(site);
        fault_vfs_disarm();
        open_site(site);
        assert_int_equal(stored_through(site), seen);
        site_assert_findings(site, 0);
    }
    assert_true(recovered > 0); // or nothing was shown
}

static void a_full_disk_is_told_as_such_and_the_probe_knows_when_it_is_well(void **state)
{
    Site *site = *state;

    fault_vfs_arm(1, true, FAULT_FULL);
    assert_int_equal(store_probe(site->store), -ENOSPC);
    assert_int_equal(store_probe(site->store), -ENOSPC);
    assert_true(fault_vfs_disarm());
    assert_int_equal(store_probe(site->store), 0);
}

static void a_database_that_could_not_be_made_leaves_no_file(void **state)
{
    Site *site = *state;
    char path[128];
    bool struck = true;

    snprintf(path, sizeof(path), "%s/another.db", site->folder);
    for (int nth = 1; struck; nth++) {
        assert_true(nth < SWEEP_MAX);
        fault_vfs_arm(nth, true, FAULT_FULL);
        int r = store_create(path);
        struck = fault_vfs_disarm();
        if (r < 0) {
            Store *store = NULL;
            assert_true(struck);
            assert_int_equal(store_open(path, STORE_READ, &store), STORE_E_MISSING);
        }
    }
}

static int fault_setup(void **state)
{
    fault_vfs_install();
    return site_setup(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fault_setup, site_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(c6_one_failed_operation_leaves_nothing_half_done),
        TEST(c6_a_disk_that_stays_broken_leaves_nothing_half_done),
        TEST(c6_a_full_disk_leaves_nothing_half_done),
        TEST(c6_a_read_that_fails_leaves_nothing_half_done),
        TEST(c1_a_power_cut_takes_nothing_that_was_committed),
        TEST(a_power_cut_takes_what_was_never_synced),
        TEST(c1_what_is_recovered_after_a_kill_outlives_a_power_cut),
        TEST(a_full_disk_is_told_as_such_and_the_probe_knows_when_it_is_well),
        TEST(a_database_that_could_not_be_made_leaves_no_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
