// The general writer of canonical bytes: the event as it was sent, unknown keys included, keys in the order
// of their UTF-8 bytes (not of UTF-16 units as RFC 8785 has it: the protocol says bytes), strings escaped in
// the shortest way, integers in plain decimal. Two senders who mean the same values get the same bytes,
// however they spelt them.
//
// An event that has only the keys of its kind goes through event_canonical() instead, which need not sort.
#include "core/wire/canonical.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"

#define CANONICAL_KEYS_INLINE 32 // entries kept on the stack; the longest kind has 9 keys

typedef struct Entry {
    const char *key;
    size_t key_size;
    json_t *value; // NULL: the sequence number
} Entry;

static int entry_compare(const void *a, const void *b)
{
    const Entry *x = a, *y = b;
    size_t common = x->key_size < y->key_size ? x->key_size : y->key_size;
    int order = memcmp(x->key, y->key, common);

    if (order != 0)
        return order;
    return (x->key_size > y->key_size) - (x->key_size < y->key_size);
}

static void write_entry(const Entry *entry, uint64_t seq, Text *text)
{
    text_append_json(text, entry->key, entry->key_size);
    text_append_char(text, ':');
    if (!entry->value)
        text_appendf(text, "%" PRIu64, seq);
    else if (json_is_string(entry->value))
        text_append_json(text, json_string_value(entry->value), json_string_length(entry->value));
    else
        text_appendf(text, "%" JSON_INTEGER_FORMAT, json_integer_value(entry->value));
}

void canonical_write(json_t *object, uint64_t seq, Text *text)
{
    Entry inline_entries[CANONICAL_KEYS_INLINE];
    CLEANUP(cleanup_free) Entry *heap_entries = NULL;
    Entry *entries = inline_entries;
    size_t count = json_object_size(object) + 1, used = 0;

    if (count > CANONICAL_KEYS_INLINE)
        entries = heap_entries = alloc_resize(NULL, count, sizeof(*entries));
    entries[used++] = (Entry){.key = "seq", .key_size = 3};
    for (void *iter = json_object_iter(object); iter; iter = json_object_iter_next(object, iter)) {
        if (json_object_iter_key_len(iter) == 3 && memcmp(json_object_iter_key(iter), "seq", 3) == 0)
            continue; // ours stands in its place
        entries[used++] = (Entry){
            .key = json_object_iter_key(iter),
            .key_size = json_object_iter_key_len(iter),
            .value = json_object_iter_value(iter),
        };
    }
    qsort(entries, used, sizeof(*entries), entry_compare);
    for (size_t i = 0; i < used; i++) {
        text_append_char(text, i == 0 ? '{' : ',');
        write_entry(&entries[i], seq, text);
    }
    text_append_char(text, '}');
}

void canonical_write_bare(uint64_t seq, Text *text)
{
    text_appendf(text, "{\"seq\":%" PRIu64 "}", seq);
}
