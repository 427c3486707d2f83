#pragma once
// The heads of the streams that this process has met: through, what lies beyond a gap, the chain, all in
// memory, saved once a transaction.
#include "core/store/ledger.h"
#include "core/store/sqlite/ledger/event_form.h"
#include "core/store/sqlite/store_private.h"

struct LedgerStream {
    int64_t id;
    int32_t area;
    int32_t point; // of the terminal, 0 none
    char terminal[33];
    char epoch[ULID_SIZE];
    char topic[96]; // event topic of the terminal, for quarantine entries
    StreamHead head;
    uint8_t chain[DIGEST_SIZE];
    int64_t voids; // void events stored: probe `voided` only where there are any
    bool placed;   // `block` and `base` are those of the last event added
    int64_t block, base;
    bool dirty; // it is on the list of those to save
};

typedef struct Streams Streams;

Streams *streams_new(Store *store);
Streams *streams_free(Streams *streams);
/// With `create` false a stream that does not exist leaves `ret_stream` NULL.
int streams_get(Streams *streams, const StoreTerminal *terminal, const char *epoch, bool create,
                LedgerStream **ret_stream);
/// Where event `seq` stands in the log (keys.h); makes the segment of its block where it is the first.
int streams_place(Streams *streams, LedgerStream *stream, uint64_t seq, int64_t *ret_place);
/// Moves the head and the chain over `seq`, and over whatever lay beyond the gap that it closes.
int streams_take(Streams *streams, LedgerStream *stream, uint64_t seq, const void *canonical, size_t size);
/// Notes that the stream is to be saved.
void streams_touch(Streams *streams, LedgerStream *stream);
int streams_save(Streams *streams);
void streams_forget(Streams *streams);
