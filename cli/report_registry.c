// The registry of reports: a table, and what follows from it. It knows how a period is written and which
// options a report takes; it reads no database and refuses nothing by itself.
#include "cli/report_registry.h"

#include <string.h>

#include "core/base/i18n.h"
#include "reports/report_certificate.h"
#include "reports/report_changes.h"
#include "reports/report_corrections.h"
#include "reports/report_coverage.h"
#include "reports/report_grading.h"
#include "reports/report_guests.h"
#include "reports/report_home.h"
#include "reports/report_hours.h"
#include "reports/report_makeups.h"
#include "reports/report_month.h"
#include "reports/report_period.h"
#include "reports/report_points.h"
#include "reports/report_revisions.h"
#include "reports/report_session.h"
#include "reports/report_spotcheck.h"
#include "reports/report_terminals.h"
#include "reports/report_watch.h"

#define MONTHS_OF_QUARTER 3
#define MONTHS_OF_YEAR 12
#define YEAR_MIN 1970 // before that nobody had a terminal
#define YEAR_MAX 9998 // the year after it must have four digits as well

static int build_month(Store *store, const ReportRequest *request, Report **ret_report)
{
    if (options_has(request->options, "changes"))
        return report_changes(store, request->first, &request->scope, ret_report);
    return report_month(store, request->first, &request->scope, ret_report);
}

static int build_session(Store *store, const ReportRequest *request, Report **ret_report)
{
    return report_session(store, request->name, &request->scope, ret_report);
}

const ReportKind report_kinds[] = {
    {"month", N_("participation by organisation in a month"), REPORT_TAKES_MONTH,
     "org depth revision changes trend out-dir level explain",
     "report month 2026-11 --org LF-GY\nreport month 2026-11 --changes\n"
     "report month 2026-11 --out-dir reports --format xlsx,pdf\n"
     "report month 2026-11 --org LF-GY-03 --out-dir reports --format html --explain",
     build_month},
    {"session", N_("participation by organisation at one session"), REPORT_TAKES_SESSION, "org depth",
     "report session 2026-11-05 --depth 2", build_session},
    {"quarter", N_("participation by organisation in a quarter"), REPORT_TAKES_QUARTER,
     "org depth out-dir level", "report quarter 2026-Q3 --org LF-GY", report_period},
    {"year", N_("participation by organisation in a year"), REPORT_TAKES_YEAR, "org depth out-dir level",
     "report year 2026 --depth 2", report_period},
    {"grading", N_("organisations of one level, ranked and graded by the bands of a rule"),
     REPORT_TAKES_MONTH | REPORT_TAKES_QUARTER | REPORT_TAKES_YEAR, "org level rule out-dir",
     "report grading 2026-Q3 --level township\nreport grading 2026 --rule stars", report_grading},
    {"watch", N_("members without participation and without leave for three months or more"),
     REPORT_TAKES_NOTHING | REPORT_TAKES_MONTH, "org mask full-names", "report watch 2026-11 --org LF-GY",
     report_watch},
    {"makeups", N_("who still owes a make-up and until when, and for whom it is too late"),
     REPORT_TAKES_NOTHING | REPORT_TAKES_MONTH | REPORT_TAKES_SESSION, "org mask full-names",
     "report makeups 2026-11 --org LF-GY", report_makeups},
    {"home", N_("home delivery: who, why, and when somebody was there last"), REPORT_TAKES_NOTHING,
     "org mask full-names", "report home --org LF-GY", report_home},
    {"points", N_("points: which have reported, closed, returned nil, are silent"),
     REPORT_TAKES_NOTHING | REPORT_TAKES_MONTH | REPORT_TAKES_SESSION, "org", "report points 2026-11-05",
     report_points},
    {"silent", N_("silent points, and how many members are unreported because of each"),
     REPORT_TAKES_NOTHING | REPORT_TAKES_MONTH | REPORT_TAKES_SESSION, "org", "report silent --org LF-GY",
     report_silent},
    {"coverage", N_("points covered by organisation, and the rates with their bounds"),
     REPORT_TAKES_NOTHING | REPORT_TAKES_MONTH | REPORT_TAKES_SESSION, "org depth",
     "report coverage 2026-11-05 --depth 2", report_coverage},
    {"spotchecks", N_("spot-checks by organisation: drawn, checked, passed, not found"),
     REPORT_TAKES_MONTH | REPORT_TAKES_SESSION, "org depth",
     "report spotchecks 2026-11\nreport spotchecks 2026-11-05 --depth 2", report_spotchecks},
    {"guests", N_("guests by host and home, and which members were elsewhere"),
     REPORT_TAKES_MONTH | REPORT_TAKES_SESSION, "org mask full-names",
     "report guests 2026-11 --org LF-GY\nreport guests 2026-11-05", report_guests},
    {"hours", N_("training hours of the year against the targets, by organisation or member by member"),
     REPORT_TAKES_MONTH | REPORT_TAKES_YEAR, "org depth members mask full-names",
     "report hours 2026 --org LF-GY\nreport hours 2026-11 --org LF-GY-03 --members", report_hours},
    {"terminals", N_("terminals: last seen, clock, missing numbers, quarantine, revoked"),
     REPORT_TAKES_NOTHING, "org", "report terminals --org LF-GY", report_terminals},
    {"corrections", N_("what the office stated about a month: who, when, why, and what it changed"),
     REPORT_TAKES_MONTH, "org", "report corrections 2026-11 --org LF-GY", report_corrections},
    {"revisions", N_("revisions of closed months: who, when, why, and the rates of each"),
     REPORT_TAKES_NOTHING | REPORT_TAKES_MONTH | REPORT_TAKES_YEAR, "org", "report revisions 2026",
     report_revisions},
    {"certificate", N_("a member's training hours of a year, on a page to be stamped"), REPORT_TAKES_MEMBER,
     "year", "report certificate 1310020001234 --year 2026 --format pdf -o certificate.pdf",
     report_certificate},
    {0},
};

