#pragma once
// The watch list (studyday-rules(7) R25): for how many months a member has taken part in nothing and given no
// reason. Pure: who attended what is the caller's to say, month by month, the latest first.
#include "core/base/clock.h"
#include "core/model/attendance.h"

#define WATCH_MONTHS_LISTED 3 // R25
#define WATCH_MONTHS_BACK \
    12 // how far back is looked: after six the branch has had to act, a year says enough

// What one month was for one member.
typedef enum WatchMonth {
    WATCH_NO_DUTY, // expected at nothing (no session, exempt, no home): says nothing about the member
    WATCH_MISSED,  // expected, and nothing is known of the member
    WATCH_MET,     // took part (status 1 to 5), or was on leave
} WatchMonth;

/// What the month is with one more session of it, by the duty and the stored status; any order.
WatchMonth watch_month_add(WatchMonth month, Duty duty, Status status);

// The months without participation, back from the latest.
typedef struct WatchRun {
    uint8_t missed; // months
    bool ended;     // a month with participation was reached: earlier ones change nothing
    Month since;    // the first of the missed months, where there is one
} WatchRun;

/// Adds the month before the one added last.
void watch_run_add(WatchRun *run, Month month, WatchMonth what);
bool watch_run_is_listed(const WatchRun *run);
