#include "core/base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/base/test.h"

static Time instant(const char *text)
{
    Time t = TIME_NONE;
    int offset;

    if (!time_parse_rfc3339(text, strlen(text), &t, &offset))
        fail_msg("not a time: %s", text);
    return t;
}

static Date day(const char *text)
{
    Date date = DATE_NONE;

    if (!date_parse(text, &date))
        fail_msg("not a date: %s", text);
    return date;
}

static void assert_utc(Time t, const char *expected)
{
    char text[CLOCK_TEXT_SIZE];

    time_format_utc(t, text);
    assert_string_equal(text, expected);
}

static void zone(const char *name)
{
    if (!zone_set(name))
        fail_msg("no such zone: %s", name);
}

static void clock_now_is_the_systems(void **state)
{
    Time before = (Time)time(NULL) * TIME_SECOND;

    (void)state;
    assert_in_range(clock_now() - before + TIME_SECOND, 0, 5 * TIME_SECOND);
}

static void clock_monotonic_does_not_go_back(void **state)
{
    Time before = clock_monotonic();

    (void)state;
    assert_true(clock_monotonic() >= before);
}

static void zone_set_refuses_an_unknown_name(void **state)
{
    static const char *const bad[] = {"",      "Asia/Nowhere", "../../etc/passwd", "/etc/localtime", "Asia",
                                      "CST-8", "UTC\n"};

    (void)state;
    zone("Asia/Shanghai");
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (zone_set(bad[i]))
            fail_msg("case %zu", i);
    }
    assert_string_equal(getenv("TZ"), "Asia/Shanghai");
}

// What cannot be loaded is UTC to glibc, without a word: here a file that ends behind its first four bytes.
static void zone_set_refuses_what_could_not_be_loaded(void **state)
{
    char folder[] = "/tmp/studyday-zones-XXXXXX", path[64];

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/CET", folder);
    FILE *file = fopen(path, "w");
    assert_true(file && fputs("TZif", file) >= 0 && fclose(file) == 0);
    setenv("TZDIR", folder, 1);
    assert_true(zone_known("CET") && !zone_set("CET"));
    unsetenv("TZDIR");
    unlink(path);
    rmdir(folder);
    zone("Asia/Shanghai");
}

static void zone_date_changes_at_local_midnight(void **state)
{
    (void)state;
    zone("Asia/Shanghai");
    assert_int_equal(zone_date(instant("2026-11-04T15:59:59.999999Z")), day("2026-11-04"));
    assert_int_equal(zone_date(instant("2026-11-04T16:00:00Z")), day("2026-11-05"));
}

static void zone_date_before_1970_rounds_down(void **state)
{
    (void)state;
    zone("UTC");
    assert_int_equal(zone_date(-1), -1);
    assert_int_equal(zone_date(0), 0);
}

static void zone_day_start_in_a_fixed_zone(void **state)
{
    (void)state;
    zone("Asia/Shanghai");
    assert_utc(zone_day_start(day("2026-11-05")), "2026-11-04T16:00:00Z");
}

static void zone_day_start_of_a_short_day_and_the_next(void **state)
{
    (void)state;
    zone("Europe/Berlin");
    assert_utc(zone_day_start(day("2026-03-29")), "2026-03-28T23:00:00Z");
    assert_utc(zone_day_start(day("2026-03-30")), "2026-03-29T22:00:00Z");
}

// Chile puts its clocks forward at midnight: 2026-09-06 begins at 01:00.
static void zone_day_start_where_midnight_does_not_exist(void **state)
{
    (void)state;
    zone("America/Santiago");
    assert_utc(zone_day_start(day("2026-09-06")), "2026-09-06T04:00:00Z");
}

// Cuba puts its clocks back at 01:00: 2025-11-02 has two midnights, the first one begins the day.
static void zone_day_start_where_midnight_comes_twice(void **state)
{
    (void)state;
    zone("America/Havana");
    assert_utc(zone_day_start(day("2025-11-02")), "2025-11-02T04:00:00Z");
}

// Samoa left out 2011-12-30.
static void zone_day_start_of_a_day_left_out_is_that_of_the_next(void **state)
{
    (void)state;
    zone("Pacific/Apia");
    assert_int_equal(zone_day_start(day("2011-12-30")), zone_day_start(day("2011-12-31")));
    assert_int_equal(zone_date(zone_day_start(day("2011-12-31"))), day("2011-12-31"));
}

