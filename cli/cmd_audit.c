// studyday audit: who did what, when and why, with what was and what is. In JSON the two are objects, as the
// entry has them; elsewhere their text. There may be many entries: JSON is written as it is read.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/listing.h"
#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/options.h"
#include "core/store/audit.h"

enum { ID, AT, WHO, ACTION, SUBJECT, WHY, BEFORE, AFTER, COLUMN_COUNT };

static const ReportColumn columns[COLUMN_COUNT] = {
    [ID] = {"id", N_("No."), REPORT_COUNT, REPORT_EVERYWHERE},
    [AT] = {"at", N_("When"), REPORT_TIME, REPORT_EVERYWHERE},
    [WHO] = {"who", N_("Who"), REPORT_TEXT, REPORT_EVERYWHERE},
    [ACTION] = {"action", N_("What"), REPORT_TEXT, REPORT_EVERYWHERE},
    [SUBJECT] = {"subject", N_("About"), REPORT_TEXT, REPORT_EVERYWHERE},
    [WHY] = {"why", N_("Reason"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [BEFORE] = {"old", N_("Before"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [AFTER] = {"new", N_("After"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
};

static const ProgramOption audit_options[] = {
    {"from", 0, "DATE", N_("from this day on")},
    {"to", 0, "DATE", N_("up to this day, itself included")},
    {"who", 0, "TEXT", N_("by whom: part of the user's number or name")},
    {"action", 0, "ACTION", N_("what was done: attendance-add, month-close, …, or its first word")},
    {"subject", 0, "TEXT", N_("about what: part of its name")},
    {"format", 'f', "FORMAT", N_("text, csv, json or jsonl (default: text)")},
    {0},
};

typedef struct AuditPrint {
    Report *report; // NULL: JSON
    bool document;  // one array instead of lines
    bool any;
    Text line;
} AuditPrint;

static void cleanup_print(AuditPrint *print)
{
    text_deinit(&print->line);
    report_free(print->report);
}

static ReportCell part_cell(const AuditPart *part)
{
    CLEANUP(cleanup_text) Text text = {0};

    if (!part->data || strncmp(part->data, "null", 4) == 0)
        return report_text(NULL);
    text_append_bytes(&text, part->data, part->size);
    return report_text(text_cstr(&text));
}

static void print_row(AuditPrint *print, const AuditRow *row, const AuditPart *before, const AuditPart *after)
{
    ReportCell *cells = report_row(print->report, 0);

    cells[ID] = report_number(row->id);
    cells[AT] = report_number(row->at);
    cells[WHO] = report_text(row->who);
    cells[ACTION] = report_text(row->action);
    cells[SUBJECT] = report_text(row->subject);
    cells[WHY] = report_text(*row->why ? row->why : NULL);
    cells[BEFORE] = part_cell(before);
    cells[AFTER] = part_cell(after);
}

static void append_string(Text *text, const char *head, const char *value)
{
    text_append(text, head);
    text_append_json(text, value, strlen(value));
}

static void append_part(Text *text, const char *head, const AuditPart *part)
{
    text_append(text, head);
    if (part->data)
        text_append_bytes(text, part->data, part->size);
    else
        text_append(text, "null");
}

static int print_json(AuditPrint *print, const AuditRow *row, const AuditPart *before, const AuditPart *after)
{
    Text *line = &print->line;
    char at[CLOCK_TEXT_SIZE];

    time_format_zone(row->at, at);
    text_clear(line);
    if (print->document && print->any)
        text_append(line, ",\n");
    print->any = true;
    text_appendf(line, "{\"id\":%" PRId64, row->id);
    append_string(line, ",\"at\":", at);
    append_string(line, ",\"who\":", row->who);
    append_string(line, ",\"action\":", row->action);
    append_string(line, ",\"subject\":", row->subject);
    append_string(line, ",\"why\":", row->why);
    append_part(line, ",\"old\":", before);
    append_part(line, ",\"new\":", after);
    text_append(line, print->document ? "}" : "}\n");
    if (fwrite(text_cstr(line), 1, line->size, stdout) != line->size)
        return error_origin(-EPIPE);
    return 0;
}

static int print_entry(void *user, const AuditRow *row)
{
    AuditPrint *print = user;
    AuditPart before = {0}, after = {0};

    CLEANUP(cleanup_text) Text words = {0};

    if (!audit_split(row->detail, &before, &after) && *row->detail) { // in words: they say what is
        text_append_json(&words, row->detail, strlen(row->detail));
        after = (AuditPart){words.data, words.size};
    }
    if (!print->report)
        return print_json(print, row, &before, &after);
    print_row(print, row, &before, &after);
    return 0;
}

// A day as an instant; `days` later. False after having said what is wrong.
static bool take_day(const Options *options, const char *name, int days, Time *ret_time)
{
    const char *given = options_get(options, name);
    Date date;

    *ret_time = TIME_NONE;
    if (!given)
        return true;
    if (!date_parse(given, &date)) {
        fprintf(stderr, _("studyday: audit: --%s %s: expected a date, such as 2026-11-05\n"), name, given);
        return false;
    }
    *ret_time = zone_day_start(date + days);
    return true;
}

static int print_entries(Store *store, const AuditFilter *filter, const Renderer *renderer)
{
    bool json = strcmp(renderer->name, "json") == 0;
    CLEANUP(cleanup_print) AuditPrint print = {.document = json};

    if (!json && strcmp(renderer->name, "jsonl") != 0)
        print.report = report_new("audit", _("Audit log"), "entries", columns, COLUMN_COUNT);
    if (json)
        fputs("{\"entries\":[", stdout);
    int r = audit_each(store, filter, print_entry, &print);
    if (ferror(stdout))
        return EX_IOERR; // program_finish() says so
    if (r < 0) {
        fprintf(stderr, _("studyday: audit: the database cannot be read: %s\n"), strerror(-r));
        return EX_IOERR;
    }
    if (json)
        fputs("]}\n", stdout);
    if (print.report)
        listing_print(print.report, renderer);
    return EX_OK;
}

static int cmd_audit_run(CommandContext *context, int argc, char **argv)
{
    CLEANUP(cleanup_text) Text problem = {0};
    CLEANUP(cleanup_store) Store *store = NULL;
    AuditFilter filter = {0};
    Options options;
    int code = EX_OK;

    if (!options_parse(audit_options, argc, argv, &options, &problem)) {
        fprintf(stderr, "studyday: audit: %s\n", text_cstr(&problem));
        return EX_USAGE;
    }
    if (options.operand_count != 1 || strcmp(options.operands[0], "list") != 0) {
        fputs(_("studyday: audit: say `audit list`\n"), stderr);
        return EX_USAGE;
    }
    const Renderer *renderer = listing_format(&options);
    if (!renderer || !command_config(context, &code)) // with it comes the zone that a day is one of
        return renderer ? code : EX_USAGE;
    if (!take_day(&options, "from", 0, &filter.from) || !take_day(&options, "to", 1, &filter.to))
        return EX_USAGE;
    filter.who = options_get(&options, "who");
    filter.action = options_get(&options, "action");
    filter.subject = options_get(&options, "subject");
    store = command_open_read(context, &code);
    return store ? print_entries(store, &filter, renderer) : code;
}

const Command cmd_audit = {
    .name = "audit",
    .usage =
        N_("audit list [--from DATE] [--to DATE] [--who TEXT] [--action ACTION] [--subject TEXT] [--format "
           "text|csv|json|jsonl]"),
    .summary = N_("who did what, when and why, with what was and what is"),
    .options = audit_options,
    .run = cmd_audit_run,
};
