#include "tests/model/test.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/model/stream.h"
#include "tests/model/seed.h"

static void take_range(StreamHead *head, uint64_t first, uint64_t last)
{
    for (uint64_t seq = first; seq <= last; seq++)
        stream_take(head, seq);
}

static void stream_take_moves_through_without_a_gap(void **state)
{
    (void)state;
    CLEANUP(stream_deinit) StreamHead head = {0};
    for (uint64_t seq = 1; seq <= 10000; seq++) {
        assert_int_equal(stream_judge(&head, seq), STREAM_NEW);
        assert_int_equal(stream_take(&head, seq), 1);
        assert_int_equal(head.through, seq);
        assert_null(head.ahead);
    }
}

static void stream_judge_knows_what_was_taken(void **state)
{
    (void)state;
    CLEANUP(stream_deinit) StreamHead head = {.through = 5};
    assert_int_equal(stream_judge(&head, 5), STREAM_KNOWN);
    assert_int_equal(stream_judge(&head, 1), STREAM_KNOWN);
    assert_int_equal(stream_judge(&head, 6), STREAM_NEW);
    stream_take(&head, 8);
    assert_int_equal(stream_judge(&head, 8), STREAM_KNOWN);
    assert_int_equal(stream_judge(&head, 7), STREAM_NEW);
    assert_int_equal(stream_judge(&head, 9), STREAM_NEW);
}

static void stream_judge_never_takes_number_zero(void **state)
{
    (void)state;
    CLEANUP(stream_deinit) StreamHead head = {0};
    assert_int_equal(stream_judge(&head, 0), STREAM_KNOWN);
}

static void stream_judge_defers_beyond_4096(void **state)
{
    (void)state;
    CLEANUP(stream_deinit) StreamHead head = {.through = 100};
    assert_int_equal(stream_judge(&head, 100 + 4096), STREAM_NEW);
    assert_int_equal(stream_judge(&head, 100 + 4097), STREAM_DEFERRED);
    assert_int_equal(stream_judge(&head, UINT64_MAX), STREAM_DEFERRED);
}

static void stream_take_holds_through_at_a_gap(void **state)
{
    (void)state;
    CLEANUP(stream_deinit) StreamHead head = {.through = 10};
    assert_int_equal(stream_take(&head, 12), 0);
    assert_int_equal(stream_take(&head, 13), 0);
    assert_int_equal(head.through, 10);
    assert_int_equal(head.ahead_count, 2);
}

static void stream_take_fills_a_gap(void **state)
{
    (void)state;
    CLEANUP(stream_deinit) StreamHead head = {.through = 10};
    take_range(&head, 12, 20);
    assert_int_equal(stream_take(&head, 11), 10);
    assert_int_equal(head.through, 20);
    assert_int_equal(head.ahead_count, 0);
    assert_null(head.ahead);
}

static void stream_take_fills_one_of_two_gaps(void **state)
{
    (void)state;
    CLEANUP(stream_deinit) StreamHead head = {.through = 10};
    take_range(&head, 12, 14);
    take_range(&head, 100, 200);
    assert_int_equal(stream_take(&head, 11), 4);
    assert_int_equal(head.through, 14);
    assert_int_equal(stream_judge(&head, 99), STREAM_NEW);
    assert_int_equal(stream_judge(&head, 100), STREAM_KNOWN);
    assert_int_equal(stream_judge(&head, 200), STREAM_KNOWN);
    assert_int_equal(stream_judge(&head, 201), STREAM_NEW);
}

static void stream_take_moves_a_long_run_past_words_of_the_bitmap(void **state)
{
    (void)state;
    CLEANUP(stream_deinit) StreamHead head = {.through = 10};
    take_range(&head, 12, 200);
    take_range(&head, 300, 700);
    assert_int_equal(stream_take(&head, 11), 190);
    StreamRange ranges[STREAM_ALSO_MAX];
    assert_int_equal(stream_also(&head, ranges), 1);
    assert_int_equal(ranges[0].first, 300);
    assert_int_equal(ranges[0].last, 700);
}

static void stream_take_fills_the_whole_window_backwards(void **state)
{
    (void)state;
    CLEANUP(stream_deinit) StreamHead head = {0};
    for (uint64_t seq = STREAM_AHEAD_MAX; seq > 1; seq--)
        assert_int_equal(stream_take(&head, seq), 0);
    assert_int_equal(stream_take(&head, 1), STREAM_AHEAD_MAX);
    assert_int_equal(head.through, STREAM_AHEAD_MAX);
    assert_null(head.ahead);
}

static void stream_also_is_empty_without_a_gap(void **state)
{
    (void)state;
    CLEANUP(stream_deinit) StreamHead head = {.through = 5};
    StreamRange ranges[STREAM_ALSO_MAX];
    assert_int_equal(stream_also(&head, ranges), 0);
}

