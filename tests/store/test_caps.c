// Caps (R27): what counts of a year, in records and in reports.
#include "tests/store/site_rules.h"

#include <stdio.h>
#include <string.h>

typedef struct Capped {
    char text[300];
} Capped;

static int cap_note(void *user, const RecordEntry *entry)
{
    Capped *capped = user;
    size_t size = strlen(capped->text);
    snprintf(capped->text + size, sizeof(capped->text) - size, "%s%s:%d-%d", size ? " " : "",
             entry->session->code, entry->attendance.credit, entry->capped);
    return 0;
}

static const char *capped_of(Site *site, const char *member, int year)
{
    static Capped capped;
    MemberRow row = {0};

    capped = (Capped){0};
    assert_int_equal(query_member(site->store, member, zone_date(site->now), &row), 0);
    assert_int_equal(query_record(site->store, &row, year, site->now, cap_note, &capped), 0);
    member_row_deinit(&row);
    return capped.text;
}

static void r27_a_cap_counts_in_the_order_of_sessions(void **state)
{
    Site *site = *state;

    site_put_kind(site, "o1", SESSION_ONLINE, "2026-03-05 09:00", 90, 60);
    site_put_kind(site, "day", SESSION_STUDY_DAY, "2026-04-05 09:00", 90, 90);
    site_put_kind(site, "o2", SESSION_ONLINE, "2026-05-05 09:00", 90, 60);
    site_put_kind(site, "o3", SESSION_ONLINE, "2026-06-05 09:00", 90, 60);
    site_office_at(site, "makeup", "o3", "m1", "2026-06-06 09:00", "minutes=60"); // whatever comes first
    site_office_at(site, "in", "o2", "m1", "2026-05-05 09:00", "");
    site_office_at(site, "in", "o1", "m1", "2026-03-05 09:00", "");
    site_office_at(site, "in", "day", "m1", "2026-04-05 09:00", "");
    assert_int_equal(site_minutes(site, "m1", 2026, 12), 270);
    assert_int_equal(site_put_rule(site, RULE_CAP, "cap", 1, "2026-01-01", "online=100"), 0);
    assert_string_equal(capped_of(site, "m1", 2026), "o1:60-0 day:90-0 o2:60-20 o3:60-60");
    assert_int_equal(site_minutes(site, "m1", 2026, 12), 190);
    assert_int_equal(site_minutes(site, "m1", 2026, 5), 190);
    assert_int_equal(site_month_of(site, "m1", 2026, 12).year_minutes, 190);
    assert_int_equal(site_month_of(site, "m1", 2026, 4).year_minutes, 150);
    assert_int_equal(site_tally(site, "o3", "BRANCH-A1").minutes, 60); // what was credited stays
    site_assert_findings(site, 0);
}

static void r27_a_later_cap_takes_nothing_back(void **state)
{
    Site *site = *state;

    site_put_kind(site, "o1", SESSION_ONLINE, "2026-03-05 09:00", 90, 60);
    site_put_kind(site, "o2", SESSION_ONLINE, "2026-08-05 09:00", 90, 60);
    site_office_at(site, "in", "o1", "m1", "2026-03-05 09:00", "");
    site_office_at(site, "in", "o2", "m1", "2026-08-05 09:00", "");
    assert_int_equal(site_put_rule(site, RULE_CAP, "cap", 1, "2026-07-01", "online=40"), 0);
    assert_string_equal(capped_of(site, "m1", 2026), "o1:60-0 o2:60-60");
    assert_int_equal(site_month_of(site, "m1", 2026, 6).year_minutes, 60);
}

static void r27_making_up_has_a_cap_of_its_own(void **state)
{
    Site *site = *state;

    site_put_kind(site, "d1", SESSION_STUDY_DAY, "2026-03-05 09:00", 90, 90);
    site_put_kind(site, "d2", SESSION_STUDY_DAY, "2026-04-05 09:00", 90, 90);
    site_put_kind(site, "d3", SESSION_STUDY_DAY, "2026-05-05 09:00", 90, 90);
    site_put_kind(site, "d4", SESSION_STUDY_DAY, "2026-06-05 09:00", 90, 90);
    site_office_at(site, "makeup", "d1", "m1", "2026-03-06 09:00", "minutes=90");
    site_office_at(site, "home", "d2", "m1", "2026-04-06 09:00", "visitor=m2");
    site_office_at(site, "makeup", "d2", "m1", "2026-04-06 09:00", "minutes=90"); // at home, all of it
    site_office_at(site, "makeup", "d3", "m1", "2026-05-06 09:00", "minutes=90");
    site_office_at(site, "in", "d4", "m1", "2026-06-05 09:00", "");
    site_office_at(site, "makeup", "d4", "m1", "2026-06-06 09:00", "minutes=90"); // was there, all of it
    assert_int_equal(site_put_rule(site, RULE_CAP, "cap", 1, "2026-01-01", "makeup=100"), 0);
    assert_string_equal(capped_of(site, "m1", 2026), "d1:90-0 d2:90-0 d3:90-80 d4:90-0");
}

