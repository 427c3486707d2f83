#pragma once
// One connection through the proxy: a client, the broker, a lane each way, and what has befallen it.
#include <poll.h>
#include <stdbool.h>

#include "tests/chaos/lane.h"

enum { LINE_CLIENT, LINE_BROKER, LINE_ENDS };

typedef struct Line {
    int door;               // that it came through
    int sockets[LINE_ENDS]; // -1: closed
    Lane lanes[LINE_ENDS];  // what comes from that end
    bool ended[LINE_ENDS];  // that end says no more
    bool connecting;        // to the broker
    Time breaks_at;         // half open until then; INT64_MAX: it is well
} Line;

/// Takes an accepted socket and connects to the broker's port on the loopback. NULL (the socket is closed) if
/// nobody listens there.
Line *line_new(int door, int client, int broker_port);
Line *line_free(Line *line);
/// Breaks both ends, or one, with a reset.
void line_reset(Line *line);
void line_reset_end(Line *line, int end);
/// From now on nothing passes, until it breaks at `breaks_at`.
void line_mute(Line *line, Time breaks_at);
/// Writes what is due; reads and passes on what came. `polled` are the events of both ends.
void line_turn(Line *line, const short polled[LINE_ENDS], const Odds *odds, Dice *dice, unsigned long *counts,
               Time now);
/// What to poll both ends for.
void line_polls(const Line *line, Time now, struct pollfd ret_polls[LINE_ENDS]);
Time line_due(const Line *line, Time now);
bool line_is_over(const Line *line);
