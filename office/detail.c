// An object is built open, "{…", and closed when it is put into the entry.
#include "office/detail.h"

#include <inttypes.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"

static void detail_key(Text *object, const char *key)
{
    text_append_char(object, object->size ? ',' : '{');
    text_append_json(object, key, strlen(key));
    text_append_char(object, ':');
}

void detail_text(Text *object, const char *key, const char *value)
{
    detail_key(object, key);
    if (value)
        text_append_json(object, value, strlen(value));
    else
        text_append(object, "null");
}

void detail_number(Text *object, const char *key, int64_t value)
{
    detail_key(object, key);
    text_appendf(object, "%" PRId64, value);
}

void detail_bool(Text *object, const char *key, bool value)
{
    detail_json(object, key, value ? "true" : "false");
}

void detail_json(Text *object, const char *key, const char *json)
{
    detail_key(object, key);
    text_append(object, json);
}

static void append_object(Text *detail, const char *head, const Text *object)
{
    text_append(detail, head);
    text_append(detail, object->size ? text_cstr(object) : "null");
    if (object->size)
        text_append_char(detail, '}');
}

void detail_join(const Text *before, const Text *after, Text *ret_detail)
{
    append_object(ret_detail, "{\"new\":", after);
    append_object(ret_detail, ",\"old\":", before);
    text_append_char(ret_detail, '}');
}

int detail_audit(Office *office, const char *action, const char *subject, const char *why, const Text *before,
                 const Text *after)
{
    CLEANUP(cleanup_text) Text detail = {0};

    detail_join(before, after, &detail);
    return error_trace(office_audit(office, action, subject, why ? why : "", text_cstr(&detail)));
}
