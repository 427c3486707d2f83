#pragma once
// The counts of an org and the rates made from them (studyday-rules(7) R19 to R26). Counts add; rates are
// made last.
#include <stdint.h>

#include "core/model/attendance.h"

// What the attendance rows of one session and one home org add up to; every member is one row. Kept by the
// store as totals; differences of two such values are added when a row changes.
typedef struct Tally {
    int64_t expected;
    int64_t exempt;
    int64_t present, late, left_early; // of the expected
    int64_t home, makeup, leave;       // of the expected
    int64_t nothing;                   // of the expected: absent or unreported, by the own point's silence
    int64_t checked, passed, not_found;
    int64_t minutes; // credited to members of this home org, whatever their duty (R22)
} Tally;

#define TALLY_FIELD_COUNT (sizeof(Tally) / sizeof(int64_t)) // Tally is an array of int64_t in disguise

/// Adds what one attendance row counts for; `sign` is +1 or -1.
void tally_add_attendance(Tally *tally, Duty duty, const Attendance *attendance, int sign);
void tally_add(Tally *tally, const Tally *other);
bool tally_is_zero(const Tally *tally);

// A figure row of a report: one org (its whole subtree), one or many sessions.
typedef struct Figures {
    int64_t sessions;
    int64_t expected, exempt;
    int64_t present, late, left_early;
    int64_t makeup, home, leave, absent, unreported, guests;
    int64_t checked, passed, not_found;
    int64_t points_expected, points_covered;
    int64_t minutes, year_minutes, members, target_met;
} Figures;

#define FIGURES_FIELD_COUNT (sizeof(Figures) / sizeof(int64_t)) // and so is Figures

/// Adds a tally whose members' own point is silent or not (R11, R12).
void figures_add_tally(Figures *figures, const Tally *tally, bool own_point_silent);
void figures_add(Figures *figures, const Figures *other);
int64_t figures_on_site(const Figures *figures);

#define RATE_NULL (-1)
/// numerator / denominator in per mille, rounded half up; RATE_NULL when the denominator is 0.
int32_t rate_permille(int64_t numerator, int64_t denominator);
int32_t figures_centralised(const Figures *figures);      // 集中参学率
int32_t figures_centralised_low(const Figures *figures);  // the silent all absent
int32_t figures_centralised_high(const Figures *figures); // the silent left out
int32_t figures_overall(const Figures *figures);          // 综合参学率

/// R15: minutes as hours to one decimal, half up, in tenths: 95 -> 16.
int64_t hours_tenths(int64_t minutes);
