#pragma once
// Which sessions a list is about: one, those of a month, or those that matter today. Only what has begun is
// listed (R18).
#include "reports/request.h"

/// The session or the month asked for, and the date whose tree of organisations the list stands on: the
/// session's, or the month's last day, but never one that lies ahead. REPORT_E_UNKNOWN_SESSION,
/// REPORT_E_FUTURE.
int list_sessions_asked(Store *store, const ReportRequest *request, SessionList *ret_list, Date *ret_date);
/// Those of the latest day on which one has begun, by `now`; within a year, else none.
int list_sessions_latest(Store *store, Time now, SessionList *ret_list);
/// Those that have begun in the year up to `now`.
int list_sessions_year(Store *store, Time now, SessionList *ret_list);
/// Head "session" or "month", as it was asked for, and "sessions" with their number.
void list_sessions_head(Report *report, const ReportRequest *request, const SessionList *list);
/// The words of the title: the session's code and title, the month, or "" where nothing was asked for.
void list_sessions_append(const ReportRequest *request, const SessionList *list, Text *text);

static inline void cleanup_sessions(SessionList *list)
{
    session_list_deinit(list);
}
