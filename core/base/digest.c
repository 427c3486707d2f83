// libsodium under our own names. Inputs come as parts, so that nobody has to paste a message together to hash
// it.
#include "core/base/digest.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/clock.h"

#define ULID_TIME_CHARACTERS 10 // 48 bits of milliseconds, 5 a character
#define ULID_RANDOM_CHARACTERS 16

_Static_assert(DIGEST_SIZE == crypto_hash_sha256_BYTES, "SHA-256");
_Static_assert(DIGEST_SIZE == crypto_auth_hmacsha256_BYTES, "HMAC-SHA-256");

static const char ulid_alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void digest_init(void)
{
    if (sodium_init() < 0) {
        fputs("libsodium does not start: no source of random bytes\n", stderr);
        abort();
    }
}

void digest_sha256(const DigestPart *parts, size_t count, uint8_t ret_digest[static DIGEST_SIZE])
{
    crypto_hash_sha256_state state;

    crypto_hash_sha256_init(&state);
    for (size_t i = 0; i < count; i++)
        crypto_hash_sha256_update(&state, parts[i].data, parts[i].size);
    crypto_hash_sha256_final(&state, ret_digest);
}

void digest_hmac(const uint8_t key[static DIGEST_SIZE], const DigestPart *parts, size_t count,
                 uint8_t ret_mac[static DIGEST_SIZE])
{
    crypto_auth_hmacsha256_state state;

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

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

bool hex_decode(const char *text, size_t text_size, uint8_t *ret_data, size_t size)
{
    if (text_size % 2 || text_size / 2 != size)
        return false;
    for (size_t i = 0; i < text_size; i++) {
        if (hex_digit(text[i]) < 0)
            return false;
    }
    for (size_t i = 0; i < size; i++)
        ret_data[i] = (uint8_t)(hex_digit(text[2 * i]) << 4 | hex_digit(text[2 * i + 1]));
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
