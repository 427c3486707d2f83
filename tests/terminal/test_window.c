// The window against the rules T3 to T6 and the receipt of studyday-protocol(7).
#include "tests/terminal/window_bench.h"

static void test_next_is_idle_without_a_line(void **state)
{
    Bench bench = bench_make(10, 0);

    (void)state;
    bench_send(&bench);
    assert_int_equal(bench.sent_count + bench.hellos, 0);
    assert_int_equal(window_wake(&bench.window, bench.now), TIME_NONE);
    window_deinit(&bench.window);
}

static void test_t4_sends_hello_and_all_from_through_plus_one_on_connect(void **state)
{
    Bench bench = bench_make(50, 20);

    (void)state;
    bench_connect(&bench);
    assert_int_equal(bench.hellos, 1);
    assert_int_equal(bench.sent_count, 1);
    bench_expect(&bench, 0, 21, 30);
    window_deinit(&bench.window);
}

static void test_t4_sends_at_once_what_is_recorded_meanwhile(void **state)
{
    Bench bench = bench_make(0, 0);

    (void)state;
    bench_connect(&bench);
    assert_int_equal(bench.sent_count, 0);
    window_recorded(&bench.window, 1);
    assert_int_equal(window_wake(&bench.window, bench.now), bench.now);
    bench_send(&bench);
    bench_expect(&bench, 0, 1, 1);
    window_deinit(&bench.window);
}

static void test_t4_at_most_256_events_unreceipted_in_flight(void **state)
{
    Bench bench = bench_make(1000, 0);

    (void)state;
    bench_connect(&bench);
    assert_int_equal(bench.window.in_flight, 256);
    bench_receipt(&bench, 128);
    bench_send(&bench);
    assert_int_equal(bench.sent_count, 1);
    bench_expect(&bench, 0, 257, 128);
    window_deinit(&bench.window);
}

static void test_t4_sends_again_after_10_s_doubling_to_5_min(void **state)
{
    static const int waits[] = {10, 20, 40, 80, 160, 300, 300};
    Bench bench = bench_make(5, 0);

    (void)state;
    bench_connect(&bench);
    for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
        bench_later(&bench, waits[i] * TIME_SECOND - 1);
        assert_int_equal(bench.sent_count, 0);
        bench_later(&bench, 1);
        assert_int_equal(bench.sent_count, 1);
        bench_expect(&bench, 0, 1, 5);
    }
    window_deinit(&bench.window);
}

static void test_retry_wait_is_jittered_by_half(void **state)
{
    (void)state;
    assert_int_equal(window_retry_wait(1, 0), 5 * TIME_SECOND);
    assert_in_range(window_retry_wait(1, UINT32_MAX), 14999999, 15000000);
    assert_int_equal(window_retry_wait(100, 0), 150 * TIME_SECOND);
    assert_in_range(window_retry_wait(100, UINT32_MAX), 449999999, 450000000);
}

static void test_t4_hello_without_an_answer_is_repeated_in_the_same_rhythm(void **state)
{
    Bench bench = bench_make(0, 0);

    (void)state;
    bench_connect(&bench);
    bench_later(&bench, 10 * TIME_SECOND - 1);
    assert_int_equal(bench.hellos, 0);
    bench_later(&bench, 1);
    assert_int_equal(bench.hellos, 1);
    bench_later(&bench, 20 * TIME_SECOND - 1);
    assert_int_equal(bench.hellos, 0);
    bench_later(&bench, 1);
    assert_int_equal(bench.hellos, 1);
    bench_receipt(&bench, 0);
    bench_later(&bench, 5 * TIME_MINUTE);
    assert_int_equal(bench.hellos, 0);
    window_deinit(&bench.window);
}

static void test_receipt_ends_the_sending(void **state)
{
    Bench bench = bench_make(5, 0);

    (void)state;
    bench_connect(&bench);
    assert_int_equal(bench_receipt(&bench, 5), WINDOW_ACCEPTED);
    bench_later(&bench, 10 * TIME_MINUTE);
    assert_int_equal(bench.sent_count, 0);
    window_deinit(&bench.window);
}

