#include "tests/store/site.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

// Somebody changes the database behind our back, through a connection of his own: each kind of change is
// found, and what follows from the events is put right again by recompute_apply.

static void history(Site *site)
{
    site_state_session(site, "day CITY 2026-11-05 09:00 90 90 -");
    site_event(site, "t-a", 1, "in day m1 2026-11-05T09:00:00+08:00");
    site_event(site, "t-a", 2, "in day m6 2026-11-05T09:00:00+08:00");
    site_event(site, "t-a", 3, "in - card:card-m2 2026-11-05T09:00:00+08:00");
    site_event(site, "t-a", 4, "in day m3 2026-11-05T09:00:00+08:00");
    site_event(site, "t-a", 5, "void - - 2026-11-05T09:00:00+08:00 of=4");
    site_event(site, "t-a", 6, "in day nobody 2026-11-05T09:00:00+08:00");
    site_event(site, "t-a", 7, "close day - 2026-11-05T10:40:00+08:00 count=4");
    site_event(site, "t-b", 1, "close day - 2026-11-05T10:40:00+08:00 count=0");
    site_void(site, "t-a", SITE_EPOCH, 3);
    site_office(site, true, "in day m7 2026-11-05T09:00:00+08:00");
    site_credit(site, 2);
    site_assert_findings(site, 0);
}

static void tamper(Site *site, const char *sql)
{
    sqlite3 *other;
    char *error = NULL;

    assert_int_equal(sqlite3_open(site->path, &other), SQLITE_OK);
    int result = sqlite3_exec(other, sql, NULL, NULL, &error);
    if (result != SQLITE_OK)
        print_message("# %s\n", error);
    assert_int_equal(result, SQLITE_OK);
    assert_true(sqlite3_changes(other) > 0);
    sqlite3_close(other);
}

typedef struct Heard {
    char text[2000];
    int64_t count;
} Heard;

static void hear(void *user, const VerifyFinding *finding)
{
    Heard *heard = user;

    heard->count++;
    strncat(heard->text, finding->what, sizeof(heard->text) - strlen(heard->text) - 1);
    strncat(heard->text, ": ", sizeof(heard->text) - strlen(heard->text) - 1);
    strncat(heard->text, finding->detail, sizeof(heard->text) - strlen(heard->text) - 1);
    strncat(heard->text, "\n", sizeof(heard->text) - strlen(heard->text) - 1);
}

