// A trend is made of the same figures that each month's own report prints: stored ones of closed months, live
// ones of the others. The report of a closed month must come out the same for ever, so it sees the other
// months as they stood when it was closed: by their latest revision of that time, and not at all if there was
// none.
#include "reports/report_trend.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/store/month.h"

enum { CENTRALISED, OVERALL, LINE_COUNT };
static const ReportColumn lines[LINE_COUNT] = {
    [CENTRALISED] = {"centralised_permille", N_("Centralised participation rate"), REPORT_PERMILLE,
                     REPORT_EVERYWHERE},
    [OVERALL] = {"overall_permille", N_("Overall participation rate"), REPORT_PERMILLE, REPORT_EVERYWHERE},
};

#define NO_REVISION (-1)

// The latest revision of each month, those after `until` left aside.
typedef struct Revisions {
    Month first;
    Time until; // TIME_NONE: all
    int latest[REPORT_TREND_MONTHS];
} Revisions;

static void cleanup_sessions(SessionList *list)
{
    session_list_deinit(list);
}

static int see_revision(void *user, const MonthRevision *revision)
{
    Revisions *revisions = user;
    int place = revision->month - revisions->first;
    bool counts =
        revisions->until == TIME_NONE ? revision->state == MONTH_CLOSED : revision->at <= revisions->until;

    if (place >= 0 && place < REPORT_TREND_MONTHS && counts && revision->revision > revisions->latest[place])
        revisions->latest[place] = revision->revision;
    return 0;
}

/// An empty set when nothing is to be known of the month.
static int take_month(Store *store, Month month, Time now, int revision, bool live, FiguresSet *ret_set)
{
    CLEANUP(cleanup_sessions) SessionList sessions = {0};

    if (revision != NO_REVISION) {
        int r = figures_load(store, month, revision, ret_set);
        return r < 0 ? error_trace(r) : 0;
    }
    if (!live)
        return 0;
    int r = query_sessions_month(store, month, &sessions);
    if (r < 0 || sessions.count == 0)
        return r < 0 ? error_trace(r) : 0;
    return error_trace(figures_build_rates(store, &sessions, month, now, ret_set));
}

static void add_point(ReportSeries *series, Month month, const FiguresSet *set, int32_t org)
{
    char label[CLOCK_TEXT_SIZE];
    int32_t centralised = org < 0 ? RATE_NULL : figures_centralised(&set->figures[org]);

    if (centralised == RATE_NULL && series->point_count == 0)
        return;
    month_format(month, label);
    int64_t *values = report_point(series, label);
    if (centralised == RATE_NULL)
        return;
    values[CENTRALISED] = centralised;
    values[OVERALL] = figures_overall(&set->figures[org]);
}

int report_trend_load(Store *store, Month month, Time now, const FiguresSet *set, Trend *ret_trend)
{
    Trend trend = {.first = month - (REPORT_TREND_MONTHS - 1)};
    Revisions revisions = {.first = trend.first, .until = set->closed ? set->closed_at : TIME_NONE};
    for (int i = 0; i < REPORT_TREND_MONTHS; i++)
        revisions.latest[i] = NO_REVISION;
    int r = month_each_revision(store, see_revision, &revisions);
    for (int i = 0; i < REPORT_TREND_MONTHS - 1 && r == 0; i++)
        r = take_month(store, trend.first + i, now, revisions.latest[i], !set->closed, &trend.sets[i]);
    if (r < 0) {
        report_trend_deinit(&trend);
        return error_trace(r);
    }
    *ret_trend = trend;
    return 0;
}

void report_trend_deinit(Trend *trend)
{
    for (int i = 0; i < REPORT_TREND_MONTHS - 1; i++)
        figures_set_deinit(&trend->sets[i]);
}

void report_trend_append(const Trend *trend, const FiguresSet *set, int32_t org, Report *report)
{
    ReportSeries *series = report_series(report, REPORT_SERIES_TREND, N_("Twelve months"), lines, LINE_COUNT);

    series->key = "trend";
    series->label = (ReportColumn){"month", N_("Month"), REPORT_TEXT, REPORT_EVERYWHERE};
    for (int i = 0; i < REPORT_TREND_MONTHS - 1; i++) {
        const FiguresSet *other = &trend->sets[i];
        int32_t place = other->tree.count > 0 ? org_tree_find(&other->tree, set->tree.nodes[org].code) : -1;
        add_point(series, trend->first + i, other, place);
    }
    add_point(series, trend->first + REPORT_TREND_MONTHS - 1, set, org);
}
