#pragma once
// A whole set of reports: the organisation and each county and township below it, every one its own file.
#include "cli/report_registry.h"
#include "core/store/store.h"

/// False after having said what is wrong with --format, --level or what does not go with --out-dir (64).
bool report_set_check(const ReportKind *kind, const Options *options);
/// Writes the set of a month, quarter or year or of a grading into --out-dir. 0 with the exit code in
/// `ret_code`, said why; or an outcome of the report (REPORT_E_..., negative errno of the store), before
/// anything was written.
int report_set_run(Store *store, const ReportKind *kind, const ReportRequest *request, int *ret_code);
