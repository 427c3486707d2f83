#pragma once
// What may befall a packet on a line, and how often. Odds are per mille of the packets that a fault can hit.
#include <stdbool.h>
#include <stddef.h>

typedef enum Fault {
    FAULT_DROP,    // a PUBLISH or PUBACK does not arrive
    FAULT_DELAY,   // the direction stands still for a moment
    FAULT_REPEAT,  // a PUBLISH arrives twice, the second time marked as such
    FAULT_SWAP,    // a PUBLISH arrives after the next one
    FAULT_SPLIT,   // a packet arrives in small pieces
    FAULT_CUT,     // the line breaks after half of the packet
    FAULT_MUTE,    // half open: both ends stand, nothing passes any more; after a while it breaks
    FAULT_ABANDON, // half open: the client's end breaks, the broker is told only after a while
    FAULT_COUNT
} Fault;

extern const char *const fault_names[FAULT_COUNT];

typedef struct Odds {
    int permille[FAULT_COUNT];
} Odds;

/// Reads "drop=5 split=200": what is not named is 0. False, and nothing changed, if it cannot be read.
bool odds_parse(const char *text, Odds *ret_odds);
