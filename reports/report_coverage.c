// A rate of a running day says little without what has not been heard of: each row has the share of points
// that are covered, and the rate between all the silent absent and all of them left out (R21). Organisations
// stand as a tree; in the live form their points stand under them.
#include "reports/report_coverage.h"

#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "reports/coverage.h"
#include "reports/list_sessions.h"

enum {
    SESSION,
    ORG,
    NAME,
    STATE,
    COVERED,
    POINTS,
    SILENT,
    REPORTED,
    CLOSED,
    NIL,
    GAPS,
    EXPECTED,
    ON_SITE,
    UNREPORTED,
    CENTRALISED,
    LOW,
    HIGH,
    PAST_COUNT,
    POINT = PAST_COUNT, // of the live form only, as all that follow
    SEEN,
    TERMINALS,
    ONLINE,
    LAST_EVENT,
    LAST_SEEN,
    COLUMN_COUNT
};

#define TREE (REPORT_EVERYWHERE | REPORT_TREE | REPORT_CUT)
#define ROOM (REPORT_EVERYWHERE | REPORT_IF_ROOM)

static const ReportColumn columns[COLUMN_COUNT] = {
    [SESSION] = {"session", N_("Session"), REPORT_TEXT, REPORT_EVERYWHERE},
    [ORG] = {"org", N_("Organisation"), REPORT_TEXT, REPORT_SPREAD},
    [NAME] = {"name", N_("Organisation or point"), REPORT_TEXT, TREE},
    [STATE] = {"state", N_("State"), REPORT_WORD, REPORT_EVERYWHERE},
    [COVERED] = {NULL, N_("Points covered"), REPORT_FRACTION, REPORT_IN_TEXT},
    [POINTS] = {"points", N_("Points"), REPORT_COUNT, REPORT_SPREAD},
    [SILENT] = {"silent", N_("Silent"), REPORT_COUNT, REPORT_EVERYWHERE},
    [REPORTED] = {"reported", N_("Reported"), REPORT_COUNT, ROOM},
    [CLOSED] = {"closed", N_("Closed"), REPORT_COUNT, ROOM},
    [NIL] = {"nil", N_("Nobody came"), REPORT_COUNT, ROOM},
    [GAPS] = {"gaps", N_("Gaps"), REPORT_COUNT, ROOM},
    [EXPECTED] = {"expected", N_("Expected"), REPORT_COUNT, REPORT_EVERYWHERE},
    [ON_SITE] = {"on_site", N_("Attended"), REPORT_COUNT, REPORT_EVERYWHERE},
    [UNREPORTED] = {"unreported", N_("Unreported"), REPORT_COUNT, ROOM},
    [CENTRALISED] = {"centralised_permille", N_("Centralised participation rate"), REPORT_PERMILLE,
                     REPORT_EVERYWHERE},
    [LOW] = {"centralised_low_permille", N_("At least"), REPORT_PERMILLE, ROOM},
    [HIGH] = {"centralised_high_permille", N_("At most"), REPORT_PERMILLE, ROOM},
    [POINT] = {"point", N_("Point"), REPORT_TEXT, REPORT_EVERYWHERE},
    [SEEN] = {"seen", N_("Seen"), REPORT_COUNT, REPORT_EVERYWHERE},
    [TERMINALS] = {"terminals", N_("Terminals"), REPORT_COUNT, ROOM},
    [ONLINE] = {"online", N_("On line"), REPORT_COUNT, ROOM},
    [LAST_EVENT] = {"last_event", N_("Last event"), REPORT_TIME, ROOM},
    [LAST_SEEN] = {"last_seen", N_("Terminal last seen"), REPORT_TIME, ROOM},
};
typedef struct Live {
    Store *store;
    const LiveRequest *request;
    Report *report;
    bool with_points, complete, org_known;
    size_t sessions;          // that concern the org
    CoverageSession coverage; // of `session`
    const SessionRow *session;
    int32_t *order;
    LivePresence *presence; // of coverage.points
} Live;

static void live_release(Live *live)
{
    coverage_deinit(&live->coverage);
    free(live->order);
    free(live->presence);
    live->order = NULL;
    live->presence = NULL;
}

static ReportCell rate_cell(int32_t permille)
{
    return report_number(permille == RATE_NULL ? REPORT_NULL : permille);
}

static ReportCell moment_cell(Time t)
{
    return report_number(t == TIME_NONE ? REPORT_NULL : t);
}

