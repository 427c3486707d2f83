#include "core/store/sqlite/ledger/pair_map.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"

// Open addressing with linear probing, at most half full. Keys are internal numbers, never an attacker's
// choice, except for hashed codes, whose count is bounded by the roster.

#define CAPACITY_MIN 64

struct PairSlot {
    int64_t a, b;
    uint32_t index;
    bool used;
};

static size_t pair_hash(int64_t a, int64_t b)
{
    uint64_t h = (uint64_t)a * 0x9e3779b97f4a7c15u ^ ((uint64_t)b + 0x7f4a7c15u) * 0xc2b2ae3d27d4eb4fu;

    return (size_t)(h ^ h >> 29);
}

static struct PairSlot *pair_probe(const PairMap *map, int64_t a, int64_t b)
{
    size_t mask = map->capacity - 1;

    for (size_t i = pair_hash(a, b) & mask;; i = (i + 1) & mask) {
        struct PairSlot *slot = &map->slots[i];
        if (!slot->used || (slot->a == a && slot->b == b))
            return slot;
    }
}

int64_t pair_map_find(const PairMap *map, int64_t a, int64_t b)
{
    if (map->capacity == 0)
        return -1;
    const struct PairSlot *slot = pair_probe(map, a, b);
    return slot->used ? (int64_t)slot->index : -1;
}

static void pair_map_grow(PairMap *map)
{
    PairMap larger = {.capacity = map->capacity ? 2 * map->capacity : CAPACITY_MIN};

    larger.slots = alloc_zero(larger.capacity * sizeof(*larger.slots));
    for (size_t i = 0; i < map->capacity; i++)
        if (map->slots[i].used)
            pair_map_add(&larger, map->slots[i].a, map->slots[i].b, map->slots[i].index);
    free(map->slots);
    *map = larger;
}

void pair_map_add(PairMap *map, int64_t a, int64_t b, uint32_t index)
{
    if (2 * (map->count + 1) > map->capacity)
        pair_map_grow(map);
    *pair_probe(map, a, b) = (struct PairSlot){.a = a, .b = b, .index = index, .used = true};
    map->count++;
}

void pair_map_clear(PairMap *map)
{
    if (map->count)
        memset(map->slots, 0, map->capacity * sizeof(*map->slots));
    map->count = 0;
}

void pair_map_deinit(PairMap *map)
{
    free(map->slots);
    *map = (PairMap){0};
}

int64_t pair_map_hash(const char *text)
{
    uint64_t h = 0xcbf29ce484222325u; // FNV-1a

    for (; *text; text++)
        h = (h ^ (uint8_t)*text) * 0x100000001b3u;
    return (int64_t)(h >> 1);
}
