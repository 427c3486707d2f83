// studyday report: the figures of a month or of a session, by organisation. Reads one moment of the database,
// so that a report agrees with itself while events arrive.
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/deliver.h"
#include "cli/listing.h"
#include "core/base/cleanup.h"
#include "core/base/i18n.h"
#include "core/base/options.h"
#include "core/store/store.h"
#include "reports/report_changes.h"
#include "reports/report_month.h"
#include "reports/report_session.h"

#define DEPTH_DEFAULT 1 // studyday(1): the org and its children

static const ProgramOption report_options[] = {
    {"org", 0, "ORG", N_("organisation to report on (default: the top, or the session's own)")},
    {"depth", 0, "N", N_("levels below it (default: 1; 0 is the organisation alone)")},
    {"revision", 0, "N", N_("month: the closed figures of this revision")},
    {"changes", 0, NULL, N_("month: what changed since it was closed, or with that revision")},
    {"format", 'f', "FORMAT", N_("text, csv, json or jsonl (default: text)")},
    {"output", 'o', "FILE", N_("write into FILE instead of standard output")},
    {"force", 0, NULL, N_("write over FILE if it exists")},
    {0},
};

// What is asked for, as it was written.
typedef struct ReportRequest {
    bool is_month, changes;
    Month month;
    const char *name; // the month or the session
    ReportScope scope;
    const Renderer *renderer;
} ReportRequest;

static bool request_take_depth(const Options *options, int *ret_depth)
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

static bool request_take_revision(const Options *options, ReportRequest *request)
{
    const char *given = options_get(options, "revision");
    long long revision = 0;

    request->changes = options_has(options, "changes");
    if (!request->is_month && (given || request->changes)) {
        fputs(_("studyday: report: --revision and --changes are for months\n"), stderr);
        return false;
    }
    if (request->changes && options_has(options, "depth")) {
        fputs(_("studyday: report: --changes lists members and points, which have no --depth\n"), stderr);
        return false;
    }
    if (given && !text_parse_int64(given, 0, INT32_MAX, &revision)) {
        fprintf(stderr, _("studyday: report: --revision %s: a whole number from 0\n"), given);
        return false;
    }
    request->scope.revision_given = given != NULL;
    request->scope.revision = (int)revision;
    return true;
}

/// False after having said what is wrong with the command line (64).
static bool request_take(const Options *options, ReportRequest *request)
{
    const char *kind = options->operand_count > 0 ? options->operands[0] : "";

    request->is_month = strcmp(kind, "month") == 0;
    if (options->operand_count != 2 || (!request->is_month && strcmp(kind, "session") != 0)) {
        fputs(_("studyday: report: say `report month YYYY-MM` or `report session SESSION`\n"), stderr);
        return false;
    }
    request->name = options->operands[1];
    if (request->is_month && !month_parse(request->name, &request->month)) {
        fprintf(stderr, _("studyday: report: month %s: expected YYYY-MM, such as 2026-11\n"), request->name);
        return false;
    }
    request->scope.org = options_get(options, "org");
    request->renderer = listing_format(options);
    return request_take_revision(options, request) && request_take_depth(options, &request->scope.depth) &&
           request->renderer;
}

/// What an outcome of a builder means for the user; returns the exit code.
static int explain(const ReportRequest *request, int r)
{
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
                request->is_month ? _("studyday: report: the month %s has not begun\n")
                                  : _("studyday: report: the session %s has not begun\n"),
                request->name);
        return EX_DATAERR;
    case REPORT_E_UNKNOWN_SESSION:
        fprintf(stderr, _("studyday: report: there is no session %s\n"), request->name);
        return EX_DATAERR;
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

static int build(Store *store, const ReportRequest *request, Report **ret_report)
{
    int r = store_begin(store);
    if (r < 0)
        return r;
    if (request->changes)
        r = report_changes(store, request->month, &request->scope, ret_report);
    else if (request->is_month)
        r = report_month(store, request->month, &request->scope, ret_report);
    else
        r = report_session(store, request->name, &request->scope, ret_report);
    store_rollback(store);
    return r;
}

static int cmd_report_run(CommandContext *context, int argc, char **argv)
{
    CLEANUP(cleanup_text) Text problem = {0};
    CLEANUP(cleanup_store) Store *store = NULL;
    CLEANUP(cleanup_report) Report *report = NULL;
    ReportRequest request = {0};
    Options options;
    int code = EX_OK;

    if (!options_parse(report_options, argc, argv, &options, &problem)) {
        fprintf(stderr, "studyday: report: %s\n", text_cstr(&problem));
        return EX_USAGE;
    }
    if (!request_take(&options, &request))
        return EX_USAGE;
    store = command_open_read(context, &code);
    if (!store)
        return code;
    request.scope.now = clock_now();
    int r = build(store, &request, &report);
    if (r != 0)
        return explain(&request, r);
    return deliver_report(report, request.renderer, options_get(&options, "output"),
                          options_has(&options, "force"));
}

const Command cmd_report = {
    .name = "report",
    .usage = N_(
        "report month YYYY-MM [--org ORG] [--depth N] [--revision N] [--format text|csv|json|jsonl] [-o FILE "
        "[--force]]\n"
        "report month YYYY-MM --changes [--org ORG] [--revision N] [--format text|csv|json|jsonl] [-o FILE "
        "[--force]]\n"
        "report session SESSION [--org ORG] [--depth N] [--format text|csv|json|jsonl] [-o FILE [--force]]"),
    .summary = N_("participation by organisation, of a month or of a session"),
    .options = report_options,
    .run = cmd_report_run,
};
