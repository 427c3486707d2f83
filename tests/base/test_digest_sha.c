// The processor's SHA-256 against libsodium's: every length over several blocks, every way to cut it in two.
// Skipped where the processor has none, since nothing uses it there.
#include "core/base/digest_sha.h"

#include <sodium.h>
#include <string.h>

#include "tests/base/test.h"

#define LENGTH_MAX 260 // four blocks and what the padding adds

static uint8_t message[LENGTH_MAX];

static void need_sha(void)
{
    if (!digest_sha_available())
        skip();
}

static void digest_sha_equals_libsodium_at_every_length_and_cut(void **state)
{
    uint8_t expected[DIGEST_SIZE], digest[DIGEST_SIZE];
    DigestSha sha;

    (void)state;
    need_sha();
    for (size_t size = 0; size <= LENGTH_MAX; size++) {
        crypto_hash_sha256(expected, message, size);
        for (size_t cut = 0; cut <= size; cut++) {
            digest_sha_init(&sha);
            digest_sha_update(&sha, message, cut);
            digest_sha_update(&sha, message + cut, size - cut);
            digest_sha_final(&sha, digest);
            assert_memory_equal(digest, expected, DIGEST_SIZE);
        }
    }
}

static void digest_hmac_equals_libsodium_at_every_length(void **state)
{
    uint8_t key[DIGEST_SIZE], expected[DIGEST_SIZE], mac[DIGEST_SIZE];
    crypto_auth_hmacsha256_state reference;

    (void)state;
    need_sha();
    for (size_t size = 0; size <= LENGTH_MAX; size++) {
        randombytes_buf_deterministic(key, sizeof(key), message + size % 200);
        crypto_auth_hmacsha256_init(&reference, key, sizeof(key));
        crypto_auth_hmacsha256_update(&reference, message, size);
        crypto_auth_hmacsha256_final(&reference, expected);
        digest_hmac(key, &(DigestPart){message, size}, 1, mac);
        assert_memory_equal(mac, expected, DIGEST_SIZE);
    }
}

static int group_setup(void **state)
{
    static const uint8_t seed[randombytes_SEEDBYTES] = {7};

    (void)state;
    digest_init();
    randombytes_buf_deterministic(message, sizeof(message), seed);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digest_sha_equals_libsodium_at_every_length_and_cut),
        cmocka_unit_test(digest_hmac_equals_libsodium_at_every_length),
    };

    return cmocka_run_group_tests_name("digest_sha", tests, group_setup, NULL);
}
