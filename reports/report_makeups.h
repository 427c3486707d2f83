#pragma once
// Who still owes a make-up and until when, and for whom it is too late (R, table of statuses).
#include "reports/request.h"

/// Of a month or a session; without either, of every session that may still be made up. Outcomes
/// REPORT_E_UNKNOWN_ORG, REPORT_E_NO_ORGS, REPORT_E_UNKNOWN_SESSION, REPORT_E_FUTURE.
ReportBuild report_makeups;
