// What happens to the site, as the dice say. Each play draws first what it is about: kinds of trouble that
// are left out of some plays are the more frequent in others, which finds what only a pile of one kind brings
// about.
#include "tests/simulation/play.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/store/heads.h"
#include "tests/simulation/breaks.h"
#include "tests/simulation/clerk.h"
#include "tests/simulation/deeds.h"
#include "tests/simulation/disk.h"
#include "tests/simulation/proof.h"

#define STEPS_MIN 30
#define STEPS_SPREAD 51
#define SPARED_MAX 40 // acts that a doomed machine still does
#define SPARED_AT_WORK 20
#define CURE_MAX (90 * TIME_SECOND) // what is broken is noticed so late
#define MONTH_OVER (30 * TIME_DAY)
#define HEAL_TIME \
    (6 * TIME_HOUR) // by then everything has arrived: retries come every 7.5 minutes at the latest
#define HEAL_STEP (20 * TIME_SECOND)
#define GENERATION_SQL "UPDATE site SET generation = %lld"

typedef enum Trouble {
    TROUBLE_SCAN,
    TROUBLE_OFFICE,
    TROUBLE_CUT,
    TROUBLE_BROKER,
    TROUBLE_REPLAY,
    TROUBLE_HUB_DIES,
    TROUBLE_HUB_STOPS,
    TROUBLE_POST_DIES,
    TROUBLE_POST_STOPS,
    TROUBLE_HUB_DISK,
    TROUBLE_POST_DISK,
    TROUBLE_CLOCK,
    TROUBLE_SLEEP,
    TROUBLE_RENEW,
    TROUBLE_RESTORE,
    TROUBLE_COUNT,
} Trouble;

// Of how many draws each kind gets; the kinds that a play leaves out get none.
static const unsigned usual[TROUBLE_COUNT] = {
    [TROUBLE_SCAN] = 40,      [TROUBLE_OFFICE] = 12,  [TROUBLE_CUT] = 6,       [TROUBLE_BROKER] = 4,
    [TROUBLE_REPLAY] = 4,     [TROUBLE_HUB_DIES] = 6, [TROUBLE_HUB_STOPS] = 1, [TROUBLE_POST_DIES] = 5,
    [TROUBLE_POST_STOPS] = 2, [TROUBLE_HUB_DISK] = 3, [TROUBLE_POST_DISK] = 3, [TROUBLE_CLOCK] = 3,
    [TROUBLE_SLEEP] = 2,      [TROUBLE_RENEW] = 1,    [TROUBLE_RESTORE] = 2,
};

static unsigned weights[TROUBLE_COUNT];
static int64_t snapshot_generation;

static BrokerMood mood_make_up(void)
{
    return (BrokerMood){
        .drop = world_once_in(3) ? 4 + world_dice(20) : 0,
        .repeat = world_once_in(3) ? 3 + world_dice(10) : 0,
        .swap = world_once_in(3) ? 3 + world_dice(6) : 0,
        .queue_max = world_once_in(4) ? 2 + world_dice(6) : 1000,
        .delay_max = world_once_in(4) ? 8 * TIME_SECOND : TIME_SECOND / 5,
    };
}

static Trouble draw(void)
{
    unsigned sum = 0, n;
    int i = 0;

    for (int k = 0; k < TROUBLE_COUNT; k++)
        sum += weights[k];
    n = world_dice(sum);
    while (n >= weights[i])
        n -= weights[i++];
    return (Trouble)i;
}

static Post *some_post(void)
{
    return &programs.posts[world_dice(WORLD_TERMINALS)];
}

static void doom(Machine *machine)
{
    machine_doom(machine, 1 + world_dice(SPARED_MAX), world_dice(2));
    world_note("%s is doomed", machine->name);
}

static void change_disk(Machine *machine)
{
    machine->fault = machine->fault ? DISK_WELL : world_dice(2) ? DISK_FULL : DISK_BROKEN;
    world_note("the disk of %s: %d", machine->name, (int)machine->fault);
}

// A clock jumps, or loses its battery; most of the time it is put right again.
static void change_clock(Machine *machine)
{
    static const Time jumps[] = {0, 0, 0, TIME_HOUR, -TIME_HOUR, 3 * TIME_DAY, -40 * TIME_DAY};

    machine->skew = world_once_in(5) ? -world.now + TIME_DAY : jumps[world_dice(7)];
    world_note("the clock of %s is off by %lld s", machine->name, (long long)(machine->skew / TIME_SECOND));
}

