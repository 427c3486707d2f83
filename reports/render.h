#pragma once
// Renderers: a Report in, bytes out. One table, so that a new form is one file and one line.
#include "core/base/text.h"
#include "reports/report.h"

typedef struct RenderOptions {
    bool terminal; // text: for a person's eyes, with bars
    int columns;   // text: how wide the terminal is, 0 unknown (then nothing is left out)
} RenderOptions;

/// Appends the report in that form. 0, or negative errno: text and JSON never fail, what needs files or a
/// library may.
typedef int Render(const Report *report, const RenderOptions *options, Text *text);

/// The same into a file or a pipe, for reports that are too long to be held.
typedef int RenderInto(const Report *report, const RenderOptions *options, int fd);

typedef struct Renderer {
    const char *name; // as --format has it
    Render *render;
    RenderInto *into; // NULL: only whole
    bool charts;      // shows series: worth building them
    bool binary;      // nothing for a terminal, no newline at its end
} Renderer;

/// NULL if there is no such form.
const Renderer *render_find(const char *name);
/// Names of all forms, separated by ", ", for messages.
void render_append_names(Text *text);

// The forms. render_json appends one document without its closing newline, so that it can stand inside
// another.
Render render_text;
Render render_csv;
Render render_json;
Render render_jsonl;
Render render_html;
Render render_pdf;
Render render_xlsx;
RenderInto render_csv_into, render_jsonl_into, render_xlsx_into;

/// A copy of a sourced report that holds its rows, for forms that must see all at once; `ret_held` borrows
/// all else. Ends with render_release().
int render_hold(const Report *report, Report *ret_held);
void render_release(Report *held);
/// Writes what has gathered in `text` and clears it, once that is worth a write; `last` always.
int render_flush(Text *text, int fd, bool last);
/// The text of a cell for forms that are looked at: like render_append_cell, controls and bidi controls as
/// \xNN, an unknown value as a dash.
void render_append_shown(ReportType type, const ReportCell *cell, Text *text);
/// Text from outside for such forms.
void render_append_safe(const char *string, Text *text);
#define RENDER_BEHIND 50 // per mille below the reference: five points are no accident of a small branch
/// Whether the rate lies so far below the report's reference that forms shade it.
bool render_is_behind(const Report *report, size_t column, const ReportRow *row);
/// What the shade means, in the reader's language; false if nothing in this report is ever shaded.
bool render_append_behind(const Report *report, Text *text);
/// "Figures of 2026-11-22 09:00. studyday 0.1.0", in the reader's language.
void render_append_origin(const Report *report, Text *text);
/// Titles of the lines to sign on, N_(), ends with NULL.
const char *const *render_signs(const Report *report);
/// The cell of a series at a point; `line` counts from 0.
ReportCell render_point(const ReportPoint *point, size_t line);
/// How a cell is shown to people, without escapes or quotes; nothing if it is unknown.
void render_append_cell(ReportType type, const ReportCell *cell, Text *text);
bool render_is_unknown(ReportType type, const ReportCell *cell);
/// Whether the column holds numbers, which stand on the right.
bool render_is_number(ReportType type);
