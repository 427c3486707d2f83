#pragma once
// A small MQTT 3.1.1 and 5 codec for the tests: written from the standards and not from a library, so that
// the tests do not believe what they are to check. Packets that a client sends are read, those of a broker
// are written.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/text.h"

// MQTT control packet types, as in the upper half of a packet's first byte.
enum {
    FAKE_CONNECT = 1,
    FAKE_CONNACK,
    FAKE_PUBLISH,
    FAKE_PUBACK,
    FAKE_PUBREC,
    FAKE_PUBREL,
    FAKE_PUBCOMP,
    FAKE_SUBSCRIBE,
    FAKE_SUBACK,
    FAKE_UNSUBSCRIBE,
    FAKE_UNSUBACK,
    FAKE_PINGREQ,
    FAKE_PINGRESP,
    FAKE_DISCONNECT,
};

// A packet from the client. What a type does not have is zero.
typedef struct FakePacket {
    int type;
    uint8_t flags;    // lower half of the first byte
    int connection;   // 1 is the first that was accepted
    size_t offset;    // of its first byte in all that was received
    size_t size;      // of the whole packet
    int mid;          // packet identifier
    uint8_t reason;   // PUBACK and the like, DISCONNECT
    char *topic;      // PUBLISH; SUBSCRIBE: the first filter
    uint8_t options;  // SUBSCRIBE: the first filter's options byte
    uint8_t *payload; // PUBLISH; CONNECT: the Will's
    size_t payload_size;
    int qos;     // PUBLISH; CONNECT: the Will's
    bool retain; // PUBLISH; CONNECT: the Will's
    bool dup;
    // CONNECT alone; its Will topic is `topic`.
    int protocol;
    uint8_t connect_flags;
    int keepalive;
    char *client_id, *username, *password;
    long session_expiry;  // -1: no such property
    long receive_maximum; // -1: no such property
} FakePacket;

void fake_packet_deinit(FakePacket *packet);

/// Reads one packet at the start of `data`: its size, 0 if it is not all there yet, -1 if it is no MQTT.
/// `protocol` is that of the connection (ignored for CONNECT).
long fake_codec_read(const uint8_t *data, size_t size, int protocol, FakePacket *ret_packet);

typedef struct FakePublish {
    const char *topic;
    const void *payload;
    size_t size;
    int qos;
    int mid; // 1 to 65535 for QoS 1 and 2
    bool retain, dup;
} FakePublish;

void fake_codec_connack(Text *out, int protocol, bool session_present, uint8_t reason);
void fake_codec_publish(Text *out, int protocol, const FakePublish *publish);
/// PUBACK, PUBREC, PUBREL or PUBCOMP. The reason is only sent with MQTT 5, and there only if it is not 0.
void fake_codec_ack(Text *out, int protocol, int type, int mid, uint8_t reason);
void fake_codec_suback(Text *out, int protocol, int mid, uint8_t granted);
void fake_codec_pingresp(Text *out);
/// MQTT 5 only: the broker's own goodbye.
void fake_codec_disconnect(Text *out, uint8_t reason);
