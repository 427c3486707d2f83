// A list without a month or session is about now: the study day that runs or was the last one, or what may
// still be put right. A year bounds how far back that looks.
#include "reports/list_sessions.h"

#include <stdlib.h>

#include "core/base/error.h"
#include "core/base/i18n.h"

#define DAYS_BACK 366 // a year: no obligation of a member lies open for longer

/// Leaves the rows for which `keep` holds.
static void keep_rows(SessionList *list, bool (*keep)(const SessionRow *row, Time limit), Time limit)
{
    size_t kept = 0;

    for (size_t i = 0; i < list->count; i++) {
        if (keep(&list->rows[i], limit))
            list->rows[kept++] = list->rows[i];
        else
            free(list->rows[i].title);
    }
    list->count = kept;
}

static bool has_begun(const SessionRow *row, Time now)
{
    return row->rules.starts <= now;
}

static bool is_on_day(const SessionRow *row, Time date)
{
    return row->date == (Date)date;
}

int list_sessions_asked(Store *store, const ReportRequest *request, SessionList *ret_list, Date *ret_date)
{
    Time now = request->scope.now;
    Date today = zone_date(now);
    int r;

    if (request->given == REPORT_TAKES_SESSION) {
        r = query_session(store, request->name, ret_list);
        if (r != 0)
            return r < 0 ? error_trace(r) : REPORT_E_UNKNOWN_SESSION;
        if (ret_list->rows[0].rules.starts > now)
            return REPORT_E_FUTURE;
        *ret_date = ret_list->rows[0].date;
        return 0;
    }
    if (zone_day_start(month_first_day(request->first)) > now)
        return REPORT_E_FUTURE;
    r = query_sessions_month(store, request->first, ret_list);
    if (r < 0)
        return error_trace(r);
    keep_rows(ret_list, has_begun, now);
    Date last = month_last_day(request->last);
    *ret_date = last < today ? last : today;
    return 0;
}

int list_sessions_year(Store *store, Time now, SessionList *ret_list)
{
    return error_trace(
        query_sessions_between(store, zone_day_start(zone_date(now) - DAYS_BACK), now + 1, ret_list));
}

int list_sessions_latest(Store *store, Time now, SessionList *ret_list)
{
    int r = list_sessions_year(store, now, ret_list);
    if (r < 0)
        return error_trace(r);
    if (ret_list->count > 0)
        keep_rows(ret_list, is_on_day, ret_list->rows[ret_list->count - 1].date);
    return 0;
}

void list_sessions_head(Report *report, const ReportRequest *request, const SessionList *list)
{
    if (request->given == REPORT_TAKES_SESSION)
        report_head_text(report, "session", request->name);
    if (request->given == REPORT_TAKES_MONTH)
        report_head_text(report, "month", request->name);
    report_head_number(report, "sessions", (int64_t)list->count);
}

void list_sessions_append(const ReportRequest *request, const SessionList *list, Text *text)
{
    if (request->given == REPORT_TAKES_SESSION)
        text_appendf(text, "%s, %s", list->rows[0].code, list->rows[0].title);
    else if (request->given == REPORT_TAKES_MONTH)
        text_append(text, request->name);
}
