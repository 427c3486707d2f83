#pragma once
// A broker made for looking at: one listening socket on the loopback, one connection at a time, every byte
// and every packet recorded in the order of arrival. It never waits by itself and has no thread: the test
// turns it, either from its own rounds (fake_broker_pump()) or, when the client is another process, with
// fake_broker_wait(). What goes wrong in it ends the test program with a message.
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "tests/support/fake_codec.h"

#define FAKE_BROKER_WAIT_SECONDS \
    20 // longer than any step takes on a loaded machine; only a failing test waits it out

typedef struct FakeBroker {
    int listener, line; // descriptors; `line` -1: no connection
    int port;
    int connections; // accepted so far
    int protocol;    // of the connection at hand, from its CONNECT
    Text received;   // every byte of every connection
    size_t parsed;   // how much of it is in `packets`
    FakePacket *packets;
    size_t count;
    bool ended; // the client has closed the connection at hand

    // What it does by itself. All are true at first.
    bool answers_connect; // CONNACK with `connect_reason`
    bool answers_subscribe;
    bool answers_publish; // PUBACK with `publish_reason`; PUBREC and PUBCOMP
    bool answers_ping;
    bool reads; // false: leaves the bytes in the socket
    uint8_t connect_reason;
    bool session_present;
    uint8_t publish_reason;
} FakeBroker;

FakeBroker *fake_broker_new(void);
FakeBroker *fake_broker_free(FakeBroker *broker);

/// Accepts, reads, records and answers what is there now.
void fake_broker_pump(FakeBroker *broker);
/// Fills in two pollfds (the listener, the connection) for a test that polls on its own.
void fake_broker_polls(const FakeBroker *broker, struct pollfd ret_polls[static 2]);
/// Pumps until there are `count` packets of `type` in all. False after FAKE_BROKER_WAIT_SECONDS.
bool fake_broker_wait(FakeBroker *broker, int type, size_t count);
/// Pumps until the client has closed the connection.
bool fake_broker_wait_end(FakeBroker *broker);

size_t fake_broker_count(const FakeBroker *broker, int type);
/// The `index`th packet of `type` (from 0), or NULL.
const FakePacket *fake_broker_find(const FakeBroker *broker, int type, size_t index);
/// The `index`th PUBLISH on exactly this topic, or NULL.
const FakePacket *fake_broker_find_topic(const FakeBroker *broker, const char *topic, size_t index);

void fake_broker_connack(FakeBroker *broker, bool session_present, uint8_t reason);
void fake_broker_publish(FakeBroker *broker, const FakePublish *publish);
/// The usual one: QoS 1, not retained, the payload a string.
void fake_broker_send_event(FakeBroker *broker, const char *topic, const char *payload, int mid);
void fake_broker_ack(FakeBroker *broker, int type, int mid, uint8_t reason);
void fake_broker_disconnect(FakeBroker *broker, uint8_t reason);
/// Any bytes.
void fake_broker_send(FakeBroker *broker, const void *data, size_t size);
/// Closes the connection: in order (FIN), or with a reset.
void fake_broker_close(FakeBroker *broker);
void fake_broker_reset(FakeBroker *broker);
