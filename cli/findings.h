#pragma once
// What `verify` and `recompute --diff` found, as a Report: a table for people, JSON for programs.
#include "core/store/verify.h"
#include "reports/report.h"

#define FINDINGS_LISTED_MAX 10000 // one broken total shows in many rows; all are counted, so many are listed

/// An empty report; `name` is "verify" or "recompute".
Report *findings_new(const char *name, const char *title);
/// Call back of verify_store() and recompute_diff(); `user` is the report.
void findings_add(void *user, const VerifyFinding *finding);
/// Ends the report with the summary; returns EX_OK or EXIT_DIFFERENCE.
int findings_finish(Report *report, const VerifySummary *summary);
