// studyday verify: proves that the database is whole: SQLite's own check, every chain from its start through
// all that was noted of it apart, every total against its attendance rows. Exit 1 when something was found.
// It asks no writer for anything: it shows what lies there, also a database that no writer would go on with.
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/findings.h"
#include "cli/listing.h"
#include "cli/writer.h"
#include "core/base/cleanup.h"
#include "core/base/i18n.h"
#include "core/base/options.h"

static const ProgramOption verify_options[] = {
    {"format", 'f', "FORMAT", N_("text, csv, json or jsonl (default: text)")},
    {0},
};

static Store *verify_open(const ConfigSite *config, int *ret_exit)
{
    CLEANUP(cleanup_text) Text why = {0};
    Store *store = NULL;
    int r = store_open(config->database, STORE_READ, &store);

    if (r == 0)
        return store;
    *ret_exit = writer_explain(config, r, &why);
    fputs(text_cstr(&why), stderr);
    return NULL;
}

static int cmd_verify_run(CommandContext *context, int argc, char **argv)
{
    CLEANUP(cleanup_text) Text problem = {0};
    CLEANUP(cleanup_store) Store *store = NULL;
    CLEANUP(cleanup_report) Report *report = NULL;
    VerifySummary summary = {0};
    Options options;
    int code = EX_OK;

    if (!options_parse(verify_options, argc, argv, &options, &problem) || options.operand_count > 0) {
        fprintf(stderr, "studyday: verify: %s\n",
                problem.size > 0 ? text_cstr(&problem)
                                 : _("takes options only; see `studyday verify --help`"));
        return EX_USAGE;
    }
    const Renderer *renderer = listing_format(&options);
    if (!renderer)
        return EX_USAGE;
    const ConfigSite *config = command_config(context, &code);
    if (config)
        store = verify_open(config, &code);
    if (!store)
        return code;
    report = findings_new("verify", _("Verification of the database"));
    int r = verify_store_heads(store, config->heads, findings_add, report, &summary);
    if (r != 0) {
        fprintf(stderr, _("studyday: verify: the database cannot be read: %s\n"), strerror(-r));
        return EX_IOERR;
    }
    code = findings_finish(report, &summary);
    listing_print(report, renderer);
    return code;
}

const Command cmd_verify = {
    .name = "verify",
    .usage = N_("verify [--format text|csv|json|jsonl]"),
    .summary = N_("prove the chains, the keys and the totals of the database"),
    .options = verify_options,
    .run = cmd_verify_run,
};
