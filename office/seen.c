// An open hash table of salted digests. Two different things collide with a chance of about one in 10^9 for a
// file of 265,000 lines, and nobody can arrange it, since the salt is new each time; about 30 bytes a line
// are what it costs. Lines are counted in 32 bits: the size of a file is bounded to fewer.
#include "office/seen.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"

#define SEEN_START 1024   // entries of a new table
#define SEEN_PARTS_MAX 32 // cells of a line, each with its length

void seen_init(Seen *seen)
{
    *seen = (Seen){.capacity = SEEN_START, .entries = alloc_zero(SEEN_START * sizeof(SeenEntry))};
    digest_random(seen->salt, sizeof(seen->salt));
}

void seen_deinit(Seen *seen)
{
    free(seen->entries);
    seen->entries = NULL;
}

uint64_t seen_digest(const Seen *seen, const char *const *parts, size_t count)
{
    DigestPart digest[1 + SEEN_PARTS_MAX] = {{seen->salt, sizeof(seen->salt)}};
    uint8_t result[DIGEST_SIZE];
    uint64_t value;

    for (size_t i = 0; i < count && i < SEEN_PARTS_MAX; i++)
        digest[1 + i] = (DigestPart){parts[i], strlen(parts[i]) + 1}; // the NUL keeps them apart
    digest_sha256(digest, 1 + count, result);
    memcpy(&value, result, sizeof(value));
    return value ? value : 1; // 0 marks an empty entry
}

static SeenEntry *seen_find(const Seen *seen, uint64_t key)
{
    size_t i = key & (seen->capacity - 1);

    while (seen->entries[i].key && seen->entries[i].key != key)
        i = (i + 1) & (seen->capacity - 1);
    return &seen->entries[i];
}

static void seen_grow(Seen *seen)
{
    SeenEntry *old = seen->entries;
    size_t old_capacity = seen->capacity;

    seen->capacity *= 2;
    seen->entries = alloc_zero(seen->capacity * sizeof(SeenEntry));
    for (size_t i = 0; i < old_capacity; i++) {
        if (old[i].key)
            *seen_find(seen, old[i].key) = old[i];
    }
    free(old);
}

const SeenEntry *seen_note(Seen *seen, uint64_t key, uint32_t content, uint64_t line)
{
    SeenEntry *entry;

    if (seen->count * 4 >= seen->capacity * 3)
        seen_grow(seen);
    entry = seen_find(seen, key);
    if (entry->key)
        return entry;
    *entry = (SeenEntry){.key = key, .content = content, .line = (uint32_t)line};
    seen->count++;
    return NULL;
}

void seen_set(Seen *seen, uint64_t key, uint32_t content)
{
    if (seen_note(seen, key, content, 0))
        seen_find(seen, key)->content = content;
}

const SeenEntry *seen_get(const Seen *seen, uint64_t key)
{
    const SeenEntry *entry = seen_find(seen, key);

    return entry->key ? entry : NULL;
}

bool seen_has(const Seen *seen, uint64_t key)
{
    return seen_find(seen, key)->key != 0;
}
