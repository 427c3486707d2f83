// studyday headcount: how many people somebody counted, without names. The list is read here.
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/deliver.h"
#include "cli/listing.h"
#include "core/base/i18n.h"
#include "office/office.h"
#include "reports/report_roll.h"

static int headcount_list(CommandContext *context, const Options *options)
{
    const Renderer *renderer = listing_format(options);
    const char *session = options_get(options, "session");
    CLEANUP(cleanup_store) Store *store = NULL;
    CLEANUP(cleanup_report) Report *report = NULL;
    int code = EX_OK;

    if (!renderer)
        return EX_USAGE;
    if (!session) {
        fputs(_("studyday: headcount: --session is needed: of which session?\n"), stderr);
        return EX_USAGE;
    }
    store = command_open_read(context, &code);
    if (!store)
        return code;
    int r = report_headcounts(store, session, &report);
    if (r == REPORT_E_UNKNOWN_SESSION) {
        fprintf(stderr, _("studyday: headcount: there is no session %s\n"), session);
        return EX_DATAERR;
    }
    if (r < 0) {
        fprintf(stderr, _("studyday: headcount: the database cannot be read: %s\n"), strerror(-r));
        return EX_IOERR;
    }
    return deliver_report(report, renderer, NULL, false);
}

static int cmd_headcount_run(CommandContext *context, int argc, char **argv)
{
    CLEANUP(cleanup_text) Text problem = {0};
    Options options;

    if (!options_parse(office_headcount_options, argc, argv, &options, &problem)) {
        fprintf(stderr, "studyday: headcount: %s\n", text_cstr(&problem));
        return EX_USAGE;
    }
    if (options.operand_count == 1 && strcmp(options.operands[0], "list") == 0)
        return headcount_list(context, &options);
    return command_office(context, argc, argv, NULL);
}

const Command cmd_headcount = {
    .name = "headcount",
    .usage = N_("headcount add --session SESSION --point POINT --count N --why TEXT\n"
                "headcount list --session SESSION [--format FORMAT]"),
    .summary = N_("enter how many people were counted at a point; shown apart, in no figure"),
    .options = office_headcount_options,
    .run = cmd_headcount_run,
};
