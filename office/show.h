#pragma once
// What an operation of the office shows as a report, in the forms that need no further library.
#include "office/operation.h"
#include "reports/report.h"

/// Renders into the reply's `out` by the option --format (text, csv, json or jsonl; default text). False
/// after having refused.
bool show_report(Office *office, const Report *report);
