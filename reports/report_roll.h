#pragma once
// Paper rolls: one to be printed, or with what was keyed in; the list of them.
#include "core/store/roll.h"
#include "reports/request.h"

/// `filled`: with the marks that were entered; otherwise with boxes to write into. ROLL_E_UNKNOWN.
int report_roll(Store *store, int64_t number, bool filled, Report **ret_report);
/// The rolls of a session (its code; NULL: all), and whether they came back. REPORT_E_UNKNOWN_SESSION.
int report_roll_list(Store *store, const char *session, Time now, Report **ret_report);
/// The bare headcounts of a session, or REPORT_E_UNKNOWN_SESSION.
int report_headcounts(Store *store, const char *session, Report **ret_report);
