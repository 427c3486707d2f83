#pragma once
// `report grading`: organisations of one level, ranked by one figure and put into the bands of a rule. Never
// persons.
#include "reports/request.h"

/// Options: `level`, `rule`. REPORT_E_FUTURE, REPORT_E_NO_ORGS, REPORT_E_UNKNOWN_ORG, REPORT_E_NO_LEVEL,
/// REPORT_E_NO_RULE.
int report_grading(Store *store, const ReportRequest *request, Report **ret_report);
