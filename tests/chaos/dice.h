#pragma once
// A small generator of our own (splitmix64), so that a seed means the same everywhere.
#include <stdbool.h>
#include <stdint.h>

typedef struct Dice {
    uint64_t state;
} Dice;

uint64_t dice_roll(Dice *dice);
/// 0 to `limit` - 1; `limit` at least 1.
uint32_t dice_below(Dice *dice, uint32_t limit);
/// True `permille` times in a thousand.
bool dice_hits(Dice *dice, int permille);
