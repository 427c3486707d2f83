// A growing byte buffer, and what the tree knows about UTF-8.
//
// Invariant of Text: data is NULL and capacity 0, or data[size] is NUL and size < capacity. UTF-8 is decoded
// in one place, text_decode(), strictly (RFC 3629); whatever looks at characters goes through it and steps
// over a bad byte as one character, so that no input can make it read past its end. Runs of ASCII are handled
// before it, since nearly all bytes that pass here are ASCII.
#include "core/base/text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unictype.h>
#include <uniwidth.h>

#include "core/base/alloc.h"

#define TEXT_CAPACITY_MIN 64 // most texts are one short line: one allocation

static void text_reserve(Text *text, size_t more)
{
    size_t need, capacity;

    if (__builtin_add_overflow(text->size, more, &need) || need >= SIZE_MAX / 2)
        need = SIZE_MAX - 1; // alloc_resize() aborts on it
    if (need < text->capacity)
        return;
    capacity = text->capacity ? text->capacity * 2 : TEXT_CAPACITY_MIN;
    if (capacity <= need)
        capacity = need + 1;
    text->data = alloc_resize(text->data, capacity, 1);
    text->capacity = capacity;
}

void text_deinit(Text *text)
{
    free(text->data);
    *text = (Text){0};
}

void text_clear(Text *text)
{
    text->size = 0;
    if (text->data)
        text->data[0] = '\0';
}

const char *text_cstr(const Text *text)
{
    return text->data ? text->data : "";
}

char *text_take(Text *text)
{
    char *data = text->data ? text->data : alloc_zero(1);

    *text = (Text){0};
    return data;
}

void text_append(Text *text, const char *string)
{
    text_append_bytes(text, string, strlen(string));
}

void text_append_bytes(Text *text, const void *data, size_t size)
{
    text_reserve(text, size);
    if (size)
        memcpy(text->data + text->size, data, size);
    text->size += size;
    text->data[text->size] = '\0';
}

void text_append_char(Text *text, char c)
{
    text_reserve(text, 1);
    text->data[text->size++] = c;
    text->data[text->size] = '\0';
}

// By hand, and into its place: receipts, batches and reports are mostly numbers, and printf is twenty times
// the work.
void text_append_number(Text *text, uint64_t number)
{
    size_t digits = 1;

    for (uint64_t rest = number; rest >= 10; rest /= 10)
        digits++;
    text_reserve(text, digits);
    text->size += digits;
    char *at = text->data + text->size;
    *at = '\0';
    do {
        *--at = (char)('0' + number % 10);
        number /= 10;
    } while (number);
}

void text_append_signed(Text *text, int64_t number)
{
    if (number < 0)
        text_append_char(text, '-');
    text_append_number(text, number < 0 ? -(uint64_t)number : (uint64_t)number);
}

void text_appendf(Text *text, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    text_vappendf(text, format, args);
    va_end(args);
}

void text_vappendf(Text *text, const char *format, va_list args)
{
    va_list again;
    int written;

    text_reserve(text, TEXT_CAPACITY_MIN);
    va_copy(again, args);
    written = vsnprintf(text->data + text->size, text->capacity - text->size, format, args);
    if (written < 0) {
        text->data[text->size] = '\0'; // only a format that is a bug in itself gets here
    } else if ((size_t)written < text->capacity - text->size) {
        text->size += (size_t)written;
    } else {
        text_reserve(text, (size_t)written);
        vsnprintf(text->data + text->size, text->capacity - text->size, format, again);
        text->size += (size_t)written;
    }
    va_end(again);
}

// Bytes of the character at `data` (`size` > 0), or 0 if it is not well-formed there.
static inline size_t text_decode(const uint8_t *data, size_t size, uint32_t *ret_character)
{
    uint8_t first = data[0];
    uint32_t c, least; // the least character that needs this length
    size_t length;

    if (first < 0x80) {
        *ret_character = first;
        return 1;
    }
    if (first < 0xC2 || first > 0xF4)
        return 0;
    length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    least = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000;
    c = first & (0x7Fu >> length);
    if (size < length)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if ((data[i] & 0xC0) != 0x80)
            return 0;
        c = c << 6 | (data[i] & 0x3Fu);
    }
    if (c < least || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
        return 0;
    *ret_character = c;
    return length;
}

