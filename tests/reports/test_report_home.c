// The home-delivery list over a real database: who is on it, and what is told of the visits.
#include "tests/reports/lists.h"

#include "reports/report_home.h"

#define KEYS "org member why visits last_visit session visitor"

static void begin(Site *site)
{
    site_state_session(site, "oct CITY 2026-10-05 09:00 90 90 -");
    site_state_session(site, "nov CITY 2026-11-05 09:00 90 90 -");
}

static void the_exempt_are_listed_and_never_visited(void **state)
{
    Site *site = *state;

    begin(site);
    site_state_member(site, "m1 BRANCH-A1 2026-01-01 - - 2026-06-01 -");
    Report *report = lists_report(site, report_home, (ListAsk){0});
    assert_int_equal(report->row_count, 1);
    assert_string_equal(lists_row(report, 0, KEYS), "BRANCH-A1 m1 exempt 0 - - -");
    assert_string_equal(lists_head(report, "never_visited"), "1");
    report_free(report);
}

static void an_exemption_that_is_over_lists_nobody(void **state)
{
    Site *site = *state;

    begin(site);
    site_state_member(site, "m1 BRANCH-A1 2026-01-01 - - 2026-06-01 2026-11-29");
    Report *report = lists_report(site, report_home, (ListAsk){0});
    assert_int_equal(report->row_count, 0);
    report_free(report);
    report = lists_report(site, report_home, (ListAsk){.now = site_time("2026-11-29 12:00")});
    assert_string_equal(lists_row(report, 0, "member exempt_until"), "m1 2026-11-29");
    report_free(report);
}

static void the_latest_visit_is_told_with_its_visitor(void **state)
{
    Site *site = *state;

    begin(site);
    site_office(site, false, "home nov m1 2026-11-20T10:00:00+08:00 visitor=m3");
    site_office(site, false, "home oct m1 2026-10-20T10:00:00+08:00 visitor=m2");
    Report *report = lists_report(site, report_home, (ListAsk){0});
    assert_int_equal(report->row_count, 1);
    assert_string_equal(lists_row(report, 0, KEYS), "BRANCH-A1 m1 visited 2 2026-11-20 10:00 nov m3");
    report_free(report);
}

static void visits_to_the_exempt_count(void **state)
{
    Site *site = *state;

    begin(site);
    site_state_member(site, "m1 BRANCH-A1 2026-01-01 - - 2026-06-01 -");
    site_office(site, false, "home oct m1 2026-10-20T10:00:00+08:00 visitor=m2");
    Report *report = lists_report(site, report_home, (ListAsk){0});
    assert_string_equal(lists_row(report, 0, KEYS), "BRANCH-A1 m1 exempt 1 2026-10-20 10:00 oct m2");
    report_free(report);
}

static void a_visit_that_was_taken_back_does_not_count(void **state)
{
    Site *site = *state;
    char epoch[ULID_SIZE];

    begin(site);
    uint64_t seq = site_office(site, false, "home oct m1 2026-10-20T10:00:00+08:00 visitor=m2");
    lists_office_epoch(site, epoch);
    site_void(site, "office", epoch, seq);
    Report *report = lists_report(site, report_home, (ListAsk){0});
    assert_int_equal(report->row_count, 0);
    report_free(report);
}

static void who_was_never_visited_stands_first_in_the_branch(void **state)
{
    Site *site = *state;

    begin(site);
    site_office(site, false, "home oct m1 2026-10-20T10:00:00+08:00 visitor=m2");
    site_office(site, false, "home nov m2 2026-11-10T10:00:00+08:00 visitor=m2");
    site_state_member(site, "m3 BRANCH-A1 2026-01-01 - - 2026-06-01 -");
    Report *report = lists_report(site, report_home, (ListAsk){.org = "TOWN-A"});
    assert_string_equal(lists_row(report, 0, "member"), "m3");
    assert_string_equal(lists_row(report, 1, "member"), "m1");
    assert_string_equal(lists_row(report, 2, "member"), "m2");
    report_free(report);
}

static void another_subtree_is_not_listed(void **state)
{
    Site *site = *state;

    begin(site);
    site_office(site, false, "home oct m1 2026-10-20T10:00:00+08:00 visitor=m2");
    Report *report = lists_report(site, report_home, (ListAsk){.org = "TOWN-B"});
    assert_int_equal(report->row_count, 0);
    report_free(report);
}

static void visits_older_than_a_year_are_forgotten(void **state)
{
    Site *site = *state;

    begin(site);
    site_office(site, false, "home oct m1 2026-10-20T10:00:00+08:00 visitor=m2");
    Report *report = lists_report(site, report_home, (ListAsk){.now = site_time("2027-10-08 12:00")});
    assert_int_equal(report->row_count, 0);
    report_free(report);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, site_setup, site_teardown)
        T(the_exempt_are_listed_and_never_visited),
        T(an_exemption_that_is_over_lists_nobody),
        T(the_latest_visit_is_told_with_its_visitor),
        T(visits_to_the_exempt_count),
        T(a_visit_that_was_taken_back_does_not_count),
        T(who_was_never_visited_stands_first_in_the_branch),
        T(another_subtree_is_not_listed),
        T(visits_older_than_a_year_are_forgotten),
    };
    return cmocka_run_group_tests_name("home delivery", tests, NULL, NULL);
}
