// The terminals of the city, all at once: event batches with their MACs at QoS 1, as fast as the broker takes
// them. Everything that is sent is made before the first byte leaves, and goes out in large writes over a few
// connections without a library, so that the sender costs little beside those that are measured.
//
// A terminal's messages go through one connection, in order; terminal follows terminal, so that in single
// mode each message is another terminal's: the case that costs the most receipts.
//
// Prints one line of JSON, times in monotonic microseconds: "first" byte, "published" (all acknowledged by
// the broker) and, with -r, "received" (receipts for every event).
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/city.h"
#include "core/base/alloc.h"
#include "core/base/clock.h"
#include "core/model/event.h"
#include "core/wire/batch.h"
#include "core/wire/topic.h"
#include "core/wire/wire.h"

#define FLOOD_CONNECTIONS_MAX 64
#define FLOOD_MIDS 60000 // packet ids go round; never so many are unanswered
#define FLOOD_BUFFER (256 * 1024)
#define FLOOD_SECONDS 120 // for all of it; then something is lost
// Unanswered messages of a connection: enough to keep the broker busy, few enough to stay in its socket
// buffers.
#define FLOOD_WINDOW 500

typedef struct Line {
    int fd;
    Text out;     // all its packets
    size_t *ends; // where each ends in `out`
    size_t count, answered, sent;
    uint8_t in[FLOOD_BUFFER];
    size_t in_size;
} Line;

typedef struct Flood {
    int port, events, batch, terminals, members, connections;
    bool receipts;
    Line lines[FLOOD_CONNECTIONS_MAX + 1]; // the last one listens for receipts
    uint64_t *through;
    uint64_t received;
    char epoch[ULID_SIZE];
} Flood;

static void fail(const char *what)
{
    fprintf(stderr, "flood: %s: %s\n", what, errno ? strerror(errno) : "unexpected");
    exit(1);
}

static void put_size(Text *packet, size_t size)
{
    do {
        text_append_char(packet, (char)((size & 127) | (size > 127 ? 128 : 0)));
        size >>= 7;
    } while (size);
}

static void put_string(Text *packet, const void *data, size_t size)
{
    text_append_char(packet, (char)(size >> 8));
    text_append_char(packet, (char)size);
    text_append_bytes(packet, data, size);
}

static void send_whole(const Line *line, const Text *packet)
{
    if (write(line->fd, packet->data, packet->size) != (ssize_t)packet->size)
        fail("write");
}

static void expect(const Line *line, uint8_t type, size_t size)
{
    uint8_t answer[16];

    if (recv(line->fd, answer, size, MSG_WAITALL) != (ssize_t)size || answer[0] != type)
        fail("the broker refuses");
}

static void line_open(Line *line, int port, int index)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    Text packet = {0}, name = {0};

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    line->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(line->fd, (struct sockaddr *)&address, sizeof(address)) < 0)
        fail("connect");
    setsockopt(line->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    text_appendf(&name, "flood-%d", index);
    text_append_char(&packet, 0x10);
    put_size(&packet, 10 + 2 + name.size);
    put_string(&packet, "MQTT", 4);
    text_append_bytes(&packet, "\4\2\0\0", 4); // 3.1.1, clean session, no keep-alive
    put_string(&packet, name.data, name.size);
    send_whole(line, &packet);
    expect(line, 0x20, 4);
    text_deinit(&packet);
    text_deinit(&name);
}

static void line_subscribe(const Line *line)
{
    static const char filter[] = "studyday/1/+/+/receipt";
    Text packet = {0};

    text_append_char(&packet, (char)0x82);
    put_size(&packet, 2 + 2 + sizeof(filter) - 1 + 1);
    text_append_bytes(&packet, "\0\1", 2);
    put_string(&packet, filter, sizeof(filter) - 1);
    text_append_char(&packet, 0);
    send_whole(line, &packet);
    expect(line, 0x90, 5);
    text_deinit(&packet);
}

