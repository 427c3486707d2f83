// Strict JSON around jansson. jansson checks the grammar; one scan of the bytes before it checks what jansson
// does not or not in the way the protocol wants:
//
// - size, UTF-8, and that the payload is one line, each with a reason of its own;
// - depth, counted here because jansson's own bound (2,048) would let a sender spend our stack;
// - numbers: jansson gives up on a whole text for one integer beyond 64 bits or one real beyond a double, but
// the
//   protocol refuses just the event that holds it. Any number that is not an integer of 64 bits is therefore
//   replaced by a plain real before jansson sees it: no reader here takes a real for anything, so its value
//   does not matter. Integers beyond +-2^53 pass, for whoever reads them to refuse; "-0" is the integer 0.
//
// jansson rejects duplicate keys when told to, NUL in keys, lone surrogates and raw control characters by
// itself. NUL in a value is let through to the reader, which finds it to be a control character. jansson's
// error text quotes the sender's bytes, so it never leaves this file: a reason word does.
#include "core/wire/wire_json.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"

static const char WIRE_STAND_IN[] = "0.5"; // replaces a number that is no acceptable integer

int wire_json_fail(WireError *ret_error, const char *reason, const char *format, ...)
{
    va_list args;

    ret_error->reason = reason;
    va_start(args, format);
    vsnprintf(ret_error->path, sizeof(ret_error->path), format, args);
    va_end(args);
    return WIRE_E_UNREADABLE;
}

typedef enum NumberClass { NUMBER_PLAIN, NUMBER_ODD, NUMBER_MALFORMED } NumberClass;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const char *skip_digits(const char *p, const char *end)
{
    while (p < end && is_digit(*p))
        ++p;
    return p;
}

// Whether the token is an integer of 64 bits, another JSON number, or nothing that jansson will take.
static NumberClass number_classify(const char *token, size_t size)
{
    const char *p = token, *end = token + size, *digits;
    size_t count;
    bool negative = *p == '-', is_real = false;

    p += negative;
    digits = p;
    p = skip_digits(p, end);
    count = (size_t)(p - digits);
    if (count == 0 || (count > 1 && *digits == '0'))
        return NUMBER_MALFORMED;
    if (p < end && *p == '.') {
        is_real = true;
        if (++p == end || !is_digit(*p))
            return NUMBER_MALFORMED;
        p = skip_digits(p, end);
    }
    if (p < end && (*p == 'e' || *p == 'E')) {
        is_real = true;
        ++p;
        if (p < end && (*p == '+' || *p == '-'))
            ++p;
        if (p == end || !is_digit(*p))
            return NUMBER_MALFORMED;
        p = skip_digits(p, end);
    }
    if (p != end)
        return NUMBER_MALFORMED;
    if (is_real)
        return NUMBER_ODD;
    if (count < 19) // 10^18 < 2^63
        return NUMBER_PLAIN;
    // 19 digits, as 2^63 has: digits compare like the numbers they stand for.
    return count == 19 && memcmp(digits, "9223372036854775807", 19) <= 0 ? NUMBER_PLAIN : NUMBER_ODD;
}

// Bytes that end the run of ordinary ones outside and inside strings.
typedef enum ByteClass {
    BYTE_OTHER,
    BYTE_QUOTE,
    BYTE_ESCAPE,
    BYTE_OPEN,
    BYTE_CLOSE,
    BYTE_BREAK,
    BYTE_NUMBER
} ByteClass;

static const uint8_t byte_class[256] = {
    ['"'] = BYTE_QUOTE,  ['\\'] = BYTE_ESCAPE, ['{'] = BYTE_OPEN,   ['['] = BYTE_OPEN,   ['}'] = BYTE_CLOSE,
    [']'] = BYTE_CLOSE,  ['\n'] = BYTE_BREAK,  ['\r'] = BYTE_BREAK, ['-'] = BYTE_NUMBER, ['0'] = BYTE_NUMBER,
    ['1'] = BYTE_NUMBER, ['2'] = BYTE_NUMBER,  ['3'] = BYTE_NUMBER, ['4'] = BYTE_NUMBER, ['5'] = BYTE_NUMBER,
    ['6'] = BYTE_NUMBER, ['7'] = BYTE_NUMBER,  ['8'] = BYTE_NUMBER, ['9'] = BYTE_NUMBER,
};

