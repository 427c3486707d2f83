#pragma once
// `report quarter` and `report year`: the figures of the month's report over several months.
#include "reports/figures_period.h"
#include "reports/request.h"

/// Of the quarter or year asked for. REPORT_E_FUTURE, REPORT_E_NO_ORGS, REPORT_E_UNKNOWN_ORG.
int report_period(Store *store, const ReportRequest *request, Report **ret_report);
/// Of one org of the figures that figures_period() gave, by its index.
Report *report_period_make(const ReportRequest *request, const FiguresSet *set, int32_t org,
                           const PeriodMonth *months, size_t count);
/// A note for each month that went in as it was closed.
void report_period_note_months(Report *report, const PeriodMonth *months, size_t count);
