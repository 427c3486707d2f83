// studyday month: closes a month, revises what was closed, opens it again. The list is read here; what writes
// goes to the writer.
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/listing.h"
#include "core/base/i18n.h"
#include "core/store/month_request.h"
#include "office/office.h"

enum { MONTH, REVISION, STATE, AT, CHANGES, PENDING, INCOMPLETE, WHO, WHY, COLUMN_COUNT };

static const ReportColumn columns[COLUMN_COUNT] = {
    [MONTH] = {"month", N_("Month"), REPORT_TEXT, REPORT_EVERYWHERE},
    [REVISION] = {"revision", N_("Revision"), REPORT_COUNT, REPORT_EVERYWHERE},
    [STATE] = {"state", N_("State"), REPORT_WORD, REPORT_EVERYWHERE},
    [AT] = {"at", N_("When"), REPORT_TIME, REPORT_EVERYWHERE},
    [CHANGES] = {"changes", N_("Changes"), REPORT_COUNT, REPORT_EVERYWHERE},
    [PENDING] = {"pending", N_("Pending changes"), REPORT_COUNT, REPORT_EVERYWHERE},
    [INCOMPLETE] = {"provisional_sessions", N_("Provisional sessions"), REPORT_COUNT,
                    REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [WHO] = {"who", N_("Who"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [WHY] = {"why", N_("Reason"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
};

typedef struct MonthList {
    Store *store;
    Report *report;
} MonthList;

static int count_change(void *user, const MonthChange *change)
{
    (void)change;
    ++*(int64_t *)user;
    return 0;
}

// The latest revision says how the month stands; older ones have been revised.
static int list_state(MonthList *list, const MonthRevision *revision, ReportCell *cells)
{
    MonthStanding standing;
    int64_t pending = 0;
    int r = month_standing(list->store, revision->month, &standing);

    if (r < 0)
        return r;
    if (standing.revision != revision->revision) {
        cells[STATE].word = (ReportWord){"revised", N_("revised")};
        return 0;
    }
    cells[STATE].word = standing.state == MONTH_CLOSED ? (ReportWord){"closed", N_("closed")}
                                                       : (ReportWord){"reopened", N_("reopened")};
    r = month_each_change(list->store, revision->month, MONTH_PENDING, count_change, &pending);
    cells[PENDING] = report_number(pending);
    return r;
}

static int list_row(void *user, const MonthRevision *revision)
{
    MonthList *list = user;
    ReportCell *cells = report_row(list->report, 0);
    char month[CLOCK_TEXT_SIZE];

    month_format(revision->month, month);
    cells[MONTH] = report_text(month);
    cells[REVISION] = report_number(revision->revision);
    cells[AT] = report_number(revision->at);
    cells[CHANGES] = report_number(revision->changes);
    cells[INCOMPLETE] = report_number(revision->incomplete);
    cells[WHO] = report_text(*revision->who ? revision->who : NULL);
    cells[WHY] = report_text(*revision->why ? revision->why : NULL);
    return list_state(list, revision, cells);
}

enum {
    ASKED_REQUEST,
    ASKED_MONTH,
    ASKED_ACTION,
    ASKED_STATE,
    ASKED_AT,
    ASKED_WHO,
    ASKED_WHY,
    ASKED_DECIDED_AT,
    ASKED_DECIDED_BY,
    ASKED_COUNT
};

static const ReportColumn asked_columns[ASKED_COUNT] = {
    [ASKED_REQUEST] = {"request", N_("Request"), REPORT_COUNT, REPORT_EVERYWHERE},
    [ASKED_MONTH] = {"month", N_("Month"), REPORT_TEXT, REPORT_EVERYWHERE},
    [ASKED_ACTION] = {"action", N_("What"), REPORT_WORD, REPORT_EVERYWHERE},
    [ASKED_STATE] = {"state", N_("State"), REPORT_WORD, REPORT_EVERYWHERE},
    [ASKED_AT] = {"at", N_("When"), REPORT_TIME, REPORT_EVERYWHERE},
    [ASKED_WHO] = {"who", N_("Who"), REPORT_TEXT, REPORT_EVERYWHERE},
    [ASKED_WHY] = {"why", N_("Reason"), REPORT_TEXT, REPORT_EVERYWHERE},
    [ASKED_DECIDED_AT] = {"decided_at", N_("Decided"), REPORT_TIME, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [ASKED_DECIDED_BY] = {"decided_by", N_("By"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
};

static ReportWord asked_state(const char *state)
{
    if (strcmp(state, "open") == 0)
        return (ReportWord){"open", N_("open")};
    return strcmp(state, "approved") == 0 ? (ReportWord){"approved", N_("approved")}
                                          : (ReportWord){"withdrawn", N_("withdrawn")};
}

static int asked_row(void *user, const MonthRequest *request)
{
    MonthList *list = user;
    ReportCell *cells = report_row(list->report, 0);
    char month[CLOCK_TEXT_SIZE];

    month_format(request->month, month);
    cells[ASKED_REQUEST] = report_number(request->request);
    cells[ASKED_MONTH] = report_text(month);
    cells[ASKED_ACTION].word = strcmp(request->action, "revise") == 0 ? (ReportWord){"revise", N_("revise")}
                                                                      : (ReportWord){"reopen", N_("reopen")};
    cells[ASKED_STATE].word = asked_state(request->state);
    cells[ASKED_AT] = report_number(request->at);
    cells[ASKED_WHO] = report_text(request->who);
    cells[ASKED_WHY] = report_text(request->why);
    cells[ASKED_DECIDED_AT] =
        report_number(request->decided_at == TIME_NONE ? REPORT_NULL : request->decided_at);
    cells[ASKED_DECIDED_BY] = report_text(request->decided_by);
    return 0;
}

static int list_fill(MonthList *list, const Options *options, bool requests)
{
    int r = store_begin(list->store); // one moment for all

    if (r == 0)
        r = requests ? month_request_each(list->store, options_has(options, "all"), asked_row, list)
                     : month_each_revision(list->store, list_row, list);
    store_rollback(list->store);
    return r;
}

/// The revisions, or the requests for one.
static int month_list(CommandContext *context, const Options *options, bool requests)
{
    const Renderer *renderer = listing_format(options);
    CLEANUP(cleanup_store) Store *store = NULL;
    CLEANUP(cleanup_report) Report *report = NULL;
    int code = EX_OK;

    if (!renderer)
        return EX_USAGE;
    store = command_open_read(context, &code);
    if (!store)
        return code;
    report = requests ? report_new("requests", _("Requests about closed months"), "requests", asked_columns,
                                   ASKED_COUNT)
                      : report_new("months", _("Closed months"), "months", columns, COLUMN_COUNT);
    MonthList list = {store, report};
    int r = list_fill(&list, options, requests);
    if (r < 0) {
        fprintf(stderr, _("studyday: month: the database cannot be read: %s\n"), strerror(-r));
        return EX_IOERR;
    }
    listing_print(report, renderer);
    return EX_OK;
}

static int cmd_month_run(CommandContext *context, int argc, char **argv)
{
    CLEANUP(cleanup_text) Text problem = {0};
    Options options;

    if (!options_parse(office_month_options, argc, argv, &options, &problem)) {
        fprintf(stderr, "studyday: month: %s\n", text_cstr(&problem));
        return EX_USAGE;
    }
    if (options.operand_count == 1 && strcmp(options.operands[0], "list") == 0)
        return month_list(context, &options, false);
    if (options.operand_count == 1 && strcmp(options.operands[0], "requests") == 0)
        return month_list(context, &options, true);
    return command_office(context, argc, argv, NULL);
}

const Command cmd_month = {
    .name = "month",
    .usage = N_("month close YYYY-MM|--due [--why TEXT]\n"
                "month revise YYYY-MM --why TEXT\n"
                "month reopen YYYY-MM --why TEXT\n"
                "month approve YYYY-MM\n"
                "month withdraw YYYY-MM [--why TEXT]\n"
                "month requests [--all] [--format text|csv|json|jsonl]\n"
                "month list [--format text|csv|json|jsonl]"),
    .summary = N_("close a month, revise what was closed, open it again"),
    .options = office_month_options,
    .run = cmd_month_run,
};
