// The terminals' machines: the real agent's rounds, one by one, on the real outbox.
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "terminal/agent_private.h"
#include "tests/simulation/disk.h"
#include "tests/simulation/programs.h"

static const AgentOptions agent_options = {0};
static Agent agents[WORLD_TERMINALS];

void post_bury(Post *post)
{
    machine_run(&post->machine);
    post->machine.dead = true;
    if (post->up) {
        agent_close(&agents[post->number]);
        post->outbox = outbox_close(post->outbox);
    }
    machine_leave();
    if (post->machine.by_power)
        disk_cut(&post->machine);
    post->up = false;
    post->machine.dead = false;
    post->machine.spared = 0;
    post->restart_at = programs_soon();
}

void post_start(Post *post)
{
    const ConfigTerminal *config = site.stations[post->number].config;
    int r;

    machine_run(&post->machine);
    r = outbox_open(config->outbox, config->terminal, OUTBOX_WRITE, &post->outbox);
    world_note("%s starts: %d", post->machine.name, r);
    if (r == 0) {
        post->up = true;
        post->due = world.now;
        r = agent_open(&site.stations[post->number], post->outbox, &agent_options, &agents[post->number]);
        if (r != 0 && post->machine.fault == DISK_WELL && !post->machine.dead)
            world_fail("%s does not open", post->machine.name);
        if (r != 0) { // its disk failed meanwhile: the program ends, and systemd starts it again
            agent_close(&agents[post->number]);
            post->outbox = outbox_close(post->outbox);
            post->up = false;
        }
    } else if (post->machine.fault == DISK_WELL && !post->machine.dead) {
        world_fail("the outbox of %s does not open on a sound disk: %d", post->machine.name, r);
    }
    machine_leave();
    if (post->machine.dead)
        post_bury(post);
    else if (!post->up)
        post->restart_at = programs_soon();
    else if (programs_post_started)
        programs_post_started(post);
}

void post_stop(Post *post)
{
    if (!post->up)
        return;
    machine_run(&post->machine);
    if (mqtt_is_connected(agents[post->number].mqtt))
        mqtt_disconnect(agents[post->number].mqtt);
    if (!post->machine.dead) {
        agent_close(&agents[post->number]);
        post->outbox = outbox_close(post->outbox);
        post->up = false;
    }
    machine_leave();
    if (post->machine.dead) {
        post_bury(post);
        return;
    }
    post->restart_at = programs_soon();
    world_note("%s stops", post->machine.name);
}

void post_round(Post *post)
{
    machine_run(&post->machine);
    agent_round(&agents[post->number]);
    post->due = rounds_wait.ready ? world.now : world_at(rounds_wait.deadline);
    machine_leave();
    if (post->machine.dead)
        post_bury(post);
}

void post_nudge(Post *post)
{
    machine_run(&post->machine);
    agent_recorded(&agents[post->number]);
    machine_leave();
    post->due = world.now;
}

bool post_is_received(const Post *post, int64_t generation)
{
    const OutboxHead *head = post->up ? outbox_get_head(post->outbox) : NULL;

    return head && head->generation == generation && head->through + 1 == head->next &&
           agents[post->number].window.through + 1 == head->next;
}

// What a sound terminal says only of a collector that has gone wrong.
void post_judge_alarms(const Post *post)
{
    static const char *const bad[] = {ALARM_CHAIN,      ALARM_AHEAD, ALARM_MAC,
                                      ALARM_UNREADABLE, ALARM_GONE,  ALARM_REFUSED};
    const Alarms *alarms = &agents[post->number].alarms;

    for (size_t k = 0; post->up && k < alarms->count; k++) {
        for (size_t b = 0; b < sizeof(bad) / sizeof(*bad); b++) {
            if (strcmp(alarms->list[k].code, bad[b]) == 0)
                world_fail("%s raises %s: %s", post->machine.name, bad[b], alarms->list[k].detail);
        }
    }
}
