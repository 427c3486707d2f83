#pragma once
// The hours of the year member by member, and what that list says as the report of organisations does.
#include "reports/request.h"

/// The list of a subtree, up to the end of `month`; its rows are read while they are written (list_rows.h).
int hours_members(Store *store, const ReportRequest *request, Month month, Report **ret_report);

/// Title, heads and what stands under the title.
Report *hours_start(const ReportRequest *request, Month month, const OrgNode *top, const ReportColumn *table,
                    size_t count);
void hours_define(Report *report);
