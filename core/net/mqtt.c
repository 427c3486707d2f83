// What the owner calls: it starts, drives and ends a line. The model and what libmosquitto does behind it
// stand in mqtt_line.c.
//
// Invariant: the library never writes but in flush(), and flush() is never called while a delivered message
// is held back, except by the owner's own mqtt_write().
#include "core/net/mqtt.h"

#include <errno.h>
#include <limits.h>
#include <mqtt_protocol.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "core/base/alloc.h"
#include "core/base/log.h"
#include "core/net/loop.h"
#include "core/net/mqtt_line.h"
#include "core/net/mqtt_options.h"

#define HANDSHAKE_STEP TIME_SECOND // how often a handshake is looked at even if poll() is silent

int mqtt_new(const MqttOptions *options, const MqttCallbacks *callbacks, void *owner, Mqtt **ret_mqtt)
{
    const char *option, *reason;
    struct mosquitto *client;
    Mqtt *mqtt;

    mosquitto_lib_init();
    mqtt = alloc_zero(sizeof *mqtt);
    mqtt->callbacks = callbacks;
    mqtt->owner = owner;
    mqtt_options_copy(options, &mqtt->options);
    client = mqtt_options_apply(&mqtt->options, mqtt, &option, &reason);
    if (!client) {
        log_error("mqtt", "bad-option option=%s reason=\"%s\"", option, reason);
        mqtt_free(mqtt);
        return MQTT_E_OPTIONS;
    }
    mosquitto_destroy(client); // it was only to find out; mqtt_connect() makes its own
    *ret_mqtt = mqtt;
    return 0;
}

Mqtt *mqtt_free(Mqtt *mqtt)
{
    if (!mqtt)
        return NULL;
    mqtt_line_close(mqtt);
    text_deinit(&mqtt->reason);
    mqtt_options_deinit(&mqtt->options);
    free(mqtt);
    mosquitto_lib_cleanup();
    return NULL;
}

void mqtt_connect(Mqtt *mqtt)
{
    const char *option, *reason;
    int rc, error;

    mqtt_drop(mqtt);
    mqtt->phase = PHASE_FAILED;
    mqtt->client = mqtt_options_apply(&mqtt->options, mqtt, &option, &reason);
    if (!mqtt->client) { // a certificate that was there when the options were checked
        mqtt_line_note(mqtt, option, " cannot be used any more");
        return;
    }
    mqtt_line_listen(mqtt->client);
    mqtt->inside = true;
    rc = mosquitto_connect_bind_async(mqtt->client, mqtt->options.host, mqtt->options.port,
                                      mqtt->options.keepalive, mqtt->ipv4_only ? "0.0.0.0" : NULL);
    error = errno;
    mqtt->inside = false;
    if (rc != MOSQ_ERR_SUCCESS || mosquitto_socket(mqtt->client) < 0) {
        mqtt_line_note_code(mqtt, rc, error);
        mosquitto_destroy(mqtt->client);
        mqtt->client = NULL;
        mqtt->ipv4_only = false;
        return;
    }
    mqtt->phase = PHASE_TCP;
    mqtt->limit = clock_monotonic() + MQTT_CONNECT_SECONDS * TIME_SECOND;
}

void mqtt_drop(Mqtt *mqtt)
{
    if (mqtt->inside)
        mqtt->dropped = true; // mqtt_line_settle() closes as soon as the library has returned
    else
        mqtt_line_close(mqtt);
}

void mqtt_disconnect(Mqtt *mqtt)
{
    if (mqtt->phase == PHASE_NONE || mqtt->phase == PHASE_FAILED || mqtt->dropped || mqtt->leaving)
        return;
    if (mqtt->phase != PHASE_UP) { // there is nobody yet to say goodbye to
        mqtt_line_close(mqtt);
        mqtt->phase = PHASE_FAILED;
        mqtt_line_note(mqtt, "", "given up");
        return;
    }
    mqtt->leaving = true;
    mqtt->drained = false;
    mqtt->limit = clock_monotonic() + MQTT_CONNECT_SECONDS * TIME_SECOND;
    mosquitto_disconnect(mqtt->client);
}

bool mqtt_is_connected(const Mqtt *mqtt)
{
    return mqtt->phase == PHASE_UP && !mqtt->dropped;
}

bool mqtt_is_open(const Mqtt *mqtt)
{
    return mqtt->phase != PHASE_NONE && !mqtt->dropped;
}

int mqtt_fd(const Mqtt *mqtt)
{
    return mqtt->client && !mqtt->dropped ? mosquitto_socket(mqtt->client) : -1;
}

size_t mqtt_held(const Mqtt *mqtt)
{
    return mqtt->held;
}

