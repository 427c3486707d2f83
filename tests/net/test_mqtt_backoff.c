// Rule T5: reconnect waits are jittered, 1 to 60 s.
#include "tests/net/line.h"

#define TRIES 100 // well past the point where the ceiling stops growing

static void backoff_is_never_below_one_second(void **state)
{
    (void)state;
    for (unsigned failures = 0; failures < TRIES; failures++)
        assert_true(mqtt_backoff(failures, 0) == TIME_SECOND);
}

static void backoff_is_never_above_sixty_seconds(void **state)
{
    (void)state;
    for (unsigned failures = 0; failures < TRIES; failures++)
        assert_true(mqtt_backoff(failures, UINT32_MAX) <= 60 * TIME_SECOND);
    assert_true(mqtt_backoff(UINT32_MAX, UINT32_MAX) <= 60 * TIME_SECOND);
}

static void backoff_reaches_the_whole_minute(void **state)
{
    (void)state;
    assert_true(mqtt_backoff(TRIES, UINT32_MAX) >= 60 * TIME_SECOND - 1);
}

static void backoff_ceiling_doubles_from_four_seconds(void **state)
{
    static const Time ceilings[] = {4, 8, 16, 32, 60, 60};

    (void)state;
    for (unsigned failures = 0; failures < 6; failures++) {
        Time wait = mqtt_backoff(failures, UINT32_MAX);

        assert_in_range(wait, ceilings[failures] * TIME_SECOND - 1, ceilings[failures] * TIME_SECOND);
    }
}

static void backoff_spreads_evenly(void **state)
{
    (void)state;
    // Half of the dice is half of the range: 1 s + (32 s - 1 s) / 2.
    assert_true(mqtt_backoff(3, UINT32_C(1) << 31) == 16500 * TIME_SECOND / 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(backoff_is_never_below_one_second),
        cmocka_unit_test(backoff_is_never_above_sixty_seconds),
        cmocka_unit_test(backoff_reaches_the_whole_minute),
        cmocka_unit_test(backoff_ceiling_doubles_from_four_seconds),
        cmocka_unit_test(backoff_spreads_evenly),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
