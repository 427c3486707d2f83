// studyday retention: how long what is kept, and what is older.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/listing.h"
#include "core/base/cleanup.h"
#include "core/base/clock.h"
#include "core/base/i18n.h"
#include "core/store/retention.h"
#include "office/office.h"

enum { WHAT, DAYS, DUE, SOURCE, COLUMN_COUNT };
static const ReportColumn columns[COLUMN_COUNT] = {
    [WHAT] = {"what", N_("What"), REPORT_TEXT, REPORT_EVERYWHERE},
    [DAYS] = {"days", N_("Days kept"), REPORT_COUNT, REPORT_EVERYWHERE},
    [DUE] = {"due", N_("Older"), REPORT_COUNT, REPORT_EVERYWHERE},
    [SOURCE] = {"source", N_("Source"), REPORT_TEXT, REPORT_EVERYWHERE},
};

static int take_rule(void *user, const RetentionRule *rule)
{
    ReportCell *cells = report_row(user, 0);

    cells[WHAT] = report_text(rule->what);
    cells[DAYS] = report_number(rule->days == RETENTION_FOR_EVER ? REPORT_NULL : rule->days);
    cells[DUE] = report_number(rule->due);
    cells[SOURCE] = report_text(rule->source);
    return 0;
}

static int retention_show(CommandContext *context, const Options *options)
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
    report = report_new("retention", _("How long what is kept"), "rules", columns, COLUMN_COUNT);
    int r = retention_each(store, clock_now(), take_rule, report);
    if (r < 0) {
        fprintf(stderr, _("studyday: retention: the database cannot be read: %s\n"), strerror(-r));
        return EX_IOERR;
    }
    listing_print(report, renderer);
    return EX_OK;
}

static int cmd_retention_run(CommandContext *context, int argc, char **argv)
{
    CLEANUP(cleanup_text) Text problem = {0};
    Options options;

    if (!options_parse(office_retention_options, argc, argv, &options, &problem)) {
        fprintf(stderr, "studyday: retention: %s\n", text_cstr(&problem));
        return EX_USAGE;
    }
    if (options.operand_count == 1 && strcmp(options.operands[0], "show") == 0)
        return retention_show(context, &options);
    return command_office(context, argc, argv, NULL);
}

const Command cmd_retention = {
    .name = "retention",
    .usage = N_("retention show [--format text|csv|json|jsonl]\n"
                "retention run [--dry-run]\n"
                "retention set WHAT DAYS|never --source TEXT --why TEXT"),
    .summary = N_("how long what is kept that no figure needs, and what is older"),
    .options = office_retention_options,
    .run = cmd_retention_run,
};
