// A round of this fixture is a round of an owner's loop, as core/net/mqtt.h describes it, but for
// mqtt_write(): that is always the test's own act.
#include "tests/net/line.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/clock.h"

#define WAIT_SECONDS \
    10 // only a failing test waits so long; less than a tick of a keep-alive, which could hide a fault
#define SETTLE_MILLIS 30 // on the loopback, what is sent has long arrived by then
#define KEEPALIVE 60

static void on_connected(void *owner, bool session_present)
{
    Line *line = owner;

    line->connected++;
    line->session_present = session_present;
    if (line->on_connected)
        line->on_connected(line);
}

static void on_disconnected(void *owner, const char *reason)
{
    Line *line = owner;

    line->disconnected++;
    text_clear(&line->reason);
    text_append(&line->reason, reason);
}

static void on_message(void *owner, const MqttMessage *message)
{
    Line *line = owner;

    line->messages++;
    line->last = *message;
    text_clear(&line->last_topic);
    text_append(&line->last_topic, message->topic);
    text_append_bytes(&line->payloads, message->payload, message->size);
    text_append_char(&line->payloads, ';');
    if (line->on_message)
        line->on_message(line);
}

static void on_published(void *owner, int mid, uint8_t reason)
{
    Line *line = owner;

    line->published++;
    line->published_mid = mid;
    line->published_reason = reason;
}

static void on_subscribed(void *owner, int mid, uint8_t granted)
{
    Line *line = owner;

    (void)mid;
    line->subscribed++;
    line->granted = granted;
}

static const MqttCallbacks callbacks = {
    .connected = on_connected,
    .disconnected = on_disconnected,
    .message = on_message,
    .published = on_published,
    .subscribed = on_subscribed,
};

Line *line_new_at(int port)
{
    Line *line = alloc_zero(sizeof *line);

    line->options = (MqttOptions){
        .host = "127.0.0.1",
        .port = port,
        .protocol = 5,
        .client_id = "tester",
        .clean_start = true,
        .keepalive = KEEPALIVE,
        .hold_acks = true,
    };
    return line;
}

Line *line_new(void)
{
    FakeBroker *broker = fake_broker_new();
    Line *line = line_new_at(broker->port);

    line->broker = broker;
    return line;
}

Line *line_free(Line *line)
{
    mqtt_free(line->mqtt);
    fake_broker_free(line->broker);
    text_deinit(&line->reason);
    text_deinit(&line->payloads);
    text_deinit(&line->last_topic);
    free(line);
    return NULL;
}

void line_connect_only(Line *line)
{
    if (!line->mqtt)
        assert_int_equal(mqtt_new(&line->options, &callbacks, line, &line->mqtt), 0);
    mqtt_connect(line->mqtt);
}

void line_connect(Line *line)
{
    int before = line->connected + line->disconnected;
    Time deadline = clock_monotonic() + WAIT_SECONDS * TIME_SECOND;

    line_connect_only(line);
    while (line->connected + line->disconnected == before) {
        assert_true(clock_monotonic() < deadline);
        line_turn(line, 1000);
    }
}

static size_t count_news(const Line *line)
{
    return (size_t)(line->connected + line->disconnected + line->published + line->subscribed) +
           line->messages;
}

/// True if something happened.
static bool turn(Line *line, int milliseconds)
{
    size_t before = count_news(line);
    Time left = mqtt_tick(line->mqtt) - clock_monotonic();
    struct pollfd polls[3] = {
        {.fd = mqtt_fd(line->mqtt), .events = mqtt_events(line->mqtt)},
        {.fd = -1},
        {.fd = -1},
    };
    int ready;

    if (count_news(line) != before)
        return true; // the tick has brought what the test may wait for
    if (line->broker)
        fake_broker_polls(line->broker, polls + 1);
    if (left < milliseconds * (TIME_SECOND / 1000))
        milliseconds = left > 0 ? (int)(left / (TIME_SECOND / 1000)) + 1 : 0;
    ready = poll(polls, 3, milliseconds);
    if (line->broker)
        fake_broker_pump(line->broker);
    mqtt_ready(line->mqtt, polls[0].revents, LINE_LIMIT);
    return ready > 0;
}

void line_turn(Line *line, int milliseconds)
{
    turn(line, milliseconds);
}

void line_settle(Line *line)
{
    while (turn(line, SETTLE_MILLIS))
        ;
}

void line_until(Line *line, const int *counter, int count)
{
    Time deadline = clock_monotonic() + WAIT_SECONDS * TIME_SECOND;

    while (*counter < count) {
        assert_true(clock_monotonic() < deadline);
        line_turn(line, 1000);
    }
}

void line_until_messages(Line *line, size_t count)
{
    Time deadline = clock_monotonic() + WAIT_SECONDS * TIME_SECOND;

    while (line->messages < count) {
        assert_true(clock_monotonic() < deadline);
        line_turn(line, 1000);
    }
}

void line_until_packets(Line *line, int type, size_t count)
{
    Time deadline = clock_monotonic() + WAIT_SECONDS * TIME_SECOND;

    while (fake_broker_count(line->broker, type) < count) {
        assert_true(clock_monotonic() < deadline);
        line_turn(line, 1000);
    }
}