static void zone_day_start_agrees_with_zone_date_all_year(void **state)
{
    static const char *const zones[] = {"Asia/Shanghai",   "Europe/Berlin",       "America/Santiago",
                                        "America/Havana",  "Australia/Lord_Howe", "Pacific/Kiritimati",
                                        "America/New_York"};

    (void)state;
    for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
        zone(zones[i]);
        for (Date date = day("2025-01-01"); date < day("2027-01-01"); date++) {
            assert_int_equal(zone_date(zone_day_start(date)), date);
            assert_int_equal(zone_date(zone_day_start(date) - 1), date - 1);
        }
    }
}

static void time_parse_rfc3339_reads_utc(void **state)
{
    Time t;
    int offset;

    (void)state;
    assert_true(time_parse_rfc3339("1970-01-02T00:00:01Z", 20, &t, &offset));
    assert_int_equal(t, TIME_DAY + TIME_SECOND);
    assert_int_equal(offset, 0);
}

static void time_parse_rfc3339_keeps_the_offset(void **state)
{
    Time t;
    int offset;

    (void)state;
    assert_true(time_parse_rfc3339("2026-11-05T09:00:00+08:00", 25, &t, &offset));
    assert_int_equal(offset, 480);
    assert_utc(t, "2026-11-05T01:00:00Z");
    assert_true(time_parse_rfc3339("2026-11-05T09:00:00-03:30", 25, &t, &offset));
    assert_int_equal(offset, -210);
    assert_utc(t, "2026-11-05T12:30:00Z");
}

static void time_parse_rfc3339_takes_lower_case(void **state)
{
    (void)state;
    assert_int_equal(instant("2026-11-05t01:00:00z"), instant("2026-11-05T01:00:00Z"));
}

static void time_parse_rfc3339_cuts_below_a_microsecond(void **state)
{
    (void)state;
    assert_utc(instant("2026-11-05T01:00:00.1234569Z"), "2026-11-05T01:00:00.123456Z");
    assert_utc(instant("2026-11-05T01:00:00.5Z"), "2026-11-05T01:00:00.500000Z");
}

static void time_parse_rfc3339_reads_a_leap_second_as_the_end_of_the_minute(void **state)
{
    (void)state;
    assert_utc(instant("2016-12-31T23:59:60Z"), "2016-12-31T23:59:59.999999Z");
    assert_utc(instant("2016-12-31T23:59:60.5Z"), "2016-12-31T23:59:59.999999Z");
}

static void time_parse_rfc3339_reads_only_its_size(void **state)
{
    Time t;
    int offset;

    (void)state;
    assert_true(time_parse_rfc3339("2026-11-05T01:00:00Zjunk", 20, &t, &offset));
    assert_false(time_parse_rfc3339("2026-11-05T01:00:00Z", 19, &t, &offset));
}

static void time_parse_rfc3339_refuses(void **state)
{
    static const char *const bad[] = {
        "",
        "2026-11-05",
        "2026-11-05T01:00:00",
        "2026-11-05T01:00Z",
        "2026-11-05 01:00:00Z",
        "2026-11-05T01:00:00+0800",
        "2026-11-05T01:00:00+08",
        "2026-11-05T01:00:00+24:00",
        "2026-11-05T01:00:00+08:60",
        "2026-11-05T01:00:00.Z",
        "2026-11-05T01:00:00,5Z",
        "2026-11-05T24:00:00Z",
        "2026-11-05T01:60:00Z",
        "2026-11-05T01:00:61Z",
        "2026-02-29T01:00:00Z",
        "2026-13-01T01:00:00Z",
        "2026-00-01T01:00:00Z",
        "2026-11-31T01:00:00Z",
        "26-11-05T01:00:00Z00",
        "+026-11-05T01:00:00Z",
        "2026-11-05T01:00:00ZZ",
        " 2026-11-05T01:00:00Z",
        "2026-11-05T01:00:00Z ",
    };
    Time t = 42;
    int offset = 42;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (time_parse_rfc3339(bad[i], strlen(bad[i]), &t, &offset))
            fail_msg("case %zu: %s", i, bad[i]);
    }
    assert_int_equal(t, 42);
    assert_int_equal(offset, 42);
}