static void line_add(Line *line, const char *topic, const Text *payload)
{
    size_t topic_size = strlen(topic), mid = 1 + line->count % FLOOD_MIDS;

    text_append_char(&line->out, 0x32);
    put_size(&line->out, 2 + topic_size + 2 + payload->size);
    put_string(&line->out, topic, topic_size);
    text_append_char(&line->out, (char)(mid >> 8));
    text_append_char(&line->out, (char)mid);
    text_append_bytes(&line->out, payload->data, payload->size);
    if ((line->count & (line->count - 1)) == 0)
        line->ends = alloc_resize(line->ends, line->count ? line->count * 2 : 1, sizeof(*line->ends));
    line->ends[line->count++] = line->out.size;
}

static void make_message(Flood *flood, int terminal, int from, int count)
{
    char name[CITY_NAME_SIZE], member[CITY_NAME_SIZE], at[CLOCK_TEXT_SIZE], topic[TOPIC_SIZE];
    const char *objects[WIRE_EVENTS_MAX];
    Text texts[WIRE_EVENTS_MAX] = {0}, payload = {0};
    int per_terminal = flood->members / flood->terminals;
    uint8_t key[DIGEST_SIZE];

    for (int i = 0; i < count; i++) {
        Event event = event_make(EVENT_IN);
        city_member(terminal * per_terminal + (from + i) % per_terminal, member);
        time_format_zone(CITY_TODAY_STARTS * TIME_SECOND + (from + i) * TIME_SECOND, at);
        event.session = CITY_SESSION;
        event.member = member;
        event.at_text = at;
        event.by = EVENT_BY_CARD;
        batch_encode_event(&event, &texts[i]);
        objects[i] = texts[i].data;
    }
    batch_encode(flood->epoch, (uint64_t)from + 1, objects, (size_t)count, &payload);
    city_terminal(terminal, name);
    topic_format(TOPIC_EVENT, CITY_AREA, name, topic);
    city_key(name, key);
    wire_mac_append(key, topic, &payload);
    line_add(&flood->lines[terminal % flood->connections], topic, &payload);
    for (int i = 0; i < count; i++)
        text_deinit(&texts[i]);
    text_deinit(&payload);
}

static void make_all(Flood *flood)
{
    int left = flood->events;

    for (int from = 0; left > 0; from += flood->batch) {
        for (int t = 0; t < flood->terminals && left > 0; t++) {
            int count = left < flood->batch ? left : flood->batch;
            make_message(flood, t, from, count);
            left -= count;
        }
    }
}

static void line_write(Line *line)
{
    size_t last = line->answered + FLOOD_WINDOW, end;
    ssize_t wrote;

    end = line->ends[(last < line->count ? last : line->count) - 1];
    if (end <= line->sent)
        return;
    wrote = send(line->fd, line->out.data + line->sent, end - line->sent, MSG_DONTWAIT);
    if (wrote < 0 && errno != EAGAIN)
        fail("write");
    if (wrote > 0)
        line->sent += (size_t)wrote;
}

// A receipt's topic names the terminal, its payload `"through":N`; nothing else is looked at.
static void take_receipt(Flood *flood, const uint8_t *packet, size_t size)
{
    static const char mark[] = "\"through\":";
    size_t topic_size = (size_t)packet[0] << 8 | packet[1];
    const char *name = (const char *)packet + 2 + sizeof("studyday/1/" CITY_AREA "/t") - 1;
    const char *through = memmem(packet + 2 + topic_size, size - 2 - topic_size, mark, sizeof(mark) - 1);
    long terminal = strtol(name, NULL, 10);
    uint64_t number = through ? strtoull(through + sizeof(mark) - 1, NULL, 10) : 0;

    if (terminal < 0 || terminal >= flood->terminals || number <= flood->through[terminal])
        return;
    flood->received += number - flood->through[terminal];
    flood->through[terminal] = number;
}

