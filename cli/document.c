// A walk over JSON that is known to be well formed, since it comes from our own writer; what is not ends the
// walk, never the program. Nothing is decoded: a string is shown as it stands between its quotes, escapes
// included, so that it is safe on a terminal.
#include "cli/document.h"

#include <string.h>

#include "core/base/i18n.h"

#define DOCUMENT_DEPTH_MAX 16 // no document of ours is deeper than four
#define DOCUMENT_INDENT 2

typedef struct Document {
    const char *rest;
    const DocumentTitle *titles;
    Text *text;
} Document;

// The bytes of a string or of a plain value at `rest`, which moves behind it.
static size_t document_take(Document *document, const char **ret_value)
{
    const char *start = document->rest;
    size_t size;

    if (*start != '"') {
        size = strcspn(start, ",]}");
        document->rest += size;
        *ret_value = start;
        return size;
    }
    for (size = 1; start[size] && start[size] != '"'; size++)
        size += start[size] == '\\' && start[size + 1];
    document->rest += size + (start[size] == '"');
    *ret_value = start + 1;
    return size - 1;
}

static void document_append_key(Document *document, const char *key, size_t size, int depth)
{
    const char *title = NULL;

    for (const DocumentTitle *known = document->titles; known->key && !title; known++) {
        if (strlen(known->key) == size && memcmp(known->key, key, size) == 0)
            title = _(known->title);
    }
    for (int i = 0; i < depth * DOCUMENT_INDENT; i++)
        text_append_char(document->text, ' ');
    if (title)
        text_append(document->text, title);
    else
        text_append_escaped(document->text, key, size, size);
    text_append_char(document->text, ':');
}

static void document_append_scalar(Document *document)
{
    const char *value;
    size_t size = document_take(document, &value);

    if (size == strlen("null") && memcmp(value, "null", size) == 0)
        value = "–", size = strlen(value);
    text_append_char(document->text, ' ');
    text_append_escaped(document->text, value, size, size);
}

// The members of the object or array at `rest`.
static void document_walk(Document *document, int depth)
{
    bool object = *document->rest++ == '{';

    while (*document->rest && !strchr("]}", *document->rest) && depth < DOCUMENT_DEPTH_MAX) {
        if (object) {
            const char *key;
            size_t size = document_take(document, &key);

            document_append_key(document, key, size, depth);
            document->rest += *document->rest == ':';
        }
        if (*document->rest == '{' || (*document->rest == '[' && object)) {
            if (*document->rest == '{')
                text_append_char(document->text, '\n');
            document_walk(document, *document->rest == '{' ? depth + 1 : depth);
        } else {
            document_append_scalar(document);
        }
        if (object && document->text->data[document->text->size - 1] != '\n')
            text_append_char(document->text, '\n');
        document->rest += *document->rest == ',';
    }
    document->rest += *document->rest != '\0';
}

void document_append(const char *json, const DocumentTitle *titles, Text *text)
{
    Document document = {.rest = json, .titles = titles, .text = text};

    if (*json == '{')
        document_walk(&document, 0);
}
