#pragma once
// The twelve months up to a month, beside its rows.
#include "reports/figures_build.h"
#include "reports/report.h"

#define REPORT_TREND_MONTHS 12

// The figures of the months before one, to be shown for any number of orgs.
typedef struct Trend {
    Month first;
    FiguresSet sets[REPORT_TREND_MONTHS - 1]; // empty: nothing is to be known of the month
} Trend;
/// Of the months before `month`, whose figures are `set`.
int report_trend_load(Store *store, Month month, Time now, const FiguresSet *set, Trend *ret_trend);
void report_trend_deinit(Trend *trend);
/// Adds the rates of `set`'s org in those months and in its own. Months before the first of which anything is
/// known are left out.
void report_trend_append(const Trend *trend, const FiguresSet *set, int32_t org, Report *report);
