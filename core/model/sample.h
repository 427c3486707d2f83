#pragma once
// Random samples that anybody can draw again (studyday-rules(7), "Samples"): the same frame, number and seed
// give the same sample on every machine. Pure arithmetic; the caller sorts the frame by code beforehand, so
// that nothing depends on internal numbers.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SAMPLE_METHOD "studyday-sample/1" // name and version of what stands below and in the manual page
// Seeds are read, printed and keyed in again, also by programs that keep numbers as doubles.
#define SAMPLE_SEED_MAX ((INT64_C(1) << 53) - 1)

// SplitMix64 (Steele, Lea, Flood 2014): 64 bits of state, passes the usual batteries, four lines to write
// again in any language.
typedef struct SampleDice {
    uint64_t state;
} SampleDice;
SampleDice sample_dice(int64_t seed);
uint64_t sample_dice_next(SampleDice *dice);
/// Uniform below `bound` (> 0), without the bias of a remainder: what lies beyond the last whole multiple is
/// thrown away.
uint64_t sample_dice_below(SampleDice *dice, uint64_t bound);

/// How many of `wanted` each stratum gives, by its size: proportional, what is left over by the largest
/// remainders (of equal ones the earlier stratum's), and at least one of every stratum that has any, taken
/// from the largest allotment (of equal ones the last). Each size at most INT32_MAX. False, with nothing
/// allotted, when `wanted` is smaller than the number of strata that have any: then strata are no help, and
/// the sample is drawn from all at once. `wanted` beyond the total is the total.
bool sample_allot(const size_t *sizes, size_t count, size_t wanted, size_t *ret_allotted);

/// Marks `wanted` of `count` items, walking down them: an item is taken if a number below the items that are
/// left is below the items still wanted. `taken` is written for each.
void sample_take(SampleDice *dice, size_t count, size_t wanted, bool *taken);

/// A whole sample of a frame whose items stand stratum after stratum; `sizes` are the strata's. Marks the
/// drawn ones in `taken`, of all sizes together. Returns whether it was stratified (see sample_allot).
bool sample_draw(int64_t seed, const size_t *sizes, size_t count, size_t wanted, bool *taken);
