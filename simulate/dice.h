#pragma once
// Seeded chance: the same seed gives the same town, the same day, the same failing lines, on every machine.
#include <stdbool.h>
#include <stdint.h>

typedef struct Dice {
    uint64_t state;
} Dice;

Dice dice_make(uint64_t seed);
/// Dice for one thing by its name, so that what happens to it does not depend on the others.
Dice dice_for(uint64_t seed, const char *what, const char *name);
uint64_t dice_roll(Dice *dice);
/// Uniform in 0 .. bound - 1; `bound` > 0.
uint32_t dice_below(Dice *dice, uint32_t bound);
/// Uniform in low .. high.
int64_t dice_between(Dice *dice, int64_t low, int64_t high);
/// True in `permille` of 1,000 cases.
bool dice_chance(Dice *dice, uint32_t permille);
