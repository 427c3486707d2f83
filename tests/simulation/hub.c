// The collector's machine. The real daemon's rounds, one by one; SIGTERM, and every other end.
#include <sysexits.h>

#include "collector/collector.h"
#include "tests/simulation/disk.h"
#include "tests/simulation/programs.h"

static Collector the_collector;

void hub_bury(void)
{
    Hub *hub = &programs.hub;

    machine_run(&hub->machine);
    hub->machine.dead = true;
    if (hub->up)
        collector_close(&the_collector);
    machine_leave();
    if (hub->machine.by_power)
        disk_cut(&hub->machine);
    hub->up = false;
    hub->machine.dead = false;
    hub->machine.spared = 0;
    hub->restart_at = programs_soon();
}

void hub_start(void)
{
    Hub *hub = &programs.hub;
    int code;

    machine_run(&hub->machine);
    hub->up = true;
    code = collector_open(&the_collector, site_config());
    the_collector.link.told_ready = true; // what it says on stderr when it serves
    world_note("collector starts: %d", code);
    if (hub->machine.dead) {
        hub_bury();
        return;
    }
    hub->due = world.now;
    if (code != EX_OK) {
        collector_close(&the_collector);
        hub->up = false;
        hub->restart_at = programs_soon();
        if (hub->machine.fault == DISK_WELL)
            world_fail("the collector does not start on a sound disk: %d", code);
    }
    machine_leave();
    if (hub->up && programs_hub_started)
        programs_hub_started();
}

void hub_stop(void)
{
    Hub *hub = &programs.hub;

    if (!hub->up)
        return;
    machine_run(&hub->machine);
    the_collector.stopping = true;
    collector_run(&the_collector); // what is left of it: the drain
    if (!hub->machine.dead)
        collector_close(&the_collector);
    machine_leave();
    if (hub->machine.dead) {
        hub_bury();
        return;
    }
    hub->up = false;
    hub->restart_at = programs_soon();
    world_note("collector stops");
}

void hub_round(void)
{
    Hub *hub = &programs.hub;

    machine_run(&hub->machine);
    hub->due = world_at(collector_round(&the_collector, clock_monotonic()));
    machine_leave();
    if (hub->machine.dead)
        hub_bury();
}

bool hub_ask(RoundsAsk *ask)
{
    rounds_ask(ask);
    while (programs.hub.up && !ask->done && !programs.hub.machine.dead)
        hub_round();
    rounds_ask(NULL);
    return ask->done && programs.hub.up;
}

Store *hub_store(void)
{
    return the_collector.store;
}

Ledger *hub_ledger(void)
{
    return the_collector.ledger;
}

bool hub_is_well(void)
{
    return programs.hub.up && !the_collector.disk.error;
}

const CounterEvents *hub_counters(void)
{
    return &the_collector.counters.events;
}

int64_t hub_generation(void)
{
    return the_collector.identity.generation;
}
