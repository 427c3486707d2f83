#include "tests/model/test.h"

#include <string.h>

#include "core/model/figures.h"

static Tally tally_of(Duty duty, Attendance attendance)
{
    Tally tally = {0};
    tally_add_attendance(&tally, duty, &attendance, 1);
    return tally;
}

static void assert_tally(Tally tally, Tally expected)
{
    assert_memory_equal(&tally, &expected, sizeof(tally));
}

static void tally_add_attendance_counts_each_status_of_the_expected(void **state)
{
    (void)state;
    assert_tally(tally_of(DUTY_EXPECTED, (Attendance){.status = STATUS_NOTHING}),
                 (Tally){.expected = 1, .nothing = 1});
    assert_tally(tally_of(DUTY_EXPECTED, (Attendance){.status = STATUS_LATE}),
                 (Tally){.expected = 1, .late = 1});
    assert_tally(tally_of(DUTY_EXPECTED, (Attendance){.status = STATUS_LEFT_EARLY}),
                 (Tally){.expected = 1, .left_early = 1});
    assert_tally(tally_of(DUTY_EXPECTED, (Attendance){.status = STATUS_PRESENT}),
                 (Tally){.expected = 1, .present = 1});
    assert_tally(tally_of(DUTY_EXPECTED, (Attendance){.status = STATUS_HOME}),
                 (Tally){.expected = 1, .home = 1});
    assert_tally(tally_of(DUTY_EXPECTED, (Attendance){.status = STATUS_MAKEUP}),
                 (Tally){.expected = 1, .makeup = 1});
    assert_tally(tally_of(DUTY_EXPECTED, (Attendance){.status = STATUS_LEAVE}),
                 (Tally){.expected = 1, .leave = 1});
}

static void tally_add_attendance_keeps_the_exempt_out_of_the_statuses(void **state)
{
    (void)state;
    assert_tally(
        tally_of(DUTY_EXEMPT, (Attendance){.status = STATUS_PRESENT, .on_site = true, .credit = 120}),
        (Tally){.exempt = 1, .minutes = 120});
}

static void tally_add_attendance_counts_only_the_credit_of_a_guest(void **state)
{
    (void)state;
    assert_tally(tally_of(DUTY_NONE, (Attendance){.status = STATUS_PRESENT, .on_site = true, .credit = 120}),
                 (Tally){.minutes = 120});
}

static void tally_add_attendance_counts_credit_not_presence(void **state)
{
    (void)state;
    assert_tally(tally_of(DUTY_EXPECTED, (Attendance){.status = STATUS_PRESENT, .minutes = 50, .credit = 0}),
                 (Tally){.expected = 1, .present = 1});
}

static void tally_add_attendance_counts_checks_of_every_duty(void **state)
{
    (void)state;
    Attendance passed = {.checked = true, .passed = true};
    Attendance missing = {.checked = true, .not_found = true};
    assert_tally(tally_of(DUTY_EXPECTED, passed),
                 (Tally){.expected = 1, .nothing = 1, .checked = 1, .passed = 1});
    assert_tally(tally_of(DUTY_EXEMPT, passed), (Tally){.exempt = 1, .checked = 1, .passed = 1});
    assert_tally(tally_of(DUTY_NONE, missing), (Tally){.checked = 1, .not_found = 1});
}

static void tally_add_attendance_takes_back_what_it_added(void **state)
{
    (void)state;
    for (unsigned duty = 0; duty < DUTY_COUNT; duty++) {
        for (unsigned status = STATUS_NOTHING; status <= STATUS_LEAVE; status++) {
            Attendance attendance = {.status = (Status)status, .credit = 77, .checked = true, .passed = true};
            Tally tally = tally_of((Duty)duty, attendance);
            assert_false(tally_is_zero(&tally));
            tally_add_attendance(&tally, (Duty)duty, &attendance, -1);
            assert_true(tally_is_zero(&tally));
        }
    }
}

static void tally_is_zero_sees_every_field(void **state)
{
    (void)state;
    for (size_t i = 0; i < TALLY_FIELD_COUNT; i++) {
        int64_t fields[TALLY_FIELD_COUNT] = {0};
        fields[i] = -1;
        Tally tally;
        memcpy(&tally, fields, sizeof(tally));
        assert_false(tally_is_zero(&tally));
    }
}

/// A value whose fields are `from`, `from` + 1, ...
static void fill(void *value, size_t size, int64_t from)
{
    for (size_t i = 0; i < size / sizeof(from); i++, from++)
        memcpy((char *)value + i * sizeof(from), &from, sizeof(from));
}

static void tally_add_adds_every_field(void **state)
{
    (void)state;
    Tally sum, other;
    fill(&sum, sizeof(sum), 100);
    fill(&other, sizeof(other), 1);
    tally_add(&sum, &other);
    for (size_t i = 0; i < TALLY_FIELD_COUNT; i++)
        assert_int_equal(((int64_t *)&sum)[i], 101 + 2 * (int64_t)i);
}

static void figures_add_adds_every_field(void **state)
{
    (void)state;
    Figures sum, other;
    fill(&sum, sizeof(sum), 100);
    fill(&other, sizeof(other), 1);
    figures_add(&sum, &other);
    for (size_t i = 0; i < sizeof(sum) / sizeof(int64_t); i++)
        assert_int_equal(((int64_t *)&sum)[i], 101 + 2 * (int64_t)i);
}

static const Tally sample = {.expected = 28,
                             .exempt = 2,
                             .present = 3,
                             .late = 4,
                             .left_early = 5,
                             .home = 6,
                             .makeup = 7,
                             .leave = 1,
                             .nothing = 2,
                             .checked = 9,
                             .passed = 8,
                             .not_found = 1,
                             .minutes = 1000};

