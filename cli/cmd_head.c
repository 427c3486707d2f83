// studyday head: what every chain had come to by the end of a day, as one line to be printed and signed off
// elsewhere. `studyday verify --head` asks later whether the database still holds it.
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "core/base/cleanup.h"
#include "core/base/i18n.h"
#include "core/base/options.h"
#include "core/store/heads_day.h"

static const ProgramOption head_options[] = {
    {"date", 0, "DATE", N_("the day (default: yesterday)")},
    {"format", 'f', "FORMAT", N_("text, json, or heads: every chain, for verify --head (default: text)")},
    {0},
};

typedef enum HeadFormat { HEAD_TEXT, HEAD_JSON, HEAD_LIST, HEAD_FORMAT_COUNT } HeadFormat;

static const char *const formats[HEAD_FORMAT_COUNT] = {"text", "json", "heads"};

typedef struct HeadRequest {
    Date date;
    HeadFormat format;
} HeadRequest;

static bool head_request(const Options *options, HeadRequest *ret_request)
{
    const char *date = options_get(options, "date"), *format = options_get(options, "format");
    HeadRequest request = {.date = zone_date(clock_now()) - 1};

    if (date && (!date_parse(date, &request.date) || request.date > zone_date(clock_now()))) {
        fprintf(stderr, _("studyday: head: --date %s: expected a date that has begun, such as 2026-11-05\n"),
                date);
        return false;
    }
    while (format && request.format < HEAD_FORMAT_COUNT && strcmp(formats[request.format], format) != 0)
        request.format++;
    if (request.format == HEAD_FORMAT_COUNT) {
        fprintf(stderr, _("studyday: head: --format %s: text, json or heads\n"), format);
        return false;
    }
    *ret_request = request;
    return true;
}

static void head_print_json(const HeadsDay *day, const char *code, bool over)
{
    char date[CLOCK_TEXT_SIZE];

    date_format(day->date, date);
    printf("{\"report\":\"head\",\"date\":\"%s\",\"state\":\"%s\",\"store\":\"%s\",\"generation\":%" PRId64
           ",\"streams\":%" PRId64 ",\"events\":%" PRId64 ",\"events_of_day\":%" PRId64
           ",\"audit_entries\":%" PRId64 ",\"head\":\"%s\"}\n",
           date, over ? "final" : "provisional", day->identity.store, day->identity.generation, day->streams,
           day->events, day->events_of_day, day->entries, code);
}

static void head_print_text(const HeadsDay *day, const char *code, bool over)
{
    char date[CLOCK_TEXT_SIZE];

    date_format(day->date, date);
    printf(_("Head of %s\n"), date);
    printf(_("Database %s, generation %" PRId64 "\n"), day->identity.store, day->identity.generation);
    printf(_("Events received by the end of the day: %" PRId64 " in %" PRId64 " streams; on the day: %" PRId64
             "\n"),
           day->events, day->streams, day->events_of_day);
    printf(_("Entries of the audit log: %" PRId64 "\n"), day->entries);
    printf("\n    %s\n\n", code);
    if (over)
        puts(_("Seen and kept by: ______________________    Date: ______________"));
    else
        puts(_("The day is not over: this head changes. Print it tomorrow, an hour after midnight at the "
               "earliest."));
}

static int cmd_head_run(CommandContext *context, int argc, char **argv)
{
    CLEANUP(cleanup_text) Text problem = {0}, list = {0};
    CLEANUP(cleanup_store) Store *store = NULL;
    char code_text[HEADS_DAY_CODE_SIZE];
    HeadRequest request;
    HeadsDay day;
    Options options;
    int code = EX_OK, r;

    if (!options_parse(head_options, argc, argv, &options, &problem) || options.operand_count > 0) {
        fprintf(stderr, "studyday: head: %s\n",
                problem.size > 0 ? text_cstr(&problem) : _("takes options only; see `studyday head --help`"));
        return EX_USAGE;
    }
    if (!command_config(context, &code)) // its zone says what a day is
        return code;
    if (!head_request(&options, &request))
        return EX_USAGE;
    store = command_open_read(context, &code);
    if (!store)
        return code;
    r = heads_day(store, request.date, &day, request.format == HEAD_LIST ? &list : NULL);
    if (r != 0) {
        fprintf(stderr, _("studyday: head: the database cannot be read: %s\n"), strerror(-r));
        return EX_IOERR;
    }
    heads_day_code(&day, code_text);
    if (request.format == HEAD_LIST)
        fwrite(list.data, 1, list.size, stdout);
    else if (request.format == HEAD_JSON)
        head_print_json(&day, code_text, heads_day_is_over(day.date, clock_now()));
    else
        head_print_text(&day, code_text, heads_day_is_over(day.date, clock_now()));
    return EX_OK;
}

const Command cmd_head = {
    .name = "head",
    .usage = N_("head [--date DATE] [--format text|json|heads]"),
    .summary = N_("print the head of a day, to be signed off elsewhere"),
    .options = head_options,
    .run = cmd_head_run,
};
