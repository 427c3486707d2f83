// The window against the rules T3 to T6 and the receipt of protocol.md, with a clock and chance of the test's
// own.
#include <string.h>

#include "core/base/alloc.h"
#include "terminal/window.h"
#include "tests/model/seed.h"
#include "tests/terminal/test.h"

#define MIDDLE UINT32_C(0x80000000) // no jitter: a wait is exactly what it is meant to be
#define STORE "01JD3Z6Y8Q4N7W2K9T5B0C1D2E"
#define OTHER_STORE "01JD3Z6Y8Q4N7W2K9T5B0C1D2F"
#define BOOT "01JD3Z6Y8Q4N7W2K9T5B0C1D2G"
#define OTHER_BOOT "01JD3Z6Y8Q4N7W2K9T5B0C1D2H"

typedef struct Sent {
    uint64_t first;
    uint32_t count;
} Sent;

typedef struct Bench {
    Window window;
    Time now;
    Sent sent[512];
    size_t sent_count, hellos;
} Bench;

static Bench bench_make(uint64_t last, uint64_t through)
{
    Bench bench = {.now = TIME_DAY};

    window_init(&bench.window, last, 1, through, "", 0);
    return bench;
}

/// Sends all that is due now; what was sent before is forgotten.
static void bench_send(Bench *bench)
{
    uint64_t first;
    uint32_t count;
    WindowStep step;

    bench->sent_count = 0;
    bench->hellos = 0;
    while ((step = window_next(&bench->window, bench->now, &first, &count)) != WINDOW_IDLE) {
        if (step == WINDOW_HELLO) {
            bench->hellos++;
            window_sent_hello(&bench->window, bench->now, MIDDLE);
            continue;
        }
        assert_true(bench->sent_count < sizeof(bench->sent) / sizeof(bench->sent[0]));
        bench->sent[bench->sent_count++] = (Sent){first, count};
        window_sent_batch(&bench->window, first, count, bench->now, MIDDLE);
        assert_true(bench->window.in_flight <= WINDOW_EVENTS_MAX);
    }
}

static void bench_connect(Bench *bench)
{
    window_connected(&bench->window, bench->now);
    bench_send(bench);
}

static void bench_later(Bench *bench, Time by)
{
    bench->now += by;
    bench_send(bench);
}

static WindowVerdict bench_receipt_also(Bench *bench, uint64_t through, const StreamRange *also,
                                        unsigned also_count)
{
    const WindowReceipt receipt = {through, also, also_count, STORE, 1};

    return window_receipt(&bench->window, &receipt, bench->now, MIDDLE);
}

static WindowVerdict bench_receipt(Bench *bench, uint64_t through)
{
    static const StreamRange none[1];

    return bench_receipt_also(bench, through, none, 0);
}

static WindowVerdict bench_receipt_of(Bench *bench, uint64_t through, const char *store, int64_t generation)
{
    static const StreamRange none[1];
    const WindowReceipt receipt = {through, none, 0, store, generation};

    return window_receipt(&bench->window, &receipt, bench->now, MIDDLE);
}

static void bench_collector(Bench *bench, bool online, const char *boot, int64_t generation, bool retained)
{
    const WindowCollector collector = {online, online ? boot : "", online ? STORE : "", generation};

    window_collector(&bench->window, &collector, retained, bench->now, MIDDLE);
}

static void bench_expect(const Bench *bench, size_t index, uint64_t first, uint32_t count)
{
    assert_true(index < bench->sent_count);
    assert_int_equal(bench->sent[index].first, first);
    assert_int_equal(bench->sent[index].count, count);
}

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

/// Three sends of a batch of five, all in vain.
static Bench bench_make_suspect(void)
{
    Bench bench = bench_make(5, 0);

    bench_connect(&bench);
    bench_later(&bench, 10 * TIME_SECOND);
    bench_later(&bench, 20 * TIME_SECOND);
    bench_expect(&bench, 0, 1, 5);
    return bench;
}

static void test_t4_a_batch_goes_on_whole_while_nobody_gets_receipts(void **state)
{
    Bench bench = bench_make_suspect();

    (void)state;
    bench_later(&bench, 40 * TIME_SECOND);
    assert_int_equal(bench.sent_count, 1);
    bench_expect(&bench, 0, 1, 5);
    window_deinit(&bench.window);
}

static void test_t4_after_three_sends_while_others_get_theirs_events_go_one_by_one(void **state)
{
    const StreamRange also[] = {{6, 6}};
    Bench bench = bench_make_suspect();

    (void)state;
    window_recorded(&bench.window, 6);
    bench_send(&bench);
    bench_expect(&bench, 0, 6, 1);
    bench_receipt_also(&bench, 0, also, 1);
    bench_later(&bench, 40 * TIME_SECOND);
    assert_int_equal(bench.sent_count, 1); // one at a time
    bench_expect(&bench, 0, 1, 1);
    for (uint64_t seq = 1; seq <= 4; seq++) {
        bench_receipt_also(&bench, seq, also, 1);
        bench_send(&bench);
        assert_int_equal(bench.sent_count, 1);
        bench_expect(&bench, 0, seq + 1, 1);
    }
    window_deinit(&bench.window);
}

static void test_t4_the_third_send_asks_for_a_sign_of_life(void **state)
{
    Bench bench = bench_make(5, 0);

    (void)state;
    bench_connect(&bench);
    bench_receipt(&bench, 0); // the answer to the hello
    bench_later(&bench, 10 * TIME_SECOND);
    assert_int_equal(bench.hellos, 0);
    bench_later(&bench, 20 * TIME_SECOND);
    assert_int_equal(bench.hellos, 1);
    bench_receipt(&bench, 0);
    bench_later(&bench, 40 * TIME_SECOND);
    bench_expect(&bench, 0, 1, 1); // it answers, but not to this batch
    window_deinit(&bench.window);
}

