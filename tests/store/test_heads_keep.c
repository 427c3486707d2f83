#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/store/audit.h"
#include "core/store/backup.h"
#include "core/store/sqlite/keeping/heads_file.h"
#include "tests/store/noted.h"

// What a writer does when it begins: the database is the one that was noted, or lacks something, or is
// another.

#define PLACE_OF(seq) "place IN (SELECT place FROM event_key WHERE key & 2147483647 = " seq ")"

static void a_record_that_was_cut_is_written_over(void **state)
{
    Site *site = *state;
    CLEANUP(cleanup_text) Text text = {0};

    noted_close(site);
    assert_int_equal(file_read(noted_path, 1 << 20, &text), 0);
    for (size_t cut = 1; cut < 100; cut += 23) {
        assert_int_equal(file_write_atomic(noted_path, text.data, text.size - cut, 0600, true), 0);
        noted_open(site);
        noted_assert_whole(site);
        noted_assert_kept(site, HEADS_FIT);
        noted_assert_whole(site);
        noted_close(site);
    }
    noted_open(site);
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
    noted_copy_database(site, path);
    noted_events(site, "t-a", 8, 12);
    noted_note_at(site, "2026-11-05 09:40");
    noted_put_back(site, path);
    assert_int_equal(noted_keep(site, &outcome, &words), 0);
    assert_int_equal(outcome, HEADS_RENEWED);
    assert_string_equal(text_cstr(&words),
                        "terminal t-a epoch " SITE_EPOCH
                        ": it lacks events up to 12, noted at 2026-11-05T01:40:00Z; 5 events in "
                        "all: generation 2 asks terminals for them");
    assert_int_equal(generation(site), 2);
    noted_assert_heard(site, "events 8 to 12 are gone"); // until they have come again
    noted_events(site, "t-a", 8, 12);
    noted_events(site, "t-a", 13, 13);
    noted_note_at(site, "2026-11-05 09:50");
    noted_assert_whole(site);
    site_reopen(site);
    noted_assert_kept(site, HEADS_FIT);
    assert_int_equal(generation(site), 2);
}

static void other_events_in_the_place_of_lost_ones_are_found(void **state)
{
    Site *site = *state;
    char path[160];

    snprintf(path, sizeof(path), "%s/copy.db", site->folder);
    noted_copy_database(site, path);
    noted_events(site, "t-a", 8, 12);
    noted_note_at(site, "2026-11-05 09:40");
    noted_put_back(site, path);
    noted_assert_kept(site, HEADS_RENEWED);
    site_event(site, "t-a", 8, "in day m2 2026-11-05T09:59:00+08:00");
    noted_events(site, "t-a", 9, 12);
    noted_assert_heard(site, "of events 8 to 12 not all are those that came, after ");
}

static void lost_work_of_the_office_stops_the_writer(void **state)
{
    Site *site = *state;
    CLEANUP(cleanup_text) Text words = {0};
    HeadsOutcome outcome;
    char path[160];

    snprintf(path, sizeof(path), "%s/copy.db", site->folder);
    noted_copy_database(site, path);
    noted_enter(site, "three");
    noted_note_at(site, "2026-11-05 09:40");
    noted_put_back(site, path);
    assert_int_equal(noted_keep(site, &outcome, &words), HEADS_E_LACKS);
    assert_string_equal(text_cstr(&words),
                        "audit log: it lacks entries up to 3, noted at 2026-11-05T01:40:00Z");
    assert_int_equal(generation(site), 1);
    noted_assert_heard(site, "entries 3 to 3 are gone"); // the heads have stayed
}

static void a_chain_that_differs_stops_the_writer(void **state)
{
    Site *site = *state;
    CLEANUP(cleanup_text) Text words = {0};
    HeadsOutcome outcome;

    noted_close(site);
    noted_execute(site->path, "UPDATE stream SET chain = zeroblob(32) WHERE through = 7");
    noted_open(site);
    assert_int_equal(noted_keep(site, &outcome, &words), HEADS_E_LACKS);
    assert_non_null(
        strstr(text_cstr(&words), "terminal t-a epoch " SITE_EPOCH ": its chain is not that of event 7"));
}

