// One terminal of the fleet: its day as an outbox in memory, and its line. Scans become JSON when they are
// sent, and each time anew.
#include <stdlib.h>
#include <string.h>

#include "build-config.h"
#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/model/chain.h"
#include "core/wire/batch.h"
#include "simulate/fleet_private.h"

#define FLEET_KEEPALIVE 60
#define FLEET_ENVELOPE_MAX 128                     // of a batch without its events
#define FLEET_CONNECT_SPACING (TIME_SECOND / 2000) // the broker's listen backlog is 100
#define FLEET_SOFTWARE "studyday-simulate " STUDYDAY_VERSION

static uint32_t fleet_random(Fleet *fleet)
{
    return (uint32_t)(dice_roll(&fleet->dice) >> 32);
}

static void fleet_topic(const FleetTerminal *terminal, TopicLeaf leaf, char ret_topic[static TOPIC_SIZE])
{
    topic_format(leaf, terminal->station->area, terminal->station->name, ret_topic);
}

/// Publishes the line in `payload`, which gets its MAC. 0 or MQTT_E_*.
static int fleet_publish(FleetTerminal *terminal, TopicLeaf leaf, Text *payload, int *ret_mid)
{
    char topic[TOPIC_SIZE];

    fleet_topic(terminal, leaf, topic);
    if (terminal->station->has_key)
        wire_mac_append(terminal->station->key, topic, payload);
    return mqtt_publish(terminal->mqtt, topic, payload->data, payload->size, 1, false, ret_mid);
}

static void fleet_publish_state(FleetTerminal *terminal, bool online)
{
    CLEANUP(cleanup_text) Text state = {0};

    state_encode(online, &state);
    fleet_publish(terminal, TOPIC_STATE, &state, NULL);
}

static void fleet_on_connected(void *owner, bool session_present)
{
    static const TopicLeaf leaves[] = {TOPIC_RECEIPT, TOPIC_PLAN, TOPIC_ANSWER};
    FleetTerminal *terminal = owner;
    char topic[TOPIC_SIZE];

    (void)session_present;
    for (size_t i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++) {
        fleet_topic(terminal, leaves[i], topic);
        mqtt_subscribe(terminal->mqtt, topic, leaves[i] == TOPIC_RECEIPT ? 0 : 1, NULL);
    }
    mqtt_subscribe(terminal->mqtt, TOPIC_PREFIX "collector/+", 1, NULL);
    fleet_publish_state(terminal, true);
    window_connected(&terminal->window, clock_monotonic());
}

static void fleet_line_lost(FleetTerminal *terminal)
{
    Fleet *fleet = terminal->fleet;

    window_disconnected(&terminal->window);
    fleet_receive_line_lost(terminal);
    if (fleet->stopping)
        return;
    fleet->summary.lines_lost++;
    terminal->reconnect_at = clock_monotonic() + mqtt_backoff(terminal->failures++, fleet_random(fleet));
}

static void fleet_on_disconnected(void *owner, const char *reason)
{
    (void)reason;
    fleet_line_lost(owner);
}

static void fleet_on_message(void *owner, const MqttMessage *message)
{
    fleet_receive(owner, message);
}

static void fleet_on_published(void *owner, int mid, uint8_t reason)
{
    FleetTerminal *terminal = owner;
    bool success = reason < MQTT_REASON_FAILURE;

    terminal->fleet->summary.broker_refusals += !success;
    fleet_receive_ack(terminal, mid, success);
}

static const MqttCallbacks fleet_callbacks = {
    .connected = fleet_on_connected,
    .disconnected = fleet_on_disconnected,
    .message = fleet_on_message,
    .published = fleet_on_published,
};

static uint64_t fleet_share(uint64_t whole, size_t index, size_t parts)
{
    return whole / parts + (index < whole % parts);
}

