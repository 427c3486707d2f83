// From a message to events in the ledger. The order of questions is fixed: is the area ours, does the topic
// fit, do we know the terminal, is the area its own, is it revoked (C9), was the message retained, is it too
// large, is its MAC right, can it be read. The first no is the reason, and the message goes into quarantine
// whole, in the same transaction as everything else of the batch (C3). A broker is believed in nothing: its
// ACL lets a terminal write below any area, and the register decides.
//
// A message of an area that is not ours is another collector's: it is acknowledged and left to that one. It
// reaches us only when the areas have changed and the broker still has our old subscription.
#include "collector/ingest.h"

#include <stdio.h>
#include <string.h>

#include "collector/ask.h"
#include "collector/collector.h"
#include "collector/hello.h"
#include "collector/policy.h"
#include "core/base/error.h"
#include "core/base/log.h"
#include "core/store/audit.h"
#include "core/wire/batch.h"
#include "core/wire/message.h"

#define INGEST_KEEP_MAX \
    (1024 * 1024) // bytes kept of one quarantined message: 20 times what may be sent at all

static const char ingest_event_leaf[] = "/event";

static bool ingest_is_event(const char *topic)
{
    size_t size = strlen(topic), leaf = sizeof(ingest_event_leaf) - 1;

    return size >= leaf && strcmp(topic + size - leaf, ingest_event_leaf) == 0;
}

static int ingest_quarantine(Collector *collector, const IngestMessage *message, const Topic *topic,
                             const IngestResult *result)
{
    size_t size = message->size < INGEST_KEEP_MAX ? message->size : INGEST_KEEP_MAX;
    int r;

    alarm_raise(collector, result->reason, message->topic, result->path);
    if (kept_has(&collector->kept, message->topic, result->reason, message->payload, message->size))
        return 0;
    r = flush_begin(collector);
    if (r < 0)
        return error_trace(r);
    r = ledger_quarantine(collector->ledger, message->topic, topic ? topic->terminal : "", result->reason,
                          result->path, message->payload, size, clock_now());
    if (r < 0)
        return error_trace(r);
    collector->flush.events++;
    return 0;
}

/// Who sends, and whether they may. Negative: the disk.
static int ingest_sender(Collector *collector, const Topic *topic, IngestResult *result)
{
    RegisterEntry *entry;
    int r = register_get(&collector->terminals, collector->store, topic->terminal, &entry);

    if (r < 0)
        return error_trace(r);
    if (r > 0) {
        result->reason = "unknown-terminal";
        return 0;
    }
    result->entry = entry;
    if (strcmp(entry->terminal.area, topic->area) != 0)
        result->reason = "wrong-area";
    else if (entry->terminal.revoked)
        result->reason = "revoked";
    return 0;
}

// The first message under a rotated key: the terminal has it, and the old one is good no more.
static int ingest_forget_old_key(Collector *collector, RegisterEntry *entry)
{
    StoreTerminal *terminal = &entry->terminal;
    int r = flush_begin(collector);

    if (r == 0)
        r = terminal_forget_old_key(collector->store, terminal->name);
    if (r == 0)
        r = audit_add(collector->store, clock_now(), "collector", "terminal-old-key", terminal->name,
                      "the terminal uses its new key", NULL);
    if (r < 0)
        return error_trace(r);
    collector->flush.events++;
    terminal->has_old_key = false;
    digest_wipe(terminal->old_key, sizeof(terminal->old_key));
    log_info("collector", "old-key-dropped terminal=%s", terminal->name);
    return 0;
}

