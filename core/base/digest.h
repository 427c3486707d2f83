#pragma once
// SHA-256, HMAC-SHA-256, random bytes, hex and ULIDs: the only place that sees libsodium and libcrypto.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIGEST_SIZE 32
#define DIGEST_HEX_SIZE (2 * DIGEST_SIZE + 1)
#define ULID_SIZE 27 // 26 characters and a NUL

typedef struct DigestPart {
    const void *data;
    size_t size;
} DigestPart;

/// Must run once before anything else here (main() does it through program_init()). Aborts if libsodium or
/// libcrypto cannot start.
void digest_init(void);
/// SHA-256 over the parts in a row.
void digest_sha256(const DigestPart *parts, size_t count, uint8_t ret_digest[static DIGEST_SIZE]);
/// HMAC-SHA-256 over the parts in a row, with a key of DIGEST_SIZE bytes.
void digest_hmac(const uint8_t key[static DIGEST_SIZE], const DigestPart *parts, size_t count,
                 uint8_t ret_mac[static DIGEST_SIZE]);
/// Compares in constant time.
bool digest_equal(const uint8_t *a, const uint8_t *b, size_t size);
void digest_random(void *data, size_t size);
/// Uniform below `bound` (> 0), from the system's generator.
uint32_t digest_random_below(uint32_t bound);
void digest_wipe(void *data, size_t size);
#define DIGEST_NONCE_SIZE 24
/// Encrypts in place, or decrypts: XChaCha20. Never two texts under one key and nonce.
void digest_mask(const uint8_t key[static DIGEST_SIZE], const uint8_t nonce[static DIGEST_NONCE_SIZE],
                 void *data, size_t size);

/// Lower-case hex with a NUL: 2 * size + 1 bytes.
void hex_encode(const uint8_t *data, size_t size, char *ret_text);
/// Exactly `size` bytes from exactly 2 * size lower-case hex digits.
bool hex_decode(const char *text, size_t text_size, uint8_t *ret_data, size_t size);

/// A new ULID (upper case, Crockford base 32) of the present time.
void ulid_make(char ret_ulid[static ULID_SIZE]);
/// Exactly 26 upper-case characters of Crockford's alphabet, first one at most '7'.
bool ulid_valid(const char *text, size_t size);
