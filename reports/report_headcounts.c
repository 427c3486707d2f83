// Bare headcounts of a session, by point: what was counted last, by whom and why.
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/store/headcount.h"
#include "reports/report_roll.h"

enum { POINT, COUNT, AT, WHO, WHY, COLUMN_COUNT };

static const ReportColumn columns[COLUMN_COUNT] = {
    [POINT] = {"point", N_("Point"), REPORT_TEXT, REPORT_EVERYWHERE},
    [COUNT] = {"count", N_("People counted"), REPORT_COUNT, REPORT_EVERYWHERE},
    [AT] = {"at", N_("When"), REPORT_TIME, REPORT_EVERYWHERE},
    [WHO] = {"who", N_("Who"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [WHY] = {"why", N_("Reason"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
};

static int add_row(void *user, const Headcount *headcount)
{
    ReportCell *cells = report_row(user, 0);

    cells[POINT] = report_text(headcount->point);
    cells[COUNT] = report_number(headcount->count);
    cells[AT] = report_number(headcount->at);
    cells[WHO] = report_text(headcount->who);
    cells[WHY] = report_text(headcount->why);
    return 0;
}

static void cleanup_sessions(SessionList *list)
{
    session_list_deinit(list);
}

int report_headcounts(Store *store, const char *session, Report **ret_report)
{
    CLEANUP(cleanup_sessions) SessionList sessions = {0};
    CLEANUP(cleanup_report) Report *report = NULL;
    int r = query_session(store, session, &sessions);

    if (r == QUERY_E_UNKNOWN)
        return REPORT_E_UNKNOWN_SESSION;
    report = report_new("headcounts", _("Bare headcounts, which are in no figure"), "headcounts", columns,
                        COLUMN_COUNT);
    report_head_text(report, "report", "headcounts");
    report_head_text(report, "session", session);
    if (r == 0)
        r = headcount_each(store, sessions.rows[0].session, add_row, report);
    if (r < 0)
        return error_trace(r);
    *ret_report = report;
    report = NULL;
    return 0;
}
