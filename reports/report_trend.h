#pragma once
// The twelve months up to a month, beside its rows.
#include "reports/figures_build.h"
#include "reports/report.h"

#define REPORT_TREND_MONTHS 12

/// Adds the rates of `set`'s org in the months before `month`, which `set` holds, and in it. Months before
/// the first of which anything is known are left out.
int report_trend_add(Store *store, Month month, Time now, const FiguresSet *set, int32_t org, Report *report);
