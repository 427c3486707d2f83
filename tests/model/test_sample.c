// A draw is repeatable, complete and fair. The fixed samples were worked out by a second program, written
// from the manual page.
#include "tests/model/test.h"

#include <stdio.h>
#include <string.h>

#include "core/model/sample.h"

#define SEED 20261105
#define ITEMS_MAX 64

static void dice_give_the_published_numbers(void **state)
{
    (void)state;
    SampleDice dice = sample_dice(1234567);
    assert_true(sample_dice_next(&dice) == UINT64_C(6457827717110365317));
    assert_true(sample_dice_next(&dice) == UINT64_C(3203168211198807973));
    assert_true(sample_dice_next(&dice) == UINT64_C(9817491932198370423));
}

static void dice_below_one_is_zero(void **state)
{
    (void)state;
    SampleDice dice = sample_dice(SEED);
    for (int i = 0; i < 10; i++)
        assert_true(sample_dice_below(&dice, 1) == 0);
}

static void dice_below_throws_the_surplus_away(void **state)
{
    (void)state;
    // Of a bound just above half of 2^64 nearly every second number is surplus: what is kept stays below it.
    uint64_t bound = (UINT64_C(1) << 63) + 1;
    SampleDice dice = sample_dice(SEED), shadow = sample_dice(SEED);
    int drawn = 0;
    for (int i = 0; i < 100; i++) {
        assert_true(sample_dice_below(&dice, bound) < bound);
        while (shadow.state != dice.state) {
            sample_dice_next(&shadow);
            drawn++;
        }
    }
    assert_in_range(drawn, 150, 260); // 200 expected
}

// Chi-square of 16 cells and 160,000 numbers: 15 degrees of freedom, 37.7 is passed once in a thousand seeds.
static void dice_below_is_uniform(void **state)
{
    (void)state;
    enum { CELLS = 16, EACH = 10000 };
    SampleDice dice = sample_dice(SEED);
    int counts[CELLS] = {0};
    double chi = 0;
    for (int i = 0; i < CELLS * EACH; i++)
        counts[sample_dice_below(&dice, CELLS)]++;
    for (int i = 0; i < CELLS; i++)
        chi += (double)(counts[i] - EACH) * (counts[i] - EACH) / EACH;
    assert_true(chi < 37.7);
    assert_true(chi > 3.5); // too even would be wrong as well
}

static void allot_is_proportional_with_largest_remainders(void **state)
{
    (void)state;
    size_t allotted[4];
    assert_true(sample_allot((size_t[]){10, 5, 1}, 3, 7, allotted)); // 4.38, 2.19, 0.44
    assert_memory_equal(allotted, ((size_t[]){4, 2, 1}), 3 * sizeof(size_t));
    assert_true(sample_allot((size_t[]){30, 20, 10, 40}, 4, 10, allotted));
    assert_memory_equal(allotted, ((size_t[]){3, 2, 1, 4}), sizeof(allotted));
}

static void allot_gives_equal_remainders_to_the_earlier(void **state)
{
    (void)state;
    size_t allotted[3];
    assert_true(sample_allot((size_t[]){5, 5, 5}, 3, 4, allotted));
    assert_memory_equal(allotted, ((size_t[]){2, 1, 1}), sizeof(allotted));
}

static void allot_takes_one_of_every_stratum(void **state)
{
    (void)state;
    size_t allotted[4];
    assert_true(sample_allot((size_t[]){1000, 1, 0, 1}, 4, 3, allotted));
    assert_memory_equal(allotted, ((size_t[]){1, 1, 0, 1}), sizeof(allotted));
}

static void allot_refuses_fewer_than_the_strata(void **state)
{
    (void)state;
    size_t allotted[3] = {9, 9, 9};
    assert_false(sample_allot((size_t[]){4, 4, 4}, 3, 2, allotted));
    assert_memory_equal(allotted, ((size_t[]){0, 0, 0}), sizeof(allotted));
}

static void allot_of_more_than_there_are_is_all(void **state)
{
    (void)state;
    size_t allotted[3];
    assert_true(sample_allot((size_t[]){4, 0, 7}, 3, 100, allotted));
    assert_memory_equal(allotted, ((size_t[]){4, 0, 7}), sizeof(allotted));
}

