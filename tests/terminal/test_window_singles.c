// T4: a batch that cannot be digested is taken apart, and holds up nobody.
#include <stdlib.h>

#include "core/base/alloc.h"
#include "tests/model/seed.h"
#include "tests/terminal/window_bench.h"

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
        cmocka_unit_test(test_t4_a_batch_goes_on_whole_while_nobody_gets_receipts),
        cmocka_unit_test(test_t4_after_three_sends_while_others_get_theirs_events_go_one_by_one),
        cmocka_unit_test(test_t4_the_third_send_asks_for_a_sign_of_life),
        cmocka_unit_test(test_t4_one_bad_event_does_not_hold_up_the_rest),
        cmocka_unit_test(test_t4_a_suspect_single_is_not_sent_at_once_on_reconnect),
        cmocka_unit_test(test_everything_gets_through_a_lossy_line_past_a_bad_event),
    };
    return cmocka_run_group_tests_name("window_singles", tests, NULL, NULL);
}
