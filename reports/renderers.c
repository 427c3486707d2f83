// The table of forms: a new form is one file and one line. It stands apart from render.c so that a program
// which renders by name only (the collector's answers are JSON) is not linked with what the others need.
#include "reports/render.h"

#include <string.h>

static const Renderer renderers[] = {
    {"text", render_text, NULL, .charts = false, .binary = false},
    {"csv", render_csv, render_csv_into, .charts = false, .binary = false},
    {"json", render_json, NULL, .charts = false, .binary = false},
    {"jsonl", render_jsonl, render_jsonl_into, .charts = false, .binary = false},
    {"xlsx", render_xlsx, render_xlsx_into, .charts = true, .binary = true},
    {"html", render_html, NULL, .charts = true, .binary = false},
    {"pdf", render_pdf, NULL, .charts = true, .binary = true},
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