/// The line of JSON within the payload, or why there is none.
static int ingest_line(Collector *collector, const IngestMessage *message, IngestResult *result,
                       size_t *ret_size)
{
    const StoreTerminal *terminal = &result->entry->terminal;
    const uint8_t *key = register_key(result->entry, clock_now());
    WireMac mac;

    if (message->size > WIRE_PAYLOAD_MAX) {
        result->reason = "too-large";
        return 0;
    }
    mac = wire_mac_check(key, message->topic, message->payload, message->size, ret_size);
    if (mac == WIRE_MAC_BAD && key == terminal->old_key) {
        mac = wire_mac_check(terminal->key, message->topic, message->payload, message->size, ret_size);
        if (mac == WIRE_MAC_GOOD)
            return error_trace(ingest_forget_old_key(collector, result->entry));
    }
    result->reason = policy_mac(collector->config->require_mac, terminal->has_key, mac);
    return 0;
}

static int ingest_add(Collector *collector, LedgerStream *stream, FlushStream *noted, const BatchEvent *item,
                      Time now, const char *topic, CounterEvents *counters)
{
    LedgerEvent event = {
        .seq = item->seq,
        .event = &item->event,
        .refused = item->refused,
        .canonical = item->canonical,
        .canonical_size = item->canonical_size,
        .plain = item->plain,
        .raw = item->raw,
        .raw_size = item->raw_size,
        .received_at = now,
    };
    LedgerOutcome outcome;
    char reason[32], detail[64];
    int r;

    r = ledger_add(collector->ledger, stream, &event, &outcome, reason);
    if (r < 0)
        return error_trace(r);
    counters_add_outcome(counters, outcome);
    if (outcome == LEDGER_CONFLICT)
        snprintf(reason, sizeof(reason), "conflict"); // the protocol's word
    if (outcome == LEDGER_REFUSED || outcome == LEDGER_DUPLICATE_REFUSED || outcome == LEDGER_CONFLICT)
        flush_refuse(noted, item->seq, reason);
    if (outcome == LEDGER_CONFLICT || outcome == LEDGER_REFUSED) {
        snprintf(detail, sizeof(detail), "seq=%llu", (unsigned long long)item->seq);
        alarm_raise(collector, reason, topic, detail);
    }
    return 0;
}

/// Nothing of the batch is near enough to be taken: it is left for a later send, without a receipt.
static bool ingest_is_deferred(const LedgerStream *stream, const Batch *batch)
{
    static const StreamHead nothing = {0};
    const StreamHead *head = stream ? ledger_stream_head(stream) : &nothing;

    return batch->count > 0 && stream_judge(head, batch->first) == STREAM_DEFERRED;
}

static int ingest_batch(Collector *collector, RegisterEntry *entry, const char *topic, const Batch *batch,
                        CounterEvents *counters)
{
    LedgerStream *stream = NULL;
    FlushStream *noted;
    Time now = clock_now();
    int r;

    r = ledger_stream_find(collector->ledger, &entry->terminal, batch->epoch, &stream);
    if (r < 0)
        return error_trace(r);
    counters->received += batch->count;
    if (ingest_is_deferred(stream, batch)) {
        counters->deferred += batch->count;
        return 0;
    }
    if (!stream && batch->count == 0) { // a stream is made by its first event
        flush_note(collector, entry, NULL, batch->epoch);
        return 0;
    }
    if (batch->count > 0) {
        r = flush_begin(collector);
        if (r < 0)
            return error_trace(r);
    }
    if (!stream) {
        r = ledger_stream(collector->ledger, &entry->terminal, batch->epoch, &stream);
        if (r < 0)
            return error_trace(r);
    }
    noted = flush_note(collector, entry, stream, batch->epoch);
    for (size_t i = 0; i < batch->count; i++) {
        r = ingest_add(collector, stream, noted, &batch->events[i], now, topic, counters);
        if (r < 0)
            return error_trace(r);
    }
    collector->flush.events += batch->count;
    return 0;
}

