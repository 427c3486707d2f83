#pragma once
// A message from the network: who sent it, may they, can it be read, what becomes of it (C2, C4, C9).
#include <stdbool.h>
#include <stddef.h>

#include "collector/counters.h"
#include "collector/register.h"
#include "core/net/mqtt.h"
#include "core/wire/topic.h"
#include "core/wire/wire.h"

// The message as it came, or as the quarantine kept it.
typedef struct IngestMessage {
    const char *topic;
    const void *payload;
    size_t size;
    bool retain;
} IngestMessage;

// What was found. `reason` NULL: taken.
typedef struct IngestResult {
    const char *reason;
    char path[sizeof(((WireError *)0)->path)];
    RegisterEntry *entry; // the sender, NULL unknown
} IngestResult;

typedef struct Collector Collector;

/// Takes whatever arrives; what cannot be taken is quarantined or counted. A failing disk goes to
/// disk_fail().
void ingest_message(Collector *collector, const MqttMessage *message);
/// Judges and takes the events of a message whose topic has been read: into the open transaction (begun at
/// need) and into `counters`. Nothing is quarantined here. Negative: the disk has failed.
int ingest_events(Collector *collector, const IngestMessage *message, const Topic *topic,
                  CounterEvents *counters, IngestResult *ret_result);
