// Points and coverage over a real database: words, counts by own point, bounds, and the live form.
#include "tests/reports/lists.h"

#include <string.h>

#include "reports/report_coverage.h"
#include "reports/report_points.h"

#define POINT_KEYS "session org point coverage flags seen expected on_site unreported"
#define ORG_KEYS "session org state points silent reported closed nil gaps expected on_site unreported"

/// A study day of the city: P-A has seen two and not closed; P-B is silent.
static void half_a_day(Site *site)
{
    site_state_session(site, "day CITY 2026-11-30 09:00 90 90 -");
    site_event(site, "t-a", 1, "in day m1 2026-11-30T09:00:00+08:00");
    site_event(site, "t-a", 2, "in day m2 2026-11-30T09:00:00+08:00");
}

static void each_point_tells_how_far_it_has_reported_and_for_whom(void **state)
{
    Site *site = *state;

    half_a_day(site);
    Report *report = lists_report(site, report_points, (ListAsk){.session = "day"});
    assert_int_equal(report->row_count, 2);
    assert_string_equal(lists_row(report, 0, POINT_KEYS), "day TOWN-A P-A reported  2 5 2 0");
    assert_string_equal(lists_row(report, 1, POINT_KEYS), "day TOWN-B P-B silent  0 2 0 2");
    assert_string_equal(lists_head(report, "state"), "provisional");
    assert_string_equal(lists_head(report, "silent"), "1");
    assert_string_equal(lists_head(report, "unreported"), "2");
    report_free(report);
}

static void closed_and_nil_points_make_a_session_complete(void **state)
{
    Site *site = *state;

    half_a_day(site);
    site_event(site, "t-a", 3, "close day - 2026-11-30T10:30:00+08:00 count=2");
    site_event(site, "t-b", 1, "close day - 2026-11-30T10:30:00+08:00 count=0");
    Report *report = lists_report(site, report_points, (ListAsk){.session = "day"});
    assert_string_equal(lists_row(report, 0, "point coverage"), "P-A closed");
    assert_string_equal(lists_row(report, 1, "point coverage"), "P-B nil");
    assert_string_equal(lists_head(report, "state"), "complete");
    report_free(report);
}

static void a_gap_is_a_remark(void **state)
{
    Site *site = *state;

    half_a_day(site);
    site_event(site, "t-a", 4, "close day - 2026-11-30T10:30:00+08:00 count=2");
    Report *report = lists_report(site, report_points, (ListAsk){.session = "day"});
    assert_string_equal(lists_row(report, 0, "point coverage flags"), "P-A closed gap");
    assert_string_equal(lists_head(report, "gaps"), "1");
    report_free(report);
}

static void the_last_event_of_a_point_is_when_it_was_received(void **state)
{
    Site *site = *state;

    half_a_day(site);
    Report *report = lists_report(site, report_points, (ListAsk){.session = "day"});
    assert_string_equal(lists_row(report, 0, "terminals last_event"), "1 2026-11-30 12:00");
    assert_string_equal(lists_row(report, 1, "terminals last_event"), "1 -");
    report_free(report);
}

static void silent_lists_the_silent_only(void **state)
{
    Site *site = *state;

    half_a_day(site);
    Report *report = lists_report(site, report_silent, (ListAsk){0});
    assert_int_equal(report->row_count, 1);
    assert_string_equal(lists_row(report, 0, "point unreported"), "P-B 2");
    report_free(report);
    report = lists_report(site, report_silent, (ListAsk){.org = "TOWN-A"});
    assert_int_equal(report->row_count, 0);
    report_free(report);
}

static void without_a_session_it_is_the_latest_day(void **state)
{
    Site *site = *state;

    site_state_session(site, "old CITY 2026-11-29 09:00 90 90 -");
    half_a_day(site);
    site_state_session(site, "late CITY 2026-11-30 11:00 30 30 -");
    site_state_session(site, "next CITY 2026-12-01 09:00 90 90 -");
    Report *report = lists_report(site, report_points, (ListAsk){0});
    assert_int_equal(report->row_count, 4);
    assert_string_equal(lists_row(report, 0, "session"), "day");
    assert_string_equal(lists_row(report, 2, "session"), "late");
    report_free(report);
    report = lists_report(site, report_points, (ListAsk){.month = "2026-11"});
    assert_int_equal(report->row_count, 6);
    report_free(report);
}

