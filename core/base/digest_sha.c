// SHA-256 (FIPS 180-4) with the SHA instructions of x86-64 processors. libsodium has only the portable form,
// which was 28 % of the collector's instructions for an event sent alone (one MAC in, one out, one link of
// the chain); with these instructions a block takes a tenth of the time. Where the processor or the
// architecture has none, digest.c stays with libsodium; the tests hold the two against each other at every
// length.
//
// The instructions hold the state as the two words ABEF and CDGH, and do two rounds each; the message
// schedule is kept in four registers of four words, which go round.
#include "core/base/digest_sha.h"

#include <string.h>

#ifdef __x86_64__

#include <cpuid.h>
#include <immintrin.h>

static const uint32_t sha_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

#define SHA_TARGET __attribute__((target("sha,sse4.1")))
#define CPUID_SHA (1u << 29) // leaf 7, EBX

bool digest_sha_available(void)
{
    unsigned a, b, c, d;

    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_SSSE3) || !(c & bit_SSE4_1))
        return false;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & CPUID_SHA);
}

typedef struct Rounds {
    __m128i abef, cdgh;
} Rounds;

// Four rounds with the schedule's words `w`, which are then replaced by those of sixteen rounds later; `w1`
// to `w3` are the twelve words that follow `w`.
static inline SHA_TARGET void rounds_four(Rounds *rounds, const uint32_t *constants, __m128i *w, __m128i w1,
                                          __m128i w2, __m128i w3)
{
    __m128i sum = _mm_add_epi32(*w, _mm_loadu_si128((const __m128i *)constants));

    rounds->cdgh = _mm_sha256rnds2_epu32(rounds->cdgh, rounds->abef, sum);
    rounds->abef = _mm_sha256rnds2_epu32(rounds->abef, rounds->cdgh, _mm_shuffle_epi32(sum, 0x0E));
    *w = _mm_sha256msg2_epu32(_mm_add_epi32(_mm_sha256msg1_epu32(*w, w1), _mm_alignr_epi8(w3, w2, 4)), w3);
}

static SHA_TARGET void sha_blocks(uint32_t state[static 8], const uint8_t *data, size_t count)
{
    const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    __m128i low = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0xB1);
    __m128i high = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(state + 4)), 0x1B);
    Rounds rounds = {_mm_alignr_epi8(low, high, 8), _mm_blend_epi16(high, low, 0xF0)};

    for (; count > 0; count--, data += DIGEST_SHA_BLOCK) {
        const Rounds before = rounds;
        __m128i w0 = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)data), big_endian);
        __m128i w1 = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(data + 16)), big_endian);
        __m128i w2 = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(data + 32)), big_endian);
        __m128i w3 = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(data + 48)), big_endian);
        for (const uint32_t *k = sha_constants; k < sha_constants + 64; k += 16) {
            rounds_four(&rounds, k, &w0, w1, w2, w3);
            rounds_four(&rounds, k + 4, &w1, w2, w3, w0);
            rounds_four(&rounds, k + 8, &w2, w3, w0, w1);
            rounds_four(&rounds, k + 12, &w3, w0, w1, w2);
        }
        rounds.abef = _mm_add_epi32(rounds.abef, before.abef);
        rounds.cdgh = _mm_add_epi32(rounds.cdgh, before.cdgh);
    }
    low = _mm_shuffle_epi32(rounds.abef, 0x1B);
    high = _mm_shuffle_epi32(rounds.cdgh, 0xB1);
    _mm_storeu_si128((__m128i *)state, _mm_blend_epi16(low, high, 0xF0));
    _mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(high, low, 8));
}

#else

bool digest_sha_available(void)
{
    return false;
}

static void sha_blocks(uint32_t state[static 8], const uint8_t *data, size_t count)
{
    (void)state, (void)data, (void)count; // never called: not available
}

#endif

void digest_sha_init(DigestSha *sha)
{
    *sha = (DigestSha){.state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c,
                                 0x1f83d9ab, 0x5be0cd19}};
}

void digest_sha_update(DigestSha *sha, const void *data, size_t size)
{
    const uint8_t *bytes = data;
    size_t used = sha->size % DIGEST_SHA_BLOCK;

    if (size == 0)
        return;
    sha->size += size;
    if (used > 0 && used + size >= DIGEST_SHA_BLOCK) {
        size_t fill = DIGEST_SHA_BLOCK - used;
        memcpy(sha->tail + used, bytes, fill);
        sha_blocks(sha->state, sha->tail, 1);
        bytes += fill;
        size -= fill;
        used = 0;
    }
    if (used == 0) {
        sha_blocks(sha->state, bytes, size / DIGEST_SHA_BLOCK);
        bytes += size - size % DIGEST_SHA_BLOCK;
        size %= DIGEST_SHA_BLOCK;
    }
    if (size > 0)
        memcpy(sha->tail + used, bytes, size);
}

void digest_sha_final(DigestSha *sha, uint8_t ret_digest[static DIGEST_SIZE])
{
    static const uint8_t padding[DIGEST_SHA_BLOCK] = {0x80};
    uint64_t bits = __builtin_bswap64(sha->size * 8);
    size_t used = sha->size % DIGEST_SHA_BLOCK;

    digest_sha_update(sha, padding, (used < 56 ? 56 : 56 + DIGEST_SHA_BLOCK) - used);
    digest_sha_update(sha, &bits, sizeof(bits)); // only where the bytes of a word are turned round: x86-64
    for (size_t i = 0; i < 8; i++) {
        uint32_t word = __builtin_bswap32(sha->state[i]);
        memcpy(ret_digest + 4 * i, &word, sizeof(word));
    }
}
