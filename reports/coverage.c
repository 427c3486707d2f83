// A point stands for the members who would come to it, wherever they came in the end: the tallies of home
// orgs are added to the org they belong to and to its own point. So the points of a subtree tell who is still
// to be heard of, and through whom.
#include "reports/coverage.h"

#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/base/i18n.h"

static void count_add(CoverageCount *sum, const CoverageCount *count)
{
    figures_add(&sum->figures, &count->figures);
    for (int i = 0; i < COVERAGE_KINDS; i++)
        sum->points[i] += count->points[i];
    sum->gaps += count->gaps;
    sum->events += count->events;
    sum->seen += count->seen;
    sum->terminals += count->terminals;
    if (count->last_event > sum->last_event)
        sum->last_event = count->last_event;
}

static int add_tally(void *user, int32_t org, const Tally *tally)
{
    CoverageSession *coverage = user;
    int32_t index = org_tree_index(&coverage->own.tree, org);

    if (index < 0)
        return 0;
    int32_t point = coverage->own.own[index];
    bool silent = point >= 0 && coverage->own.points[point].coverage == COVERAGE_SILENT;
    figures_add_tally(&coverage->orgs[index].figures, tally, silent);
    if (point >= 0)
        figures_add_tally(&coverage->points[point].figures, tally, silent);
    return 0;
}

static void add_points(CoverageSession *coverage)
{
    const OwnPoints *own = &coverage->own;

    for (size_t i = 0; i < own->point_count; i++) {
        CoverageCount *point = &coverage->points[i];
        const ListPoint *detail = &coverage->details[i];
        int32_t host = org_tree_index(&own->tree, own->points[i].org);

        point->points[own->points[i].coverage] = 1;
        point->figures.points_expected = 1;
        point->figures.points_covered = own->points[i].coverage != COVERAGE_SILENT;
        point->gaps = own->points[i].gap;
        point->events = detail->events;
        point->seen = detail->seen;
        point->terminals = detail->terminals;
        point->last_event = detail->last_event;
        if (host < 0)
            continue;
        CoverageCount hosted = *point;
        hosted.figures = (Figures){
            .points_expected = 1, .points_covered = point->figures.points_covered}; // members: at their homes
        count_add(&coverage->orgs[host], &hosted);
    }
}

int coverage_load(Store *store, const SessionRow *session, CoverageSession *ret_coverage)
{
    CoverageSession coverage = {0};

    int r = own_points_load(store, session, &coverage.own);
    if (r < 0)
        return error_trace(r);
    const OrgTree *tree = &coverage.own.tree;
    coverage.orgs = alloc_zero((tree->count + 1) * sizeof(*coverage.orgs));
    coverage.points = alloc_zero((coverage.own.point_count + 1) * sizeof(*coverage.points));
    for (size_t i = 0; i < tree->count; i++)
        coverage.orgs[i].last_event = TIME_NONE;
    r = lists_points(store, session, coverage.own.points, coverage.own.point_count, &coverage.details);
    if (r == 0)
        r = query_session_tallies(store, session, add_tally, &coverage);
    if (r < 0) {
        coverage_deinit(&coverage);
        return error_trace(r);
    }
    add_points(&coverage);
    for (size_t i = tree->count; i-- > 0;) {
        if (tree->nodes[i].parent >= 0)
            count_add(&coverage.orgs[tree->nodes[i].parent], &coverage.orgs[i]);
    }
    *ret_coverage = coverage;
    return 0;
}

void coverage_deinit(CoverageSession *coverage)
{
    coverage->details = list_points_free(coverage->details, coverage->own.point_count);
    own_points_deinit(&coverage->own);
    free(coverage->orgs);
    free(coverage->points);
    *coverage = (CoverageSession){0};
}

ReportWord coverage_cell(Coverage coverage)
{
    static const ReportWord words[COVERAGE_KINDS] = {
        [COVERAGE_SILENT] = {"silent", N_("silent")},
        [COVERAGE_REPORTED] = {"reported", N_("has reported")},
        [COVERAGE_CLOSED] = {"closed", N_("has closed")},
        [COVERAGE_NIL] = {"nil", N_("nobody came")},
    };

    return words[coverage];
}

ReportWord coverage_state(bool complete)
{
    ReportState state = complete ? REPORT_COMPLETE : REPORT_PROVISIONAL;

    return (ReportWord){report_state_word(state), report_state_title(state)};
}

void coverage_describe(Report *report, bool complete, size_t sessions)
{
    ReportWord state = coverage_state(complete);

    report_head_text(report, "state", sessions ? state.word : NULL);
    if (sessions)
        report_note(report, REPORT_NOTE_ABOUT, _("State: %s. Sessions: %zu."), _(state.title), sessions);
    else
        report_note(report, REPORT_NOTE_ABOUT, "%s", _("There is no session to report on."));
}

static int32_t host_slot(const OwnPoints *own, size_t point)
{
    return org_tree_index(&own->tree, own->points[point].org) + 1; // 0: the tree of the date does not know it
}

// Points come by code; a counting sort by host keeps that order within each.
int32_t *coverage_order(const CoverageSession *coverage)
{
    const OwnPoints *own = &coverage->own;
    size_t slots = own->tree.count + 1;
    int32_t *order = alloc_zero((own->point_count + 1) * sizeof(*order));
    CLEANUP(cleanup_free) int32_t *next = alloc_zero((slots + 1) * sizeof(*next));

    for (size_t i = 0; i < own->point_count; i++)
        next[host_slot(own, i) + 1]++;
    for (size_t i = 1; i < slots; i++)
        next[i] += next[i - 1];
    for (size_t i = 0; i < own->point_count; i++)
        order[next[host_slot(own, i)]++] = (int32_t)i;
    return order;
}
