#pragma once
// The path of an event into the database (C2, C3, C5): insert what is new, load what is known of the touched
// (session, member) pairs, fold, save, add the differences to the totals, move the chain heads; one
// transaction.
//
//   ledger_begin -> ledger_add ... -> ledger_commit        (or ledger_rollback, which forgets every cached
//   head)
#include "core/model/chain.h"
#include "core/model/event.h"
#include "core/model/stream.h"
#include "core/store/roster.h"
#include "core/store/store.h"

typedef struct Ledger Ledger;
typedef struct LedgerStream LedgerStream; // one epoch of one terminal; lives until rollback or free

Ledger *ledger_new(Store *store); // borrows the store
Ledger *ledger_free(Ledger *ledger);
CLEANUP_DEFINE(ledger, Ledger, ledger_free)

int ledger_begin(Ledger *ledger);
/// Folds what was added and commits. 0 only when the COMMIT was checked and is on the disk.
int ledger_commit(Ledger *ledger);
void ledger_rollback(Ledger *ledger);
/// Folds what was added and moves the heads without a commit, for who wants to read what it has become.
int ledger_settle(Ledger *ledger);

/// Finds or creates the stream of (terminal, epoch). Needs a transaction when it is new.
int ledger_stream(Ledger *ledger, const StoreTerminal *terminal, const char *epoch,
                  LedgerStream **ret_stream);
const StreamHead *ledger_stream_head(const LedgerStream *stream);
const uint8_t *ledger_stream_chain(const LedgerStream *stream); // DIGEST_SIZE bytes, the head at `through`
const char *ledger_stream_epoch(const LedgerStream *stream);
/// Looks a stream up without creating it; LEDGER_E_NONE if there is none.
enum { LEDGER_E_NONE = 1 };
int ledger_stream_find(Ledger *ledger, const StoreTerminal *terminal, const char *epoch,
                       LedgerStream **ret_stream);

typedef enum LedgerOutcome {
    LEDGER_STORED,            // new, resolved
    LEDGER_PARKED,            // new, stored, names something unknown: counts once it is known
    LEDGER_REFUSED,           // new, quarantined under its key, counts for `through`
    LEDGER_DUPLICATE,         // same key, same bytes
    LEDGER_DUPLICATE_REFUSED, // the same of a refused event: told again
    LEDGER_CONFLICT,          // same key, other bytes: quarantined
    LEDGER_DEFERRED,          // too far beyond `through`
} LedgerOutcome;

typedef struct LedgerEvent {
    uint64_t seq;
    const Event *event;    // values; of a refused event what could be read
    const char *refused;   // reason word or NULL
    const char *canonical; // canonical bytes
    size_t canonical_size;
    bool batch;      // a line of an office batch (R12)
    bool plain;      // event_canonical(event, seq) gives exactly these bytes
    const char *raw; // of a refused event: what the operator should see, as sent; NULL: the canonical bytes
    size_t raw_size;
    Time received_at;
} LedgerEvent;

/// `ret_reason` (at most 31 characters) is set for REFUSED, DUPLICATE_REFUSED and CONFLICT.
int ledger_add(Ledger *ledger, LedgerStream *stream, const LedgerEvent *event, LedgerOutcome *ret_outcome,
               char ret_reason[static 32]);

/// A message that cannot be read or may not be taken (C4, C9), kept whole. `terminal` "" if unknown.
int ledger_quarantine(Ledger *ledger, const char *topic, const char *terminal, const char *reason,
                      const char *path, const void *payload, size_t size, Time received_at);

/// What the office adds: events of the terminal NAME_OFFICE. Creates its stream at need; `event` must pass
/// event_check. With an audit entry by the caller. `ret_seq` is its sequence number.
int ledger_add_office(Ledger *ledger, const Event *event, Time now, LedgerOutcome *ret_outcome,
                      uint64_t *ret_seq);
/// The same for a line of a batch (an import, a paper roll): the own point of its member is then not silent
/// for the session (R12). A correction leaves the point as silent as it was.
int ledger_add_batch(Ledger *ledger, const Event *event, Time now, LedgerOutcome *ret_outcome,
                     uint64_t *ret_seq);
/// Whether a line of an office batch (a digest of what it says) has been added before; importing a batch
/// again then changes nothing, whatever has been voided since.
int ledger_line_known(Store *store, const char *batch, const uint8_t line[static DIGEST_SIZE],
                      bool *ret_known);
/// Notes that the line became the office's event `seq`. In the caller's transaction.
/// `who` and `why` as the line says them: the audit log has one entry for the whole file.
int ledger_line_note(Store *store, const char *batch, const uint8_t line[static DIGEST_SIZE], uint64_t seq,
                     const char *who, const char *why);
/// The office voids any event (R6). LEDGER_E_NONE if there is no such event.
int ledger_void(Ledger *ledger, const char *terminal, const char *epoch, uint64_t seq, Time now);
/// The same of an event of the office, whose epoch is the only one it has.
int ledger_void_office(Ledger *ledger, uint64_t seq, Time now);

// Quarantine, as an operator works on it.
typedef struct QuarantineEntry {
    int64_t id;
    char terminal[33], epoch[ULID_SIZE], reason[32], path[96];
    uint64_t seq;   // 0: a whole message
    char state[16]; // "open", "discarded", "retried"
    Time received_at;
    const char *topic; // borrowed during the call back
    const void *payload;
    size_t size;
} QuarantineEntry;
int quarantine_each(Store *store, bool all, int (*each)(void *user, const QuarantineEntry *entry),
                    void *user);
enum { QUARANTINE_E_UNKNOWN = 1 };
int quarantine_get(Store *store, int64_t id, int (*each)(void *user, const QuarantineEntry *entry),
                   void *user);
/// Marks an entry "discarded" or "retried"; its bytes stay listed with --all. QUARANTINE_E_UNKNOWN.
int quarantine_mark(Store *store, int64_t id, const char *state);