static void another_database_stops_the_writer(void **state)
{
    Site *site = *state;
    CLEANUP(cleanup_text) Text words = {0};
    HeadsOutcome outcome;

    noted_close(site);
    noted_execute(site->path, "UPDATE site SET store = '01JD3Z6Y8Q4N7W2K9T5B0C1D2F'");
    noted_open(site);
    assert_int_equal(noted_keep(site, &outcome, &words), HEADS_E_OTHER);
    assert_non_null(strstr(text_cstr(&words), "the database is 01JD3Z6Y8Q4N7W2K9T5B0C1D2F generation 1"));
}

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

    noted_close(site);
    assert_int_equal(unlink(noted_path), 0);
    noted_open(site);
    noted_assert_kept(site, HEADS_BEGUN);
    assert_int_equal(audit_entries(site, "heads-begin"), 1);
    noted_assert_whole(site);
}

static void a_file_that_is_something_else_is_not_written_over(void **state)
{
    Site *site = *state;
    CLEANUP(cleanup_text) Text words = {0}, after = {0};
    HeadsOutcome outcome;

    assert_int_equal(file_write_atomic(noted_path, "letter\n", 7, 0600, true), 0);
    site_reopen(site);
    assert_int_equal(noted_keep(site, &outcome, &words), -EBADMSG);
    assert_int_equal(file_read(noted_path, 100, &after), 0);
    assert_string_equal(text_cstr(&after), "letter\n");
}

static void a_file_removed_while_the_writer_goes_on_is_there_again(void **state)
{
    Site *site = *state;

    assert_int_equal(unlink(noted_path), 0);
    noted_events(site, "t-a", 8, 8);
    noted_note_at(site, "2026-11-05 09:30");
    noted_assert_whole(site);
    noted_execute(site->path,
                  "DELETE FROM event WHERE " PLACE_OF("8") ";"
                                                           "UPDATE stream SET through = 7 WHERE through = 8");
    noted_assert_heard(site, "event 8 is gone");
}

// --- a restore ---

static void restore(Site *site, const char *file, bool force)
{
    CLEANUP(cleanup_free) char *aside = NULL;
    const BackupWatch watch = {0};
    BackupResult result;

    assert_int_equal(restore_run(&(RestoreRequest){.file = file,
                                                   .database = site->path,
                                                   .heads = noted_path,
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
    noted_events(site, "t-a", 8, 12);
    noted_enter(site, "three");
    noted_note_at(site, "2026-11-05 09:40");
    noted_close(site);
    restore(site, path, true);
    noted_open(site);
    noted_assert_whole(site); // before the writer has begun
    noted_assert_kept(site, HEADS_RESTORED);
    noted_assert_whole(site);
    assert_int_equal(audit_entries(site, "restore"), 1);
    snprintf(path, sizeof(path), "%s.generation-1", noted_path);
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
    noted_events(site, "t-a", 8, 12);
    noted_note_at(site, "2026-11-05 09:40");
    noted_put_back(site, path);
    noted_assert_heard(site, "events 8 to 12 are gone");
}

static void a_restore_that_was_announced_and_not_done_changes_nothing(void **state)
{
    Site *site = *state;
    StoreIdentity identity;

    assert_int_equal(store_identity(site->store, &identity), 0);
    identity.generation++;
    noted_close(site);
    assert_int_equal(heads_announce(noted_path, &identity, false, site->now), 0);
    noted_open(site);
    noted_assert_whole(site);
    noted_assert_kept(site, HEADS_FIT);
    noted_assert_whole(site);
}

static void the_file_is_thinned_to_a_note_a_day(void **state)
{
    Site *site = *state;
    HeadsFile file;
    CLEANUP(cleanup_text) Text text = {0};

    noted_events(site, "t-a", 8, 9);
    noted_note_at(site, "2026-11-06 09:40");
    noted_events(site, "t-a", 10, 11);
    noted_note_at(site, "2026-11-06 09:50");
    noted_close(site);
    assert_int_equal(heads_file_read(noted_path, &file), 0);
    heads_file_write(&file, true, &text);
    heads_file_deinit(&file);
    assert_int_equal(file_write_atomic(noted_path, text.data, text.size, 0600, true), 0);
    assert_null(strstr(text.data, "\nhead 1 4 "));
    assert_non_null(strstr(text.data, "\nhead 1 7 "));
    assert_non_null(strstr(text.data, "\nhead 2 2 "));
    assert_null(strstr(text.data, "\nhead 1 9 "));
    assert_non_null(strstr(text.data, "\nhead 1 11 "));
    noted_open(site);
    noted_assert_whole(site);
    noted_assert_kept(site, HEADS_FIT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, noted_setup, site_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
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
