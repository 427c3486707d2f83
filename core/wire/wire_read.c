// Reading the keys of an object whose grammar is already known to be good. A reader keeps the first thing
// that is wrong together with its path; unknown keys are never looked at, which is how they are ignored.
#include <stdio.h>
#include <string.h>

#include "core/base/digest.h"
#include "core/wire/wire_json.h"

WireReader wire_reader(json_t *object)
{
    return (WireReader){.object = object};
}

WireReader wire_reader_enter(const WireReader *parent, const char *key, size_t index, json_t *item)
{
    WireReader child = {.object = item};

    snprintf(child.prefix, sizeof(child.prefix), "%.16s%.16s[%zu].", parent->prefix, key, index % 1000000);
    if (!json_is_object(item))
        wire_reader_fail(&child, "not-an-object", "");
    return child;
}

bool wire_reader_leave(WireReader *parent, const WireReader *child)
{
    if (!parent->error.reason && child->error.reason)
        parent->error = child->error;
    return !parent->error.reason;
}

void wire_reader_fail(WireReader *reader, const char *reason, const char *key)
{
    size_t size;

    if (reader->error.reason)
        return;
    wire_json_fail(&reader->error, reason, "%s%s", reader->prefix, key);
    // The whole item is meant: "members[2]", not "members[2].".
    size = strlen(reader->error.path);
    if (size > 0 && reader->error.path[size - 1] == '.')
        reader->error.path[size - 1] = '\0';
}

void wire_reader_fail_item(WireReader *reader, const char *reason, const char *key, size_t index)
{
    if (!reader->error.reason)
        wire_json_fail(&reader->error, reason, "%s%s[%zu]", reader->prefix, key, index);
}

int wire_reader_finish(const WireReader *reader, WireError *ret_error)
{
    if (!reader->error.reason)
        return 0;
    *ret_error = reader->error;
    return WIRE_E_UNREADABLE;
}

static json_t *find(WireReader *reader, const char *key, WireNeed need)
{
    json_t *value;

    if (reader->error.reason)
        return NULL;
    value = json_object_get(reader->object, key);
    if (!value && need == WIRE_REQUIRED)
        wire_reader_fail(reader, "missing-key", key);
    return value;
}

void wire_read_version(WireReader *reader)
{
    json_t *value = find(reader, "v", WIRE_REQUIRED);

    if (value && (!json_is_integer(value) || json_integer_value(value) != WIRE_VERSION))
        wire_reader_fail(reader, "bad-version", "v");
}

const char *wire_read_string(WireReader *reader, const char *key, WireNeed need, size_t min, size_t max)
{
    json_t *value = find(reader, key, need);
    size_t size;

    if (!value)
        return NULL;
    size = json_string_length(value); // 0 for what is no string
    if (!json_is_string(value) || size < min || size > max ||
        !text_is_clean(json_string_value(value), size)) {
        wire_reader_fail(reader, "bad-value", key);
        return NULL;
    }
    return json_string_value(value);
}

void wire_copy_cut(char *ret_text, size_t size, const char *text, size_t text_size)
{
    if (text_size >= size) {
        text_size = size - 1;
        while (text_size > 0 && ((uint8_t)text[text_size] & 0xc0) == 0x80) // not before a continuation byte
            --text_size;
    }
    memcpy(ret_text, text, text_size);
    ret_text[text_size] = '\0';
}

void wire_read_cut(WireReader *reader, const char *key, WireNeed need, char *ret_text, size_t size)
{
    const char *text = wire_read_string(reader, key, need, 0, WIRE_LINE_MAX);

    if (text)
        wire_copy_cut(ret_text, size, text, strlen(text));
}

void wire_read_ulid(WireReader *reader, const char *key, WireNeed need, char ret_ulid[static ULID_SIZE])
{
    json_t *value = find(reader, key, need);

    if (!value)
        return;
    if (!json_is_string(value) || !ulid_valid(json_string_value(value), json_string_length(value))) {
        wire_reader_fail(reader, "bad-value", key);
        return;
    }
    memcpy(ret_ulid, json_string_value(value), ULID_SIZE);
}

void wire_read_integer(WireReader *reader, const char *key, WireNeed need, int64_t min, int64_t max,
                       int64_t *ret_value)
{
    json_t *value = find(reader, key, need);

    if (!value)
        return;
    if (!json_is_integer(value) || json_integer_value(value) < min || json_integer_value(value) > max) {
        wire_reader_fail(reader, "bad-value", key);
        return;
    }
    *ret_value = json_integer_value(value);
}

void wire_read_bool(WireReader *reader, const char *key, bool *ret_value)
{
    json_t *value = find(reader, key, WIRE_REQUIRED);

    if (!value)
        return;
    if (!json_is_boolean(value))
        wire_reader_fail(reader, "bad-value", key);
    else
        *ret_value = json_is_true(value);
}

void wire_read_time(WireReader *reader, const char *key, WireNeed need, Time *ret_time)
{
    json_t *value = find(reader, key, need);
    int offset;
    Time time;

    if (!value)
        return;
    if (!json_is_string(value) ||
        !time_parse_rfc3339(json_string_value(value), json_string_length(value), &time, &offset))
        wire_reader_fail(reader, "bad-value", key);
    else
        *ret_time = time;
}

json_t *wire_read_array(WireReader *reader, const char *key, WireNeed need, size_t max)
{
    json_t *value = find(reader, key, need);

    if (!value)
        return NULL;
    if (!json_is_array(value)) {
        wire_reader_fail(reader, "bad-value", key);
        return NULL;
    }
    if (json_array_size(value) > max) {
        wire_reader_fail(reader, "too-many", key);
        return NULL;
    }
    return value;
}
