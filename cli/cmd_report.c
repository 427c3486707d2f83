// studyday report: any report of the registry. Reads one moment of the database, so that a report agrees with
// itself while events arrive.
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/deliver.h"
#include "cli/listing.h"
#include "cli/noted.h"
#include "cli/report_registry.h"
#include "cli/report_set.h"
#include "core/base/cleanup.h"
#include "core/base/i18n.h"
#include "core/base/options.h"
#include "core/store/store.h"
#include "reports/report_grading.h"

#define DEPTH_DEFAULT 1 // studyday(1): the org and its children

// What is asked for: which report, of what, in which form.
typedef struct Asked {
    const ReportKind *kind;
    ReportRequest request;
    const Renderer *renderer;
} Asked;

static bool take_depth(const Options *options, int *ret_depth)
{
    const char *given = options_get(options, "depth");
    long long depth = DEPTH_DEFAULT;

    if (given && !text_parse_int64(given, 0, REPORT_DEPTH_MAX, &depth)) {
        fprintf(stderr, _("studyday: report: --depth %s: a whole number from 0 to %d\n"), given,
                REPORT_DEPTH_MAX);
        return false;
    }
    *ret_depth = (int)depth;
    return true;
}

static bool take_revision(const Options *options, ReportScope *scope)
{
    const char *given = options_get(options, "revision");
    long long revision = 0;

    if (options_has(options, "changes") && options_has(options, "depth")) {
        fputs(_("studyday: report: --changes lists members and points, which have no --depth\n"), stderr);
        return false;
    }
    if (given && !text_parse_int64(given, 0, INT32_MAX, &revision)) {
        fprintf(stderr, _("studyday: report: --revision %s: a whole number from 0\n"), given);
        return false;
    }
    scope->revision_given = given != NULL;
    scope->revision = (int)revision;
    return true;
}

static bool take_kind(const Options *options, Asked *asked)
{
    const char *name = options->operand_count > 0 ? options->operands[0] : NULL;

    if (!name) {
        fputs(_("studyday: report: which one? `studyday report list` shows them\n"), stderr);
        return false;
    }
    asked->kind = report_kind_find(name);
    if (!asked->kind) {
        fprintf(stderr, _("studyday: report: there is no report %s; `studyday report list` shows them\n"),
                name);
        return false;
    }
    for (const ProgramOption *option = report_options; option->name; option++) {
        if (options_has(options, option->name) && !report_kind_takes_option(asked->kind, option->name)) {
            fprintf(stderr, _("studyday: report: %s has no --%s\n"), name, option->name);
            return false;
        }
    }
    return true;
}

static bool take_period(const Options *options, Asked *asked)
{
    CLEANUP(cleanup_text) Text takes = {0};
    const char *name = options->operand_count > 1 ? options->operands[1] : NULL;

    if (options->operand_count <= 2 && report_kind_parse(asked->kind, name, &asked->request))
        return true;
    report_kind_append_takes(asked->kind, &takes);
    if (asked->kind->takes == REPORT_TAKES_MONTH && name)
        fprintf(stderr, _("studyday: report: month %s: expected YYYY-MM, such as 2026-11\n"), name);
    else
        fprintf(stderr, _("studyday: report: say `report %s%s%s`\n"), asked->kind->name,
                takes.size ? " " : "", text_cstr(&takes));
    return false;
}

/// False after having said what is wrong with the command line (64).
static bool take(const Options *options, Asked *asked)
{
    if (!take_kind(options, asked) || !take_period(options, asked))
        return false;
    asked->request.options = options;
    asked->request.scope.org = options_get(options, "org");
    if (options_has(options, "out-dir"))
        return take_depth(options, &asked->request.scope.depth) &&
               take_revision(options, &asked->request.scope) && report_set_check(asked->kind, options);
    if (options_has(options, "explain")) {
        fputs(_("studyday: report: --explain writes pages beside a set of reports: it needs --out-dir\n"),
              stderr);
        return false;
    }
    if (options_has(options, "level") && asked->kind->build != report_grading) {
        fputs(_("studyday: report: --level says which organisations get files: it needs --out-dir\n"),
              stderr);
        return false;
    }
    asked->renderer = listing_format(options);
    asked->request.scope.trend =
        options_has(options, "trend") || (asked->renderer && asked->renderer->charts);
    return take_revision(options, &asked->request.scope) &&
           take_depth(options, &asked->request.scope.depth) && asked->renderer;
}