static void test_receipt_for_a_part_leaves_the_rest_in_flight(void **state)
{
    Bench bench = bench_make(5, 0);

    (void)state;
    bench_connect(&bench);
    bench_receipt(&bench, 3);
    assert_int_equal(bench.window.in_flight, 2);
    bench_later(&bench, 10 * TIME_SECOND);
    bench_expect(&bench, 0, 4, 2);
    window_deinit(&bench.window);
}

static void test_t4_skips_also_when_sending_again(void **state)
{
    const StreamRange also[] = {{4, 5}, {8, 8}};
    Bench bench = bench_make(10, 0);

    (void)state;
    bench_connect(&bench);
    bench_receipt_also(&bench, 1, also, 2);
    bench_later(&bench, 10 * TIME_SECOND);
    assert_int_equal(bench.sent_count, 3);
    bench_expect(&bench, 0, 2, 2);
    bench_expect(&bench, 1, 6, 2);
    bench_expect(&bench, 2, 9, 2);
    window_deinit(&bench.window);
}

static void test_t4_skips_also_when_it_lies_beyond_what_was_sent(void **state)
{
    const StreamRange also[] = {{301, 400}};
    Bench bench = bench_make(500, 0);

    (void)state;
    bench_connect(&bench);
    bench_receipt_also(&bench, 256, also, 1);
    bench_send(&bench);
    assert_int_equal(bench.sent_count, 2);
    bench_expect(&bench, 0, 257, 44);
    bench_expect(&bench, 1, 401, 100);
    window_deinit(&bench.window);
}

static void test_sends_nothing_beyond_what_the_collector_takes(void **state)
{
    const StreamRange also[] = {{2, 4097}};
    Bench bench = bench_make(5000, 0);

    (void)state;
    bench_connect(&bench);
    bench_receipt_also(&bench, 0, also, 1); // 1 is missing: 4,098 and beyond would be deferred
    bench_later(&bench, 10 * TIME_SECOND);
    assert_int_equal(bench.sent_count, 1);
    bench_expect(&bench, 0, 1, 1);
    window_deinit(&bench.window);
}

static void test_t4_lower_through_is_obeyed(void **state)
{
    Bench bench = bench_make(50, 50);

    (void)state;
    bench_connect(&bench);
    assert_int_equal(bench.sent_count, 0);
    assert_int_equal(bench_receipt(&bench, 10), WINDOW_WENT_BACK);
    bench_send(&bench);
    bench_expect(&bench, 0, 11, 40);
    window_deinit(&bench.window);
}

static void test_t4_new_generation_is_obeyed(void **state)
{
    Bench bench = bench_make(50, 0);

    (void)state;
    bench_connect(&bench);
    bench_receipt_of(&bench, 50, STORE, 3);
    assert_int_equal(bench_receipt_of(&bench, 20, STORE, 4), WINDOW_WENT_BACK);
    bench_send(&bench);
    bench_expect(&bench, 0, 21, 30);
    window_deinit(&bench.window);
}

static void test_t4_another_store_is_obeyed_whatever_its_generation(void **state)
{
    Bench bench = bench_make(50, 0);

    (void)state;
    bench_connect(&bench);
    bench_receipt_of(&bench, 50, STORE, 3);
    assert_int_equal(bench_receipt_of(&bench, 0, OTHER_STORE, 1), WINDOW_WENT_BACK);
    bench_send(&bench);
    bench_expect(&bench, 0, 1, 50);
    window_deinit(&bench.window);
}

static void test_t4_receipt_of_an_older_generation_is_ignored(void **state)
{
    Bench bench = bench_make(50, 0);

    (void)state;
    bench_connect(&bench);
    bench_receipt_of(&bench, 20, STORE, 4);
    assert_int_equal(bench_receipt_of(&bench, 50, STORE, 3), WINDOW_OLD);
    assert_int_equal(bench.window.through, 20);
    assert_int_equal(bench.window.in_flight, 30);
    window_deinit(&bench.window);
}

static void test_receipt_for_more_than_was_recorded_is_ignored(void **state)
{
    Bench bench = bench_make(50, 0);

    (void)state;
    bench_connect(&bench);
    assert_int_equal(bench_receipt(&bench, 51), WINDOW_AHEAD);
    assert_int_equal(bench.window.in_flight, 50);
    window_deinit(&bench.window);
}

