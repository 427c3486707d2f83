#pragma once
// Text: a growing byte buffer that is always NUL-terminated. Zero-initialised is empty. Never fails
// (alloc.h).
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Text {
    char *data; // NULL while nothing was ever appended; use text_cstr() to read
    size_t size;
    size_t capacity;
} Text;

void text_deinit(Text *text);
void text_clear(Text *text);
const char *text_cstr(const Text *text);
/// Hands the bytes over; the caller frees them. Never NULL.
char *text_take(Text *text);
void text_append(Text *text, const char *string);
void text_append_bytes(Text *text, const void *data, size_t size);
void text_append_char(Text *text, char c);
void text_append_number(Text *text, uint64_t number); // plain decimal
void text_append_signed(Text *text, int64_t number);  // the same with a sign where it is negative
void text_appendf(Text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_vappendf(Text *text, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

/// Appends bytes from outside so that they are safe on a terminal and in a log line: what is not printable
/// ASCII or valid UTF-8 of a printable character becomes \xNN; cut at `limit` bytes of input with "...".
void text_append_escaped(Text *text, const void *data, size_t size, size_t limit);
/// Appends a JSON string with its quotes, escaped as in RFC 8785 (short forms, otherwise \u00xx, nothing
/// else). The input must be valid UTF-8.
void text_append_json(Text *text, const char *data, size_t size);

/// Columns that UTF-8 `string` takes on a terminal (East Asian wide characters take two).
size_t text_width(const char *string);
/// True if the bytes are well-formed UTF-8 (no surrogates, no overlong forms, at most U+10FFFF).
bool text_utf8_valid(const void *data, size_t size);
/// True if valid UTF-8 and free of control characters (C0, DEL, C1), bidi controls (U+061C, U+200E/F,
/// U+202A-E, U+2066-9), U+FEFF, line separators (U+2028/9) and noncharacters.
bool text_is_clean(const char *data, size_t size);
bool text_equal(const char *a, const char *b); // NULL equals only NULL
/// Parses a whole decimal integer without sign games ("-"? digits); false if anything else or out of range.
bool text_parse_int64(const char *string, long long min, long long max, long long *ret_value);

static inline void cleanup_text(Text *text)
{
    text_deinit(text);
}
