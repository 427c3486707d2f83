#pragma once
// `studyday-terminal run`: takes scans, sends events, takes receipts and plans, shows how it stands.
#include "core/store/outbox/outbox.h"
#include "terminal/station.h"

typedef struct AgentOptions {
    bool until_received; // end once standard input is at its end and everything is received
    bool quiet_logs;     // the live view is on the screen that logs would go to
} AgentOptions;

/// Runs until SIGTERM or SIGINT. Returns the exit code.
int agent_run(const Station *station, Outbox *outbox, const AgentOptions *options);
