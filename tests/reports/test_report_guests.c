// Guests at both ends, over a real database: an event at a foreign point counts at home, is shown at the
// host's, and stands in the member's record with the point.
#include <string.h>

#include "core/base/text.h"
#include "reports/record.h"
#include "reports/render.h"
#include "reports/report_guests.h"
#include "reports/report_session.h"
#include "tests/reports/lists.h"

#define KEYS "way host home member count"

/// A study day of October: m1 and m6 attend at the other township's point, m2 at the own one.
static void october(Site *site)
{
    site_state_session(site, "oct CITY 2026-10-05 09:00 90 90 -");
    site_event(site, "t-a", 1, "in oct m2 2026-10-05T09:00:00+08:00");
    site_event(site, "t-a", 2, "in oct m6 2026-10-05T09:00:00+08:00");
    site_event(site, "t-b", 1, "in oct m1 2026-10-05T09:00:00+08:00");
}

static void an_org_sees_who_came_and_which_of_its_members_went(void **state)
{
    Site *site = *state;

    october(site);
    Report *report = lists_report(site, report_guests, (ListAsk){.month = "2026-10", .org = "TOWN-A"});
    assert_int_equal(report->row_count, 2);
    assert_string_equal(lists_row(report, 0, KEYS), "in TOWN-A BRANCH-B1 - 1");
    assert_string_equal(lists_row(report, 1, KEYS), "out TOWN-B BRANCH-A1 m1 1");
    assert_string_equal(lists_head(report, "in"), "1");
    assert_string_equal(lists_head(report, "out"), "1");
    assert_string_equal(lists_head(report, "within"), "0");
    report_free(report);
}

static void above_both_it_is_within(void **state)
{
    Site *site = *state;

    october(site);
    Report *report = lists_report(site, report_guests, (ListAsk){.session = "oct", .org = "COUNTY"});
    assert_int_equal(report->row_count, 2);
    assert_string_equal(lists_row(report, 0, KEYS), "within TOWN-A BRANCH-B1 - 1");
    assert_string_equal(lists_row(report, 1, KEYS), "within TOWN-B BRANCH-A1 - 1");
    report_free(report);
    report = lists_report(site, report_guests, (ListAsk){.session = "oct"});
    assert_string_equal(lists_head(report, "within"), "2");
    report_free(report);
}

static void names_are_those_of_the_own_members_and_can_be_hidden(void **state)
{
    Site *site = *state;

    october(site);
    Report *report =
        lists_report(site, report_guests, (ListAsk){.month = "2026-10", .org = "BRANCH-B1", .mask = true});
    assert_int_equal(report->row_count, 1);
    assert_string_equal(lists_row(report, 0, KEYS), "out TOWN-A BRANCH-B1 m6 1");
    assert_non_null(strstr(lists_row(report, 0, "name"), "*"));
    report_free(report);
}

static void sessions_of_a_month_are_added_up(void **state)
{
    Site *site = *state;

    october(site);
    site_state_session(site, "late CITY 2026-10-19 09:00 90 90 -");
    site_event(site, "t-a", 3, "in late m6 2026-10-19T09:00:00+08:00");
    site_event(site, "t-a", 4, "in late m7 2026-10-19T09:00:00+08:00");
    Report *report = lists_report(site, report_guests, (ListAsk){.month = "2026-10", .org = "TOWN-A"});
    assert_string_equal(lists_row(report, 0, KEYS), "in TOWN-A BRANCH-B1 - 3");
    report_free(report);
    report = lists_report(site, report_guests, (ListAsk){.month = "2026-10", .org = "TOWN-B"});
    assert_string_equal(lists_row(report, 1, KEYS), "out TOWN-A BRANCH-B1 m6 2");
    report_free(report);
}

static void a_void_event_leaves_no_guest(void **state)
{
    Site *site = *state;

    october(site);
    site_void(site, "t-a", SITE_EPOCH, 2);
    Report *report = lists_report(site, report_guests, (ListAsk){.month = "2026-10", .org = "BRANCH-B1"});
    assert_int_equal(report->row_count, 0);
    report_free(report);
}

/// What the figures of the session say of an org.
static const char *figure(Site *site, const char *org, const char *keys)
{
    static char text[64];
    ReportScope scope = {.org = org, .depth = 0, .now = site->now};
    Report *report = NULL;

    assert_int_equal(report_session(site->store, "oct", &scope, &report), 0);
    strcpy(text, lists_row(report, 0, keys));
    report_free(report);
    return text;
}

static void a_guest_counts_once_at_home_and_is_shown_at_the_host(void **state)
{
    Site *site = *state;

    october(site);
    assert_string_equal(figure(site, "TOWN-B", "expected on_site guests"),
                        "2 1 1"); // m6 at home, m1 as a guest
    assert_string_equal(figure(site, "TOWN-A", "expected on_site guests"),
                        "5 2 1"); // m1 and m2; m6 as a guest
    assert_string_equal(figure(site, "COUNTY", "expected on_site guests"), "7 3 0"); // nobody twice
}

static void a_guest_finds_the_point_in_the_own_record(void **state)
{
    Site *site = *state;
    CLEANUP(cleanup_text) Text json = {0};

    october(site);
    assert_int_equal(record_json(site->store, "m6", 2026, site->now, &json), 0);
    assert_non_null(strstr(text_cstr(&json), "\"session\":\"oct\""));
    assert_non_null(strstr(text_cstr(&json), "\"status\":\"present\",\"mode\":\"follow\",\"point\":\"P-A\""));
    assert_non_null(strstr(text_cstr(&json), "\"credit_minutes\":90"));
}

static void what_cannot_be_reported_is_an_outcome(void **state)
{
    Site *site = *state;
    Report *report;

    october(site);
    assert_int_equal(lists_outcome(site, report_guests, (ListAsk){.session = "none"}, &report),
                     REPORT_E_UNKNOWN_SESSION);
    assert_int_equal(lists_outcome(site, report_guests, (ListAsk){.session = "oct", .org = "NONE"}, &report),
                     REPORT_E_UNKNOWN_ORG);
    assert_int_equal(lists_outcome(site, report_guests, (ListAsk){.month = "2030-01"}, &report),
                     REPORT_E_FUTURE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_org_sees_who_came_and_which_of_its_members_went, site_setup,
                                        site_teardown),
        cmocka_unit_test_setup_teardown(above_both_it_is_within, site_setup, site_teardown),
        cmocka_unit_test_setup_teardown(names_are_those_of_the_own_members_and_can_be_hidden, site_setup,
                                        site_teardown),
        cmocka_unit_test_setup_teardown(sessions_of_a_month_are_added_up, site_setup, site_teardown),
        cmocka_unit_test_setup_teardown(a_void_event_leaves_no_guest, site_setup, site_teardown),
        cmocka_unit_test_setup_teardown(a_guest_counts_once_at_home_and_is_shown_at_the_host, site_setup,
                                        site_teardown),
        cmocka_unit_test_setup_teardown(a_guest_finds_the_point_in_the_own_record, site_setup, site_teardown),
        cmocka_unit_test_setup_teardown(what_cannot_be_reported_is_an_outcome, site_setup, site_teardown),
    };

    return cmocka_run_group_tests_name("report guests", tests, NULL, NULL);
}
