#include "core/store/heads.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/store/audit.h"
#include "core/store/backup.h"
#include "core/store/sqlite/keeping/heads_file.h"
#include "tests/store/site.h"

// Heads kept apart. Each test changes the files of a site behind its back, as somebody with the right to
// write them could, and says what verify must find, or what the writer must do when it begins.

typedef struct Heard {
    char text[2000];
    int64_t count;
} Heard;

static char heads_path[128];

static void hear(void *user, const VerifyFinding *finding)
{
    Heard *heard = user;
    size_t used = strlen(heard->text);

    heard->count++;
    snprintf(heard->text + used, sizeof(heard->text) - used, "%s: %s\n", finding->what, finding->detail);
}

static Heard verify(Site *site)
{
    Heard heard = {0};
    VerifySummary summary;

    assert_int_equal(verify_store_heads(site->store, heads_path, hear, &heard, &summary), 0);
    assert_int_equal(summary.findings, heard.count);
    return heard;
}

static void assert_whole(Site *site)
{
    Heard heard = verify(site);

    if (heard.count)
        print_message("# %s\n", heard.text);
    assert_int_equal(heard.count, 0);
}

static void assert_heard(Site *site, const char *said)
{
    Heard heard = verify(site);

    if (!strstr(heard.text, said))
        print_message("# heard: %s", heard.text);
    assert_non_null(strstr(heard.text, said));
}

static int keep(Site *site, HeadsOutcome *ret_outcome, Text *words)
{
    int r = heads_keep(site->store, heads_path, site->now, "uid:0 test", ret_outcome, words);

    ledger_rollback(site->ledger);
    return r;
}

static void assert_kept(Site *site, HeadsOutcome expected)
{
    CLEANUP(cleanup_text) Text words = {0};
    HeadsOutcome outcome;

    assert_int_equal(keep(site, &outcome, &words), 0);
    assert_int_equal(outcome, expected);
}

static void events(Site *site, const char *terminal, uint64_t from, uint64_t to)
{
    for (uint64_t seq = from; seq <= to; seq++) {
        char line[80];

        snprintf(line, sizeof(line), "in day m%d 2026-11-05T09:0%d:00+08:00", (int)(seq % 7) + 1,
                 (int)(seq % 10));
        site_event(site, terminal, seq, line);
    }
}

static void enter(Site *site, const char *subject)
{
    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(audit_add(site->store, site->now, "uid:1 a", "test", subject, "because", ""), 0);
    assert_int_equal(store_commit(site->store), 0);
}

static void note_at(Site *site, const char *time)
{
    site->now = site_time(time);
    assert_true(heads_are_behind(site->store));
    assert_int_equal(heads_note(site->store, site->now), 0);
    assert_false(heads_are_behind(site->store));
}

static int setup(void **state)
{
    site_setup(state);
    Site *site = *state;

    snprintf(heads_path, sizeof(heads_path), "%s/heads", site->folder);
    site_state_session(site, "day CITY 2026-11-05 09:00 90 90 -");
    assert_kept(site, HEADS_BEGUN);
    events(site, "t-a", 1, 4);
    events(site, "t-b", 1, 2);
    enter(site, "one");
    note_at(site, "2026-11-05 09:10");
    events(site, "t-a", 5, 7);
    enter(site, "two");
    note_at(site, "2026-11-05 09:20");
    return 0;
}

static void execute(const char *path, const char *sql)
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

// The database as it is now, without a WAL.
static void copy_database(Site *site, const char *to)
{
    close_site(site);
    copy(site->path, to);
    open_site(site);
    assert_kept(site, HEADS_FIT);
}

// What is put back: the database as it was at `from`, and nothing beside it.
static void put_back(Site *site, const char *from)
{
    close_site(site);
    copy(from, site->path);
    open_site(site);
}

static void nothing_is_found_in_what_is_whole(void **state)
{
    assert_whole(*state);
    site_assert_findings(*state, 0);
}

static void what_is_not_noted_yet_is_no_finding(void **state)
{
    events(*state, "t-a", 8, 9);
    events(*state, "t-b", 3, 3);
    enter(*state, "three");
    assert_whole(*state);
}

static void nothing_is_found_after_a_restart(void **state)
{
    Site *site = *state;

    close_site(site);
    open_site(site);
    assert_kept(site, HEADS_FIT);
    events(site, "t-a", 8, 8);
    note_at(site, "2026-11-05 09:30");
    assert_whole(site);
}

