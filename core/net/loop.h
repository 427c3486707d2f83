#pragma once
// The poll loop of every program: one thread, one poll(), a fixed enum of slots. Timers are deadlines that
// the owner keeps; it hands the nearest one to loop_wait(). What happens between two waits is the owner's
// main loop.
#include <poll.h>
#include <stddef.h>

#include "core/base/clock.h"

#define LOOP_NEVER INT64_MAX // a deadline that does not come

typedef void (*LoopReady)(void *owner, short revents);

typedef struct LoopSlot {
    LoopReady ready;
    void *owner;
} LoopSlot;

typedef struct Loop {
    struct pollfd *polls; // beside `slots`, one for each
    LoopSlot *slots;
    size_t count;
} Loop;

/// `count` empty slots, numbered from 0: usually the owner's enum, its _COUNT sentinel here.
void loop_init(Loop *loop, size_t count);
/// Frees the table; the descriptors belong to their owners.
void loop_deinit(Loop *loop);
/// Fills a slot. `fd` -1 empties it. May be called from a handler: what poll() said of the former descriptor
/// in the slot is forgotten.
void loop_set(Loop *loop, size_t slot, int fd, short events, LoopReady ready, void *owner);
/// Changes what the slot waits for (POLLIN, POLLOUT; 0: only errors and hang-ups). Cheap, meant for every
/// round.
void loop_set_events(Loop *loop, size_t slot, short events);
/// Waits until a slot is ready or `deadline` (clock_monotonic()) has come, then calls the handlers of all
/// ready slots in slot order. A deadline in the past polls without waiting. Returns 0 also when a signal
/// interrupts.
int loop_wait(Loop *loop, Time deadline);

/// Blocks SIGTERM, SIGINT and SIGHUP for the process and opens a descriptor that tells of them; the caller
/// closes it. Children that are to see the signals again call loop_signals_restore() after fork().
int loop_signals_open(int *ret_fd);
/// The next signal that has come: its number, or 0.
int loop_signals_take(int fd);
void loop_signals_restore(void);
