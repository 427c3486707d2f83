#pragma once
// The home-delivery list (送学): who is to be visited, why, and when somebody was there last.
#include "reports/request.h"

/// As of today. Outcomes REPORT_E_UNKNOWN_ORG, REPORT_E_NO_ORGS.
ReportBuild report_home;
