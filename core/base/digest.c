// libsodium under our own names. Inputs come as parts, so that nobody has to paste a message together to hash
// it. SHA-256 goes through the processor's own instructions where there are some (digest_sha.c).
#include "core/base/digest.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/clock.h"
#include "core/base/digest_sha.h"

#define ULID_TIME_CHARACTERS 10 // 48 bits of milliseconds, 5 a character
#define ULID_RANDOM_CHARACTERS 16

_Static_assert(DIGEST_SIZE == crypto_hash_sha256_BYTES, "SHA-256");
_Static_assert(DIGEST_SIZE == crypto_auth_hmacsha256_BYTES, "HMAC-SHA-256");

static const char ulid_alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static bool digest_has_sha; // digest_sha.c can be used on this processor

void digest_init(void)
{
    if (sodium_init() < 0) {
        fputs("libsodium does not start: no source of random bytes\n", stderr);
        abort();
    }
    digest_has_sha = digest_sha_available();
}

static void digest_sha_parts(DigestSha *sha, const DigestPart *parts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        digest_sha_update(sha, parts[i].data, parts[i].size);
}

static void digest_sha_pad(DigestSha *sha, const uint8_t key[static DIGEST_SIZE], uint8_t value)
{
    uint8_t pad[DIGEST_SHA_BLOCK];

    for (size_t i = 0; i < sizeof(pad); i++)
        pad[i] = (uint8_t)(value ^ (i < DIGEST_SIZE ? key[i] : 0));
    digest_sha_init(sha);
    digest_sha_update(sha, pad, sizeof(pad));
    sodium_memzero(pad, sizeof(pad));
}

/// RFC 2104.
static void digest_sha_hmac(const uint8_t key[static DIGEST_SIZE], const DigestPart *parts, size_t count,
                            uint8_t ret_mac[static DIGEST_SIZE])
{
    uint8_t inner[DIGEST_SIZE];
    DigestSha sha;

    digest_sha_pad(&sha, key, 0x36);
    digest_sha_parts(&sha, parts, count);
    digest_sha_final(&sha, inner);
    digest_sha_pad(&sha, key, 0x5c);
    digest_sha_update(&sha, inner, sizeof(inner));
    digest_sha_final(&sha, ret_mac);
    sodium_memzero(&sha, sizeof(sha));
}

void digest_sha256(const DigestPart *parts, size_t count, uint8_t ret_digest[static DIGEST_SIZE])
{
    crypto_hash_sha256_state state;
    DigestSha sha;

    if (digest_has_sha) {
        digest_sha_init(&sha);
        digest_sha_parts(&sha, parts, count);
        digest_sha_final(&sha, ret_digest);
        return;
    }
    crypto_hash_sha256_init(&state);
    for (size_t i = 0; i < count; i++)
        crypto_hash_sha256_update(&state, parts[i].data, parts[i].size);
    crypto_hash_sha256_final(&state, ret_digest);
}

void digest_hmac(const uint8_t key[static DIGEST_SIZE], const DigestPart *parts, size_t count,
                 uint8_t ret_mac[static DIGEST_SIZE])
{
    crypto_auth_hmacsha256_state state;

    if (digest_has_sha) {
        digest_sha_hmac(key, parts, count, ret_mac);
        return;
    }
    crypto_auth_hmacsha256_init(&state, key, DIGEST_SIZE);
    for (size_t i = 0; i < count; i++)
        crypto_auth_hmacsha256_update(&state, parts[i].data, parts[i].size);
    crypto_auth_hmacsha256_final(&state, ret_mac);
    sodium_memzero(&state, sizeof(state));
}

bool digest_equal(const uint8_t *a, const uint8_t *b, size_t size)
{
    return sodium_memcmp(a, b, size) == 0;
}

void digest_random(void *data, size_t size)
{
    randombytes_buf(data, size);
}

uint32_t digest_random_below(uint32_t bound)
{
    return randombytes_uniform(bound);
}

void digest_wipe(void *data, size_t size)
{
    sodium_memzero(data, size);
}

void hex_encode(const uint8_t *data, size_t size, char *ret_text)
{
    sodium_bin2hex(ret_text, 2 * size + 1, data, size);
}

// One more than the digit's value, 0 for what is no lower-case digit: a table, as each message brings a MAC.
static const uint8_t hex_digits[256] = {
    ['0'] = 1, ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9, ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
};

bool hex_decode(const char *text, size_t text_size, uint8_t *ret_data, size_t size)
{
    if (text_size % 2 || text_size / 2 != size)
        return false;
    for (size_t i = 0; i < text_size; i++) {
        if (!hex_digits[(uint8_t)text[i]])
            return false;
    }
    for (size_t i = 0; i < size; i++) {
        int high = hex_digits[(uint8_t)text[2 * i]] - 1, low = hex_digits[(uint8_t)text[2 * i + 1]] - 1;
        ret_data[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

void ulid_make(char ret_ulid[static ULID_SIZE])
{
    uint64_t millis = (uint64_t)(clock_now() / 1000);
    uint8_t random[ULID_RANDOM_CHARACTERS];

    for (int i = ULID_TIME_CHARACTERS - 1; i >= 0; i--) {
        ret_ulid[i] = ulid_alphabet[millis & 31];
        millis >>= 5;
    }
    randombytes_buf(random, sizeof(random));
    for (int i = 0; i < ULID_RANDOM_CHARACTERS; i++)
        ret_ulid[ULID_TIME_CHARACTERS + i] = ulid_alphabet[random[i] & 31];
    ret_ulid[ULID_SIZE - 1] = '\0';
}

static bool ulid_character_valid(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z' && c != 'I' && c != 'L' && c != 'O' && c != 'U');
}

bool ulid_valid(const char *text, size_t size)
{
    if (size != ULID_SIZE - 1 || text[0] > '7')
        return false;
    for (size_t i = 0; i < size; i++) {
        if (!ulid_character_valid(text[i]))
            return false;
    }
    return true;
}