static void time_parse_local_reads_the_sites_time(void **state)
{
    Time t;

    (void)state;
    zone("Asia/Shanghai");
    assert_true(time_parse_local("2026-11-05 09:00", &t));
    assert_utc(t, "2026-11-05T01:00:00Z");
    assert_true(time_parse_local("2026-11-05 09:00:07", &t));
    assert_utc(t, "2026-11-05T01:00:07Z");
}

static void time_parse_local_reads_rfc3339_too(void **state)
{
    Time t;

    (void)state;
    zone("Asia/Shanghai");
    assert_true(time_parse_local("2026-11-05T09:00:00+01:00", &t));
    assert_utc(t, "2026-11-05T08:00:00Z");
}

static void time_parse_local_knows_summer_time(void **state)
{
    Time t;

    (void)state;
    zone("Europe/Berlin");
    assert_true(time_parse_local("2026-07-01 12:00", &t));
    assert_utc(t, "2026-07-01T10:00:00Z");
    assert_true(time_parse_local("2026-12-01 12:00", &t));
    assert_utc(t, "2026-12-01T11:00:00Z");
}

static void time_parse_local_refuses(void **state)
{
    static const char *const bad[] = {"2026-11-05",
                                      "2026-11-05 9:00",
                                      "2026-11-05 24:00",
                                      "2026-11-05 09:60",
                                      "2026-11-05 09:00:60",
                                      "2026-11-05T09:00",
                                      "2026-11-05  9:00",
                                      "2026-02-30 09:00",
                                      "2026-11-05 09:00 ",
                                      "2026/11/05 09:00:00",
                                      ""};
    Time t = 42;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (time_parse_local(bad[i], &t))
            fail_msg("case %zu: %s", i, bad[i]);
    }
    assert_int_equal(t, 42);
}

static void time_format_utc_shows_microseconds_only_where_there_are_any(void **state)
{
    (void)state;
    assert_utc(0, "1970-01-01T00:00:00Z");
    assert_utc(1, "1970-01-01T00:00:00.000001Z");
    assert_utc(-1, "1969-12-31T23:59:59.999999Z");
}

static void time_format_utc_fits_any_instant(void **state)
{
    char text[CLOCK_TEXT_SIZE];

    (void)state;
    time_format_utc(INT64_MAX - TIME_DAY, text);
    assert_true(strlen(text) < sizeof(text));
    time_format_utc(INT64_MIN + TIME_DAY, text);
    assert_true(strlen(text) < sizeof(text));
}

static void time_format_zone_shows_the_offset(void **state)
{
    char text[CLOCK_TEXT_SIZE];

    (void)state;
    zone("Asia/Shanghai");
    time_format_zone(instant("2026-11-05T01:00:00Z"), text);
    assert_string_equal(text, "2026-11-05T09:00:00+08:00");
    zone("America/St_Johns");
    time_format_zone(instant("2026-12-05T01:00:00Z"), text);
    assert_string_equal(text, "2026-12-04T21:30:00-03:30");
}

static void time_format_short_is_for_people(void **state)
{
    char text[CLOCK_TEXT_SIZE];

    (void)state;
    zone("Asia/Shanghai");
    time_format_short(instant("2026-11-05T01:00:59.5Z"), text);
    assert_string_equal(text, "2026-11-05 09:00");
}

static void date_to_civil_turns_date_from_civil_round(void **state)
{
    (void)state;
    for (Date date = -800000; date < 800000; date += 13) {
        int year, month, dom;

        date_to_civil(date, &year, &month, &dom);
        assert_int_equal(date_from_civil(year, month, dom), date);
    }
}

static void date_from_civil_knows_the_epoch(void **state)
{
    (void)state;
    assert_int_equal(date_from_civil(1970, 1, 1), 0);
    assert_int_equal(date_from_civil(2000, 3, 1), 11017);
}

static void date_parse_knows_leap_years(void **state)
{
    Date date;

    (void)state;
    assert_true(date_parse("2024-02-29", &date));
    assert_true(date_parse("2000-02-29", &date));
    assert_false(date_parse("2026-02-29", &date));
    assert_false(date_parse("1900-02-29", &date));
}

static void date_parse_refuses_anything_around_it(void **state)
{
    static const char *const bad[] = {"",           "2026-11-5",  "2026-11-05 ", " 2026-11-05",
                                      "2026/11/05", "2026-11-00", "2026-00-11",  "20261105"};
    Date date;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (date_parse(bad[i], &date))
            fail_msg("case %zu", i);
    }
}