// One table for all, since an option means the same wherever it stands.
const ProgramOption report_options[] = {
    {"org", 0, "ORG", N_("organisation to report on (default: the top, or the session's own)")},
    {"depth", 0, "N", N_("levels below it (default: 1; 0 is the organisation alone)")},
    {"revision", 0, "N", N_("month: the closed figures of this revision")},
    {"changes", 0, NULL, N_("month: what changed since it was closed, or with that revision")},
    {"level", 0, "LEVEL",
     N_("grading: level of the organisations (default: that of the first below); with --out-dir: the "
        "levels that get files, separated by commas (default: county,township)")},
    {"out-dir", 0, "DIR",
     N_("month, quarter, year, grading: a file for the organisation and for each county and township below "
        "it")},
    {"explain", 0, NULL,
     N_("month, with --out-dir and html: pages that say who stands behind each figure, linked from it")},
    {"rule", 0, "NAME", N_("grading: name of the rule (default: the site's own, else the shipped example)")},
    {"year", 0, "Y", N_("certificate: of this year (default: the present one)")},
    {"members", 0, NULL, N_("hours: the members of --org, one by one")},
    {"mask", 0, NULL, N_("lists of members: hide names but for the first character")},
    {"full-names", 0, NULL, N_("lists of members: names in full also where --org is no branch")},
    {"trend", 0, NULL, N_("month: the rates of twelve months as well (xlsx, html and pdf always have them)")},
    {"format", 'f', "FORMAT", N_("text, csv, json, jsonl, xlsx, html or pdf (default: text)")},
    {"output", 'o', "FILE", N_("write into FILE instead of standard output")},
    {"force", 0, NULL, N_("write over FILE if it exists")},
    {0},
};
static const char every_report[] = "format output force";

static const struct {
    ReportTakes takes;
    const char *word;
} takes_words[] = {
    {REPORT_TAKES_MONTH, "YYYY-MM"},   {REPORT_TAKES_QUARTER, "YYYY-Qn"}, {REPORT_TAKES_YEAR, "YYYY"},
    {REPORT_TAKES_SESSION, "SESSION"}, {REPORT_TAKES_MEMBER, "MEMBER"},
};
#define TAKES_WORD_COUNT (sizeof(takes_words) / sizeof(takes_words[0]))

const ReportKind *report_kind_find(const char *name)
{
    for (const ReportKind *kind = report_kinds; kind->name; kind++) {
        if (strcmp(kind->name, name) == 0)
            return kind;
    }
    return NULL;
}

static bool list_has(const char *list, const char *word)
{
    size_t size = strlen(word);

    for (const char *at = list; at; at = strchr(at, ' ')) {
        at += *at == ' ';
        if (strncmp(at, word, size) == 0 && (at[size] == ' ' || at[size] == '\0'))
            return true;
    }
    return false;
}

bool report_kind_takes_option(const ReportKind *kind, const char *option)
{
    return list_has(every_report, option) || list_has(kind->options, option);
}