static void heard_print(const Heard *heard)
{
    char copy[sizeof(heard->text)], *save = NULL;

    memcpy(copy, heard->text, sizeof(copy));
    for (char *line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
        print_message("# %s\n", line);
}

static void check(Site *site, Heard *verified, Heard *recomputed)
{
    VerifySummary summary;

    *verified = *recomputed = (Heard){0};
    assert_int_equal(verify_store(site->store, hear, verified, &summary), 0);
    assert_int_equal(summary.findings, verified->count);
    assert_int_equal(recompute_diff(site->store, site->now, hear, recomputed, &summary), 0);
    assert_int_equal(summary.findings, recomputed->count);
}

// A change that verify must find, with this in what it says.
static void expect_verified(Site *site, const char *sql, const char *said)
{
    Heard verified, recomputed;

    history(site);
    tamper(site, sql);
    check(site, &verified, &recomputed);
    heard_print(&verified);
    assert_non_null(strstr(verified.text, said));
}

// A change of what follows from the events: recompute finds it, writes it anew, and then all is well.
static void expect_repaired(Site *site, const char *sql, const char *said)
{
    Heard verified, recomputed, told = {0};
    CLEANUP(cleanup_text) Text before = {0}, after = {0};
    VerifySummary summary;

    history(site);
    site_sum_up(site, &before);
    tamper(site, sql);
    check(site, &verified, &recomputed);
    heard_print(&recomputed);
    assert_non_null(strstr(recomputed.text, said));
    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(recompute_apply(site->store, site->now, hear, &told, &summary), 0);
    assert_int_equal(store_commit(site->store), 0);
    assert_string_equal(told.text, recomputed.text);
    site_assert_findings(site, 0);
    site_sum_up(site, &after);
    assert_string_equal(text_cstr(&after), text_cstr(&before));
}

// Where the event with this sequence number stands.
#define PLACE_OF(seq) "place IN (SELECT place FROM event_key WHERE (key & 2147483647) = " seq ")"

static void a_changed_body_is_found(void **state)
{
    expect_verified(*state,
                    "UPDATE event SET body = CAST(replace(CAST(body AS TEXT), 'nobody', 'nobodx') AS BLOB) "
                    "WHERE " PLACE_OF("6"),
                    "terminal t-a epoch " SITE_EPOCH ": the chain over events 1 to 7 differs from its head");
}

static void a_changed_column_is_found(void **state)
{
    expect_verified(*state, "UPDATE event SET at = at + 60000000 WHERE " PLACE_OF("2"),
                    "chain: terminal t-a");
}

static void a_removed_event_is_found(void **state)
{
    expect_verified(*state, "DELETE FROM event WHERE " PLACE_OF("2"),
                    "event 2 is missing or unreadable (head at 7)");
}

static void the_last_event_removed_is_found(void **state)
{
    expect_verified(*state, "DELETE FROM event WHERE " PLACE_OF("7"),
                    "event 7 is missing or unreadable (head at 7)");
}

static void two_events_swapped_are_found(void **state)
{
    expect_verified(*state,
                    "UPDATE event SET place = -1 WHERE place = (1 << 55 | 1);"
                    "UPDATE event SET place = place - 1 WHERE place = (1 << 55 | 2);"
                    "UPDATE event SET place = (1 << 55 | 2) WHERE place = -1",
                    "the chain over events 1 to 7 differs from its head");
}

static void a_segment_taken_out_is_found(void **state)
{
    expect_verified(*state,
                    "DELETE FROM segment WHERE stream = (SELECT stream FROM stream WHERE through = 7)",
                    "event 1 is missing or unreadable (head at 7)");
}

static void a_segment_of_another_stream_is_found(void **state)
{
    expect_verified(
        *state, "UPDATE segment SET block = 1 WHERE stream = (SELECT stream FROM stream WHERE through = 7)",
        "event 1 is missing or unreadable (head at 7)");
}

static void an_event_outside_every_segment_is_found(void **state)
{
    expect_verified(*state,
                    "INSERT INTO event SELECT place + 1048576, form, session, member, point, at, received, "
                    "body FROM event LIMIT 1",
                    "11 events are stored, 10 of them in a stream");
}

static void a_changed_chain_head_is_found(void **state)
{
    expect_verified(*state, "UPDATE stream SET chain = zeroblob(32) WHERE through = 7",
                    "differs from its head");
}

static void a_head_set_back_is_found(void **state)
{
    expect_verified(*state, "UPDATE stream SET through = 6 WHERE through = 7", "differs from its head");
}

static void a_stream_taken_out_is_found(void **state)
{
    expect_verified(*state, "DELETE FROM stream WHERE through = 7",
                    "10 events are stored, 3 of them in a stream");
}

static void a_changed_tally_is_found_and_repaired(void **state)
{
    expect_repaired(*state, "UPDATE tally SET present = present + 1", "present should be -1");
}

static void a_changed_credit_is_found_and_repaired(void **state)
{
    expect_repaired(*state, "UPDATE credit SET m11 = m11 + 10 WHERE m11 = 90",
                    "credited minutes should be -10");
}

static void a_credit_taken_out_is_found_and_repaired(void **state)
{
    expect_repaired(*state, "DELETE FROM credit", "credited minutes should be +90");
}

static void a_changed_mark_of_credit_is_found_and_repaired(void **state)
{
    expect_repaired(*state, "UPDATE session SET credited = 0", "credited minutes should be -90");
}

static void a_changed_guest_count_is_found_and_repaired(void **state)
{
    expect_repaired(*state, "UPDATE guest SET count = 5", "guests of TOWN-A from BRANCH-B1 should be -4");
}

static void a_changed_coverage_is_found_and_repaired(void **state)
{
    expect_repaired(*state, "UPDATE coverage SET events = 0", "coverage: point P-B: events should be +1");
}

static void a_close_taken_out_is_found_and_repaired(void **state)
{
    expect_repaired(*state, "DELETE FROM closing", "its close is not noted");
}

static void a_close_that_nobody_stated_is_found_and_repaired(void **state)
{
    expect_repaired(*state, "INSERT INTO closing SELECT place, event + 100, count FROM closing LIMIT 1",
                    "3 closes are noted, from the events it is 2");
}

static void a_removed_attendance_row_is_found_and_repaired(void **state)
{
    expect_repaired(*state, "DELETE FROM attendance WHERE (key & 268435455) = 1",
                    "session day member m1: no row");
}

static void changed_facts_are_found_and_repaired(void **state)
{
    expect_repaired(*state, "UPDATE attendance SET facts = NULL WHERE (key & 268435455) = 1",
                    "session day member m1: none, from the events it is present with 90 min");
}

static void a_changed_duty_is_found_and_repaired(void **state)
{
    expect_repaired(*state, "UPDATE attendance SET duty = 0 WHERE (key & 268435455) = 5",
                    "session day member m5");
}

static void a_row_that_nothing_accounts_for_is_found_and_repaired(void **state)
{
    expect_repaired(
        *state,
        "INSERT INTO attendance SELECT key + 20, org, duty, NULL FROM attendance WHERE (key & 268435455) = 1",
        "a row without reason");
}

static void a_void_taken_out_is_found_and_repaired(void **state)
{
    expect_repaired(*state, "DELETE FROM voided", "void: stream");
}

static void a_void_that_nobody_stated_is_found_and_repaired(void **state)
{
    expect_repaired(*state,
                    "INSERT INTO voided SELECT key, 1, 1 FROM event_key WHERE (key & 2147483647) = 1 LIMIT 1",
                    "void without a statement");
}

static void a_parked_mark_taken_out_is_found_and_repaired(void **state)
{
    expect_repaired(*state, "DELETE FROM parked", "parked where it should count, or the reverse");
}

static void an_event_hung_on_another_member_is_found_and_repaired(void **state)
{
    expect_repaired(*state, "UPDATE event SET member = 5 WHERE " PLACE_OF("3"),
                    "it belongs to another session or member");
}

static void a_damaged_facts_blob_is_an_error_not_a_crash(void **state)
{
    Site *site = *state;
    Heard heard = {0};
    VerifySummary summary;

    history(site);
    tamper(site, "UPDATE attendance SET facts = x'ffffff' WHERE (key & 268435455) = 1");
    assert_int_equal(verify_store(site->store, hear, &heard, &summary), -EUCLEAN);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, site_setup, site_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_changed_body_is_found),
        TEST(a_changed_column_is_found),
        TEST(a_removed_event_is_found),
        TEST(the_last_event_removed_is_found),
        TEST(two_events_swapped_are_found),
        TEST(a_segment_taken_out_is_found),
        TEST(a_segment_of_another_stream_is_found),
        TEST(an_event_outside_every_segment_is_found),
        TEST(a_changed_chain_head_is_found),
        TEST(a_head_set_back_is_found),
        TEST(a_stream_taken_out_is_found),
        TEST(a_changed_tally_is_found_and_repaired),
        TEST(a_changed_credit_is_found_and_repaired),
        TEST(a_credit_taken_out_is_found_and_repaired),
        TEST(a_changed_mark_of_credit_is_found_and_repaired),
        TEST(a_changed_guest_count_is_found_and_repaired),
        TEST(a_changed_coverage_is_found_and_repaired),
        TEST(a_close_taken_out_is_found_and_repaired),
        TEST(a_close_that_nobody_stated_is_found_and_repaired),
        TEST(a_removed_attendance_row_is_found_and_repaired),
        TEST(changed_facts_are_found_and_repaired),
        TEST(a_changed_duty_is_found_and_repaired),
        TEST(a_row_that_nothing_accounts_for_is_found_and_repaired),
        TEST(a_void_taken_out_is_found_and_repaired),
        TEST(a_void_that_nobody_stated_is_found_and_repaired),
        TEST(a_parked_mark_taken_out_is_found_and_repaired),
        TEST(an_event_hung_on_another_member_is_found_and_repaired),
        TEST(a_damaged_facts_blob_is_an_error_not_a_crash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
