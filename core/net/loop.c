// A table of descriptors, one poll(), handlers. No timers, no priorities, no queue of work: with a handful of
// slots the owner's main loop says all that in plain code. Handlers run in slot order, so an owner that puts
// its signals first hears of them first.
//
// Invariant: polls[i].revents is nonzero only while loop_wait() is handing out; a slot that is refilled
// meanwhile loses it, so no handler is ever told of a descriptor that it does not have.
#include "core/net/loop.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "core/base/error.h"

void loop_init(Loop *loop, size_t count)
{
    *loop = (Loop){.count = count};
    loop->polls = alloc_zero(count * sizeof *loop->polls);
    loop->slots = alloc_zero(count * sizeof *loop->slots);
    for (size_t i = 0; i < count; i++)
        loop_set(loop, i, -1, 0, NULL, NULL);
}

void loop_deinit(Loop *loop)
{
    free(loop->polls);
    free(loop->slots);
    *loop = (Loop){0};
}

void loop_set(Loop *loop, size_t slot, int fd, short events, LoopReady ready, void *owner)
{
    // The same descriptor set again, as every round does, keeps what poll() has just said of it.
    if (loop->polls[slot].fd != fd)
        loop->polls[slot].revents = 0;
    loop->polls[slot].fd = fd;
    loop->polls[slot].events = events;
    loop->slots[slot] = (LoopSlot){.ready = ready, .owner = owner};
}

void loop_set_events(Loop *loop, size_t slot, short events)
{
    loop->polls[slot].events = events;
}

static int wait_until(Loop *loop, Time deadline)
{
    struct timespec timeout = {0};
    Time left;

    if (deadline == LOOP_NEVER)
        return ppoll(loop->polls, loop->count, NULL, NULL);
    left = deadline - clock_monotonic();
    if (left > 0) {
        timeout.tv_sec = left / TIME_SECOND;
        timeout.tv_nsec = (left % TIME_SECOND) * (1000000000 / TIME_SECOND);
    }
    return ppoll(loop->polls, loop->count, &timeout, NULL);
}

int loop_wait(Loop *loop, Time deadline)
{
    int ready = wait_until(loop, deadline);

    if (ready < 0) {
        for (size_t i = 0; i < loop->count; i++)
            loop->polls[i].revents = 0;
        return errno == EINTR ? 0 : error_origin(-errno);
    }
    for (size_t i = 0; i < loop->count && ready > 0; i++) {
        short revents = loop->polls[i].revents;

        if (!revents)
            continue;
        ready--;
        loop->polls[i].revents = 0;
        if (loop->slots[i].ready)
            loop->slots[i].ready(loop->slots[i].owner, revents);
    }
    return 0;
}

static void signals_wanted(sigset_t *ret_set)
{
    sigemptyset(ret_set);
    sigaddset(ret_set, SIGTERM);
    sigaddset(ret_set, SIGINT);
    sigaddset(ret_set, SIGHUP);
}

int loop_signals_open(int *ret_fd)
{
    sigset_t set;
    int fd;

    signals_wanted(&set);
    if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
        return error_origin(-errno);
    fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (fd < 0)
        return error_origin(-errno);
    *ret_fd = fd;
    return 0;
}

int loop_signals_take(int fd)
{
    struct signalfd_siginfo info;

    return read(fd, &info, sizeof info) == (ssize_t)sizeof info ? (int)info.ssi_signo : 0;
}

void loop_signals_restore(void)
{
    sigset_t set;

    signals_wanted(&set);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}