void report_kind_append_takes(const ReportKind *kind, Text *text)
{
    bool any = false;

    for (size_t i = 0; i < TAKES_WORD_COUNT; i++) {
        if (!(kind->takes & takes_words[i].takes))
            continue;
        text_append(text, any ? "|" : kind->takes & REPORT_TAKES_NOTHING ? "[" : "");
        text_append(text, takes_words[i].word);
        any = true;
    }
    if (any && kind->takes & REPORT_TAKES_NOTHING)
        text_append_char(text, ']');
}

void report_kind_append_synopsis(const ReportKind *kind, Text *text)
{
    CLEANUP(cleanup_text) Text takes = {0};

    report_kind_append_takes(kind, &takes);
    text_appendf(text, "%s%s%s", kind->name, takes.size ? " " : "", text_cstr(&takes));
    for (const ProgramOption *option = report_options; option->name; option++) {
        if (report_kind_takes_option(kind, option->name))
            text_appendf(text, " [--%s%s%s]", option->name, option->argument ? " " : "",
                         option->argument ? option->argument : "");
    }
}

static bool take_months(ReportTakes given, Month first, int count, ReportRequest *request)
{
    request->given = given;
    request->first = first;
    request->last = first + count - 1;
    return true;
}

// "2026" or "2026-Q3".
static bool take_year(const ReportKind *kind, const char *name, ReportRequest *request)
{
    char year_text[] = "0000";
    const char *rest = name + strnlen(name, sizeof(year_text) - 1);
    long long year, quarter;

    memcpy(year_text, name, (size_t)(rest - name));
    if (!text_parse_int64(year_text, YEAR_MIN, YEAR_MAX, &year))
        return false;
    Month first = month_of_date(date_from_civil((int)year, 1, 1));
    if (*rest == '\0' && kind->takes & REPORT_TAKES_YEAR)
        return take_months(REPORT_TAKES_YEAR, first, MONTHS_OF_YEAR, request);
    if (strncmp(rest, "-Q", 2) != 0 || !(kind->takes & REPORT_TAKES_QUARTER) ||
        !text_parse_int64(rest + 2, 1, MONTHS_OF_YEAR / MONTHS_OF_QUARTER, &quarter))
        return false;
    return take_months(REPORT_TAKES_QUARTER, first + ((Month)quarter - 1) * MONTHS_OF_QUARTER,
                       MONTHS_OF_QUARTER, request);
}

bool report_kind_parse(const ReportKind *kind, const char *name, ReportRequest *request)
{
    Month month;

    request->name = name;
    if (!name) {
        request->given = REPORT_TAKES_NOTHING;
        return (kind->takes & REPORT_TAKES_NOTHING) != 0;
    }
    if (kind->takes & REPORT_TAKES_MONTH && month_parse(name, &month))
        return take_months(REPORT_TAKES_MONTH, month, 1, request);
    if (take_year(kind, name, request))
        return true;
    request->given = kind->takes & REPORT_TAKES_SESSION ? REPORT_TAKES_SESSION : REPORT_TAKES_MEMBER;
    return (kind->takes & request->given) != 0;
}

Report *report_kind_list(void)
{
    enum { NAME, TAKES, SUMMARY, OPTIONS, EXAMPLE, COLUMN_COUNT };
    static const ReportColumn columns[COLUMN_COUNT] = {
        [NAME] = {"name", N_("Report"), REPORT_TEXT, REPORT_EVERYWHERE},
        [TAKES] = {"takes", N_("Of"), REPORT_TEXT, REPORT_EVERYWHERE},
        [SUMMARY] = {"summary", N_("What it shows"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
        [OPTIONS] = {"options", N_("Options"), REPORT_WORDS, REPORT_SPREAD},
        [EXAMPLE] = {"example", N_("Example"), REPORT_TEXT, REPORT_EVERYWHERE},
    };
    Report *report = report_new("list", _("Reports"), "reports", columns, COLUMN_COUNT);

    report_head_text(report, "report", "list");
    for (const ReportKind *kind = report_kinds; kind->name; kind++) {
        CLEANUP(cleanup_text) Text takes = {0}, example = {0};
        ReportCell *cells = report_row(report, 0);

        report_kind_append_takes(kind, &takes);
        text_append(&example, "studyday ");
        text_append_bytes(&example, kind->example, strcspn(kind->example, "\n"));
        cells[NAME] = report_text(kind->name);
        cells[TAKES] = report_text(takes.size ? text_cstr(&takes) : NULL);
        cells[SUMMARY] = report_text(_(kind->summary));
        cells[OPTIONS] = report_text(kind->options);
        cells[EXAMPLE] = report_text(text_cstr(&example));
    }
    return report;
}
