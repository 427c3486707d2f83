#pragma once
// What is planned: a list of sessions, and one session with its points and the invited.
#include "core/store/store.h"
#include "reports/report.h"

typedef struct SessionsFilter {
    const char *org;      // what concerns this org: sessions of it, of orgs above and below; NULL: all
    const char *activity; // NULL: all
    int kind;             // SessionKind, -1: all
    Date from, to;        // inclusive; `to` DATE_NONE: open
    Time now;
} SessionsFilter;
enum { SESSIONS_LIST_E_UNKNOWN_ORG = 1, SESSIONS_LIST_E_UNKNOWN_SESSION };

/// By start, then code. The caller frees the report and holds a transaction.
int report_sessions(Store *store, const SessionsFilter *filter, Report **ret_report);
/// One session: its heads, and a row for each listed point, in order, and for each of the invited.
int report_session_plan(Store *store, const char *code, Time now, Report **ret_report);
