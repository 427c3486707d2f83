#pragma once
// What the month's and the session's report have in common: the columns of studyday(1), OUTPUT, the rows of
// an org and its children, completeness and definitions.
#include "reports/figures_build.h"
#include "reports/report.h"

#define REPORT_DEPTH_MAX 64 // the deepest tree has six levels; more is a slip of the finger

enum {
    REPORT_E_UNKNOWN_ORG = 1,
    REPORT_E_NO_ORGS, // nothing to report on: no roster yet
    REPORT_E_FUTURE,  // the month, or the session, has not begun (R18)
    REPORT_E_UNKNOWN_SESSION,
    REPORT_E_NO_REVISION, // the month has no such revision, or none at all
    REPORT_E_NO_LEVEL,    // no organisation of the level that was asked for
    REPORT_E_NO_RULE,     // no such grading
    REPORT_E_NOT_OVER,    // the month is not over, and the report is about full months
    REPORT_E_UNKNOWN_MEMBER,
    REPORT_E_YEAR,      // the option "year" is no year, or one that has not begun
    REPORT_E_NEEDS_ORG, // a list of persons that is for one organisation
};

typedef struct ReportScope {
    const char *org; // NULL: the top of a month, a session's own org
    int depth;       // levels below the org: 0 the org alone
    bool trend;      // of a month: with the months before it
    Time now;
    bool revision_given; // of a month: `revision`, whether or not it is the latest
    int revision;
} ReportScope;

extern const ReportColumn report_figures_columns[];
extern const size_t report_figures_column_count;

/// The org's index in `set`; NULL is the first top, by code. REPORT_E_NO_ORGS, REPORT_E_UNKNOWN_ORG.
int report_figures_org(const FiguresSet *set, const char *org, int32_t *ret_index);
/// Heads "org", "definitions", "revision", "closed", "state"; rows; notes. `open`: more sessions may come.
void report_figures_fill(Report *report, const FiguresSet *set, int32_t org, int depth, bool open);