static void stream_also_tells_inclusive_ranges(void **state)
{
    (void)state;
    CLEANUP(stream_deinit) StreamHead head = {.through = 1260};
    take_range(&head, 1270, 1280);
    stream_take(&head, 1262);
    stream_take(&head, 1260 + 4096);
    StreamRange ranges[STREAM_ALSO_MAX];
    assert_int_equal(stream_also(&head, ranges), 3);
    assert_int_equal(ranges[0].first, 1262);
    assert_int_equal(ranges[0].last, 1262);
    assert_int_equal(ranges[1].first, 1270);
    assert_int_equal(ranges[1].last, 1280);
    assert_int_equal(ranges[2].first, 1260 + 4096);
    assert_int_equal(ranges[2].last, 1260 + 4096);
}

static void stream_also_tells_at_most_16_ranges_lowest_first(void **state)
{
    (void)state;
    CLEANUP(stream_deinit) StreamHead head = {0};
    for (uint64_t seq = 100; seq >= 2; seq -= 2)
        stream_take(&head, seq);
    StreamRange ranges[STREAM_ALSO_MAX];
    assert_int_equal(stream_also(&head, ranges), 16);
    for (unsigned i = 0; i < 16; i++)
        assert_int_equal(ranges[i].first, 2 + 2 * i);
}

// A naive set: one flag for each number.
#define NUMBERS 20000

typedef struct Naive {
    bool has[NUMBERS + 2];
    uint64_t through;
} Naive;

static StreamVerdict naive_judge(const Naive *naive, uint64_t seq)
{
    if (naive->has[seq])
        return STREAM_KNOWN;
    return seq > naive->through + 4096 ? STREAM_DEFERRED : STREAM_NEW;
}

static unsigned naive_also(const Naive *naive, StreamRange ranges[static STREAM_ALSO_MAX])
{
    unsigned count = 0;
    uint64_t end = naive->through + 4096 < NUMBERS ? naive->through + 4096 : NUMBERS;
    for (uint64_t seq = naive->through + 1; seq <= end && count < STREAM_ALSO_MAX; seq++) {
        if (!naive->has[seq])
            continue;
        ranges[count].first = seq;
        while (naive->has[seq + 1])
            seq++;
        ranges[count++].last = seq;
    }
    return count;
}

static void assert_same_also(const StreamHead *head, const Naive *naive)
{
    StreamRange ranges[STREAM_ALSO_MAX], expected[STREAM_ALSO_MAX];
    unsigned count = naive_also(naive, expected);
    assert_int_equal(stream_also(head, ranges), count);
    for (unsigned i = 0; i < count; i++) {
        assert_int_equal(ranges[i].first, expected[i].first);
        assert_int_equal(ranges[i].last, expected[i].last);
    }
    assert_int_equal(head->ahead != NULL, count > 0);
}

/// Numbers come near `through`, far ahead, in runs and again, until the stream is full or the steps are used
/// up.
static void stream_agrees_with_a_naive_set(void **state)
{
    (void)state;
    Seed seed = seed_start("stream");
    for (int round = 0; round < 20; round++) {
        CLEANUP(stream_deinit) StreamHead head = {0};
        CLEANUP(cleanup_free) Naive *naive = calloc(1, sizeof(*naive));
        unsigned spread = 1u << seed_below(&seed, 14);
        for (int step = 0; step < 4000 && naive->through < NUMBERS; step++) {
            uint64_t seq = naive->through + seed_below(&seed, spread + 1) + (seed_below(&seed, 4) != 0);
            if (seed_below(&seed, 16) == 0)
                seq = naive->through + 1; // fill the first gap
            uint64_t run = seed_below(&seed, 8) ? 1 : seed_below(&seed, 300);
            for (; run > 0 && seq <= NUMBERS; run--, seq++) {
                if (seq == 0)
                    continue;
                StreamVerdict verdict = naive_judge(naive, seq);
                assert_int_equal(stream_judge(&head, seq), verdict);
                if (verdict != STREAM_NEW)
                    continue;
                uint64_t before = naive->through;
                naive->has[seq] = true;
                while (naive->has[naive->through + 1])
                    naive->through++;
                assert_int_equal(stream_take(&head, seq), naive->through - before);
                assert_int_equal(head.through, naive->through);
            }
            assert_same_also(&head, naive);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stream_take_moves_through_without_a_gap),
        cmocka_unit_test(stream_judge_knows_what_was_taken),
        cmocka_unit_test(stream_judge_never_takes_number_zero),
        cmocka_unit_test(stream_judge_defers_beyond_4096),
        cmocka_unit_test(stream_take_holds_through_at_a_gap),
        cmocka_unit_test(stream_take_fills_a_gap),
        cmocka_unit_test(stream_take_fills_one_of_two_gaps),
        cmocka_unit_test(stream_take_moves_a_long_run_past_words_of_the_bitmap),
        cmocka_unit_test(stream_take_fills_the_whole_window_backwards),
        cmocka_unit_test(stream_also_is_empty_without_a_gap),
        cmocka_unit_test(stream_also_tells_inclusive_ranges),
        cmocka_unit_test(stream_also_tells_at_most_16_ranges_lowest_first),
        cmocka_unit_test(stream_agrees_with_a_naive_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
