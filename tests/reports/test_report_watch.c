// The watch list over a real database: which rows come to the rule of R25, and what stands in the list. The
// rule itself is tested by the cases of tests/model/watch.
#include "tests/reports/lists.h"

#include <stdio.h>

#include "reports/report_watch.h"

#define KEYS "org member months since missed unreported"

/// Study days of August, September and October, to which everybody is expected; m2 was at all of them, m1, m3
/// and m4 at none, the others only on the first. No point is silent.
static void three_months(Site *site)
{
    static const char *const days[] = {"2026-08-05", "2026-09-05", "2026-10-05"};
    static const char *const met[] = {"m2 m5 m6 m7", "m2", "m2"};
    char line[128];

    for (int i = 0; i < 3; i++) {
        snprintf(line, sizeof(line), "day-%d CITY %s 09:00 90 90 -", i, days[i]);
        site_state_session(site, line);
        for (const char *member = met[i]; *member; member += member[2] ? 3 : 2) {
            snprintf(line, sizeof(line), "in day-%d %.2s %sT09:00:00+08:00", i, member, days[i]);
            site_office(site, true, line);
        }
        snprintf(line, sizeof(line), "close day-%d - %sT11:00:00+08:00 count=0", i, days[i]);
        site_event(site, "t-a", (uint64_t)i + 1, line);
        site_event(site, "t-b", (uint64_t)i + 1, line);
    }
}

static void members_missed_for_three_months_are_listed_by_branch(void **state)
{
    Site *site = *state;

    three_months(site);
    Report *report = lists_report(site, report_watch, (ListAsk){.month = "2026-10"});
    assert_int_equal(report->row_count, 3);
    assert_string_equal(lists_row(report, 0, KEYS), "BRANCH-A1 m1 3 2026-08 3 0");
    assert_string_equal(lists_row(report, 1, KEYS), "BRANCH-A1 m3 3 2026-08 3 0");
    assert_string_equal(lists_row(report, 2, KEYS), "BRANCH-A2 m4 3 2026-08 3 0");
    assert_string_equal(lists_head(report, "three"), "3");
    assert_string_equal(lists_head(report, "four"), "0");
    report_free(report);
}

static void the_org_asked_for_is_a_subtree(void **state)
{
    Site *site = *state;

    three_months(site);
    Report *report = lists_report(site, report_watch, (ListAsk){.month = "2026-10", .org = "BRANCH-A2"});
    assert_int_equal(report->row_count, 1);
    assert_string_equal(lists_row(report, 0, "member"), "m4");
    assert_string_equal(lists_head(report, "org"), "BRANCH-A2");
    report_free(report);
    report = lists_report(site, report_watch, (ListAsk){.month = "2026-10", .org = "TOWN-B"});
    assert_int_equal(report->row_count, 0);
    report_free(report);
}

static void without_a_month_it_is_the_last_that_is_over(void **state)
{
    Site *site = *state;

    three_months(site);
    Report *report = lists_report(site, report_watch, (ListAsk){0});
    assert_string_equal(lists_head(report, "month"), "2026-10");
    report_free(report);
}

static void a_month_that_is_not_over_is_refused(void **state)
{
    Site *site = *state;
    Report *report = NULL;

    assert_int_equal(lists_outcome(site, report_watch, (ListAsk){.month = "2026-11"}, &report),
                     REPORT_E_NOT_OVER);
    assert_null(report);
    site->now = site_time("2026-12-01 00:00");
    report = lists_report(site, report_watch, (ListAsk){.month = "2026-11"});
    report_free(report);
}

static void an_unknown_org_is_an_outcome(void **state)
{
    Report *report = NULL;

    assert_int_equal(lists_outcome(*state, report_watch, (ListAsk){.month = "2026-10", .org = "X"}, &report),
                     REPORT_E_UNKNOWN_ORG);
}

static void leave_in_the_middle_takes_a_member_off(void **state)
{
    Site *site = *state;

    three_months(site);
    site_office(site, false, "leave day-1 m1 2026-09-01T09:00:00+08:00");
    Report *report = lists_report(site, report_watch, (ListAsk){.month = "2026-10"});
    assert_string_equal(lists_row(report, 0, "member"), "m3");
    report_free(report);
}

static void a_voided_leave_does_not(void **state)
{
    char epoch[ULID_SIZE];
    Site *site = *state;

    three_months(site);
    uint64_t seq = site_office(site, false, "leave day-1 m1 2026-09-01T09:00:00+08:00");
    lists_office_epoch(site, epoch);
    site_void(site, "office", epoch, seq);
    Report *report = lists_report(site, report_watch, (ListAsk){.month = "2026-10"});
    assert_string_equal(lists_row(report, 0, "member"), "m1");
    report_free(report);
}

