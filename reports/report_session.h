#pragma once
// The participation report of one session, by org.
#include "reports/report_figures.h"

/// Like report_month(); the org is the session's own unless another is asked for. Members, hours of the year
/// and targets are as of the last day of the session's month. Outcomes REPORT_E_UNKNOWN_SESSION,
/// REPORT_E_UNKNOWN_ORG, REPORT_E_NO_ORGS, REPORT_E_FUTURE.
int report_session(Store *store, const char *session, const ReportScope *scope, Report **ret_report);
