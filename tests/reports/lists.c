// Cells are shown by their machine forms (words of JSON, plain numbers, dates), so that no test depends on a
// language.
#include "tests/reports/lists.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base/options.h"
#include "reports/render.h"

static const ProgramOption options_table[] = {
    {"mask", 0, NULL, ""}, {"members", 0, NULL, ""}, {"full-names", 0, NULL, ""}, {0}};

/// Rows that would be read while they are written, as if they had been built.
static void hold_rows(Report *report)
{
    Report held;

    assert_int_equal(render_hold(report, &held), 0);
    if (report->source.free)
        report->source.free(report->source.from);
    report->source = (ReportSource){0};
    report->rows = held.rows;
    report->row_count = held.row_count;
    report->row_capacity = held.row_capacity;
}

int lists_outcome(Site *site, ReportBuild *build, ListAsk ask, Report **ret_report)
{
    Options options = {.table = options_table};
    ReportRequest request = {.given = ask.month     ? REPORT_TAKES_MONTH
                                      : ask.session ? REPORT_TAKES_SESSION
                                                    : REPORT_TAKES_NOTHING,
                             .name = ask.month ? ask.month : ask.session,
                             .scope = {.org = ask.org, .depth = 1, .now = ask.now ? ask.now : site->now},
                             .options = &options};

    if (ask.mask)
        options.values[0] = "";
    if (ask.members)
        options.values[1] = "";
    if (ask.full_names)
        options.values[2] = "";
    if (ask.month)
        assert_true(month_parse(ask.month, &request.first));
    request.last = request.first;
    int r = build(site->store, &request, ret_report);
    if (r == 0 && (*ret_report)->source.each)
        hold_rows(*ret_report);
    return r;
}

Report *lists_report(Site *site, ReportBuild *build, ListAsk ask)
{
    Report *report = NULL;

    assert_int_equal(lists_outcome(site, build, ask, &report), 0);
    assert_non_null(report);
    return report;
}

static void append_cell(Text *text, ReportType type, const ReportCell *cell)
{
    char date[CLOCK_TEXT_SIZE];

    if (type == REPORT_TEXT || type == REPORT_WORDS) {
        text_append(text, cell->text ? cell->text : "-");
    } else if (type == REPORT_WORD) {
        text_append(text, cell->word.word ? cell->word.word : "-");
    } else if (cell->number == REPORT_NULL) {
        text_append(text, "-");
    } else if (type == REPORT_DATE) {
        date_format((Date)cell->number, date);
        text_append(text, date);
    } else if (type == REPORT_TIME) {
        time_format_short(cell->number, date);
        text_append(text, date);
    } else {
        text_appendf(text, "%" PRId64, cell->number);
    }
}

static size_t column_of(const Report *report, const char *key, size_t size)
{
    for (size_t i = 0; i < report->column_count; i++)
        if (report->columns[i].key && strlen(report->columns[i].key) == size &&
            memcmp(report->columns[i].key, key, size) == 0)
            return i;
    fail_msg("no column %.*s", (int)size, key);
    return 0;
}

const char *lists_row(const Report *report, size_t row, const char *keys)
{
    static Text text;

    assert_true(row < report->row_count);
    text_clear(&text);
    for (const char *key = keys; *key;) {
        size_t size = strcspn(key, " "), column = column_of(report, key, size);
        if (key != keys)
            text_append_char(&text, ' ');
        append_cell(&text, report->columns[column].type, &report->rows[row].cells[column]);
        key += size;
        key += *key == ' ';
    }
    return text_cstr(&text);
}

const char *lists_head(const Report *report, const char *key)
{
    static Text text;

    text_clear(&text);
    for (size_t i = 0; i < report->head_count; i++)
        if (strcmp(report->heads[i].key, key) == 0)
            append_cell(&text, report->heads[i].type, &report->heads[i].cell);
    return text_cstr(&text);
}

static int take_epoch(void *user, const EventRow *event)
{
    snprintf(user, ULID_SIZE, "%s", event->epoch);
    return 0;
}

void lists_office_epoch(Site *site, char ret_epoch[static ULID_SIZE])
{
    static const EventFilter office = {.terminal = "office"};

    ret_epoch[0] = '\0';
    assert_int_equal(query_events(site->store, &office, take_epoch, ret_epoch), 0);
    assert_int_equal(strlen(ret_epoch), ULID_SIZE - 1);
}