static void fill_counts(const CoverageCount *count, ReportCell *cells)
{
    cells[POINTS] = report_number(count->figures.points_expected);
    cells[COVERED].fraction =
        (ReportFraction){(int32_t)count->figures.points_covered, (int32_t)count->figures.points_expected};
    cells[SILENT] = report_number(count->points[COVERAGE_SILENT]);
    cells[REPORTED] = report_number(count->points[COVERAGE_REPORTED]);
    cells[CLOSED] = report_number(count->points[COVERAGE_CLOSED]);
    cells[NIL] = report_number(count->points[COVERAGE_NIL]);
    cells[GAPS] = report_number(count->gaps);
    cells[EXPECTED] = report_number(count->figures.expected);
    cells[ON_SITE] = report_number(figures_on_site(&count->figures));
    cells[UNREPORTED] = report_number(count->figures.unreported);
    cells[CENTRALISED] = rate_cell(figures_centralised(&count->figures));
    cells[LOW] = rate_cell(figures_centralised_low(&count->figures));
    cells[HIGH] = rate_cell(figures_centralised_high(&count->figures));
}

static void fill_live(const Live *live, const CoverageCount *count, LivePresence presence, ReportCell *cells)
{
    if (!live->with_points)
        return;
    cells[SEEN] = report_number(count->seen);
    cells[TERMINALS] = report_number(count->terminals);
    cells[LAST_EVENT] = moment_cell(count->last_event);
    if (!live->presence)
        return;
    cells[ONLINE] = report_number(presence.online);
    cells[LAST_SEEN] = moment_cell(presence.last_seen);
}

static LivePresence presence_of(const Live *live, int32_t org)
{
    const OwnPoints *own = &live->coverage.own;
    LivePresence sum = {.last_seen = TIME_NONE};

    for (size_t i = 0; live->presence && i < own->point_count; i++) {
        int32_t host = org_tree_index(&own->tree, own->points[i].org);
        if (host < 0 || !org_tree_within(&own->tree, host, org))
            continue;
        sum.online += live->presence[i].online;
        if (live->presence[i].last_seen > sum.last_seen)
            sum.last_seen = live->presence[i].last_seen;
    }
    return sum;
}

static void add_points(const Live *live, int32_t org, int depth)
{
    const OwnPoints *own = &live->coverage.own;

    for (size_t i = 0; i < own->point_count; i++) {
        int32_t index = live->order[i];
        const SessionPoint *point = &own->points[index];
        if (org_tree_index(&own->tree, point->org) != org)
            continue;
        ReportCell *cells = report_row(live->report, depth);
        cells[SESSION] = report_text(live->session->code);
        cells[ORG] = report_text(own->tree.nodes[org].code);
        cells[POINT] = report_text(point->code);
        cells[NAME] = report_text(live->coverage.details[index].name);
        cells[STATE].word = coverage_cell(point->coverage);
        fill_counts(&live->coverage.points[index], cells);
        fill_live(live, &live->coverage.points[index],
                  live->presence ? live->presence[index] : (LivePresence){0}, cells);
    }
}

static void add_org(const Live *live, int32_t org, int depth)
{
    const OrgNode *node = &live->coverage.own.tree.nodes[org];
    ReportCell *cells = report_row(live->report, depth);

    cells[SESSION] = report_text(live->session->code);
    cells[ORG] = report_text(node->code);
    cells[NAME] = report_text(node->name);
    cells[STATE].word = coverage_state(live->coverage.own.complete);
    fill_counts(&live->coverage.orgs[org], cells);
    fill_live(live, &live->coverage.orgs[org], presence_of(live, org), cells);
    if (live->with_points)
        add_points(live, org, depth + 1);
}

static void load_presence(Live *live)
{
    const OwnPoints *own = &live->coverage.own;

    if (!live->request->presence)
        return;
    live->presence = alloc_zero((own->point_count + 1) * sizeof(*live->presence));
    for (size_t i = 0; i < own->point_count; i++)
        live->presence[i] = live->request->presence(live->request->user, own->points[i].code);
}

/// Whether a session says anything about a subtree.
static bool session_concerns(const CoverageCount *count)
{
    return count->figures.expected || count->figures.exempt || count->figures.points_expected;
}

static int add_session(Live *live, const SessionRow *session)
{
    int r = coverage_load(live->store, session, &live->coverage);
    if (r < 0)
        return error_trace(r);
    const OrgTree *tree = &live->coverage.own.tree;
    const char *org = live->request->scope.org;
    int32_t top = org ? org_tree_find(tree, org) : org_tree_index(tree, session->org);
    live->org_known = live->org_known || top >= 0;
    if (top < 0 || !session_concerns(&live->coverage.orgs[top]))
        return 0;
    live->session = session;
    live->sessions++;
    live->order = coverage_order(&live->coverage);
    live->complete = live->complete && live->coverage.own.complete;
    load_presence(live);
    for (int32_t i = top; i < tree->nodes[top].end; i++) {
        int depth = tree->nodes[i].depth - tree->nodes[top].depth;
        if (depth <= live->request->scope.depth)
            add_org(live, i, depth);
    }
    return 0;
}

