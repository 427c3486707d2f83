#pragma once
// Private to core/wire: what stands in a line, byte for byte. Only for lines that wire_json_parse() has found
// to be JSON.
#include <stddef.h>

typedef struct WireSlice {
    const char *at, *end; // of what is still to be read
} WireSlice;

/// The items of the array `key` of the line's object; empty if there is none.
WireSlice wire_slice_items(const char *line, size_t size, const char *key);
/// The bytes of the next item, borrowed from the line; NULL behind the last one.
const char *wire_slice_next(WireSlice *items, size_t *ret_size);
