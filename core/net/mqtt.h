#pragma once
// One MQTT connection, driven by the owner's poll loop; nothing here waits (name resolution apart) and
// nothing runs by itself. A round of the owner's loop:
//
//   deadline = min(own deadlines, mqtt_tick(m));                         // may call back, and change fd and
//   events loop_set(loop, SLOT, mqtt_fd(m), mqtt_events(m), on_ready, owner); loop_wait(loop, deadline); //
//   on_ready calls mqtt_ready(m, revents, N)
//   ... commit what came, mqtt_publish() the receipts ...
//   mqtt_write(m);                                                       // after the COMMIT, see hold_acks
//
// Acknowledgements. The library queues a message's PUBACK before it hands the message over. With `hold_acks`
// nothing that is queued reaches the socket while a message of QoS 1 or 2 has been delivered and mqtt_write()
// has not been called since; that is the owner's word that all it was given is safe. Everything leaves in the
// order in which it was queued, so a receipt published before mqtt_write() follows the PUBACKs of its events.
//
// Each mqtt_connect() begins without memory of the connection before: what was published and not acknowledged
// is not sent again by the library (the protocol's receipts decide that), and QoS 2 handshakes are not
// resumed.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/clock.h"

// What a broker may answer to a publish instead of success (MQTT 5 only; 3.1.1 always says success).
#define MQTT_REASON_SUCCESS 0x00
#define MQTT_REASON_NO_SUBSCRIBERS 0x10 // stored nowhere: no collector has subscribed
#define MQTT_REASON_NOT_AUTHORIZED 0x87
#define MQTT_REASON_QUOTA_EXCEEDED 0x97
#define MQTT_REASON_PAYLOAD_INVALID 0x99
#define MQTT_REASON_FAILURE 0x80 // this and above: refused; a SUBACK's too

#define MQTT_KEEPALIVE_MIN 5       // seconds; libmosquitto refuses less
#define MQTT_CONNECT_SECONDS 20    // from mqtt_connect() to CONNACK, TCP and TLS included
#define MQTT_RECEIVE_MAXIMUM 65535 // what the protocol allows; the broker's own limit is the lower one
#define MQTT_SESSION_FOREVER UINT32_MAX
#define MQTT_BACKOFF_MIN TIME_SECOND // T5: reconnect waits are 1 to 60 s
#define MQTT_BACKOFF_MAX (60 * TIME_SECOND)

typedef struct MqttOptions {
    const char *host;
    int port;
    int protocol;                     // 5, or 4 (MQTT 3.1.1)
    const char *client_id;            // NULL or "": the broker chooses one; needs clean_start
    const char *username, *password;  // NULL or "": none. Any bytes but NUL in the password
    const char *ca_file;              // NULL or "": no TLS
    const char *cert_file, *key_file; // both or none
    bool clean_start;
    uint32_t session_expiry; // seconds that the broker keeps the session; MQTT 5 only (3.1.1: for ever unless
                             // clean)
    int keepalive;           // seconds, at least MQTT_KEEPALIVE_MIN
    int receive_maximum;    // unacknowledged messages that the broker may send, 1 to 65535; 0 means the most.
                            // MQTT 5 only
    const char *will_topic; // NULL: no Will. Sent with QoS 1
    const void *will_payload;
    size_t will_size;
    bool will_retain;
    bool hold_acks;
} MqttOptions;

typedef struct MqttMessage {
    const char *topic;   // valid UTF-8 without NUL
    const void *payload; // never NULL; borrowed until the callback returns, as is the topic
    size_t size;
    int qos;
    bool retain;
} MqttMessage;

// Any may be NULL. They come from mqtt_ready(), mqtt_write() and mqtt_tick() alone, never from within
// mqtt_connect(), _publish(), _subscribe(), _disconnect() or _drop(). In a callback it is allowed to publish,
// subscribe, disconnect and drop; not to connect, write or free.
typedef struct MqttCallbacks {
    /// The broker has accepted us. Time to subscribe and to send again what has no receipt.
    void (*connected)(void *owner, bool session_present);
    /// The connection is over: closed, lost, refused, timed out, or never came about. Comes once for each
    /// mqtt_connect(), unless mqtt_drop(), mqtt_free() or the next mqtt_connect() ended it. `reason` is fit
    /// for a log.
    void (*disconnected)(void *owner, const char *reason);
    void (*message)(void *owner, const MqttMessage *message);
    /// The broker's answer to a publish of QoS 1 or 2; not called for QoS 0. `reason` is MQTT_REASON_*.
    void (*published)(void *owner, int mid, uint8_t reason);
    /// One granted QoS, or a code >= MQTT_REASON_FAILURE, for each filter (we send one filter per subscribe).
    void (*subscribed)(void *owner, int mid, uint8_t granted);
} MqttCallbacks;

