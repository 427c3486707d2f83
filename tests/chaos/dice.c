// splitmix64 (Steele, Lea, Flood, 2014): one addition and a mix; every seed is a good one.
#include "tests/chaos/dice.h"

uint64_t dice_roll(Dice *dice)
{
    uint64_t mixed = dice->state += 0x9e3779b97f4a7c15u;

    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
    return mixed ^ mixed >> 31;
}

uint32_t dice_below(Dice *dice, uint32_t limit)
{
    return (uint32_t)(dice_roll(dice) % limit); // the bias is below one in a million: who cares here
}

bool dice_hits(Dice *dice, int permille)
{
    // Rolled in any case: an odd that is changed moves no other.
    return dice_below(dice, 1000) < (uint32_t)permille;
}
