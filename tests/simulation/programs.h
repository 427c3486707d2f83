#pragma once
// The programs of the site: one collector, three terminals. Each is the real thing, opened, driven round by
// round, and closed in good order or buried.
#include "collector/counters.h"
#include "core/store/ledger.h"
#include "core/store/outbox/outbox.h"
#include "tests/simulation/broker.h"
#include "tests/simulation/rounds.h"
#include "tests/simulation/site.h"

typedef struct Hub {
    Machine machine;
    bool up;
    Time due;        // of its next round at the latest
    Time restart_at; // while it is down
} Hub;

typedef struct Post {
    Machine machine;
    int number;
    Outbox *outbox; // open while it is up
    bool up;
    Time due, restart_at;
} Post;

typedef struct Programs {
    Hub hub;
    Post posts[WORLD_TERMINALS];
} Programs;
extern Programs programs;

void programs_begin(void);
/// Lets go of everything, as a power cut does.
void programs_end(void);
/// Lets all of them run until `until`, or until something is wrong.
void programs_run(Time until);
/// Nothing is on its way and nobody has anything to do at this instant.
bool programs_are_still(void);
/// When who is down is up again.
Time programs_soon(void);
/// The machine's code runs from here on: its clock, its disk, its lines.
void machine_run(Machine *machine);
void machine_leave(void);

void hub_start(void);
void hub_round(void);
/// Of the collector that runs.
Store *hub_store(void);
Ledger *hub_ledger(void);
const CounterEvents *hub_counters(void);
int64_t hub_generation(void);
/// It is up and believes in its disk.
bool hub_is_well(void);
/// SIGTERM.
void hub_stop(void);
/// It is dead and nobody has buried it yet: done so, with a restart some time later.
void hub_bury(void);
/// Asks the collector as `studyday` does. False: it died of it, and nobody knows what became of it.
bool hub_ask(RoundsAsk *ask);
void rounds_ask_deinit(RoundsAsk *ask);

void post_start(Post *post);
void post_round(Post *post);
/// All that is in its outbox has been received by the database of that generation, and it knows.
bool post_is_received(const Post *post, int64_t generation);
/// world_fail() where it raises what only a collector that has gone wrong makes it raise.
void post_judge_alarms(const Post *post);
void post_stop(Post *post);
void post_bury(Post *post);
/// After something was recorded from outside of its rounds.
void post_nudge(Post *post);

// Told when a program has started: what was said before must be true.
extern void (*programs_hub_started)(void);
extern void (*programs_post_started)(Post *post);
