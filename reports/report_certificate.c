// Made from the record (record.c), so that the two can never say different hours: its lines are added up by
// the kind of session. What was missed is not on a certificate. Where the lines do not add up to the year's
// hours, since a session lies across New Year or a cap holds, a line of its own says by how much.
#include "reports/report_certificate.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/model/session.h"
#include "reports/record.h"

#define YEAR_MIN 1970 // before that nobody had a terminal
#define YEAR_MAX 9998 // the year after it must have four digits as well

enum { KIND, SESSIONS, MINUTES, COLUMN_COUNT };
static const ReportColumn columns[COLUMN_COUNT] = {
    [KIND] = {"kind", N_("Kind"), REPORT_WORD, REPORT_EVERYWHERE},
    [SESSIONS] = {"sessions", N_("Sessions"), REPORT_COUNT, REPORT_EVERYWHERE},
    [MINUTES] = {"minutes", N_("Hours credited"), REPORT_MINUTES, REPORT_EVERYWHERE},
};
static const ReportWord word_not_counted = {"not-counted", N_("of these not counted in this year")};
static const ReportWord word_before = {"from-before", N_("of a session that began in the year before")};
static const ReportWord word_total = {"total", N_("total")};
static const char *const signs[] = {N_("Party organisation (seal)"), N_("Date"), NULL};

// What the record's lines add up to, by kind.
typedef struct Sums {
    int64_t sessions[SESSION_KIND_COUNT], minutes[SESSION_KIND_COUNT];
    int64_t session_count, minute_count;
} Sums;

static size_t column_of(const Report *record, const char *key)
{
    for (size_t i = 0; i < record->column_count; i++) {
        if (record->columns[i].key && strcmp(record->columns[i].key, key) == 0)
            return i;
    }
    abort(); // record.c lost a column: a bug in itself
}

static const ReportHead *head_of(const Report *record, const char *key)
{
    for (size_t i = 0; i < record->head_count; i++) {
        if (strcmp(record->heads[i].key, key) == 0)
            return &record->heads[i];
    }
    abort();
}

static void add_up(const Report *record, Sums *sums)
{
    size_t kind_column = column_of(record, "kind"), credit_column = column_of(record, "credit_minutes");

    for (size_t i = 0; i < record->row_count; i++) {
        const ReportCell *cells = record->rows[i].cells;
        int64_t credit = cells[credit_column].number;
        SessionKind kind;
        if (credit <= 0 || !session_kind_parse(cells[kind_column].word.word, &kind))
            continue;
        sums->sessions[kind]++;
        sums->minutes[kind] += credit;
        sums->session_count++;
        sums->minute_count += credit;
    }
}

static void add_row(Report *report, ReportWord kind, int64_t sessions, int64_t minutes)
{
    ReportCell *cells = report_row(report, 0);

    cells[KIND].word = kind;
    cells[SESSIONS] = report_number(sessions);
    cells[MINUTES] = report_number(minutes);
}

/// Organisation, hours and target, training class: what the record says under its title.
static void copy_notes(Report *report, const Report *record)
{
    for (size_t i = 0; i < record->note_count; i++) {
        if (record->notes[i].kind == REPORT_NOTE_ABOUT)
            report_note(report, REPORT_NOTE_ABOUT, "%s", record->notes[i].text);
    }
}

static Report *make_report(const Report *record, int year, bool over)
{
    CLEANUP(cleanup_text) Text title = {0};
    Sums sums = {0};
    int64_t minutes = head_of(record, "minutes")->cell.number;
    static const char *const copied[] = {"member", "name", "year", "org", "minutes", "target_minutes"};

    text_appendf(&title, _("Certificate of training hours, %d: %s (%s)"), year,
                 head_of(record, "name")->cell.text, head_of(record, "member")->cell.text);
    Report *report = report_new("certificate", text_cstr(&title), "kinds", columns, COLUMN_COUNT);
    report_head_text(report, "report", "certificate");
    for (size_t i = 0; i < sizeof(copied) / sizeof(copied[0]); i++) {
        const ReportHead *head = head_of(record, copied[i]);
        if (head->type == REPORT_TEXT)
            report_head_text(report, head->key, head->cell.text);
        else
            report_head_number(report, head->key, head->cell.number);
    }
    add_up(record, &sums);
    for (int i = 0; i < SESSION_KIND_COUNT; i++) {
        if (sums.sessions[i] > 0)
            add_row(report,
                    (ReportWord){session_kind_word((SessionKind)i), session_kind_title((SessionKind)i)},
                    sums.sessions[i], sums.minutes[i]);
    }
    if (minutes != sums.minute_count)
        add_row(report, minutes > sums.minute_count ? word_before : word_not_counted, REPORT_NULL,
                minutes - sums.minute_count);
    add_row(report, word_total, sums.session_count, minutes);
    copy_notes(report, record);
    if (!over)
        report_note(report, REPORT_NOTE_ABOUT, "%s", _("The year is not over."));
    report_note(report, REPORT_NOTE_DEFINITION, "%s", _("Hours credited are minutes / 60."));
    report->signs = signs;
    return report;
}

int report_certificate(Store *store, const ReportRequest *request, Report **ret_report)
{
    CLEANUP(cleanup_report) Report *record = NULL;
    const char *given = options_get(request->options, "year");
    int this_year = record_year(request->scope.now);
    long long year = this_year;

    if (given && !text_parse_int64(given, YEAR_MIN, YEAR_MAX, &year))
        return REPORT_E_YEAR;
    int r = record_report(store, request->name, (int)year, request->scope.now, &record);
    if (r == RECORD_E_UNKNOWN || r == RECORD_E_FUTURE)
        return r == RECORD_E_UNKNOWN ? REPORT_E_UNKNOWN_MEMBER : REPORT_E_YEAR;
    if (r < 0)
        return error_trace(r);
    *ret_report = make_report(record, (int)year, year < this_year);
    return 0;
}
