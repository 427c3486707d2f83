// The MAC of a payload, and the line it leaves.
#include "tests/wire/test.h"

#include <string.h>

#include "core/base/cleanup.h"
#include "core/wire/wire.h"

#define TOPIC "studyday/1/lf-gy/gy-017/event"
#define LINE "{\"v\":1}"
// HMAC-SHA-256 over TOPIC 00 LINE with the key 00 01 02 .. 1f, by another program.
#define MAC "9bb78e4555878f5410e2e30bb4c881c5561eba17198c8f28b098761ffa5b69bb"

static uint8_t key[DIGEST_SIZE];

static WireMac check(const uint8_t *with, const char *topic, const char *payload, size_t *ret_line_size)
{
    return wire_mac_check(with, topic, payload, strlen(payload), ret_line_size);
}

static void wire_mac_append_gives_the_known_mac(void **state)
{
    CLEANUP(cleanup_text) Text payload = {0};
    (void)state;

    text_append(&payload, LINE);
    wire_mac_append(key, TOPIC, &payload);
    assert_string_equal(text_cstr(&payload), LINE "\n" MAC);
}

static void wire_mac_check_is_good_for_its_own_topic_only(void **state)
{
    size_t size;
    (void)state;

    assert_int_equal(check(key, TOPIC, LINE "\n" MAC, &size), WIRE_MAC_GOOD);
    assert_int_equal(size, strlen(LINE));
    assert_int_equal(check(key, "studyday/1/lf-gy/gy-017/hello", LINE "\n" MAC, &size), WIRE_MAC_BAD);
    assert_int_equal(size, strlen(LINE));
}

static void wire_mac_check_is_absent_without_a_tail(void **state)
{
    size_t size;
    (void)state;

    assert_int_equal(check(key, TOPIC, LINE, &size), WIRE_MAC_ABSENT);
    assert_int_equal(size, strlen(LINE));
    assert_int_equal(check(NULL, TOPIC, LINE, &size), WIRE_MAC_ABSENT);
    assert_int_equal(wire_mac_check(key, TOPIC, NULL, 0, &size), WIRE_MAC_ABSENT);
    assert_int_equal(size, 0);
}

static void wire_mac_check_is_bad_without_a_key(void **state)
{
    size_t size;
    (void)state;

    assert_int_equal(check(NULL, TOPIC, LINE "\n" MAC, &size), WIRE_MAC_BAD);
    assert_int_equal(size, strlen(LINE));
}

static void wire_mac_check_is_bad_for_other_line_or_key(void **state)
{
    uint8_t other[DIGEST_SIZE] = {1};
    size_t size;
    (void)state;

    assert_int_equal(check(key, TOPIC, "{\"v\":2}\n" MAC, &size), WIRE_MAC_BAD);
    assert_int_equal(check(other, TOPIC, LINE "\n" MAC, &size), WIRE_MAC_BAD);
}

static void wire_mac_check_keeps_line_feeds_that_start_no_tail(void **state)
{
    static const char pretty[] = "{\n\"v\":1\n}";
    size_t size;
    (void)state;

    assert_int_equal(check(key, TOPIC, pretty, &size), WIRE_MAC_ABSENT);
    assert_int_equal(size, strlen(pretty));
}

static void wire_mac_check_leaves_a_line_end_out_of_the_line(void **state)
{
    size_t size;
    (void)state;

    assert_int_equal(check(key, TOPIC, LINE "\n", &size), WIRE_MAC_ABSENT);
    assert_int_equal(size, strlen(LINE));
    assert_int_equal(check(key, TOPIC, LINE "\n\n", &size), WIRE_MAC_ABSENT);
    assert_int_equal(size, strlen(LINE) + 1);
    assert_int_equal(check(key, TOPIC, LINE "\n" MAC "\n", &size), WIRE_MAC_ABSENT);
}

static void wire_mac_check_refuses_oversize_line_unhashed(void **state)
{
    CLEANUP(cleanup_text) Text payload = {0};
    size_t size;
    (void)state;

    for (size_t i = 0; i <= WIRE_LINE_MAX; i++)
        text_append_char(&payload, ' ');
    wire_mac_append(key, TOPIC, &payload);
    assert_int_equal(wire_mac_check(key, TOPIC, payload.data, payload.size, &size), WIRE_MAC_BAD);
    assert_int_equal(size, WIRE_LINE_MAX + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wire_mac_append_gives_the_known_mac),
        cmocka_unit_test(wire_mac_check_is_good_for_its_own_topic_only),
        cmocka_unit_test(wire_mac_check_is_absent_without_a_tail),
        cmocka_unit_test(wire_mac_check_is_bad_without_a_key),
        cmocka_unit_test(wire_mac_check_is_bad_for_other_line_or_key),
        cmocka_unit_test(wire_mac_check_keeps_line_feeds_that_start_no_tail),
        cmocka_unit_test(wire_mac_check_leaves_a_line_end_out_of_the_line),
        cmocka_unit_test(wire_mac_check_refuses_oversize_line_unhashed),
    };

    digest_init();
    for (size_t i = 0; i < sizeof(key); i++)
        key[i] = (uint8_t)i;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
