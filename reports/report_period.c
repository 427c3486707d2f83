// A quarter or a year. The columns are those of a month; what they are sums of is said under the title.
#include "reports/report_period.h"

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/text.h"

static void cleanup_set(FiguresSet *set)
{
    figures_set_deinit(set);
}

void report_period_note_months(Report *report, const PeriodMonth *months, size_t count)
{
    char month[CLOCK_TEXT_SIZE];

    for (size_t i = 0; i < count; i++) {
        if (!months[i].closed)
            continue;
        month_format(months[i].month, month);
        report_note(report, REPORT_NOTE_ABOUT, _("%s as it was closed, revision %d."), month,
                    months[i].revision);
    }
}

Report *report_period_make(const ReportRequest *request, const FiguresSet *set, int32_t org,
                           const PeriodMonth *months, size_t count)
{
    CLEANUP(cleanup_text) Text title = {0};
    const char *name = request->given == REPORT_TAKES_QUARTER ? "quarter" : "year";

    text_appendf(&title, _("Participation in %s: %s"), request->name, set->tree.nodes[org].name);
    Report *report =
        report_new(name, text_cstr(&title), "rows", report_figures_columns, report_figures_column_count);
    report->as_of = request->scope.now;
    report_head_text(report, "report", name);
    report_head_text(report, name, request->name);
    report_figures_fill(report, set, org, request->scope.depth,
                        request->scope.now < zone_day_start(month_last_day(request->last) + 1));
    report_period_note_months(report, months, count);
    return report;
}

int report_period(Store *store, const ReportRequest *request, Report **ret_report)
{
    CLEANUP(cleanup_set) FiguresSet set = {0};
    PeriodMonth months[PERIOD_MONTHS_MAX];
    size_t count;
    int32_t org;

    int r = figures_period(store, request->first, request->last, request->scope.now, &set, months, &count);
    if (r != 0)
        return r < 0 ? error_trace(r) : REPORT_E_FUTURE;
    r = report_figures_org(&set, request->scope.org, &org);
    if (r > 0)
        return r == REPORT_E_NO_ORGS ? REPORT_E_NO_ORGS : REPORT_E_UNKNOWN_ORG;
    *ret_report = report_period_make(request, &set, org, months, count);
    return 0;
}
