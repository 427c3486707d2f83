// The figures of all orgs are made in one sweep for each session: what the store keeps by home org is put on
// the tree as it was on the session's date, rolled up from the leaves, and added to the tree of the month's
// last day by org, so that a branch that moved counts on each date where it stood (R18). Nothing is estimated
// or rounded here; rates are made from the sums, by whoever shows them.
//
// Guests (R20) do not roll up: a guest at a village's point may be at home in the township above it. Each
// pair of host and home counts at the host's ancestors up to the first that holds the home as well.
#include "reports/figures_build.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"

#define NOWHERE (-1)
#define NO_MEMBERS INT32_MIN

// One session on the tree of its date.
typedef struct Sweep {
    const OrgTree *tree;
    Figures *rows;   // of tree->nodes
    int64_t *guests; // of tree->nodes, not rolled up
    int32_t *own;    // of tree->nodes: index of the own point (R11), NOWHERE if there is none
    SessionPoint *points;
    size_t point_count;
} Sweep;

static void cleanup_sweep(Sweep *sweep)
{
    free(sweep->rows);
    free(sweep->guests);
    free(sweep->own);
    free(sweep->points);
}

static void cleanup_tree(OrgTree *tree)
{
    org_tree_deinit(tree);
}

static void roll_up(const OrgTree *tree, Figures *rows)
{
    for (size_t i = tree->count; i-- > 0;) {
        if (tree->nodes[i].parent >= 0)
            figures_add(&rows[tree->nodes[i].parent], &rows[i]);
    }
}

/// R11, R23. Points come by code, so the first one an org hosts is its own; orgs come after their parents.
static void place_points(Sweep *sweep, FiguresSession *session)
{
    const OrgTree *tree = sweep->tree;

    for (size_t i = 0; i < tree->count; i++)
        sweep->own[i] = NOWHERE;
    session->complete = true;
    for (size_t k = 0; k < sweep->point_count; k++) {
        const SessionPoint *point = &sweep->points[k];
        bool covered = point->coverage != COVERAGE_SILENT;
        bool closed = point->coverage == COVERAGE_CLOSED || point->coverage == COVERAGE_NIL;
        int32_t host = org_tree_index(tree, point->org);

        session->points++;
        session->covered += covered;
        session->gaps += point->gap;
        session->complete = session->complete && closed && !point->gap;
        if (host < 0)
            continue;
        sweep->rows[host].points_expected++;
        sweep->rows[host].points_covered += covered;
        if (sweep->own[host] == NOWHERE)
            sweep->own[host] = (int32_t)k;
    }
    for (size_t i = 0; i < tree->count; i++) {
        if (sweep->own[i] == NOWHERE && tree->nodes[i].parent >= 0)
            sweep->own[i] = sweep->own[tree->nodes[i].parent];
    }
}

static int place_tally(void *user, int32_t org, const Tally *tally)
{
    Sweep *sweep = user;
    int32_t i = org_tree_index(sweep->tree, org);

    if (i < 0)
        return 0;
    bool silent = sweep->own[i] != NOWHERE && sweep->points[sweep->own[i]].coverage == COVERAGE_SILENT;
    figures_add_tally(&sweep->rows[i], tally, silent);
    return 0;
}

static int place_guests(void *user, int32_t host_org, int32_t home_org, int64_t count)
{
    Sweep *sweep = user;
    int32_t home = org_tree_index(sweep->tree, home_org);

    for (int32_t i = org_tree_index(sweep->tree, host_org); i >= 0; i = sweep->tree->nodes[i].parent) {
        if (home >= 0 && org_tree_within(sweep->tree, home, i))
            break; // and so do all its ancestors
        sweep->guests[i] += count;
    }
    return 0;
}

static void add_sweep(FiguresSet *set, const Sweep *sweep, bool complete)
{
    for (size_t i = 0; i < sweep->tree->count; i++) {
        Figures *row = &sweep->rows[i];
        int32_t to = org_tree_index(&set->tree, sweep->tree->nodes[i].org);
        if (to < 0)
            continue;
        row->guests = sweep->guests[i];
        row->sessions = row->expected > 0;
        if (!complete && (row->expected > 0 || row->exempt > 0 || row->points_expected > 0))
            set->provisional[to]++;
        figures_add(&set->figures[to], row);
    }
}

