// month close|revise|reopen: what a month's report says is fixed, moved on by one revision, or let go again.
//
// Closing computes every row once, as a report would, and stores it. What is said about the month afterwards
// is kept, and waits as pending changes for a revision, which the office makes when it wants to and with a
// reason. Nothing here deletes or changes a revision. Where the site wants two people for that, revise and
// reopen only record a request (month_second.c).
#include <inttypes.h>
#include <string.h>
#include <sysexits.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/store/month.h"
#include "core/store/roster.h"
#include "office/detail.h"
#include "office/month.h"
#include "reports/figures_build.h"
#include "reports/report.h"

const ProgramOption office_month_options[] = {
    {"due", 0, NULL, N_("close: every month whose grace days are over")},
    {"all", 'a', NULL, N_("requests: with those that were approved or withdrawn")},
    {"why", 0, "TEXT", N_("the reason, for the audit log (revise and reopen need one)")},
    {"format", 'f', "FORMAT", N_("list, requests: text, csv, json or jsonl (default: text)")},
    {0},
};

static void cleanup_sessions(SessionList *list)
{
    session_list_deinit(list);
}

static void cleanup_set(FiguresSet *set)
{
    figures_set_deinit(set);
}

static int64_t count_incomplete(const FiguresSet *set)
{
    int64_t count = 0;

    for (size_t i = 0; i < set->session_count; i++)
        count += !set->sessions[i].complete;
    return count;
}

static int store_figures(Office *office, Month month, int revision, const FiguresSet *set)
{
    int r = 0;

    for (size_t i = 0; i < set->tree.count && r == 0; i++) {
        const OrgNode *node = &set->tree.nodes[i];
        MonthRow row = {.org = node->code,
                        .name = node->name,
                        .depth = node->depth,
                        .level = node->level,
                        .figures = set->figures[i]};
        r = month_add_row(office->store, month, revision, i, &row);
    }
    for (size_t i = 0; i < set->session_count && r == 0; i++) {
        const FiguresSession *from = &set->sessions[i];
        MonthSession session = {.code = from->code,
                                .title = from->title,
                                .starts = from->starts,
                                .complete = from->complete,
                                .points = from->points,
                                .covered = from->covered,
                                .gaps = from->gaps};
        r = month_add_session(office->store, month, revision, i, &session);
    }
    return error_trace(r);
}

int month_make_revision(Office *office, const MonthTask *task, int *ret_revision, int64_t *ret_incomplete)
{
    CLEANUP(cleanup_sessions) SessionList sessions = {0};
    CLEANUP(cleanup_set) FiguresSet set = {0};

    int r = query_sessions_month(office->store, task->month, &sessions);
    if (r == 0)
        r = figures_build(office->store, &sessions, task->month, office->now, &set);
    if (r < 0)
        return error_trace(r);
    if (set.tree.count == 0)
        return office_refuse(office, EX_DATAERR, _("there are no organisations yet"));
    MonthRevision revision = {.month = task->month,
                              .at = office->now,
                              .who = task->who,
                              .why = task->why,
                              .definitions = REPORT_DEFINITIONS,
                              .incomplete = count_incomplete(&set)};
    r = month_seal(office->store, &revision, ret_revision);
    if (r == 0)
        r = store_figures(office, task->month, *ret_revision, &set);
    *ret_incomplete = revision.incomplete;
    return error_trace(r);
}

static void describe_standing(Text *object, int revision, MonthState state)
{
    if (revision < 0)
        detail_text(object, "revision", NULL);
    else
        detail_number(object, "revision", revision);
    detail_text(object, "state", month_state_word(state));
}

int month_note_change(Office *office, const char *action, const MonthTask *task, int revision,
                      int64_t changes)
{
    CLEANUP(cleanup_text) Text was = {0};
    CLEANUP(cleanup_text) Text is = {0};
    MonthStanding standing;
    int r = month_standing(office->store, task->month, &standing);

    if (r < 0)
        return error_trace(r);
    describe_standing(&was, task->standing.revision, task->standing.state);
    detail_number(&is, "changes", changes);
    describe_standing(&is, revision, standing.state);
    detail_text(&is, "who", task->who);
    office->commit = true;
    return error_trace(detail_audit(office, action, task->name, task->why, &was, &is));
}

static int count_change(void *user, const MonthChange *change)
{
    (void)change;
    ++*(int64_t *)user;
    return 0;
}

