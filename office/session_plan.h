#pragma once
// What the options of `studyday session` say about a session, taken apart and checked for themselves.
#include "core/model/code.h"
#include "core/model/rule_worth.h"
#include "core/model/series.h"
#include "core/model/session.h"
#include "office/operation.h"

typedef struct SessionPlan {
    const char *code;
    const char *title, *org; // NULL: not said
    int kind;                // SessionKind, -1 not said
    Time starts, ends;       // TIME_NONE: not said
    Worth worth;             // what it is worth
    bool worth_said;
    Date makeup_until;    // DATE_NONE: not said
    int makeup_days;      // -1 not said
    const char *activity; // NULL: not said; "" none
    bool points_said, materials_said;
    Text materials; // separated by one blank
    char *storage;  // of the lists
    const char **points, **organisers, **invited;
    size_t point_count, organiser_count, invited_count;
    // a series
    bool is_series;
    SeriesRule rule;
    Date until;   // DATE_NONE: not said
    size_t times; // 0: not said
} SessionPlan;

/// Reads the options of `add` and `change`. False after having refused.
bool session_plan_take(Office *office, const char *code, SessionPlan *ret_plan);
void session_plan_deinit(SessionPlan *plan);
/// Whether anything was said that `change` may change.
bool session_plan_says(const SessionPlan *plan);
