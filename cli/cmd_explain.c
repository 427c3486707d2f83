// studyday explain: why a figure of a report is what it is. Reads one moment of the database and writes as it
// reads.
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/noted.h"
#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/options.h"
#include "core/store/store.h"
#include "reports/explain.h"

static const ProgramOption explain_options[] = {
    {"org", 0, "ORG", N_("organisation whose figure it is (default: the top, or the session's own)")},
    {"session", 0, "SESSION", N_("figure of this session's report")},
    {"month", 0, "YYYY-MM", N_("figure of this month's report")},
    {"column", 0, "COLUMN",
     N_("which figure, as JSON names it: absent, on_site, minutes, … (default: expected)")},
    {"member", 0, "MEMBER", N_("this member only; without --column whatever there is")},
    {"format", 'f', "FORMAT", N_("text or json (default: text)")},
    {0},
};

/// False after having said what is wrong with the command line (64).
static bool scope_take(const Options *options, ExplainScope *scope, bool *ret_json)
{
    const char *month = options_get(options, "month"), *format = options_get(options, "format");

    *scope = (ExplainScope){.org = options_get(options, "org"),
                            .session = options_get(options, "session"),
                            .column = options_get(options, "column"),
                            .member = options_get(options, "member"),
                            .now = clock_now()};
    *ret_json = format && strcmp(format, "json") == 0;
    if (options->operand_count > 0)
        fprintf(stderr, _("studyday: explain: what is %s? See `studyday explain --help`\n"),
                options->operands[0]);
    else if (!scope->session == !month)
        fputs(_("studyday: explain: say which report: --session SESSION or --month YYYY-MM\n"), stderr);
    else if (month && !month_parse(month, &scope->month))
        fprintf(stderr, _("studyday: explain: month %s: expected YYYY-MM, such as 2026-11\n"), month);
    else if (format && !*ret_json && strcmp(format, "text") != 0)
        fprintf(stderr, _("studyday: explain: format %s: one of text, json\n"), format);
    else
        return true;
    return false;
}

static int say_columns(const char *column)
{
    CLEANUP(cleanup_text) Text names = {0};

    explain_append_columns(&names);
    fprintf(stderr, _("studyday: explain: --column %s: one of %s\n"), column, text_cstr(&names));
    return EX_USAGE;
}

static int say(const ExplainScope *scope, int r)
{
    switch (r) {
    case EXPLAIN_E_UNKNOWN_COLUMN:
        return say_columns(scope->column);
    case EXPLAIN_E_UNKNOWN_MEMBER:
        fprintf(stderr, _("studyday: explain: there is no member %s\n"), scope->member);
        return EX_DATAERR;
    case REPORT_E_UNKNOWN_SESSION:
        fprintf(stderr, _("studyday: explain: there is no session %s\n"), scope->session);
        return EX_DATAERR;
    case REPORT_E_UNKNOWN_ORG:
        fprintf(stderr, _("studyday: explain: there is no organisation %s\n"), scope->org ? scope->org : "");
        return EX_DATAERR;
    case REPORT_E_NO_ORGS:
        fputs(_("studyday: explain: there are no organisations yet\n"), stderr);
        return EX_DATAERR;
    case REPORT_E_FUTURE:
        fputs(_("studyday: explain: that has not begun\n"), stderr);
        return EX_DATAERR;
    default:
        fprintf(stderr, _("studyday: explain: the database cannot be read: %s\n"), strerror(-r));
        return EX_IOERR;
    }
}

static int print_piece(void *user, Text *text)
{
    (void)user;
    size_t size = text->size;
    bool whole = fwrite(text_cstr(text), 1, size, stdout) == size;

    text_clear(text);
    return whole ? 0 : error_origin(-EPIPE);
}

static int cmd_explain_run(CommandContext *context, int argc, char **argv)
{
    CLEANUP(cleanup_text) Text problem = {0};
    CLEANUP(cleanup_text) Text text = {0};
    CLEANUP(cleanup_store) Store *store = NULL;
    ExplainSink sink = {.text = &text, .flush = print_piece};
    ExplainScope scope;
    Options options;
    bool json;
    int code = EX_OK;

    if (!options_parse(explain_options, argc, argv, &options, &problem)) {
        fprintf(stderr, "studyday: explain: %s\n", text_cstr(&problem));
        return EX_USAGE;
    }
    if (!scope_take(&options, &scope, &json))
        return EX_USAGE;
    if (scope.member)
        code = noted_read(context, "explain", scope.member);
    store = code == EX_OK ? command_open_read(context, &code) : NULL;
    if (!store)
        return code;
    ExplainWriter writer = json ? explain_json_writer(&sink) : explain_text_writer(&sink);
    int r = store_begin(store);
    if (r == 0)
        r = explain_figure(store, &scope, &writer);
    store_rollback(store);
    if (ferror(stdout))
        return EX_IOERR; // program_finish() says so
    return r == 0 ? EX_OK : say(&scope, r);
}

const Command cmd_explain = {
    .name = "explain",
    .usage = N_("explain --session SESSION|--month YYYY-MM [--org ORG] [--column COLUMN] [--member MEMBER] "
                "[--format text|json]"),
    .summary = N_("why a figure is what it is: members, events, rules"),
    .options = explain_options,
    .run = cmd_explain_run,
};
