#pragma once
// Days of a series: "each Thursday", "the 5th and the 20th of each month", "the first and the third
// Thursday". Pure dates; which instant that is follows from the site's zone and is the caller's business.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/clock.h"

#define SERIES_DAYS_MAX 400                // sessions of a series: one a day for a year
#define SERIES_SPAN_MAX (10 * 366)         // days from the first possible day to the last
#define SERIES_ITEM_SIZE 16                // bytes of an item of a rule, such as "last-thu"
#define SERIES_MISSING_MAX SERIES_DAYS_MAX // remembered; with fewer days than that there are not more

typedef enum SeriesStep { SERIES_DAILY, SERIES_WEEKLY, SERIES_MONTHLY } SeriesStep;
// What becomes of a day on a Saturday or Sunday. Public holidays are not known here.
typedef enum SeriesWeekend {
    SERIES_WEEKEND_KEEP,
    SERIES_WEEKEND_SKIP,
    SERIES_WEEKEND_BEFORE, // to the Friday before
    SERIES_WEEKEND_AFTER,  // to the Monday after
    SERIES_WEEKEND_COUNT
} SeriesWeekend;
bool series_weekend_parse(const char *word, SeriesWeekend *ret_weekend);

typedef struct SeriesRule {
    SeriesStep step;
    uint8_t weekdays;    // weekly: bit 0 is Monday
    uint32_t month_days; // monthly: bits 1 to 31, bit 0 the last day
    uint8_t nth[7];      // monthly, by weekday: bits 1 to 5, bit 0 the last one
    SeriesWeekend weekend;
} SeriesRule;
/// "daily", "weekly:DAY,…" with mon to sun, "monthly:ITEM,…" with a number from 1 to 31, `last`, or
/// 1st|2nd|3rd|4th|5th|last-DAY. False if it is anything else.
bool series_parse(const char *text, SeriesRule *ret_rule);

typedef struct SeriesDay {
    Date date; // when it is
    Date rule; // when it would be but for the weekend
} SeriesDay;
// A day that the rule asks for in a month that has none, such as the 30th of February: left out.
typedef struct SeriesMissing {
    Month month;
    char item[SERIES_ITEM_SIZE];
} SeriesMissing;
typedef struct Series {
    SeriesDay days[SERIES_DAYS_MAX];
    size_t count;
    SeriesMissing missing[SERIES_MISSING_MAX];
    size_t missing_count;
} Series;

enum {
    SERIES_E_NONE = 1, // no day at all
    SERIES_E_MANY,     // more than SERIES_DAYS_MAX
    SERIES_E_SAME,     // a weekend moves the last two of `ret_series` onto one day
};
/// The days by `rule` from `from` on, until `until` (inclusive, DATE_NONE open) or until there are `times`
/// (0 open); one of the two must be given. A day belongs to the series when the rule's day lies in that time,
/// wherever a weekend moves it.
int series_expand(const SeriesRule *rule, Date from, Date until, size_t times, Series *ret_series);
/// 0 is Monday.
int series_weekday(Date date);
/// "mon" to "sun".
const char *series_weekday_word(Date date);
