#pragma once
// One play: a seed's history, its end in good order, and the proofs.
#include <stdbool.h>
#include <stdint.h>

#include "core/base/text.h"

typedef struct PlayEnd {
    bool failed;
    char reason[400];
    uint64_t print;       // of all that happened
    unsigned long rounds; // of programs
    int deeds;
} PlayEnd;

/// `trace` NULL: nobody reads it.
PlayEnd play(uint64_t seed, Text *trace);
