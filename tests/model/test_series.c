#include "core/model/series.h"

#include <stdio.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tests/model/test.h"

// The days of a series, and what a rule wants that a month does not have.

static Series series; // large: not on the stack of a test

static Date day(const char *text)
{
    Date date;

    assert_true(date_parse(text, &date));
    return date;
}

static SeriesRule rule(const char *text, SeriesWeekend weekend)
{
    SeriesRule parsed;

    assert_true(series_parse(text, &parsed));
    parsed.weekend = weekend;
    return parsed;
}

static void assert_days(const char *wanted)
{
    CLEANUP(cleanup_text) Text days = {0};

    for (size_t i = 0; i < series.count; i++) {
        char text[CLOCK_TEXT_SIZE];
        date_format(series.days[i].date, text);
        text_appendf(&days, "%s%s", i ? " " : "", text);
    }
    assert_string_equal(text_cstr(&days), wanted);
}

static void expand(const char *text, SeriesWeekend weekend, const char *from, const char *until, size_t times,
                   int outcome)
{
    SeriesRule parsed = rule(text, weekend);

    assert_int_equal(series_expand(&parsed, day(from), until ? day(until) : DATE_NONE, times, &series),
                     outcome);
}

static void two_days_of_each_month(void **state)
{
    (void)state;
    expand("monthly:5,20", SERIES_WEEKEND_KEEP, "2026-12-01", "2027-02-28", 0, 0);
    assert_days("2026-12-05 2026-12-20 2027-01-05 2027-01-20 2027-02-05 2027-02-20");
    assert_int_equal(series.missing_count, 0);
}

static void days_before_the_first_possible_one_do_not_count(void **state)
{
    (void)state;
    expand("monthly:5,20", SERIES_WEEKEND_KEEP, "2026-12-06", "2027-01-05", 0, 0);
    assert_days("2026-12-20 2027-01-05");
}

static void a_day_that_a_month_does_not_have_is_left_out_and_told(void **state)
{
    (void)state;
    expand("monthly:30", SERIES_WEEKEND_KEEP, "2027-01-01", "2027-03-31", 0, 0);
    assert_days("2027-01-30 2027-03-30");
    assert_int_equal(series.missing_count, 1);
    assert_string_equal(series.missing[0].item, "30");
    assert_int_equal(series.missing[0].month, 2027 * 12 + 1);
    expand("monthly:29", SERIES_WEEKEND_KEEP, "2028-02-01", "2028-02-29", 0, 0);
    assert_days("2028-02-29"); // a leap year has it
    assert_int_equal(series.missing_count, 0);
}

static void the_last_day_is_there_in_every_month(void **state)
{
    (void)state;
    expand("monthly:last", SERIES_WEEKEND_KEEP, "2027-01-01", NULL, 3, 0);
    assert_days("2027-01-31 2027-02-28 2027-03-31");
}

static void weekdays_by_their_place_in_the_month(void **state)
{
    (void)state;
    expand("monthly:1st-thu,3rd-thu", SERIES_WEEKEND_KEEP, "2026-12-01", NULL, 4, 0);
    assert_days("2026-12-03 2026-12-17 2027-01-07 2027-01-21");
    expand("monthly:last-fri", SERIES_WEEKEND_KEEP, "2027-01-01", NULL, 2, 0);
    assert_days("2027-01-29 2027-02-26");
}

static void a_fifth_weekday_is_there_in_some_months(void **state)
{
    (void)state;
    expand("monthly:5th-thu", SERIES_WEEKEND_KEEP, "2026-12-01", "2027-02-28", 0, 0);
    assert_days("2026-12-31");
    assert_int_equal(series.missing_count, 2);
    assert_string_equal(series.missing[0].item, "5th-thu");
    assert_int_equal(series.missing[1].month, 2027 * 12 + 1);
}

static void weekly_and_daily(void **state)
{
    (void)state;
    expand("weekly:tue,thu", SERIES_WEEKEND_KEEP, "2026-12-02", NULL, 3, 0);
    assert_days("2026-12-03 2026-12-08 2026-12-10");
    expand("daily", SERIES_WEEKEND_SKIP, "2026-12-03", NULL, 3, 0);
    assert_days("2026-12-03 2026-12-04 2026-12-07");
}

static void a_weekend_moves_a_day_or_takes_it_out(void **state)
{
    (void)state; // 2026-12-05 is a Saturday, 2026-12-20 a Sunday
    expand("monthly:5,20", SERIES_WEEKEND_BEFORE, "2026-12-05", "2026-12-31", 0, 0);
    assert_days("2026-12-04 2026-12-18");
    assert_int_equal(series.days[0].rule, day("2026-12-05"));
    expand("monthly:5,20", SERIES_WEEKEND_AFTER, "2026-12-01", "2026-12-31", 0, 0);
    assert_days("2026-12-07 2026-12-21");
    expand("monthly:5,20", SERIES_WEEKEND_SKIP, "2026-12-01", "2026-12-31", 0, SERIES_E_NONE);
}

