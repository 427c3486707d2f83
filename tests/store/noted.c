#include "tests/store/noted.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/store/audit.h"

char noted_path[128];

static void hear(void *user, const VerifyFinding *finding)
{
    Heard *heard = user;
    size_t used = strlen(heard->text);

    heard->count++;
    snprintf(heard->text + used, sizeof(heard->text) - used, "%s: %s\n", finding->what, finding->detail);
}

Heard noted_verify(Site *site)
{
    Heard heard = {0};
    VerifySummary summary;

    assert_int_equal(verify_store_heads(site->store, noted_path, hear, &heard, &summary), 0);
    assert_int_equal(summary.findings, heard.count);
    return heard;
}

void noted_assert_whole(Site *site)
{
    Heard heard = noted_verify(site);

    if (heard.count)
        print_message("# %s\n", heard.text);
    assert_int_equal(heard.count, 0);
}

void noted_assert_heard(Site *site, const char *said)
{
    Heard heard = noted_verify(site);

    if (!strstr(heard.text, said))
        print_message("# heard: %s", heard.text);
    assert_non_null(strstr(heard.text, said));
}

int noted_keep(Site *site, HeadsOutcome *ret_outcome, Text *words)
{
    int r = heads_keep(site->store, noted_path, true, site->now, "uid:0 test", ret_outcome, words);

    ledger_rollback(site->ledger);
    return r;
}

void noted_assert_kept(Site *site, HeadsOutcome expected)
{
    CLEANUP(cleanup_text) Text words = {0};
    HeadsOutcome outcome;

    assert_int_equal(noted_keep(site, &outcome, &words), 0);
    assert_int_equal(outcome, expected);
}

void noted_events(Site *site, const char *terminal, uint64_t from, uint64_t to)
{
    for (uint64_t seq = from; seq <= to; seq++) {
        char line[80];

        snprintf(line, sizeof(line), "in day m%d 2026-11-05T09:0%d:00+08:00", (int)(seq % 7) + 1,
                 (int)(seq % 10));
        site_event(site, terminal, seq, line);
    }
}

void noted_enter(Site *site, const char *subject)
{
    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(audit_add(site->store, site->now, "uid:1 a", "test", subject, "because", ""), 0);
    assert_int_equal(store_commit(site->store), 0);
}

void noted_note_at(Site *site, const char *time)
{
    site->now = site_time(time);
    assert_true(heads_are_behind(site->store));
    assert_int_equal(heads_note(site->store, site->now), 0);
    assert_false(heads_are_behind(site->store));
}

int noted_setup(void **state)
{
    site_setup(state);
    Site *site = *state;

    snprintf(noted_path, sizeof(noted_path), "%s/heads", site->folder);
    site_state_session(site, "day CITY 2026-11-05 09:00 90 90 -");
    noted_assert_kept(site, HEADS_BEGUN);
    noted_events(site, "t-a", 1, 4);
    noted_events(site, "t-b", 1, 2);
    noted_enter(site, "one");
    noted_note_at(site, "2026-11-05 09:10");
    noted_events(site, "t-a", 5, 7);
    noted_enter(site, "two");
    noted_note_at(site, "2026-11-05 09:20");
    return 0;
}

void noted_execute(const char *path, const char *sql)
{
    sqlite3 *other;
    char *error = NULL;

    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
    if (sqlite3_exec(other, sql, NULL, NULL, &error) != SQLITE_OK)
        fail_msg("%s", error);
    sqlite3_close(other);
}

static void copy(const char *from, const char *to)
{
    CLEANUP(cleanup_text) Text text = {0};

    assert_int_equal(file_read(from, 1 << 30, &text), 0);
    assert_int_equal(file_write_atomic(to, text.data, text.size, 0600, true), 0);
}

void noted_close(Site *site)
{
    site->ledger = ledger_free(site->ledger);
    site->store = store_close(site->store);
}

void noted_open(Site *site)
{
    assert_int_equal(store_open(site->path, STORE_WRITE, &site->store), 0);
    site->ledger = ledger_new(site->store);
}

// The database as it is now, without a WAL.
void noted_copy_database(Site *site, const char *to)
{
    noted_close(site);
    copy(site->path, to);
    noted_open(site);
    noted_assert_kept(site, HEADS_FIT);
}

// What is put back: the database as it was at `from`, and nothing beside it.
void noted_put_back(Site *site, const char *from)
{
    noted_close(site);
    copy(from, site->path);
    noted_open(site);
}
