#pragma once
// Seeded randomness of the property tests: the seed is printed, and STUDYDAY_TEST_SEED repeats a run.
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/clock.h"

typedef struct Seed {
    uint64_t state;
} Seed;

static inline Seed seed_start(const char *test)
{
    const char *given = getenv("STUDYDAY_TEST_SEED");
    uint64_t value = given ? strtoull(given, NULL, 10) : (uint64_t)clock_now();
    printf("# %s: STUDYDAY_TEST_SEED=%" PRIu64 "\n", test, value);
    fflush(stdout);
    return (Seed){value};
}

/// Uniform enough below `bound` (> 0): splitmix64.
static inline unsigned seed_below(Seed *seed, unsigned bound)
{
    uint64_t z = seed->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (unsigned)((z ^ (z >> 31)) % bound);
}
