#pragma once
// The figures of several months: sums over their sessions, each closed month as it was closed (R24).
#include "reports/figures_build.h"

#define PERIOD_MONTHS_MAX 12

// How one month of the period went in.
typedef struct PeriodMonth {
    Month month;
    bool closed;
    int revision; // of a closed one
} PeriodMonth;

/// Counts are added up; the tree, names, members, their year and targets are those of the latest month that
/// has begun. Months that have not begun are left out. `ret_months` has room for PERIOD_MONTHS_MAX.
/// FIGURES_E_FUTURE when none has begun.
enum { FIGURES_E_FUTURE = 2 };
int figures_period(Store *store, Month first, Month last, Time now, FiguresSet *ret_set,
                   PeriodMonth *ret_months, size_t *ret_count);
