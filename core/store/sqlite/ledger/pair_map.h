#pragma once
// A hash map from two integers to an index: the pairs, sessions and totals that one batch touches.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct PairMap {
    struct PairSlot *slots;
    size_t capacity; // a power of two, or 0
    size_t count;
} PairMap;

/// Index of the pair, or -1.
int64_t pair_map_find(const PairMap *map, int64_t a, int64_t b);
/// The pair must not be there yet.
void pair_map_add(PairMap *map, int64_t a, int64_t b, uint32_t index);
void pair_map_clear(PairMap *map); // keeps the memory
void pair_map_deinit(PairMap *map);
/// A 63-bit hash of a text, for keying by code (the caller compares the text).
int64_t pair_map_hash(const char *text);
