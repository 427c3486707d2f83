// From a figure down. Each member at each session is counted by the same functions that count it in the
// totals (tally_add_attendance, figures_add_tally), alone: what comes out in the column that is asked about
// is what the member adds to the figure. So the list cannot add up to anything else, as long as the totals
// follow from the attendance rows, which `studyday verify` proves.
//
// A closed month prints what was stored; what is listed here is what is known now. Where the two differ both
// are told.
#include "reports/explain.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/month.h"
#include "reports/explain_column.h"
#include "reports/explain_events.h"

typedef struct Explain {
    Store *store;
    const ExplainScope *scope;
    const ExplainWriter *writer;
    const ExplainColumn *column; // NULL: whatever there is
    char org[65];
    MemberRow member; // with scope->member
    int64_t count, sum;

    // Of the session that is being gone through.
    const SessionRow *session;
    OrgTree tree;
    Date tree_date;
    int32_t top; // index of the org on that date, -1: it was not there
    SessionPoint *points;
    size_t point_count;
    const SessionPoint **own; // of tree.nodes: the own point (R11), NULL none
    int64_t expected;
} Explain;

static void cleanup_explain(Explain *e)
{
    member_row_deinit(&e->member);
    org_tree_deinit(&e->tree);
    free(e->points);
    free(e->own);
}

static void cleanup_sessions(SessionList *list)
{
    session_list_deinit(list);
}

static void cleanup_set(FiguresSet *set)
{
    figures_set_deinit(set);
}

static void cleanup_member(MemberRow *row)
{
    member_row_deinit(row);
}

static int explain_tell(Explain *e, const ExplainEntry *entry)
{
    e->count++;
    e->sum += entry->value;
    return e->writer->entry(e->writer->user, entry);
}

static const char *org_code(const OrgTree *tree, int32_t org)
{
    int32_t index = org_tree_index(tree, org);

    return index < 0 ? NULL : tree->nodes[index].code;
}

static bool within(const Explain *e, int32_t org)
{
    int32_t index = org_tree_index(&e->tree, org);

    return e->top >= 0 && index >= 0 && org_tree_within(&e->tree, index, e->top);
}

// R11: hosted by the org or its nearest ancestor that hosts one; of several, the first, since points come by
// code. Orgs come after their parents.
static void find_own(Explain *e)
{
    free(e->own);
    e->own = alloc_zero((e->tree.count + 1) * sizeof(*e->own));
    for (size_t k = 0; k < e->point_count; k++) {
        int32_t host = org_tree_index(&e->tree, e->points[k].org);
        if (host >= 0 && !e->own[host])
            e->own[host] = &e->points[k];
    }
    for (size_t i = 0; i < e->tree.count; i++)
        if (!e->own[i] && e->tree.nodes[i].parent >= 0)
            e->own[i] = e->own[e->tree.nodes[i].parent];
}

// What the row adds to the column; of no column 1 for a row that says anything.
static int64_t pair_value(const Explain *e, const PairView *pair, bool silent)
{
    const Attendance *attendance = pair->attendance;
    bool inside = within(e, pair->org);
    Tally tally = {0};
    Figures figures = {0};

    if (!e->column)
        return 1;
    if (e->column->kind == EXPLAIN_GUESTS)
        return attendance->on_site && pair->host && within(e, pair->host) && !inside;
    if (!inside)
        return 0;
    tally_add_attendance(&tally, pair->duty, attendance, +1);
    figures_add_tally(&figures, &tally, silent);
    figures.minutes = tally.minutes;
    return explain_column_value(e->column, &figures);
}

static int tell_pair(Explain *e, const PairView *pair, const SessionPoint *own, int64_t value)
{
    bool silent = own && own->coverage == COVERAGE_SILENT;
    CLEANUP(explain_events_deinit) ExplainEvents list = {0};
    CLEANUP(cleanup_member) MemberRow member = {0};
    Reason reasons[EXPLAIN_REASONS_MAX];
    int r = query_pair_member(e->store, pair, &member);

    if (r == 0)
        r = query_pair_events(e->store, pair, explain_events_take, &list);
    if (r < 0)
        return error_trace(r);
    explain_events_judge(&list, &e->session->rules);
    ExplainEntry entry = {.session = e->session,
                          .member = &member,
                          .point = pair->point,
                          .own_point = own ? own->code : NULL,
                          .org = org_code(&e->tree, pair->org),
                          .value = value,
                          .is_pair = true,
                          .duty = pair->duty,
                          .status = attendance_status_shown(pair->duty, pair->attendance->status, silent),
                          .attendance = pair->attendance,
                          .reasons = reasons,
                          .events = list.events,
                          .event_count = list.count};
    entry.reason_count =
        explain_attendance(&e->session->rules, pair->duty, silent, list.facts, list.count, reasons);
    return explain_tell(e, &entry);
}