static void test_t4_sends_again_on_a_new_boot_within_the_spread(void **state)
{
    Bench bench = bench_make(5, 0);

    (void)state;
    bench_connect(&bench);
    bench_collector(&bench, true, BOOT, 1, true);
    bench_later(&bench, TIME_SECOND * 3);
    assert_int_equal(bench.sent_count, 0);
    bench_collector(&bench, true, OTHER_BOOT, 1, true);
    bench_later(&bench, WINDOW_SPREAD);
    assert_int_equal(bench.hellos, 1);
    bench_expect(&bench, 0, 1, 5);
    window_deinit(&bench.window);
}

static void test_t4_sends_again_on_a_new_generation(void **state)
{
    const StreamRange also[] = {{8, 10}};
    Bench bench = bench_make(10, 0);

    (void)state;
    bench_connect(&bench);
    bench_collector(&bench, true, BOOT, 1, true);
    bench_receipt_also(&bench, 5, also, 1);
    bench_later(&bench, TIME_SECOND * 3);
    bench_collector(&bench, true, BOOT, 2, true);
    bench_later(&bench, WINDOW_SPREAD);
    assert_int_equal(bench.hellos, 1);
    bench_expect(&bench, 0, 6, 5); // what was beyond a gap may be gone with the old data
    window_deinit(&bench.window);
}

static void test_t4_the_state_found_on_connecting_sends_nothing_twice(void **state)
{
    Bench bench = bench_make(5, 0);

    (void)state;
    bench_connect(&bench);
    bench_collector(&bench, true, BOOT, 1, true);
    bench_later(&bench, WINDOW_SPREAD);
    assert_int_equal(bench.sent_count + bench.hellos, 0);
    window_deinit(&bench.window);
}

static void test_t4_sends_again_when_the_collector_comes_back(void **state)
{
    Bench bench = bench_make(5, 0);

    (void)state;
    bench_connect(&bench);
    bench_collector(&bench, true, BOOT, 1, true);
    bench_collector(&bench, false, "", 0, false);
    bench_later(&bench, 10 * TIME_SECOND); // second send: the next is 20 s away
    bench_collector(&bench, true, BOOT, 1, false);
    bench_later(&bench, WINDOW_SPREAD);
    bench_expect(&bench, 0, 1, 5);
    window_deinit(&bench.window);
}

static void test_t4_sends_again_on_reconnect(void **state)
{
    Bench bench = bench_make(5, 0);

    (void)state;
    bench_connect(&bench);
    window_disconnected(&bench.window);
    bench_later(&bench, TIME_HOUR);
    assert_int_equal(bench.sent_count, 0);
    bench_connect(&bench);
    assert_int_equal(bench.hellos, 1);
    bench_expect(&bench, 0, 1, 5);
    window_deinit(&bench.window);
}

static void test_sent_batch_with_fewer_than_asked_leaves_the_rest_to_be_sent(void **state)
{
    Bench bench = bench_make(100, 0);
    uint64_t first;
    uint32_t count;

    (void)state;
    window_connected(&bench.window, bench.now);
    window_sent_hello(&bench.window, bench.now, MIDDLE);
    assert_int_equal(window_next(&bench.window, bench.now, &first, &count), WINDOW_BATCH);
    window_sent_batch(&bench.window, first, 30, bench.now, MIDDLE);
    bench_send(&bench);
    bench_expect(&bench, 0, 31, 70);
    bench.now += 10 * TIME_SECOND;
    assert_int_equal(window_next(&bench.window, bench.now, &first, &count), WINDOW_HELLO);
    window_sent_hello(&bench.window, bench.now, MIDDLE);
    assert_int_equal(window_next(&bench.window, bench.now, &first, &count), WINDOW_BATCH);
    assert_int_equal(count, 30);
    window_sent_batch(&bench.window, first, 10, bench.now, MIDDLE); // this time only ten fit
    bench_send(&bench);
    bench_expect(&bench, 0, 11, 20);
    bench_expect(&bench, 1, 31, 70);
    assert_int_equal(bench.window.in_flight, 100);
    window_deinit(&bench.window);
}

static void test_sends_from_the_oldest_kept_when_less_is_there(void **state)
{
    Bench bench = bench_make(0, 0);

    (void)state;
    window_init(&bench.window, 100, 61, 100, STORE, 1);
    bench_connect(&bench);
    bench_receipt_of(&bench, 0, STORE, 2);
    bench_send(&bench);
    bench_expect(&bench, 0, 61, 40);
    window_deinit(&bench.window);
}