static int sweep_session(Store *store, const SessionRow *row, const OrgTree *tree, FiguresSet *set)
{
    CLEANUP(cleanup_sweep) Sweep sweep = {.tree = tree};
    FiguresSession *session = &set->sessions[set->session_count];

    int r = query_session_points(store, row, tree, &sweep.points, &sweep.point_count);
    if (r < 0)
        return error_trace(r);
    sweep.rows = alloc_zero(tree->count * sizeof(*sweep.rows));
    sweep.guests = alloc_zero(tree->count * sizeof(*sweep.guests));
    sweep.own = alloc_zero(tree->count * sizeof(*sweep.own));

    *session = (FiguresSession){.title = alloc_string(row->title), .starts = row->rules.starts};
    memcpy(session->code, row->code, sizeof(session->code));
    set->session_count++;

    place_points(&sweep, session);
    r = query_session_tallies(store, row, place_tally, &sweep);
    if (r < 0)
        return error_trace(r);
    r = query_session_guests(store, row, place_guests, &sweep);
    if (r < 0)
        return error_trace(r);
    roll_up(tree, sweep.rows);
    add_sweep(set, &sweep, session->complete);
    return 0;
}

void figures_add_member(Figures *figures, const MemberMonth *member)
{
    figures->members++;
    figures->year_minutes += member->year_minutes;
    figures->target_met += member_met_target(member);
}

static int place_members(void *user, int32_t org, const MemberSum *sum)
{
    FiguresSet *set = user;
    int32_t i = org_tree_index(&set->tree, org);

    if (i < 0)
        return 0;
    set->figures[i].members += sum->members;
    set->figures[i].year_minutes += sum->year_minutes;
    set->figures[i].target_met += sum->target_met;
    return 0;
}

/// `tree` stays loaded from one session to the next, since two on one day see the same.
static int sweep_sessions(Store *store, const SessionList *sessions, Time now, FiguresSet *set)
{
    CLEANUP(cleanup_tree) OrgTree tree = {0};
    Date loaded = DATE_NONE;

    for (size_t i = 0; i < sessions->count; i++) {
        const SessionRow *row = &sessions->rows[i];
        if (row->rules.starts > now)
            continue;
        if (row->date != loaded) {
            org_tree_deinit(&tree);
            tree = (OrgTree){0};
            loaded = DATE_NONE;
            int r = org_tree_load(store, row->date, &tree);
            if (r < 0)
                return error_trace(r);
            loaded = row->date;
        }
        int r = sweep_session(store, row, &tree, set);
        if (r < 0)
            return error_trace(r);
    }
    return 0;
}

static void cleanup_set(FiguresSet *set)
{
    figures_set_deinit(set);
}

// The days whose orgs have a row; the month whose members are counted, NO_MEMBERS of none.
typedef struct Span {
    Date first, last;
    Month members;
} Span;

static int build(Store *store, const SessionList *sessions, const Span *span, Time now, FiguresSet *ret_set)
{
    CLEANUP(cleanup_set) FiguresSet set = {0};

    int r = org_tree_load_span(store, span->first, span->last, &set.tree);
    if (r < 0)
        return error_trace(r);
    set.figures = alloc_zero(set.tree.count * sizeof(*set.figures));
    set.provisional = alloc_zero(set.tree.count * sizeof(*set.provisional));
    set.sessions = alloc_zero(sessions->count * sizeof(*set.sessions));

    if (span->members != NO_MEMBERS)
        r = query_member_sums(store, span->members, place_members, &set);
    if (r < 0)
        return error_trace(r);
    roll_up(&set.tree, set.figures);
    r = sweep_sessions(store, sessions, now, &set);
    if (r < 0)
        return error_trace(r);

    *ret_set = set;
    set = (FiguresSet){0};
    return 0;
}

int figures_build(Store *store, const SessionList *sessions, Month month, Time now, FiguresSet *ret_set)
{
    Span span = {month_first_day(month), month_last_day(month), month};

    return error_trace(build(store, sessions, &span, now, ret_set));
}

int figures_build_rates(Store *store, const SessionList *sessions, Month month, Time now, FiguresSet *ret_set)
{
    Span span = {month_first_day(month), month_last_day(month), NO_MEMBERS};

    return error_trace(build(store, sessions, &span, now, ret_set));
}

int figures_build_session(Store *store, const SessionList *session, Time now, FiguresSet *ret_set)
{
    Date date = session->rows[0].date;
    Span span = {date, date, month_of_date(date)};

    return error_trace(build(store, session, &span, now, ret_set));
}

void figures_set_deinit(FiguresSet *set)
{
    for (size_t i = 0; i < set->session_count; i++)
        free(set->sessions[i].title);
    free(set->sessions);
    free(set->figures);
    free(set->provisional);
    org_tree_deinit(&set->tree);
    *set = (FiguresSet){0};
}
