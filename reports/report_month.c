// The month's report: every session of the month that has begun (R18). A month that has not begun is refused
// rather than printed as zeros, which would look like a month in which nobody came. A closed month, or an
// older revision, is printed from what was stored then, so that it comes out the same for ever (R24).
#include "reports/report_month.h"

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/text.h"
#include "core/store/month.h"
#include "reports/report_trend.h"

static void cleanup_sessions(SessionList *list)
{
    session_list_deinit(list);
}

static void cleanup_set(FiguresSet *set)
{
    figures_set_deinit(set);
}

static void cleanup_trend(Trend *trend)
{
    report_trend_deinit(trend);
}

/// The live figures, or the stored ones.
static int take_figures(Store *store, Month month, const ReportScope *scope, FiguresSet *ret_set)
{
    CLEANUP(cleanup_sessions) SessionList sessions = {0};
    MonthStanding standing;

    int r = month_standing(store, month, &standing);
    if (r < 0)
        return error_trace(r);
    if (scope->revision_given || standing.state == MONTH_CLOSED) {
        int revision = scope->revision_given ? scope->revision : standing.revision;
        r = figures_load(store, month, revision, ret_set);
        return r == FIGURES_E_NO_REVISION ? REPORT_E_NO_REVISION : error_trace(r);
    }
    r = query_sessions_month(store, month, &sessions);
    if (r < 0)
        return error_trace(r);
    return error_trace(figures_build(store, &sessions, month, scope->now, ret_set));
}

int report_month_load(Store *store, Month month, const ReportScope *scope, FiguresSet *ret_set)
{
    if (zone_day_start(month_first_day(month)) > scope->now)
        return REPORT_E_FUTURE;
    int r = take_figures(store, month, scope, ret_set);
    return r < 0 ? error_trace(r) : r > 0 ? REPORT_E_NO_REVISION : 0;
}

Report *report_month_make(Month month, const ReportScope *scope, const FiguresSet *set, int32_t org,
                          const Trend *trend)
{
    CLEANUP(cleanup_text) Text title = {0};
    char month_text[CLOCK_TEXT_SIZE];

    month_format(month, month_text);
    text_appendf(&title, _("Participation in %s: %s"), month_text, set->tree.nodes[org].name);
    Report *report =
        report_new("month", text_cstr(&title), "rows", report_figures_columns, report_figures_column_count);
    report_head_text(report, "report", "month");
    report_head_text(report, "month", month_text);
    report->as_of = scope->now;
    report_figures_fill(report, set, org, scope->depth,
                        scope->now < zone_day_start(month_last_day(month) + 1));
    if (!scope->org && org == 0 && (size_t)set->tree.nodes[org].end < set->tree.count)
        report_note(report, REPORT_NOTE_COMPLETENESS, "%s",
                    _("There are other top organisations, which are not in this report; --org shows them."));
    if (trend)
        report_trend_append(trend, set, org, report);
    return report;
}

int report_month(Store *store, Month month, const ReportScope *scope, Report **ret_report)
{
    CLEANUP(cleanup_set) FiguresSet set = {0};
    CLEANUP(cleanup_trend) Trend trend = {0};
    int32_t org;

    int r = report_month_load(store, month, scope, &set);
    if (r != 0)
        return r < 0 ? error_trace(r) : r; // outcomes are the same
    r = report_figures_org(&set, scope->org, &org);
    if (r > 0)
        return r == REPORT_E_NO_ORGS ? REPORT_E_NO_ORGS : REPORT_E_UNKNOWN_ORG;
    if (scope->trend)
        r = report_trend_load(store, month, scope->now, &set, &trend);
    if (r < 0)
        return error_trace(r);
    *ret_report = report_month_make(month, scope, &set, org, scope->trend ? &trend : NULL);
    return 0;
}
