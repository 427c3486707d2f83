#include "tests/chaos/packet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "tests/chaos/dice.h"
#include "tests/chaos/faults.h"

#define CASE(name) cmocka_unit_test(name)

static void size_of_a_packet_is_head_and_rest(void **state)
{
    (void)state;
    assert_int_equal(packet_size((const uint8_t[]){0xc0, 0x00}, 2), 2);
    assert_int_equal(packet_size((const uint8_t[]){0x30, 0x7f}, 2), 129);
    assert_int_equal(packet_size((const uint8_t[]){0x30, 0x80, 0x01}, 3), 131);
    assert_int_equal(packet_size((const uint8_t[]){0x30, 0xff, 0xff, 0xff, 0x7f}, 5), 268435455 + 5);
}

static void head_that_is_not_all_there_has_no_size_yet(void **state)
{
    (void)state;
    assert_int_equal(packet_size((const uint8_t[]){0x30}, 1), 0);
    assert_int_equal(packet_size((const uint8_t[]){0x30, 0x80}, 2), 0);
    assert_int_equal(packet_size((const uint8_t[]){0x30, 0x80, 0x80, 0x80}, 4), 0);
}

static void bytes_that_are_no_mqtt_are_told(void **state)
{
    (void)state;
    assert_int_equal(packet_size((const uint8_t[]){0x00, 0x00}, 2), -1);
    assert_int_equal(packet_size((const uint8_t[]){0x30, 0x80, 0x80, 0x80, 0x80}, 5), -1);
}

static void repeated_publish_is_marked_unless_its_qos_is_0(void **state)
{
    uint8_t one[] = {0x32}, none[] = {0x31};

    (void)state;
    packet_mark_repeated(one);
    packet_mark_repeated(none);
    assert_int_equal(one[0], 0x3a);
    assert_int_equal(none[0], 0x31);
}

static void dice_of_one_seed_fall_alike(void **state)
{
    Dice one = {.state = 7}, same = {.state = 7}, other = {.state = 8};
    bool differs = false;

    (void)state;
    for (int i = 0; i < 100; i++) {
        uint64_t roll = dice_roll(&one);

        assert_true(roll == dice_roll(&same));
        differs = differs || roll != dice_roll(&other);
    }
    assert_true(differs);
}

static void dice_hit_as_often_as_the_odds_say(void **state)
{
    Dice dice = {.state = 1};
    int hits = 0;

    (void)state;
    for (int i = 0; i < 100000; i++)
        hits += dice_hits(&dice, 250);
    assert_in_range(hits, 24000, 26000);
    for (int i = 0; i < 1000; i++) {
        assert_false(dice_hits(&dice, 0));
        assert_true(dice_hits(&dice, 1000));
    }
}

static void odds_name_their_faults_and_the_rest_is_nil(void **state)
{
    Odds odds = {.permille = {[FAULT_SWAP] = 9}};

    (void)state;
    assert_true(odds_parse("drop=5  split=1000", &odds));
    assert_int_equal(odds.permille[FAULT_DROP], 5);
    assert_int_equal(odds.permille[FAULT_SPLIT], 1000);
    assert_int_equal(odds.permille[FAULT_SWAP], 0);
}

static void odds_that_cannot_be_read_change_nothing(void **state)
{
    const char *const bad[] = {"drop", "drop=", "drop=1001", "drop=-1", "drip=5", "drop=5 x"};
    Odds odds = {.permille = {[FAULT_SWAP] = 9}};

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(odds_parse(bad[i], &odds));
    assert_int_equal(odds.permille[FAULT_SWAP], 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(size_of_a_packet_is_head_and_rest),
        CASE(head_that_is_not_all_there_has_no_size_yet),
        CASE(bytes_that_are_no_mqtt_are_told),
        CASE(repeated_publish_is_marked_unless_its_qos_is_0),
        CASE(dice_of_one_seed_fall_alike),
        CASE(dice_hit_as_often_as_the_odds_say),
        CASE(odds_name_their_faults_and_the_rest_is_nil),
        CASE(odds_that_cannot_be_read_change_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
