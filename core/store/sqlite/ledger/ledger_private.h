#pragma once
// What the ledger, the settling of the roster and the rebuild share: how a stored event finds its session and
// member, and how it enters its pair and its point's coverage.
#include "core/store/ledger.h"
#include "core/store/sqlite/keys.h"
#include "core/store/sqlite/ledger/event_form.h"
#include "core/store/sqlite/ledger/pairs.h"
#include "core/store/sqlite/totals/totals.h"

typedef struct EventRecord {
    EventKey key;
    int64_t form;
    int64_t session, member; // 0: none
    int32_t member_area;
    int32_t point; // 0: none
    Time at;
    Time received;
    Event event; // what the rest needs: kind, by, mode, clock, numbers, codes; strings point into `storage`
    char *storage;
} EventRecord;
void event_record_deinit(EventRecord *record);

/// Where an event belongs by the roster and the sessions as they are now (R1, R3). `ret_parked` is the reason
/// word when something is unknown, else NULL.
typedef struct Resolution {
    int64_t session, member; // 0: none
    int32_t member_area;
    const char *parked; // "unknown-session", "unknown-member", "unknown-card", "unknown-visitor", or NULL
} Resolution;
int resolve_event(Store *store, const Event *event, int32_t point, Resolution *ret_resolution);
/// The same within a session that is known; NULL: there is none.
int resolve_event_in(Store *store, const Event *event, const SessionRow *session, Resolution *ret_resolution);
/// The same for a stored event: at a session of a closed month it stays with what it has found (R1).
int resolve_again(Store *store, const EventRecord *record, Resolution *ret_resolution);

/// Loads one event as a record, its values read back from columns or canonical bytes. Returns 1 if there is
/// one, 0 if not.
int event_record_load(Store *store, const EventKey *key, EventRecord *ret_record);
/// Reads values that only the canonical bytes hold (numbers, codes, card) into `record->event`.
int event_record_read_body(EventRecord *record, const void *body, size_t size);

/// The fact that an event is for its pair.
Fact event_fact(const Event *event, int32_t point, bool is_void);
/// True for kinds that belong to a pair.
bool event_has_fact(EventKind kind);

/// Adds to (`sign` +1) or takes from (-1) the coverage of the event's session and point (R12); counts are
/// gathered in `totals`.
int coverage_count(Store *store, Totals *totals, const EventKey *key, int64_t session, int32_t point,
                   const Event *event, bool is_void, int sign);
int event_is_void(Store *store, const EventKey *key, bool *ret_void);

/// Appends the canonical bytes of a stored event, from its columns or its body. `session`, `member` numbers
/// as stored.
int event_canonical_load(Store *store, uint64_t seq, int64_t form, int64_t session, int64_t member, Time at,
                         const void *body, size_t body_size, Text *canonical);

/// Voids the event `target`, there or still to come; nothing happens the second time.
int ledger_void_key(Ledger *ledger, const EventKey *target, int64_t by_stream, uint64_t by_seq);
Store *ledger_store(const Ledger *ledger);
/// Stores an event of the office whose canonical bytes are given as they are (a void of another terminal's
/// event).
int ledger_add_statement(Ledger *ledger, LedgerStream *stream, uint64_t seq, Time at, const void *canonical,
                         size_t size);
/// Moves a stored event from where it is to where `to` says: pair, coverage, parked or not.
int ledger_touch(Ledger *ledger, const EventRecord *record, const Resolution *to);
