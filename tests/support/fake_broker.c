// Invariant: packets[] are exactly the whole packets in `received`, in order; `parsed` is where the next one
// begins. Answers are written at once with a blocking send: they are small, and a client that does not read
// them within the kernel's buffer is a failing test, ended by the send time-out.
#include "tests/support/fake_broker.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/clock.h"
#include "tests/support/support.h"

FakeBroker *fake_broker_new(void)
{
    FakeBroker *broker = alloc_zero(sizeof *broker);

    broker->listener = support_listen(&broker->port);
    broker->line = -1;
    broker->answers_connect = broker->answers_subscribe = true;
    broker->answers_publish = broker->answers_ping = true;
    broker->reads = true;
    return broker;
}

FakeBroker *fake_broker_free(FakeBroker *broker)
{
    if (!broker)
        return NULL;
    fake_broker_close(broker);
    close(broker->listener);
    for (size_t i = 0; i < broker->count; i++)
        fake_packet_deinit(&broker->packets[i]);
    free(broker->packets);
    text_deinit(&broker->received);
    free(broker);
    return NULL;
}

static void accept_client(FakeBroker *broker)
{
    struct timeval limit = {.tv_sec = FAKE_BROKER_WAIT_SECONDS};
    int fd = accept4(broker->listener, NULL, NULL, SOCK_CLOEXEC);

    if (fd < 0 && (errno == EAGAIN || errno == ECONNABORTED))
        return;
    if (fd < 0)
        support_die("accept: %s", strerror(errno));
    fake_broker_close(broker);              // a client that comes back has given up its former connection
    broker->parsed = broker->received.size; // half a packet is recorded as bytes only
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    broker->line = fd;
    broker->connections++;
    broker->ended = false;
}

static void answer_publish(FakeBroker *broker, const FakePacket *packet)
{
    if (packet->qos == 1)
        fake_broker_ack(broker, FAKE_PUBACK, packet->mid, broker->publish_reason);
    else if (packet->qos == 2)
        fake_broker_ack(broker, FAKE_PUBREC, packet->mid, broker->publish_reason);
}

static void answer(FakeBroker *broker, const FakePacket *packet)
{
    CLEANUP(cleanup_text) Text out = {0};

    switch (packet->type) {
    case FAKE_CONNECT:
        broker->protocol = packet->protocol;
        if (broker->answers_connect)
            fake_broker_connack(broker, broker->session_present, broker->connect_reason);
        break;
    case FAKE_PUBLISH:
        if (broker->answers_publish)
            answer_publish(broker, packet);
        break;
    case FAKE_PUBREL:
        if (broker->answers_publish)
            fake_broker_ack(broker, FAKE_PUBCOMP, packet->mid, 0);
        break;
    case FAKE_SUBSCRIBE:
        if (broker->answers_subscribe) {
            fake_codec_suback(&out, broker->protocol, packet->mid, packet->options & 3);
            fake_broker_send(broker, out.data, out.size);
        }
        break;
    case FAKE_PINGREQ:
        if (broker->answers_ping) {
            fake_codec_pingresp(&out);
            fake_broker_send(broker, out.data, out.size);
        }
        break;
    default:
        break;
    }
}

static void parse(FakeBroker *broker)
{
    for (;;) {
        FakePacket packet;
        const uint8_t *data = (const uint8_t *)text_cstr(&broker->received) + broker->parsed;
        long size = fake_codec_read(data, broker->received.size - broker->parsed, broker->protocol, &packet);

        if (size < 0)
            support_die("fake broker: what came at byte %zu is no MQTT", broker->parsed);
        if (size == 0)
            return;
        packet.connection = broker->connections;
        packet.offset = broker->parsed;
        broker->parsed += (size_t)size;
        broker->packets = alloc_resize(broker->packets, broker->count + 1, sizeof *broker->packets);
        broker->packets[broker->count++] = packet;
        answer(broker, &packet);
    }
}

