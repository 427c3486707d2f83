#pragma once
// The participation report of a month (参学情况), by org.
#include "reports/report_figures.h"
#include "reports/report_trend.h"

/// Live figures; of a closed month, or with a revision given, those stored. Outcomes REPORT_E_UNKNOWN_ORG,
/// REPORT_E_NO_ORGS, REPORT_E_FUTURE, REPORT_E_NO_REVISION. The caller holds a transaction if it
/// wants one moment of the store, and frees the report.
int report_month(Store *store, Month month, const ReportScope *scope, Report **ret_report);

/// Its two halves, for who wants it of many orgs: the figures of all of them, and the report of one, by its
/// index in `set`; `trend` may be NULL.
int report_month_load(Store *store, Month month, const ReportScope *scope, FiguresSet *ret_set);
Report *report_month_make(Month month, const ReportScope *scope, const FiguresSet *set, int32_t org,
                          const Trend *trend);
