// studyday objection: what members object to, and what the office answers. The list is read here; what writes
// goes to the writer.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/listing.h"
#include "cli/member_scope.h"
#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/i18n.h"
#include "core/store/objection.h"
#include "core/store/query.h"
#include "office/office.h"

enum {
    ID,
    AT,
    MEMBER,
    NAME,
    SESSION,
    TEXT,
    STATE,
    ANSWER,
    ANSWERED_AT,
    ANSWERED_BY,
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
    [TEXT] = {"text", N_("Objection"), REPORT_TEXT, REPORT_EVERYWHERE},
    [STATE] = {"state", N_("State"), REPORT_WORD, REPORT_EVERYWHERE},
    [ANSWER] = {"answer", N_("Answer"), REPORT_TEXT, REPORT_EVERYWHERE},
    [ANSWERED_AT] = {"answered_at", N_("Answered"), REPORT_TIME, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [ANSWERED_BY] = {"answered_by", N_("By"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [EVENT] = {"event", N_("Correction"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [WHO] = {"who", N_("Entered by"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
};

typedef struct ObjectionList {
    Report *report;
    MemberScope scope;
} ObjectionList;

static ReportWord state_word(const Objection *objection)
{
    if (!objection->answered)
        return (ReportWord){"open", N_("open")};
    return objection->accepted ? (ReportWord){"accepted", N_("accepted")}
                               : (ReportWord){"rejected", N_("rejected")};
}

static int list_row(void *user, const Objection *objection)
{
    ObjectionList *list = user;
    CLEANUP(cleanup_text) Text event = {0};
    int holds = member_scope_holds(&list->scope, objection->member, zone_date(objection->starts));

    if (holds <= 0)
        return holds;
    ReportCell *cells = report_row(list->report, 0);
    if (objection->epoch)
        text_appendf(&event, "%s:%" PRIu64, objection->epoch, objection->seq);
    cells[ID] = report_number(objection->objection);
    cells[AT] = report_number(objection->at);
    cells[MEMBER] = report_text(objection->member);
    cells[NAME] = report_text(objection->name);
    cells[SESSION] = report_text(objection->session);
    cells[TEXT] = report_text(objection->text);
    cells[STATE].word = state_word(objection);
    cells[ANSWER] = report_text(objection->answer);
    cells[ANSWERED_AT] = report_number(objection->answered ? objection->answered_at : REPORT_NULL);
    cells[ANSWERED_BY] = report_text(objection->answered_by);
    cells[EVENT] = report_text(event.size ? text_cstr(&event) : NULL);
    cells[WHO] = report_text(objection->who);
    return 0;
}

static int list_fill(ObjectionList *list, Store *store, const char *org, bool open)
{
    int r = store_begin(store); // one moment for all

    if (r == 0)
        r = member_scope_init(&list->scope, store, org);
    if (r == 0)
        r = objection_each(store, &(ObjectionFilter){.open = open}, list_row, list);
    store_rollback(store);
    member_scope_deinit(&list->scope);
    return r;
}

static int objection_list(CommandContext *context, const Options *options)
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
    report = report_new("objections", _("Objections"), "objections", columns, COLUMN_COUNT);
    ObjectionList list = {.report = report};
    const char *org = options_get(options, "org");
    int r = list_fill(&list, store, org, options_has(options, "open"));
    if (r == QUERY_E_UNKNOWN) {
        fprintf(stderr, _("studyday: objection: there is no organisation %s\n"), org);
        return EX_DATAERR;
    }
    if (r < 0) {
        fprintf(stderr, _("studyday: objection: the database cannot be read: %s\n"), strerror(-r));
        return EX_IOERR;
    }
    listing_print(report, renderer);
    return EX_OK;
}

static int cmd_objection_run(CommandContext *context, int argc, char **argv)
{
    CLEANUP(cleanup_text) Text problem = {0};
    Options options;

    if (!options_parse(office_objection_options, argc, argv, &options, &problem)) {
        fprintf(stderr, "studyday: objection: %s\n", text_cstr(&problem));
        return EX_USAGE;
    }
    if (options.operand_count == 1 && strcmp(options.operands[0], "list") == 0)
        return objection_list(context, &options);
    return command_office(context, argc, argv, NULL);
}

const Command cmd_objection = {
    .name = "objection",
    .usage = N_("objection add MEMBER --session SESSION --text TEXT\n"
                "objection answer ID --text TEXT --accepted [--event EPOCH:SEQ]\n"
                "objection answer ID --text TEXT --rejected\n"
                "objection list [--open] [--org ORG] [--format text|csv|json|jsonl]"),
    .summary = N_("what members object to in their record, and the answers"),
    .options = office_objection_options,
    .run = cmd_objection_run,
};
