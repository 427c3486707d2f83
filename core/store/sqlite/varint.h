#pragma once
// Numbers of variable length in what the store packs: seven bits a byte, the low ones first.
#include <stdbool.h>
#include <stdint.h>

#include "core/base/text.h"

static inline void varint_put(Text *blob, uint64_t value)
{
    char bytes[10];
    size_t n = 0;

    while (value >= 0x80) {
        bytes[n++] = (char)(value | 0x80);
        value >>= 7;
    }
    bytes[n++] = (char)value;
    text_append_bytes(blob, bytes, n);
}

/// False at the end of the bytes, and where they are no number.
static inline bool varint_get(const uint8_t **at, const uint8_t *end, uint64_t *ret_value)
{
    uint64_t value = 0;

    for (unsigned shift = 0; *at < end && shift < 64; shift += 7) {
        uint8_t byte = *(*at)++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80)) {
            *ret_value = value;
            return true;
        }
    }
    return false;
}

/// Small numbers of either sign become small numbers.
static inline uint64_t varint_zigzag(int64_t value)
{
    return ((uint64_t)value << 1) ^ (uint64_t)(value >> 63);
}
static inline int64_t varint_unzigzag(uint64_t value)
{
    return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}
