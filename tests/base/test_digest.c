#include "core/base/digest.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "tests/base/test.h"

static void assert_digest(const uint8_t digest[static DIGEST_SIZE], const char *expected)
{
    char text[DIGEST_HEX_SIZE];

    hex_encode(digest, DIGEST_SIZE, text);
    assert_string_equal(text, expected);
}

// FIPS 180-4, example "abc".
static void digest_sha256_of_abc(void **state)
{
    uint8_t digest[DIGEST_SIZE];

    (void)state;
    digest_sha256(&(DigestPart){"abc", 3}, 1, digest);
    assert_digest(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void digest_sha256_of_nothing(void **state)
{
    uint8_t digest[DIGEST_SIZE];

    (void)state;
    digest_sha256(NULL, 0, digest);
    assert_digest(digest, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void digest_sha256_joins_its_parts(void **state)
{
    const DigestPart parts[] = {{"a", 1}, {"", 0}, {"bc", 2}};
    uint8_t digest[DIGEST_SIZE];

    (void)state;
    digest_sha256(parts, 3, digest);
    assert_digest(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

// RFC 4231, test case 2; HMAC pads its short key with zeros, as the array does.
static void digest_hmac_of_rfc4231(void **state)
{
    static const uint8_t key[DIGEST_SIZE] = "Jefe";
    const DigestPart parts[] = {{"what do ya want ", 16}, {"for nothing?", 12}};
    uint8_t mac[DIGEST_SIZE];

    (void)state;
    digest_hmac(key, parts, 2, mac);
    assert_digest(mac, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

static void digest_equal_sees_the_last_byte(void **state)
{
    (void)state;
    assert_true(digest_equal((const uint8_t *)"abcd", (const uint8_t *)"abcd", 4));
    assert_false(digest_equal((const uint8_t *)"abcd", (const uint8_t *)"abce", 4));
}

static void digest_random_differs(void **state)
{
    uint8_t a[DIGEST_SIZE] = {0}, b[DIGEST_SIZE] = {0};

    (void)state;
    digest_random(a, sizeof(a));
    digest_random(b, sizeof(b));
    assert_memory_not_equal(a, b, sizeof(a));
}

static void digest_random_below_reaches_all_and_no_more(void **state)
{
    unsigned seen = 0;

    (void)state;
    for (int i = 0; i < 1000; i++) {
        uint32_t value = digest_random_below(3);

        assert_true(value < 3);
        seen |= 1u << value;
    }
    assert_int_equal(seen, 7);
}

static void digest_wipe_clears(void **state)
{
    uint8_t key[DIGEST_SIZE], zero[DIGEST_SIZE] = {0};

    (void)state;
    memset(key, 'k', sizeof(key));
    digest_wipe(key, sizeof(key));
    assert_memory_equal(key, zero, sizeof(key));
}

static void hex_decode_reads_what_hex_encode_wrote(void **state)
{
    static const uint8_t bytes[] = {0x00, 0x0f, 0x9a, 0xff};
    uint8_t back[4];
    char text[9];

    (void)state;
    hex_encode(bytes, 4, text);
    assert_string_equal(text, "000f9aff");
    assert_true(hex_decode(text, 8, back, 4));
    assert_memory_equal(back, bytes, 4);
}

static void hex_decode_refuses_upper_case(void **state)
{
    uint8_t back[1];

    (void)state;
    assert_false(hex_decode("0A", 2, back, 1));
}

static void hex_decode_refuses_another_length(void **state)
{
    uint8_t back[2] = {7, 7};

    (void)state;
    assert_false(hex_decode("0a0", 3, back, 1));
    assert_false(hex_decode("0a", 2, back, 2));
    assert_false(hex_decode("0a0b", 4, back, 1));
    assert_int_equal(back[0], 7);
}

static void ulid_make_is_valid_and_new(void **state)
{
    char first[ULID_SIZE], second[ULID_SIZE];

    (void)state;
    ulid_make(first);
    ulid_make(second);
    assert_true(ulid_valid(first, strlen(first)));
    assert_string_not_equal(first, second);
}

static void ulid_make_begins_with_the_time(void **state)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    Time before = clock_now() / 1000, after;
    char ulid[ULID_SIZE];
    int64_t millis = 0;

    (void)state;
    ulid_make(ulid);
    after = clock_now() / 1000;
    for (int i = 0; i < 10; i++)
        millis = millis * 32 + (strchr(alphabet, ulid[i]) - alphabet);
    assert_in_range(millis, before, after);
}

static void ulid_valid_accepts_the_largest(void **state)
{
    (void)state;
    assert_true(ulid_valid("7ZZZZZZZZZZZZZZZZZZZZZZZZZ", 26));
}

static void ulid_valid_refuses(void **state)
{
    static const char *const bad[] = {
        "8ZZZZZZZZZZZZZZZZZZZZZZZZZ",  // beyond 128 bits
        "01ARZ3NDEKTSV4RRFFQ69G5FA",   // too short
        "01ARZ3NDEKTSV4RRFFQ69G5FAVV", // too long
        "01arz3ndektsv4rrffq69g5fav",  // lower case
        "01ARZ3NDEKTSV4RRFFQ69G5FAI",  "01ARZ3NDEKTSV4RRFFQ69G5FAL", "01ARZ3NDEKTSV4RRFFQ69G5FAO",
        "01ARZ3NDEKTSV4RRFFQ69G5FAU",  "01ARZ3NDEKTSV4RRFFQ69G5FA-", "",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (ulid_valid(bad[i], strlen(bad[i])))
            fail_msg("case %zu", i);
    }
}

static int group_setup(void **state)
{
    (void)state;
    digest_init();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digest_sha256_of_abc),
        cmocka_unit_test(digest_sha256_of_nothing),
        cmocka_unit_test(digest_sha256_joins_its_parts),
        cmocka_unit_test(digest_hmac_of_rfc4231),
        cmocka_unit_test(digest_equal_sees_the_last_byte),
        cmocka_unit_test(digest_random_differs),
        cmocka_unit_test(digest_random_below_reaches_all_and_no_more),
        cmocka_unit_test(digest_wipe_clears),
        cmocka_unit_test(hex_decode_reads_what_hex_encode_wrote),
        cmocka_unit_test(hex_decode_refuses_upper_case),
        cmocka_unit_test(hex_decode_refuses_another_length),
        cmocka_unit_test(ulid_make_is_valid_and_new),
        cmocka_unit_test(ulid_make_begins_with_the_time),
        cmocka_unit_test(ulid_valid_accepts_the_largest),
        cmocka_unit_test(ulid_valid_refuses),
    };

    return cmocka_run_group_tests_name("digest", tests, group_setup, NULL);
}
