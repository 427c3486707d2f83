#pragma once
// Guests (R20) at both ends: who came from elsewhere, by the org that hosted them and the org at home.
#include "reports/request.h"

/// Of a session or a month. Without an org all guests of the site; with one those who came to points in its
/// subtree, those of its own members who were elsewhere, by name, and those who moved within it. Outcomes
/// REPORT_E_UNKNOWN_ORG, REPORT_E_NO_ORGS, REPORT_E_UNKNOWN_SESSION, REPORT_E_FUTURE.
ReportBuild report_guests;