int month_count_pending(Office *office, Month month, int64_t *ret_changes)
{
    *ret_changes = 0;
    return error_trace(month_each_change(office->store, month, MONTH_PENDING, count_change, ret_changes));
}

int month_check_revise(Office *office, const MonthTask *task, int64_t *ret_changes)
{
    if (task->standing.state != MONTH_CLOSED)
        return office_refuse(office, EX_DATAERR, _("%s is not closed"), task->name);
    int r = month_count_pending(office, task->month, ret_changes);
    if (r < 0)
        return error_trace(r);
    if (*ret_changes == 0)
        return office_refuse(office, EX_DATAERR, _("nothing about %s has changed since revision %d"),
                             task->name, task->standing.revision);
    return 0;
}

int month_revise(Office *office, const MonthTask *task)
{
    int64_t changes = 0, incomplete = 0;
    int revision = 0;
    int r = month_check_revise(office, task, &changes);

    if (r == 0 && office->reply->exit_code == EX_OK)
        r = month_make_revision(office, task, &revision, &incomplete);
    if (r < 0 || office->reply->exit_code != EX_OK)
        return error_trace(r);
    r = month_note_change(office, "month-revise", task, revision, changes);
    if (r < 0)
        return error_trace(r);
    text_appendf(&office->reply->out, _("%s: revision %d, changes: %" PRId64 "\n"), task->name, revision,
                 changes);
    return 0;
}

int month_check_reopen(Office *office, const MonthTask *task)
{
    if (task->standing.state != MONTH_CLOSED)
        return office_refuse(office, EX_DATAERR, _("%s is not closed"), task->name);
    return 0;
}

int month_reopen_now(Office *office, const MonthTask *task)
{
    RosterSettled settled = {0};

    month_check_reopen(office, task);
    if (office->reply->exit_code != EX_OK)
        return 0;
    int r = month_reopen(office->store, task->month);
    if (r == 0)
        r = roster_settle(office->store, office->now, &settled);
    if (r == 0)
        r = month_note_change(office, "month-reopen", task, task->standing.revision, settled.attendances);
    if (r < 0)
        return error_trace(r);
    office->reply->roster_changed = true;
    text_appendf(&office->reply->out,
                 _("%s: open again, and reported as it is now; revisions up to %d can still be printed\n"),
                 task->name, task->standing.revision);
    return 0;
}

static int revise_run(Office *office, const MonthTask *task)
{
    return error_trace(office->config->second_person ? month_ask(office, task, "revise")
                                                     : month_revise(office, task));
}

static int reopen_run(Office *office, const MonthTask *task)
{
    return error_trace(office->config->second_person ? month_ask(office, task, "reopen")
                                                     : month_reopen_now(office, task));
}

static const struct {
    const char *name;
    bool needs_why;
    int (*run)(Office *office, const MonthTask *task);
} actions[] = {
    {"close", false, month_close},     {"revise", true, revise_run},        {"reopen", true, reopen_run},
    {"approve", false, month_approve}, {"withdraw", false, month_withdraw},
};

static int month_run(Office *office)
{
    const Options *options = &office->options;
    MonthTask task = {.who = office->request->actor};
    bool due = options_has(options, "due");

    if (due && options->operand_count == 1 && strcmp(options->operands[0], "close") == 0)
        return error_trace(month_close_due(office));
    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]) && !due; i++) {
        if (options->operand_count != 2 || strcmp(options->operands[0], actions[i].name) != 0)
            continue;
        task.name = options->operands[1];
        if (!month_parse(task.name, &task.month))
            return office_refuse(office, EX_USAGE, _("month %s: expected YYYY-MM, such as 2026-11"),
                                 task.name);
        if (actions[i].needs_why || options_has(options, "why")) {
            task.why = office_why(office);
            if (!task.why)
                return 0;
        }
        int r = month_standing(office->store, task.month, &task.standing);
        return r < 0 ? error_trace(r) : error_trace(actions[i].run(office, &task));
    }
    return office_refuse(office, EX_USAGE,
                         _("close YYYY-MM, close --due, revise YYYY-MM, reopen YYYY-MM, approve YYYY-MM, "
                           "withdraw YYYY-MM, requests or list"));
}

const OfficeOperation office_month = {.name = "month", .options = office_month_options, .run = month_run};
