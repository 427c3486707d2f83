// What the forms have in common: how a single value is shown to people. Numbers are integers all the way; a
// decimal point is put in by hand, so no rounding can differ between two forms.
#include "reports/render.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "build-config.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/model/figures.h"
#include "reports/chart.h"

#define RENDER_FLUSH (64 * 1024) // bytes: a pipe's capacity
#define RENDER_BYTES_MAX 4096    // of one text shown; names are bounded far below

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

void render_append_safe(const char *string, Text *text)
{
    text_append_escaped(text, string, strlen(string), RENDER_BYTES_MAX);
}

void render_append_shown(ReportType type, const ReportCell *cell, Text *text)
{
    CLEANUP(cleanup_text) Text plain = {0};

    if (render_is_unknown(type, cell)) {
        text_append(text, "–");
        return;
    }
    render_append_cell(type, cell, &plain);
    render_append_safe(text_cstr(&plain), text);
}

bool render_is_behind(const Report *report, size_t column, const ReportRow *row)
{
    int64_t rate = row->cells[column].number;

    return report->reference != REPORT_NULL && chart_rate_column(report) == (int)column &&
           rate != REPORT_NULL && rate + RENDER_BEHIND < report->reference;
}

bool render_append_behind(const Report *report, Text *text)
{
    CLEANUP(cleanup_text) Text rate = {0};
    CLEANUP(cleanup_text) Text label = {0};

    if (report->reference == REPORT_NULL || chart_rate_column(report) < 0)
        return false;
    append_tenths(report->reference, "%", &rate);
    render_append_safe(report->reference_label, &label);
    text_appendf(text, _("Shaded: more than %d percentage points below %s (%s)."), RENDER_BEHIND / 10,
                 text_cstr(&label), text_cstr(&rate));
    return true;
}

void render_append_origin(const Report *report, Text *text)
{
    char when[CLOCK_TEXT_SIZE];

    if (report->as_of != TIME_NONE) {
        time_format_short(report->as_of, when);
        text_appendf(text, _("Figures of %s."), when);
        text_append_char(text, ' ');
    }
    text_append(text, "studyday " STUDYDAY_VERSION);
}

const char *const *render_signs(const Report *report)
{
    static const char *const usual[] = {N_("Prepared by"), N_("Checked by"), N_("Date"), NULL};

    return report->signs ? report->signs : usual;
}

ReportCell render_point(const ReportPoint *point, size_t line)
{
    return report_number(point->values[line]);
}

static int hold_row(void *user, const ReportRow *row)
{
    Report *held = user;
    ReportCell *cells = report_row(held, row->depth);

    for (size_t i = 0; i < held->column_count; i++) {
        bool owned = held->columns[i].type == REPORT_TEXT || held->columns[i].type == REPORT_WORDS;
        cells[i] = owned ? report_text(row->cells[i].text) : row->cells[i];
    }
    return 0;
}

int render_hold(const Report *report, Report *ret_held)
{
    Report held = *report;

    held.source = (ReportSource){0};
    held.rows = NULL;
    held.row_count = held.row_capacity = 0;
    int r = report_each(report, hold_row, &held);
    if (r < 0) {
        render_release(&held);
        return error_trace(r);
    }
    *ret_held = held;
    return 0;
}

void render_release(Report *held)
{
    report_drop_rows(held);
}

int render_flush(Text *text, int fd, bool last)
{
    size_t done = 0;

    if (text->size < RENDER_FLUSH && !last)
        return 0;
    while (done < text->size) {
        ssize_t put = write(fd, text->data + done, text->size - done);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return error_origin(-errno);
        done += (size_t)put;
    }
    text_clear(text);
    return 0;
}
