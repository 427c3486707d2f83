// Time, chance and the trace. The linker lets a program's own clock_gettime(), adjtimex() and randombytes_*()
// win over the libraries', so the code under test needs no seam for them.
#include "tests/simulation/world.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>

#define PRINT_BASIS UINT64_C(14695981039346656037) // FNV-1a
#define PRINT_PRIME UINT64_C(1099511628211)
#define MONOTONIC_BEGIN (1000 * TIME_SECOND) // of a machine that has been up for a while

World world;
static Time world_began;

// SplitMix64: a state of one word, and seeds that follow each other have nothing in common.
static uint64_t world_draw(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

void world_begin(uint64_t seed, Time now, Text *trace)
{
    world = (World){.now = now, .dice = seed, .chance = ~seed, .print = PRINT_BASIS, .trace = trace};
    world_began = now;
}

Time world_at(Time monotonic)
{
    return monotonic == INT64_MAX ? monotonic : monotonic - MONOTONIC_BEGIN + world_began;
}

unsigned world_dice(unsigned sides)
{
    return (unsigned)((world_draw(&world.dice) >> 32) * sides >> 32);
}

bool world_once_in(unsigned times)
{
    return world_dice(times) == 0;
}

void world_note(const char *format, ...)
{
    char line[512];
    va_list args;
    int n = snprintf(line, sizeof(line), "%12.6f ", (double)(world.now - world_began) / (double)TIME_SECOND);

    va_start(args, format);
    vsnprintf(line + n, sizeof(line) - (size_t)n, format, args);
    va_end(args);
    for (const char *c = line; *c; c++)
        world.print = (world.print ^ (unsigned char)*c) * PRINT_PRIME;
    if (!world.trace)
        return;
    text_append(world.trace, line);
    text_append_char(world.trace, '\n');
}

void world_fail(const char *format, ...)
{
    va_list args;

    if (world.failed)
        return;
    world.failed = true;
    va_start(args, format);
    vsnprintf(world.reason, sizeof(world.reason), format, args);
    va_end(args);
    world_note("FAILED %s", world.reason);
}

bool machine_acts(Machine *machine)
{
    if (machine->dead)
        return false;
    if (machine->spared == 0 || --machine->spared > 0)
        return true;
    machine->dead = true;
    world_note("%s dies by %s", machine->name, machine->by_power ? "power" : "kill");
    return false;
}

void machine_doom(Machine *machine, unsigned spared, bool by_power)
{
    machine->spared = spared;
    machine->by_power = by_power;
}

int clock_gettime(clockid_t id, struct timespec *time)
{
    Time now = world.now;

    if (id == CLOCK_MONOTONIC)
        now += MONOTONIC_BEGIN - world_began;
    else if (world.current)
        now += world.current->skew;
    *time = (struct timespec){.tv_sec = now / TIME_SECOND, .tv_nsec = now % TIME_SECOND * 1000};
    return 0;
}

// The kernel says that its clock is set; one that is not shows by its year.
int adjtimex(struct timex *status)
{
    memset(status, 0, sizeof(*status));
    return 0;
}

void randombytes_buf(void *const data, const size_t size)
{
    uint64_t word = 0;

    for (size_t i = 0; i < size; i++, word >>= 8) {
        if (i % sizeof(word) == 0)
            word = world_draw(&world.chance);
        ((uint8_t *)data)[i] = (uint8_t)word;
    }
}

uint32_t randombytes_uniform(const uint32_t bound)
{
    return (uint32_t)((world_draw(&world.chance) >> 32) * bound >> 32);
}
