#pragma once
// The fault proxy: doors on the loopback, all of which lead to one broker, and odds for what befalls the
// lines through each. One thread, one poll(); the owner turns it.
#include <stdbool.h>
#include <stddef.h>

#include "core/base/text.h"
#include "tests/chaos/line.h"

#define PROXY_DOORS_MAX 4
#define PROXY_MUTE (500 * TIME_SECOND / 1000) // half open by command
#define PROXY_LINES_MAX 1024                  // a line more is refused; a campaign has a few dozen

typedef struct ProxyDoor {
    const char *name;
    int listener, port;
    bool shut; // whoever comes is reset
    Odds odds;
    unsigned long counts[FAULT_COUNT], lines;
} ProxyDoor;

typedef struct Proxy {
    int broker_port;
    ProxyDoor doors[PROXY_DOORS_MAX];
    int door_count;
    Line *lines[PROXY_LINES_MAX];
    size_t line_count;
    Dice dice;
    struct pollfd polls[1 + PROXY_DOORS_MAX + LINE_ENDS * PROXY_LINES_MAX];
} Proxy;

Proxy *proxy_new(int broker_port, unsigned long long seed);
Proxy *proxy_free(Proxy *proxy);
/// Opens a door on a free port; `name` must outlive it. The port.
int proxy_open(Proxy *proxy, const char *name);

/// Does what a line of the control says; the answer (a line, without its end) is appended.
///
///   odds DOOR [FAULT=PERMILLE ...]   what befalls packets from now on; nothing named: nothing
///   cut DOOR | mute DOOR | abandon DOOR   all lines that are there: reset, half open, or client alone reset
///   shut DOOR | open DOOR            whoever comes is reset, or not any more
///   count                            JSON: what struck so far
void proxy_control(Proxy *proxy, const char *command, Text *ret_answer);

/// Waits for something to do, at most `milliseconds` (-1: any time), or for `extra_fd` to be readable; does
/// it. True if `extra_fd` is.
bool proxy_turn(Proxy *proxy, int extra_fd, int milliseconds);
