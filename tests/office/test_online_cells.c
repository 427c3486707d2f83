// What exports of learning platforms may say in a cell, and what is refused rather than guessed.
#include <string.h>

#include "core/base/clock.h"
#include "office/online_cells.h"
#include "tests/office/test.h"

static const char *parse(CellParse cell_parse, const char *cell, void *ret_value)
{
    return cell_parse(cell, strlen(cell), ret_value);
}

static void times_with_any_separators_are_the_same_instant(void **state)
{
    static const char *const same[] = {"2026-10-05 20:11",      "2026/10/5 20:11:00",   "2026.10.05 20:11",
                                       "2026年10月5日20时11分", "2026-10-05T12:11:00Z", "2026/10/05 20:11"};
    Time wanted, time;

    (void)state;
    assert_true(time_parse_local("2026-10-05 20:11", &wanted));
    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
        time = TIME_NONE;
        assert_null(parse(online_time, same[i], &time));
        assert_int_equal(time, wanted);
    }
    assert_null(parse(online_time, "2026年10月5日", &time));
    assert_int_equal(time, zone_day_start(date_from_civil(2026, 10, 5)));
}

static void what_is_no_time_is_refused(void **state)
{
    static const char *const bad[] = {
        "05/10/2026", "26-10-05",      "2026-10",          "2026-13-01", "2026-02-30",
        "昨天",       "2026-10-05 20", "2026-10-05 25:00", "20261005",   "2026-10-05 20:11 PM"};
    Time time;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_non_null(parse(online_time, bad[i], &time));
}

static void minutes_in_every_form(void **state)
{
    static const struct {
        const char *cell;
        int32_t minutes;
    } cases[] = {{"90", 90},      {"90分钟", 90},   {"90 min", 90},    {"45.5", 45},
                 {"1:30:00", 90}, {"01:30:59", 90}, {"1小时30分", 90}, {"1小时30分钟", 90},
                 {"2小时", 120},  {"1h30m", 90},    {"12分30秒", 12},  {"0", 0}};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int32_t minutes = -1;
        assert_null(parse(online_minutes, cases[i].cell, &minutes));
        assert_int_equal(minutes, cases[i].minutes);
    }
}

static void what_is_no_length_is_refused(void **state)
{
    static const char *const bad[] = {"1:30",    "1:75:00", "-5",  "ten",    "1,5",
                                      "1000000", "9999999", "30%", "1 2 3 4"};
    int32_t minutes;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_non_null(parse(online_minutes, bad[i], &minutes));
}

static void lessons_are_tenths(void **state)
{
    int32_t tenths;

    (void)state;
    assert_null(parse(online_lessons, "2", &tenths));
    assert_int_equal(tenths, 20);
    assert_null(parse(online_lessons, "1.5课时", &tenths));
    assert_int_equal(tenths, 15);
    assert_non_null(parse(online_lessons, "1.25", &tenths));
    assert_non_null(parse(online_lessons, "半", &tenths));
}

static void states_are_a_closed_list(void **state)
{
    int value;

    (void)state;
    assert_null(parse(online_state, "已完成", &value));
    assert_int_equal(value, ONLINE_DONE);
    assert_null(parse(online_state, "Passed", &value));
    assert_int_equal(value, ONLINE_DONE);
    assert_null(parse(online_state, "学习中", &value));
    assert_int_equal(value, ONLINE_NOT_DONE);
    assert_non_null(parse(online_state, "也许", &value));
    assert_null(parse(online_progress, "100%", &value));
    assert_int_equal(value, ONLINE_DONE);
    assert_null(parse(online_progress, "99.9", &value));
    assert_int_equal(value, ONLINE_NOT_DONE);
    assert_non_null(parse(online_progress, "101", &value));
}

static void a_dash_is_an_empty_cell(void **state)
{
    Time time = TIME_NONE;
    int32_t minutes = -1;
    int value = ONLINE_UNSTATED;

    (void)state;
    assert_null(parse(online_time, "-", &time));
    assert_null(parse(online_minutes, "--", &minutes));
    assert_null(parse(online_state, "—", &value));
    assert_int_equal(time, TIME_NONE);
    assert_int_equal(minutes, -1);
    assert_int_equal(value, ONLINE_UNSTATED);
}

static int set_zone(void **state)
{
    (void)state;
    return zone_set("Asia/Shanghai") ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_with_any_separators_are_the_same_instant),
        cmocka_unit_test(what_is_no_time_is_refused),
        cmocka_unit_test(minutes_in_every_form),
        cmocka_unit_test(what_is_no_length_is_refused),
        cmocka_unit_test(lessons_are_tenths),
        cmocka_unit_test(states_are_a_closed_list),
        cmocka_unit_test(a_dash_is_an_empty_cell),
    };

    return cmocka_run_group_tests_name("online cells", tests, set_zone, NULL);
}