void fake_broker_pump(FakeBroker *broker)
{
    char buffer[65536];
    ssize_t size;

    accept_client(broker);
    while (broker->line >= 0 && broker->reads && !broker->ended) {
        size = recv(broker->line, buffer, sizeof buffer, MSG_DONTWAIT);
        if (size < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (size <= 0) {
            broker->ended = true;
            return;
        }
        text_append_bytes(&broker->received, buffer, (size_t)size);
        parse(broker);
    }
}

void fake_broker_polls(const FakeBroker *broker, struct pollfd ret_polls[static 2])
{
    bool reading = broker->line >= 0 && broker->reads && !broker->ended;

    ret_polls[0] = (struct pollfd){.fd = broker->listener, .events = POLLIN};
    ret_polls[1] = (struct pollfd){.fd = reading ? broker->line : -1, .events = POLLIN};
}

/// Waits for the next thing to happen and takes it in. False when `deadline` has passed.
static bool pump_until(FakeBroker *broker, Time deadline)
{
    struct pollfd polls[2];
    Time left = deadline - clock_monotonic();

    if (left <= 0)
        return false;
    fake_broker_polls(broker, polls);
    if (poll(polls, 2, (int)(left / 1000) + 1) < 0 && errno != EINTR)
        support_die("poll: %s", strerror(errno));
    fake_broker_pump(broker);
    return true;
}

bool fake_broker_wait(FakeBroker *broker, int type, size_t count)
{
    Time deadline = clock_monotonic() + FAKE_BROKER_WAIT_SECONDS * TIME_SECOND;

    fake_broker_pump(broker);
    while (fake_broker_count(broker, type) < count) {
        if (!pump_until(broker, deadline))
            return false;
    }
    return true;
}

bool fake_broker_wait_end(FakeBroker *broker)
{
    Time deadline = clock_monotonic() + FAKE_BROKER_WAIT_SECONDS * TIME_SECOND;

    fake_broker_pump(broker);
    while (!broker->ended) {
        if (!pump_until(broker, deadline))
            return false;
    }
    return true;
}

size_t fake_broker_count(const FakeBroker *broker, int type)
{
    size_t count = 0;

    for (size_t i = 0; i < broker->count; i++)
        count += broker->packets[i].type == type;
    return count;
}

const FakePacket *fake_broker_find(const FakeBroker *broker, int type, size_t index)
{
    for (size_t i = 0; i < broker->count; i++) {
        if (broker->packets[i].type == type && index-- == 0)
            return &broker->packets[i];
    }
    return NULL;
}

const FakePacket *fake_broker_find_topic(const FakeBroker *broker, const char *topic, size_t index)
{
    for (size_t i = 0; i < broker->count; i++) {
        const FakePacket *packet = &broker->packets[i];

        if (packet->type == FAKE_PUBLISH && strcmp(packet->topic, topic) == 0 && index-- == 0)
            return packet;
    }
    return NULL;
}

void fake_broker_send(FakeBroker *broker, const void *data, size_t size)
{
    const char *at = data;

    while (size > 0) {
        ssize_t sent = send(broker->line, at, size, MSG_NOSIGNAL);

        if (sent < 0 && (errno == EPIPE || errno == ECONNRESET))
            return; // the client has gone, which the next pump records
        if (sent < 0)
            support_die("send: %s", strerror(errno));
        at += sent;
        size -= (size_t)sent;
    }
}

void fake_broker_connack(FakeBroker *broker, bool session_present, uint8_t reason)
{
    CLEANUP(cleanup_text) Text out = {0};

    fake_codec_connack(&out, broker->protocol, session_present, reason);
    fake_broker_send(broker, out.data, out.size);
}

void fake_broker_publish(FakeBroker *broker, const FakePublish *publish)
{
    CLEANUP(cleanup_text) Text out = {0};

    fake_codec_publish(&out, broker->protocol, publish);
    fake_broker_send(broker, out.data, out.size);
}

void fake_broker_send_event(FakeBroker *broker, const char *topic, const char *payload, int mid)
{
    fake_broker_publish(
        broker,
        &(FakePublish){.topic = topic, .payload = payload, .size = strlen(payload), .qos = 1, .mid = mid});
}

void fake_broker_ack(FakeBroker *broker, int type, int mid, uint8_t reason)
{
    CLEANUP(cleanup_text) Text out = {0};

    fake_codec_ack(&out, broker->protocol, type, mid, reason);
    fake_broker_send(broker, out.data, out.size);
}

void fake_broker_disconnect(FakeBroker *broker, uint8_t reason)
{
    CLEANUP(cleanup_text) Text out = {0};

    fake_codec_disconnect(&out, reason);
    fake_broker_send(broker, out.data, out.size);
}

void fake_broker_close(FakeBroker *broker)
{
    if (broker->line >= 0)
        close(broker->line);
    broker->line = -1;
}

void fake_broker_reset(FakeBroker *broker)
{
    struct linger none = {.l_onoff = 1, .l_linger = 0};

    setsockopt(broker->line, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    fake_broker_close(broker);
}
