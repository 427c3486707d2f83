#pragma once
// Renderers: a Report in, bytes out. One table, so that a new form is one file and one line.
#include "core/base/text.h"
#include "reports/report.h"

typedef struct RenderOptions {
    bool terminal; // text: for a person's eyes, with bars
    int columns;   // text: how wide the terminal is, 0 unknown (then nothing is left out)
} RenderOptions;

typedef struct Renderer {
    const char *name;                                                               // as --format has it
    void (*render)(const Report *report, const RenderOptions *options, Text *text); // appends
} Renderer;

/// NULL if there is no such form (yet).
const Renderer *render_find(const char *name);
/// Names of all forms, separated by ", ", for messages.
void render_append_names(Text *text);

// The forms. render_json appends one document without its closing newline, so that it can stand inside
// another.
void render_text(const Report *report, const RenderOptions *options, Text *text);
void render_csv(const Report *report, const RenderOptions *options, Text *text);
void render_json(const Report *report, const RenderOptions *options, Text *text);
void render_jsonl(const Report *report, const RenderOptions *options, Text *text);

/// How a cell is shown to people, without escapes or quotes; nothing if it is unknown.
void render_append_cell(ReportType type, const ReportCell *cell, Text *text);
bool render_is_unknown(ReportType type, const ReportCell *cell);
/// Whether the column holds numbers, which stand on the right.
bool render_is_number(ReportType type);
