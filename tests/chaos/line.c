// A line is over when both sockets are closed. An end that says no more (FIN) is heard out: what it said goes
// to the other first. A reset is passed on as a reset. A line that is half open neither reads nor writes, so
// that each end sees what a pulled cable would show it: nothing.
#include "tests/chaos/line.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/alloc.h"

#define LINE_READ_SIZE 65536
#define LINE_MUTE_MIN (100 * TIME_SECOND / 1000) // a half-open line lasts so long
#define LINE_MUTE_MAX (2 * TIME_SECOND)

static void no_delay(int fd)
{
    // What is split must not be put together again by Nagle.
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
}

Line *line_new(int door, int client, int broker_port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
        .sin_port = htons((uint16_t)broker_port),
    };
    Line *line = alloc_zero(sizeof(*line));

    *line = (Line){.door = door, .sockets = {client, -1}, .breaks_at = INT64_MAX};
    line->sockets[LINE_BROKER] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (line->sockets[LINE_BROKER] < 0)
        return line_free(line);
    no_delay(client);
    no_delay(line->sockets[LINE_BROKER]);
    line->connecting = true;
    if (connect(line->sockets[LINE_BROKER], (struct sockaddr *)&address, sizeof(address)) == 0)
        line->connecting = false;
    else if (errno != EINPROGRESS)
        return line_free(line);
    return line;
}

void line_reset_end(Line *line, int end)
{
    if (line->sockets[end] < 0)
        return;
    setsockopt(line->sockets[end], SOL_SOCKET, SO_LINGER, &(struct linger){.l_onoff = 1},
               sizeof(struct linger));
    close(line->sockets[end]);
    line->sockets[end] = -1;
}

void line_reset(Line *line)
{
    line_reset_end(line, LINE_CLIENT);
    line_reset_end(line, LINE_BROKER);
}

Line *line_free(Line *line)
{
    if (!line)
        return NULL;
    line_reset(line);
    for (int end = 0; end < LINE_ENDS; end++)
        lane_deinit(&line->lanes[end]);
    free(line);
    return NULL;
}

void line_mute(Line *line, Time breaks_at)
{
    if (line->breaks_at > breaks_at)
        line->breaks_at = breaks_at;
}

static bool is_mute(const Line *line)
{
    return line->breaks_at != INT64_MAX;
}

static void line_suffer(Line *line, LaneFate fate, Dice *dice, Time now)
{
    Time lasts = LINE_MUTE_MIN + dice_below(dice, LINE_MUTE_MAX - LINE_MUTE_MIN);

    if (fate == LANE_ABANDON)
        line_reset_end(line, LINE_CLIENT);
    if (fate == LANE_CUT)
        line_mute(line, now); // after what still goes out
    else if (fate != LANE_WELL)
        line_mute(line, now + lasts);
}

// What `from` has said and the dice let through goes to the other end.
static void line_write(Line *line, int from, Time now)
{
    int to = !from;
    LanePiece *piece;

    while (line->sockets[to] >= 0 && !(to == LINE_BROKER && line->connecting) &&
           (piece = lane_front(&line->lanes[from], now))) {
        ssize_t sent =
            send(line->sockets[to], piece->data + piece->sent, piece->size - piece->sent, MSG_NOSIGNAL);

        if (sent < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (sent < 0) {
            line_reset(line);
            return;
        }
        lane_sent(&line->lanes[from], (size_t)sent);
    }
}

static LaneFate line_read(Line *line, int from, const Odds *odds, Dice *dice, unsigned long *counts, Time now)
{
    static char buffer[LINE_READ_SIZE];
    ssize_t got = recv(line->sockets[from], buffer, sizeof(buffer), 0);

    if (got > 0)
        return lane_take(&line->lanes[from], buffer, (size_t)got, odds, dice, now, counts);
    if (got == 0)
        line->ended[from] = true;
    else if (errno != EAGAIN && errno != EINTR)
        line_reset(line);
    return LANE_WELL;
}

static void line_end(Line *line)
{
    for (int from = 0; from < LINE_ENDS; from++) {
        if (!line->ended[from] || !lane_is_empty(&line->lanes[from]))
            continue;
        // In order: the other end reads the end of the stream, and not a reset.
        for (int end = 0; end < LINE_ENDS; end++) {
            if (line->sockets[end] >= 0)
                close(line->sockets[end]);
            line->sockets[end] = -1;
        }
        return;
    }
}

void line_turn(Line *line, const short polled[LINE_ENDS], const Odds *odds, Dice *dice, unsigned long *counts,
               Time now)
{
    if (is_mute(line)) {
        if (now >= line->breaks_at)
            line_reset(line);
        return;
    }
    if (line->connecting && polled[LINE_BROKER]) {
        if (polled[LINE_BROKER] & (POLLERR | POLLHUP)) {
            line_reset(line);
            return;
        }
        line->connecting = false;
    }
    for (int from = 0; from < LINE_ENDS && !is_mute(line); from++) {
        LaneFate fate = LANE_WELL;

        if (polled[from] & (POLLIN | POLLERR | POLLHUP) && line->sockets[from] >= 0 && !line->ended[from])
            fate = line_read(line, from, odds, dice, counts, now);
        line_write(line, from, now);
        line_suffer(line, fate, dice, now);
    }
    line_end(line);
}

void line_polls(const Line *line, Time now, struct pollfd ret_polls[LINE_ENDS])
{
    for (int end = 0; end < LINE_ENDS; end++) {
        const Lane *out = &line->lanes[!end];
        short events = 0;

        if (!line->ended[end] && !lane_is_full(&line->lanes[end]))
            events |= POLLIN;
        if (out->first && out->first->due <= now)
            events |= POLLOUT;
        if (end == LINE_BROKER && line->connecting)
            events = POLLOUT;
        // An end that has said its last would wake us for ever with its hang-up.
        bool quiet = is_mute(line) || (line->ended[end] && events == 0);
        ret_polls[end] = (struct pollfd){.fd = quiet ? -1 : line->sockets[end], .events = events};
    }
}

Time line_due(const Line *line, Time now)
{
    Time due = line->breaks_at;

    if (is_mute(line))
        return due;
    for (int from = 0; from < LINE_ENDS; from++) {
        Time lane = lane_due(&line->lanes[from]);

        if (lane > now && lane < due) // what is due already waits for POLLOUT
            due = lane;
    }
    return due;
}

bool line_is_over(const Line *line)
{
    return line->sockets[LINE_CLIENT] < 0 && line->sockets[LINE_BROKER] < 0;
}
