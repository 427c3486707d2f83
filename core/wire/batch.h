#pragma once
// Event batches: {"v":1,"epoch":"...","first":N,"events":[...]}.
#include "core/model/event.h"
#include "core/wire/wire.h"

// One decoded item of `events`. A refused one holds what could be read: its `kind` is EVENT_KIND_COUNT if
// that is unknown, its strings may be NULL or no codes, `at` may be TIME_NONE.
typedef struct BatchEvent {
    uint64_t seq;
    const char *refused;   // reason word, or NULL when `event` is acceptable
    Event event;           // strings are owned by the batch; keys of another kind are left out
    const char *canonical; // canonical bytes, owned by the batch
    size_t canonical_size;
    char *raw; // of a refused event whose canonical bytes are its number alone: its bytes as they were sent,
               // where they can be told; else NULL
    size_t raw_size;
    bool plain; // event_canonical(&event, seq) gives exactly these bytes: nothing else needs keeping
} BatchEvent;

typedef struct Batch {
    char epoch[ULID_SIZE];
    uint64_t first;
    BatchEvent *events; // 0 to WIRE_EVENTS_MAX
    size_t count;
    void *private; // arena and JSON tree
} Batch;

/// Decodes one line (without MAC tail), strictly. WIRE_E_UNREADABLE with `ret_error` for what C4 calls
/// "cannot be read at all"; an event that can be read but not accepted comes back with `refused` set.
int batch_decode(const char *line, size_t size, Batch *ret_batch, WireError *ret_error);
void batch_deinit(Batch *batch);
/// Encodes a batch line from canonical-free event texts: `objects[i]` is the JSON object of event first + i
/// as it is to be sent.
void batch_encode(const char *epoch, uint64_t first, const char *const *objects, size_t count, Text *line);
/// The JSON object of an event as a terminal sends it (no "seq").
void batch_encode_event(const Event *event, Text *object);
/// Checks one event object as the terminal is about to send it (T7): NULL or the refusal reason, which is a
/// reason of WireError or of a refused event. On success the canonical bytes for `seq` are appended to
/// `canonical`. An object that is accepted fits a batch line by itself.
const char *batch_check_object(const char *object, size_t size, uint64_t seq, Text *canonical);