static void line_read(Flood *flood, Line *line)
{
    ssize_t got =
        recv(line->fd, line->in + line->in_size, sizeof(line->in) - 1 - line->in_size, MSG_DONTWAIT);
    size_t at = 0;

    if (got == 0 || (got < 0 && errno != EAGAIN))
        fail("the broker has closed a connection");
    if (got > 0)
        line->in_size += (size_t)got;
    for (;;) {
        size_t size = 0, head = 1;
        do {
            if (at + head >= line->in_size)
                goto rest;
            size |= (size_t)(line->in[at + head] & 127) << 7 * (head - 1);
        } while (line->in[at + head++] & 128);
        if (at + head + size > line->in_size)
            goto rest;
        if (line->in[at] >> 4 == 4)
            line->answered++;
        else if (line->in[at] >> 4 == 3)
            take_receipt(flood, line->in + at + head, size);
        at += head + size;
    }
rest:
    memmove(line->in, line->in + at, line->in_size - at);
    line->in_size -= at;
}

static bool all_published(const Flood *flood)
{
    for (int i = 0; i < flood->connections; i++) {
        if (flood->lines[i].answered < flood->lines[i].count)
            return false;
    }
    return true;
}

static void run(Flood *flood)
{
    Time first = clock_monotonic(), published = 0, received = 0;
    int count = flood->connections + flood->receipts;

    for (;;) {
        struct pollfd polls[FLOOD_CONNECTIONS_MAX + 1];
        for (int i = 0; i < count; i++) {
            const Line *line = &flood->lines[i];
            size_t last = line->answered + FLOOD_WINDOW;
            bool more = line->count && line->ends[(last < line->count ? last : line->count) - 1] > line->sent;
            polls[i] = (struct pollfd){.fd = line->fd, .events = (short)(POLLIN | (more ? POLLOUT : 0))};
        }
        if (poll(polls, (nfds_t)count, 1000) < 0 || clock_monotonic() - first > FLOOD_SECONDS * TIME_SECOND)
            fail("not all has arrived in time");
        for (int i = 0; i < count; i++) {
            if (polls[i].revents & ~POLLOUT)
                line_read(flood, &flood->lines[i]);
            if (polls[i].revents & POLLOUT)
                line_write(&flood->lines[i]);
        }
        if (!published && all_published(flood))
            published = clock_monotonic();
        if (!received && flood->received == (uint64_t)flood->events)
            received = clock_monotonic();
        if (published && (received || !flood->receipts))
            break;
    }
    printf("{\"first\":%lld,\"published\":%lld,\"received\":%lld}\n", (long long)first, (long long)published,
           (long long)received);
}

int main(int argc, char **argv)
{
    static Flood flood = {
        .events = 265000, .batch = 50, .terminals = 3700, .members = 265000, .connections = 8};

    for (int o; (o = getopt(argc, argv, "p:n:b:t:m:c:r")) != -1;) {
        int value = o == 'r' ? 0 : atoi(optarg);
        switch (o) {
        case 'p':
            flood.port = value;
            break;
        case 'n':
            flood.events = value;
            break;
        case 'b':
            flood.batch = value;
            break;
        case 't':
            flood.terminals = value;
            break;
        case 'm':
            flood.members = value;
            break;
        case 'c':
            flood.connections = value;
            break;
        case 'r':
            flood.receipts = true;
            break;
        default:
            return 64;
        }
    }
    if (flood.batch < 1 || flood.batch > WIRE_EVENTS_MAX || flood.connections < 1 ||
        flood.connections > FLOOD_CONNECTIONS_MAX || flood.terminals < flood.connections)
        return 64;
    digest_init();
    zone_set("Asia/Shanghai");
    ulid_make(flood.epoch);
    flood.through = alloc_zero((size_t)flood.terminals * sizeof(*flood.through));
    make_all(&flood);
    for (int i = 0; i < flood.connections + flood.receipts; i++)
        line_open(&flood.lines[i], flood.port, i);
    if (flood.receipts)
        line_subscribe(&flood.lines[flood.connections]);
    run(&flood);
    return 0; // what was allocated goes with the process
}
