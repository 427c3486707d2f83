#pragma once
// Revisions of closed months (R24): who made them, when and why, how much they changed, and the rates as each
// of them has them.
#include "reports/request.h"

/// Takes REPORT_TAKES_NOTHING (all), REPORT_TAKES_MONTH or REPORT_TAKES_YEAR. An org that no revision knows
/// is REPORT_E_UNKNOWN_ORG; a period without a closed month is an empty list.
ReportBuild report_revisions;