static int take_pair(void *user, const PairView *pair)
{
    Explain *e = user;
    int32_t home = org_tree_index(&e->tree, pair->org);
    const SessionPoint *own = home >= 0 ? e->own[home] : NULL;
    int64_t value = pair_value(e, pair, own && own->coverage == COVERAGE_SILENT);

    return value ? tell_pair(e, pair, own, value) : 0;
}

static int explain_points(Explain *e)
{
    int r = 0;

    for (size_t i = 0; i < e->point_count && r == 0; i++) {
        const SessionPoint *point = &e->points[i];
        Figures figures = {.points_expected = 1, .points_covered = point->coverage != COVERAGE_SILENT};
        ExplainEntry entry = {.session = e->session,
                              .point = point->code,
                              .org = org_code(&e->tree, point->org),
                              .value = explain_column_value(e->column, &figures),
                              .is_point = true,
                              .coverage = point->coverage,
                              .gap = point->gap};
        if (within(e, point->org) && entry.value)
            r = explain_tell(e, &entry);
    }
    return r;
}

static int count_expected(void *user, int32_t org, const Tally *tally)
{
    Explain *e = user;

    if (within(e, org))
        e->expected += tally->expected;
    return 0;
}

static int explain_one_session(Explain *e)
{
    ExplainEntry entry = {.session = e->session, .value = 1};

    e->expected = 0;
    int r = query_session_tallies(e->store, e->session, count_expected, e);
    return r == 0 && e->expected > 0 ? explain_tell(e, &entry) : error_trace(r);
}

static int load_session(Explain *e, const SessionRow *session)
{
    e->session = session;
    if (e->tree_date != session->date) {
        org_tree_deinit(&e->tree);
        e->tree = (OrgTree){0};
        e->tree_date = DATE_NONE;
        int r = org_tree_load(e->store, session->date, &e->tree);
        if (r < 0)
            return error_trace(r);
        e->tree_date = session->date;
    }
    e->top = org_tree_find(&e->tree, e->org);
    free(e->points);
    e->points = NULL;
    e->point_count = 0;
    int r = query_session_points(e->store, session, &e->tree, &e->points, &e->point_count);
    if (r == 0)
        find_own(e);
    return error_trace(r);
}

static int explain_session(Explain *e, const SessionRow *session)
{
    int r = load_session(e, session);

    if (r < 0)
        return error_trace(r);
    if (e->column && (e->column->kind == EXPLAIN_POINTS || e->column->kind == EXPLAIN_POINTS_COVERED))
        return explain_points(e);
    if (e->column && e->column->kind == EXPLAIN_SESSIONS)
        return explain_one_session(e);
    return e->scope->member ? query_pair(e->store, session, &e->member, take_pair, e)
                            : query_pairs(e->store, session, take_pair, e);
}

static int take_member(void *user, const MemberMonth *month)
{
    Explain *e = user;
    PairView view = {.member = month->member};
    CLEANUP(cleanup_member) MemberRow member = {0};
    Figures figures = {0};

    if (!within(e, month->org) || (e->scope->member && month->member != e->member.member))
        return 0;
    figures_add_member(&figures, month);
    ExplainEntry entry = {.member = &member,
                          .org = org_code(&e->tree, month->org),
                          .value = explain_column_value(e->column, &figures),
                          .year_minutes = month->year_minutes,
                          .class_taken = month->class_taken};
    if (!entry.value)
        return 0;
    int r = query_pair_member(e->store, &view, &member);
    return r < 0 ? error_trace(r) : explain_tell(e, &entry);
}

// Members, their year and their targets are those of the month's last day (R22); orgs those of the report.
static int explain_members(Explain *e, const SessionList *sessions, Month month)
{
    Date first = e->scope->session ? sessions->rows[0].date : month_first_day(month);
    Date last = e->scope->session ? first : month_last_day(month);

    org_tree_deinit(&e->tree);
    e->tree = (OrgTree){0};
    e->tree_date = DATE_NONE;
    int r = org_tree_load_span(e->store, first, last, &e->tree);
    if (r < 0)
        return error_trace(r);
    e->tree_date = DATE_NONE; // not the tree of a session
    e->top = org_tree_find(&e->tree, e->org);
    return query_members_month(e->store, month, take_member, e);
}

static int explain_entries(Explain *e, const SessionList *sessions, Month month)
{
    int r = 0;

    if (e->column && e->column->kind == EXPLAIN_RATE)
        return 0;
    if (e->column && e->column->kind == EXPLAIN_MEMBERS)
        return explain_members(e, sessions, month);
    for (size_t i = 0; i < sessions->count && r == 0; i++)
        if (sessions->rows[i].rules.starts <= e->scope->now)
            r = explain_session(e, &sessions->rows[i]);
    return r;
}