/// As many events as were asked for: the day's, cut, or with more scans of its members behind.
static void fleet_fit(FleetTerminal *terminal, uint64_t wanted)
{
    const DayPoint *day = &terminal->day;

    if (wanted <= terminal->count || day->member_count == 0) {
        terminal->count = wanted < terminal->count ? wanted : terminal->count;
        return;
    }
    terminal->scans = alloc_resize(terminal->scans, wanted, sizeof(*terminal->scans));
    for (uint64_t i = terminal->count; i < wanted; i++)
        terminal->scans[i] = (DayScan){.at = day->rules->starts + (Time)(i % 3600) * TIME_SECOND,
                                       .member = (uint32_t)(i % day->member_count),
                                       .number = -1,
                                       .kind = EVENT_IN,
                                       .by = EVENT_BY_QR};
    terminal->count = wanted;
}

static int fleet_open_line(FleetTerminal *terminal)
{
    const ConfigBroker *broker = terminal->fleet->options->broker;
    CLEANUP(cleanup_text) Text will = {0};
    char topic[TOPIC_SIZE];

    state_encode(false, &will);
    fleet_topic(terminal, TOPIC_STATE, topic);
    if (terminal->station->has_key)
        wire_mac_append(terminal->station->key, topic, &will);
    const MqttOptions options = {
        .host = broker->host,
        .port = broker->port,
        .protocol = broker->protocol,
        .client_id = terminal->station->name,
        .ca_file = broker->ca_file,
        .clean_start = true,
        .keepalive = FLEET_KEEPALIVE,
        .will_topic = topic,
        .will_payload = will.data,
        .will_size = will.size,
    };
    int r = mqtt_new(&options, &fleet_callbacks, terminal, &terminal->mqtt);
    return r > 0 ? error_origin(-EINVAL) : error_trace(r);
}

int fleet_terminal_init(FleetTerminal *terminal, Fleet *fleet, const SiteTerminal *station, size_t index)
{
    const FleetOptions *options = fleet->options;
    size_t count = 0;

    *terminal = (FleetTerminal){.fleet = fleet, .station = station};
    terminal->late = dice_chance(&fleet->dice, options->late);
    terminal->reconnect_at =
        terminal->late ? LOOP_NEVER : fleet->started + (Time)index * FLEET_CONNECT_SPACING;
    site_day(fleet->site, station, clock_now(), &terminal->members, &terminal->day);
    terminal->day.voids = true;
    if (options->members) {
        uint64_t share = fleet_share(options->members, index, fleet->count);

        terminal->day.member_count = share < terminal->day.member_count ? share : terminal->day.member_count;
    }
    day_make(&terminal->day, &terminal->scans, &count);
    terminal->count = count;
    if (options->events)
        fleet_fit(terminal, fleet_share(options->events, index, fleet->count));
    if (options->trust_puback)
        terminal->believed = alloc_zero(terminal->count);
    ulid_make(terminal->epoch);
    chain_start(station->name, terminal->epoch, terminal->chain);
    window_init(&terminal->window, 0, 1, 0, "", 0);
    return fleet_open_line(terminal);
}

void fleet_terminal_deinit(FleetTerminal *terminal)
{
    terminal->mqtt = mqtt_free(terminal->mqtt);
    window_deinit(&terminal->window);
    free(terminal->members);
    free(terminal->scans);
    free(terminal->promises);
    free(terminal->believed);
}

bool fleet_terminal_is_done(const FleetTerminal *terminal)
{
    return terminal->window.through >= terminal->count;
}

static bool fleet_send_hello(FleetTerminal *terminal, Time now)
{
    CLEANUP(cleanup_text) Text line = {0};
    Hello hello = {
        .next = terminal->window.last + 1,
        .oldest = 1,
        .clock = EVENT_CLOCK_NTP,
        .software = FLEET_SOFTWARE,
        .at = clock_now(),
        .chain_error = EVENT_NUMBER_NONE,
    };

    memcpy(hello.epoch, terminal->epoch, sizeof(hello.epoch));
    memcpy(hello.plan, terminal->plan, sizeof(hello.plan));
    hello_encode(&hello, &line);
    if (fleet_publish(terminal, TOPIC_HELLO, &line, NULL) != 0)
        return false;
    window_sent_hello(&terminal->window, now, fleet_random(terminal->fleet));
    return true;
}

