// Writing one line of JSON, key by key, in the order that the protocol's examples have. Nothing here writes a
// line break, and every string goes through text_append_json().
#include <string.h>

#include "core/wire/wire_json.h"

void wire_put_key(Text *text, const char *key)
{
    char last = text->size > 0 ? text->data[text->size - 1] : '{';

    if (last != '{' && last != '[' && last != ':')
        text_append_char(text, ',');
    if (key) {
        text_append_json(text, key, strlen(key));
        text_append_char(text, ':');
    }
}

void wire_put_string(Text *text, const char *key, const char *value)
{
    wire_put_key(text, key);
    text_append_json(text, value, strlen(value));
}

void wire_put_integer(Text *text, const char *key, int64_t value)
{
    wire_put_key(text, key);
    if (value < 0)
        text_append_char(text, '-');
    text_append_number(text, value < 0 ? -(uint64_t)value : (uint64_t)value);
}

void wire_put_number(Text *text, const char *key, uint64_t value)
{
    wire_put_key(text, key);
    text_append_number(text, value);
}

void wire_put_bool(Text *text, const char *key, bool value)
{
    wire_put_key(text, key);
    text_append(text, value ? "true" : "false");
}

void wire_put_time(Text *text, const char *key, Time value)
{
    char formatted[CLOCK_TEXT_SIZE];

    time_format_utc(value, formatted);
    wire_put_string(text, key, formatted);
}

void wire_put_start(Text *text)
{
    text_append_char(text, '{');
    wire_put_integer(text, "v", WIRE_VERSION);
}
