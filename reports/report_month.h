#pragma once
// The participation report of a month (参学情况), by org.
#include "reports/report_figures.h"

/// Live figures; of a closed month, or with a revision given, those stored. Outcomes REPORT_E_UNKNOWN_ORG,
/// REPORT_E_NO_ORGS, REPORT_E_FUTURE, REPORT_E_NO_REVISION. The caller holds a transaction if it
/// wants one moment of the store, and frees the report.
int report_month(Store *store, Month month, const ReportScope *scope, Report **ret_report);
