// The retained state and the Will. It has no MAC: every terminal of the area reads the same bytes, and what
// it says can only make a terminal send again or wait, never forget.
#include "collector/presence.h"

#include <stdio.h>
#include <string.h>

#include "collector/collector.h"
#include "core/wire/message.h"

void presence_encode(const Collector *collector, bool online, Text *payload)
{
    CollectorState state = {.online = online, .at = TIME_NONE};

    if (online) {
        for (char **area = collector->config->areas; *area && state.area_count < COLLECTOR_AREAS_MAX; area++)
            snprintf(state.areas[state.area_count++], sizeof(state.areas[0]), "%s", *area);
        memcpy(state.boot, collector->boot, sizeof(state.boot));
        memcpy(state.store, collector->identity.store, sizeof(state.store));
        state.generation = collector->identity.generation;
        state.at = clock_now();
        state.at -= state.at % TIME_SECOND;
        snprintf(state.fault, sizeof(state.fault), "%s", collector->disk.fault);
    }
    collector_state_encode(&state, payload);
}

void presence_topic(const Collector *collector, char ret_topic[static TOPIC_SIZE])
{
    topic_format(TOPIC_COLLECTOR, "", collector->config->client_id, ret_topic);
}

void presence_announce(Collector *collector, Mqtt *mqtt, bool online)
{
    char topic[TOPIC_SIZE];

    text_clear(&collector->scratch);
    presence_encode(collector, online, &collector->scratch);
    presence_topic(collector, topic);
    if (mqtt_publish(mqtt, topic, text_cstr(&collector->scratch), collector->scratch.size, 1, true, NULL) ==
            0 &&
        mqtt == collector->link.mqtt)
        collector->link.outstanding++;
}
