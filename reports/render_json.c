// JSON: the contract of scripts. Keys in the order of heads and columns, integers only, null for the unknown,
// times in RFC 3339, words as studyday-rules(7) has them; nothing is translated. What is not valid UTF-8
// cannot come in (the importer refuses it), so strings need no more than JSON's own escapes.
#include "reports/render.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"

static void append_string(Text *text, const char *string)
{
    text_append_json(text, string, strlen(string));
}

static void append_words(Text *text, const char *words)
{
    text_append_char(text, '[');
    for (const char *word = words; *word;) {
        size_t size = strcspn(word, " ");
        if (word != words)
            text_append_char(text, ',');
        text_append_json(text, word, size);
        word += size;
        word += *word == ' ';
    }
    text_append_char(text, ']');
}

static void append_value(Text *text, ReportType type, const ReportCell *cell)
{
    char buffer[CLOCK_TEXT_SIZE];

    if (render_is_unknown(type, cell)) {
        text_append(text, "null");
        return;
    }
    switch (type) {
    case REPORT_TEXT:
        append_string(text, cell->text);
        break;
    case REPORT_WORDS:
        append_words(text, cell->text);
        break;
    case REPORT_WORD:
        append_string(text, cell->word.word);
        break;
    case REPORT_COUNT:
    case REPORT_PERMILLE:
    case REPORT_MINUTES:
    case REPORT_TENTHS:
        text_append_signed(text, cell->number);
        break;
    case REPORT_FRACTION:
        text_appendf(text, "[%" PRId32 ",%" PRId32 "]", cell->fraction.part, cell->fraction.whole);
        break;
    case REPORT_DATE:
        date_format((Date)cell->number, buffer);
        append_string(text, buffer);
        break;
    case REPORT_TIME:
        time_format_zone(cell->number, buffer);
        append_string(text, buffer);
        break;
    }
}

static void append_head(Text *text, const ReportHead *head)
{
    append_string(text, head->key);
    text_append_char(text, ':');
    if (head->is_bool)
        text_append(text, head->cell.number ? "true" : "false");
    else
        append_value(text, head->type, &head->cell);
    text_append_char(text, ',');
}

// Where rows go: `fd` negative keeps all of it in `text`.
typedef struct JsonWriting {
    const Report *report;
    Text *text;
    int fd;
    bool lines, any;
    Text frame;   // `{"org":`, `,"name":`, ...: one after the other
    size_t *ends; // by column
} JsonWriting;

// What stands before the values of a row is the same for all rows, and longer than most values.
static void make_frame(const Report *report, Text *frame, size_t *ends)
{
    for (size_t i = 0; i < report->column_count; i++) {
        if (report->columns[i].forms & REPORT_IN_JSON) {
            text_append_char(frame, frame->size ? ',' : '{');
            append_string(frame, report->columns[i].key);
            text_append_char(frame, ':');
        }
        ends[i] = frame->size;
    }
}

static void append_row(Text *text, const JsonWriting *writing, const ReportRow *row)
{
    size_t begin = 0;

    for (size_t i = 0; i < writing->report->column_count; i++) {
        if (writing->ends[i] == begin)
            continue; // not in JSON
        text_append_bytes(text, writing->frame.data + begin, writing->ends[i] - begin);
        append_value(text, writing->report->columns[i].type, &row->cells[i]);
        begin = writing->ends[i];
    }
    text_append(text, begin ? "}" : "{}");
}

/// A series under its key: one object a point.
static void append_series(Text *text, const ReportSeries *series)
{
    text_append_char(text, ',');
    append_string(text, series->key);
    text_append(text, ":[");
    for (size_t i = 0; i < series->point_count; i++) {
        text_append(text, i > 0 ? ",{" : "{");
        append_string(text, series->label.key);
        text_append_char(text, ':');
        append_string(text, series->points[i].label);
        for (size_t k = 0; k < series->line_count; k++) {
            ReportCell cell = render_point(&series->points[i], k);
            text_append_char(text, ',');
            append_string(text, series->lines[k].key);
            text_append_char(text, ':');
            append_value(text, series->lines[k].type, &cell);
        }
        text_append_char(text, '}');
    }
    text_append_char(text, ']');
}

static int write_row(void *user, const ReportRow *row)
{
    JsonWriting *writing = user;

    if (writing->any && !writing->lines)
        text_append_char(writing->text, ',');
    writing->any = true;
    append_row(writing->text, writing, row);
    if (writing->lines)
        text_append_char(writing->text, '\n');
    return writing->fd < 0 ? 0 : render_flush(writing->text, writing->fd, false);
}

static int write_rows(const Report *report, Text *text, int fd, bool lines)
{
    JsonWriting writing = {.report = report, .text = text, .fd = fd, .lines = lines};

    writing.ends = alloc_zero((report->column_count + 1) * sizeof(*writing.ends));
    make_frame(report, &writing.frame, writing.ends);
    int r = report_each(report, write_row, &writing);
    text_deinit(&writing.frame);
    free(writing.ends);
    return error_trace(r);
}

static int write_document(const Report *report, Text *text, int fd)
{
    text_append_char(text, '{');
    for (size_t i = 0; i < report->head_count; i++)
        append_head(text, &report->heads[i]);
    append_string(text, report->rows_key);
    text_append(text, ":[");
    int r = write_rows(report, text, fd, false);
    if (r < 0)
        return error_trace(r);
    text_append_char(text, ']');
    for (size_t i = 0; i < report->series_count; i++) {
        if (report->series[i].key)
            append_series(text, &report->series[i]);
    }
    text_append_char(text, '}');
    return 0;
}

int render_json(const Report *report, const RenderOptions *options, Text *text)
{
    (void)options;
    return error_trace(write_document(report, text, -1));
}

int render_jsonl(const Report *report, const RenderOptions *options, Text *text)
{
    (void)options;
    return error_trace(write_rows(report, text, -1, true));
}

int render_jsonl_into(const Report *report, const RenderOptions *options, int fd)
{
    CLEANUP(cleanup_text) Text text = {0};
    (void)options;

    int r = write_rows(report, &text, fd, true);
    return r < 0 ? error_trace(r) : error_trace(render_flush(&text, fd, true));
}