static void date_format_writes_what_date_parse_reads(void **state)
{
    char text[CLOCK_TEXT_SIZE];

    (void)state;
    date_format(day("0999-01-31"), text);
    assert_string_equal(text, "0999-01-31");
}

static void month_parse_counts_from_year_zero(void **state)
{
    Month month;

    (void)state;
    assert_true(month_parse("2026-11", &month));
    assert_int_equal(month, 2026 * 12 + 10);
}

static void month_parse_refuses(void **state)
{
    static const char *const bad[] = {"", "2026-13", "2026-00", "2026-1", "2026-11-05", "202611", "2026-1x"};
    Month month;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (month_parse(bad[i], &month))
            fail_msg("case %zu", i);
    }
}

static void month_format_writes_what_month_parse_reads(void **state)
{
    char text[CLOCK_TEXT_SIZE];
    Month month;

    (void)state;
    assert_true(month_parse("2026-12", &month));
    month_format(month, text);
    assert_string_equal(text, "2026-12");
}

static void month_last_day_knows_february(void **state)
{
    (void)state;
    assert_int_equal(month_last_day(month_of_date(day("2024-02-10"))), day("2024-02-29"));
    assert_int_equal(month_last_day(month_of_date(day("2026-02-10"))), day("2026-02-28"));
}

static void month_first_day_follows_december(void **state)
{
    Month december = month_of_date(day("2026-12-31"));

    (void)state;
    assert_int_equal(month_first_day(december), day("2026-12-01"));
    assert_int_equal(month_first_day(december + 1), day("2027-01-01"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clock_now_is_the_systems),
        cmocka_unit_test(clock_monotonic_does_not_go_back),
        cmocka_unit_test(zone_set_refuses_an_unknown_name),
        cmocka_unit_test(zone_set_refuses_what_could_not_be_loaded),
        cmocka_unit_test(zone_date_changes_at_local_midnight),
        cmocka_unit_test(zone_date_before_1970_rounds_down),
        cmocka_unit_test(zone_day_start_in_a_fixed_zone),
        cmocka_unit_test(zone_day_start_of_a_short_day_and_the_next),
        cmocka_unit_test(zone_day_start_where_midnight_does_not_exist),
        cmocka_unit_test(zone_day_start_where_midnight_comes_twice),
        cmocka_unit_test(zone_day_start_of_a_day_left_out_is_that_of_the_next),
        cmocka_unit_test(zone_day_start_agrees_with_zone_date_all_year),
        cmocka_unit_test(time_parse_rfc3339_reads_utc),
        cmocka_unit_test(time_parse_rfc3339_keeps_the_offset),
        cmocka_unit_test(time_parse_rfc3339_takes_lower_case),
        cmocka_unit_test(time_parse_rfc3339_cuts_below_a_microsecond),
        cmocka_unit_test(time_parse_rfc3339_reads_a_leap_second_as_the_end_of_the_minute),
        cmocka_unit_test(time_parse_rfc3339_reads_only_its_size),
        cmocka_unit_test(time_parse_rfc3339_refuses),
        cmocka_unit_test(time_parse_local_reads_the_sites_time),
        cmocka_unit_test(time_parse_local_reads_rfc3339_too),
        cmocka_unit_test(time_parse_local_knows_summer_time),
        cmocka_unit_test(time_parse_local_refuses),
        cmocka_unit_test(time_format_utc_shows_microseconds_only_where_there_are_any),
        cmocka_unit_test(time_format_utc_fits_any_instant),
        cmocka_unit_test(time_format_zone_shows_the_offset),
        cmocka_unit_test(time_format_short_is_for_people),
        cmocka_unit_test(date_to_civil_turns_date_from_civil_round),
        cmocka_unit_test(date_from_civil_knows_the_epoch),
        cmocka_unit_test(date_parse_knows_leap_years),
        cmocka_unit_test(date_parse_refuses_anything_around_it),
        cmocka_unit_test(date_format_writes_what_date_parse_reads),
        cmocka_unit_test(month_parse_counts_from_year_zero),
        cmocka_unit_test(month_parse_refuses),
        cmocka_unit_test(month_format_writes_what_month_parse_reads),
        cmocka_unit_test(month_last_day_knows_february),
        cmocka_unit_test(month_first_day_follows_december),
    };

    return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