static void r27_new_year_splits_what_is_capped_as_well(void **state)
{
    Site *site = *state;

    site->now = site_time("2027-03-01 12:00");
    site_put_kind(site, "eve", SESSION_ONLINE, "2026-12-31 22:00", 240, 240);
    site_put_kind(site, "spring", SESSION_ONLINE, "2027-02-05 09:00", 90, 60);
    site_office_at(site, "in", "eve", "m1", "2026-12-31 22:00", "");
    site_office_at(site, "in", "spring", "m1", "2027-02-05 09:00", "");
    assert_int_equal(site_minutes(site, "m1", 2027, 12), 180);
    assert_int_equal(site_put_rule(site, RULE_CAP, "cap", 1, "2026-01-01", "online=100"), 0);
    assert_string_equal(capped_of(site, "m1", 2026), "eve:240-20");
    assert_string_equal(capped_of(site, "m1", 2027), "spring:60-60");
    assert_int_equal(site_minutes(site, "m1", 2026, 12), 100);
    assert_int_equal(site_minutes(site, "m1", 2027, 1), 100);
    assert_int_equal(site_minutes(site, "m1", 2027, 12), 100);
    assert_int_equal(site_month_of(site, "m1", 2027, 3).year_minutes, 100);
}

static void r27_a_report_and_the_records_agree_on_random_years(void **state)
{
    Site *site = *state;
    uint64_t seed = 20261122;
    static const SessionKind kinds[] = {SESSION_ONLINE, SESSION_STUDY_DAY, SESSION_CLASS};
    char code[16], member[8], when[40];

    site->now = site_time("2027-06-01 12:00");
    for (int i = 0; i < 30; i++) {
        int day = 1 + (int)(site_random(&seed) % 28), month = 1 + (int)(site_random(&seed) % 12);
        snprintf(code, sizeof(code), "s%d", i);
        snprintf(when, sizeof(when), i == 7 ? "2026-12-31 21:00" : "2026-%02d-%02d 09:00", month, day);
        site_put_kind(site, code, kinds[site_random(&seed) % 3], when, 240,
                      30 + (int32_t)(site_random(&seed) % 90));
        for (int m = 1; m <= 7; m++) {
            snprintf(member, sizeof(member), "m%d", m);
            unsigned what = site_random(&seed) % 3;
            if (what == 0)
                site_office_at(site, "in", code, member, when, "");
            else if (what == 1)
                site_office_at(site, "makeup", code, member, when, "minutes=50");
        }
    }
    assert_int_equal(site_put_rule(site, RULE_CAP, "cap", 1, "2026-03-01", "online=150 makeup=200"), 0);
    assert_int_equal(
        site_put_rule(site, RULE_CAP, "cap", 2, "2026-09-01", "class=100 online=none makeup=250"), 0);
    bool any = false;
    for (int m = 1; m <= 7; m++) {
        snprintf(member, sizeof(member), "m%d", m);
        for (int month = 1; month <= 13; month++) {
            int year = month > 12 ? 2027 : 2026, of_year = month > 12 ? 1 : month;
            assert_int_equal(site_month_of(site, member, year, of_year).year_minutes,
                             site_minutes(site, member, year, of_year));
        }
        any = any || strstr(capped_of(site, member, 2026), "-0 ") != NULL;
    }
    assert_true(any);
    site_assert_findings(site, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, site_setup, site_teardown)
    const struct CMUnitTest tests[] = {
        TEST(r27_a_cap_counts_in_the_order_of_sessions),
        TEST(r27_a_later_cap_takes_nothing_back),
        TEST(r27_making_up_has_a_cap_of_its_own),
        TEST(r27_new_year_splits_what_is_capped_as_well),
        TEST(r27_a_report_and_the_records_agree_on_random_years),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
