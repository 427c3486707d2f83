#pragma once
// Which things the lines of a file have been about, and what they said: finds repetitions and contradictions
// in a file of any length without keeping its lines.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/digest.h"

typedef struct SeenEntry {
    uint64_t key; // 0: empty
    uint32_t content;
    uint32_t line;
} SeenEntry;

typedef struct Seen {
    uint8_t salt[DIGEST_SIZE];
    SeenEntry *entries; // a power of two of them
    size_t capacity, count;
} Seen;

void seen_init(Seen *seen);
void seen_deinit(Seen *seen);
/// A digest of `count` parts, kept apart from each other.
uint64_t seen_digest(const Seen *seen, const char *const *parts, size_t count);
/// Notes that `line` is about `key` and says `content`. NULL if the key is new, otherwise what was noted
/// first.
const SeenEntry *seen_note(Seen *seen, uint64_t key, uint32_t content, uint64_t line);
/// Notes the key and what it says now, whatever it said before.
void seen_set(Seen *seen, uint64_t key, uint32_t content);
/// The entry of a key, or NULL.
const SeenEntry *seen_get(const Seen *seen, uint64_t key);
bool seen_has(const Seen *seen, uint64_t key);
