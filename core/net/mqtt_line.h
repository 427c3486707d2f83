#pragma once
// The state of a connection, and how a line ends. Of this folder only; mqtt_line.c has the model.
#include <mosquitto.h>

#include "core/base/log.h"
#include "core/base/text.h"
#include "core/net/mqtt.h"

typedef enum MqttPhase { PHASE_NONE, PHASE_FAILED, PHASE_TCP, PHASE_HANDSHAKE, PHASE_UP } MqttPhase;

struct Mqtt {
    MqttOptions options;
    const MqttCallbacks *callbacks;
    void *owner;
    struct mosquitto *client; // of this line; NULL in PHASE_NONE and PHASE_FAILED
    MqttPhase phase;
    bool inside;    // the library is on the stack: the client must not be destroyed
    bool writing;   // inside mosquitto_loop_write()
    bool dropped;   // mqtt_drop() came while inside
    bool leaving;   // DISCONNECT is queued
    bool drained;   // the last write emptied the queue, and nothing was queued since
    bool ipv4_only; // this attempt: mqtt_line.c says why
    size_t held;
    size_t delivered;
    Time limit; // of the handshake, or of leaving
    Time next_tick, tick_interval;
    LogLimit refusals;
    Text reason; // why the line ends: the first one counts
};

/// Notes why the line ends, `reason` escaped; the first note counts.
void mqtt_line_note(Mqtt *mqtt, const char *prefix, const char *reason);
/// The same for a code of the library and the errno that came with it.
void mqtt_line_note_code(Mqtt *mqtt, int rc, int error);
/// Sets the callbacks of a new client.
void mqtt_line_listen(struct mosquitto *client);
/// Throws the line away without a word to anybody.
void mqtt_line_close(Mqtt *mqtt);
/// Ends the line and tells the owner why.
void mqtt_line_end(Mqtt *mqtt);
/// To be called after every call of the library that reads, writes or checks: true if the line still stands.
/// `error` is errno right after the call.
bool mqtt_line_settle(Mqtt *mqtt, int rc, int error);