// Everybody's lids are closed for days: nothing runs, and then it is later.
static void sleep_long(void)
{
    world.now += TIME_HOUR + world_dice(20) * TIME_DAY;
    world_note("days have passed");
}

static void renew_post(Post *post)
{
    const ConfigTerminal *config = site.stations[post->number].config;
    char name[300];

    if (deeds.snapshot >= 0 || post->machine.fault != DISK_WELL || deeds.epoch_count == DEEDS_EPOCHS_MAX)
        return;
    if (post->up)
        post_bury(post);
    disk_remove(config->outbox);
    snprintf(name, sizeof(name), "%s-wal", config->outbox);
    disk_remove(name);
    unlink(config->outbox);
    machine_doom(&post->machine, 0, false);
    machine_run(&post->machine);
    if (outbox_create(config->outbox, config->terminal) != 0)
        world_fail("no new outbox for %s", post->machine.name);
    machine_leave();
    world_note("%s has a new outbox", post->machine.name);
    void (*started)(Post * post) = programs_post_started;
    programs_post_started = NULL;
    post_start(post);
    programs_post_started = started;
    if (!post->up)
        return;
    deeds.made_anew = true;
    deeds_renew(post->number);
}

static void snapshot_take(void)
{
    size_t size;

    hub_stop();
    const void *data = disk_get(site.database, &size);
    char name[300];
    snprintf(name, sizeof(name), "%s-wal", site.database);
    if (programs.hub.up || !data || disk_get(name, &(size_t){0}))
        return; // it did not come to an end in good order
    text_clear(&site.snapshot);
    text_append_bytes(&site.snapshot, data, size);
    deeds.snapshot = deeds.count;
    world_note("a copy of the database is taken");
}

