// The table of forms: a new form is one file and one line. It stands apart from render.c so that a program
// which renders by name only (the collector's answers are JSON) is not linked with what the others need.
#include "reports/render.h"

#include <string.h>

static const Renderer renderers[] = {
    {"text", render_text, false, false}, {"csv", render_csv, false, false},
    {"json", render_json, false, false}, {"jsonl", render_jsonl, false, false},
    {"xlsx", render_xlsx, true, true},   {"html", render_html, true, false},
    {"pdf", render_pdf, true, true},
};
#define RENDERER_COUNT (sizeof(renderers) / sizeof(renderers[0]))

const Renderer *render_find(const char *name)
{
    for (size_t i = 0; i < RENDERER_COUNT; i++) {
        if (strcmp(renderers[i].name, name) == 0)
            return &renderers[i];
    }
    return NULL;
}

void render_append_names(Text *text)
{
    for (size_t i = 0; i < RENDERER_COUNT; i++)
        text_appendf(text, "%s%s", i ? ", " : "", renderers[i].name);
}
