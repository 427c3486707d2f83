#pragma once
// A member's own record: what was attended, what it earned, what is still to be made up. About one member and
// nobody else; who may ask is the caller's business.
#include "core/base/text.h"
#include "core/store/store.h"
#include "reports/report.h"

enum {
    RECORD_E_UNKNOWN = 1, // no such member
    RECORD_E_FUTURE,      // the year has not begun
};

/// The record of `year` as it is known at `now`. The caller frees the report.
int record_report(Store *store, const char *member, int year, Time now, Report **ret_report);
/// The same as the one JSON document that `studyday record` prints, without a newline; appended to
/// `ret_text`.
int record_json(Store *store, const char *member, int year, Time now, Text *ret_text);
/// The year, in the site's zone, that holds `now`: what a record is about unless somebody asks for another.
int record_year(Time now);