/// Encodes events first, first + 1, ... into a batch; returns how many of `count` fitted.
static uint32_t fleet_encode(const FleetTerminal *terminal, uint64_t first, uint32_t count, Text *line)
{
    Text objects[WINDOW_BATCH_MAX] = {0};
    const char *texts[WINDOW_BATCH_MAX] = {0};
    char at_text[CLOCK_TEXT_SIZE];
    size_t size = FLEET_ENVELOPE_MAX;
    uint32_t fitted = 0;

    for (uint32_t i = 0; i < count; i++) {
        Event event = day_event(&terminal->day, &terminal->scans[first - 1 + i], 1, at_text);

        batch_encode_event(&event, &objects[i]);
        texts[i] = objects[i].data;
        size += objects[i].size + 1;
        if (fitted == i && size <= WIRE_LINE_MAX)
            fitted++;
    }
    batch_encode(terminal->epoch, first, texts, fitted, line);
    for (uint32_t i = 0; i < count; i++)
        text_deinit(&objects[i]);
    return fitted;
}

static void fleet_promise(FleetTerminal *terminal, int mid, uint64_t first, uint32_t count)
{
    if (!terminal->fleet->options->trust_puback)
        return;
    if (terminal->promise_count == terminal->promise_capacity) {
        terminal->promise_capacity = terminal->promise_capacity ? 2 * terminal->promise_capacity : 8;
        terminal->promises =
            alloc_resize(terminal->promises, terminal->promise_capacity, sizeof(*terminal->promises));
    }
    terminal->promises[terminal->promise_count++] = (FleetPromise){mid, count, first};
}

static void fleet_count_send(FleetTerminal *terminal, uint64_t first, uint32_t count)
{
    FleetSummary *summary = &terminal->fleet->summary;
    uint64_t last = first + count - 1;

    summary->sends++;
    if (first <= terminal->sent)
        summary->again += (last < terminal->sent ? last : terminal->sent) - first + 1;
    if (last > terminal->sent)
        terminal->sent = last;
}

static bool fleet_send_batch(FleetTerminal *terminal, uint64_t first, uint32_t count, Time now)
{
    Fleet *fleet = terminal->fleet;
    const FleetOptions *options = fleet->options;
    CLEANUP(cleanup_text) Text line = {0};
    CLEANUP(cleanup_text) Text twin = {0};
    int mid;

    if (options->batch && count > options->batch)
        count = options->batch;
    count = fleet_encode(terminal, first, count, &line);
    text_append_bytes(&twin, line.data, line.size);
    if (fleet_publish(terminal, TOPIC_EVENT, &line, &mid) != 0)
        return false;
    fleet_promise(terminal, mid, first, count);
    fleet_count_send(terminal, first, count);
    window_sent_batch(&terminal->window, first, count, now, fleet_random(fleet));
    if (dice_chance(&fleet->dice, options->duplicates) &&
        fleet_publish(terminal, TOPIC_EVENT, &twin, NULL) == 0)
        fleet_count_send(terminal, first, count);
    if (dice_chance(&fleet->dice, options->lines_fail)) {
        if (dice_chance(&fleet->dice, 500))
            mqtt_write(terminal->mqtt); // it was sent, but nobody will tell us
        if (mqtt_is_open(terminal->mqtt))
            fleet_line_lost(terminal);
        mqtt_drop(terminal->mqtt);
        return false;
    }
    return true;
}

void fleet_terminal_send(FleetTerminal *terminal)
{
    bool more = true;

    while (more && mqtt_is_connected(terminal->mqtt)) {
        Time now = clock_monotonic();
        uint64_t first;
        uint32_t count;

        switch (window_next(&terminal->window, now, &first, &count)) {
        case WINDOW_HELLO:
            more = fleet_send_hello(terminal, now);
            break;
        case WINDOW_BATCH:
            more = fleet_send_batch(terminal, first, count, now);
            break;
        case WINDOW_IDLE:
            return;
        }
    }
}

void fleet_terminal_leave(FleetTerminal *terminal)
{
    if (!mqtt_is_connected(terminal->mqtt)) {
        mqtt_drop(terminal->mqtt);
        return;
    }
    fleet_publish_state(terminal, false); // a DISCONNECT discards the Will
    mqtt_disconnect(terminal->mqtt);
    mqtt_write(terminal->mqtt);
}
