#pragma once
// A connection under test, with all that its callbacks were told, and turned together with a fake broker in
// one thread.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h> // needs those above

#include "core/base/text.h"
#include "core/net/mqtt.h"
#include "tests/support/fake_broker.h"

#define LINE_LIMIT 1000 // messages for each mqtt_ready()

typedef struct Line {
    FakeBroker *broker; // NULL when the broker is a real one
    Mqtt *mqtt;
    MqttOptions options;

    int connected, disconnected;
    bool session_present;
    Text reason; // of the last disconnected()
    size_t messages;
    Text payloads; // of all messages, each followed by ';'
    MqttMessage last;
    Text last_topic;
    int published, published_mid;
    uint8_t published_reason;
    int subscribed;
    uint8_t granted;
    void (*on_message)(struct Line *line); // what the test does in the callback
    void (*on_connected)(struct Line *line);
} Line;

/// Options for the fake broker: MQTT 5, clean, holding acknowledgements. The test may change line->options
/// until line_connect().
Line *line_new(void);
/// The same for a real broker at a port.
Line *line_new_at(int port);
Line *line_free(Line *line);
/// Begins to connect; no turns.
void line_connect_only(Line *line);
/// Connects and turns until connected() or disconnected() has come.
void line_connect(Line *line);
/// One round: waits for the connection or the broker (at most `milliseconds`), lets both go on. Never calls
/// mqtt_write().
void line_turn(Line *line, int milliseconds);
/// Turns until `*counter` is at least `count`; fails the test when that takes too long.
void line_until(Line *line, const int *counter, int count);
void line_until_messages(Line *line, size_t count);
void line_until_packets(Line *line, int type, size_t count);
/// Turns until nothing has happened for a while. For showing that something does not come.
void line_settle(Line *line);
