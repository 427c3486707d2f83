// studyday quarantine: what came in and could not be taken. Looking is done here, read-only; discarding and
// retrying change what is recorded and go to the writer. The bytes are the sender's: they are shown escaped,
// never raw.
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/listing.h"
#include "core/base/i18n.h"
#include "core/store/ledger.h"
#include "core/store/store.h"
#include "office/office.h"

#define QUARANTINE_SHOWN_MAX ((size_t)256 * 1024) // bytes of an entry shown; no payload is longer

enum {
    COLUMN_ID,
    COLUMN_TERMINAL,
    COLUMN_REASON,
    COLUMN_RECEIVED,
    COLUMN_BYTES,
    COLUMN_STATE,
    COLUMN_EPOCH,
    COLUMN_SEQ,
    COLUMN_TOPIC,
    COLUMN_PATH
};

static const ReportColumn columns[] = {
    [COLUMN_ID] = {"id", N_("id"), REPORT_COUNT, REPORT_EVERYWHERE},
    [COLUMN_TERMINAL] = {"terminal", N_("terminal"), REPORT_TEXT, REPORT_EVERYWHERE},
    [COLUMN_REASON] = {"reason", N_("reason"), REPORT_TEXT, REPORT_EVERYWHERE},
    [COLUMN_RECEIVED] = {"received_at", N_("received"), REPORT_TIME, REPORT_EVERYWHERE},
    [COLUMN_BYTES] = {"bytes", N_("bytes"), REPORT_COUNT, REPORT_EVERYWHERE},
    [COLUMN_STATE] = {"state", N_("state"), REPORT_TEXT, REPORT_EVERYWHERE},
    [COLUMN_EPOCH] = {"epoch", N_("epoch"), REPORT_TEXT, REPORT_SPREAD},
    [COLUMN_SEQ] = {"seq", N_("number"), REPORT_COUNT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [COLUMN_TOPIC] = {"topic", N_("topic"), REPORT_TEXT, REPORT_SPREAD},
    [COLUMN_PATH] = {"path", N_("where"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
};
#define COLUMN_COUNT (sizeof(columns) / sizeof(columns[0]))

static ReportCell quarantine_text(const char *text)
{
    return report_text(text && *text ? text : NULL);
}

static int quarantine_row(void *user, const QuarantineEntry *entry)
{
    ReportCell *cells = report_row(user, 0);

    cells[COLUMN_ID] = report_number(entry->id);
    cells[COLUMN_TERMINAL] = quarantine_text(entry->terminal);
    cells[COLUMN_REASON] = quarantine_text(entry->reason);
    cells[COLUMN_RECEIVED] = report_number(entry->received_at);
    cells[COLUMN_BYTES] = report_number((int64_t)entry->size);
    cells[COLUMN_STATE] = quarantine_text(entry->state);
    cells[COLUMN_EPOCH] = quarantine_text(entry->epoch);
    cells[COLUMN_SEQ] = report_number(entry->seq ? (int64_t)entry->seq : REPORT_NULL);
    cells[COLUMN_TOPIC] = quarantine_text(entry->topic);
    cells[COLUMN_PATH] = quarantine_text(entry->path);
    return 0;
}

static int quarantine_list(CommandContext *context, const Options *options)
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
    report = report_new("quarantine", _("Quarantine"), "entries", columns, COLUMN_COUNT);
    if (quarantine_each(store, options_has(options, "all"), quarantine_row, report) < 0)
        return EX_IOERR;
    listing_print(report, renderer);
    return EX_OK;
}

static int quarantine_print(void *user, const QuarantineEntry *entry)
{
    CLEANUP(cleanup_text) Text text = {0};
    char received[CLOCK_TEXT_SIZE];

    (void)user;
    time_format_zone(entry->received_at, received);
    printf(_("Entry %lld, %s, received %s\n"), (long long)entry->id, entry->state, received);
    text_append(&text, _("terminal  "));
    text_append_escaped(&text, entry->terminal, strlen(entry->terminal), QUARANTINE_SHOWN_MAX);
    if (entry->seq)
        text_appendf(&text, "  %s:%llu", entry->epoch, (unsigned long long)entry->seq);
    text_append(&text, _("\ntopic     "));
    text_append_escaped(&text, entry->topic ? entry->topic : "", entry->topic ? strlen(entry->topic) : 0,
                        QUARANTINE_SHOWN_MAX);
    text_appendf(&text, _("\nreason    %s %s\n\n"), entry->reason, entry->path);
    text_append_escaped(&text, entry->payload, entry->size, QUARANTINE_SHOWN_MAX);
    puts(text_cstr(&text));
    return 0;
}

static int quarantine_show(CommandContext *context, const char *number)
{
    CLEANUP(cleanup_store) Store *store = NULL;
    long long id;
    int code = EX_OK, r;

    if (!text_parse_int64(number, 1, INT64_MAX, &id)) {
        fprintf(stderr, _("studyday: quarantine: %s: an entry has a number\n"), number);
        return EX_USAGE;
    }
    store = command_open_read(context, &code);
    if (!store)
        return code;
    r = quarantine_get(store, id, quarantine_print, NULL);
    if (r == QUARANTINE_E_UNKNOWN) {
        fprintf(stderr, _("studyday: quarantine: there is no entry %lld\n"), id);
        return EX_DATAERR;
    }
    return r < 0 ? EX_IOERR : EX_OK;
}

static int cmd_quarantine_run(CommandContext *context, int argc, char **argv)
{
    CLEANUP(cleanup_text) Text problem = {0};
    Options options;

    if (!options_parse(office_quarantine_options, argc, argv, &options, &problem)) {
        fprintf(stderr, "studyday: quarantine: %s\n", text_cstr(&problem));
        return EX_USAGE;
    }
    if (options.operand_count == 1 && strcmp(options.operands[0], "list") == 0)
        return quarantine_list(context, &options);
    if (options.operand_count == 2 && strcmp(options.operands[0], "show") == 0)
        return quarantine_show(context, options.operands[1]);
    return command_office(context, argc, argv, NULL);
}

const Command cmd_quarantine = {
    .name = "quarantine",
    .usage = N_("quarantine list [--all] [--format text|csv|json|jsonl]\n"
                "quarantine show ID\n"
                "quarantine retry ID\n"
                "quarantine discard ID --why TEXT"),
    .summary = N_("look at what could not be taken, try it again, or discard it"),
    .options = office_quarantine_options,
    .run = cmd_quarantine_run,
};
