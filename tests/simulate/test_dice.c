// Seeded chance.
#include "tests/simulate/test.h"

#include "simulate/dice.h"

static void dice_with_the_same_seed_roll_the_same(void **state)
{
    Dice a = dice_make(7), b = dice_make(7);

    (void)state;
    for (int i = 0; i < 100; i++)
        assert_int_equal(dice_roll(&a), dice_roll(&b));
}

static void dice_for_other_names_roll_otherwise(void **state)
{
    Dice a = dice_for(7, "day", "1"), b = dice_for(7, "day", "2"), c = dice_for(7, "da", "y1");
    uint64_t first = dice_roll(&a);

    (void)state;
    assert_int_not_equal(first, dice_roll(&b));
    assert_int_not_equal(first, dice_roll(&c));
}

static void dice_for_another_seed_roll_otherwise(void **state)
{
    Dice a = dice_for(7, "day", "1"), b = dice_for(8, "day", "1");

    (void)state;
    assert_int_not_equal(dice_roll(&a), dice_roll(&b));
}

static void dice_below_reaches_every_number_and_no_other(void **state)
{
    Dice dice = dice_make(1);
    int counts[10] = {0};

    (void)state;
    for (int i = 0; i < 10000; i++) {
        uint32_t number = dice_below(&dice, 10);

        assert_in_range(number, 0, 9);
        counts[number]++;
    }
    for (int i = 0; i < 10; i++)
        assert_in_range(counts[i], 800, 1200);
}

static void dice_between_reaches_both_ends(void **state)
{
    Dice dice = dice_make(1);
    int low = 0, high = 0;

    (void)state;
    for (int i = 0; i < 1000; i++) {
        int64_t number = dice_between(&dice, -2, 2);

        assert_true(number >= -2 && number <= 2);
        low += number == -2;
        high += number == 2;
    }
    assert_true(low > 0 && high > 0);
}

static void dice_chance_of_nought_and_of_all_is_certain(void **state)
{
    Dice dice = dice_make(1);

    (void)state;
    for (int i = 0; i < 1000; i++) {
        assert_false(dice_chance(&dice, 0));
        assert_true(dice_chance(&dice, 1000));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dice_with_the_same_seed_roll_the_same),
        cmocka_unit_test(dice_for_other_names_roll_otherwise),
        cmocka_unit_test(dice_for_another_seed_roll_otherwise),
        cmocka_unit_test(dice_below_reaches_every_number_and_no_other),
        cmocka_unit_test(dice_between_reaches_both_ends),
        cmocka_unit_test(dice_chance_of_nought_and_of_all_is_certain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
