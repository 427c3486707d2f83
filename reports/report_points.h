#pragma once
// The points of sessions one by one: which have reported, closed, returned nil, are silent.
#include "reports/request.h"

/// Of a session or a month; without either, of the latest day on which a session has begun. Outcomes
/// REPORT_E_UNKNOWN_ORG, REPORT_E_NO_ORGS, REPORT_E_UNKNOWN_SESSION, REPORT_E_FUTURE.
ReportBuild report_points;
/// The same, of the silent ones only.
ReportBuild report_silent;
