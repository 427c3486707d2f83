#pragma once
// Who we are at the broker: configuration, key, topics, the way to seal and to open payloads.
#include "core/base/config.h"
#include "core/net/mqtt.h"
#include "core/wire/topic.h"
#include "core/wire/wire.h"

#define STATION_PROGRAM "studyday-terminal"
#define STATION_KEEPALIVE \
    60 // seconds: a dead line is noticed in a minute and a half, a fleet costs the broker 60 pings/s

typedef struct Station {
    ConfigTerminal *config;
    bool has_key;
    uint8_t key[DIGEST_SIZE];
    Text password;
    char topics[TOPIC_LEAF_COUNT][TOPIC_SIZE]; // by leaf; TOPIC_COLLECTOR: the filter of all collectors
    Text will;
} Station;

/// `path` NULL: $STUDYDAY_CONFIG, else the system's terminal.conf. Reads key and password, sets the zone.
/// EX_OK, or the exit code after having said why on stderr.
int station_load(const char *path, Station *ret_station);
void station_deinit(Station *station);
/// A terminal's key from its file. EX_OK, or the exit code after having said on stderr what is wrong with it.
int station_read_key(const char *path, uint8_t ret_key[static DIGEST_SIZE]);

/// Adds the MAC where there is a key.
void station_seal(const Station *station, TopicLeaf leaf, Text *payload);
/// False for a payload whose MAC is wrong or missing. `ret_size` is that of the line.
bool station_open(const Station *station, TopicLeaf leaf, const void *payload, size_t size, size_t *ret_size);
/// How to connect; borrows from the station. `suffix` makes a client id of its own for a second connection
/// beside the agent's, which has "" and the Will.
int station_connect(const Station *station, const char *suffix, const MqttCallbacks *callbacks, void *owner,
                    Mqtt **ret_mqtt);