#define PLACE_OF(seq) "place IN (SELECT place FROM event_key WHERE key & 2147483647 = " seq ")"

static void a_changed_event_is_found_between_the_notes(void **state)
{
    Site *site = *state;

    execute(site->path, "UPDATE event SET at = at + 60000000 WHERE " PLACE_OF("6"));
    assert_heard(site,
                 "chain: terminal t-a epoch " SITE_EPOCH
                 ": the chain over events 1 to 7 differs from its head: of events 5 to 7 not all are those "
                 "that came, after ");
    assert_heard(site, "noted at 2026-11-05T09:20:00+08:00");
}

// Somebody who changes an event, and then all that follows from it, the head included.
static void a_changed_event_is_found_though_the_head_was_made_to_fit(void **state)
{
    Site *site = *state;
    char path[160];

    snprintf(path, sizeof(path), "%s/copy.db", site->folder);
    copy_database(site, path);
    execute(site->path, "DELETE FROM event; DELETE FROM segment; DELETE FROM stream; DELETE FROM attendance;"
                        "DELETE FROM tally; DELETE FROM credit; DELETE FROM coverage; DELETE FROM guest");
    site_reopen(site);
    site_event(site, "t-a", 1, "in day m7 2026-11-05T09:00:00+08:00");
    events(site, "t-a", 2, 7);
    events(site, "t-b", 1, 2);
    assert_heard(site,
                 "terminal t-a epoch " SITE_EPOCH ": of events 1 to 4 not all are those that came, noted at "
                 "2026-11-05T09:10:00+08:00");
}

static void a_stream_cut_off_with_all_that_follows_is_found(void **state)
{
    Site *site = *state;
    char path[160];

    snprintf(path, sizeof(path), "%s/copy.db", site->folder);
    events(site, "t-b", 3, 9);
    copy_database(site, path); // notes them when it closes
    execute(site->path, "DELETE FROM event WHERE " PLACE_OF("8") " OR " PLACE_OF(
                            "9") ";"
                                 "UPDATE stream SET through = 7, chain = zeroblob(32) WHERE through = 9");
    assert_heard(site, "terminal t-b epoch " SITE_EPOCH ": events 8 to 9 are gone, noted at ");
}

static void a_stream_that_is_gone_is_found(void **state)
{
    Site *site = *state;

    execute(site->path,
            "DELETE FROM event WHERE place IN (SELECT place FROM event_key WHERE key >> 31 & 16777215 "
            "= (SELECT stream FROM stream WHERE through = 2));"
            "DELETE FROM segment WHERE stream = (SELECT stream FROM stream WHERE through = 2);"
            "DELETE FROM stream WHERE through = 2");
    assert_heard(site, "chain: terminal t-b epoch " SITE_EPOCH
                       ": events 1 to 2 are gone, noted at 2026-11-05T09:10:00+08:00");
}

static void an_event_put_in_behind_the_head_is_found(void **state)
{
    Site *site = *state;

    execute(site->path,
            "INSERT INTO event SELECT place + 1, form, session, member, point, at, received, body FROM event "
            "WHERE " PLACE_OF("7"));
    assert_heard(site, "terminal t-a epoch " SITE_EPOCH ": event 8 was put in behind the head at 7, after ");
}

#define NO_TRIGGERS "DROP TRIGGER audit_changed; DROP TRIGGER audit_deleted;"

static void the_end_of_the_audit_log_cut_off_is_found(void **state)
{
    Site *site = *state;

    execute(site->path, NO_TRIGGERS "DELETE FROM audit WHERE id = (SELECT max(id) FROM audit)");
    assert_heard(site, "audit: entries 2 to 2 are gone, noted at 2026-11-05T09:20:00+08:00");
}

static void an_audit_log_written_anew_is_found(void **state)
{
    Site *site = *state;

    execute(site->path, NO_TRIGGERS "DELETE FROM audit");
    enter(site, "another");
    enter(site, "two");
    assert_heard(site, "audit: entries up to 1 are not those noted at 2026-11-05T09:10:00+08:00");
}

static void an_older_copy_put_back_is_found(void **state)
{
    Site *site = *state;
    char path[160];

    snprintf(path, sizeof(path), "%s/copy.db", site->folder);
    copy_database(site, path);
    events(site, "t-a", 8, 12);
    note_at(site, "2026-11-05 09:40");
    put_back(site, path);
    assert_heard(site, "terminal t-a epoch " SITE_EPOCH
                       ": events 8 to 12 are gone, noted at 2026-11-05T09:40:00+08:00");
}

