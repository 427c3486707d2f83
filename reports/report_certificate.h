#pragma once
// A certificate of hours: one member, one year, one page to be stamped.
#include "reports/request.h"

/// `request->name` is the member, the option "year" the year (default: this one). REPORT_E_UNKNOWN_MEMBER,
/// REPORT_E_YEAR.
int report_certificate(Store *store, const ReportRequest *request, Report **ret_report);
