// Lines stand in an array without gaps; those that are over are taken out at the end of a turn. The polls of
// a turn are made anew from it: with a few dozen lines that costs less than any bookkeeping.
#include "tests/chaos/proxy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "tests/support/support.h"

Proxy *proxy_new(int broker_port, unsigned long long seed)
{
    Proxy *proxy = alloc_zero(sizeof(*proxy));

    proxy->broker_port = broker_port;
    proxy->dice.state = seed;
    return proxy;
}

Proxy *proxy_free(Proxy *proxy)
{
    if (!proxy)
        return NULL;
    for (size_t i = 0; i < proxy->line_count; i++)
        line_free(proxy->lines[i]);
    for (int i = 0; i < proxy->door_count; i++)
        close(proxy->doors[i].listener);
    free(proxy);
    return NULL;
}

int proxy_open(Proxy *proxy, const char *name)
{
    if (proxy->door_count == PROXY_DOORS_MAX)
        support_die("no more than %d doors", PROXY_DOORS_MAX);

    ProxyDoor *door = &proxy->doors[proxy->door_count++];
    door->name = name;
    door->listener = support_listen(&door->port);
    return door->port;
}

static void accept_client(Proxy *proxy, int index)
{
    ProxyDoor *door = &proxy->doors[index];
    int client = accept4(door->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    Line *line;

    if (client < 0)
        return;
    line = line_new(index, client, proxy->broker_port);
    if (door->shut || proxy->line_count == PROXY_LINES_MAX)
        line = line_free(line);
    if (!line)
        return;
    door->lines++;
    proxy->lines[proxy->line_count++] = line;
}

static int find_door(const Proxy *proxy, const char *name)
{
    for (int i = 0; i < proxy->door_count; i++) {
        if (strcmp(proxy->doors[i].name, name) == 0)
            return i;
    }
    return -1;
}

static void say_counts(const Proxy *proxy, Text *ret_answer)
{
    text_append(ret_answer, "{");
    for (int i = 0; i < proxy->door_count; i++) {
        const ProxyDoor *door = &proxy->doors[i];

        text_appendf(ret_answer, "%s\"%s\":{\"lines\":%lu", i ? "," : "", door->name, door->lines);
        for (Fault fault = 0; fault < FAULT_COUNT; fault++)
            text_appendf(ret_answer, ",\"%s\":%lu", fault_names[fault], door->counts[fault]);
        text_append(ret_answer, "}");
    }
    text_append(ret_answer, "}");
}

static void strike(Proxy *proxy, int door, Fault fault)
{
    Time now = clock_monotonic();

    for (size_t i = 0; i < proxy->line_count; i++) {
        Line *line = proxy->lines[i];

        if (line->door != door || line_is_over(line))
            continue;
        proxy->doors[door].counts[fault]++;
        if (fault == FAULT_ABANDON)
            line_reset_end(line, LINE_CLIENT);
        if (fault == FAULT_CUT)
            line_reset(line);
        else
            line_mute(line, now + PROXY_MUTE);
    }
}

static bool command_at(Proxy *proxy, int door, const char *verb, const char *rest)
{
    if (strcmp(verb, "odds") == 0)
        return odds_parse(rest, &proxy->doors[door].odds);
    if (strcmp(verb, "cut") == 0)
        strike(proxy, door, FAULT_CUT);
    else if (strcmp(verb, "mute") == 0)
        strike(proxy, door, FAULT_MUTE);
    else if (strcmp(verb, "abandon") == 0)
        strike(proxy, door, FAULT_ABANDON);
    else if (strcmp(verb, "shut") == 0)
        proxy->doors[door].shut = true;
    else if (strcmp(verb, "open") == 0)
        proxy->doors[door].shut = false;
    else
        return false;
    return true;
}

void proxy_control(Proxy *proxy, const char *command, Text *ret_answer)
{
    char *words = alloc_string(command), *rest = words;
    const char *verb = strsep(&rest, " ");
    const char *name = strsep(&rest, " ");
    int door = name ? find_door(proxy, name) : -1;

    if (strcmp(verb, "count") == 0)
        say_counts(proxy, ret_answer);
    else if (door >= 0 && command_at(proxy, door, verb, rest ? rest : ""))
        text_append(ret_answer, "ok");
    else
        text_append(ret_answer, "what?");
    free(words);
}

static Time prepare(Proxy *proxy, int extra_fd, Time now)
{
    struct pollfd *polls = proxy->polls;
    Time due = INT64_MAX;

    *polls++ = (struct pollfd){.fd = extra_fd, .events = POLLIN};
    for (int i = 0; i < proxy->door_count; i++)
        *polls++ = (struct pollfd){.fd = proxy->doors[i].listener, .events = POLLIN};
    for (size_t i = 0; i < proxy->line_count; i++, polls += LINE_ENDS) {
        Time line = line_due(proxy->lines[i], now);

        line_polls(proxy->lines[i], now, polls);
        if (line < due)
            due = line;
    }
    return due;
}

static void sweep(Proxy *proxy)
{
    size_t kept = 0;

    for (size_t i = 0; i < proxy->line_count; i++) {
        if (line_is_over(proxy->lines[i]))
            line_free(proxy->lines[i]);
        else
            proxy->lines[kept++] = proxy->lines[i];
    }
    proxy->line_count = kept;
}

static int until(Time due, Time now, int milliseconds)
{
    int64_t left;

    if (due == INT64_MAX)
        return milliseconds;
    left = due <= now ? 0 : (due - now + 999) / 1000;
    return milliseconds >= 0 && milliseconds < left ? milliseconds : (int)left;
}

bool proxy_turn(Proxy *proxy, int extra_fd, int milliseconds)
{
    size_t lines = proxy->line_count; // those that have polls
    struct pollfd *polls = proxy->polls + 1 + proxy->door_count;
    Time now = clock_monotonic(), due = prepare(proxy, extra_fd, now);
    nfds_t count = 1 + (nfds_t)proxy->door_count + LINE_ENDS * lines;

    if (poll(proxy->polls, count, until(due, now, milliseconds)) < 0 && errno != EINTR)
        support_die("poll: %s", strerror(errno));
    now = clock_monotonic();
    for (size_t i = 0; i < lines; i++, polls += LINE_ENDS) {
        ProxyDoor *door = &proxy->doors[proxy->lines[i]->door];

        line_turn(proxy->lines[i], (short[LINE_ENDS]){polls[LINE_CLIENT].revents, polls[LINE_BROKER].revents},
                  &door->odds, &proxy->dice, door->counts, now);
    }
    for (int i = 0; i < proxy->door_count; i++) {
        if (proxy->polls[1 + i].revents)
            accept_client(proxy, i);
    }
    sweep(proxy);
    return proxy->polls[0].revents != 0;
}
