#pragma once
// What differs between a closed month and the same month now, or between two of its revisions: which members,
// which points, and why.
#include "reports/report_figures.h"

/// Without a revision given: the pending changes. `scope->depth` and `scope->now` are not read; `scope->org`
/// leaves only what concerns its subtree, as stored with the latest (or given) revision. Outcomes
/// REPORT_E_NO_REVISION (also for a month that was never closed), REPORT_E_UNKNOWN_ORG. The caller holds a
/// transaction and frees the report.
int report_changes(Store *store, Month month, const ReportScope *scope, Report **ret_report);
