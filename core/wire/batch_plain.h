#pragma once
// Private to core/wire: the two ways to decode an event batch. batch_decode() tries the first, then the
// second.
#include "core/wire/batch.h"

/// Decodes a batch in the shape that terminals write (batch_plain.c). False: declined, which says nothing
/// about the batch; then batch_decode_any() has the word. What it accepts, batch_decode_any() decodes to the
/// same values.
bool batch_plain_decode(const char *line, size_t size, Batch *ret_batch);
/// Decodes any batch, through jansson; as batch_decode().
int batch_decode_any(const char *line, size_t size, Batch *ret_batch, WireError *ret_error);

// What a batch's strings and bytes stand in.
typedef struct BatchMemory {
    void *root; // json_t, or NULL
    char *line; // copy of the line whose strings have been ended where they stand, or NULL
    Text canonical;
} BatchMemory;