static void a_missing_file_of_heads_is_found(void **state)
{
    assert_int_equal(unlink(heads_path), 0);
    assert_heard(*state, "heads: there is no file of heads");
}

static void a_changed_file_of_heads_is_found(void **state)
{
    CLEANUP(cleanup_text) Text text = {0};

    assert_int_equal(file_read(heads_path, 1 << 20, &text), 0);
    char *head = strstr(text.data, "head 1 4 ");
    assert_non_null(head);
    head[7] = '3';
    assert_int_equal(file_write_atomic(heads_path, text.data, text.size, 0600, true), 0);
    assert_heard(*state, "heads: the file of heads was changed");
}

static void the_heads_of_another_database_are_found(void **state)
{
    Site *site = *state;

    execute(site->path, "UPDATE site SET store = '01JD3Z6Y8Q4N7W2K9T5B0C1D2F'");
    assert_heard(site, "heads: this is database 01JD3Z6Y8Q4N7W2K9T5B0C1D2F generation 1; the heads are of ");
}

static void a_generation_that_nobody_announced_is_found(void **state)
{
    Site *site = *state;

    execute(site->path, "UPDATE site SET generation = 5");
    assert_heard(site, " generation 5; the heads are of ");
}

// --- the writer begins ---

static void a_record_that_was_cut_is_written_over(void **state)
{
    Site *site = *state;
    CLEANUP(cleanup_text) Text text = {0};

    close_site(site);
    assert_int_equal(file_read(heads_path, 1 << 20, &text), 0);
    for (size_t cut = 1; cut < 100; cut += 7) {
        assert_int_equal(file_write_atomic(heads_path, text.data, text.size - cut, 0600, true), 0);
        open_site(site);
        assert_whole(site);
        assert_kept(site, HEADS_FIT);
        assert_whole(site);
        close_site(site);
    }
    open_site(site);
}

static int64_t generation(Site *site)
{
    StoreIdentity identity;

    assert_int_equal(store_identity(site->store, &identity), 0);
    return identity.generation;
}

static void lost_events_of_terminals_are_asked_for_by_a_new_generation(void **state)
{
    Site *site = *state;
    CLEANUP(cleanup_text) Text words = {0};
    HeadsOutcome outcome;
    char path[160];

    snprintf(path, sizeof(path), "%s/copy.db", site->folder);
    copy_database(site, path);
    events(site, "t-a", 8, 12);
    note_at(site, "2026-11-05 09:40");
    put_back(site, path);
    assert_int_equal(keep(site, &outcome, &words), 0);
    assert_int_equal(outcome, HEADS_RENEWED);
    assert_string_equal(text_cstr(&words),
                        "terminal t-a epoch " SITE_EPOCH
                        ": it lacks events up to 12, noted at 2026-11-05T01:40:00Z; 5 events in "
                        "all: generation 2 asks terminals for them");
    assert_int_equal(generation(site), 2);
    assert_heard(site, "events 8 to 12 are gone"); // until they have come again
    events(site, "t-a", 8, 12);
    events(site, "t-a", 13, 13);
    note_at(site, "2026-11-05 09:50");
    assert_whole(site);
    site_reopen(site);
    assert_kept(site, HEADS_FIT);
    assert_int_equal(generation(site), 2);
}

static void other_events_in_the_place_of_lost_ones_are_found(void **state)
{
    Site *site = *state;
    char path[160];

    snprintf(path, sizeof(path), "%s/copy.db", site->folder);
    copy_database(site, path);
    events(site, "t-a", 8, 12);
    note_at(site, "2026-11-05 09:40");
    put_back(site, path);
    assert_kept(site, HEADS_RENEWED);
    site_event(site, "t-a", 8, "in day m2 2026-11-05T09:59:00+08:00");
    events(site, "t-a", 9, 12);
    assert_heard(site, "of events 8 to 12 not all are those that came, after ");
}

