#pragma once
// Coverage by organisation: of the points of each subtree how many have reported, and the rates with the
// bounds that follow from the silent ones; for a report, or live with the terminals that are on line.
#include "reports/request.h"

/// Of a session or a month; without either, of the latest day on which a session has begun. Outcomes
/// REPORT_E_UNKNOWN_ORG, REPORT_E_NO_ORGS, REPORT_E_UNKNOWN_SESSION, REPORT_E_FUTURE.
ReportBuild report_coverage;

// Who says which terminals are on line; the store does not know.
typedef struct LivePresence {
    int64_t online;
    Time last_seen; // TIME_NONE: not since the collector started
} LivePresence;
typedef struct LiveRequest {
    const char *session; // NULL: all of today, begun or open
    ReportScope scope;   // org, depth, now
    /// What is known of the terminals of a point. NULL: nobody is asked, the columns are unknown.
    LivePresence (*presence)(void *user, const char *point);
    void *user;
} LiveRequest;
/// The live day: organisations to the depth asked, and below each the points that it hosts. Outcomes as
/// above.
int report_live(Store *store, const LiveRequest *request, Report **ret_report);
