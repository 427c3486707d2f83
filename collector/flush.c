// Group commit. Messages put their events into the ledger as they are read; the transaction is committed when
// it is large or old enough, or as soon as nothing more is there to be read. Under load that makes one fsync
// for hundreds of events, while a lone event is committed at once: there is no timer that a receipt would
// have to wait for.
//
// Invariants: `open` says that the ledger has a transaction; a stream stands in the list once for each
// (terminal, epoch); a receipt is built from the heads only after the COMMIT was checked, never while a
// transaction is open.
#include "collector/flush.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/collector.h"
#include "collector/policy.h"
#include "collector/receipts.h"
#include "core/base/alloc.h"
#include "core/base/error.h"

#define FLUSH_STREAMS_MIN 64
#define FLUSH_REFUSED_MIN 8

int flush_begin(Collector *collector)
{
    Flush *flush = &collector->flush;
    int r;

    if (flush->open)
        return 0;
    r = ledger_begin(collector->ledger);
    if (r != 0)
        return error_trace(r);
    flush->open = true;
    flush->events = 0;
    flush->since = clock_monotonic();
    return 0;
}

FlushStream *flush_note(Collector *collector, RegisterEntry *entry, LedgerStream *stream, const char *epoch)
{
    Flush *flush = &collector->flush;

    for (int i = entry->stream; i >= 0; i = flush->streams[i].next) {
        if (strcmp(flush->streams[i].epoch, epoch) == 0) {
            if (stream)
                flush->streams[i].stream = stream;
            return &flush->streams[i];
        }
    }
    if (flush->count == flush->capacity) {
        flush->capacity = flush->capacity ? flush->capacity * 2 : FLUSH_STREAMS_MIN;
        flush->streams = alloc_resize(flush->streams, flush->capacity, sizeof(*flush->streams));
    }

    FlushStream *noted = &flush->streams[flush->count];
    *noted = (FlushStream){.entry = entry, .stream = stream, .next = entry->stream};
    snprintf(noted->epoch, sizeof(noted->epoch), "%s", epoch);
    entry->stream = (int)flush->count++;
    return noted;
}

void flush_refuse(FlushStream *stream, uint64_t seq, const char *reason)
{
    ReceiptRefusal *refusal;

    for (unsigned i = 0; i < stream->refused_count; i++) {
        if (stream->refused[i].seq == seq && strcmp(stream->refused[i].reason, reason) == 0)
            return;
    }
    if (stream->refused_count == stream->refused_capacity) {
        stream->refused_capacity =
            stream->refused_capacity ? stream->refused_capacity * 2 : FLUSH_REFUSED_MIN;
        stream->refused = alloc_resize(stream->refused, stream->refused_capacity, sizeof(*stream->refused));
    }
    refusal = &stream->refused[stream->refused_count++];
    refusal->seq = seq;
    snprintf(refusal->reason, sizeof(refusal->reason), "%s", reason);
}

bool flush_is_due(const Collector *collector, bool drained)
{
    const Flush *flush = &collector->flush;

    if (flush->open)
        return policy_flush_due(collector->config, flush->events, flush->since, clock_monotonic(), drained);
    return flush->count > 0 || collector->counters.pending.received > 0;
}

Time flush_deadline(const Collector *collector)
{
    const Flush *flush = &collector->flush;

    return flush->open ? flush->since + POLICY_GATHER_TIME : LOOP_NEVER;
}

void flush_run(Collector *collector)
{
    Flush *flush = &collector->flush;
    int r;

    if (collector->disk.error)
        return;
    if (flush->open) {
        r = ledger_commit(collector->ledger);
        if (r != 0) {
            disk_fail(collector, r);
            return;
        }
        flush->open = false;
        collector->counters.commits++;
        collector->last_commit = clock_now();
    }
    // Also what needed no transaction: deferred events.
    if (!counters_commit(&collector->counters))
        alarm_raise(collector, "counters-differ", "", "received is not what became of it");
    for (size_t i = 0; i < flush->count; i++)
        receipts_send(collector, &flush->streams[i]);
    flush_forget(collector);
}

void flush_forget(Collector *collector)
{
    Flush *flush = &collector->flush;

    for (size_t i = 0; i < flush->count; i++) {
        flush->streams[i].entry->stream = -1;
        free(flush->streams[i].refused);
    }
    flush->count = 0;
    flush->events = 0;
    flush->open = false;
}

void flush_deinit(Flush *flush)
{
    for (size_t i = 0; i < flush->count; i++)
        free(flush->streams[i].refused);
    free(flush->streams);
    *flush = (Flush){0};
}
