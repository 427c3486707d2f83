// A wait takes no time: it hands out what is there at this instant, and says until when the program would
// have slept. Who drives the program moves the clock on.
#include "tests/simulation/rounds.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/net/control.h"
#include "tests/simulation/broker.h"
#include "tests/support/support.h"

#define ROUNDS_CONTROL_FD 900 // below the lines' numbers, above all real ones

RoundsWait rounds_wait;
static RoundsAsk *asked;

void loop_init(Loop *loop, size_t count)
{
    *loop = (Loop){.polls = alloc_zero(count * sizeof(*loop->polls)),
                   .slots = alloc_zero(count * sizeof(*loop->slots)),
                   .count = count};
    for (size_t i = 0; i < count; i++)
        loop->polls[i].fd = -1;
}

void loop_deinit(Loop *loop)
{
    free(loop->polls);
    free(loop->slots);
    *loop = (Loop){0};
}

void loop_set(Loop *loop, size_t slot, int fd, short events, LoopReady ready, void *owner)
{
    loop->polls[slot] = (struct pollfd){.fd = fd, .events = events};
    loop->slots[slot] = (LoopSlot){ready, owner};
}

void loop_set_events(Loop *loop, size_t slot, short events)
{
    loop->polls[slot].events = events;
}

static bool rounds_is_ready(const struct pollfd *poll)
{
    const Mqtt *line = line_by_fd(poll->fd);

    if (!(poll->events & POLLIN))
        return false;
    return line ? line_is_ready(line) : poll->fd == ROUNDS_CONTROL_FD && asked;
}

// As poll(): what is ready is decided first, then the handlers run in the order of their slots.
int loop_wait(Loop *loop, Time deadline)
{
    rounds_wait = (RoundsWait){.deadline = deadline};
    for (size_t i = 0; i < loop->count; i++)
        loop->polls[i].revents = rounds_is_ready(&loop->polls[i]) ? POLLIN : 0;
    for (size_t i = 0; i < loop->count; i++) {
        if (!loop->polls[i].revents || loop->polls[i].fd < 0)
            continue;
        rounds_wait.ready = true;
        loop->slots[i].ready(loop->slots[i].owner, POLLIN);
    }
    return 0;
}

int loop_signals_open(int *ret_fd)
{
    *ret_fd = -1;
    return 0;
}

int loop_signals_take(int fd)
{
    (void)fd;
    return 0;
}

void loop_signals_restore(void)
{
}

void rounds_ask(RoundsAsk *ask)
{
    asked = ask;
}

bool rounds_is_asked(void)
{
    return asked;
}

int control_open(const char *socket_path, ControlServer **ret_server)
{
    (void)socket_path;
    *ret_server = alloc_zero(1);
    return 0;
}

ControlServer *control_close(ControlServer *server)
{
    free(server);
    return NULL;
}

int control_fd(const ControlServer *server)
{
    return server ? ROUNDS_CONTROL_FD : -1;
}

short control_events(const ControlServer *server)
{
    (void)server;
    return POLLIN;
}

static int rounds_file(const char *text)
{
    int fd = memfd_create("file", MFD_CLOEXEC);
    size_t size = strlen(text);

    if (fd < 0 || write(fd, text, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET) < 0)
        support_die("no file in memory");
    return fd;
}

int control_handle(ControlServer *server,
                   void (*answer)(void *user, const ControlRequest *request, int *ret_exit, Text *out,
                                  Text *err),
                   void *user)
{
    static char name[] = "file", language[] = "en";
    RoundsAsk *ask = asked;
    CLEANUP(cleanup_fd) int fd = ask && ask->text ? rounds_file(ask->text) : -1;
    (void)server;

    if (!ask)
        return 0;
    asked = NULL;
    const ControlRequest request = {
        .argv = ask->argv, .argc = ask->argc, .file_name = name, .language = language, .file = fd};
    answer(user, &request, &ask->code, &ask->out, &ask->err);
    ask->done = true;
    return 0;
}