static void two_days_that_a_weekend_moves_onto_one_are_an_outcome(void **state)
{
    (void)state;
    expand("monthly:5,6", SERIES_WEEKEND_AFTER, "2026-12-01", "2026-12-31", 0, SERIES_E_SAME);
    assert_int_equal(series.days[series.count - 1].rule, day("2026-12-06"));
    assert_int_equal(series.days[series.count - 2].rule, day("2026-12-05"));
    expand("monthly:4,5", SERIES_WEEKEND_BEFORE, "2026-12-01", "2026-12-31", 0, SERIES_E_SAME);
}

/// Whether the day is in a rule of the 5th and 20th, the last day, and the second and last Friday.
static bool is_wanted(Date date)
{
    int year, month, number;

    date_to_civil(date, &year, &month, &number);
    Date last = month_last_day(month_of_date(date));
    return number == 5 || number == 20 || date == last ||
           (series_weekday(date) == 4 && ((number >= 8 && number <= 14) || date > last - 7));
}

static void a_century_of_a_rule_has_the_wanted_days_and_no_others(void **state)
{
    (void)state;
    for (Date from = day("2000-01-01"); from < day("2100-01-01"); from += 365) {
        char first[CLOCK_TEXT_SIZE], last[CLOCK_TEXT_SIZE];
        size_t found = 0;
        date_format(from, first);
        date_format(from + 364, last);
        expand("monthly:5,20,last,2nd-fri,last-fri", SERIES_WEEKEND_KEEP, first, last, 0, 0);
        for (Date date = from; date <= from + 364; date++) {
            if (!is_wanted(date))
                continue;
            assert_true(found < series.count);
            assert_int_equal(series.days[found++].date, date);
        }
        assert_int_equal(found, series.count);
    }
}

static void too_many_days_are_an_outcome(void **state)
{
    (void)state;
    expand("daily", SERIES_WEEKEND_KEEP, "2026-01-01", "2027-12-31", 0, SERIES_E_MANY);
    expand("daily", SERIES_WEEKEND_KEEP, "2026-01-01", NULL, SERIES_DAYS_MAX, 0);
    assert_int_equal(series.count, SERIES_DAYS_MAX);
}

static void what_is_no_rule_is_refused(void **state)
{
    static const char *const bad[] = {"",
                                      "daily:",
                                      "weekly",
                                      "weekly:",
                                      "weekly:thur",
                                      "weekly:thu,",
                                      "monthly:",
                                      "monthly:0",
                                      "monthly:32",
                                      "monthly:05",
                                      "monthly:5,,",
                                      "monthly:-thu",
                                      "monthly:6th-thu",
                                      "monthly:1st-",
                                      "yearly:5",
                                      "monthly:5 ",
                                      "monthly:+5"};
    SeriesRule parsed;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(series_parse(bad[i], &parsed));
}

static void a_weekend_is_one_of_four_words(void **state)
{
    SeriesWeekend weekend;

    (void)state;
    assert_true(series_weekend_parse("after", &weekend));
    assert_int_equal(weekend, SERIES_WEEKEND_AFTER);
    assert_false(series_weekend_parse("never", &weekend));
    assert_string_equal(series_weekday_word(day("2026-12-05")), "sat");
    assert_string_equal(series_weekday_word(day("1969-12-31")), "wed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_days_of_each_month),
        cmocka_unit_test(days_before_the_first_possible_one_do_not_count),
        cmocka_unit_test(a_day_that_a_month_does_not_have_is_left_out_and_told),
        cmocka_unit_test(the_last_day_is_there_in_every_month),
        cmocka_unit_test(weekdays_by_their_place_in_the_month),
        cmocka_unit_test(a_fifth_weekday_is_there_in_some_months),
        cmocka_unit_test(weekly_and_daily),
        cmocka_unit_test(a_weekend_moves_a_day_or_takes_it_out),
        cmocka_unit_test(two_days_that_a_weekend_moves_onto_one_are_an_outcome),
        cmocka_unit_test(a_century_of_a_rule_has_the_wanted_days_and_no_others),
        cmocka_unit_test(too_many_days_are_an_outcome),
        cmocka_unit_test(what_is_no_rule_is_refused),
        cmocka_unit_test(a_weekend_is_one_of_four_words),
    };

    return cmocka_run_group_tests_name("series", tests, NULL, NULL);
}
