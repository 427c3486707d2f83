#pragma once
// What the office stated about the sessions of a month: who, when, why, and what it changed.
#include "reports/request.h"

/// Takes REPORT_TAKES_MONTH. REPORT_E_FUTURE, REPORT_E_NO_ORGS, REPORT_E_UNKNOWN_ORG.
ReportBuild report_corrections;