// Controls, and what changes the look or the order of the text around it without being seen itself.
static bool text_character_clean(uint32_t c)
{
    if (c < 0x80)
        return c >= 0x20 && c != 0x7F;
    if (c < 0xA0)
        return false; // C1
    if (c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) ||
        (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF)
        return false;
    return (c & 0xFFFE) != 0xFFFE && !(c >= 0xFDD0 && c <= 0xFDEF);
}

void text_append_escaped(Text *text, const void *data, size_t size, size_t limit)
{
    const uint8_t *bytes = data;
    size_t end = size < limit ? size : limit;
    uint32_t c;

    for (size_t i = 0; i < end;) {
        size_t length = text_decode(bytes + i, size - i, &c);

        if (length > end - i)
            break; // the cut falls into a character: it is left out whole
        if (length && text_character_clean(c) && (c < 0x80 || uc_is_print(c))) {
            text_append_bytes(text, bytes + i, length);
            i += length;
            continue;
        }
        for (size_t bad = length ? length : 1; bad; bad--)
            text_appendf(text, "\\x%02x", bytes[i++]);
    }
    if (size > limit)
        text_append(text, "...");
}

// The letter of the short form of RFC 8785, section 3.2.2.2, or 0.
static char text_json_short(uint8_t c)
{
    switch (c) {
    case '\b':
        return 'b';
    case '\t':
        return 't';
    case '\n':
        return 'n';
    case '\f':
        return 'f';
    case '\r':
        return 'r';
    case '"':
    case '\\':
        return (char)c;
    default:
        return 0;
    }
}

void text_append_json(Text *text, const char *data, size_t size)
{
    size_t from = 0;

    text_append_char(text, '"');
    for (size_t i = 0; i < size; i++) {
        uint8_t c = (uint8_t)data[i];
        char letter;

        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        text_append_bytes(text, data + from, i - from);
        from = i + 1;
        letter = text_json_short(c);
        if (letter)
            text_append_bytes(text, (char[]){'\\', letter}, 2);
        else
            text_appendf(text, "\\u%04x", c);
    }
    text_append_bytes(text, data + from, size - from);
    text_append_char(text, '"');
}

size_t text_width(const char *string)
{
    size_t size = strlen(string), width = 0;

    for (size_t i = 0; i < size;) {
        uint32_t c;
        size_t length = text_decode((const uint8_t *)string + i, size - i, &c);
        int columns = length ? uc_width(c, "UTF-8") : 1; // a bad byte is shown as one replacement character

        if (columns > 0)
            width += (size_t)columns;
        i += length ? length : 1;
    }
    return width;
}

// The first byte from `i` on that is not ASCII, or `size`.
static inline size_t text_skip_ascii(const uint8_t *data, size_t i, size_t size)
{
    uint64_t word;

    for (; size - i >= sizeof(word); i += sizeof(word)) {
        memcpy(&word, data + i, sizeof(word));
        if (word & UINT64_C(0x8080808080808080))
            break;
    }
    while (i < size && data[i] < 0x80)
        i++;
    return i;
}

bool text_utf8_valid(const void *data, size_t size)
{
    const uint8_t *bytes = data;
    uint32_t c;

    for (size_t i = 0; (i = text_skip_ascii(bytes, i, size)) < size;) {
        size_t length = text_decode(bytes + i, size - i, &c);

        if (!length)
            return false;
        i += length;
    }
    return true;
}

bool text_is_clean(const char *data, size_t size)
{
    const uint8_t *bytes = (const uint8_t *)data;
    uint32_t c;

    for (size_t i = 0; i < size;) {
        size_t length = text_decode(bytes + i, size - i, &c);

        if (!length || !text_character_clean(c))
            return false;
        i += length;
    }
    return true;
}

bool text_equal(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

bool text_parse_int64(const char *string, long long min, long long max, long long *ret_value)
{
    bool negative = *string == '-';
    long long value = 0;

    if (negative)
        string++;
    if (!*string)
        return false;
    for (; *string; string++) {
        int digit = *string - '0';

        if (digit < 0 || digit > 9)
            return false;
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, negative ? -digit : digit, &value))
            return false;
    }
    if (value < min || value > max)
        return false;
    *ret_value = value;
    return true;
}