static bool wants_write(const Mqtt *mqtt)
{
    return !mqtt->drained && mosquitto_want_write(mqtt->client);
}

short mqtt_events(const Mqtt *mqtt)
{
    bool tls = *mqtt->options.ca_file;

    if (mqtt->dropped)
        return 0;
    switch (mqtt->phase) {
    case PHASE_TCP:
        return POLLOUT;
    case PHASE_HANDSHAKE:
        // The library cannot tell whether TLS waits to write; in this phase each read is followed by a write.
        return (short)(POLLIN | (!tls && wants_write(mqtt) ? POLLOUT : 0));
    case PHASE_UP:
        return (short)((mqtt->leaving ? 0 : POLLIN) | (!mqtt->held && wants_write(mqtt) ? POLLOUT : 0));
    case PHASE_NONE:
    case PHASE_FAILED:
        break;
    }
    return 0;
}

/// The library gives each packet to the kernel by a call of its own: between cork and uncork they still
/// travel together. A failure costs speed only.
static void set_cork(int fd, int on)
{
    setsockopt(fd, IPPROTO_TCP, TCP_CORK, &on, sizeof on);
}

/// Writes all that is queued, as far as the socket takes it. False if the line has ended.
static bool flush(Mqtt *mqtt)
{
    int fd = mosquitto_socket(mqtt->client);
    int rc, error;

    if (!wants_write(mqtt))
        return true;
    // Behind a DISCONNECT the library closes at once; if something is unread then, the kernel throws away
    // what is corked.
    if (!mqtt->leaving)
        set_cork(fd, 1);
    mqtt->inside = mqtt->writing = true;
    errno = 0;
    rc = mosquitto_loop_write(mqtt->client, 1); // one call empties the queue
    error = errno;
    mqtt->writing = false;
    mqtt->drained = error != EAGAIN;
    if (!mqtt->leaving && mosquitto_socket(mqtt->client) >= 0)
        set_cork(fd, 0);
    return mqtt_line_settle(mqtt, rc, error);
}

/// Reads at most `limit` packets or until nothing is there. False if the line has ended.
static bool fill(Mqtt *mqtt, size_t limit)
{
    int rc, error;

    for (size_t i = 0; i < limit && !mqtt->leaving; i++) {
        mqtt->inside = true;
        mqtt->drained = false; // what was read may have queued an answer
        errno = 0;
        rc = mosquitto_loop_read(mqtt->client, 1);
        error = errno;
        if (!mqtt_line_settle(mqtt, rc, error))
            return false;
        if (error == EAGAIN)
            break;
    }
    return true;
}

static bool peer_has_closed(Mqtt *mqtt)
{
    char byte;
    ssize_t size = recv(mosquitto_socket(mqtt->client), &byte, 1, MSG_PEEK | MSG_DONTWAIT);

    if (size > 0 || (size < 0 && (errno == EAGAIN || errno == EINTR)))
        return false;
    mqtt_line_note(mqtt, "", size < 0 ? strerror(errno) : "closed by the broker");
    return true;
}

static void drive_handshake(Mqtt *mqtt)
{
    mqtt->next_tick = clock_monotonic() + HANDSHAKE_STEP;
    // One packet: should the broker send messages right behind its CONNACK, they are left to the owner's
    // limit.
    if (!fill(mqtt, 1) || mqtt->phase != PHASE_HANDSHAKE)
        return;
    if (peer_has_closed(mqtt))
        mqtt_line_end(mqtt);
    else
        flush(mqtt);
}

static void finish_tcp(Mqtt *mqtt)
{
    int error = 0;
    socklen_t size = sizeof error;

    if (getsockopt(mosquitto_socket(mqtt->client), SOL_SOCKET, SO_ERROR, &error, &size) < 0)
        error = errno;
    if (error) {
        mqtt_line_note(mqtt, "", strerror(error));
        mqtt_line_end(mqtt);
        return;
    }
    mqtt->phase = PHASE_HANDSHAKE;
    drive_handshake(mqtt);
}

size_t mqtt_ready(Mqtt *mqtt, short revents, size_t limit)
{
    size_t before = mqtt->delivered;

    if (mqtt->inside || !mqtt->client || !revents)
        return 0;
    if (mqtt->phase == PHASE_TCP) {
        if (revents & (POLLOUT | POLLERR | POLLHUP))
            finish_tcp(mqtt);
        return 0;
    }
    if (mqtt->phase == PHASE_HANDSHAKE) {
        drive_handshake(mqtt);
        return mqtt->delivered - before;
    }
    if (mqtt->leaving && (revents & (POLLERR | POLLHUP))) {
        mqtt_line_note(mqtt, "", "closed by the broker before the goodbye");
        mqtt_line_end(mqtt);
        return 0;
    }
    if ((revents & POLLOUT) && !mqtt->held && !flush(mqtt))
        return 0;
    // TLS may have to read what it wanted to write, whichever of the two poll() saw.
    if (revents & (POLLIN | POLLERR | POLLHUP) || *mqtt->options.ca_file)
        fill(mqtt, limit);
    return mqtt->delivered - before;
}

