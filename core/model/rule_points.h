#pragma once
// The points scheme: off unless a site brings a rule that switches it on.
#include "core/model/attendance.h"
#include "core/model/rule.h"

/// Whether the scheme is on on that day.
bool points_enabled(const Rules *rules, Date date);
/// What a session of that day earns somebody with that (stored) status. 0 while the scheme is off.
int32_t points_earned(const Rules *rules, Date date, Status status);
/// Day from which any version holds, DATE_NONE where there is none.
Date points_begin(const Rules *rules);
