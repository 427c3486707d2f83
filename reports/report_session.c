// The report of one session: the figures of a month that has this session only, with the points that are
// still silent by name, since on the day itself that is whom one rings up.
#include "reports/report_session.h"

#include <inttypes.h>
#include <stdlib.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/text.h"
#include "core/store/headcount.h"

#define SILENT_NAMED_MAX 20 // points named in a line; a list of thousands helps nobody

static void cleanup_sessions(SessionList *list)
{
    session_list_deinit(list);
}

static void cleanup_set(FiguresSet *set)
{
    figures_set_deinit(set);
}

static void cleanup_tree(OrgTree *tree)
{
    org_tree_deinit(tree);
}

/// Of the subtree of `org`, by code.
static int note_silent(Store *store, const SessionRow *session, const char *org, Report *report)
{
    CLEANUP(cleanup_tree) OrgTree tree = {0};
    CLEANUP(cleanup_free) SessionPoint *points = NULL;
    CLEANUP(cleanup_text) Text names = {0};
    size_t count, silent = 0;

    int r = org_tree_load(store, session->date, &tree);
    if (r < 0)
        return error_trace(r);
    r = query_session_points(store, session, &tree, &points, &count);
    if (r < 0)
        return error_trace(r);
    int32_t top = org_tree_find(&tree, org);
    for (size_t i = 0; i < count; i++) {
        int32_t host = org_tree_index(&tree, points[i].org);
        if (points[i].coverage != COVERAGE_SILENT || top < 0 || host < 0 ||
            !org_tree_within(&tree, host, top))
            continue;
        if (silent++ < SILENT_NAMED_MAX)
            text_appendf(&names, " %s", points[i].code);
    }
    if (silent > 0)
        report_note(report, REPORT_NOTE_COMPLETENESS, _("Silent points (%zu):%s%s"), silent,
                    text_cstr(&names), silent > SILENT_NAMED_MAX ? " …" : "");
    return 0;
}

typedef struct Counted {
    const OrgTree *tree;
    int32_t top;
    Text names;
    int64_t people, points;
} Counted;

static int add_headcount(void *user, const Headcount *headcount)
{
    Counted *counted = user;
    int32_t host = org_tree_index(counted->tree, headcount->org);

    if (counted->top < 0 || host < 0 || !org_tree_within(counted->tree, host, counted->top))
        return 0;
    counted->people += headcount->count;
    if (counted->points++ < SILENT_NAMED_MAX)
        text_appendf(&counted->names, " %s %" PRId64, headcount->point, headcount->count);
    return 0;
}

/// Bare headcounts of the subtree: beside the figures, in none of them.
static int note_headcounts(Store *store, const SessionRow *session, const char *org, Report *report)
{
    CLEANUP(cleanup_tree) OrgTree tree = {0};
    Counted counted = {.tree = &tree};

    int r = org_tree_load(store, session->date, &tree);
    if (r < 0)
        return error_trace(r);
    counted.top = org_tree_find(&tree, org);
    r = headcount_each(store, session->session, add_headcount, &counted);
    report_head_number(report, "headcounts", counted.points ? counted.people : REPORT_NULL);
    if (counted.points > 0)
        report_note(
            report, REPORT_NOTE_COMPLETENESS,
            _("Bare headcounts, which are in no figure above: %" PRId64 " people at %" PRId64 " points:%s%s"),
            counted.people, counted.points, text_cstr(&counted.names),
            counted.points > SILENT_NAMED_MAX ? " …" : "");
    text_deinit(&counted.names);
    return error_trace(r);
}

/// The code of the org that the session belongs to, or what was asked for.
static const char *scope_org(const FiguresSet *set, const SessionRow *session, const ReportScope *scope)
{
    if (scope->org)
        return scope->org;
    int32_t index = org_tree_index(&set->tree, session->org);
    return index < 0 ? NULL : set->tree.nodes[index].code;
}

static Report *make_report(const SessionRow *session, const FiguresSet *set, int32_t org, int depth)
{
    CLEANUP(cleanup_text) Text title = {0};
    char starts[CLOCK_TEXT_SIZE];

    time_format_short(session->rules.starts, starts);
    text_appendf(&title, _("Participation in session %s, %s (%s): %s"), session->code, session->title, starts,
                 set->tree.nodes[org].name);
    Report *report =
        report_new("session", text_cstr(&title), "rows", report_figures_columns, report_figures_column_count);
    report_head_text(report, "report", "session");
    report_head_text(report, "session", session->code);
    report_figures_fill(report, set, org, depth, false);
    return report;
}

int report_session(Store *store, const char *session, const ReportScope *scope, Report **ret_report)
{
    CLEANUP(cleanup_sessions) SessionList sessions = {0};
    CLEANUP(cleanup_set) FiguresSet set = {0};
    CLEANUP(cleanup_report) Report *report = NULL;
    int32_t org;

    int r = query_session(store, session, &sessions);
    if (r == QUERY_E_UNKNOWN)
        return REPORT_E_UNKNOWN_SESSION;
    if (r < 0)
        return error_trace(r);
    const SessionRow *row = &sessions.rows[0];
    if (row->rules.starts > scope->now)
        return REPORT_E_FUTURE;
    r = figures_build_session(store, &sessions, scope->now, &set);
    if (r < 0)
        return error_trace(r);
    r = report_figures_org(&set, scope_org(&set, row, scope), &org);
    if (r > 0)
        return r == REPORT_E_NO_ORGS ? REPORT_E_NO_ORGS : REPORT_E_UNKNOWN_ORG;

    report = make_report(row, &set, org, scope->depth);
    report->as_of = scope->now;
    r = note_silent(store, row, set.tree.nodes[org].code, report);
    if (r == 0)
        r = note_headcounts(store, row, set.tree.nodes[org].code, report);
    if (r < 0)
        return error_trace(r);
    *ret_report = report;
    report = NULL;
    return 0;
}