static void test_t6_overdue_after_5_minutes_without_a_receipt(void **state)
{
    Bench bench = bench_make(5, 0);

    (void)state;
    bench_connect(&bench);
    bench_collector(&bench, true, BOOT, 1, true);
    bench_later(&bench, WINDOW_OVERDUE - 1);
    assert_int_equal(window_overdue(&bench.window, bench.now), 0);
    bench_later(&bench, 1);
    assert_int_equal(window_overdue(&bench.window, bench.now), 1);
    bench_receipt(&bench, 5);
    assert_int_equal(window_overdue(&bench.window, bench.now), 0);
    window_deinit(&bench.window);
}

static void test_t6_not_overdue_while_the_collector_is_away(void **state)
{
    Bench bench = bench_make(5, 0);

    (void)state;
    bench_connect(&bench);
    bench_later(&bench, TIME_HOUR);
    assert_int_equal(window_overdue(&bench.window, bench.now), 0);
    bench_collector(&bench, true, BOOT, 1, false); // from now on it counts
    bench_later(&bench, WINDOW_OVERDUE - 1);
    assert_int_equal(window_overdue(&bench.window, bench.now), 0);
    window_deinit(&bench.window);
}

static void test_says_hello_again_after_an_hour_on_a_quiet_line(void **state)
{
    Bench bench = bench_make(0, 0);

    (void)state;
    bench_connect(&bench);
    bench_receipt(&bench, 0);
    bench_later(&bench, WINDOW_HELLO_PERIOD - 1);
    assert_int_equal(bench.hellos, 0);
    bench_later(&bench, 1);
    assert_int_equal(bench.hellos, 1);
    window_deinit(&bench.window);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_next_is_idle_without_a_line),
        cmocka_unit_test(test_t4_sends_hello_and_all_from_through_plus_one_on_connect),
        cmocka_unit_test(test_t4_sends_at_once_what_is_recorded_meanwhile),
        cmocka_unit_test(test_t4_at_most_256_events_unreceipted_in_flight),
        cmocka_unit_test(test_t4_sends_again_after_10_s_doubling_to_5_min),
        cmocka_unit_test(test_retry_wait_is_jittered_by_half),
        cmocka_unit_test(test_t4_hello_without_an_answer_is_repeated_in_the_same_rhythm),
        cmocka_unit_test(test_receipt_ends_the_sending),
        cmocka_unit_test(test_receipt_for_a_part_leaves_the_rest_in_flight),
        cmocka_unit_test(test_t4_skips_also_when_sending_again),
        cmocka_unit_test(test_t4_skips_also_when_it_lies_beyond_what_was_sent),
        cmocka_unit_test(test_sends_nothing_beyond_what_the_collector_takes),
        cmocka_unit_test(test_t4_lower_through_is_obeyed),
        cmocka_unit_test(test_t4_new_generation_is_obeyed),
        cmocka_unit_test(test_t4_another_store_is_obeyed_whatever_its_generation),
        cmocka_unit_test(test_t4_receipt_of_an_older_generation_is_ignored),
        cmocka_unit_test(test_receipt_for_more_than_was_recorded_is_ignored),
        cmocka_unit_test(test_t4_sends_again_on_a_new_boot_within_the_spread),
        cmocka_unit_test(test_t4_sends_again_on_a_new_generation),
        cmocka_unit_test(test_t4_the_state_found_on_connecting_sends_nothing_twice),
        cmocka_unit_test(test_t4_sends_again_when_the_collector_comes_back),
        cmocka_unit_test(test_t4_sends_again_on_reconnect),
        cmocka_unit_test(test_sent_batch_with_fewer_than_asked_leaves_the_rest_to_be_sent),
        cmocka_unit_test(test_sends_from_the_oldest_kept_when_less_is_there),
        cmocka_unit_test(test_t6_overdue_after_5_minutes_without_a_receipt),
        cmocka_unit_test(test_t6_not_overdue_while_the_collector_is_away),
        cmocka_unit_test(test_says_hello_again_after_an_hour_on_a_quiet_line),
    };
    return cmocka_run_group_tests_name("window", tests, NULL, NULL);
}
