#pragma once
// The collector's own state (studyday-protocol(7) "Collector state"): who serves which areas, with which
// database, and whether anything can be stored at present.
#include <stdbool.h>

#include "core/base/text.h"
#include "core/wire/topic.h"

typedef struct Collector Collector;
typedef struct Mqtt Mqtt;

/// Appends the payload; offline is the same bytes as the Will.
void presence_encode(const Collector *collector, bool online, Text *payload);
void presence_topic(const Collector *collector, char ret_topic[static TOPIC_SIZE]);
/// Publishes it, retained, on the connection at hand.
void presence_announce(Collector *collector, Mqtt *mqtt, bool online);