static void figures_add_tally_calls_nothing_absent_where_the_point_reported(void **state)
{
    (void)state;
    Figures figures = {0}, expected = {.expected = 28,
                                       .exempt = 2,
                                       .present = 3,
                                       .late = 4,
                                       .left_early = 5,
                                       .home = 6,
                                       .makeup = 7,
                                       .leave = 1,
                                       .absent = 2,
                                       .checked = 9,
                                       .passed = 8,
                                       .not_found = 1,
                                       .minutes = 1000};
    figures_add_tally(&figures, &sample, false);
    assert_memory_equal(&figures, &expected, sizeof(figures));
}

static void figures_add_tally_calls_nothing_unreported_where_the_point_is_silent(void **state)
{
    (void)state;
    Figures figures = {0};
    figures_add_tally(&figures, &sample, true);
    assert_int_equal(figures.absent, 0);
    assert_int_equal(figures.unreported, 2);
}

/// R19.
static void figures_expected_is_the_sum_of_its_parts(void **state)
{
    (void)state;
    Figures figures = {0};
    figures_add_tally(&figures, &sample, false);
    figures_add_tally(&figures, &sample, true);
    assert_int_equal(figures_on_site(&figures), 24);
    assert_int_equal(figures.expected, figures_on_site(&figures) + figures.makeup + figures.home +
                                           figures.leave + figures.absent + figures.unreported);
}

static void rate_permille_rounds_half_up(void **state)
{
    (void)state;
    assert_int_equal(rate_permille(0, 7), 0);
    assert_int_equal(rate_permille(7, 7), 1000);
    assert_int_equal(rate_permille(1, 3), 333);
    assert_int_equal(rate_permille(2, 3), 667);
    assert_int_equal(rate_permille(1, 2000), 1);
    assert_int_equal(rate_permille(1, 2001), 0);
    assert_int_equal(rate_permille(3, 2000), 2);
    assert_int_equal(rate_permille(5, 2000), 3);
}

static void rate_permille_is_null_without_a_denominator(void **state)
{
    (void)state;
    assert_int_equal(rate_permille(0, 0), RATE_NULL);
}

static void rate_permille_bears_the_country(void **state)
{
    (void)state;
    int64_t members = INT64_C(100000000) * 365;
    assert_int_equal(rate_permille(members - 1, members), 1000);
}

/// The sample row of the report in the contract: 351 of 410 on site, 20 made up, 6 at home, 3 unreported.
static void rates_are_those_of_the_sample_report(void **state)
{
    (void)state;
    Figures figures = {.expected = 410,
                       .present = 340,
                       .late = 6,
                       .left_early = 5,
                       .makeup = 20,
                       .home = 6,
                       .unreported = 3};
    assert_int_equal(figures_centralised(&figures), 856);
    assert_int_equal(figures_centralised_low(&figures), 856);
    assert_int_equal(figures_centralised_high(&figures), 862);
    assert_int_equal(figures_overall(&figures), 920);
}

static void rates_are_null_where_nobody_is_expected(void **state)
{
    (void)state;
    Figures nobody = {.exempt = 4, .guests = 2}, all_silent = {.expected = 5, .unreported = 5};
    assert_int_equal(figures_centralised(&nobody), RATE_NULL);
    assert_int_equal(figures_overall(&nobody), RATE_NULL);
    assert_int_equal(figures_centralised_low(&all_silent), 0);
    assert_int_equal(figures_centralised_high(&all_silent), RATE_NULL);
}

static void hours_tenths_rounds_half_up(void **state)
{
    (void)state;
    assert_int_equal(hours_tenths(0), 0);
    assert_int_equal(hours_tenths(2), 0);
    assert_int_equal(hours_tenths(3), 1);
    assert_int_equal(hours_tenths(8), 1);
    assert_int_equal(hours_tenths(9), 2);
    assert_int_equal(hours_tenths(60), 10);
    assert_int_equal(hours_tenths(95), 16);
    assert_int_equal(hours_tenths(1920), 320);
}

static void hours_tenths_of_a_difference_rounds_the_same_way(void **state)
{
    (void)state;
    assert_int_equal(hours_tenths(-3), 0);
    assert_int_equal(hours_tenths(-4), -1);
    assert_int_equal(hours_tenths(-60), -10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tally_add_attendance_counts_each_status_of_the_expected),
        cmocka_unit_test(tally_add_attendance_keeps_the_exempt_out_of_the_statuses),
        cmocka_unit_test(tally_add_attendance_counts_only_the_credit_of_a_guest),
        cmocka_unit_test(tally_add_attendance_counts_credit_not_presence),
        cmocka_unit_test(tally_add_attendance_counts_checks_of_every_duty),
        cmocka_unit_test(tally_add_attendance_takes_back_what_it_added),
        cmocka_unit_test(tally_is_zero_sees_every_field),
        cmocka_unit_test(tally_add_adds_every_field),
        cmocka_unit_test(figures_add_adds_every_field),
        cmocka_unit_test(figures_add_tally_calls_nothing_absent_where_the_point_reported),
        cmocka_unit_test(figures_add_tally_calls_nothing_unreported_where_the_point_is_silent),
        cmocka_unit_test(figures_expected_is_the_sum_of_its_parts),
        cmocka_unit_test(rate_permille_rounds_half_up),
        cmocka_unit_test(rate_permille_is_null_without_a_denominator),
        cmocka_unit_test(rate_permille_bears_the_country),
        cmocka_unit_test(rates_are_those_of_the_sample_report),
        cmocka_unit_test(rates_are_null_where_nobody_is_expected),
        cmocka_unit_test(hours_tenths_rounds_half_up),
        cmocka_unit_test(hours_tenths_of_a_difference_rounds_the_same_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
