#pragma once
// Training hours of the year against the targets (R17, R22): by organisation, or member by member.
#include "reports/request.h"

/// Takes REPORT_TAKES_MONTH or REPORT_TAKES_YEAR, and the options "members" and "mask". REPORT_E_FUTURE,
/// REPORT_E_NEEDS_ORG ("members" without an org), and those of an unknown org.
ReportBuild report_hours;
