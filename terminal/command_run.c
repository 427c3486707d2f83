// studyday-terminal run: the agent.
#include <stdio.h>

#include "core/base/cleanup.h"
#include "core/base/i18n.h"
#include "terminal/agent.h"
#include "terminal/command.h"

static const ProgramOption run_options[] = {
    {"until-received", 0, NULL, N_("end when standard input has ended and everything is received")},
    {0},
};

static int run_agent(const Station *station, const AgentOptions *agent_options)
{
    CLEANUP(cleanup_outbox) Outbox *outbox = NULL;
    const ConfigTerminal *config = station->config;
    int code = command_open_outbox(config->outbox, config->terminal, true, &outbox);

    if (code != EX_OK)
        return code;
    int r = outbox_claim(outbox);
    if (r == OUTBOX_E_RUNNING) {
        fprintf(stderr, _("%s: another studyday-terminal runs on this outbox\n"), config->outbox);
        return EX_TEMPFAIL;
    }
    return r < 0 ? EX_IOERR : agent_run(station, outbox, agent_options);
}

static int run_run(const Options *options)
{
    const AgentOptions agent_options = {
        .until_received = options_has(options, "until-received"),
        .quiet_logs = !options_has(options, "log-level"),
    };
    Station station;

    if (options->operand_count != 0)
        return command_misused(&command_run);
    int code = station_load(options_get(options, "config"), &station);
    if (code != EX_OK)
        return code;
    code = run_agent(&station, &agent_options);
    station_deinit(&station);
    return code;
}

const TerminalCommand command_run = {
    .name = "run",
    .usage = N_("studyday-terminal run [--until-received]"),
    .summary = N_("send and receive; take scans on standard input; show who has come"),
    .options = run_options,
    .run = run_run,
};
