// One row for each session and point that takes part. Beside how far the point has reported stand the members
// whose own point it is, since that is what a silence costs: so many people of whom nothing is known.
#include "reports/report_points.h"

#include <stdlib.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "reports/coverage.h"
#include "reports/list_sessions.h"

enum {
    SESSION,
    DATE,
    ORG,
    ORG_NAME,
    POINT,
    NAME,
    COVERAGE,
    FLAGS,
    EVENTS,
    SEEN,
    EXPECTED,
    ON_SITE,
    UNREPORTED,
    TERMINALS,
    LAST_EVENT,
    COLUMN_COUNT
};

static const ReportColumn columns[COLUMN_COUNT] = {
    [SESSION] = {"session", N_("Session"), REPORT_TEXT, REPORT_EVERYWHERE},
    [DATE] = {"date", N_("Date"), REPORT_DATE, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [ORG] = {"org", N_("Organisation"), REPORT_TEXT, REPORT_EVERYWHERE},
    [ORG_NAME] = {"org_name", N_("Name of the organisation"), REPORT_TEXT,
                  REPORT_EVERYWHERE | REPORT_CUT | REPORT_IF_ROOM},
    [POINT] = {"point", N_("Point"), REPORT_TEXT, REPORT_EVERYWHERE},
    [NAME] = {"name", N_("Name of the point"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_CUT},
    [COVERAGE] = {"coverage", N_("Reporting"), REPORT_WORD, REPORT_EVERYWHERE},
    [FLAGS] = {"flags", N_("Remarks"), REPORT_WORDS, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [EVENTS] = {"events", N_("Events"), REPORT_COUNT, REPORT_SPREAD},
    [SEEN] = {"seen", N_("Seen"), REPORT_COUNT, REPORT_EVERYWHERE},
    [EXPECTED] = {"expected", N_("Own members expected"), REPORT_COUNT, REPORT_EVERYWHERE},
    [ON_SITE] = {"on_site", N_("Of these attended"), REPORT_COUNT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [UNREPORTED] = {"unreported", N_("Of these unreported"), REPORT_COUNT, REPORT_EVERYWHERE},
    [TERMINALS] = {"terminals", N_("Terminals"), REPORT_COUNT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [LAST_EVENT] = {"last_event", N_("Last event of its terminals"), REPORT_TIME,
                    REPORT_EVERYWHERE | REPORT_IF_ROOM},
};

typedef struct Points {
    Store *store;
    SessionList sessions;
    Report *report;
    const char *org;
    bool silent_only, complete;
    int64_t counts[COVERAGE_KINDS], gaps, unreported;
} Points;

static void cleanup_coverage(CoverageSession *coverage)
{
    coverage_deinit(coverage);
}

static void add_point(Points *points, const SessionRow *session, const CoverageSession *coverage,
                      int32_t index)
{
    const SessionPoint *point = &coverage->own.points[index];
    const CoverageCount *count = &coverage->points[index];
    int32_t host = org_tree_index(&coverage->own.tree, point->org);

    points->counts[point->coverage]++;
    points->gaps += point->gap;
    points->unreported += count->figures.unreported;
    if (points->silent_only && point->coverage != COVERAGE_SILENT)
        return;
    ReportCell *cells = report_row(points->report, 0);
    cells[SESSION] = report_text(session->code);
    cells[DATE] = report_number(session->date);
    cells[ORG] = report_text(host < 0 ? NULL : coverage->own.tree.nodes[host].code);
    cells[ORG_NAME] = report_text(host < 0 ? NULL : coverage->own.tree.nodes[host].name);
    cells[POINT] = report_text(point->code);
    cells[NAME] = report_text(coverage->details[index].name);
    cells[COVERAGE].word = coverage_cell(point->coverage);
    cells[FLAGS] = report_text(point->gap ? "gap" : "");
    cells[EVENTS] = report_number(count->events);
    cells[SEEN] = report_number(count->seen);
    cells[EXPECTED] = report_number(count->figures.expected);
    cells[ON_SITE] = report_number(figures_on_site(&count->figures));
    cells[UNREPORTED] = report_number(count->figures.unreported);
    cells[TERMINALS] = report_number(count->terminals);
    if (count->last_event != TIME_NONE)
        cells[LAST_EVENT] = report_number(count->last_event);
}

static int add_session(Points *points, const SessionRow *session)
{
    CLEANUP(cleanup_coverage) CoverageSession coverage = {0};
    CLEANUP(cleanup_free) int32_t *order = NULL;

    int r = coverage_load(points->store, session, &coverage);
    if (r < 0)
        return error_trace(r);
    const OrgTree *tree = &coverage.own.tree;
    int32_t top = points->org ? org_tree_find(tree, points->org) : -1;
    points->complete = points->complete && coverage.own.complete;
    order = coverage_order(&coverage);
    for (size_t i = 0; i < coverage.own.point_count; i++) {
        int32_t host = org_tree_index(tree, coverage.own.points[order[i]].org);
        if (!points->org || (host >= 0 && top >= 0 && org_tree_within(tree, host, top)))
            add_point(points, session, &coverage, order[i]);
    }
    return 0;
}

static Report *start(const Points *points, const ReportRequest *request, const ListScope *scope)
{
    CLEANUP(cleanup_text) Text title = {0}, sessions = {0};
    const char *name = points->silent_only ? "silent" : "points";

    list_sessions_append(request, &points->sessions, &sessions);
    if (points->silent_only)
        text_appendf(&title, _("Silent points: %s"), list_scope_name(scope));
    else
        text_appendf(&title, _("Points and how far they have reported: %s"), list_scope_name(scope));
    if (sessions.size)
        text_appendf(&title, " (%s)", text_cstr(&sessions));
    Report *report = report_new(name, text_cstr(&title), "rows", columns, COLUMN_COUNT);
    report_head_text(report, "report", name);
    list_sessions_head(report, request, &points->sessions);
    report_head_text(report, "org", list_scope_code(scope));
    report_head_number(report, "definitions", REPORT_DEFINITIONS);
    return report;
}

static void describe(const Points *points)
{
    Report *report = points->report;

    coverage_describe(report, points->complete, points->sessions.count);
    for (int i = 0; i < COVERAGE_KINDS; i++)
        report_head_number(report, coverage_word((Coverage)i), points->counts[i]);
    report_head_number(report, "gaps", points->gaps);
    report_head_number(report, "unreported", points->unreported);
    report_note(
        report, REPORT_NOTE_COMPLETENESS,
        _("Silent: %lld; reported: %lld; closed: %lld; nobody came: %lld; with a gap: %lld. Members of "
          "whom nothing is known: %lld"),
        (long long)points->counts[COVERAGE_SILENT], (long long)points->counts[COVERAGE_REPORTED],
        (long long)points->counts[COVERAGE_CLOSED], (long long)points->counts[COVERAGE_NIL],
        (long long)points->gaps, (long long)points->unreported);
    report_note(
        report, REPORT_NOTE_DEFINITION, "%s",
        _("Silent: nothing of the session has come from the point's terminals, no import and no paper "
          "roll. Silent is not the same as absent. A session is complete when every point has closed or "
          "returned nil, and no terminal has a gap."));
}

static int build(Store *store, const ReportRequest *request, bool silent_only, Report **ret_report)
{
    CLEANUP(cleanup_sessions) SessionList sessions = {0};
    CLEANUP(cleanup_report) Report *report = NULL;
    ListScope scope = {0};
    Date date = zone_date(request->scope.now);

    int r = request->given == REPORT_TAKES_NOTHING
                ? list_sessions_latest(store, request->scope.now, &sessions)
                : list_sessions_asked(store, request, &sessions, &date);
    if (r == 0)
        r = list_scope_load(store, date, request->scope.org, &scope);
    if (r != 0)
        return r < 0 ? error_trace(r) : r; // outcomes of the list are those of the report
    Points points = {.store = store,
                     .sessions = sessions,
                     .org = request->scope.org,
                     .silent_only = silent_only,
                     .complete = true};
    report = points.report = start(&points, request, &scope);
    list_scope_deinit(&scope);
    for (size_t i = 0; i < sessions.count && r == 0; i++)
        r = add_session(&points, &sessions.rows[i]);
    if (r < 0)
        return error_trace(r);
    describe(&points);
    *ret_report = report;
    report = NULL;
    return 0;
}

int report_points(Store *store, const ReportRequest *request, Report **ret_report)
{
    return build(store, request, false, ret_report);
}

int report_silent(Store *store, const ReportRequest *request, Report **ret_report)
{
    return build(store, request, true, ret_report);
}
