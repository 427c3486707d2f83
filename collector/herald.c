// While the disk fails, the session with the subscriptions must stay shut: whatever were read there would
// have to be acknowledged or left lying in front of everything else, and a line that is not read dies of its
// keep-alive. The broker keeps that session, and with it the events of plain readers, until we come back.
// This connection has a name and a clean session of its own, subscribes to nothing, and so can keep saying
// what is wrong.
#include "collector/herald.h"

#include <stdio.h>

#include "collector/collector.h"
#include "collector/presence.h"
#include "core/base/program.h"

#define HERALD_SUFFIX "-fault"

static void herald_connected(void *owner, bool session_present)
{
    Collector *collector = owner;

    (void)session_present;
    collector->herald.failures = 0;
    presence_announce(collector, collector->herald.mqtt, true);
}

static void herald_disconnected(void *owner, const char *reason)
{
    Collector *collector = owner;
    Herald *herald = &collector->herald;

    (void)reason; // the main connection has the same broker and says so
    herald->retry_at = clock_monotonic() + mqtt_backoff(herald->failures++, digest_random_below(UINT32_MAX));
}

static const MqttCallbacks herald_callbacks = {.connected = herald_connected,
                                               .disconnected = herald_disconnected};

void herald_start(Collector *collector)
{
    Herald *herald = &collector->herald;
    CLEANUP(cleanup_text) Text password = {0}, will = {0};
    char client_id[NAME_SIZE_MAX + sizeof(HERALD_SUFFIX)], topic[TOPIC_SIZE];
    MqttOptions options;

    if (herald->mqtt || link_password(&collector->config->broker, &password) != EX_OK)
        return;
    snprintf(client_id, sizeof(client_id), "%.*s" HERALD_SUFFIX, NAME_SIZE_MAX, collector->config->client_id);
    presence_encode(collector, false, &will);
    presence_topic(collector, topic);
    options = link_options(collector, client_id, &will, topic, &password);
    options.clean_start = true;
    if (mqtt_new(&options, &herald_callbacks, collector, &herald->mqtt) != 0)
        herald->mqtt = NULL;
    digest_wipe(password.data, password.size);
    herald->failures = 0;
    herald->retry_at = clock_monotonic();
}

void herald_stop(Collector *collector)
{
    if (!collector->herald.mqtt)
        return;
    mqtt_disconnect(collector->herald.mqtt);
    mqtt_write(collector->herald.mqtt);
    herald_close(&collector->herald);
    loop_set(&collector->loop, COLLECTOR_SLOT_HERALD, -1, 0, NULL, NULL);
}

void herald_close(Herald *herald)
{
    herald->mqtt = mqtt_free(herald->mqtt);
}

static void herald_ready(void *owner, short revents)
{
    Collector *collector = owner;

    mqtt_ready(collector->herald.mqtt, revents, 1);
}

void herald_arm(Collector *collector)
{
    Mqtt *mqtt = collector->herald.mqtt;

    if (mqtt && mqtt_is_open(mqtt))
        loop_set(&collector->loop, COLLECTOR_SLOT_HERALD, mqtt_fd(mqtt), mqtt_events(mqtt), herald_ready,
                 collector);
    else
        loop_set(&collector->loop, COLLECTOR_SLOT_HERALD, -1, 0, NULL, NULL);
}

Time herald_tick(Collector *collector)
{
    Herald *herald = &collector->herald;
    Time now = clock_monotonic(), next;

    if (!herald->mqtt)
        return LOOP_NEVER;
    if (!mqtt_is_open(herald->mqtt) && now >= herald->retry_at) {
        herald->retry_at = LOOP_NEVER;
        mqtt_connect(herald->mqtt);
    }
    mqtt_write(herald->mqtt);
    next = mqtt_tick(herald->mqtt);
    return next < herald->retry_at ? next : herald->retry_at;
}
