#pragma once
// Spot-checks: one of them with who was drawn and what was found, the list of them, and the figures by
// organisation of a month or of a session.
#include "core/store/spotcheck.h"
#include "reports/request.h"

/// Who was drawn, by point. `dry_run`: it is not stored, so its number says nothing. SPOTCHECK_E_UNKNOWN.
int report_spotcheck(Store *store, int64_t id, bool dry_run, Report **ret_report);
/// The spot-checks of a session (its code; NULL: all). REPORT_E_UNKNOWN_SESSION.
int report_spotcheck_list(Store *store, const char *session, Report **ret_report);

/// `report spotchecks`: drawn, checked, passed, not found. Takes a month or a session, org and depth.
ReportBuild report_spotchecks;
