// CSV for spreadsheets (RFC 4180): UTF-8 with a byte order mark, CRLF, a header line in the reader's
// language. Text that a spreadsheet would run as a formula gets an apostrophe before it. Under the rows,
// after an empty line, stand title, completeness and definitions, each in the first cell: a table that has
// left the house still says what its figures mean.
#include "reports/render.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"

#define BYTE_ORDER_MARK "\xEF\xBB\xBF"
#define END_OF_LINE "\r\n"

/// `defuse`: the text came from outside, so it must not begin with what makes a spreadsheet compute.
static void append_field(Text *text, const char *field, bool defuse)
{
    bool inert = !defuse || !field[0] || !strchr("=+-@\t\r\n", field[0]);

    if (!strpbrk(field, ",\"\r\n\t") && inert) {
        text_append(text, field);
        return;
    }
    text_append_char(text, '"');
    if (!inert)
        text_append_char(text, '\'');
    for (const char *at = field; *at; at++) {
        if (*at == '"')
            text_append_char(text, '"');
        text_append_char(text, *at);
    }
    text_append_char(text, '"');
}

static void append_header(Text *text, const Report *report)
{
    bool first = true;
    for (size_t i = 0; i < report->column_count; i++) {
        if (!(report->columns[i].forms & REPORT_IN_TABLE))
            continue;
        if (!first)
            text_append_char(text, ',');
        first = false;
        append_field(text, _(report->columns[i].title), true);
    }
    text_append(text, END_OF_LINE);
}

static void append_row(Text *text, const Report *report, const ReportRow *row)
{
    CLEANUP(cleanup_text) Text field = {0};
    bool first = true;

    for (size_t i = 0; i < report->column_count; i++) {
        const ReportColumn *column = &report->columns[i];
        if (!(column->forms & REPORT_IN_TABLE))
            continue;
        if (!first)
            text_append_char(text, ',');
        first = false;
        text_clear(&field);
        render_append_cell(column->type, &row->cells[i], &field);
        append_field(text, text_cstr(&field), !render_is_number(column->type));
    }
    text_append(text, END_OF_LINE);
}

static void append_line(Text *text, const char *line)
{
    append_field(text, line, true);
    text_append(text, END_OF_LINE);
}

static void append_notes(Text *text, const Report *report, ReportNoteKind kind)
{
    CLEANUP(cleanup_text) Text version = {0};
    bool any = false;

    for (size_t i = 0; i < report->note_count; i++) {
        if (report->notes[i].kind != kind)
            continue;
        if (!any && kind == REPORT_NOTE_DEFINITION) {
            text_appendf(&version, _("Definitions, version %d"), REPORT_DEFINITIONS);
            append_line(text, text_cstr(&version));
        }
        any = true;
        append_line(text, report->notes[i].text);
    }
}

/// A series below the table, after an empty line: what it is, a header, a line a point.
static void append_series(Text *text, const ReportSeries *series)
{
    text_append(text, END_OF_LINE);
    append_line(text, _(series->title));
    append_field(text, _(series->label.title), true);
    for (size_t k = 0; k < series->line_count; k++) {
        text_append_char(text, ',');
        append_field(text, _(series->lines[k].title), true);
    }
    text_append(text, END_OF_LINE);
    for (size_t i = 0; i < series->point_count; i++) {
        append_field(text, series->points[i].label, true);
        for (size_t k = 0; k < series->line_count; k++) {
            ReportCell cell = render_point(&series->points[i], k);
            text_append_char(text, ',');
            render_append_cell(series->lines[k].type, &cell, text);
        }
        text_append(text, END_OF_LINE);
    }
}

// Where rows go: `fd` negative keeps all of it in `text`.
typedef struct CsvWriting {
    const Report *report;
    Text *text;
    int fd;
} CsvWriting;

static int write_row(void *user, const ReportRow *row)
{
    CsvWriting *writing = user;

    append_row(writing->text, writing->report, row);
    return writing->fd < 0 ? 0 : render_flush(writing->text, writing->fd, false);
}

static int write_csv(CsvWriting *writing)
{
    const Report *report = writing->report;
    Text *text = writing->text;

    text_append(text, BYTE_ORDER_MARK);
    append_header(text, report);
    int r = report_each(report, write_row, writing);
    if (r < 0)
        return error_trace(r);
    text_append(text, END_OF_LINE);
    append_line(text, report->title);
    append_notes(text, report, REPORT_NOTE_ABOUT);
    append_notes(text, report, REPORT_NOTE_COMPLETENESS);
    append_notes(text, report, REPORT_NOTE_DEFINITION);
    for (size_t i = 0; i < report->series_count; i++) {
        if (report->series[i].key)
            append_series(text, &report->series[i]);
    }
    return 0;
}

int render_csv(const Report *report, const RenderOptions *options, Text *text)
{
    (void)options;
    return error_trace(write_csv(&(CsvWriting){report, text, -1}));
}

int render_csv_into(const Report *report, const RenderOptions *options, int fd)
{
    CLEANUP(cleanup_text) Text text = {0};
    (void)options;

    int r = write_csv(&(CsvWriting){report, &text, fd});
    return r < 0 ? error_trace(r) : error_trace(render_flush(&text, fd, true));
}
