#pragma once
// The sessions that one plan stands for: itself, or one for each day of a series.
#include "core/model/series.h"
#include "office/session_plan.h"

typedef struct SessionOccurrence {
    char code[CODE_SIZE_MAX + 1];
    Time starts, ends;
    Date rule; // the day that the series asks for, unless the weekend moved it
} SessionOccurrence;

/// The sessions of the plan in a row of `ret_count`, which the caller frees. NULL after having refused:
/// what is made of a series is all right or not made at all.
SessionOccurrence *session_series(Office *office, const SessionPlan *plan, size_t *ret_count);
