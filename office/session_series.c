// A series is written down as the sessions it consists of, each with a day and instants of its own: what
// happens to one of them later touches no other, and nobody has to work out again what a rule meant in a year
// in which summer time was given up. The time of day is the wall clock's; where a clock is put forward over
// it, there is no such session, and that is said.
#include "office/session_series.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/i18n.h"

#define DAY_SIZE (sizeof("-2026-12-05") - 1)       // what a series adds to a code
#define CLOCK_AT 11                                // where the time of day stands in RFC 3339
#define CLOCK_SIZE (sizeof("09:00:00") - 1)        // hours, minutes, seconds
#define LOCAL_SIZE (CLOCK_AT + CLOCK_SIZE)         // "2026-12-05 09:00:00"
#define SERIES_LENGTH_MAX (TIME_DAY - TIME_SECOND) // of one session of a series

// The instant at which the wall clock shows on `date` what it shows at `like`. False if it never does.
static bool on_day(Date date, Time like, Time *ret_time)
{
    char day[CLOCK_TEXT_SIZE], clock[CLOCK_TEXT_SIZE], shown[CLOCK_TEXT_SIZE], local[LOCAL_SIZE + 1];

    date_format(date, day);
    time_format_zone(like, clock);
    snprintf(local, sizeof(local), "%.10s %.*s", day, (int)CLOCK_SIZE, clock + CLOCK_AT);
    if (!time_parse_local(local, ret_time))
        return false;
    time_format_zone(*ret_time, shown);
    shown[CLOCK_AT - 1] = ' ';
    return strncmp(shown, local, LOCAL_SIZE) == 0;
}

static bool occurrence_make(Office *office, const SessionPlan *plan, const SeriesDay *day,
                            SessionOccurrence *occurrence)
{
    char text[CLOCK_TEXT_SIZE];
    Date later = zone_date(plan->ends) - zone_date(plan->starts);

    date_format(day->date, text);
    snprintf(occurrence->code, sizeof(occurrence->code), "%s-%s", plan->code, text);
    occurrence->rule = day->rule;
    if (on_day(day->date, plan->starts, &occurrence->starts) &&
        on_day(day->date + later, plan->ends, &occurrence->ends) && occurrence->ends > occurrence->starts)
        return true;
    office_refuse(office, EX_DATAERR,
                  _("%s: the clock is put forward then, and there is no such start or end on that day"),
                  text);
    return false;
}

static bool series_refuse(Office *office, const SessionPlan *plan, const Series *series, int r)
{
    char first[CLOCK_TEXT_SIZE], second[CLOCK_TEXT_SIZE], day[CLOCK_TEXT_SIZE];

    switch (r) {
    case SERIES_E_NONE:
        date_format(zone_date(plan->starts), day);
        office_refuse(office, EX_DATAERR, _("the series has no day from %s on"), day);
        break;
    case SERIES_E_MANY:
        office_refuse(office, EX_DATAERR, _("a series has at most %d sessions"), SERIES_DAYS_MAX);
        break;
    default:
        date_format(series->days[series->count - 2].rule, first);
        date_format(series->days[series->count - 1].rule, second);
        date_format(series->days[series->count - 1].date, day);
        office_refuse(office, EX_DATAERR, _("%s and %s of the series would both be, or meet, on %s"), first,
                      second, day);
        break;
    }
    return false;
}

static void series_tell(Office *office, const Series *series)
{
    for (size_t i = 0; i < series->missing_count; i++) {
        char month[CLOCK_TEXT_SIZE];

        month_format(series->missing[i].month, month);
        text_appendf(&office->reply->out, _("%s has no %s: left out\n"), month, series->missing[i].item);
    }
}

static SessionOccurrence *single(const SessionPlan *plan, size_t *ret_count)
{
    SessionOccurrence *one = alloc_zero(sizeof(*one));

    snprintf(one->code, sizeof(one->code), "%s", plan->code);
    one->starts = plan->starts;
    one->ends = plan->ends;
    one->rule = zone_date(plan->starts);
    *ret_count = 1;
    return one;
}

static bool series_fits(Office *office, const SessionPlan *plan)
{
    if (strlen(plan->code) + DAY_SIZE > CODE_SIZE_MAX) {
        office_refuse(office, EX_USAGE,
                      _("%s: a series adds its days to the code, so it has at most %d characters"),
                      plan->code, (int)(CODE_SIZE_MAX - DAY_SIZE));
        return false;
    }
    if (plan->ends - plan->starts > SERIES_LENGTH_MAX) {
        office_refuse(office, EX_DATAERR, _("--ends: a session of a series is shorter than a day"));
        return false;
    }
    return true;
}

SessionOccurrence *session_series(Office *office, const SessionPlan *plan, size_t *ret_count)
{
    CLEANUP(cleanup_free) Series *series = NULL;
    CLEANUP(cleanup_free) SessionOccurrence *rows = NULL;
    SessionOccurrence *handed;

    if (!plan->is_series)
        return single(plan, ret_count);
    if (!series_fits(office, plan))
        return NULL;
    series = alloc_zero(sizeof(*series));
    int r = series_expand(&plan->rule, zone_date(plan->starts), plan->until, plan->times, series);
    if (r != 0) {
        series_refuse(office, plan, series, r);
        return NULL;
    }
    rows = alloc_zero(series->count * sizeof(*rows));
    for (size_t i = 0; i < series->count; i++) {
        if (!occurrence_make(office, plan, &series->days[i], &rows[i]))
            return NULL;
    }
    series_tell(office, series);
    *ret_count = series->count;
    handed = rows;
    rows = NULL;
    return handed;
}