static const char *text_or_empty(const char *text)
{
    return text ? text : "";
}

/// What an outcome of a builder means for the user; returns the exit code.
static int explain(const ReportRequest *request, int r)
{
    bool is_month = request->given != REPORT_TAKES_SESSION;
    long long year;

    switch (r) {
    case REPORT_E_UNKNOWN_ORG:
        fprintf(stderr, _("studyday: report: there is no organisation %s\n"),
                request->scope.org ? request->scope.org : "");
        return EX_DATAERR;
    case REPORT_E_NO_ORGS:
        fputs(
            _("studyday: report: there are no organisations yet; `studyday import orgs FILE` brings them\n"),
            stderr);
        return EX_DATAERR;
    case REPORT_E_FUTURE:
        fprintf(stderr,
                is_month ? _("studyday: report: the month %s has not begun\n")
                         : _("studyday: report: the session %s has not begun\n"),
                request->name);
        return EX_DATAERR;
    case REPORT_E_NOT_OVER:
        fprintf(stderr, _("studyday: report: the month %s is not over; this report counts full months\n"),
                request->name);
        return EX_DATAERR;
    case REPORT_E_NO_LEVEL:
        fprintf(stderr, _("studyday: report: there is no organisation of the level %s here\n"),
                text_or_empty(options_get(request->options, "level")));
        return EX_DATAERR;
    case REPORT_E_NO_RULE:
        fprintf(stderr, _("studyday: report: there is no grading %s; `studyday rules list` shows them\n"),
                text_or_empty(options_get(request->options, "rule")));
        return EX_DATAERR;
    case REPORT_E_UNKNOWN_SESSION:
        fprintf(stderr, _("studyday: report: there is no session %s\n"), request->name);
        return EX_DATAERR;
    case REPORT_E_UNKNOWN_MEMBER:
        fprintf(stderr, _("studyday: report: there is no member %s\n"), request->name);
        return EX_DATAERR;
    case REPORT_E_NEEDS_ORG:
        fputs(_("studyday: report: --members lists the members of one organisation: say which with --org\n"),
              stderr);
        return EX_USAGE;
    case REPORT_E_YEAR:
        fprintf(stderr, _("studyday: report: --year %s: expected a year that has begun, such as 2026\n"),
                text_or_empty(options_get(request->options, "year")));
        return text_parse_int64(text_or_empty(options_get(request->options, "year")), 0, INT32_MAX, &year)
                   ? EX_DATAERR
                   : EX_USAGE;
    case REPORT_E_NO_REVISION:
        if (request->scope.revision_given)
            fprintf(stderr, _("studyday: report: %s has no revision %d\n"), request->name,
                    request->scope.revision);
        else
            fprintf(stderr, _("studyday: report: %s has not been closed\n"), request->name);
        return EX_DATAERR;
    default:
        fprintf(stderr, _("studyday: report: the database cannot be read: %s\n"), strerror(-r));
        return EX_IOERR;
    }
}

/// Leaves the transaction open for a report whose rows are read while they are written.
static int build(Store *store, const Asked *asked, Report **ret_report)
{
    int r = store_begin(store);
    if (r < 0)
        return r;
    r = asked->kind->build(store, &asked->request, ret_report);
    if (r != 0 || !(*ret_report)->source.each)
        store_rollback(store);
    return r;
}

static int list(const Options *options)
{
    CLEANUP(cleanup_report) Report *report = NULL;
    const Renderer *renderer = listing_format(options);

    if (!renderer)
        return EX_USAGE;
    report = report_kind_list();
    return deliver_report(report, renderer, options_get(options, "output"), options_has(options, "force"));
}

