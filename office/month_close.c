// month close: one month, or every month that is due. A month is due when its grace days are over, the days
// in which points may still report; closing earlier is the office's choice, and said. Before a month is
// closed, the points that are silent are listed: whoever closes it should know whom not to wait for.
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/store/month_request.h"
#include "core/store/query.h"
#include "core/store/roster.h"
#include "office/month.h"

#define SILENT_LISTED_MAX 100 // points named: a screen or two; `report month` counts them all

static void cleanup_sessions(SessionList *list)
{
    session_list_deinit(list);
}

static void cleanup_tree(OrgTree *tree)
{
    org_tree_deinit(tree);
}

static int list_silent_of(Office *office, const SessionRow *session, const OrgTree *tree, int64_t *count)
{
    CLEANUP(cleanup_free) SessionPoint *points = NULL;
    size_t point_count = 0;
    int r = query_session_points(office->store, session, tree, &points, &point_count);

    for (size_t i = 0; i < point_count && r == 0; i++) {
        if (points[i].coverage != COVERAGE_SILENT)
            continue;
        if (*count == 0)
            text_append(&office->reply->out, _("Points that have not reported:\n"));
        if (++*count <= SILENT_LISTED_MAX)
            text_appendf(&office->reply->out, "  %s  %s\n", session->code, points[i].code);
    }
    return error_trace(r);
}

static int list_silent(Office *office, Month month)
{
    CLEANUP(cleanup_sessions) SessionList sessions = {0};
    CLEANUP(cleanup_tree) OrgTree tree = {0};
    Date loaded = DATE_NONE;
    int64_t count = 0;
    int r = query_sessions_month(office->store, month, &sessions);

    for (size_t i = 0; i < sessions.count && r == 0; i++) {
        if (sessions.rows[i].date != loaded) {
            org_tree_deinit(&tree);
            tree = (OrgTree){0};
            loaded = DATE_NONE;
            r = org_tree_load(office->store, sessions.rows[i].date, &tree);
            if (r < 0)
                break;
            loaded = sessions.rows[i].date;
        }
        r = list_silent_of(office, &sessions.rows[i], &tree, &count);
    }
    if (count > SILENT_LISTED_MAX)
        text_appendf(&office->reply->out, _("  … and %" PRId64 " more\n"), count - SILENT_LISTED_MAX);
    return r < 0 ? error_trace(r) : 0;
}

static Time due_at(const Office *office, Month month)
{
    return zone_day_start(month_last_day(month) + 1 + office->config->grace_days);
}

static void warn_early(Office *office, const MonthTask *task)
{
    char day[CLOCK_TEXT_SIZE];

    if (office->now >= due_at(office, task->month))
        return;
    date_format(zone_date(due_at(office, task->month)), day);
    text_appendf(
        &office->reply->err,
        _("studyday: month: %s is closed before its grace days are over, which is on %s; what arrives "
          "until then waits for a revision\n"),
        task->name, day);
}

int month_close(Office *office, const MonthTask *task)
{
    int64_t opened = 0, incomplete = 0, changes = 0;
    int revision = 0;

    if (task->standing.state == MONTH_CLOSED)
        return office_refuse(office, EX_DATAERR, _("%s is closed already, as revision %d"), task->name,
                             task->standing.revision);
    if (office->now < zone_day_start(month_last_day(task->month) + 1))
        return office_refuse(office, EX_DATAERR, _("%s is not over yet"), task->name);
    int r = roster_open_due(office->store, office->now, &opened);
    if (r == 0 && task->standing.state == MONTH_REOPENED)
        r = month_count_pending(office, task->month, &changes);
    if (r == 0)
        r = list_silent(office, task->month);
    if (r == 0)
        r = month_make_revision(office, task, &revision, &incomplete);
    if (r < 0 || office->reply->exit_code != EX_OK)
        return error_trace(r);
    r = month_note_change(office, "month-close", task, revision, changes);
    if (r < 0)
        return error_trace(r);
    warn_early(office, task);
    text_appendf(&office->reply->out, _("%s: closed, as revision %d\n"), task->name, revision);
    if (incomplete)
        text_appendf(&office->reply->out,
                     _("Sessions that are still provisional: %" PRId64
                       ". What arrives about them waits for a revision.\n"),
                     incomplete);
    return 0;
}

typedef struct DueMonths {
    const Office *office;
    Month *months;
    size_t count;
} DueMonths;

static int take_due(void *user, Month month)
{
    DueMonths *due = user;

    if (due->office->now < due_at(due->office, month))
        return 0;
    due->months = alloc_resize(due->months, due->count + 1, sizeof(*due->months));
    due->months[due->count++] = month;
    return 0;
}

// A month that was reopened has been so for a reason: whoever did it closes it.
int month_close_due(Office *office)
{
    DueMonths due = {.office = office};
    const char *why = options_has(&office->options, "why") ? office_why(office) : NULL;

    if (office->reply->exit_code != EX_OK)
        return 0;
    int r = month_each_unclosed(office->store, office->now, take_due, &due);
    for (size_t i = 0; i < due.count && r == 0 && office->reply->exit_code == EX_OK; i++) {
        char name[CLOCK_TEXT_SIZE];
        MonthTask task = {.name = name, .month = due.months[i], .who = office->request->actor, .why = why};

        month_format(task.month, name);
        r = month_standing(office->store, task.month, &task.standing);
        if (r == 0)
            r = month_close(office, &task);
    }
    if (r == 0 && due.count == 0)
        text_append(&office->reply->out, _("No month is due to be closed.\n"));
    free(due.months);
    return error_trace(r);
}
