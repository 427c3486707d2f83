// A line once more, without reading it: where its values begin and end. The decoder puts stand-ins for
// numbers that it does not take, and a tree has forgotten how things were written; who is to see what was
// sent needs the bytes themselves.
//
// The grammar has been checked before, so a value is skipped by its brackets and quotes alone. Whatever is
// found here stays within the line, also where that was not so.
#include "core/wire/wire_slice.h"

#include <jansson.h>
#include <stdbool.h>
#include <string.h>

static void slice_blanks(WireSlice *slice)
{
    while (slice->at < slice->end && memchr(" \t\r\n", *slice->at, 4))
        slice->at++;
}

static bool slice_take(WireSlice *slice, char expected)
{
    slice_blanks(slice);
    if (slice->at == slice->end || *slice->at != expected)
        return false;
    slice->at++;
    return true;
}

/// Past the closing quote; `at` stands behind the opening one.
static void slice_string(WireSlice *slice)
{
    while (slice->at < slice->end && *slice->at != '"')
        slice->at += *slice->at == '\\' && slice->end - slice->at > 1 ? 2 : 1;
    slice->at += slice->at < slice->end;
}

/// The bytes of the value that comes next.
static WireSlice slice_value(WireSlice *slice)
{
    size_t depth = 0;

    slice_blanks(slice);
    const char *start = slice->at;
    while (slice->at < slice->end) {
        char byte = *slice->at;

        if (depth == 0 && memchr(",]} \t\r\n", byte, 7))
            break;
        slice->at++;
        if (byte == '"')
            slice_string(slice);
        else if (byte == '{' || byte == '[')
            depth++;
        else if (byte == '}' || byte == ']')
            depth--;
    }
    return (WireSlice){start, slice->at};
}

/// Whether the string between these quotes is the key, which may be written with escapes.
static bool slice_is(const char *name, size_t size, const char *key)
{
    if (!memchr(name, '\\', size))
        return size == strlen(key) && memcmp(name, key, size) == 0;

    json_t *string = json_loadb(name - 1, size + 2, JSON_DECODE_ANY, NULL);
    bool same = string && strcmp(json_string_value(string), key) == 0;
    json_decref(string);
    return same;
}

WireSlice wire_slice_items(const char *line, size_t size, const char *key)
{
    WireSlice slice = {line, line + size};
    bool more = slice_take(&slice, '{');

    while (more && slice_take(&slice, '"')) {
        const char *name = slice.at;

        slice_string(&slice);
        size_t length = (size_t)(slice.at - name) - 1;
        if (!slice_take(&slice, ':'))
            break;
        WireSlice value = slice_value(&slice);
        if (slice_is(name, length, key) && slice_take(&value, '['))
            return value;
        more = slice_take(&slice, ',');
    }
    return (WireSlice){0};
}

const char *wire_slice_next(WireSlice *items, size_t *ret_size)
{
    if (items->at == items->end)
        return NULL;
    WireSlice value = slice_value(items);
    if (value.at == value.end)
        return NULL;
    slice_take(items, ',');
    *ret_size = (size_t)(value.end - value.at);
    return value.at;
}