static void who_is_exempt_at_the_end_is_not_listed(void **state)
{
    Site *site = *state;

    three_months(site);
    site_state_member(site, "m1 BRANCH-A1 2026-10-20 - - 2026-10-20 -");
    Report *report = lists_report(site, report_watch, (ListAsk){.month = "2026-10"});
    assert_string_equal(lists_row(report, 0, "member"), "m3");
    report_free(report);
}

static void who_has_left_is_not_listed(void **state)
{
    Site *site = *state;

    three_months(site);
    site_state_member(site, "m1 BRANCH-A1 2026-01-01 2026-10-20 - - -");
    Report *report = lists_report(site, report_watch, (ListAsk){.month = "2026-10"});
    assert_string_equal(lists_row(report, 0, "member"), "m3");
    report_free(report);
}

static void a_transfer_is_listed_at_the_new_home_with_all_months(void **state)
{
    Site *site = *state;

    three_months(site);
    site_state_member(site, "m1 BRANCH-B1 2026-10-01 - - - -");
    Report *report = lists_report(site, report_watch, (ListAsk){.month = "2026-10", .org = "BRANCH-B1"});
    assert_string_equal(lists_row(report, 0, KEYS), "BRANCH-B1 m1 3 2026-08 3 0");
    report_free(report);
}

static void sessions_of_a_silent_own_point_are_told_apart(void **state)
{
    Site *site = *state;

    three_months(site);
    site_state_session(site, "quiet TOWN-A 2026-09-20 09:00 90 90 -");
    Report *report = lists_report(site, report_watch, (ListAsk){.month = "2026-10"});
    assert_string_equal(lists_row(report, 0, "member missed unreported"), "m1 4 1");
    report_free(report);
}

static void when_and_how_a_member_was_last_met_is_told(void **state)
{
    Site *site = *state;

    site_state_session(site, "may CITY 2026-05-05 09:00 90 90 -");
    site_state_session(site, "june CITY 2026-06-05 09:00 90 90 -");
    site_office(site, true, "in may m1 2026-05-05T09:00:00+08:00");
    site_office(site, true, "in june m1 2026-06-05T09:30:00+08:00");
    three_months(site);
    Report *report = lists_report(site, report_watch, (ListAsk){.month = "2026-10"});
    assert_string_equal(lists_row(report, 0, "member months since last last_status"), "m3 5 2026-05 - -");
    assert_string_equal(lists_row(report, 1, "member months since last last_status"),
                        "m1 3 2026-08 2026-06-05 late");
    report_free(report);
}

static void sessions_visited_as_a_guest_are_told(void **state)
{
    Site *site = *state;

    three_months(site);
    site_state_session(site, "other TOWN-B 2026-10-20 09:00 90 90 -");
    site_event(site, "t-b", 9, "in other m1 2026-10-20T09:00:00+08:00");
    Report *report = lists_report(site, report_watch, (ListAsk){.month = "2026-10"});
    assert_string_equal(lists_row(report, 0, "member months elsewhere"), "m1 3 1");
    report_free(report);
}

static void names_are_whole_in_the_list_of_a_branch_unless_masked(void **state)
{
    static const struct {
        ListAsk ask;
        const char *shown;
    } cases[] = {
        {{.month = "2026-10", .org = "BRANCH-A1"}, "m1 m1"},
        {{.month = "2026-10", .org = "BRANCH-A1", .mask = true}, "m1 m*"},
        {{.month = "2026-10", .org = "TOWN-A"}, "m1 m*"},
        {{.month = "2026-10"}, "m1 m*"},
        {{.month = "2026-10", .full_names = true}, "m1 m1"},
        {{.month = "2026-10", .full_names = true, .mask = true}, "m1 m*"},
    };
    Site *site = *state;

    three_months(site);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        Report *report = lists_report(site, report_watch, cases[i].ask);
        assert_string_equal(lists_row(report, 0, "member name"), cases[i].shown);
        report_free(report);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, site_setup, site_teardown)
        T(members_missed_for_three_months_are_listed_by_branch),
        T(the_org_asked_for_is_a_subtree),
        T(without_a_month_it_is_the_last_that_is_over),
        T(a_month_that_is_not_over_is_refused),
        T(an_unknown_org_is_an_outcome),
        T(leave_in_the_middle_takes_a_member_off),
        T(a_voided_leave_does_not),
        T(who_is_exempt_at_the_end_is_not_listed),
        T(who_has_left_is_not_listed),
        T(a_transfer_is_listed_at_the_new_home_with_all_months),
        T(sessions_of_a_silent_own_point_are_told_apart),
        T(when_and_how_a_member_was_last_met_is_told),
        T(sessions_visited_as_a_guest_are_told),
        T(names_are_whole_in_the_list_of_a_branch_unless_masked),
    };
    return cmocka_run_group_tests_name("watch list", tests, NULL, NULL);
}
