// Event batches from bytes to values. What is wrong with the envelope, or with the JSON anywhere, makes the
// whole batch unreadable: then nothing can be said about its sequence numbers. What is wrong inside one event
// makes that event refused and nothing else (batch_event.c).
//
// Nearly all batches are decoded by batch_plain.c and never come here; what follows decodes any.
//
// The JSON tree lives as long as the batch, which borrows its strings; the canonical bytes of all events
// stand in one block.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/wire/batch.h"
#include "core/wire/batch_event.h"
#include "core/wire/batch_plain.h"
#include "core/wire/wire_json.h"
#include "core/wire/wire_slice.h"

// Sequence numbers are integers of the chain's canonical bytes, so the last event of a batch must stay within
// 2^53.
#define BATCH_FIRST_MAX (WIRE_INTEGER_MAX - WIRE_EVENTS_MAX)

static BatchMemory *memory_free(BatchMemory *memory)
{
    if (memory) {
        json_decref(memory->root);
        free(memory->line);
        text_deinit(&memory->canonical);
        free(memory);
    }
    return NULL;
}

void batch_deinit(Batch *batch)
{
    for (size_t i = 0; i < batch->count; i++)
        free(batch->events[i].raw);
    free(batch->events);
    memory_free(batch->private);
    *batch = (Batch){0};
}

static json_t *read_envelope(WireReader *reader, Batch *batch)
{
    json_t *events;
    int64_t first = 0;

    wire_read_version(reader);
    wire_read_ulid(reader, "epoch", WIRE_REQUIRED, batch->epoch);
    wire_read_integer(reader, "first", WIRE_REQUIRED, 1, BATCH_FIRST_MAX, &first);
    batch->first = (uint64_t)first;
    events = wire_read_array(reader, "events", WIRE_REQUIRED, WIRE_EVENTS_MAX);
    for (size_t i = 0; i < json_array_size(events); i++) {
        WireReader child = wire_reader_enter(reader, "events", i, json_array_get(events, i));
        if (!wire_reader_leave(reader, &child))
            return NULL;
    }
    return events;
}

// The chain knows such an event by its number only; the quarantine is to show what it was, as it was sent.
// The tree will not do for that: in it, a number that we do not take is another one.
static void keep_raw(const char *sent, size_t size, BatchEvent *event)
{
    char bare[48];
    int length = snprintf(bare, sizeof(bare), "{\"seq\":%llu}", (unsigned long long)event->seq);

    // Canonical bytes have the number in every case: as long as that alone, they are that alone.
    if (!event->refused || event->canonical_size != (size_t)length)
        return;
    event->raw = alloc_copy(sent, size);
    event->raw_size = size;
}

static void read_events(json_t *events, WireSlice sent, Batch *batch, Text *canonical)
{
    size_t offset = 0;

    batch->count = json_array_size(events);
    batch->events = alloc_resize(NULL, batch->count ? batch->count : 1, sizeof(*batch->events));
    for (size_t i = 0; i < batch->count; i++) {
        size_t start = canonical->size, size = 0;
        const char *object = wire_slice_next(&sent, &size);

        batch_event_read(json_array_get(events, i), batch->first + i, &batch->events[i], canonical);
        batch->events[i].canonical_size = canonical->size - start;
        keep_raw(object, size, &batch->events[i]);
    }
    // Only now does the block stay where it is.
    for (size_t i = 0; i < batch->count; i++) {
        batch->events[i].canonical = text_cstr(canonical) + offset;
        offset += batch->events[i].canonical_size;
    }
}

int batch_decode(const char *line, size_t size, Batch *ret_batch, WireError *ret_error)
{
    if (batch_plain_decode(line, size, ret_batch))
        return 0;
    return batch_decode_any(line, size, ret_batch, ret_error);
}

int batch_decode_any(const char *line, size_t size, Batch *ret_batch, WireError *ret_error)
{
    CLEANUP(cleanup_json) json_t *root = NULL;
    Batch batch = {0};
    BatchMemory *memory;
    WireReader reader;
    json_t *events;

    if (wire_json_parse(line, size, 0, &root, ret_error) != 0)
        return WIRE_E_UNREADABLE;
    reader = wire_reader(root);
    events = read_envelope(&reader, &batch);
    if (wire_reader_finish(&reader, ret_error) != 0)
        return WIRE_E_UNREADABLE;
    memory = alloc_zero(sizeof(*memory));
    read_events(events, wire_slice_items(line, size, "events"), &batch, &memory->canonical);
    memory->root = root;
    root = NULL;
    batch.private = memory;
    *ret_batch = batch;
    return 0;
}

// What stands around a single event in a batch line, at its longest: an event must fit beside it to be sent
// at all.
#define BATCH_ENVELOPE \
    "{\"v\":1,\"epoch\":\"01JD3Z6Y8Q4N7W2K9T5B0C1D2E\",\"first\":9007199254740992,\"events\":[]}"
#define BATCH_EVENT_DEPTH 2 // containers around an event: the payload and `events`

const char *batch_check_object(const char *object, size_t size, uint64_t seq, Text *canonical)
{
    CLEANUP(cleanup_json) json_t *root = NULL;
    CLEANUP(cleanup_text) Text bytes = {0};
    BatchEvent event;
    WireError error;

    if (size > WIRE_LINE_MAX - (sizeof(BATCH_ENVELOPE) - 1))
        return "too-large";
    if (wire_json_parse(object, size, BATCH_EVENT_DEPTH, &root, &error) != 0)
        return error.reason;
    batch_event_read(root, seq, &event, &bytes);
    if (!event.refused)
        text_append_bytes(canonical, bytes.data, bytes.size);
    return event.refused;
}
