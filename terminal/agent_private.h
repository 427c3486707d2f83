#pragma once
// Private to the agent's files: its state, and what they do for each other.
#include "core/net/loop.h"
#include "core/wire/message.h"
#include "terminal/agent.h"
#include "terminal/alarms.h"
#include "terminal/input.h"
#include "terminal/pages.h"
#include "terminal/screen.h"
#include "terminal/window.h"

typedef enum AgentSlot { AGENT_SIGNALS, AGENT_INPUT, AGENT_WATCH, AGENT_LINE, AGENT_SLOT_COUNT } AgentSlot;

typedef struct Agent {
    const Station *station;
    Outbox *outbox;
    const AgentOptions *options;
    Loop loop;
    int signals, watch;
    Window window;
    Mqtt *mqtt;
    unsigned failures;  // connections in a row that brought nothing
    Time reconnect_at;  // LOOP_NEVER while there is a line
    uint32_t batch_max; // events a payload may have: less than the protocol's where the broker takes less
    Time hold_until;    // nothing is sent before: reading the outbox failed
    char collector[NAME_SIZE_MAX + 1]; // the one that serves us, "" none yet
    Pages pages;
    Alarms alarms;
    Input input;
    Screen *screen; // NULL: no live view
    uint64_t shown; // next event to tell the screen of
    Time chores_at, prune_at, ask_at;
    bool stopping;
    Time stop_at; // when a goodbye has taken long enough
} Agent;

// agent.c
/// Looks at the outbox and makes the connection's object; agent_close() in every case. What agent_run() does
/// with them, for who drives the rounds by hand.
int agent_open(const Station *station, Outbox *outbox, const AgentOptions *options, Agent *agent);
/// One round: sends what is to be sent, waits until something comes or is due, and deals with it.
int agent_round(Agent *agent);
void agent_close(Agent *agent);
/// Raises (and logs, and keeps) or clears an alarm.
void agent_alarm(Agent *agent, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void agent_calm(Agent *agent, const char *code);
/// Events may have been added, by us or by another process.
void agent_recorded(Agent *agent);

// agent_line.c
int agent_line_open(Agent *agent);
void agent_line_connect(Agent *agent);
/// Sends all that the window wants to have sent.
void agent_line_send(Agent *agent);

// agent_receive.c
void agent_receive(Agent *agent, const MqttMessage *message);