void mqtt_write(Mqtt *mqtt)
{
    if (mqtt->inside || mqtt->phase != PHASE_UP)
        return;
    mqtt->held = 0;
    flush(mqtt);
}

static bool time_is_up(Mqtt *mqtt, Time now, const char *reason)
{
    if (now < mqtt->limit)
        return false;
    mqtt_line_note(mqtt, "", reason);
    mqtt_line_end(mqtt);
    return true;
}

static Time tick_line(Mqtt *mqtt, Time now)
{
    int rc, error;

    if (mqtt->leaving)
        return time_is_up(mqtt, now, "no time for a goodbye") ? LOOP_NEVER : mqtt->limit;
    if (now < mqtt->next_tick)
        return mqtt->next_tick;
    mqtt->next_tick = now + mqtt->tick_interval;
    mqtt->inside = true;
    mqtt->drained = false; // it may have queued a PINGREQ
    errno = 0;
    rc = mosquitto_loop_misc(mqtt->client);
    error = errno;
    return mqtt_line_settle(mqtt, rc, error) ? mqtt->next_tick : LOOP_NEVER;
}

Time mqtt_tick(Mqtt *mqtt)
{
    Time now = clock_monotonic();

    if (mqtt->inside)
        return now;
    switch (mqtt->phase) {
    case PHASE_NONE:
        return LOOP_NEVER;
    case PHASE_FAILED:
        mqtt_line_end(mqtt);
        return LOOP_NEVER;
    case PHASE_UP:
        return tick_line(mqtt, now);
    case PHASE_HANDSHAKE:
        if (now >= mqtt->next_tick)
            drive_handshake(mqtt);
        break;
    case PHASE_TCP:
        break;
    }
    if (mqtt->phase == PHASE_UP)
        return mqtt->next_tick;
    if (!mqtt->client || time_is_up(mqtt, now, "no answer in time"))
        return LOOP_NEVER;
    return mqtt->phase == PHASE_HANDSHAKE && mqtt->next_tick < mqtt->limit ? mqtt->next_tick : mqtt->limit;
}

static int translate(Mqtt *mqtt, int rc)
{
    unsigned long suppressed;

    switch (rc) {
    case MOSQ_ERR_SUCCESS:
        return 0;
    case MOSQ_ERR_OVERSIZE_PACKET:
    case MOSQ_ERR_PAYLOAD_SIZE:
        return MQTT_E_TOO_LARGE;
    case MOSQ_ERR_INVAL:
    case MOSQ_ERR_MALFORMED_UTF8:
        return MQTT_E_TOPIC;
    default: // the line is gone, which mqtt_ready() or mqtt_tick() will find as well; or no such QoS there
        if (log_limit_allow(&mqtt->refusals, &suppressed))
            log_warning("mqtt", "not-queued reason=\"%s\" repeated=%lu", mosquitto_strerror(rc), suppressed);
        return MQTT_E_OFFLINE;
    }
}

int mqtt_publish(Mqtt *mqtt, const char *topic, const void *payload, size_t size, int qos, bool retain,
                 int *ret_mid)
{
    int mid, rc;

    if (!mqtt_is_connected(mqtt) || mqtt->leaving)
        return MQTT_E_OFFLINE;
    if (size > INT_MAX)
        return MQTT_E_TOO_LARGE;
    rc = mosquitto_publish(mqtt->client, &mid, topic, (int)size, payload, qos, retain);
    mqtt->drained = false;
    if (rc == MOSQ_ERR_SUCCESS && ret_mid)
        *ret_mid = mid;
    return translate(mqtt, rc);
}

int mqtt_subscribe(Mqtt *mqtt, const char *filter, int qos, int *ret_mid)
{
    int mid, rc;

    if (!mqtt_is_connected(mqtt) || mqtt->leaving)
        return MQTT_E_OFFLINE;
    rc = mosquitto_subscribe_v5(mqtt->client, &mid, filter, qos, MQTT_SUB_OPT_RETAIN_AS_PUBLISHED, NULL);
    mqtt->drained = false;
    if (rc == MOSQ_ERR_SUCCESS && ret_mid)
        *ret_mid = mid;
    return translate(mqtt, rc);
}

const char *mqtt_reason_text(uint8_t reason)
{
    return mosquitto_reason_string(reason);
}
