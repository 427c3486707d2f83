#pragma once
// What somebody asks a report for, as every builder gets it: the period or session, the scope, and the
// options that the report declares in its line of the registry (cli/report_registry.c).
#include "core/base/options.h"
#include "reports/report_figures.h"

// What may follow a report's name; a report takes one or several of them.
typedef enum ReportTakes {
    REPORT_TAKES_NOTHING = 1 << 0,
    REPORT_TAKES_MONTH = 1 << 1,   // YYYY-MM
    REPORT_TAKES_QUARTER = 1 << 2, // YYYY-Q1 to YYYY-Q4
    REPORT_TAKES_YEAR = 1 << 3,    // YYYY
    REPORT_TAKES_SESSION = 1 << 4, // a session's code
    REPORT_TAKES_MEMBER = 1 << 5,  // a member's code
} ReportTakes;

typedef struct ReportRequest {
    ReportTakes given;      // which of them it was
    const char *name;       // as written; NULL when nothing was
    Month first, last;      // of a month, quarter or year: its months, both included
    ReportScope scope;      // org, depth, revision where the report takes them; `now` always
    const Options *options; // the report's own: options_get(request->options, "changes")
} ReportRequest;

/// Makes a report. Outcomes are those of report_figures.h (REPORT_E_...). The caller holds a transaction, so
/// that all is of one moment, and frees the report.
typedef int ReportBuild(Store *store, const ReportRequest *request, Report **ret_report);
