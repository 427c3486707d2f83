#pragma once
// Terminals: last seen, clock, missing numbers, revoked, in quarantine; by the organisations that host them.
#include "reports/request.h"

/// Takes REPORT_TAKES_NOTHING: as of now. REPORT_E_NO_ORGS, REPORT_E_UNKNOWN_ORG.
ReportBuild report_terminals;
