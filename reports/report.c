// The Report value grows row by row and owns every text in it. It refuses nothing and reads nothing: a cell
// that was never filled in is unknown, which each type has a way to say.
#include "reports/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/base/i18n.h"
#include "core/base/text.h"

#define REPORT_ROWS_FIRST 16 // most reports are an org and its children

static const ReportWord states[REPORT_STATE_COUNT] = {
    [REPORT_PROVISIONAL] = {"provisional", N_("provisional")},
    [REPORT_COMPLETE] = {"complete", N_("complete")},
    [REPORT_CLOSED] = {"closed", N_("closed")},
};

const char *report_state_word(ReportState state)
{
    return states[state].word;
}

const char *report_state_title(ReportState state)
{
    return states[state].title;
}

static ReportCell unknown_cell(ReportType type)
{
    switch (type) {
    case REPORT_TEXT:
    case REPORT_WORDS:
        return (ReportCell){.text = NULL};
    case REPORT_WORD:
        return (ReportCell){.word = {NULL, NULL}};
    case REPORT_FRACTION:
        return (ReportCell){.fraction = {0, 0}};
    case REPORT_COUNT:
    case REPORT_PERMILLE:
    case REPORT_MINUTES:
    case REPORT_TENTHS:
    case REPORT_DATE:
    case REPORT_TIME:
        break;
    }
    return report_number(REPORT_NULL);
}

Report *report_new(const char *name, const char *title, const char *rows_key, const ReportColumn *columns,
                   size_t column_count)
{
    Report *report = alloc_zero(sizeof(*report));
    report->name = name;
    report->title = alloc_string(title);
    report->rows_key = rows_key;
    report->columns = columns;
    report->column_count = column_count;
    report->as_of = TIME_NONE;
    report->reference = REPORT_NULL;
    report->unknown = alloc_zero((column_count + 1) * sizeof(*report->unknown));
    for (size_t i = 0; i < column_count; i++)
        report->unknown[i] = unknown_cell(columns[i].type);
    return report;
}

static bool owns_text(ReportType type)
{
    return type == REPORT_TEXT || type == REPORT_WORDS;
}

void report_drop_rows(Report *report)
{
    for (size_t i = 0; i < report->row_count; i++) {
        for (size_t k = 0; k < report->column_count; k++) {
            if (owns_text(report->columns[k].type))
                free(report->rows[i].cells[k].text);
        }
        free(report->rows[i].cells);
    }
    free(report->rows);
    report->rows = NULL;
    report->row_count = report->row_capacity = 0;
}

Report *report_free(Report *report)
{
    if (!report)
        return NULL;
    report_drop_rows(report);
    if (report->source.free)
        report->source.free(report->source.from);
    for (size_t i = 0; i < report->head_count; i++) {
        if (owns_text(report->heads[i].type))
            free(report->heads[i].cell.text);
    }
    for (size_t i = 0; i < report->note_count; i++)
        free(report->notes[i].text);
    for (size_t i = 0; i < report->series_count; i++)
        free(report->series[i].points);
    free(report->series);
    free(report->reference_label);
    free(report->unknown);
    free(report->heads);
    free(report->notes);
    free(report->title);
    free(report);
    return NULL;
}

static void add_head(Report *report, ReportHead head)
{
    report->heads = alloc_resize(report->heads, report->head_count + 1, sizeof(*report->heads));
    report->heads[report->head_count++] = head;
}

void report_head_text(Report *report, const char *key, const char *value)
{
    add_head(report, (ReportHead){.key = key, .type = REPORT_TEXT, .cell = report_text(value)});
}

void report_head_number(Report *report, const char *key, int64_t value)
{
    add_head(report, (ReportHead){.key = key, .type = REPORT_COUNT, .cell = report_number(value)});
}

void report_head_bool(Report *report, const char *key, bool value)
{
    add_head(report,
             (ReportHead){.key = key, .type = REPORT_COUNT, .is_bool = true, .cell = report_number(value)});
}

void report_head_standing(Report *report, int revision, ReportState state)
{
    report_head_number(report, "definitions", REPORT_DEFINITIONS);
    report_head_number(report, "revision", revision);
    report_head_bool(report, "closed", state == REPORT_CLOSED);
    report_head_text(report, "state", report_state_word(state));
}

void report_note(Report *report, ReportNoteKind kind, const char *format, ...)
{
    Text text = {0};
    va_list args;
    va_start(args, format);
    text_vappendf(&text, format, args);
    va_end(args);
    report->notes = alloc_resize(report->notes, report->note_count + 1, sizeof(*report->notes));
    report->notes[report->note_count++] = (ReportNote){kind, text_take(&text)};
}

ReportCell *report_row(Report *report, int depth)
{
    if (report->row_count == report->row_capacity) {
        report->row_capacity = report->row_capacity ? 2 * report->row_capacity : REPORT_ROWS_FIRST;
        report->rows = alloc_resize(report->rows, report->row_capacity, sizeof(*report->rows));
    }
    ReportRow *row = &report->rows[report->row_count++];
    row->depth = depth;
    row->cells = alloc_copy(report->unknown, report->column_count * sizeof(*row->cells));
    return row->cells;
}

ReportCell report_text(const char *text)
{
    return (ReportCell){.text = alloc_string(text)};
}

void report_refer(Report *report, int64_t permille, const char *label)
{
    free(report->reference_label);
    report->reference = permille;
    report->reference_label = alloc_string(label);
}

ReportSeries *report_series(Report *report, ReportSeriesKind kind, const char *title,
                            const ReportColumn *lines, size_t line_count)
{
    report->series = alloc_resize(report->series, report->series_count + 1, sizeof(*report->series));
    ReportSeries *series = &report->series[report->series_count++];
    *series = (ReportSeries){.kind = kind, .title = title, .lines = lines, .line_count = line_count};
    return series;
}

int64_t *report_point(ReportSeries *series, const char *label)
{
    series->points = alloc_resize(series->points, series->point_count + 1, sizeof(*series->points));
    ReportPoint *point = &series->points[series->point_count++];
    snprintf(point->label, sizeof(point->label), "%s", label);
    for (size_t i = 0; i < REPORT_LINES_MAX; i++)
        point->values[i] = REPORT_NULL;
    return point->values;
}

int report_each(const Report *report, ReportSee *see, void *user)
{
    int r = 0;

    if (report->source.each)
        return report->source.each(report->source.from, report, see, user);
    for (size_t i = 0; i < report->row_count && r == 0; i++)
        r = see(user, &report->rows[i]);
    return r;
}

static int see_one(void *user, const ReportRow *row)
{
    (void)user;
    (void)row;
    return 1;
}

bool report_is_empty(const Report *report)
{
    return report_each(report, see_one, NULL) != 1;
}
