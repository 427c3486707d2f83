#pragma once
// What stands below a member's record for people: what the office corrected, with who and why, and what the
// member has objected to, with the answers.
#include "core/store/store.h"
#include "reports/report.h"

/// Of a member who is known. Within the caller's snapshot.
int record_notes_add(Store *store, const char *member, int year, Time now, Report *report);
