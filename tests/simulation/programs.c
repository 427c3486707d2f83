// Who runs next, and when.
#include "tests/simulation/programs.h"

#define RESTART_MAX (2 * TIME_MINUTE) // whoever is down comes back within it, by itself
#define ROUNDS_MAX 2000               // at one instant: more is spinning

Programs programs;
void (*programs_hub_started)(void);
void (*programs_post_started)(Post *post);

Time programs_soon(void)
{
    return world.now + TIME_SECOND + world_dice((unsigned)RESTART_MAX);
}

void machine_run(Machine *machine)
{
    world.current = machine;
}

void machine_leave(void)
{
    world.current = NULL;
}

void rounds_ask_deinit(RoundsAsk *ask)
{
    text_deinit(&ask->out);
    text_deinit(&ask->err);
}

static Time earlier(Time a, Time b)
{
    return a < b ? a : b;
}

static Time hub_next(void)
{
    const Hub *hub = &programs.hub;

    if (!hub->up)
        return hub->restart_at;
    return rounds_is_asked() ? world.now : earlier(hub->due, line_next_of(&hub->machine));
}

static Time post_next(const Post *post)
{
    return post->up ? earlier(post->due, line_next_of(&post->machine)) : post->restart_at;
}

static Time programs_next(void)
{
    Time next = earlier(broker_next(), hub_next());

    for (int i = 0; i < WORLD_TERMINALS; i++)
        next = earlier(next, post_next(&programs.posts[i]));
    return next;
}

bool programs_are_still(void)
{
    return programs_next() > world.now;
}

static void programs_one(int who)
{
    Post *post = &programs.posts[who % (WORLD_TERMINALS + 1)];

    if (who % (WORLD_TERMINALS + 1) == WORLD_TERMINALS) {
        if (hub_next() > world.now)
            return;
        if (programs.hub.up)
            hub_round();
        else
            hub_start();
    } else if (post_next(post) <= world.now) {
        if (post->up)
            post_round(post);
        else
            post_start(post);
    }
    world.steps++;
}

void programs_run(Time until)
{
    unsigned rounds = 0;
    Time next;

    while (!world.failed && (next = programs_next()) <= until) {
        if (next > world.now) {
            world.now = next;
            rounds = 0;
        } else if (++rounds > ROUNDS_MAX) {
            world_fail("somebody spins: %u rounds at one instant", rounds);
        }
        broker_run();
        int first = (int)world_dice(WORLD_TERMINALS + 1);
        for (int i = 0; i <= WORLD_TERMINALS; i++)
            programs_one(first + i);
    }
    if (world.now < until && !world.failed)
        world.now = until;
}

void programs_begin(void)
{
    static const char *const names[WORLD_TERMINALS] = {"t1", "t2", "t3"};
    Machine *machines[WORLD_TERMINALS];

    programs = (Programs){.hub.machine.name = "collector"};
    for (int i = 0; i < WORLD_TERMINALS; i++) {
        programs.posts[i] = (Post){.number = i, .machine.name = names[i]};
        machines[i] = &programs.posts[i].machine;
    }
    site_lay_out(&programs.hub.machine, machines);
    hub_start();
    for (int i = 0; i < WORLD_TERMINALS; i++)
        post_start(&programs.posts[i]);
}

void programs_end(void)
{
    if (programs.hub.up)
        hub_bury();
    for (int i = 0; i < WORLD_TERMINALS; i++) {
        if (programs.posts[i].up)
            post_bury(&programs.posts[i]);
    }
}
