// studyday events: the stored events, by arrival, as JSON lines. There may be millions: each is written as it
// is read, and a reader that has seen enough (`head`) ends it.
#include <errno.h>
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
#include "reports/report_events.h"

static const ProgramOption events_options[] = {
    {"session", 0, "SESSION", N_("events of this session only")},
    {"member", 0, "MEMBER", N_("events of this member only")},
    {"terminal", 0, "TERMINAL", N_("events of this terminal only; `office` is what the office added")},
    {"format", 'f', "FORMAT", N_("jsonl, one event a line, or json, one document (default: jsonl)")},
    {0},
};

typedef struct EventsPrint {
    bool document; // one array instead of lines
    bool any;
    Text line; // used again for each event
} EventsPrint;

static void cleanup_print(EventsPrint *print)
{
    text_deinit(&print->line);
}

static int print_event(void *user, const EventRow *event)
{
    EventsPrint *print = user;

    text_clear(&print->line);
    if (print->document && print->any)
        text_append(&print->line, ",\n");
    print->any = true;
    report_events_append(event, &print->line);
    if (!print->document)
        text_append_char(&print->line, '\n');
    if (fwrite(text_cstr(&print->line), 1, print->line.size, stdout) != print->line.size)
        return error_origin(-EPIPE);
    return 0;
}

/// False after having said what is wrong (64).
static bool take_format(const Options *options, bool *ret_document)
{
    const char *format = options_get(options, "format");

    if (format && strcmp(format, "jsonl") != 0 && strcmp(format, "json") != 0) {
        fprintf(stderr, _("studyday: events: format %s: one of jsonl, json\n"), format);
        return false;
    }
    *ret_document = format && strcmp(format, "json") == 0;
    return true;
}

static int print_events(Store *store, const EventFilter *filter, bool document)
{
    CLEANUP(cleanup_print) EventsPrint print = {.document = document};

    if (document)
        fputs("{\"events\":[", stdout);
    int r = query_events(store, filter, print_event, &print);
    if (ferror(stdout))
        return EX_IOERR; // program_finish() says so
    if (r < 0) {
        fprintf(stderr, _("studyday: events: the database cannot be read: %s\n"), strerror(-r));
        return EX_IOERR;
    }
    if (document)
        fputs("]}\n", stdout);
    return EX_OK;
}

static int cmd_events_run(CommandContext *context, int argc, char **argv)
{
    CLEANUP(cleanup_text) Text problem = {0};
    CLEANUP(cleanup_store) Store *store = NULL;
    Options options;
    bool document;
    int code = EX_OK;

    if (!options_parse(events_options, argc, argv, &options, &problem)) {
        fprintf(stderr, "studyday: events: %s\n", text_cstr(&problem));
        return EX_USAGE;
    }
    if (options.operand_count > 0) {
        fprintf(stderr, _("studyday: events: what is %s? See `studyday events --help`\n"),
                options.operands[0]);
        return EX_USAGE;
    }
    if (!take_format(&options, &document))
        return EX_USAGE;
    if (options_get(&options, "member"))
        code = noted_read(context, "events", options_get(&options, "member"));
    store = code == EX_OK ? command_open_read(context, &code) : NULL;
    if (!store)
        return code;
    EventFilter filter = {
        .session = options_get(&options, "session"),
        .member = options_get(&options, "member"),
        .terminal = options_get(&options, "terminal"),
    };
    return print_events(store, &filter, document);
}

const Command cmd_events = {
    .name = "events",
    .usage = N_("events [--session SESSION] [--member MEMBER] [--terminal TERMINAL] [--format jsonl|json]"),
    .summary = N_("the stored events, by arrival: why a figure is what it is"),
    .options = events_options,
    .run = cmd_events_run,
};