typedef struct Mqtt Mqtt;

enum {
    MQTT_E_OPTIONS = 1, // mqtt_new: an option that cannot be used; logged which
    MQTT_E_OFFLINE,     // publish, subscribe: not connected
    MQTT_E_TOO_LARGE,   // publish: more than the broker said it takes
    MQTT_E_TOPIC,       // publish, subscribe: no valid topic or filter
};

/// Copies the options. Does not connect. `callbacks` must outlive the object.
int mqtt_new(const MqttOptions *options, const MqttCallbacks *callbacks, void *owner, Mqtt **ret_mqtt);
/// Closes the line as mqtt_drop() does. NULL gives NULL.
Mqtt *mqtt_free(Mqtt *mqtt);

/// Starts to connect and returns at once (getaddrinfo() of a host name may take its time). An open connection
/// is dropped first. The outcome is connected() or disconnected(), the latter also when there is no such
/// host.
void mqtt_connect(Mqtt *mqtt);
/// Says goodbye: DISCONNECT is queued behind what is there, and the line is closed once it is written. No
/// Will. The owner goes on with mqtt_write() / mqtt_ready() until disconnected() comes. Nothing if there is
/// no line.
void mqtt_disconnect(Mqtt *mqtt);
/// Kills the line now. What is queued, PUBACKs above all, is thrown away; the broker will send the Will, and
/// to a lasting session every message again that was not acknowledged.
void mqtt_drop(Mqtt *mqtt);
bool mqtt_is_connected(const Mqtt *mqtt); // between connected() and disconnected()
bool mqtt_is_open(const Mqtt *mqtt);      // also while connecting

int mqtt_fd(const Mqtt *mqtt); // -1: no line. May differ after every call here
/// What to poll for. POLLOUT is left out while acknowledgements are held back; the owner that wants to stop
/// reading (a slow disk) takes POLLIN out itself.
short mqtt_events(const Mqtt *mqtt);
/// Does what poll() has found possible: goes on connecting, writes if nothing is held back, reads until
/// nothing more is there or `limit` messages have been delivered (a soft limit: a few more can come, with TLS
/// a record's worth). Returns how many messages were delivered. Never releases held acknowledgements.
size_t mqtt_ready(Mqtt *mqtt, short revents, size_t limit);
/// Releases all that is queued, held acknowledgements included, and writes what the socket takes; the rest
/// follows by itself unless more messages arrive: then the next mqtt_write() sends it.
void mqtt_write(Mqtt *mqtt);
/// Keep-alive, time-outs, and the end of a line that could not even begin. Returns when to call again at the
/// latest (clock_monotonic()), LOOP_NEVER without a line. Call after mqtt_ready() in a round, so that an
/// answer that is there is read before it is missed.
Time mqtt_tick(Mqtt *mqtt);
/// Messages of QoS 1 and 2 delivered since the last mqtt_write(); always 0 without hold_acks.
size_t mqtt_held(const Mqtt *mqtt);

/// Queues a message. 0, MQTT_E_OFFLINE, MQTT_E_TOO_LARGE, MQTT_E_TOPIC. `ret_mid` may be NULL.
int mqtt_publish(Mqtt *mqtt, const char *topic, const void *payload, size_t size, int qos, bool retain,
                 int *ret_mid);
/// Queues a subscription to one filter; asks for Retain As Published where MQTT 5 is spoken. 0,
/// MQTT_E_OFFLINE, MQTT_E_TOPIC. `ret_mid` may be NULL.
int mqtt_subscribe(Mqtt *mqtt, const char *filter, int qos, int *ret_mid);

/// How long to wait before the next try after `failures` (0: the first wait) tries in a row have failed:
/// evenly spread from 1 s to a ceiling that doubles from 4 s to 60 s. `random` is 32 even random bits. Pure.
Time mqtt_backoff(unsigned failures, uint32_t random);
/// The library's English words for a reason code, for logs. Never NULL.
const char *mqtt_reason_text(uint8_t reason);
