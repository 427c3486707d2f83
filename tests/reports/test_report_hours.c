// Hours against targets over a real database: sums by org, the same figures as the month's report, persons.
#include "tests/reports/lists.h"

#include <string.h>

#include "reports/report_hours.h"
#include "reports/report_month.h"

#define ORG_KEYS "org members year_minutes target_met target_met_permille short need_class lack_class"
#define MEMBER_KEYS "member role year_minutes target_minutes missing_minutes class standing"

/// m1 is a secretary and was at a session of 3,600 minutes' worth; m2 was too and is a member.
static void a_long_day(Site *site)
{
    assert_int_equal(store_begin(site->store), 0);
    RosterChange change;
    assert_int_equal(roster_put_member(site->store,
                                       &(MemberPut){.code = "m1",
                                                    .name = "m1",
                                                    .org = "BRANCH-A1",
                                                    .from = date_from_civil(2026, 1, 1),
                                                    .to = DATE_NONE,
                                                    .role = ROLE_SECRETARY,
                                                    .role_stated = true},
                                       &change),
                     0);
    site_settle(site);
    site_state_session(site, "day CITY 2026-11-30 09:00 90 3600 -");
    site_event(site, "t-a", 1, "in day m1 2026-11-30T09:00:00+08:00");
    site_event(site, "t-a", 2, "in day m2 2026-11-30T09:00:00+08:00");
}

static void orgs_have_what_their_members_have(void **state)
{
    Site *site = *state;

    a_long_day(site);
    Report *report = lists_report(site, report_hours, (ListAsk){.month = "2026-11", .org = "TOWN-A"});
    assert_int_equal(report->row_count, 3);
    assert_string_equal(lists_row(report, 0, ORG_KEYS), "TOWN-A 5 7200 1 200 4 1 1");
    assert_string_equal(lists_row(report, 1, ORG_KEYS), "BRANCH-A1 3 7200 1 333 2 1 1");
    assert_string_equal(lists_row(report, 2, ORG_KEYS), "BRANCH-A2 2 0 0 0 2 0 0");
    assert_string_equal(lists_head(report, "day"), "2026-11-30");
    report_free(report);
}

static int month(Store *store, const ReportRequest *request, Report **ret_report)
{
    return report_month(store, request->first, &request->scope, ret_report);
}

static void the_figures_are_those_of_the_month(void **state)
{
    static const char keys[] = "org members year_minutes target_met";
    Site *site = *state;

    a_long_day(site);
    Report *hours = lists_report(site, report_hours, (ListAsk){.month = "2026-11", .org = "COUNTY"});
    Report *figures = lists_report(site, month, (ListAsk){.month = "2026-11", .org = "COUNTY"});
    assert_int_equal(hours->row_count, figures->row_count);
    for (size_t i = 0; i < hours->row_count; i++) {
        char row[128];
        snprintf(row, sizeof(row), "%s", lists_row(hours, i, keys));
        assert_string_equal(lists_row(figures, i, keys), row);
    }
    report_free(hours);
    report_free(figures);
}

static void members_are_listed_by_branch_and_register(void **state)
{
    Site *site = *state;

    a_long_day(site);
    Report *report =
        lists_report(site, report_hours, (ListAsk){.month = "2026-11", .org = "TOWN-A", .members = true});
    assert_int_equal(report->row_count, 5);
    assert_string_equal(lists_row(report, 0, MEMBER_KEYS), "m1 secretary 3600 3360 0 lacking short");
    assert_string_equal(lists_row(report, 1, MEMBER_KEYS), "m2 member 3600 1920 0 - met");
    assert_string_equal(lists_row(report, 2, MEMBER_KEYS), "m3 member 0 1920 1920 - short");
    assert_string_equal(lists_row(report, 3, "org member"), "BRANCH-A2 m4");
    assert_string_equal(lists_head(report, "target_met"), "1");
    report_free(report);
}

static void persons_are_not_listed_without_an_org(void **state)
{
    Report *report = NULL;

    assert_int_equal(
        lists_outcome(*state, report_hours, (ListAsk){.month = "2026-11", .members = true}, &report),
        REPORT_E_NEEDS_ORG);
    assert_null(report);
}

static void a_future_month_and_an_unknown_org_are_outcomes(void **state)
{
    Report *report = NULL;

    assert_int_equal(lists_outcome(*state, report_hours, (ListAsk){.month = "2027-01"}, &report),
                     REPORT_E_FUTURE);
    assert_int_equal(lists_outcome(*state, report_hours, (ListAsk){.month = "2026-11", .org = "X"}, &report),
                     REPORT_E_UNKNOWN_ORG);
    assert_null(report);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, site_setup, site_teardown)
        T(orgs_have_what_their_members_have),
        T(the_figures_are_those_of_the_month),
        T(members_are_listed_by_branch_and_register),
        T(persons_are_not_listed_without_an_org),
        T(a_future_month_and_an_unknown_org_are_outcomes),
    };
    return cmocka_run_group_tests_name("hours", tests, NULL, NULL);
}
