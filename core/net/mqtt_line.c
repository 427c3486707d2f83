// One MQTT connection over a libmosquitto client that is driven by hand.
//
// Model. A line goes TCP -> HANDSHAKE -> UP and ends by falling back to NONE; a line that could not even
// begin waits as FAILED until mqtt_tick() tells the owner, so that every mqtt_connect() has one outcome and
// no callback comes from where the owner does not expect one. Each line has a client of its own
// (mqtt_options.c).
//
// What writes. In threaded mode libmosquitto queues everything: PUBACK, PUBREC, PUBCOMP and PINGRESP from
// mosquitto_loop_read(), PINGREQ from mosquitto_loop_misc(), and what the owner publishes. Only
// mosquitto_loop_write() writes, and it writes the whole queue; so holding acknowledgements back means not
// calling it. It is called from two places: mqtt_write(), and mqtt_ready() when nothing is held. (TLS may
// write records of its own while it reads; they carry nothing of ours.)
//
// QoS 2. The library answers PUBREC before the message is handed over (it does so at PUBREL), and a PUBCOMP
// is held like a PUBACK. A message between the two is lost when the line ends; subscribing with QoS 1 keeps
// it from arising.
//
// What is known of libmosquitto 2.0.11 and relied on or worked around here:
//
// - loop_read() ends with errno EAGAIN when nothing more was there: so we know at no cost whether more is
//   readable. It looks at errno after our callbacks too, which therefore leave it at 0; otherwise it would
//   stop with decrypted bytes in OpenSSL's buffer, which poll() cannot see.
// - Its return codes and callbacks do not agree on when a line has ended (a failing TLS handshake calls
//   none, a DISCONNECT calls one twice). mqtt_line_settle() alone decides, by code and socket; callbacks
//   only note reasons.
// - After mosquitto_disconnect() a PUBLISH that comes in closes the line before DISCONNECT has left, and
//   the broker sends the Will: from then on nothing is read.
// - Once a TLS read has wanted to write, want_write() stays true until the next write: `drained` keeps that
//   from spinning.
// - While TLS connects, a system error of the socket counts as success each time: peer_has_closed() looks
//   for itself.
// - An asynchronous connect takes the first address only. Every other attempt is therefore made from an
//   IPv4 wildcard address when the one before did not get through.
#include "core/net/mqtt_line.h"

#include <errno.h>
#include <mqtt_protocol.h>
#include <netdb.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/clock.h"

#define REASON_LIMIT 200 // bytes of a foreign reason that are worth logging
// The library counts whole seconds, and brokers give one and a half keep-alives: four looks in one will do.
#define TICKS_PER_KEEPALIVE 4

void mqtt_line_note(Mqtt *mqtt, const char *prefix, const char *reason)
{
    if (mqtt->reason.size)
        return;
    text_append(&mqtt->reason, prefix);
    text_append_escaped(&mqtt->reason, reason, strlen(reason), REASON_LIMIT);
}

void mqtt_line_note_code(Mqtt *mqtt, int rc, int error)
{
    if (rc == MOSQ_ERR_ERRNO)
        mqtt_line_note(mqtt, "", strerror(error));
    else if (rc == MOSQ_ERR_EAI)
        mqtt_line_note(mqtt, "", gai_strerror(error));
    else if (rc == MOSQ_ERR_KEEPALIVE) // for which the library has no words
        mqtt_line_note(mqtt, "", "no answer to a ping");
    else if (rc == MOSQ_ERR_SUCCESS)
        mqtt_line_note(mqtt, "", mqtt->leaving ? "goodbye said" : "closed");
    else
        mqtt_line_note(mqtt, "", mosquitto_strerror(rc));
}

void mqtt_line_close(Mqtt *mqtt)
{
    if (mqtt->client)
        mosquitto_destroy(mqtt->client); // closes the socket; what is queued is thrown away
    mqtt->client = NULL;
    mqtt->phase = PHASE_NONE;
    mqtt->dropped = mqtt->leaving = mqtt->drained = false;
    mqtt->held = 0;
    text_clear(&mqtt->reason);
}

void mqtt_line_end(Mqtt *mqtt)
{
    CLEANUP(cleanup_text) Text reason = mqtt->reason;

    mqtt->reason = (Text){0};
    if (mqtt->phase == PHASE_TCP && !strchr(mqtt->options.host, ':'))
        mqtt->ipv4_only = !mqtt->ipv4_only;
    mqtt_line_close(mqtt);
    if (mqtt->callbacks->disconnected)
        mqtt->callbacks->disconnected(mqtt->owner, text_cstr(&reason));
}

