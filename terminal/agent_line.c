// The agent's line: connecting, subscribing, sending.
//
// A payload is built from the outbox each time it is sent, so that nothing can be sent that is not on the
// disk. A PUBACK changes nothing (T2); a broker's refusal is an alarm, and the event stays in flight (T6).
#include <stdlib.h>
#include <string.h>

#include "build-config.h"
#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/log.h"
#include "core/wire/batch.h"
#include "terminal/agent_private.h"
#include "terminal/scan.h"

#define AGENT_ENVELOPE_MAX 128 // of a batch without its events: about 90 bytes
#define AGENT_HOLD TIME_SECOND // pause after the outbox could not be read

static uint32_t agent_random(void)
{
    uint32_t random;

    digest_random(&random, sizeof(random));
    return random;
}

static void agent_on_connected(void *owner, bool session_present)
{
    static const TopicLeaf leaves[] = {TOPIC_RECEIPT, TOPIC_PLAN, TOPIC_ANSWER, TOPIC_COLLECTOR};
    Agent *agent = owner;
    CLEANUP(cleanup_text) Text state = {0};

    (void)session_present;
    log_info("agent", "line up broker=%s:%d", agent->station->config->broker.host,
             agent->station->config->broker.port);
    for (size_t i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++)
        mqtt_subscribe(agent->mqtt, agent->station->topics[leaves[i]], leaves[i] == TOPIC_RECEIPT ? 0 : 1,
                       NULL);
    state_encode(true, &state);
    station_seal(agent->station, TOPIC_STATE, &state);
    mqtt_publish(agent->mqtt, agent->station->topics[TOPIC_STATE], state.data, state.size, 1, false, NULL);
    agent->batch_max = WINDOW_BATCH_MAX;
    window_connected(&agent->window, clock_monotonic());
    if (outbox_set_online(agent->outbox, true) != 0)
        log_warning("agent", "online result=not-kept");
    if (agent->screen)
        screen_touch(agent->screen);
}

static void agent_on_disconnected(void *owner, const char *reason)
{
    Agent *agent = owner;
    Time wait = mqtt_backoff(agent->failures++, agent_random());
    bool was = agent->window.connected;

    log_info("agent", "line down reason=\"%s\" retry_ms=%lld", reason,
             (long long)(wait / (TIME_SECOND / 1000)));
    agent->reconnect_at = clock_monotonic() + wait;
    window_disconnected(&agent->window);
    if (was && outbox_set_online(agent->outbox, false) != 0)
        log_warning("agent", "online result=not-kept");
    if (agent->screen)
        screen_touch(agent->screen);
}

static void agent_on_message(void *owner, const MqttMessage *message)
{
    agent_receive(owner, message);
}

static void agent_on_published(void *owner, int mid, uint8_t reason)
{
    (void)mid;
    if (reason != MQTT_REASON_SUCCESS)
        agent_alarm(owner, ALARM_BROKER, "0x%02x %s", reason, mqtt_reason_text(reason));
}

static void agent_on_subscribed(void *owner, int mid, uint8_t granted)
{
    (void)mid;
    if (granted >= MQTT_REASON_FAILURE)
        agent_alarm(owner, ALARM_BROKER, "subscription 0x%02x %s", granted, mqtt_reason_text(granted));
}

static const MqttCallbacks agent_callbacks = {
    .connected = agent_on_connected,
    .disconnected = agent_on_disconnected,
    .message = agent_on_message,
    .published = agent_on_published,
    .subscribed = agent_on_subscribed,
};

int agent_line_open(Agent *agent)
{
    return station_connect(agent->station, "", &agent_callbacks, agent, &agent->mqtt);
}

void agent_line_connect(Agent *agent)
{
    agent->reconnect_at = LOOP_NEVER;
    mqtt_connect(agent->mqtt);
}