int ingest_events(Collector *collector, const IngestMessage *message, const Topic *topic,
                  CounterEvents *counters, IngestResult *ret_result)
{
    CLEANUP(batch_deinit) Batch batch = {0};
    WireError error;
    size_t size = 0;
    int r;

    *ret_result = (IngestResult){0};
    r = ingest_sender(collector, topic, ret_result);
    if (r < 0)
        return error_trace(r);
    if (!ret_result->reason && message->retain)
        ret_result->reason = "retained";
    if (!ret_result->reason)
        r = ingest_line(collector, message, ret_result, &size);
    if (r < 0)
        return error_trace(r);
    if (ret_result->reason)
        return 0;
    if (batch_decode(message->payload, size, &batch, &error) != 0) {
        ret_result->reason = error.reason;
        memcpy(ret_result->path, error.path, sizeof(ret_result->path));
        return 0;
    }
    ret_result->entry->last_seen = clock_now();
    return error_trace(ingest_batch(collector, ret_result->entry, message->topic, &batch, counters));
}

static int ingest_event_message(Collector *collector, const IngestMessage *message, const Topic *topic)
{
    IngestResult result = {.reason = "bad-topic"};
    int r;

    if (topic) {
        r = ingest_events(collector, message, topic, &collector->counters.pending, &result);
        if (r < 0)
            return error_trace(r);
    }
    if (!result.reason)
        return 0;
    counters_add_unreadable(&collector->counters.pending);
    return error_trace(ingest_quarantine(collector, message, topic, &result));
}

static int ingest_state(Collector *collector, RegisterEntry *entry, const char *line, size_t size,
                        WireError *ret_error)
{
    bool online = false;
    int r = state_decode(line, size, &online, ret_error);

    if (r != 0)
        return r;
    collector->counters.states++;
    entry->online = online;
    return 0;
}

/// Hello, state and ask: what is no event and may be lost. Who may not speak is only counted; what cannot be
/// read is kept.
static int ingest_other_message(Collector *collector, const IngestMessage *message, const Topic *topic)
{
    IngestResult result = {.reason = topic ? NULL : "bad-topic"};
    WireError error = {0};
    size_t size = 0;
    int r = 0;

    if (topic) {
        r = ingest_sender(collector, topic, &result);
        if (r < 0)
            return error_trace(r);
        if (result.reason || message->retain) {
            collector->counters.ignored++;
            alarm_raise(collector, result.reason ? result.reason : "retained", message->topic, "ignored");
            return 0;
        }
        r = ingest_line(collector, message, &result, &size);
        if (r < 0)
            return error_trace(r);
    }
    if (!result.reason) {
        if (topic->leaf == TOPIC_HELLO)
            r = hello_take(collector, result.entry, message->payload, size, &error);
        else if (topic->leaf == TOPIC_STATE)
            r = ingest_state(collector, result.entry, message->payload, size, &error);
        else
            r = ask_take(collector, result.entry, message->payload, size, &error);
        if (r < 0)
            return error_trace(r);
        result.entry->last_seen = clock_now();
        if (r == 0)
            return 0;
        result.reason = error.reason;
        memcpy(result.path, error.path, sizeof(result.path));
    }
    collector->counters.unreadable++;
    return error_trace(ingest_quarantine(collector, message, topic, &result));
}

void ingest_message(Collector *collector, const MqttMessage *message)
{
    const IngestMessage kept = {message->topic, message->payload, message->size, message->retain};
    Topic topic;
    bool fits;
    int r;

    if (collector->disk.error || collector->stopping)
        return;
    collector->counters.messages++;
    fits = topic_parse(message->topic, &topic);
    if (fits && !policy_serves(collector->config->areas, topic.area)) {
        collector->counters.ignored++;
        alarm_raise(collector, "foreign-area", message->topic, "left to the collector of that area");
        return;
    }
    if (ingest_is_event(message->topic))
        r = ingest_event_message(collector, &kept, fits ? &topic : NULL);
    else
        r = ingest_other_message(collector, &kept, fits ? &topic : NULL);
    if (r < 0)
        disk_fail(collector, r);
}
