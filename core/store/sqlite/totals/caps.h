#pragma once
// Caps (R27), applied when a year's minutes are read: what is stored is what was credited, and a site without
// caps pays nothing.
#include "core/store/sqlite/ledger/pairs.h"
#include "core/store/sqlite/queries/month_members.h"

/// By place in the range: minutes of the year that do not count, up to the end of `month`. NULL where the
/// rules cap nothing. The caller frees it.
int caps_month(Store *store, Month month, const MemberRange *range, int32_t **ret_capped);

// One member's year, session by session.
typedef struct CapYear CapYear;
/// NULL in `ret_caps` where the rules cap nothing. What sessions of the year before reach into this one is
/// taken already; `now` as for query_record().
int cap_year_new(Store *store, const MemberRow *member, int year, CapYear **ret_caps);
CapYear *cap_year_free(CapYear *caps); // takes NULL, returns NULL
CLEANUP_DEFINE(cap_year, CapYear, cap_year_free)
/// Minutes that sessions of the year before have in this year and that do not count.
int32_t cap_year_before(const CapYear *caps);
/// Minutes of the credit's share in the year that do not count. Sessions come by start, then code. 0 without
/// caps.
int32_t cap_year_take(CapYear *caps, const SessionRow *session, const Attendance *attendance);

/// The sessions that concern a member and start from `from` on, before `to`; by start, then code.
int record_sessions(Store *store, int64_t member, Time from, Time to, SessionList *ret_list);