static void test_t4_one_bad_event_does_not_hold_up_the_rest(void **state)
{
    const StreamRange also[] = {{2, 5}};
    Bench bench = bench_make_suspect();

    (void)state;
    bench_receipt(&bench, 0);
    bench_later(&bench, 40 * TIME_SECOND);
    bench_expect(&bench, 0, 1, 1); // the bad one
    bench_later(&bench, WINDOW_RETRY_FIRST);
    bench_expect(&bench, 0, 2, 1); // the next goes without waiting for it any longer
    bench_receipt_also(&bench, 0, also, 1);
    window_recorded(&bench.window, 20);
    bench_send(&bench);
    bench_expect(&bench, bench.sent_count - 1, 6, 15);
    window_deinit(&bench.window);
}

static void test_t4_a_suspect_single_is_not_sent_at_once_on_reconnect(void **state)
{
    Bench bench = bench_make_suspect();

    (void)state;
    bench_receipt(&bench, 0);
    bench_later(&bench, 40 * TIME_SECOND);
    bench_expect(&bench, 0, 1, 1);
    window_disconnected(&bench.window); // the broker hung up on it
    bench_connect(&bench);
    assert_int_equal(bench.sent_count, 1);
    bench_expect(&bench, 0, 2, 1);
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

// A collector that loses messages and receipts, forgets, and cannot digest one event: everything else must
// get through, and never more than the window may be in flight.
typedef struct World {
    Seed seed;
    Bench bench;
    bool *stored;
    uint64_t total, poison;
} World;

static uint64_t world_through(const World *world)
{
    uint64_t through = 0;

    while (through < world->total && world->stored[through + 1])
        through++;
    return through;
}

static void world_answer(World *world)
{
    StreamRange also[STREAM_ALSO_MAX];
    unsigned count = 0;
    uint64_t through = world_through(world);

    for (uint64_t seq = through + 1; seq <= world->total && count < STREAM_ALSO_MAX; seq++) {
        if (!world->stored[seq])
            continue;
        also[count].first = seq;
        while (seq < world->total && world->stored[seq + 1])
            seq++;
        also[count++].last = seq;
    }
    bench_receipt_also(&world->bench, through, also, count);
}

static void world_deliver(World *world, Sent sent)
{
    if (seed_below(&world->seed, 3) == 0)
        return;
    for (uint64_t seq = sent.first; seq < sent.first + sent.count; seq++) {
        if (seq == world->poison)
            return; // cannot be read at all: nothing of it is stored, and no receipt comes
    }
    for (uint64_t seq = sent.first; seq < sent.first + sent.count; seq++)
        world->stored[seq] = true;
    if (seed_below(&world->seed, 3) > 0)
        world_answer(world);
}

static void world_step(World *world)
{
    Bench *bench = &world->bench;

    if (seed_below(&world->seed, 40) == 0) {
        window_disconnected(&bench->window);
        window_connected(&bench->window, bench->now);
    }
    bench_later(bench, seed_below(&world->seed, 20) * TIME_SECOND);
    for (size_t i = 0; i < bench->sent_count; i++)
        world_deliver(world, bench->sent[i]);
    if (bench->hellos && seed_below(&world->seed, 2) == 0)
        world_answer(world);
}

static void test_everything_gets_through_a_lossy_line_past_a_bad_event(void **state)
{
    World world = {.seed = seed_start("window"), .total = 3000};
    unsigned steps = 0;

    (void)state;
    world.poison = 1 + seed_below(&world.seed, 3000);
    world.stored = alloc_zero(world.total + 2);
    world.bench = bench_make(world.total, 0);
    window_connected(&world.bench.window, world.bench.now);
    for (bool done = false; !done && steps < 20000; steps++) {
        world_step(&world);
        done = true;
        for (uint64_t seq = 1; seq <= world.total && done; seq++)
            done = world.stored[seq] || seq == world.poison;
    }
    assert_true(steps < 20000);
    world.poison = 0; // digestible after all
    for (steps = 0; world_through(&world) < world.total && steps < 20000; steps++)
        world_step(&world);
    assert_true(steps < 20000);
    window_deinit(&world.bench.window);
    free(world.stored);
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
        cmocka_unit_test(test_t4_a_batch_goes_on_whole_while_nobody_gets_receipts),
        cmocka_unit_test(test_t4_after_three_sends_while_others_get_theirs_events_go_one_by_one),
        cmocka_unit_test(test_t4_the_third_send_asks_for_a_sign_of_life),
        cmocka_unit_test(test_t4_one_bad_event_does_not_hold_up_the_rest),
        cmocka_unit_test(test_t4_a_suspect_single_is_not_sent_at_once_on_reconnect),
        cmocka_unit_test(test_sent_batch_with_fewer_than_asked_leaves_the_rest_to_be_sent),
        cmocka_unit_test(test_sends_from_the_oldest_kept_when_less_is_there),
        cmocka_unit_test(test_t6_overdue_after_5_minutes_without_a_receipt),
        cmocka_unit_test(test_t6_not_overdue_while_the_collector_is_away),
        cmocka_unit_test(test_says_hello_again_after_an_hour_on_a_quiet_line),
        cmocka_unit_test(test_everything_gets_through_a_lossy_line_past_a_bad_event),
    };
    return cmocka_run_group_tests_name("window", tests, NULL, NULL);
}
