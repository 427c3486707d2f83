// splitmix64 (Steele, Lea, Flood 2014): one addition and two multiplications a roll, any seed is a good one.
// Names are mixed in by FNV-1a. Nothing here is fit for secrets.
#include "simulate/dice.h"

#define DICE_STEP UINT64_C(0x9e3779b97f4a7c15)
#define FNV_START UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)

Dice dice_make(uint64_t seed)
{
    return (Dice){seed};
}

static uint64_t dice_mix(uint64_t hash, const char *text)
{
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * FNV_PRIME;
    return (hash ^ 0xff) * FNV_PRIME; // "ab", "c" is not "a", "bc"
}

Dice dice_for(uint64_t seed, const char *what, const char *name)
{
    Dice dice = {seed ^ dice_mix(dice_mix(FNV_START, what), name)};

    dice_roll(&dice);
    return dice;
}

uint64_t dice_roll(Dice *dice)
{
    uint64_t z = dice->state += DICE_STEP;

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

uint32_t dice_below(Dice *dice, uint32_t bound)
{
    return (uint32_t)(((dice_roll(dice) >> 32) * bound) >> 32);
}

int64_t dice_between(Dice *dice, int64_t low, int64_t high)
{
    return low + (int64_t)dice_below(dice, (uint32_t)(high - low + 1));
}

bool dice_chance(Dice *dice, uint32_t permille)
{
    return dice_below(dice, 1000) < permille;
}
