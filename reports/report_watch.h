#pragma once
// The watch list (R25): members whom nobody has seen for three months or more, for their branch to call on.
#include "reports/request.h"

/// At the end of the month asked for, which must be over; without one the month before this. Outcomes
/// REPORT_E_UNKNOWN_ORG, REPORT_E_NO_ORGS, REPORT_E_NOT_OVER.
ReportBuild report_watch;