static void lost_work_of_the_office_stops_the_writer(void **state)
{
    Site *site = *state;
    CLEANUP(cleanup_text) Text words = {0};
    HeadsOutcome outcome;
    char path[160];

    snprintf(path, sizeof(path), "%s/copy.db", site->folder);
    copy_database(site, path);
    enter(site, "three");
    note_at(site, "2026-11-05 09:40");
    put_back(site, path);
    assert_int_equal(keep(site, &outcome, &words), HEADS_E_LACKS);
    assert_string_equal(text_cstr(&words),
                        "audit log: it lacks entries up to 3, noted at 2026-11-05T01:40:00Z");
    assert_int_equal(generation(site), 1);
    assert_heard(site, "entries 3 to 3 are gone"); // the heads have stayed
}

static void a_chain_that_differs_stops_the_writer(void **state)
{
    Site *site = *state;
    CLEANUP(cleanup_text) Text words = {0};
    HeadsOutcome outcome;

    close_site(site);
    execute(site->path, "UPDATE stream SET chain = zeroblob(32) WHERE through = 7");
    open_site(site);
    assert_int_equal(keep(site, &outcome, &words), HEADS_E_LACKS);
    assert_non_null(
        strstr(text_cstr(&words), "terminal t-a epoch " SITE_EPOCH ": its chain is not that of event 7"));
}

static void another_database_stops_the_writer(void **state)
{
    Site *site = *state;
    CLEANUP(cleanup_text) Text words = {0};
    HeadsOutcome outcome;

    close_site(site);
    execute(site->path, "UPDATE site SET store = '01JD3Z6Y8Q4N7W2K9T5B0C1D2F'");
    open_site(site);
    assert_int_equal(keep(site, &outcome, &words), HEADS_E_OTHER);
    assert_non_null(strstr(text_cstr(&words), "the database is 01JD3Z6Y8Q4N7W2K9T5B0C1D2F generation 1"));
}

static int64_t audit_entries(Site *site, const char *action);

static int count_entry(void *user, const AuditRow *row)
{
    (void)row;
    ++*(int64_t *)user;
    return 0;
}

static int64_t audit_entries(Site *site, const char *action)
{
    int64_t count = 0;

    assert_int_equal(audit_each(site->store, &(AuditFilter){TIME_NONE, TIME_NONE, NULL, action, NULL},
                                count_entry, &count),
                     0);
    return count;
}

static void a_file_that_was_taken_away_is_begun_anew_and_recorded(void **state)
{
    Site *site = *state;

    close_site(site);
    assert_int_equal(unlink(heads_path), 0);
    open_site(site);
    assert_kept(site, HEADS_BEGUN);
    assert_int_equal(audit_entries(site, "heads-begin"), 1);
    assert_whole(site);
}

static void a_file_that_is_something_else_is_not_written_over(void **state)
{
    Site *site = *state;
    CLEANUP(cleanup_text) Text words = {0}, after = {0};
    HeadsOutcome outcome;

    assert_int_equal(file_write_atomic(heads_path, "letter\n", 7, 0600, true), 0);
    site_reopen(site);
    assert_int_equal(keep(site, &outcome, &words), -EBADMSG);
    assert_int_equal(file_read(heads_path, 100, &after), 0);
    assert_string_equal(text_cstr(&after), "letter\n");
}

static void a_file_removed_while_the_writer_goes_on_is_there_again(void **state)
{
    Site *site = *state;

    assert_int_equal(unlink(heads_path), 0);
    events(site, "t-a", 8, 8);
    note_at(site, "2026-11-05 09:30");
    assert_whole(site);
    execute(site->path,
            "DELETE FROM event WHERE " PLACE_OF("8") ";"
                                                     "UPDATE stream SET through = 7 WHERE through = 8");
    assert_heard(site, "event 8 is gone");
}

// --- a restore ---

static void restore(Site *site, const char *file, bool force)
{
    CLEANUP(cleanup_free) char *aside = NULL;
    const BackupWatch watch = {0};
    BackupResult result;

    assert_int_equal(restore_run(&(RestoreRequest){.file = file,
                                                   .database = site->path,
                                                   .heads = heads_path,
                                                   .force = force,
                                                   .now = site->now,
                                                   .actor = "uid:0 test"},
                                 &watch, &result, &aside),
                     0);
}

