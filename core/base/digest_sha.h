#pragma once
// Private to core/base: SHA-256 on the processor's own instructions, where it has them.
#include "core/base/digest.h"

#define DIGEST_SHA_BLOCK 64

typedef struct DigestSha {
    uint32_t state[8];
    uint64_t size;                  // bytes so far
    uint8_t tail[DIGEST_SHA_BLOCK]; // the size % 64 last ones
} DigestSha;

/// Whether this processor can; the others here must not be called where it cannot.
bool digest_sha_available(void);
void digest_sha_init(DigestSha *sha);
void digest_sha_update(DigestSha *sha, const void *data, size_t size);
/// Ends the message; `sha` must be initialised before it is used again.
void digest_sha_final(DigestSha *sha, uint8_t ret_digest[static DIGEST_SIZE]);
