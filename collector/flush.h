#pragma once
// The open transaction and the streams that its receipts will speak of. Nothing that acknowledges leaves the
// process but through flush_run(), after a checked COMMIT (C1).
#include <stdbool.h>
#include <stddef.h>

#include "collector/register.h"
#include "core/store/ledger.h"
#include "core/wire/message.h"

// A stream that waits for its receipt.
typedef struct FlushStream {
    RegisterEntry *entry;
    LedgerStream *stream; // NULL: nothing is stored of it
    char epoch[ULID_SIZE];
    ReceiptRefusal *refused; // told again; of any length, receipts split it
    unsigned refused_count, refused_capacity;
    int next; // the same terminal's next one, -1
} FlushStream;

typedef struct Flush {
    bool open;     // a ledger transaction
    size_t events; // in it
    Time since;    // monotonic, of its begin
    FlushStream *streams;
    size_t count, capacity;
} Flush;

typedef struct Collector Collector;

/// Begins a transaction unless one is open. Negative: the disk has failed; the caller passes it to
/// disk_fail().
int flush_begin(Collector *collector);
/// Notes that the stream is to get a receipt; `stream` may be NULL as long as nothing of it is stored. The
/// result is good until the next flush_note().
FlushStream *flush_note(Collector *collector, RegisterEntry *entry, LedgerStream *stream, const char *epoch);
/// Notes an event that the receipt is to name as refused.
void flush_refuse(FlushStream *stream, uint64_t seq, const char *reason);
/// Whether flush_run() has something to do, and should do it now.
bool flush_is_due(const Collector *collector, bool drained);
/// When a commit that gathers is due at the latest; LOOP_NEVER where nothing waits.
Time flush_deadline(const Collector *collector);
/// Commits and sends the receipts. A failure goes to disk_fail().
void flush_run(Collector *collector);
/// Forgets the transaction and its receipts; the ledger has been or will be rolled back by the caller.
void flush_forget(Collector *collector);
void flush_deinit(Flush *flush);
