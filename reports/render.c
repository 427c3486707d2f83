// What the forms have in common: the table of them, and how a single value is shown to people. Numbers are
// integers all the way; a decimal point is put in by hand, so no rounding can differ between two forms.
#include "reports/render.h"

#include <inttypes.h>
#include <string.h>

#include "core/base/i18n.h"
#include "core/model/figures.h"

static const Renderer renderers[] = {
    {"text", render_text},
    {"csv", render_csv},
    {"json", render_json},
    {"jsonl", render_jsonl},
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

bool render_is_unknown(ReportType type, const ReportCell *cell)
{
    switch (type) {
    case REPORT_TEXT:
    case REPORT_WORDS:
        return !cell->text;
    case REPORT_WORD:
        return !cell->word.word;
    case REPORT_FRACTION:
        return cell->fraction.whole == 0;
    case REPORT_COUNT:
    case REPORT_PERMILLE:
    case REPORT_MINUTES:
    case REPORT_TENTHS:
    case REPORT_DATE:
    case REPORT_TIME:
        break;
    }
    return cell->number == REPORT_NULL;
}

bool render_is_number(ReportType type)
{
    return type == REPORT_COUNT || type == REPORT_PERMILLE || type == REPORT_MINUTES ||
           type == REPORT_TENTHS || type == REPORT_FRACTION;
}

static void append_tenths(int64_t tenths, const char *unit, Text *text)
{
    int64_t size = tenths < 0 ? -tenths : tenths;
    text_appendf(text, "%s%" PRId64 ".%" PRId64 "%s", tenths < 0 ? "-" : "", size / 10, size % 10, unit);
}

void render_append_cell(ReportType type, const ReportCell *cell, Text *text)
{
    char buffer[CLOCK_TEXT_SIZE];

    if (render_is_unknown(type, cell))
        return;
    switch (type) {
    case REPORT_TEXT:
    case REPORT_WORDS:
        text_append(text, cell->text);
        break;
    case REPORT_WORD:
        text_append(text, _(cell->word.title));
        break;
    case REPORT_COUNT:
        text_appendf(text, "%" PRId64, cell->number);
        break;
    case REPORT_PERMILLE:
        append_tenths(cell->number, "%", text);
        break;
    case REPORT_MINUTES:
        append_tenths(hours_tenths(cell->number), "", text);
        break;
    case REPORT_TENTHS:
        append_tenths(cell->number, "", text);
        break;
    case REPORT_FRACTION:
        text_appendf(text, "%" PRId32 "/%" PRId32, cell->fraction.part, cell->fraction.whole);
        break;
    case REPORT_DATE:
        date_format((Date)cell->number, buffer);
        text_append(text, buffer);
        break;
    case REPORT_TIME:
        time_format_short(cell->number, buffer);
        text_append(text, buffer);
        break;
    }
}