// What `studyday restore` does to the copy: a generation above all there were, announced beside the heads.
static void snapshot_renew(void)
{
    CLEANUP(cleanup_store) Store *store = NULL;
    StoreIdentity identity;
    char sql[64];
    sqlite3 *db;

    snprintf(sql, sizeof(sql), GENERATION_SQL, (long long)++snapshot_generation);
    if (sqlite3_open(site.database, &db) != SQLITE_OK || sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        world_fail("the copy cannot be put back: %s", sqlite3_errmsg(db));
    sqlite3_close(db);
    if (store_open(site.database, STORE_READ, &store) != 0 || store_identity(store, &identity) != 0 ||
        heads_announce(SITE_HEADS, &identity, false, world.now) < 0)
        world_fail("the copy cannot be announced");
}

static void snapshot_restore(void)
{
    char name[300];

    if (programs.hub.up)
        hub_bury();
    snprintf(name, sizeof(name), "%s-wal", site.database);
    disk_remove(name);
    disk_put(site.database, &programs.hub.machine, site.snapshot.data, site.snapshot.size);
    machine_doom(&programs.hub.machine, 0, false);
    snapshot_renew();
    world_note("the copy is put back, generation %lld", (long long)snapshot_generation);
    deeds_forget_since_snapshot();
}

static void restore(void)
{
    Machine *machine = &programs.hub.machine;

    if (deeds.made_anew || machine->fault != DISK_WELL)
        return;
    machine_doom(machine, 0, false);
    if (deeds.snapshot >= 0)
        snapshot_restore();
    else if (hub_is_well())
        snapshot_take();
}

static void cut_lines(const Machine *machine)
{
    world_note("the lines of %s are cut", machine->name);
    broker_cut(machine, CURE_MAX);
}

static void crash_broker(void)
{
    world_note("broker crashes");
    broker_crash(world.now + world_dice((unsigned)CURE_MAX), world_dice(2));
}

// Most deaths come in the middle of something.
static void doom_at_work(Machine *machine, Trouble trouble)
{
    if (weights[trouble] && world_once_in(6))
        machine_doom(machine, 1 + world_dice(SPARED_AT_WORK), world_dice(2));
}

// A disk that fails is looked after before long.
static void look_after(Machine *machine)
{
    if (machine->fault != DISK_WELL && world_once_in(5))
        change_disk(machine);
}

static void happen(Trouble trouble)
{
    Hub *hub = &programs.hub;
    Post *post = some_post();

    look_after(&hub->machine);
    look_after(&post->machine);

    switch (trouble) {
    case TROUBLE_SCAN:
        doom_at_work(&post->machine, TROUBLE_POST_DIES);
        deeds_scan(post);
        break;
    case TROUBLE_OFFICE:
        doom_at_work(&hub->machine, TROUBLE_HUB_DIES);
        clerk_work();
        break;
    case TROUBLE_CUT:
        cut_lines(world_dice(2) ? &hub->machine : &post->machine);
        break;
    case TROUBLE_BROKER:
        crash_broker();
        break;
    case TROUBLE_REPLAY:
        broker_replay();
        break;
    case TROUBLE_HUB_DIES:
        doom(&hub->machine);
        break;
    case TROUBLE_HUB_STOPS:
        hub_stop();
        break;
    case TROUBLE_POST_DIES:
        doom(&post->machine);
        break;
    case TROUBLE_POST_STOPS:
        post_stop(post);
        break;
    case TROUBLE_HUB_DISK:
        change_disk(&hub->machine);
        break;
    case TROUBLE_POST_DISK:
        change_disk(&post->machine);
        break;
    case TROUBLE_CLOCK:
        change_clock(world_dice(3) ? &post->machine : &hub->machine);
        break;
    case TROUBLE_SLEEP:
        sleep_long();
        break;
    case TROUBLE_RENEW:
        renew_post(post);
        break;
    case TROUBLE_RESTORE:
        restore();
        break;
    case TROUBLE_COUNT:
        break;
    }
}

static Time some_while(void)
{
    unsigned n = world_dice(20);

    if (n < 12)
        return world_dice((unsigned)TIME_SECOND);
    if (n < 17)
        return world_dice(10 * (unsigned)TIME_SECOND);
    return n < 19 ? world_dice(60 * (unsigned)TIME_SECOND) : world_dice(300 * (unsigned)TIME_SECOND);
}

// What was broken is mended: honest broker, sound disks, right clocks, nobody is about to die.
static void heal(void)
{
    static const BrokerMood honest = {.queue_max = 1000, .delay_max = TIME_SECOND / 5};

    world_note("all is mended");
    broker_set_mood(&honest);
    programs.hub.machine.spared = 0;
    programs.hub.machine.fault = DISK_WELL;
    programs.hub.machine.skew = 0;
    for (int i = 0; i < WORLD_TERMINALS; i++) {
        programs.posts[i].machine.spared = 0;
        programs.posts[i].machine.fault = DISK_WELL;
        programs.posts[i].machine.skew = 0;
    }
}

static bool all_is_received(void)
{
    bool all = hub_is_well();

    for (int i = 0; i < WORLD_TERMINALS; i++)
        all &= post_is_received(&programs.posts[i], hub_generation());
    return all;
}

static void wait_until_received(void)
{
    Time stop = world.now + HEAL_TIME;

    while (!world.failed && !all_is_received() && world.now < stop)
        programs_run(world.now + HEAL_STEP);
    for (int i = 0; i < WORLD_TERMINALS && !world.failed; i++) {
        if (!post_is_received(&programs.posts[i], hub_generation()))
            world_fail("%s is not received in %d hours", programs.posts[i].machine.name,
                       (int)(HEAL_TIME / TIME_HOUR));
    }
    if (!world.failed && !all_is_received())
        world_fail("the collector does not come back");
}

static void post_started(Post *post)
{
    proof_of_outbox(post->number);
}

static void prepare(void)
{
    const BrokerMood mood = mood_make_up();

    for (int i = 0; i < TROUBLE_COUNT; i++)
        weights[i] = i == TROUBLE_SCAN || world_once_in(2) ? usual[i] : 0;
    snapshot_generation = 1;
    programs_hub_started = NULL;
    programs_post_started = NULL;
    break_begin();
    sqlite3_randomness(0, NULL);
    rounds_ask(NULL);
    broker_begin(&mood);
    programs_begin();
    deeds_begin();
    programs_hub_started = proof_after_start;
    programs_post_started = post_started;
}

PlayEnd play(uint64_t seed, Text *trace)
{
    world_begin(seed, site_begin_time(), trace);
    if (world_once_in(3))
        world.now += MONTH_OVER; // November can be closed
    unsigned steps = STEPS_MIN + world_dice(STEPS_SPREAD);
    prepare();
    for (unsigned i = 0; i < steps && !world.failed; i++) {
        happen(draw());
        programs_run(world.now + some_while());
        proof_of_alarms();
    }
    heal();
    wait_until_received();
    if (!world.failed) { // nothing of it may rest on what a power cut takes
        machine_doom(&programs.hub.machine, 0, true);
        hub_bury();
        hub_start();
    }
    if (!world.failed)
        proof_at_end();
    world_note("the end: %d deeds", deeds.count);
    PlayEnd end = {.failed = world.failed, .print = world.print, .rounds = world.steps, .deeds = deeds.count};
    memcpy(end.reason, world.reason, sizeof(end.reason));
    programs_end();
    broker_end();
    return end;
}
