// A series is found by asking each day of its time whether the rule wants it: ten years are 3,660 questions,
// and no arithmetic of months can go wrong. What a rule wants and a month does not have (the 30th of
// February, a fifth Thursday) is left out and told, never moved by itself to a day that nobody named.
#include "core/model/series.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WEEK 7
#define NTH_MAX 5 // a weekday comes at most five times in a month
#define NTH_LAST 0
#define SATURDAY 5

static const char *const weekdays[WEEK] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
static const char *const nths[NTH_MAX + 1] = {"last", "1st", "2nd", "3rd", "4th", "5th"};
static const char *const weekends[SERIES_WEEKEND_COUNT] = {"keep", "skip", "before", "after"};

// The first of January 1970 was a Thursday.
int series_weekday(Date date)
{
    int day = (int)((date + 3) % WEEK);

    return day < 0 ? day + WEEK : day;
}

const char *series_weekday_word(Date date)
{
    return weekdays[series_weekday(date)];
}

static int find_word(const char *const *words, int count, const char *text, size_t size)
{
    for (int i = 0; i < count; i++)
        if (strlen(words[i]) == size && memcmp(words[i], text, size) == 0)
            return i;
    return -1;
}

bool series_weekend_parse(const char *word, SeriesWeekend *ret_weekend)
{
    int found = find_word(weekends, SERIES_WEEKEND_COUNT, word, strlen(word));

    if (found >= 0)
        *ret_weekend = (SeriesWeekend)found;
    return found >= 0;
}

static bool parse_weekday(const char *item, size_t size, SeriesRule *rule)
{
    int day = find_word(weekdays, WEEK, item, size);

    if (day >= 0)
        rule->weekdays |= (uint8_t)(1u << day);
    return day >= 0;
}

static bool parse_month_day(const char *item, size_t size, SeriesRule *rule)
{
    const char *dash = memchr(item, '-', size);
    unsigned day = 0;

    if (dash) {
        int nth = find_word(nths, NTH_MAX + 1, item, (size_t)(dash - item));
        int weekday = find_word(weekdays, WEEK, dash + 1, size - (size_t)(dash - item) - 1);
        if (nth < 0 || weekday < 0)
            return false;
        rule->nth[weekday] |= (uint8_t)(1u << nth);
        return true;
    }
    if (size == strlen(nths[NTH_LAST]) && memcmp(item, nths[NTH_LAST], size) == 0) {
        rule->month_days |= 1;
        return true;
    }
    for (size_t i = 0; i < size; i++) {
        if (item[i] < '0' || item[i] > '9' || day > 31)
            return false;
        day = 10 * day + (unsigned)(item[i] - '0');
    }
    if (day < 1 || day > 31 || item[0] == '0')
        return false;
    rule->month_days |= UINT32_C(1) << day;
    return true;
}

static bool parse_items(const char *items, bool (*parse)(const char *item, size_t size, SeriesRule *rule),
                        SeriesRule *rule)
{
    for (;;) {
        size_t size = strcspn(items, ",");
        if (size == 0 || !parse(items, size, rule))
            return false;
        if (!items[size])
            return true;
        items += size + 1;
    }
}

bool series_parse(const char *text, SeriesRule *ret_rule)
{
    SeriesRule rule = {.step = SERIES_DAILY};
    bool fine = strcmp(text, "daily") == 0;

    if (strncmp(text, "weekly:", strlen("weekly:")) == 0) {
        rule.step = SERIES_WEEKLY;
        fine = parse_items(text + strlen("weekly:"), parse_weekday, &rule);
    } else if (strncmp(text, "monthly:", strlen("monthly:")) == 0) {
        rule.step = SERIES_MONTHLY;
        fine = parse_items(text + strlen("monthly:"), parse_month_day, &rule);
    }
    if (fine)
        *ret_rule = rule;
    return fine;
}

static bool rule_wants(const SeriesRule *rule, Date date)
{
    int year, month, day, weekday = series_weekday(date);
    Date last = month_last_day(month_of_date(date));

    if (rule->step == SERIES_DAILY)
        return true;
    if (rule->step == SERIES_WEEKLY)
        return rule->weekdays & (1u << weekday);
    date_to_civil(date, &year, &month, &day);
    unsigned nth = 1u << ((day - 1) / WEEK + 1);
    return (rule->month_days & UINT32_C(1) << day) || ((rule->month_days & 1) && date == last) ||
           (rule->nth[weekday] & nth) || ((rule->nth[weekday] & 1u) && date + WEEK > last);
}

// Where the weekend puts the day; DATE_NONE: nowhere.
static Date rule_moved(const SeriesRule *rule, Date date)
{
    int beyond = series_weekday(date) - SATURDAY; // 0 on a Saturday, 1 on a Sunday

    if (beyond < 0 || rule->weekend == SERIES_WEEKEND_KEEP)
        return date;
    if (rule->weekend == SERIES_WEEKEND_SKIP)
        return DATE_NONE;
    return rule->weekend == SERIES_WEEKEND_BEFORE ? date - 1 - beyond : date + 2 - beyond;
}

static void note_missing(Series *series, Month month, const char *nth, const char *day)
{
    if (series->missing_count == SERIES_MISSING_MAX)
        return;
    SeriesMissing *missing = &series->missing[series->missing_count++];
    missing->month = month;
    snprintf(missing->item, sizeof(missing->item), "%s%s", nth, day);
}

// What the rule asks of a month that the month does not have.
static void month_missing(const SeriesRule *rule, Month month, Series *series)
{
    Date first = month_first_day(month), last = month_last_day(month);
    int length = (int)(last - first) + 1;

    for (int day = length + 1; day <= 31; day++) {
        char number[SERIES_ITEM_SIZE];
        snprintf(number, sizeof(number), "%d", day);
        if (rule->month_days & UINT32_C(1) << day)
            note_missing(series, month, number, "");
    }
    for (int weekday = 0; weekday < WEEK; weekday++) {
        int times = (length - (weekday - series_weekday(first) + WEEK) % WEEK - 1) / WEEK + 1;
        if (times < NTH_MAX && rule->nth[weekday] & 1u << NTH_MAX) {
            char day[8];
            snprintf(day, sizeof(day), "-%s", weekdays[weekday]);
            note_missing(series, month, nths[NTH_MAX], day);
        }
    }
}

// Months that lie in the series as a whole, from `from` on, are asked what they lack.
static void series_missing(const SeriesRule *rule, Date from, Date end, Series *series)
{
    if (rule->step != SERIES_MONTHLY)
        return;
    for (Month month = month_of_date(from); month_last_day(month) <= end; month++)
        month_missing(rule, month, series);
}

int series_expand(const SeriesRule *rule, Date from, Date until, size_t times, Series *ret_series)
{
    Date end = until != DATE_NONE ? until : from + SERIES_SPAN_MAX;

    ret_series->count = ret_series->missing_count = 0;
    for (Date date = from; date <= end; date++) {
        Date moved = rule_wants(rule, date) ? rule_moved(rule, date) : DATE_NONE;
        if (moved == DATE_NONE)
            continue;
        if (ret_series->count == SERIES_DAYS_MAX)
            return SERIES_E_MANY;
        ret_series->days[ret_series->count++] = (SeriesDay){moved, date};
        if (ret_series->count > 1 && ret_series->days[ret_series->count - 2].date >= moved)
            return SERIES_E_SAME;
        if (ret_series->count == times)
            end = date;
    }
    if (ret_series->count == 0)
        return SERIES_E_NONE;
    series_missing(rule, from, end, ret_series);
    return 0;
}