static void describe(Live *live)
{
    coverage_describe(live->report, live->complete, live->sessions);
    report_note(
        live->report, REPORT_NOTE_DEFINITION, "%s",
        _("Centralised participation rate: attended on site / expected. At least: the silent all absent; "
          "at most: the silent left out."));
    if (live->with_points)
        report_note(live->report, REPORT_NOTE_DEFINITION, "%s",
                    _("Of a point: the members whose own point it is. Seen: whom its terminals have named."));
}

/// REPORT_E_UNKNOWN_ORG when no session's tree has the org asked for.
static int fill(Live *live, const SessionList *sessions)
{
    int r = 0;

    live->complete = true;
    for (size_t i = 0; i < sessions->count && r == 0; i++) {
        r = add_session(live, &sessions->rows[i]);
        live_release(live);
    }
    if (r < 0)
        return error_trace(r);
    if (sessions->count && live->request->scope.org && !live->org_known)
        return REPORT_E_UNKNOWN_ORG;
    describe(live);
    return 0;
}

int report_coverage(Store *store, const ReportRequest *request, Report **ret_report)
{
    CLEANUP(cleanup_sessions) SessionList sessions = {0};
    CLEANUP(cleanup_report) Report *report = NULL;
    CLEANUP(cleanup_text) Text title = {0}, what = {0};
    LiveRequest asked = {.scope = request->scope};
    Date date;

    int r = request->given == REPORT_TAKES_NOTHING
                ? list_sessions_latest(store, request->scope.now, &sessions)
                : list_sessions_asked(store, request, &sessions, &date);
    if (r != 0)
        return r < 0 ? error_trace(r) : r; // outcomes of the list are those of the report
    list_sessions_append(request, &sessions, &what);
    text_append(&title, _("How far the points have reported"));
    if (what.size)
        text_appendf(&title, " (%s)", text_cstr(&what));
    report = report_new("coverage", text_cstr(&title), "rows", columns, PAST_COUNT);
    report_head_text(report, "report", "coverage");
    list_sessions_head(report, request, &sessions);
    report_head_number(report, "definitions", REPORT_DEFINITIONS);
    Live live = {.store = store, .request = &asked, .report = report};
    r = fill(&live, &sessions);
    if (r != 0)
        return r < 0 ? error_trace(r) : REPORT_E_UNKNOWN_ORG;
    *ret_report = report;
    report = NULL;
    return 0;
}

static int live_sessions(Store *store, const LiveRequest *request, SessionList *ret_sessions)
{
    Date today = zone_date(request->scope.now);

    if (!request->session)
        return error_trace(
            query_sessions_between(store, zone_day_start(today), zone_day_start(today + 1), ret_sessions));
    int r = query_session(store, request->session, ret_sessions);
    return r < 0 ? error_trace(r) : r == QUERY_E_UNKNOWN ? REPORT_E_UNKNOWN_SESSION : 0;
}

int report_live(Store *store, const LiveRequest *request, Report **ret_report)
{
    CLEANUP(cleanup_sessions) SessionList sessions = {0};
    CLEANUP(cleanup_report) Report *report = NULL;
    CLEANUP(cleanup_text) Text title = {0};
    char at[CLOCK_TEXT_SIZE];

    int r = live_sessions(store, request, &sessions);
    if (r != 0)
        return r < 0 ? error_trace(r) : REPORT_E_UNKNOWN_SESSION;
    time_format_short(request->scope.now, at);
    text_appendf(&title, _("Points at %s"), at);
    time_format_zone(request->scope.now - request->scope.now % TIME_SECOND, at);
    report = report_new("live", text_cstr(&title), "rows", columns, COLUMN_COUNT);
    report_head_text(report, "report", "live");
    report_head_text(report, "at", at);
    report_head_number(report, "sessions", (int64_t)sessions.count);
    report_head_number(report, "definitions", REPORT_DEFINITIONS);
    Live live = {.store = store, .request = request, .report = report, .with_points = true};
    r = fill(&live, &sessions);
    if (r != 0)
        return r < 0 ? error_trace(r) : REPORT_E_UNKNOWN_ORG;
    *ret_report = report;
    report = NULL;
    return 0;
}
