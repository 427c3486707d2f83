// libsodium and libcrypto under our own names. Inputs come as parts, so that nobody has to paste a message
// together to hash it. SHA-256 comes from libcrypto, which uses the processor's own instructions
// where there are some: libsodium's portable form was 28 % of the collector's instructions for an event sent
// alone (a MAC in, a MAC out, a link of the chain). Random bytes, comparing and wiping are libsodium's.
//
// The context is made once and used again; a process here has one thread.
#include "core/base/digest.h"

#include <openssl/evp.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/clock.h"

#define DIGEST_BLOCK_SIZE 64    // of SHA-256
#define ULID_TIME_CHARACTERS 10 // 48 bits of milliseconds, 5 a character
#define ULID_RANDOM_CHARACTERS 16

static const char ulid_alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static EVP_MD *digest_sha;
static EVP_MD_CTX *digest_sha_context;

static void digest_require(bool fine)
{
    if (fine)
        return;
    fputs("libsodium or libcrypto does not work: no random bytes, no digests\n", stderr);
    abort();
}

static void digest_deinit(void)
{
    EVP_MD_free(digest_sha);
    EVP_MD_CTX_free(digest_sha_context);
}

void digest_init(void)
{
    digest_require(sodium_init() >= 0);
    if (digest_sha)
        return;
    digest_sha = EVP_MD_fetch(NULL, "SHA2-256", NULL);
    digest_sha_context = EVP_MD_CTX_new();
    digest_require(digest_sha && digest_sha_context);
    atexit(digest_deinit);
}

static void digest_start(void)
{
    digest_require(EVP_DigestInit_ex2(digest_sha_context, digest_sha, NULL) == 1);
}

static void digest_add(const void *data, size_t size)
{
    digest_require(EVP_DigestUpdate(digest_sha_context, data, size) == 1);
}

static void digest_end(uint8_t ret_digest[static DIGEST_SIZE])
{
    digest_require(EVP_DigestFinal_ex(digest_sha_context, ret_digest, NULL) == 1);
}

void digest_sha256(const DigestPart *parts, size_t count, uint8_t ret_digest[static DIGEST_SIZE])
{
    digest_start();
    for (size_t i = 0; i < count; i++)
        digest_add(parts[i].data, parts[i].size);
    digest_end(ret_digest);
}

static void digest_start_padded(const uint8_t key[static DIGEST_SIZE], uint8_t value)
{
    uint8_t pad[DIGEST_BLOCK_SIZE];

    for (size_t i = 0; i < sizeof(pad); i++)
        pad[i] = (uint8_t)(value ^ (i < DIGEST_SIZE ? key[i] : 0));
    digest_start();
    digest_add(pad, sizeof(pad));
    sodium_memzero(pad, sizeof(pad));
}

// RFC 2104 over the library's SHA-256: libcrypto's own HMAC looks its digest up by name each time a key is
// set, which takes longer than the hashing.
void digest_hmac(const uint8_t key[static DIGEST_SIZE], const DigestPart *parts, size_t count,
                 uint8_t ret_mac[static DIGEST_SIZE])
{
    uint8_t inner[DIGEST_SIZE];

    digest_start_padded(key, 0x36);
    for (size_t i = 0; i < count; i++)
        digest_add(parts[i].data, parts[i].size);
    digest_end(inner);
    digest_start_padded(key, 0x5c);
    digest_add(inner, sizeof(inner));
    digest_end(ret_mac);
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

void digest_mask(const uint8_t key[static DIGEST_SIZE], const uint8_t nonce[static DIGEST_NONCE_SIZE],
                 void *data, size_t size)
{
    digest_require(crypto_stream_xchacha20_xor(data, data, size, nonce, key) == 0);
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
