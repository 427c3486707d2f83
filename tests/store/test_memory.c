#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/store/site.h"

// Memory that runs out within SQLite, at each of its allocations: the process ends (core/store/sqlite/db.h),
// as with our own small ones. What a child process that died like this leaves behind is a database that
// opens, holds the transaction as a whole or not at all, and goes on. Nothing is said to be done that is not.

#define SWEEP_MAX 6000 // a sweep that does not end by then is itself a failure
#define SWEEP_STEP 13  // which allocations; those behind shift from run to run, so that all come round

static sqlite3_mem_methods plain;
static struct {
    int left; // 0: none fails
    bool struck;
} memory;

static bool memory_strike(void)
{
    if (memory.left == 0 || --memory.left > 0)
        return false;
    memory.struck = true;
    return true;
}

static void *memory_malloc(int size)
{
    return memory_strike() ? NULL : plain.xMalloc(size);
}

static void *memory_realloc(void *old, int size)
{
    return memory_strike() ? NULL : plain.xRealloc(old, size);
}

static int add(Site *site, uint64_t seq, const char *line)
{
    CLEANUP(cleanup_text) Text canonical = {0};
    char copy[160], reason[32];
    StoreTerminal terminal;
    LedgerStream *stream;
    LedgerOutcome outcome;

    snprintf(copy, sizeof(copy), "%s", line);
    Event event = site_parse(copy);
    event_canonical(&event, seq, &canonical);
    LedgerEvent added = {.seq = seq,
                         .event = &event,
                         .canonical = canonical.data,
                         .canonical_size = canonical.size,
                         .plain = true,
                         .received_at = site->now};
    int r = ledger_begin(site->ledger);
    if (r == 0)
        r = terminal_find(site->store, "t-a", &terminal);
    if (r == 0)
        r = ledger_stream(site->ledger, &terminal, SITE_EPOCH, &stream);
    if (r == 0)
        r = ledger_add(site->ledger, stream, &added, &outcome, reason);
    if (r == 0)
        r = ledger_commit(site->ledger);
    if (r != 0)
        ledger_rollback(site->ledger);
    return r;
}

static int transfer(Site *site, int round)
{
    RosterSettled settled;
    char member[80];

    snprintf(member, sizeof(member), "m4 %s 2026-11-01", round % 2 ? "BRANCH-A2" : "BRANCH-A1");
    int r = store_begin(site->store);
    if (r == 0)
        r = site_put_member(site, member, NULL);
    if (r == 0)
        r = roster_settle(site->store, site->now, &settled);
    if (r == 0)
        r = store_commit(site->store);
    if (r != 0)
        store_rollback(site->store);
    return r;
}

typedef enum Step { STEP_EVENT, STEP_TRANSFER, STEP_OPEN } Step;
typedef enum End { END_DONE, END_REFUSED, END_ABORTED } End;

// The child: opens the database and does one thing, with the `nth` allocation failing.
static _Noreturn void child(Site *site, Step step, uint64_t seq, int nth)
{
    int r, quiet = open("/dev/null", O_WRONLY | O_CLOEXEC);

    dup2(quiet, STDERR_FILENO);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0});
    signal(SIGABRT, SIG_DFL);
    if (step == STEP_OPEN)
        memory.left = nth;
    r = store_open(site->path, STORE_WRITE, &site->store);
    if (r == 0 && step != STEP_OPEN) {
        site->ledger = ledger_new(site->store);
        memory.left = nth;
        r = step == STEP_EVENT ? add(site, seq, "in day m1 2026-11-05T08:58:12+08:00")
                               : transfer(site, (int)seq);
    }
    _exit((memory.struck ? 2 : 0) + (r != 0 ? 1 : 0));
}

static End run(Site *site, Step step, uint64_t seq, int nth, bool *ret_struck)
{
    int status;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0)
        child(site, step, seq, nth);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (WIFSIGNALED(status)) {
        assert_int_equal(WTERMSIG(status), SIGABRT); // and not a wild pointer
        *ret_struck = true;
        return END_ABORTED;
    }
    *ret_struck = WEXITSTATUS(status) & 2;
    return WEXITSTATUS(status) & 1 ? END_REFUSED : END_DONE;
}

static uint64_t through(Site *site)
{
    StoreTerminal terminal;
    LedgerStream *stream;
    uint64_t found = 0;

    assert_int_equal(store_open(site->path, STORE_WRITE, &site->store), 0);
    site->ledger = ledger_new(site->store);
    assert_int_equal(terminal_find(site->store, "t-a", &terminal), 0);
    if (ledger_stream_find(site->ledger, &terminal, SITE_EPOCH, &stream) == 0)
        found = ledger_stream_head(stream)->through;
    return found;
}

static void close_site(Site *site)
{
    ledger_free(site->ledger);
    site->ledger = NULL;
    site->store = store_close(site->store);
}

static void sweep(Site *site, Step step, int stride)
{
    bool struck = true;
    int aborted = 0, nth = 1;
    uint64_t before = 0;

    close_site(site);
    for (; struck; nth += stride) {
        assert_true(nth < SWEEP_MAX);
        End end = run(site, step, before + 1, nth, &struck);
        uint64_t after = through(site);

        aborted += end == END_ABORTED;
        assert_true(end != END_DONE || step != STEP_EVENT || after == before + 1);
        assert_true(after == before || after == before + 1);
        if (end != END_DONE || nth % (10 * stride) == 1)
            site_assert_findings(site, 0);
        before = after;
        close_site(site);
    }
    print_message("# up to allocation %d, %d times the process ended\n", nth - stride, aborted);
    assert_true(aborted > 10);
    before = through(site);
    assert_int_equal(add(site, before + 1, "out day m1 2026-11-05T10:58:12+08:00"), 0);
    site_assert_findings(site, 0);
}

static void an_event_that_finds_no_memory_is_there_whole_or_not_at_all(void **state)
{
    sweep(*state, STEP_EVENT, SWEEP_STEP);
}

static void a_transfer_that_finds_no_memory_is_there_whole_or_not_at_all(void **state)
{
    sweep(*state, STEP_TRANSFER, 2 * SWEEP_STEP);
}

static void a_database_that_finds_no_memory_to_open_is_as_it_was(void **state)
{
    sweep(*state, STEP_OPEN, SWEEP_STEP);
}

static int memory_setup(void **state)
{
    int r = site_setup(state);
    Site *site = *state;

    assert_int_equal(store_begin(site->store), 0);
    site_session(site, "day", "CITY", "2026-11-05 09:00");
    site_settle(site);
    return r;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, memory_setup, site_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_event_that_finds_no_memory_is_there_whole_or_not_at_all),
        TEST(a_transfer_that_finds_no_memory_is_there_whole_or_not_at_all),
        TEST(a_database_that_finds_no_memory_to_open_is_as_it_was),
    };
    sqlite3_mem_methods failing;

    // Lookaside would answer most of the small requests without asking.
    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &plain) != SQLITE_OK)
        return 1;
    failing = plain;
    failing.xMalloc = memory_malloc;
    failing.xRealloc = memory_realloc;
    if (sqlite3_config(SQLITE_CONFIG_MALLOC, &failing) != SQLITE_OK ||
        sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0) != SQLITE_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