static void a_restored_backup_is_no_finding_and_recorded(void **state)
{
    Site *site = *state;
    const BackupWatch watch = {0};
    BackupResult result;
    char path[160];

    snprintf(path, sizeof(path), "%s/backup.db", site->folder);
    assert_int_equal(backup_make(site->store, path, &watch, &result), 0);
    events(site, "t-a", 8, 12);
    enter(site, "three");
    note_at(site, "2026-11-05 09:40");
    close_site(site);
    restore(site, path, true);
    open_site(site);
    assert_whole(site); // before the writer has begun
    assert_kept(site, HEADS_RESTORED);
    assert_whole(site);
    assert_int_equal(audit_entries(site, "restore"), 1);
    snprintf(path, sizeof(path), "%s.generation-1", heads_path);
    assert_int_equal(access(path, F_OK), 0); // what was noted of the one before stays to be asked
}

static void a_backup_copied_into_the_place_by_hand_is_a_finding(void **state)
{
    Site *site = *state;
    const BackupWatch watch = {0};
    BackupResult result;
    char path[160];

    snprintf(path, sizeof(path), "%s/backup.db", site->folder);
    assert_int_equal(backup_make(site->store, path, &watch, &result), 0);
    events(site, "t-a", 8, 12);
    note_at(site, "2026-11-05 09:40");
    put_back(site, path);
    assert_heard(site, "events 8 to 12 are gone");
}

static void a_restore_that_was_announced_and_not_done_changes_nothing(void **state)
{
    Site *site = *state;
    StoreIdentity identity;

    assert_int_equal(store_identity(site->store, &identity), 0);
    identity.generation++;
    close_site(site);
    assert_int_equal(heads_announce(heads_path, &identity, false, site->now), 0);
    open_site(site);
    assert_whole(site);
    assert_kept(site, HEADS_FIT);
    assert_whole(site);
}

static void the_file_is_thinned_to_a_note_a_day(void **state)
{
    Site *site = *state;
    HeadsFile file;
    CLEANUP(cleanup_text) Text text = {0};

    events(site, "t-a", 8, 9);
    note_at(site, "2026-11-06 09:40");
    events(site, "t-a", 10, 11);
    note_at(site, "2026-11-06 09:50");
    close_site(site);
    assert_int_equal(heads_file_read(heads_path, &file), 0);
    heads_file_write(&file, true, &text);
    heads_file_deinit(&file);
    assert_int_equal(file_write_atomic(heads_path, text.data, text.size, 0600, true), 0);
    assert_null(strstr(text.data, "\nhead 1 4 "));
    assert_non_null(strstr(text.data, "\nhead 1 7 "));
    assert_non_null(strstr(text.data, "\nhead 2 2 "));
    assert_null(strstr(text.data, "\nhead 1 9 "));
    assert_non_null(strstr(text.data, "\nhead 1 11 "));
    open_site(site);
    assert_whole(site);
    assert_kept(site, HEADS_FIT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, site_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_found_in_what_is_whole),
        TEST(what_is_not_noted_yet_is_no_finding),
        TEST(nothing_is_found_after_a_restart),
        TEST(a_changed_event_is_found_between_the_notes),
        TEST(a_changed_event_is_found_though_the_head_was_made_to_fit),
        TEST(a_stream_cut_off_with_all_that_follows_is_found),
        TEST(a_stream_that_is_gone_is_found),
        TEST(an_event_put_in_behind_the_head_is_found),
        TEST(the_end_of_the_audit_log_cut_off_is_found),
        TEST(an_audit_log_written_anew_is_found),
        TEST(an_older_copy_put_back_is_found),
        TEST(a_missing_file_of_heads_is_found),
        TEST(a_changed_file_of_heads_is_found),
        TEST(the_heads_of_another_database_are_found),
        TEST(a_generation_that_nobody_announced_is_found),
        TEST(a_record_that_was_cut_is_written_over),
        TEST(lost_events_of_terminals_are_asked_for_by_a_new_generation),
        TEST(other_events_in_the_place_of_lost_ones_are_found),
        TEST(lost_work_of_the_office_stops_the_writer),
        TEST(a_chain_that_differs_stops_the_writer),
        TEST(another_database_stops_the_writer),
        TEST(a_file_that_was_taken_away_is_begun_anew_and_recorded),
        TEST(a_file_that_is_something_else_is_not_written_over),
        TEST(a_file_removed_while_the_writer_goes_on_is_there_again),
        TEST(a_restored_backup_is_no_finding_and_recorded),
        TEST(a_backup_copied_into_the_place_by_hand_is_a_finding),
        TEST(a_restore_that_was_announced_and_not_done_changes_nothing),
        TEST(the_file_is_thinned_to_a_note_a_day),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
