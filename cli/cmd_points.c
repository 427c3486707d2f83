// studyday points: of a site that has switched on a points scheme. `balance` only looks; `redeem` is an
// office operation (office/points.c).
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/listing.h"
#include "core/base/cleanup.h"
#include "core/base/i18n.h"
#include "core/base/options.h"
#include "core/store/store.h"
#include "office/office.h"
#include "reports/points.h"

static int points_print(CommandContext *context, const Options *options)
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
    int r = store_begin(store); // one moment for all
    if (r == 0)
        r = points_report(store, options->operands[1], clock_now(), &report);
    store_rollback(store);
    if (r == POINTS_E_OFF) {
        fputs(_("studyday: points: the points scheme is off; a rule of the kind points switches it on, see "
                "studyday-rules(7)\n"),
              stderr);
        return EX_CONFIG;
    }
    if (r == POINTS_E_UNKNOWN) {
        fprintf(stderr, _("studyday: points: there is no member %s\n"), options->operands[1]);
        return EX_DATAERR;
    }
    if (r < 0) {
        fprintf(stderr, _("studyday: points: the database cannot be read: %s\n"), strerror(-r));
        return EX_IOERR;
    }
    listing_print(report, renderer);
    return EX_OK;
}

static int cmd_points_run(CommandContext *context, int argc, char **argv)
{
    CLEANUP(cleanup_text) Text problem = {0};
    Options options;

    if (!options_parse(office_points_options, argc, argv, &options, &problem)) {
        fprintf(stderr, "studyday: points: %s\n", text_cstr(&problem));
        return EX_USAGE;
    }
    if (options.operand_count != 2 || strcmp(options.operands[0], "balance") != 0)
        return command_office(context, argc, argv, NULL);
    if (options_has(&options, "why")) {
        fputs(_("studyday: points: --why is for redeem\n"), stderr);
        return EX_USAGE;
    }
    return points_print(context, &options);
}

const Command cmd_points = {
    .name = "points",
    .usage = N_("points balance MEMBER [--format text|csv|json|jsonl]\n"
                "points redeem MEMBER N --why TEXT"),
    .summary = N_("points for taking part, where a site has switched them on"),
    .options = office_points_options,
    .run = cmd_points_run,
};
