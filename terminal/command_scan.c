// studyday-terminal scan: one event, whether or not the agent runs.
#include <signal.h>
#include <stdio.h>

#include "core/base/cleanup.h"
#include "core/base/i18n.h"
#include "terminal/command.h"
#include "terminal/recorder.h"
#include "terminal/station.h"

static int scan_record(const Station *station, const Options *options)
{
    CLEANUP(cleanup_outbox) Outbox *outbox = NULL;
    CLEANUP(cleanup_text) Text line = {0};
    CLEANUP(cleanup_text) Text reply = {0};
    const ConfigTerminal *config = station->config;

    for (int i = 0; i < options->operand_count; i++)
        text_appendf(&line, "%s%s", i ? " " : "", options->operands[i]);
    int code = EX_OK;
    int r = outbox_open(config->outbox, config->terminal, OUTBOX_WRITE, &outbox);
    if (r != 0) {
        printf("REFUSED %s\n", recorder_refusal(config->outbox, r, &code));
        return code;
    }
    const char *const lines[] = {text_cstr(&line)};
    code = recorder_record(outbox, lines, 1, &reply);
    fputs(text_cstr(&reply), stdout);
    return code;
}

static int scan_run(const Options *options)
{
    Station station;

    if (options->operand_count == 0)
        return command_misused(&command_scan);
    int code = station_load(options_get(options, "config"), &station);
    if (code != EX_OK)
        return code;
    code = scan_record(&station, options);
    station_deinit(&station);
    return code;
}

const TerminalCommand command_scan = {
    .name = "scan",
    .usage = N_("studyday-terminal scan KIND MEMBER|card:TOKEN [SESSION] [key=value ...]"),
    .summary = N_("record one scan"),
    .run = scan_run,
};
