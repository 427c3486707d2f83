// The terminal's identity. Secrets come from files that nobody else may read, are kept only here, and are
// wiped.
//
// Where a key is configured, each payload carries its MAC both ways and one without is not ours
// (studyday-protocol(7), Authenticity); the collector's state is the one exception, and is believed
// accordingly little (window.c).
#include "terminal/station.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "build-config.h"
#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/i18n.h"
#include "core/wire/message.h"

#define STATION_SECRET_MAX 4096 // of a password; a key has 64 digits
#define STATION_CLIENT_SUFFIX_MAX 32

static int station_read_secret(const char *path, Text *secret)
{
    int r = file_read_secret(path, STATION_SECRET_MAX, secret);

    switch (r) {
    case 0:
        return EX_OK;
    case FILE_E_MISSING:
        fprintf(stderr, _("%s: no such file\n"), path);
        return EX_NOINPUT;
    case FILE_E_EXPOSED:
        fprintf(stderr, _("%s: others can read this secret; it needs mode 0600\n"), path);
        return EX_CONFIG;
    default:
        fprintf(stderr, _("%s: %s\n"), path, r < 0 ? strerror(-r) : _("too large"));
        return EX_CONFIG;
    }
}

int station_read_key(const char *path, uint8_t ret_key[static DIGEST_SIZE])
{
    Text hex = {0};
    int code = station_read_secret(path, &hex);

    if (code == EX_OK && !hex_decode(text_cstr(&hex), hex.size, ret_key, DIGEST_SIZE)) {
        fprintf(stderr, _("%s: a key is 64 lower-case hex digits\n"), path);
        code = EX_CONFIG;
    }
    if (hex.data)
        digest_wipe(hex.data, hex.size);
    text_deinit(&hex);
    return code;
}

static int station_load_key(Station *station)
{
    const char *path = station->config->key_file;

    if (!path[0])
        return EX_OK;
    int code = station_read_key(path, station->key);
    station->has_key = code == EX_OK;
    return code;
}

static int station_load_config(const char *path, Station *station)
{
    const char *variable = getenv("STUDYDAY_CONFIG");

    if (!path)
        path = variable && variable[0] ? variable : STUDYDAY_SYSCONFDIR "/studyday/terminal.conf";
    int r = config_terminal_load(path, &station->config);
    if (r == CONFIG_E_MISSING) {
        fprintf(stderr, _("%s: there is no configuration %s\n"), STATION_PROGRAM, path);
        return EX_NOINPUT;
    }
    if (r < 0)
        fprintf(stderr, "%s: %s: %s\n", STATION_PROGRAM, path, strerror(-r));
    if (r != 0)
        return r < 0 ? EX_IOERR : EX_CONFIG; // the loader has named what is invalid
    if (!zone_set(station->config->zone)) {
        fprintf(stderr, _("%s: zone: %s: no such time zone\n"), path, station->config->zone);
        return EX_CONFIG;
    }
    return EX_OK;
}

static int station_load_secrets(Station *station)
{
    const ConfigBroker *broker = &station->config->broker;
    int code = station_load_key(station);

    if (code == EX_OK && broker->password_file[0])
        code = station_read_secret(broker->password_file, &station->password);
    return code;
}

static void station_name(Station *station)
{
    const ConfigTerminal *config = station->config;

    for (TopicLeaf leaf = 0; leaf < TOPIC_COLLECTOR; leaf++)
        topic_format(leaf, config->area, config->terminal, station->topics[leaf]);
    topic_format(TOPIC_COLLECTOR, "", "+", station->topics[TOPIC_COLLECTOR]);
    state_encode(false, &station->will);
    station_seal(station, TOPIC_STATE, &station->will);
}

int station_load(const char *path, Station *ret_station)
{
    Station station = {0};
    int code = station_load_config(path, &station);

    if (code == EX_OK)
        code = station_load_secrets(&station);
    if (code != EX_OK) {
        station_deinit(&station);
        return code;
    }
    station_name(&station);
    *ret_station = station;
    return EX_OK;
}

void station_deinit(Station *station)
{
    digest_wipe(station->key, sizeof(station->key));
    if (station->password.data)
        digest_wipe(station->password.data, station->password.size);
    text_deinit(&station->password);
    text_deinit(&station->will);
    station->config = config_terminal_free(station->config);
}

void station_seal(const Station *station, TopicLeaf leaf, Text *payload)
{
    if (station->has_key)
        wire_mac_append(station->key, station->topics[leaf], payload);
}

bool station_open(const Station *station, TopicLeaf leaf, const void *payload, size_t size, size_t *ret_size)
{
    const uint8_t *key = station->has_key ? station->key : NULL;
    WireMac mac = wire_mac_check(key, station->topics[leaf], payload, size, ret_size);

    return mac == WIRE_MAC_GOOD || (mac == WIRE_MAC_ABSENT && !station->has_key);
}

int station_connect(const Station *station, const char *suffix, const MqttCallbacks *callbacks, void *owner,
                    Mqtt **ret_mqtt)
{
    const ConfigBroker *broker = &station->config->broker;
    char client_id[NAME_SIZE_MAX + STATION_CLIENT_SUFFIX_MAX + 1];
    const char *username = broker->username;
    bool agent = suffix[0] == '\0';

    snprintf(client_id, sizeof(client_id), "%s%s", station->config->terminal, suffix);
    if (!username[0] && station->password.size > 0)
        username = station->config->terminal; // its name is its user name at the broker
    const MqttOptions options = {
        .host = broker->host,
        .port = broker->port,
        .protocol = broker->protocol,
        .client_id = client_id,
        .username = username,
        .password = text_cstr(&station->password),
        .ca_file = broker->ca_file,
        .cert_file = broker->cert_file,
        .key_file = broker->key_file,
        .clean_start = true,
        .keepalive = STATION_KEEPALIVE,
        .will_topic = agent ? station->topics[TOPIC_STATE] : NULL,
        .will_payload = station->will.data,
        .will_size = station->will.size,
    };
    return mqtt_new(&options, callbacks, owner, ret_mqtt);
}
