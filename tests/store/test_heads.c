#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "tests/store/noted.h"

// What verify finds with the heads that were kept apart. Each test changes the files of a site as somebody
// with the right to write them could.

static void nothing_is_found_in_what_is_whole(void **state)
{
    noted_assert_whole(*state);
    site_assert_findings(*state, 0);
}

static void what_is_not_noted_yet_is_no_finding(void **state)
{
    noted_events(*state, "t-a", 8, 9);
    noted_events(*state, "t-b", 3, 3);
    noted_enter(*state, "three");
    noted_assert_whole(*state);
}

static void nothing_is_found_after_a_restart(void **state)
{
    Site *site = *state;

    noted_close(site);
    noted_open(site);
    noted_assert_kept(site, HEADS_FIT);
    noted_events(site, "t-a", 8, 8);
    noted_note_at(site, "2026-11-05 09:30");
    noted_assert_whole(site);
}

#define PLACE_OF(seq) "place IN (SELECT place FROM event_key WHERE key & 2147483647 = " seq ")"

static void a_changed_event_is_found_between_the_notes(void **state)
{
    Site *site = *state;

    noted_execute(site->path, "UPDATE event SET at = at + 60000000 WHERE " PLACE_OF("6"));
    noted_assert_heard(
        site, "chain: terminal t-a epoch " SITE_EPOCH
              ": the chain over events 1 to 7 differs from its head: of events 5 to 7 not all are those "
              "that came, after ");
    noted_assert_heard(site, "noted at 2026-11-05T09:20:00+08:00");
}

// Somebody who changes an event, and then all that follows from it, the head included.
static void a_changed_event_is_found_though_the_head_was_made_to_fit(void **state)
{
    Site *site = *state;
    char path[160];

    snprintf(path, sizeof(path), "%s/copy.db", site->folder);
    noted_copy_database(site, path);
    noted_execute(site->path,
                  "DELETE FROM event; DELETE FROM segment; DELETE FROM stream; DELETE FROM attendance;"
                  "DELETE FROM tally; DELETE FROM credit; DELETE FROM coverage; DELETE FROM guest");
    site_reopen(site);
    site_event(site, "t-a", 1, "in day m7 2026-11-05T09:00:00+08:00");
    noted_events(site, "t-a", 2, 7);
    noted_events(site, "t-b", 1, 2);
    noted_assert_heard(site, "terminal t-a epoch " SITE_EPOCH
                             ": of events 1 to 4 not all are those that came, noted at "
                             "2026-11-05T09:10:00+08:00");
}

static void a_stream_cut_off_with_all_that_follows_is_found(void **state)
{
    Site *site = *state;
    char path[160];

    snprintf(path, sizeof(path), "%s/copy.db", site->folder);
    noted_events(site, "t-b", 3, 9);
    noted_copy_database(site, path); // notes them when it closes
    noted_execute(site->path,
                  "DELETE FROM event WHERE " PLACE_OF("8") " OR " PLACE_OF(
                      "9") ";"
                           "UPDATE stream SET through = 7, chain = zeroblob(32) WHERE through = 9");
    noted_assert_heard(site, "terminal t-b epoch " SITE_EPOCH ": events 8 to 9 are gone, noted at ");
}

static void a_stream_that_is_gone_is_found(void **state)
{
    Site *site = *state;

    noted_execute(site->path,
                  "DELETE FROM event WHERE place IN (SELECT place FROM event_key WHERE key >> 31 & 16777215 "
                  "= (SELECT stream FROM stream WHERE through = 2));"
                  "DELETE FROM segment WHERE stream = (SELECT stream FROM stream WHERE through = 2);"
                  "DELETE FROM stream WHERE through = 2");
    noted_assert_heard(site, "chain: terminal t-b epoch " SITE_EPOCH
                             ": events 1 to 2 are gone, noted at 2026-11-05T09:10:00+08:00");
}

static void an_event_put_in_behind_the_head_is_found(void **state)
{
    Site *site = *state;

    noted_execute(
        site->path,
        "INSERT INTO event SELECT place + 1, form, session, member, point, at, received, body FROM event "
        "WHERE " PLACE_OF("7"));
    noted_assert_heard(site,
                       "terminal t-a epoch " SITE_EPOCH ": event 8 was put in behind the head at 7, after ");
}

#define NO_TRIGGERS "DROP TRIGGER audit_changed; DROP TRIGGER audit_deleted;"

static void the_end_of_the_audit_log_cut_off_is_found(void **state)
{
    Site *site = *state;

    noted_execute(site->path, NO_TRIGGERS "DELETE FROM audit WHERE id = (SELECT max(id) FROM audit)");
    noted_assert_heard(site, "audit: entries 2 to 2 are gone, noted at 2026-11-05T09:20:00+08:00");
}

static void an_audit_log_written_anew_is_found(void **state)
{
    Site *site = *state;

    noted_execute(site->path, NO_TRIGGERS "DELETE FROM audit");
    noted_enter(site, "another");
    noted_enter(site, "two");
    noted_assert_heard(site, "audit: entries up to 1 are not those noted at 2026-11-05T09:10:00+08:00");
}

static void an_older_copy_put_back_is_found(void **state)
{
    Site *site = *state;
    char path[160];

    snprintf(path, sizeof(path), "%s/copy.db", site->folder);
    noted_copy_database(site, path);
    noted_events(site, "t-a", 8, 12);
    noted_note_at(site, "2026-11-05 09:40");
    noted_put_back(site, path);
    noted_assert_heard(site, "terminal t-a epoch " SITE_EPOCH
                             ": events 8 to 12 are gone, noted at 2026-11-05T09:40:00+08:00");
}

static void a_missing_file_of_heads_is_found(void **state)
{
    assert_int_equal(unlink(noted_path), 0);
    noted_assert_heard(*state, "heads: there is no file of heads");
}

static void a_changed_file_of_heads_is_found(void **state)
{
    CLEANUP(cleanup_text) Text text = {0};

    assert_int_equal(file_read(noted_path, 1 << 20, &text), 0);
    char *head = strstr(text.data, "head 1 4 ");
    assert_non_null(head);
    head[7] = '3';
    assert_int_equal(file_write_atomic(noted_path, text.data, text.size, 0600, true), 0);
    noted_assert_heard(*state, "heads: the file of heads was changed");
}

static void the_heads_of_another_database_are_found(void **state)
{
    Site *site = *state;

    noted_execute(site->path, "UPDATE site SET store = '01JD3Z6Y8Q4N7W2K9T5B0C1D2F'");
    noted_assert_heard(site,
                       "heads: this is database 01JD3Z6Y8Q4N7W2K9T5B0C1D2F generation 1; the heads are of ");
}

static void a_generation_that_nobody_announced_is_found(void **state)
{
    Site *site = *state;

    noted_execute(site->path, "UPDATE site SET generation = 5");
    noted_assert_heard(site, " generation 5; the heads are of ");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, noted_setup, site_teardown)

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
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