// "last" is the month before the present one: what a timer asks for, whatever the day.
static bool take_last(CommandContext *context, Options *options, char ret_month[static CLOCK_TEXT_SIZE],
                      int *ret_code)
{
    const ReportKind *kind = options->operand_count == 2 ? report_kind_find(options->operands[0]) : NULL;

    if (!kind || !(kind->takes & REPORT_TAKES_MONTH) || kind->takes & REPORT_TAKES_SESSION ||
        strcmp(options->operands[1], "last") != 0)
        return true;
    if (!command_config(context, ret_code)) // it knows the site's zone
        return false;
    month_format(month_of_date(zone_date(clock_now())) - 1, ret_month);
    options->operands[1] = ret_month;
    return true;
}

static int cmd_report_run(CommandContext *context, int argc, char **argv)
{
    CLEANUP(cleanup_text) Text problem = {0};
    CLEANUP(cleanup_store) Store *store = NULL;
    CLEANUP(cleanup_report) Report *report = NULL;
    Asked asked = {0};
    Options options;
    char last[CLOCK_TEXT_SIZE];
    int code = EX_OK;

    if (!options_parse(report_options, argc, argv, &options, &problem)) {
        fprintf(stderr, "studyday: report: %s\n", text_cstr(&problem));
        return EX_USAGE;
    }
    if (options.operand_count == 1 && strcmp(options.operands[0], "list") == 0)
        return list(&options);
    if (!take_last(context, &options, last, &code))
        return code;
    if (!take(&options, &asked))
        return EX_USAGE;
    if (asked.request.given == REPORT_TAKES_MEMBER)
        code = noted_read(context, asked.kind->name, asked.request.name);
    store = code == EX_OK ? command_open_read(context, &code) : NULL;
    if (!store)
        return code;
    asked.request.scope.now = clock_now();
    if (options_has(&options, "out-dir")) {
        int outcome = report_set_run(store, asked.kind, &asked.request, &code);
        return outcome != 0 ? explain(&asked.request, outcome) : code;
    }
    int r = build(store, &asked, &report);
    if (r != 0)
        return explain(&asked.request, r);
    if (report->as_of == TIME_NONE)
        report->as_of = asked.request.scope.now;
    code = deliver_report(report, asked.renderer, options_get(&options, "output"),
                          options_has(&options, "force"));
    if (store_in_transaction(store))
        store_rollback(store);
    return code;
}

// `report NAME --help`: that report's own usage, options and examples.
static bool help(int argc, char **argv, int *ret_code)
{
    CLEANUP(cleanup_text) Text usage = {0};
    ProgramOption own[OPTIONS_MAX + 1] = {0};
    const ReportKind *kind = NULL;
    size_t count = 0;

    for (int i = 1; i < argc && !kind; i++)
        kind = report_kind_find(argv[i]);
    if (!kind)
        return false;
    for (const ProgramOption *option = report_options; option->name; option++) {
        if (report_kind_takes_option(kind, option->name))
            own[count++] = *option;
    }
    text_append(&usage, "studyday report ");
    report_kind_append_synopsis(kind, &usage);
    *ret_code = program_print_help(text_cstr(&usage), kind->summary, own);
    printf("\n%s\n", _("Examples:"));
    for (const char *example = kind->example; example; example = strchr(example, '\n')) {
        example += *example == '\n';
        printf("  studyday %.*s\n", (int)strcspn(example, "\n"), example);
    }
    *ret_code = program_finish(*ret_code);
    return true;
}

const Command cmd_report = {
    .name = "report",
    .usage = N_("report list [--format text|csv|json|jsonl]\n"
                "report NAME [YYYY-MM|SESSION|...] [--org ORG] [--format FORMAT] [-o FILE [--force]] [...]\n"
                "report NAME --help"),
    .summary = N_("participation, by organisation or member; `report list` shows what there is"),
    .options = report_options,
    .run = cmd_report_run,
    .help = help,
};
