// studyday recompute: every attendance row and every total once more from the events. With --diff it only
// compares, and exits 1 when there is a difference; without, the one writer puts right what differs.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/findings.h"
#include "cli/listing.h"
#include "core/base/cleanup.h"
#include "core/base/clock.h"
#include "core/base/i18n.h"
#include "core/base/options.h"

static const ProgramOption recompute_options[] = {
    {"diff", 0, NULL, N_("show differences and change nothing")},
    {"format", 'f', "FORMAT", N_("with --diff: text, csv, json or jsonl (default: text)")},
    {0},
};

static int recompute_compare(CommandContext *context, const Renderer *renderer)
{
    CLEANUP(cleanup_store) Store *store = NULL;
    CLEANUP(cleanup_report) Report *report = NULL;
    VerifySummary summary = {0};
    int code = EX_OK;

    store = command_open_read(context, &code);
    if (!store)
        return code;
    report = findings_new("recompute", _("Differences between the events and what is kept of them"));
    int r = recompute_diff(store, clock_now(), findings_add, report, &summary);
    if (r == -EACCES) {
        fputs(_("studyday: recompute: cards.key beside the database cannot be read, and without it whose the "
                "events "
                "of cards are\n"),
              stderr);
        return EX_NOPERM;
    }
    if (r != 0) {
        fprintf(stderr, _("studyday: recompute: the database cannot be read: %s\n"), strerror(-r));
        return EX_IOERR;
    }
    code = findings_finish(report, &summary);
    listing_print(report, renderer);
    return code;
}

static int cmd_recompute_run(CommandContext *context, int argc, char **argv)
{
    CLEANUP(cleanup_text) Text problem = {0};
    Options options;

    if (!options_parse(recompute_options, argc, argv, &options, &problem) || options.operand_count > 0) {
        fprintf(stderr, "studyday: recompute: %s\n",
                problem.size > 0 ? text_cstr(&problem)
                                 : _("takes options only; see `studyday recompute --help`"));
        return EX_USAGE;
    }
    if (options_has(&options, "diff")) {
        const Renderer *renderer = listing_format(&options);
        return renderer ? recompute_compare(context, renderer) : EX_USAGE;
    }
    if (options_has(&options, "format")) {
        fputs(_("studyday: recompute: --format goes with --diff\n"), stderr);
        return EX_USAGE;
    }
    char name[] = "recompute";
    char *operation[] = {name, NULL};
    return command_office(context, 1, operation, NULL);
}

const Command cmd_recompute = {
    .name = "recompute",
    .usage = N_("recompute --diff [--format text|csv|json|jsonl]\nrecompute"),
    .summary = N_("rebuild attendance and totals from the events, or show what would differ"),
    .options = recompute_options,
    .run = cmd_recompute_run,
};
