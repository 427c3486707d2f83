#pragma once
// What the collector holds while it runs. One thread, one poll(): see collector.c for the order of a round,
// and for who may touch what.
#include <stdbool.h>

#include "collector/alarm.h"
#include "collector/counters.h"
#include "collector/disk.h"
#include "collector/flush.h"
#include "collector/herald.h"
#include "collector/jobs.h"
#include "collector/kept.h"
#include "collector/link.h"
#include "collector/marks.h"
#include "collector/notify.h"
#include "collector/register.h"
#include "collector/status.h"
#include "core/base/config.h"
#include "core/net/control.h"
#include "core/net/loop.h"
#include "core/store/ledger.h"
#include "core/store/store.h"

// Signals first: an order to stop is heard before more is read.
typedef enum CollectorSlot {
    COLLECTOR_SLOT_SIGNAL,
    COLLECTOR_SLOT_LINK,
    COLLECTOR_SLOT_HERALD,
    COLLECTOR_SLOT_CONTROL,
    COLLECTOR_SLOT_COUNT
} CollectorSlot;

typedef struct Collector {
    ConfigSite *config;
    Store *store; // NULL while the disk is not trusted (C6), and so is the ledger
    Ledger *ledger;
    StoreIdentity identity;
    int64_t roster_version;
    char boot[ULID_SIZE]; // new at each start: tells terminals that what we held in memory is gone
    Time started;         // wall clock
    Time started_mono;
    Time last_commit; // wall clock, TIME_NONE: none since the start
    Time due_next;    // monotonic: when to look for sessions to open
    Date today;       // for which plans were offered
    StatusTotals totals;

    Register terminals;
    Flush flush;
    Jobs jobs;
    Counters counters;
    Alarms alarms;
    Kept kept;
    Disk disk;
    Link link;
    Herald herald;
    Notify notify;
    Marks marks;

    Loop loop;
    int signal_fd;
    ControlServer *control;
    Text scratch; // payload being built; whoever uses it clears it first
    bool stopping, reload;
    bool broken; // poll() itself has failed: the only end that is not asked for
} Collector;

/// Opens the database, the control socket and the signals; connects. Takes `config` over, whatever the
/// outcome. Returns an exit code (sysexits), having said why it is not EX_OK. collector_close() in every
/// case.
int collector_open(Collector *collector, ConfigSite *config);
/// One round: waits until something comes, at the latest until `deadline` (clock_monotonic()), and deals with
/// it. Returns when the next one must begin at the latest.
Time collector_round(Collector *collector, Time deadline);
/// Rounds until SIGTERM or SIGINT, then drains. Returns an exit code.
int collector_run(Collector *collector);
void collector_close(Collector *collector);

/// The roster or the register may have changed: forgets what was read of them, opens the sessions that are
/// due and offers the terminals their new plans.
void collector_refresh(Collector *collector);
