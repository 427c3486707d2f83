// Terminals over a real database: when they were last heard of, missing numbers, doubtful clocks, quarantine.
#include "tests/reports/lists.h"

#include "core/base/digest.h"
#include "reports/report_terminals.h"

#define KEYS \
    "org point terminal state flags last_event missing waiting clock_ahead_seconds clock_unset quarantined"

static void a_terminal_that_never_sent_says_so(void **state)
{
    Site *site = *state;
    Report *report = lists_report(site, report_terminals, (ListAsk){0});

    assert_int_equal(report->row_count, 2);
    assert_string_equal(lists_row(report, 0, KEYS), "TOWN-A P-A t-a registered never no-key - 0 0 - - 0");
    assert_string_equal(lists_head(report, "never"), "2");
    report_free(report);
}

static void missing_numbers_and_what_waits_behind_them_are_counted(void **state)
{
    Site *site = *state;

    site_state_session(site, "day CITY 2026-11-30 09:00 90 90 -");
    site_event(site, "t-a", 1, "in day m1 2026-11-30T09:00:00+08:00");
    site_event(site, "t-a", 4, "in day m2 2026-11-30T09:00:00+08:00");
    site_event(site, "t-a", 6, "in day m3 2026-11-30T09:00:00+08:00");
    Report *report = lists_report(site, report_terminals, (ListAsk){.org = "TOWN-A"});
    assert_int_equal(report->row_count, 1);
    assert_string_equal(lists_row(report, 0, KEYS),
                        "TOWN-A P-A t-a registered gap no-key 2026-11-30 12:00 3 2 0 0 0");
    assert_string_equal(lists_head(report, "gaps"), "1");
    report_free(report);
}

static void a_clock_that_is_ahead_or_unset_shows(void **state)
{
    Site *site = *state;

    site_state_session(site, "day CITY 2026-11-30 09:00 90 90 -");
    site_event(site, "t-a", 1, "in day m1 2026-11-30T12:01:31+08:00"); // received after 12:00:00
    site_event(site, "t-a", 2, "in day m2 2026-11-30T09:00:00+08:00 clock=unset");
    Report *report = lists_report(site, report_terminals, (ListAsk){.org = "TOWN-A"});
    assert_string_equal(lists_row(report, 0, "flags clock_ahead_seconds clock_unset"), "clock no-key 90 1");
    report_free(report);
}

static void quarantine_is_told_by_terminal_and_elsewhere(void **state)
{
    Site *site = *state;

    assert_int_equal(ledger_begin(site->ledger), 0);
    assert_int_equal(
        ledger_quarantine(site->ledger, "studyday/1/a/t-b/event", "t-b", "bad-mac", "", "{}", 2, site->now),
        0);
    assert_int_equal(ledger_quarantine(site->ledger, "studyday/1/a/x/event", "x", "unknown-terminal", "",
                                       "{}", 2, site->now),
                     0);
    assert_int_equal(ledger_commit(site->ledger), 0);
    Report *report = lists_report(site, report_terminals, (ListAsk){0});
    assert_string_equal(lists_row(report, 1, "terminal flags quarantined"), "t-b quarantine never no-key 1");
    assert_string_equal(lists_head(report, "quarantine"), "1");
    bool said = false;
    for (size_t i = 0; i < report->note_count; i++)
        said |= report->notes[i].kind == REPORT_NOTE_COMPLETENESS;
    assert_true(said);
    report_free(report);
}

static void a_revoked_terminal_stays_in_the_list(void **state)
{
    Site *site = *state;
    uint8_t key[DIGEST_SIZE] = {1};

    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(terminal_set_key(site->store, "t-a", key, site->now), 0);
    assert_int_equal(terminal_set_key(site->store, "t-b", key, site->now), 0);
    assert_int_equal(terminal_revoke(site->store, "t-b", site->now), 0);
    assert_int_equal(store_commit(site->store), 0);
    Report *report = lists_report(site, report_terminals, (ListAsk){0});
    assert_string_equal(lists_row(report, 0, "state flags enrolled_at revoked_at"),
                        "enrolled never 2026-11-30 12:00 -");
    assert_string_equal(lists_row(report, 1, "state flags revoked_at"), "revoked revoked 2026-11-30 12:00");
    report_free(report);
}

static void an_unknown_org_is_an_outcome(void **state)
{
    Report *report = NULL;

    assert_int_equal(lists_outcome(*state, report_terminals, (ListAsk){.org = "X"}, &report),
                     REPORT_E_UNKNOWN_ORG);
    assert_null(report);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, site_setup, site_teardown)
        T(a_terminal_that_never_sent_says_so),   T(missing_numbers_and_what_waits_behind_them_are_counted),
        T(a_clock_that_is_ahead_or_unset_shows), T(quarantine_is_told_by_terminal_and_elsewhere),
        T(a_revoked_terminal_stays_in_the_list), T(an_unknown_org_is_an_outcome),
    };
    return cmocka_run_group_tests_name("terminals", tests, NULL, NULL);
}