// Past the closing quote of the string that `p` stands in; NULL if a line break stands in it.
static const char *scan_string(const char *p, const char *end)
{
    while (p < end) {
        switch (byte_class[(uint8_t)*p]) {
        case BYTE_QUOTE:
            return p + 1;
        case BYTE_BREAK:
            return NULL;
        case BYTE_ESCAPE:
            if (++p == end || *p == '\n' || *p == '\r')
                continue;
            break;
        default:
            break;
        }
        ++p;
    }
    return p;
}

// One pass over the text. Numbers that are not plain are replaced in a copy, `ret_copy`, which stays empty if
// there are none. The grammar is left to jansson: on text that is no JSON this finds something harmless.
static const char *scan(const char *line, size_t size, unsigned depth, bool exact, Text *ret_copy)
{
    const char *p = line, *end = line + size, *copied = line, *token;

    while (p < end) {
        switch (byte_class[(uint8_t)*p]) {
        case BYTE_QUOTE:
            p = scan_string(p + 1, end);
            if (!p)
                return "line-break";
            continue;
        case BYTE_OPEN:
            if (++depth > WIRE_DEPTH_MAX)
                return "too-deep";
            break;
        case BYTE_CLOSE:
            depth -= depth > 0;
            break;
        case BYTE_BREAK:
            return "line-break";
        case BYTE_NUMBER:
            token = p;
            while (p < end && (is_digit(*p) || memchr("+-.eE", *p, 5)))
                ++p;
            if (!exact && number_classify(token, (size_t)(p - token)) == NUMBER_ODD) {
                text_append_bytes(ret_copy, copied, (size_t)(token - copied));
                text_append(ret_copy, WIRE_STAND_IN);
                copied = p;
            }
            continue;
        default:
            break;
        }
        ++p;
    }
    if (copied != line)
        text_append_bytes(ret_copy, copied, (size_t)(end - copied));
    return NULL;
}

static const char *parse_reason(const json_error_t *error)
{
    switch (json_error_code(error)) {
    case json_error_duplicate_key:
        return "duplicate-key";
    case json_error_end_of_input_expected:
        return "trailing-bytes";
    case json_error_null_byte_in_key:
        return "bad-key";
    default:
        return "bad-json";
    }
}

// Without memory jansson gives up with whatever reason is at hand, and a good message would be refused as a
// bad one. As everywhere (alloc.h), the process ends.
static void *json_memory(size_t size)
{
    return alloc_resize(NULL, 1, size);
}

static int parse(const char *line, size_t size, unsigned depth, bool exact, json_t **ret_object,
                 WireError *ret_error)
{
    CLEANUP(cleanup_text) Text copy = {0};
    json_error_t error;
    const char *reason;
    json_t *root;

    if (size > WIRE_LINE_MAX)
        return wire_json_fail(ret_error, "too-large", "%s", "");
    if (!text_utf8_valid(line, size))
        return wire_json_fail(ret_error, "bad-utf8", "%s", "");
    reason = scan(line, size, depth, exact, &copy);
    if (reason)
        return wire_json_fail(ret_error, reason, "%s", "");
    if (copy.size > 0) {
        line = copy.data;
        size = copy.size;
    }
    json_set_alloc_funcs(json_memory, free);
    root = json_loadb(line, size, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_ANY, &error);
    if (!root)
        return wire_json_fail(ret_error, parse_reason(&error), "%s", "");
    if (!json_is_object(root)) {
        json_decref(root);
        return wire_json_fail(ret_error, "not-an-object", "%s", "");
    }
    *ret_object = root;
    return 0;
}

int wire_json_parse(const char *line, size_t size, unsigned depth, json_t **ret_object, WireError *ret_error)
{
    return parse(line, size, depth, false, ret_object, ret_error);
}

int wire_json_parse_exact(const char *line, size_t size, json_t **ret_object, WireError *ret_error)
{
    return parse(line, size, 0, true, ret_object, ret_error);
}