static bool agent_send_hello(Agent *agent, Time now)
{
    const OutboxHead *head = outbox_get_head(agent->outbox);
    CLEANUP(cleanup_text) Text line = {0};
    Hello hello = {
        .next = head->next,
        .oldest = head->oldest,
        .clock = scan_clock_quality(clock_now()),
        .software = STATION_PROGRAM " " STUDYDAY_VERSION,
        .at = clock_now(),
        .chain_error = head->chain_error == OUTBOX_NO_ERROR ? EVENT_NUMBER_NONE : head->chain_error,
    };

    memcpy(hello.epoch, head->epoch, sizeof(hello.epoch));
    memcpy(hello.plan, head->plan, sizeof(hello.plan));
    hello_encode(&hello, &line);
    station_seal(agent->station, TOPIC_HELLO, &line);
    if (mqtt_publish(agent->mqtt, agent->station->topics[TOPIC_HELLO], line.data, line.size, 1, false,
                     NULL) != 0)
        return false;
    window_sent_hello(&agent->window, now, agent_random());
    return true;
}

// Events picked out of the outbox for one payload.
typedef struct AgentPick {
    uint64_t next;
    size_t wanted, count, size;
    char *objects[WIRE_EVENTS_MAX];
} AgentPick;

static bool agent_pick(void *user, const OutboxEvent *event)
{
    AgentPick *pick = user;

    if (event->seq != pick->next || pick->count == pick->wanted)
        return false;
    if (pick->count > 0 && pick->size + event->object_size + 1 > WIRE_LINE_MAX - AGENT_ENVELOPE_MAX)
        return false;
    pick->objects[pick->count++] = alloc_copy(event->object, event->object_size);
    pick->size += event->object_size + 1;
    pick->next++;
    return pick->count < pick->wanted;
}

static int agent_publish_batch(Agent *agent, uint64_t first, const AgentPick *pick)
{
    CLEANUP(cleanup_text) Text line = {0};

    batch_encode(outbox_get_head(agent->outbox)->epoch, first, (const char *const *)pick->objects,
                 pick->count, &line);
    station_seal(agent->station, TOPIC_EVENT, &line);
    return mqtt_publish(agent->mqtt, agent->station->topics[TOPIC_EVENT], line.data, line.size, 1, false,
                        NULL);
}

/// True if sending can go on.
static bool agent_send_batch(Agent *agent, uint64_t first, uint32_t count, Time now)
{
    AgentPick pick = {.next = first, .wanted = count < agent->batch_max ? count : agent->batch_max};
    int r = outbox_each(agent->outbox, first, agent_pick, &pick);

    if (r < 0 || pick.count == 0) {
        log_error("agent", "send seq=%llu reason=outbox-unreadable", (unsigned long long)first);
        agent->hold_until = now + AGENT_HOLD;
        r = -EIO;
    } else {
        r = agent_publish_batch(agent, first, &pick);
    }
    for (size_t i = 0; i < pick.count; i++)
        free(pick.objects[i]);
    if (r == MQTT_E_TOO_LARGE && pick.count > 1) {
        agent->batch_max = (uint32_t)pick.count / 2;
        return true;
    }
    if (r == MQTT_E_TOO_LARGE)
        agent_alarm(agent, ALARM_BROKER, "event %llu is larger than the broker takes",
                    (unsigned long long)first);
    else if (r != 0)
        return false;
    log_debug("agent", "sent first=%llu count=%zu", (unsigned long long)first, pick.count);
    window_sent_batch(&agent->window, first, (uint32_t)pick.count, now, agent_random());
    return true;
}

void agent_line_send(Agent *agent)
{
    bool more = true;

    while (more && mqtt_is_connected(agent->mqtt)) {
        Time now = clock_monotonic();
        uint64_t first;
        uint32_t count;

        if (now < agent->hold_until)
            return;
        switch (window_next(&agent->window, now, &first, &count)) {
        case WINDOW_HELLO:
            more = agent_send_hello(agent, now);
            break;
        case WINDOW_BATCH:
            more = agent_send_batch(agent, first, count, now);
            break;
        case WINDOW_IDLE:
            return;
        }
        if (agent->screen)
            screen_touch(agent->screen);
    }
}
