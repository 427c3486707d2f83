#pragma once
// A site on a virtual clock: one process, one thread, no sleeping, and all that is left to chance comes from
// one seed. The programs that live in it are the real ones, driven round by round; what they ask of the
// system (the time, randomness, the disk, the line, poll()) is answered by the files of this folder.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/clock.h"
#include "core/base/text.h"

#define WORLD_TERMINALS 3
#define WORLD_REASON_SIZE 400

typedef enum DiskFault { DISK_WELL, DISK_FULL, DISK_BROKEN } DiskFault;

// What a program runs on. `dead` says that it has been killed, or has lost its power, in the middle of
// something: from there on nothing that it does reaches the disk or the line, until its owner notices and
// buries it.
typedef struct Machine {
    const char *name;
    Time skew;       // of its wall clock
    bool dead;       // and not buried yet
    bool by_power;   // what no sync followed may be gone
    unsigned spared; // changes of the disk and packets until it dies; 0: no death is near
    DiskFault fault; // changes of the disk fail
} Machine;

typedef struct World {
    Time now;
    uint64_t dice;    // what happens
    uint64_t chance;  // what the programs get as random bytes
    Machine *current; // whose code runs; NULL: nobody's
    uint64_t print;   // a digest of all that happened: equal runs have equal prints
    Text *trace;      // NULL: not kept
    unsigned long steps;
    bool failed;
    char reason[WORLD_REASON_SIZE];
} World;

extern World world;

/// A new world at `now`, with nothing in it.
void world_begin(uint64_t seed, Time now, Text *trace);
/// The instant at which clock_monotonic() says `monotonic`.
Time world_at(Time monotonic);
/// Says what has happened: goes into the print, and into the trace.
void world_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
/// An invariant does not hold. The first one stays; the caller goes on to where it can stop.
void world_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/// Even dice from 0 to sides - 1.
unsigned world_dice(unsigned sides);
/// True once in `times`.
bool world_once_in(unsigned times);

/// Counts a change of the disk or a packet of the machine towards its death. False: it is dead now, and what
/// it was about to do has not happened.
bool machine_acts(Machine *machine);
/// Its death, `spared` acts from now.
void machine_doom(Machine *machine, unsigned spared, bool by_power);