static void coverage_rolls_up_and_bounds_the_rate(void **state)
{
    Site *site = *state;

    half_a_day(site);
    Report *report = lists_report(site, report_coverage, (ListAsk){.session = "day", .org = "COUNTY"});
    assert_int_equal(report->row_count, 3);
    assert_string_equal(lists_row(report, 0, ORG_KEYS), "day COUNTY provisional 2 1 1 0 0 0 7 2 2");
    assert_string_equal(lists_row(report, 0, "centralised_low_permille centralised_high_permille"),
                        "286 400");
    assert_string_equal(lists_row(report, 1, ORG_KEYS), "day TOWN-A provisional 1 0 1 0 0 0 5 2 0");
    assert_string_equal(lists_row(report, 2, ORG_KEYS), "day TOWN-B provisional 1 1 0 0 0 0 2 0 2");
    report_free(report);
}

static void a_session_that_does_not_concern_the_org_is_left_out(void **state)
{
    Site *site = *state;

    half_a_day(site);
    site_state_session(site, "town TOWN-B 2026-11-30 09:00 90 90 -");
    Report *report = lists_report(site, report_coverage, (ListAsk){.org = "TOWN-A"});
    for (size_t i = 0; i < report->row_count; i++)
        assert_string_equal(lists_row(report, i, "session"), "day");
    report_free(report);
}

static void unknown_orgs_are_outcomes(void **state)
{
    Site *site = *state;
    Report *report = NULL;

    half_a_day(site);
    assert_int_equal(lists_outcome(site, report_points, (ListAsk){.org = "X"}, &report),
                     REPORT_E_UNKNOWN_ORG);
    assert_int_equal(lists_outcome(site, report_coverage, (ListAsk){.org = "X"}, &report),
                     REPORT_E_UNKNOWN_ORG);
    assert_int_equal(lists_outcome(site, report_coverage, (ListAsk){.session = "X"}, &report),
                     REPORT_E_UNKNOWN_SESSION);
    assert_null(report);
}

static LivePresence presence(void *user, const char *point)
{
    return strcmp(point, "P-B") == 0 ? (LivePresence){1, *(Time *)user} : (LivePresence){0, TIME_NONE};
}

static void the_live_day_has_points_below_their_hosts(void **state)
{
    Site *site = *state;
    Time seen = site_time("2026-11-30 11:11");
    LiveRequest request = {
        .scope = {.org = "COUNTY", .depth = 1, .now = site->now}, .presence = presence, .user = &seen};
    Report *report = NULL;

    half_a_day(site);
    assert_int_equal(report_live(site->store, &request, &report), 0);
    assert_int_equal(report->row_count, 5);
    assert_string_equal(lists_row(report, 0, "org point state online last_seen"),
                        "COUNTY - provisional 1 2026-11-30 11:11");
    assert_string_equal(lists_row(report, 2, "org point state seen online last_seen"),
                        "TOWN-A P-A reported 2 0 -");
    assert_string_equal(lists_row(report, 4, "org point state seen online last_seen"),
                        "TOWN-B P-B silent 0 1 2026-11-30 11:11");
    assert_int_equal(report->rows[4].depth, 2);
    report_free(report);
}

static void nobody_is_said_to_be_off_line_where_nobody_was_asked(void **state)
{
    Site *site = *state;
    LiveRequest request = {.scope = {.depth = 0, .now = site->now}};
    Report *report = NULL;

    half_a_day(site);
    assert_int_equal(report_live(site->store, &request, &report), 0);
    assert_string_equal(lists_row(report, 0, "org online last_seen"), "CITY - -");
    report_free(report);
}

static void the_live_day_is_today_alone(void **state)
{
    Site *site = *state;
    LiveRequest request = {.scope = {.depth = 0, .now = site_time("2026-12-01 00:00")}};
    Report *report = NULL;

    half_a_day(site);
    assert_int_equal(report_live(site->store, &request, &report), 0);
    assert_int_equal(report->row_count, 0);
    report_free(report);
    request.session = "day";
    assert_int_equal(report_live(site->store, &request, &report), 0);
    assert_int_equal(report->row_count, 1);
    report_free(report);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, site_setup, site_teardown)
        T(each_point_tells_how_far_it_has_reported_and_for_whom),
        T(closed_and_nil_points_make_a_session_complete),
        T(a_gap_is_a_remark),
        T(the_last_event_of_a_point_is_when_it_was_received),
        T(silent_lists_the_silent_only),
        T(without_a_session_it_is_the_latest_day),
        T(coverage_rolls_up_and_bounds_the_rate),
        T(a_session_that_does_not_concern_the_org_is_left_out),
        T(unknown_orgs_are_outcomes),
        T(the_live_day_has_points_below_their_hosts),
        T(nobody_is_said_to_be_off_line_where_nobody_was_asked),
        T(the_live_day_is_today_alone),
    };
    return cmocka_run_group_tests_name("points", tests, NULL, NULL);
}
