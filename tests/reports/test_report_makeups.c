// Who owes a make-up, over a real database: which statuses owe, until when, and what is left out.
#include "tests/reports/lists.h"

#include "reports/report_makeups.h"

#define KEYS "member session status state makeup_until"

/// A study day of October that all are expected at: m1 on leave, m2 there, m4 unknown; town B's point silent.
static void october(Site *site)
{
    site_state_session(site, "oct CITY 2026-10-05 09:00 90 90 -");
    site_office(site, false, "leave oct m1 2026-10-01T09:00:00+08:00");
    site_event(site, "t-a", 1, "in oct m2 2026-10-05T09:00:00+08:00");
    site_event(site, "t-a", 2, "in oct m3 2026-10-05T09:00:00+08:00");
    site_event(site, "t-a", 3, "in oct m5 2026-10-05T09:00:00+08:00");
}

static void leave_and_absence_owe_a_make_up_until_the_deadline(void **state)
{
    Site *site = *state;

    october(site);
    site->now = site_time("2026-11-04 23:59");
    Report *report = lists_report(site, report_makeups, (ListAsk){.month = "2026-10"});
    assert_int_equal(report->row_count, 2);
    assert_string_equal(lists_row(report, 0, KEYS), "m1 oct leave open 2026-11-04");
    assert_string_equal(lists_row(report, 1, KEYS), "m4 oct absent open 2026-11-04");
    assert_string_equal(lists_head(report, "open"), "2");
    report_free(report);
}

static void after_the_deadline_it_has_lapsed(void **state)
{
    Site *site = *state;

    october(site);
    site->now = site_time("2026-11-05 00:00");
    Report *report = lists_report(site, report_makeups, (ListAsk){.month = "2026-10"});
    assert_string_equal(lists_row(report, 0, KEYS), "m1 oct leave lapsed 2026-11-04");
    assert_string_equal(lists_head(report, "lapsed"), "2");
    report_free(report);
}

static void members_of_silent_points_are_counted_and_not_listed(void **state)
{
    Site *site = *state;

    october(site);
    Report *report = lists_report(site, report_makeups, (ListAsk){.month = "2026-10", .org = "TOWN-B"});
    assert_int_equal(report->row_count, 0);
    assert_string_equal(lists_head(report, "unreported"), "2");
    report_free(report);
}

static void who_made_up_in_time_owes_nothing(void **state)
{
    Site *site = *state;

    october(site);
    site_office(site, false, "makeup oct m1 2026-10-20T09:00:00+08:00 minutes=90");
    Report *report = lists_report(site, report_makeups, (ListAsk){.month = "2026-10"});
    assert_int_equal(report->row_count, 1);
    assert_string_equal(lists_row(report, 0, "member"), "m4");
    report_free(report);
}

static void a_make_up_that_came_too_late_is_told_apart(void **state)
{
    Site *site = *state;

    october(site);
    site_office(site, false, "makeup oct m1 2026-11-20T09:00:00+08:00 minutes=90");
    Report *report = lists_report(site, report_makeups, (ListAsk){.month = "2026-10"});
    assert_string_equal(lists_row(report, 0, "member state"), "m1 late");
    assert_string_equal(lists_head(report, "late"), "1");
    report_free(report);
}

static void leave_that_was_withdrawn_is_absence(void **state)
{
    Site *site = *state;
    char epoch[ULID_SIZE];

    october(site);
    uint64_t seq = site_office(site, false, "leave oct m4 2026-10-01T09:00:00+08:00");
    lists_office_epoch(site, epoch);
    site_void(site, "office", epoch, seq);
    Report *report = lists_report(site, report_makeups, (ListAsk){.session = "oct", .org = "BRANCH-A2"});
    assert_string_equal(lists_row(report, 0, "member status"), "m4 absent");
    report_free(report);
}

static void a_session_that_runs_owes_nothing_yet(void **state)
{
    Site *site = *state;

    october(site);
    site->now = site_time("2026-10-05 10:29");
    Report *report = lists_report(site, report_makeups, (ListAsk){.session = "oct"});
    assert_int_equal(report->row_count, 0);
    report_free(report);
    site->now = site_time("2026-10-05 10:30");
    report = lists_report(site, report_makeups, (ListAsk){.session = "oct"});
    assert_int_equal(report->row_count, 2);
    report_free(report);
}

static void without_a_month_only_what_is_still_possible_is_listed(void **state)
{
    Site *site = *state;

    october(site);
    site_state_session(site, "nov TOWN-A 2026-11-05 09:00 90 90 -");
    site_event(site, "t-a", 4, "in nov m2 2026-11-05T09:00:00+08:00");
    Report *report = lists_report(site, report_makeups, (ListAsk){.org = "BRANCH-A1"});
    assert_int_equal(report->row_count, 2);
    assert_string_equal(lists_row(report, 0, KEYS), "m1 nov absent open 2026-12-05");
    assert_string_equal(lists_row(report, 1, KEYS), "m3 nov absent open 2026-12-05");
    report_free(report);
}

static void the_exempt_and_guests_owe_nothing(void **state)
{
    Site *site = *state;

    october(site);
    site_state_member(site, "m4 BRANCH-A2 2026-01-01 - - 2026-10-01 -");
    Report *report = lists_report(site, report_makeups, (ListAsk){.month = "2026-10"});
    assert_int_equal(report->row_count, 1);
    report_free(report);
}

static void unknown_and_future_sessions_are_outcomes(void **state)
{
    Site *site = *state;
    Report *report = NULL;

    site_state_session(site, "dec CITY 2026-12-05 09:00 90 90 -");
    assert_int_equal(lists_outcome(site, report_makeups, (ListAsk){.session = "x"}, &report),
                     REPORT_E_UNKNOWN_SESSION);
    assert_int_equal(lists_outcome(site, report_makeups, (ListAsk){.session = "dec"}, &report),
                     REPORT_E_FUTURE);
    assert_int_equal(lists_outcome(site, report_makeups, (ListAsk){.month = "2026-12"}, &report),
                     REPORT_E_FUTURE);
    assert_null(report);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, site_setup, site_teardown)
        T(leave_and_absence_owe_a_make_up_until_the_deadline),
        T(after_the_deadline_it_has_lapsed),
        T(members_of_silent_points_are_counted_and_not_listed),
        T(who_made_up_in_time_owes_nothing),
        T(a_make_up_that_came_too_late_is_told_apart),
        T(leave_that_was_withdrawn_is_absence),
        T(a_session_that_runs_owes_nothing_yet),
        T(without_a_month_only_what_is_still_possible_is_listed),
        T(the_exempt_and_guests_owe_nothing),
        T(unknown_and_future_sessions_are_outcomes),
    };
    return cmocka_run_group_tests_name("make-ups", tests, NULL, NULL);
}