static void set_rate(const ExplainColumn *column, const Figures *figures, ExplainHead *head)
{
    head->is_rate = true;
    head->parts = column->parts;
    head->whole = column->whole;
    explain_column_rate(column, figures, &head->part_sum, &head->whole_sum);
}

// The figure as the report of a closed month prints it.
static int closed_figure(const Explain *e, Month month, ExplainHead *head)
{
    CLEANUP(cleanup_set) FiguresSet stored = {0};
    MonthStanding standing;
    int r = month_standing(e->store, month, &standing);

    if (r < 0 || standing.state != MONTH_CLOSED)
        return error_trace(r);
    r = figures_load(e->store, month, standing.revision, &stored);
    if (r != 0)
        return error_trace(r);
    int32_t org = org_tree_find(&stored.tree, e->org);
    head->closed = true;
    head->revision = standing.revision;
    head->figure = org < 0 ? 0 : explain_column_value(e->column, &stored.figures[org]);
    if (org >= 0 && head->is_rate)
        set_rate(e->column, &stored.figures[org], head);
    return 0;
}

static int tell_head(Explain *e, const FiguresSet *set, int32_t org, Month month)
{
    ExplainHead head = {.org = set->tree.nodes[org].code,
                        .org_name = set->tree.nodes[org].name,
                        .column = e->column ? e->column->name : NULL,
                        .session = e->scope->session,
                        .month = month,
                        .figure = REPORT_NULL,
                        .live = REPORT_NULL};
    int r = 0;

    if (e->column) {
        head.figure = head.live = explain_column_value(e->column, &set->figures[org]);
        if (e->column->kind == EXPLAIN_RATE)
            set_rate(e->column, &set->figures[org], &head);
        if (!e->scope->session)
            r = closed_figure(e, month, &head);
    }
    return r < 0 ? error_trace(r) : e->writer->head(e->writer->user, &head);
}

// The org that is asked about: of a session its own, unless another is named.
static int find_org(Explain *e, const SessionList *sessions, const FiguresSet *set, int32_t *ret_org)
{
    const char *org = e->scope->org;

    if (!org && e->scope->session) {
        int32_t index = org_tree_index(&set->tree, sessions->rows[0].org);
        org = index < 0 ? NULL : set->tree.nodes[index].code;
    }
    int r = report_figures_org(set, org, ret_org);
    if (r == 0)
        memcpy(e->org, set->tree.nodes[*ret_org].code, sizeof(e->org));
    return r;
}

static int find_sessions(Explain *e, SessionList *sessions, Month *ret_month)
{
    *ret_month = e->scope->month;
    if (!e->scope->session) {
        if (zone_day_start(month_first_day(e->scope->month)) > e->scope->now)
            return REPORT_E_FUTURE;
        return error_trace(query_sessions_month(e->store, e->scope->month, sessions));
    }
    int r = query_session(e->store, e->scope->session, sessions);
    if (r != 0)
        return r < 0 ? error_trace(r) : REPORT_E_UNKNOWN_SESSION;
    *ret_month = month_of_date(sessions->rows[0].date);
    return sessions->rows[0].rules.starts > e->scope->now ? REPORT_E_FUTURE : 0;
}

int explain_figure(Store *store, const ExplainScope *scope, const ExplainWriter *writer)
{
    CLEANUP(cleanup_explain)
    Explain e = {.store = store, .scope = scope, .writer = writer, .tree_date = DATE_NONE};
    CLEANUP(cleanup_sessions) SessionList sessions = {0};
    CLEANUP(cleanup_set) FiguresSet set = {0};
    Month month;
    int32_t org;

    if (scope->column || !scope->member) {
        e.column = explain_column_find(scope->column ? scope->column : "expected");
        if (!e.column)
            return EXPLAIN_E_UNKNOWN_COLUMN;
    }
    int r = find_sessions(&e, &sessions, &month);
    if (r == 0 && scope->member) {
        r = query_member(store, scope->member, month_last_day(month), &e.member);
        if (r == QUERY_E_UNKNOWN)
            return EXPLAIN_E_UNKNOWN_MEMBER;
    }
    if (r == 0)
        r = scope->session ? figures_build_session(store, &sessions, scope->now, &set)
                           : figures_build(store, &sessions, month, scope->now, &set);
    if (r == 0)
        r = find_org(&e, &sessions, &set, &org);
    if (r == 0)
        r = tell_head(&e, &set, org, month);
    if (r == 0)
        r = explain_entries(&e, &sessions, month);
    return r == 0 ? writer->tail(writer->user, e.count, e.sum) : r;
}
