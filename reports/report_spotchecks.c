// Spot-checks by organisation (R13, R26). `checked`, `passed` and `not_found` are the month's own figures,
// and so count every check, of a drawn member or not; `drawn` and `unchecked` come from the samples that
// stand. A member drawn twice for one session is one.
#include "reports/report_spotcheck.h"

#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/text.h"
#include "core/store/month.h"

enum { ORG, NAME, DRAWN, UNCHECKED, CHECKED, PASSED, PASS_RATE, NOT_FOUND, DISCREPANCY, COLUMN_COUNT };

static const ReportColumn columns[COLUMN_COUNT] = {
    [ORG] = {"org", N_("Code"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_TREE},
    [NAME] = {"name", N_("Organisation"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_CUT},
    [DRAWN] = {"drawn", N_("Drawn"), REPORT_COUNT, REPORT_EVERYWHERE},
    [UNCHECKED] = {"unchecked", N_("Not checked"), REPORT_COUNT, REPORT_EVERYWHERE},
    [CHECKED] = {"checked", N_("Checked"), REPORT_COUNT, REPORT_EVERYWHERE},
    [PASSED] = {"passed", N_("Passed"), REPORT_COUNT, REPORT_EVERYWHERE},
    [PASS_RATE] = {"pass_permille", N_("Pass rate"), REPORT_PERMILLE, REPORT_EVERYWHERE},
    [NOT_FOUND] = {"not_found", N_("Not found"), REPORT_COUNT, REPORT_EVERYWHERE},
    [DISCREPANCY] = {"discrepancy_permille", N_("Discrepancy rate"), REPORT_PERMILLE, REPORT_EVERYWHERE},
};

// A member drawn for a session.
typedef struct Drawn {
    int64_t session, member;
    int32_t org; // index in the tree, -1: not in it
    bool open;
} Drawn;

typedef struct Spotchecks {
    Store *store;
    const ReportRequest *request;
    SessionList sessions;
    FiguresSet set;
    Drawn *drawn;
    size_t count, capacity;
    int64_t session;         // of the spot-check being read
    int64_t *totals, *opens; // of the tree's nodes, each with its subtree
} Spotchecks;

static void spotchecks_deinit(Spotchecks *s)
{
    session_list_deinit(&s->sessions);
    figures_set_deinit(&s->set);
    free(s->drawn);
    free(s->totals);
    free(s->opens);
}

static int add_member(void *user, const SpotcheckMember *member)
{
    Spotchecks *s = user;
    const OrgTree *tree = &s->set.tree;

    if (s->count == s->capacity) {
        s->capacity = s->capacity ? 2 * s->capacity : 256;
        s->drawn = alloc_resize(s->drawn, s->capacity, sizeof(*s->drawn));
    }
    s->drawn[s->count++] = (Drawn){
        .session = s->session,
        .member = member->member,
        .org = tree->index_of ? org_tree_index(tree, member->home) : org_tree_find(tree, member->org),
        .open = member->result == SPOTCHECK_OPEN,
    };
    return 0;
}

static int add_spotcheck(void *user, const Spotcheck *spotcheck)
{
    Spotchecks *s = user;

    s->session = spotcheck->session_number;
    if (spotcheck->cancelled_at != TIME_NONE)
        return 0;
    return error_trace(spotcheck_each_member(s->store, spotcheck, add_member, s));
}

static int compare_drawn(const void *a, const void *b)
{
    const Drawn *x = a, *y = b;

    if (x->session != y->session)
        return x->session < y->session ? -1 : 1;
    return x->member < y->member ? -1 : x->member > y->member;
}

static int count_drawn(Spotchecks *s)
{
    const OrgTree *tree = &s->set.tree;
    int r = 0;

    s->totals = alloc_zero((tree->count + 1) * sizeof(*s->totals));
    s->opens = alloc_zero((tree->count + 1) * sizeof(*s->opens));
    for (size_t i = 0; i < s->sessions.count && r == 0; i++)
        if (s->sessions.rows[i].rules.starts <= s->request->scope.now)
            r = spotcheck_each(s->store, s->sessions.rows[i].session, add_spotcheck, s);
    if (r < 0)
        return error_trace(r);
    if (s->count)
        qsort(s->drawn, s->count, sizeof(*s->drawn), compare_drawn);
    for (size_t i = 0; i < s->count; i++) {
        if (i > 0 && compare_drawn(&s->drawn[i], &s->drawn[i - 1]) == 0)
            continue;
        for (int32_t org = s->drawn[i].org; org >= 0; org = tree->nodes[org].parent) {
            s->totals[org]++;
            s->opens[org] += s->drawn[i].open;
        }
    }
    return 0;
}

// As the month's report has them: stored ones of a closed month.
static int take_month(Spotchecks *s)
{
    const ReportRequest *request = s->request;
    MonthStanding standing;

    if (zone_day_start(month_first_day(request->first)) > request->scope.now)
        return REPORT_E_FUTURE;
    int r = month_standing(s->store, request->first, &standing);
    if (r == 0)
        r = query_sessions_month(s->store, request->first, &s->sessions);
    if (r < 0)
        return error_trace(r);
    if (standing.state != MONTH_CLOSED)
        return error_trace(
            figures_build(s->store, &s->sessions, request->first, request->scope.now, &s->set));
    r = figures_load(s->store, request->first, standing.revision, &s->set);
    return r > 0 ? error_origin(-EUCLEAN) : error_trace(r);
}

static int take_session(Spotchecks *s)
{
    const ReportRequest *request = s->request;
    int r = query_session(s->store, request->name, &s->sessions);

    if (r == QUERY_E_UNKNOWN)
        return REPORT_E_UNKNOWN_SESSION;
    if (r < 0)
        return error_trace(r);
    const SessionRow *session = &s->sessions.rows[0];
    if (session->rules.starts > request->scope.now)
        return REPORT_E_FUTURE;
    return error_trace(figures_build_session(s->store, &s->sessions, request->scope.now, &s->set));
}

static void fill_row(const Spotchecks *s, int32_t org, int depth, Report *report)
{
    const Figures *figures = &s->set.figures[org];
    int32_t pass = rate_permille(figures->passed, figures->checked);
    int32_t discrepancy = rate_permille(figures->not_found, figures->checked);
    ReportCell *cells = report_row(report, depth);

    cells[ORG] = report_text(s->set.tree.nodes[org].code);
    cells[NAME] = report_text(s->set.tree.nodes[org].name);
    cells[DRAWN] = report_number(s->totals[org]);
    cells[UNCHECKED] = report_number(s->opens[org]);
    cells[CHECKED] = report_number(figures->checked);
    cells[PASSED] = report_number(figures->passed);
    cells[NOT_FOUND] = report_number(figures->not_found);
    if (pass != RATE_NULL)
        cells[PASS_RATE] = report_number(pass);
    if (discrepancy != RATE_NULL)
        cells[DISCREPANCY] = report_number(discrepancy);
}

static Report *make_report(const Spotchecks *s, int32_t org)
{
    const ReportRequest *request = s->request;
    const OrgTree *tree = &s->set.tree;
    CLEANUP(cleanup_text) Text title = {0};

    text_appendf(&title, _("Spot-checks, %s: %s"), request->name, tree->nodes[org].name);
    Report *report = report_new("spotchecks", text_cstr(&title), "rows", columns, COLUMN_COUNT);
    report_head_text(report, "report", "spotchecks");
    report_head_text(report, request->given == REPORT_TAKES_SESSION ? "session" : "month", request->name);
    report_head_text(report, "org", tree->nodes[org].code);
    report_head_number(report, "definitions", REPORT_DEFINITIONS);
    for (int32_t i = org; i < tree->nodes[org].end; i++) {
        int depth = tree->nodes[i].depth - tree->nodes[org].depth;
        if (depth <= request->scope.depth)
            fill_row(s, i, depth, report);
    }
    report_note(
        report, REPORT_NOTE_DEFINITION, "%s",
        _("Pass rate: passed / checked; passed is found, with a score of at least the pass mark if there is "
          "one. "
          "Discrepancy rate: not found although recorded on site / checked. Drawn: members of the samples "
          "that stand, each once a session; checks of others count as well."));
    return report;
}

static int spotchecks_run(Spotchecks *s, Report **ret_report)
{
    int32_t org;
    int r = s->request->given == REPORT_TAKES_SESSION ? take_session(s) : take_month(s);

    if (r == REPORT_E_FUTURE || r == REPORT_E_UNKNOWN_SESSION)
        return r;
    if (r == 0)
        r = count_drawn(s);
    if (r < 0)
        return error_trace(r);
    r = report_figures_org(&s->set, s->request->scope.org, &org);
    if (r > 0)
        return r == REPORT_E_NO_ORGS ? REPORT_E_NO_ORGS : REPORT_E_UNKNOWN_ORG;
    *ret_report = make_report(s, org);
    return 0;
}

int report_spotchecks(Store *store, const ReportRequest *request, Report **ret_report)
{
    Spotchecks s = {.store = store, .request = request};
    int r = spotchecks_run(&s, ret_report);

    spotchecks_deinit(&s);
    return r;
}
