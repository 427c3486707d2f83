// studyday leave: a member is on leave for a session, asks for it, or takes it back. The list of requests is
// read here; what writes goes to the writer.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/listing.h"
#include "cli/member_scope.h"
#include "core/base/cleanup.h"
#include "core/base/i18n.h"
#include "core/store/leave_request.h"
#include "office/office.h"

enum {
    ID,
    AT,
    MEMBER,
    NAME,
    SESSION,
    REASON,
    WHY,
    STATE,
    DECIDED_WHY,
    DECIDED_AT,
    DECIDED_BY,
    EVENT,
    WHO,
    COLUMN_COUNT
};

static const ReportColumn columns[COLUMN_COUNT] = {
    [ID] = {"id", N_("No."), REPORT_COUNT, REPORT_EVERYWHERE},
    [AT] = {"at", N_("When"), REPORT_TIME, REPORT_EVERYWHERE},
    [MEMBER] = {"member", N_("Member"), REPORT_TEXT, REPORT_EVERYWHERE},
    [NAME] = {"name", N_("Name"), REPORT_TEXT, REPORT_EVERYWHERE},
    [SESSION] = {"session", N_("Session"), REPORT_TEXT, REPORT_EVERYWHERE},
    [REASON] = {"reason", N_("Kind of leave"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [WHY] = {"why", N_("Why"), REPORT_TEXT, REPORT_EVERYWHERE},
    [STATE] = {"state", N_("State"), REPORT_WORD, REPORT_EVERYWHERE},
    [DECIDED_WHY] = {"decided_why", N_("Decision"), REPORT_TEXT, REPORT_EVERYWHERE},
    [DECIDED_AT] = {"decided_at", N_("Decided"), REPORT_TIME, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [DECIDED_BY] = {"decided_by", N_("By"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [EVENT] = {"event", N_("Leave entered"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [WHO] = {"who", N_("Entered by"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
};

static const char *const state_titles[LEAVE_OUTCOME_COUNT] = {N_("open"), N_("approved"), N_("refused"),
                                                              N_("withdrawn")};

typedef struct LeaveList {
    Report *report;
    MemberScope scope;
} LeaveList;

static int list_row(void *user, const LeaveRequest *request)
{
    LeaveList *list = user;
    CLEANUP(cleanup_text) Text event = {0};
    int holds = member_scope_holds(&list->scope, request->member, zone_date(request->starts));

    if (holds <= 0)
        return holds;
    ReportCell *cells = report_row(list->report, 0);
    if (request->epoch)
        text_appendf(&event, "%s:%" PRIu64, request->epoch, request->seq);
    cells[ID] = report_number(request->request);
    cells[AT] = report_number(request->at);
    cells[MEMBER] = report_text(request->member);
    cells[NAME] = report_text(request->name);
    cells[SESSION] = report_text(request->session);
    cells[REASON] = report_text(request->reason);
    cells[WHY] = report_text(request->why);
    cells[STATE].word = (ReportWord){leave_outcome_word(request->outcome), state_titles[request->outcome]};
    cells[DECIDED_WHY] = report_text(request->decided_why);
    cells[DECIDED_AT] = report_number(request->outcome == LEAVE_OPEN ? REPORT_NULL : request->decided_at);
    cells[DECIDED_BY] = report_text(request->decided_by);
    cells[EVENT] = report_text(event.size ? text_cstr(&event) : NULL);
    cells[WHO] = report_text(request->who);
    return 0;
}

static int list_fill(LeaveList *list, Store *store, const char *org, bool open)
{
    int r = store_begin(store); // one moment for all

    if (r == 0)
        r = member_scope_init(&list->scope, store, org);
    if (r == 0)
        r = leave_request_each(store, &(LeaveRequestFilter){.open = open}, list_row, list);
    store_rollback(store);
    member_scope_deinit(&list->scope);
    return r;
}

static int leave_list(CommandContext *context, const Options *options)
{
    const Renderer *renderer = listing_format(options);
    const char *org = options_get(options, "org");
    CLEANUP(cleanup_store) Store *store = NULL;
    CLEANUP(cleanup_report) Report *report = NULL;
    int code = EX_OK;

    if (!renderer)
        return EX_USAGE;
    store = command_open_read(context, &code);
    if (!store)
        return code;
    report = report_new("leave-requests", _("Leave requests"), "requests", columns, COLUMN_COUNT);
    LeaveList list = {.report = report};
    int r = list_fill(&list, store, org, options_has(options, "open"));
    if (r == QUERY_E_UNKNOWN) {
        fprintf(stderr, _("studyday: leave: there is no organisation %s\n"), org);
        return EX_DATAERR;
    }
    if (r < 0) {
        fprintf(stderr, _("studyday: leave: the database cannot be read: %s\n"), strerror(-r));
        return EX_IOERR;
    }
    listing_print(report, renderer);
    return EX_OK;
}

static int cmd_leave_run(CommandContext *context, int argc, char **argv)
{
    CLEANUP(cleanup_text) Text problem = {0};
    Options options;

    if (!options_parse(office_leave_options, argc, argv, &options, &problem)) {
        fprintf(stderr, "studyday: leave: %s\n", text_cstr(&problem));
        return EX_USAGE;
    }
    if (options.operand_count == 1 && strcmp(options.operands[0], "list") == 0)
        return leave_list(context, &options);
    return command_office(context, argc, argv, NULL);
}

const Command cmd_leave = {
    .name = "leave",
    .usage = N_("leave add SESSION MEMBER [--reason CODE] --why TEXT\n"
                "leave withdraw SESSION MEMBER --why TEXT\n"
                "leave request SESSION MEMBER [--reason CODE] --why TEXT\n"
                "leave approve ID --why TEXT\n"
                "leave refuse ID --why TEXT\n"
                "leave list [--open] [--org ORG] [--format text|csv|json|jsonl]"),
    .summary = N_("leave of members for a session: entered, asked for, approved, taken back"),
    .options = office_leave_options,
    .run = cmd_leave_run,
};
