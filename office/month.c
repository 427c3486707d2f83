// month close|revise|reopen: what a month's report says is fixed, moved on by one revision, or let go again.
//
// Closing computes every row once, as a report would, and stores it. What is said about the month afterwards
// is kept, and waits as pending changes for a revision, which the office makes when it wants to and with a
// reason. Nothing here deletes or changes a revision.
#include <inttypes.h>
#include <string.h>
#include <sysexits.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/store/month.h"
#include "core/store/roster.h"
#include "office/operation.h"
#include "reports/figures_build.h"
#include "reports/report.h"

const ProgramOption office_month_options[] = {
    {"why", 0, "TEXT", N_("the reason, for the audit log (revise and reopen need one)")},
    {"format", 'f', "FORMAT", N_("list: text, csv, json or jsonl (default: text)")},
    {0},
};

typedef struct MonthRequest {
    const char *name; // as it was written
    Month month;
    MonthStanding standing;
    const char *why;
} MonthRequest;

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
        MonthRow row = {
            .org = node->code, .name = node->name, .depth = node->depth, .figures = set->figures[i]};
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

// The live figures become the next revision. `ret_incomplete` counts the provisional sessions.
static int seal(Office *office, const MonthRequest *request, int *ret_revision, int64_t *ret_incomplete)
{
    CLEANUP(cleanup_sessions) SessionList sessions = {0};
    CLEANUP(cleanup_set) FiguresSet set = {0};

    int r = query_sessions_month(office->store, request->month, &sessions);
    if (r == 0)
        r = figures_build(office->store, &sessions, request->month, office->now, &set);
    if (r < 0)
        return error_trace(r);
    if (set.tree.count == 0)
        return office_refuse(office, EX_DATAERR, _("there are no organisations yet"));
    MonthRevision revision = {.month = request->month,
                              .at = office->now,
                              .who = office->request->actor,
                              .why = request->why,
                              .definitions = REPORT_DEFINITIONS,
                              .incomplete = count_incomplete(&set)};
    r = month_seal(office->store, &revision, ret_revision);
    if (r == 0)
        r = store_figures(office, request->month, *ret_revision, &set);
    *ret_incomplete = revision.incomplete;
    return error_trace(r);
}

static int note(Office *office, const char *action, const MonthRequest *request, int revision,
                int64_t changes)
{
    CLEANUP(cleanup_text) Text detail = {0};

    text_appendf(&detail, "revision=%d changes=%" PRId64, revision, changes);
    int r = office_audit(office, action, request->name, request->why ? request->why : "", text_cstr(&detail));
    office->commit = true;
    return error_trace(r);
}

static int count_change(void *user, const MonthChange *change)
{
    (void)change;
    ++*(int64_t *)user;
    return 0;
}

static int month_close_run(Office *office, const MonthRequest *request)
{
    int64_t opened = 0, incomplete = 0, changes = 0;
    int revision = 0;

    if (request->standing.state == MONTH_CLOSED)
        return office_refuse(office, EX_DATAERR, _("%s is closed already, as revision %d"), request->name,
                             request->standing.revision);
    if (office->now < zone_day_start(month_last_day(request->month) + 1))
        return office_refuse(office, EX_DATAERR, _("%s is not over yet"), request->name);
    int r = roster_open_due(office->store, office->now, &opened);
    if (r == 0 && request->standing.state == MONTH_REOPENED)
        r = month_each_change(office->store, request->month, MONTH_PENDING, count_change, &changes);
    if (r == 0)
        r = seal(office, request, &revision, &incomplete);
    if (r < 0 || office->reply->exit_code != EX_OK)
        return error_trace(r);
    r = note(office, "month-close", request, revision, changes);
    if (r < 0)
        return error_trace(r);
    text_appendf(&office->reply->out, _("%s: closed, as revision %d\n"), request->name, revision);
    if (incomplete)
        text_appendf(&office->reply->out,
                     _("Sessions that are still provisional: %" PRId64
                       ". What arrives about them waits for a revision.\n"),
                     incomplete);
    return 0;
}

static int month_revise_run(Office *office, const MonthRequest *request)
{
    int64_t changes = 0, incomplete = 0;
    int revision = 0;

    if (request->standing.state != MONTH_CLOSED)
        return office_refuse(office, EX_DATAERR, _("%s is not closed"), request->name);
    int r = month_each_change(office->store, request->month, MONTH_PENDING, count_change, &changes);
    if (r < 0)
        return error_trace(r);
    if (changes == 0)
        return office_refuse(office, EX_DATAERR, _("nothing about %s has changed since revision %d"),
                             request->name, request->standing.revision);
    r = seal(office, request, &revision, &incomplete);
    if (r == 0 && office->reply->exit_code == EX_OK)
        r = note(office, "month-revise", request, revision, changes);
    if (r < 0)
        return error_trace(r);
    text_appendf(&office->reply->out, _("%s: revision %d, changes: %" PRId64 "\n"), request->name, revision,
                 changes);
    return 0;
}

static int month_reopen_run(Office *office, const MonthRequest *request)
{
    RosterSettled settled = {0};

    if (request->standing.state != MONTH_CLOSED)
        return office_refuse(office, EX_DATAERR, _("%s is not closed"), request->name);
    int r = month_reopen(office->store, request->month);
    if (r == 0)
        r = roster_settle(office->store, office->now, &settled);
    if (r == 0)
        r = note(office, "month-reopen", request, request->standing.revision, settled.attendances);
    if (r < 0)
        return error_trace(r);
    office->reply->roster_changed = true;
    text_appendf(&office->reply->out,
                 _("%s: open again, and reported as it is now; revisions up to %d can still be printed\n"),
                 request->name, request->standing.revision);
    return 0;
}

static const struct {
    const char *name;
    bool needs_why;
    int (*run)(Office *office, const MonthRequest *request);
} actions[] = {
    {"close", false, month_close_run},
    {"revise", true, month_revise_run},
    {"reopen", true, month_reopen_run},
};

static int month_run(Office *office)
{
    const Options *options = &office->options;
    MonthRequest request = {0};

    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
        if (options->operand_count != 2 || strcmp(options->operands[0], actions[i].name) != 0)
            continue;
        request.name = options->operands[1];
        if (!month_parse(request.name, &request.month))
            return office_refuse(office, EX_USAGE, _("month %s: expected YYYY-MM, such as 2026-11"),
                                 request.name);
        if (actions[i].needs_why || options_has(options, "why")) {
            request.why = office_why(office);
            if (!request.why)
                return 0;
        }
        int r = month_standing(office->store, request.month, &request.standing);
        return r < 0 ? error_trace(r) : error_trace(actions[i].run(office, &request));
    }
    return office_refuse(office, EX_USAGE, _("close YYYY-MM, revise YYYY-MM, reopen YYYY-MM or list"));
}

const OfficeOperation office_month = {.name = "month", .options = office_month_options, .run = month_run};