bool mqtt_line_settle(Mqtt *mqtt, int rc, int error)
{
    mqtt->inside = false;
    if (mqtt->dropped) {
        mqtt_line_close(mqtt);
        return false;
    }
    if (rc == MOSQ_ERR_SUCCESS && mosquitto_socket(mqtt->client) >= 0)
        return true;
    mqtt_line_note_code(mqtt, rc, error);
    mqtt_line_end(mqtt);
    return false;
}

static void on_connack(struct mosquitto *client, void *owner, int code, int flags,
                       const mosquitto_property *properties)
{
    Mqtt *mqtt = owner;
    uint16_t keepalive = (uint16_t)mqtt->options.keepalive;

    if (mqtt->dropped)
        return;
    if (code != 0) {
        mqtt_line_note(mqtt, "refused: ",
                       code >= MQTT_REASON_FAILURE ? mosquitto_reason_string(code)
                                                   : mosquitto_connack_string(code));
        errno = 0;
        return;
    }
    mosquitto_log_callback_set(client, NULL); // it would format a line for every message
    text_clear(&mqtt->reason);
    mosquitto_property_read_int16(properties, MQTT_PROP_SERVER_KEEP_ALIVE, &keepalive, false);
    mqtt->phase = PHASE_UP;
    mqtt->tick_interval = (keepalive ? keepalive : 1) * TIME_SECOND / TICKS_PER_KEEPALIVE;
    mqtt->next_tick = clock_monotonic() + mqtt->tick_interval;
    if (mqtt->callbacks->connected)
        mqtt->callbacks->connected(mqtt->owner, flags & 1);
    errno = 0;
}

static void on_disconnect(struct mosquitto *client, void *owner, int code,
                          const mosquitto_property *properties)
{
    Mqtt *mqtt = owner;

    (void)client, (void)properties;
    // The library's own codes are all below; those are told by mqtt_line_settle().
    if (code >= MQTT_REASON_FAILURE)
        mqtt_line_note(mqtt, "closed by the broker: ", mosquitto_reason_string(code));
    else if (code == MOSQ_ERR_SUCCESS && !mqtt->leaving)
        mqtt_line_note(mqtt, "", "closed by the broker");
    errno = 0;
}

static void on_message(struct mosquitto *client, void *owner, const struct mosquitto_message *message)
{
    Mqtt *mqtt = owner;
    MqttMessage given = {
        .topic = message->topic,
        .payload = message->payload ? message->payload : "",
        .size = (size_t)message->payloadlen,
        .qos = message->qos,
        .retain = message->retain,
    };

    (void)client;
    if (mqtt->dropped)
        return;
    if (mqtt->options.hold_acks && message->qos > 0)
        mqtt->held++;
    mqtt->delivered++;
    if (mqtt->callbacks->message)
        mqtt->callbacks->message(mqtt->owner, &given);
    errno = 0;
}

static void on_publish(struct mosquitto *client, void *owner, int mid, int code,
                       const mosquitto_property *properties)
{
    Mqtt *mqtt = owner;

    (void)client, (void)properties;
    // While writing it only means that a message of QoS 0 has left.
    if (!mqtt->writing && !mqtt->dropped && mqtt->callbacks->published)
        mqtt->callbacks->published(mqtt->owner, mid, (uint8_t)code);
    errno = 0;
}

static void on_subscribe(struct mosquitto *client, void *owner, int mid, int count, const int *granted,
                         const mosquitto_property *properties)
{
    Mqtt *mqtt = owner;

    (void)client, (void)properties;
    if (!mqtt->dropped && mqtt->callbacks->subscribed)
        mqtt->callbacks->subscribed(mqtt->owner, mid, count > 0 ? (uint8_t)granted[0] : MQTT_REASON_FAILURE);
    errno = 0;
}

/// Only while connecting: OpenSSL's reasons come this way and no other.
static void on_log(struct mosquitto *client, void *owner, int level, const char *text)
{
    (void)client;
    if (level == MOSQ_LOG_ERR)
        mqtt_line_note(owner, "", text);
}

void mqtt_line_listen(struct mosquitto *client)
{
    mosquitto_connect_v5_callback_set(client, on_connack);
    mosquitto_disconnect_v5_callback_set(client, on_disconnect);
    mosquitto_message_callback_set(client, on_message);
    mosquitto_publish_v5_callback_set(client, on_publish);
    mosquitto_subscribe_v5_callback_set(client, on_subscribe);
    mosquitto_log_callback_set(client, on_log);
}
