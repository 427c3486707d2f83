#pragma once
// Private to the fleet's files.
#include "core/base/progress.h"
#include "core/net/loop.h"
#include "core/net/mqtt.h"
#include "core/wire/message.h"
#include "core/wire/topic.h"
#include "simulate/dice.h"
#include "simulate/fleet.h"
#include "terminal/window.h"

typedef struct Fleet Fleet;

// A publish that awaits its PUBACK (trust_puback).
typedef struct FleetPromise {
    int mid;
    uint32_t count;
    uint64_t first;
} FleetPromise;

typedef struct FleetTerminal {
    Fleet *fleet;
    const SiteTerminal *station;
    DayMember *members;
    DayPoint day;
    DayScan *scans;
    uint64_t count;
    char epoch[ULID_SIZE], plan[72];
    Window window;
    Mqtt *mqtt;
    uint8_t chain[DIGEST_SIZE]; // after event `chained`
    uint64_t chained;
    uint64_t sent; // highest number ever sent
    Time reconnect_at, due;
    unsigned failures;
    bool touched; // something happened: look at it in this round
    bool late;
    FleetPromise *promises;
    size_t promise_count, promise_capacity;
    uint8_t *believed; // a byte for each event
} FleetTerminal;

struct Fleet {
    const Site *site;
    const FleetOptions *options;
    FleetTerminal *terminals;
    size_t count;
    size_t done;      // terminals whose last event has its receipt
    size_t early;     // terminals that do not come late
    bool late_called; // the late ones have been told to come
    Dice dice;
    Loop loop;
    int signals;
    bool stopping, interrupted;
    Time started, recorded_at, last_receipt;
    FleetSummary summary;
    Progress progress;
};

// fleet_terminal.c
int fleet_terminal_init(FleetTerminal *terminal, Fleet *fleet, const SiteTerminal *station, size_t index);
void fleet_terminal_deinit(FleetTerminal *terminal);
/// Sends what the window wants to have sent.
void fleet_terminal_send(FleetTerminal *terminal);
/// Says goodbye; the line is closed when that is written.
void fleet_terminal_leave(FleetTerminal *terminal);
bool fleet_terminal_is_done(const FleetTerminal *terminal);

// fleet_receive.c
void fleet_receive(FleetTerminal *terminal, const MqttMessage *message);
/// A PUBACK has come; only trust_puback heeds it.
void fleet_receive_ack(FleetTerminal *terminal, int mid, bool success);
/// The line is gone: no more PUBACKs will come for what it carried.
void fleet_receive_line_lost(FleetTerminal *terminal);
