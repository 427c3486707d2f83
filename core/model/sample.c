// The draw of a spot-check. It must be fair, and it must be possible to show that it was: so the generator,
// the way a number becomes a choice, and the way a total is shared out are all fixed here, versioned by
// SAMPLE_METHOD, and told in the manual page in words that are enough to repeat it. A changed line here that
// changes a sample is a new version.
//
// It does not hide what comes next: who knows the seed knows the sample. Seeds are made at random when the
// sample is drawn, and are no secret afterwards.
#include "core/model/sample.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"

SampleDice sample_dice(int64_t seed)
{
    return (SampleDice){.state = (uint64_t)seed};
}

uint64_t sample_dice_next(SampleDice *dice)
{
    uint64_t z = dice->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

uint64_t sample_dice_below(SampleDice *dice, uint64_t bound)
{
    uint64_t surplus = (0 - bound) % bound; // 2^64 modulo bound
    uint64_t number;

    do {
        number = sample_dice_next(dice);
    } while (number < surplus);
    return number % bound;
}

// What a stratum has left over after whole shares. Ordered by size, then by its place.
typedef struct Remainder {
    uint64_t left;
    size_t stratum;
} Remainder;

static int remainder_compare(const void *a, const void *b)
{
    const Remainder *x = a, *y = b;

    if (x->left != y->left)
        return x->left > y->left ? -1 : 1;
    return x->stratum < y->stratum ? -1 : 1;
}

// Shares `wanted` out in proportion to `sizes`, which add up to `total`.
static void allot_shares(const size_t *sizes, size_t count, size_t total, size_t wanted, size_t *allotted)
{
    CLEANUP(cleanup_free) Remainder *remainders = alloc_resize(NULL, count + 1, sizeof(*remainders));
    size_t given = 0;

    for (size_t i = 0; i < count; i++) {
        uint64_t share = (uint64_t)wanted * sizes[i];
        allotted[i] = (size_t)(share / total);
        given += allotted[i];
        remainders[i] = (Remainder){share % total, i};
    }
    qsort(remainders, count, sizeof(*remainders), remainder_compare);
    for (size_t i = 0; given < wanted; i++, given++)
        allotted[remainders[i].stratum]++;
}

bool sample_allot(const size_t *sizes, size_t count, size_t wanted, size_t *ret_allotted)
{
    size_t total = 0, strata = 0;

    for (size_t i = 0; i < count; i++) {
        total += sizes[i];
        strata += sizes[i] > 0;
    }
    memset(ret_allotted, 0, count * sizeof(*ret_allotted));
    if (wanted > total)
        wanted = total;
    if (wanted < strata)
        return false;
    if (total == 0)
        return true;
    allot_shares(sizes, count, total, wanted, ret_allotted);
    for (size_t i = 0; i < count; i++) {
        size_t giver = i;
        if (sizes[i] == 0 || ret_allotted[i] > 0)
            continue;
        for (size_t k = 0; k < count; k++)
            if (ret_allotted[k] >= ret_allotted[giver])
                giver = k;
        ret_allotted[giver]--;
        ret_allotted[i] = 1;
    }
    return true;
}

void sample_take(SampleDice *dice, size_t count, size_t wanted, bool *taken)
{
    for (size_t i = 0; i < count; i++) {
        taken[i] = wanted > 0 && sample_dice_below(dice, count - i) < wanted;
        wanted -= taken[i];
    }
}

bool sample_draw(int64_t seed, const size_t *sizes, size_t count, size_t wanted, bool *taken)
{
    CLEANUP(cleanup_free) size_t *allotted = alloc_zero((count + 1) * sizeof(*allotted));
    SampleDice dice = sample_dice(seed);
    size_t at = 0, total = 0;
    bool stratified = sample_allot(sizes, count, wanted, allotted);

    for (size_t i = 0; i < count; i++)
        total += sizes[i];
    if (!stratified) {
        sample_take(&dice, total, wanted, taken);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        sample_take(&dice, sizes[i], allotted[i], taken + at);
        at += sizes[i];
    }
    return true;
}
