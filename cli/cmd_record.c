// studyday record: one member's own record of a year.
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/deliver.h"
#include "cli/listing.h"
#include "cli/noted.h"
#include "core/base/cleanup.h"
#include "core/base/clock.h"
#include "core/base/i18n.h"
#include "core/base/options.h"
#include "core/store/store.h"
#include "reports/record.h"
#include "reports/record_notes.h"

#define YEAR_MIN 1970 // before that nobody had a terminal
#define YEAR_MAX 9998 // the year after it must have four digits as well

static const ProgramOption record_options[] = {
    {"year", 0, "Y", N_("year of the record (default: this year)")},
    {"format", 'f', "FORMAT", N_("text, csv, json, jsonl, xlsx, html or pdf (default: text)")},
    {"output", 'o', "FILE", N_("write into FILE instead of standard output")},
    {"force", 0, NULL, N_("write over FILE if it exists")},
    {0},
};

static int explain(const char *member, int year, int r)
{
    if (r == RECORD_E_UNKNOWN) {
        fprintf(stderr, _("studyday: record: there is no member %s\n"), member);
        return EX_DATAERR;
    }
    if (r == RECORD_E_FUTURE) {
        fprintf(stderr, _("studyday: record: the year %d has not begun\n"), year);
        return EX_DATAERR;
    }
    fprintf(stderr, _("studyday: record: the database cannot be read: %s\n"), strerror(-r));
    return EX_IOERR;
}

static int build(Store *store, const char *member, int year, Time now, Report **ret_report)
{
    int r = store_begin(store);
    if (r < 0)
        return r;
    r = record_report(store, member, year, now, ret_report);
    if (r == 0)
        r = record_notes_add(store, member, year, now, *ret_report);
    store_rollback(store);
    return r;
}

/// `ret_year` 0 when none was asked for. False after having said what is wrong (64).
static bool take_year(const Options *options, int *ret_year)
{
    const char *given = options_get(options, "year");
    long long year = 0;

    if (given && !text_parse_int64(given, YEAR_MIN, YEAR_MAX, &year)) {
        fprintf(stderr, _("studyday: record: --year %s: expected a year, such as 2026\n"), given);
        return false;
    }
    *ret_year = (int)year;
    return true;
}

static int cmd_record_run(CommandContext *context, int argc, char **argv)
{
    CLEANUP(cleanup_text) Text problem = {0};
    CLEANUP(cleanup_store) Store *store = NULL;
    CLEANUP(cleanup_report) Report *report = NULL;
    Options options;
    int year, code = EX_OK;

    if (!options_parse(record_options, argc, argv, &options, &problem)) {
        fprintf(stderr, "studyday: record: %s\n", text_cstr(&problem));
        return EX_USAGE;
    }
    if (options.operand_count != 1) {
        fputs(_("studyday: record: say `record MEMBER`\n"), stderr);
        return EX_USAGE;
    }
    const Renderer *renderer = listing_format(&options);
    if (!renderer || !take_year(&options, &year))
        return EX_USAGE;
    code = noted_read(context, "record", options.operands[0]);
    store = code == EX_OK ? command_open_read(context, &code) : NULL;
    if (!store)
        return code;

    Time now = clock_now();
    year = year ? year : record_year(now);
    int r = build(store, options.operands[0], year, now, &report);
    if (r != 0)
        return explain(options.operands[0], year, r);
    report->as_of = now;
    return deliver_report(report, renderer, options_get(&options, "output"), options_has(&options, "force"));
}

const Command cmd_record = {
    .name = "record",
    .usage = N_("record MEMBER [--year Y] [--format text|csv|json|jsonl|xlsx|html|pdf] [-o FILE [--force]]"),
    .summary = N_("what a member has attended, the hours earned, and what may still be made up"),
    .options = record_options,
    .run = cmd_record_run,
};
