// studyday spotcheck: a random sample is drawn and sent to the points; what was found is shown. Lists are
// read here; what writes goes to the writer.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/deliver.h"
#include "cli/listing.h"
#include "core/base/i18n.h"
#include "office/office.h"
#include "reports/report_spotcheck.h"

static int spotcheck_read(Store *store, const Options *options, Report **ret_report)
{
    long long id = 0;

    if (strcmp(options->operands[0], "list") == 0)
        return report_spotcheck_list(store, options_get(options, "session"), ret_report);
    if (!text_parse_int64(options->operands[1], 1, INT64_MAX, &id))
        return SPOTCHECK_E_UNKNOWN;
    return report_spotcheck(store, id, false, ret_report);
}

static int spotcheck_explain(const Options *options, int r)
{
    if (r < 0)
        fprintf(stderr, _("studyday: spotcheck: the database cannot be read: %s\n"), strerror(-r));
    else if (options->operand_count == 2)
        fprintf(stderr, _("studyday: spotcheck: there is no spot-check %s\n"), options->operands[1]);
    else
        fprintf(stderr, _("studyday: spotcheck: there is no session %s\n"), options_get(options, "session"));
    return r < 0 ? EX_IOERR : EX_DATAERR;
}

static int spotcheck_look(CommandContext *context, const Options *options)
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
        r = spotcheck_read(store, options, &report);
    store_rollback(store);
    if (r != 0)
        return spotcheck_explain(options, r);
    return deliver_report(report, renderer, options_get(options, "output"), options_has(options, "force"));
}

static int cmd_spotcheck_run(CommandContext *context, int argc, char **argv)
{
    CLEANUP(cleanup_text) Text problem = {0};
    Options options;

    if (!options_parse(office_spotcheck_options, argc, argv, &options, &problem)) {
        fprintf(stderr, "studyday: spotcheck: %s\n", text_cstr(&problem));
        return EX_USAGE;
    }
    if ((options.operand_count == 1 && strcmp(options.operands[0], "list") == 0) ||
        (options.operand_count == 2 && strcmp(options.operands[0], "show") == 0))
        return spotcheck_look(context, &options);
    return command_office(context, argc, argv, NULL);
}

const Command cmd_spotcheck = {
    .name = "spotcheck",
    .usage = N_("spotcheck draw --session SESSION (--members N | --points N) [--org ORG] [--seed SEED] "
                "[--dry-run] [--format FORMAT]\n"
                "spotcheck list [--session SESSION] [--format FORMAT] [-o FILE [--force]]\n"
                "spotcheck show ID [--format FORMAT] [-o FILE [--force]]\n"
                "spotcheck enter ID MEMBER --found yes|no [--score N] --why TEXT\n"
                "spotcheck cancel ID --why TEXT"),
    .summary = N_("draw a random sample of members or points to be checked, and see what was found"),
    .options = office_spotcheck_options,
    .run = cmd_spotcheck_run,
};