static void allot_never_gives_more_than_a_stratum_has(void **state)
{
    (void)state;
    SampleDice dice = sample_dice(SEED);
    for (int round = 0; round < 2000; round++) {
        size_t sizes[8], allotted[8], total = 0, given = 0;
        for (int i = 0; i < 8; i++)
            total += sizes[i] = (size_t)sample_dice_below(&dice, 40);
        size_t wanted = (size_t)sample_dice_below(&dice, total + 8);
        if (!sample_allot(sizes, 8, wanted, allotted))
            continue;
        for (int i = 0; i < 8; i++) {
            assert_true(allotted[i] <= sizes[i]);
            assert_true(sizes[i] == 0 || wanted == 0 || allotted[i] > 0);
            given += allotted[i];
        }
        assert_int_equal(given, wanted < total ? wanted : total);
    }
}

// The places of `taken`, as text.
static const char *places(const bool *taken, size_t count)
{
    static char text[ITEMS_MAX * 4];
    text[0] = '\0';
    for (size_t i = 0; i < count; i++)
        if (taken[i])
            snprintf(text + strlen(text), sizeof(text) - strlen(text), "%zu ", i);
    return text;
}

static void draw_of_a_seed_is_always_the_same(void **state)
{
    (void)state;
    bool taken[20];
    assert_true(sample_draw(42, (size_t[]){10, 5, 1}, 3, 7, taken));
    assert_string_equal(places(taken, 16), "0 1 6 9 13 14 15 ");
    assert_false(sample_draw(7, (size_t[]){6, 7, 7}, 3, 2, taken));
    assert_string_equal(places(taken, 20), "2 5 ");
}

static void draw_of_another_seed_differs(void **state)
{
    (void)state;
    bool a[40], b[40];
    sample_draw(1, (size_t[]){40}, 1, 10, a);
    sample_draw(2, (size_t[]){40}, 1, 10, b);
    assert_memory_not_equal(a, b, sizeof(a));
}

// Over many seeds every item of a stratum comes up as often as the others: 6,000 times 3 of 12, 11 degrees of
// freedom. Samples without repetition vary less than the formula says, so 31.3 (one in a thousand) is ample.
static void draw_gives_every_item_the_same_chance(void **state)
{
    (void)state;
    enum { ITEMS = 12, WANTED = 3, SEEDS = 6000, EACH = SEEDS * WANTED / ITEMS };
    int counts[ITEMS] = {0};
    double chi = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
        bool taken[ITEMS];
        int drawn = 0;
        sample_draw(SEED + seed, (size_t[]){ITEMS}, 1, WANTED, taken);
        for (int i = 0; i < ITEMS; i++) {
            counts[i] += taken[i];
            drawn += taken[i];
        }
        assert_int_equal(drawn, WANTED);
    }
    for (int i = 0; i < ITEMS; i++)
        chi += (double)(counts[i] - EACH) * (counts[i] - EACH) / EACH;
    assert_true(chi < 31.3);
}

static void draw_of_nothing_marks_nothing(void **state)
{
    (void)state;
    bool taken[3] = {true, true, true};
    sample_draw(SEED, (size_t[]){3}, 1, 0, taken);
    assert_string_equal(places(taken, 3), "");
    sample_draw(SEED, NULL, 0, 5, taken);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dice_give_the_published_numbers),
        cmocka_unit_test(dice_below_one_is_zero),
        cmocka_unit_test(dice_below_throws_the_surplus_away),
        cmocka_unit_test(dice_below_is_uniform),
        cmocka_unit_test(allot_is_proportional_with_largest_remainders),
        cmocka_unit_test(allot_gives_equal_remainders_to_the_earlier),
        cmocka_unit_test(allot_takes_one_of_every_stratum),
        cmocka_unit_test(allot_refuses_fewer_than_the_strata),
        cmocka_unit_test(allot_of_more_than_there_are_is_all),
        cmocka_unit_test(allot_never_gives_more_than_a_stratum_has),
        cmocka_unit_test(draw_of_a_seed_is_always_the_same),
        cmocka_unit_test(draw_of_another_seed_differs),
        cmocka_unit_test(draw_gives_every_item_the_same_chance),
        cmocka_unit_test(draw_of_nothing_marks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
