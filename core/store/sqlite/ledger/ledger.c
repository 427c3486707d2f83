#include "core/store/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/sqlite/keeping/redact.h"
#include "core/store/sqlite/ledger/ledger_private.h"
#include "core/store/sqlite/ledger/streams.h"

// The path of an event into the database. Within one transaction: judge the sequence number, compare what is
// known, insert what is new, gather what it does to its pair and its point; at commit fold the touched pairs
// and move the heads. Nothing here says that an event is received: that follows from ledger_commit()
// returning 0, and is its caller's to say.

struct Ledger {
    Store *store;
    Streams *streams;
    Pairs *pairs;
    Text scratch; // canonical bytes of stored events, to compare
};

Ledger *ledger_new(Store *store)
{
    Ledger *ledger = alloc_zero(sizeof(*ledger));

    ledger->store = store;
    ledger->streams = streams_new(store);
    ledger->pairs = pairs_new(store);
    return ledger;
}

Ledger *ledger_free(Ledger *ledger)
{
    if (!ledger)
        return NULL;
    streams_free(ledger->streams);
    pairs_free(ledger->pairs);
    text_deinit(&ledger->scratch);
    free(ledger);
    return NULL;
}

int ledger_begin(Ledger *ledger)
{
    return error_trace(store_begin(ledger->store));
}

int ledger_settle(Ledger *ledger)
{
    int r = pairs_flush(ledger->pairs);

    if (r == 0)
        r = streams_save(ledger->streams);
    return error_trace(r);
}

int ledger_commit(Ledger *ledger)
{
    int r = ledger_settle(ledger);

    if (r == 0)
        r = store_commit(ledger->store);
    return error_trace(r);
}

void ledger_rollback(Ledger *ledger)
{
    store_rollback(ledger->store);
    pairs_clear(ledger->pairs);
    streams_forget(ledger->streams);
}

int ledger_stream(Ledger *ledger, const StoreTerminal *terminal, const char *epoch, LedgerStream **ret_stream)
{
    return error_trace(streams_get(ledger->streams, terminal, epoch, true, ret_stream));
}

int ledger_stream_find(Ledger *ledger, const StoreTerminal *terminal, const char *epoch,
                       LedgerStream **ret_stream)
{
    LedgerStream *stream = NULL;
    int r = streams_get(ledger->streams, terminal, epoch, false, &stream);

    if (r < 0)
        return error_trace(r);
    if (!stream)
        return LEDGER_E_NONE;
    *ret_stream = stream;
    return 0;
}

const StreamHead *ledger_stream_head(const LedgerStream *stream)
{
    return &stream->head;
}

const uint8_t *ledger_stream_chain(const LedgerStream *stream)
{
    return stream->chain;
}

const char *ledger_stream_epoch(const LedgerStream *stream)
{
    return stream->epoch;
}

static int quarantine_insert(Store *store, Time received, const char *topic, const char *terminal,
                             const char *epoch, int64_t stream, uint64_t seq, const char *reason,
                             const char *path, const void *payload, size_t size)
{
    sqlite3_stmt *add = store_get(store, SQL_QUARANTINE_ADD);

    if (!add)
        return error_origin(-EIO);
    db_bind_int(add, 1, received);
    db_bind_text(add, 2, topic);
    db_bind_text(add, 3, terminal);
    db_bind_text(add, 4, epoch);
    if (stream) {
        db_bind_int(add, 5, stream);
        db_bind_int(add, 6, (int64_t)seq);
    }
    db_bind_text(add, 7, reason);
    db_bind_text(add, 8, path);
    db_bind_blob(add, 9, payload ? payload : "", size);
    return error_trace(db_run(&store->db, add));
}

int ledger_quarantine(Ledger *ledger, const char *topic, const char *terminal, const char *reason,
                      const char *path, const void *payload, size_t size, Time received_at)
{
    return error_trace(quarantine_insert(ledger->store, received_at, topic, terminal, "", 0, 0, reason, path,
                                         payload, size));
}

// A conflict is kept once for each different content, however often it is sent.
static int conflict_keep(Ledger *ledger, LedgerStream *stream, const LedgerEvent *event)
{
    sqlite3_stmt *has = store_get(ledger->store, SQL_QUARANTINE_HAS);

    if (!has)
        return error_origin(-EIO);
    db_bind_int(has, 1, stream->id);
    db_bind_int(has, 2, (int64_t)event->seq);
    db_bind_text(has, 3, "conflict");
    db_bind_blob(has, 4, event->canonical, event->canonical_size);
    int r = db_step(&ledger->store->db, has);
    sqlite3_reset(has);
    if (r != 0)
        return r < 0 ? error_trace(r) : 0;
    return error_trace(quarantine_insert(ledger->store, event->received_at, stream->topic, stream->terminal,
                                         stream->epoch, stream->id, event->seq, "conflict", "",
                                         event->canonical, event->canonical_size));
}

static int refusal_reason(Ledger *ledger, LedgerStream *stream, uint64_t seq, char ret_reason[static 32])
{
    sqlite3_stmt *get = store_get(ledger->store, SQL_QUARANTINE_REASON);

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, stream->id);
    db_bind_int(get, 2, (int64_t)seq);
    int r = db_step(&ledger->store->db, get);
    if (r > 0)
        strncpy(ret_reason, db_text(get, 0), 31);
    sqlite3_reset(get);
    return r < 0 ? error_trace(r) : 0;
}

static int ledger_compare(Ledger *ledger, LedgerStream *stream, const LedgerEvent *event,
                          LedgerOutcome *ret_outcome, char ret_reason[static 32])
{
    sqlite3_stmt *get = store_get(ledger->store, SQL_EVENT_GET);

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, event_key_pack(&(EventKey){stream->area, stream->id, event->seq}));
    int r = db_step(&ledger->store->db, get);
    if (r <= 0)
        return error_origin(r < 0 ? r : -EUCLEAN);
    int64_t form = db_int(get, 0);
    text_clear(&ledger->scratch);
    r = event_canonical_load(ledger->store, event->seq, form, db_int(get, 1), db_int(get, 2), db_int(get, 4),
                             sqlite3_column_blob(get, 5), (size_t)sqlite3_column_bytes(get, 5),
                             &ledger->scratch);
    sqlite3_reset(get);
    if (r < 0)
        return error_trace(r);
    bool same = ledger->scratch.size == event->canonical_size &&
                memcmp(ledger->scratch.data, event->canonical, event->canonical_size) == 0;
    if (!same) { // of an event that was redacted nobody can tell any more
        uint8_t chain[DIGEST_SIZE];
        r = redacted_chain(ledger->store, event_key_pack(&(EventKey){stream->area, stream->id, event->seq}),
                           chain);
        if (r < 0)
            return error_trace(r);
        same = r > 0;
    }
    if (!same) {
        *ret_outcome = LEDGER_CONFLICT;
        strcpy(ret_reason, "conflict");
        return error_trace(conflict_keep(ledger, stream, event));
    }
    *ret_outcome = form & FORM_REFUSED ? LEDGER_DUPLICATE_REFUSED : LEDGER_DUPLICATE;
    return form & FORM_REFUSED ? error_trace(refusal_reason(ledger, stream, event->seq, ret_reason)) : 0;
}

// Keys of other kinds, which no column holds.
static bool event_has_more(const Event *e)
{
    return e->reason || e->visitor || e->minutes != EVENT_NUMBER_NONE || e->of != EVENT_NUMBER_NONE ||
           e->count != EVENT_NUMBER_NONE || e->found != EVENT_NUMBER_NONE || e->score != EVENT_NUMBER_NONE;
}

// Whether the columns alone give the canonical bytes back: a plain check-in of a known member at a named
// session, its time in the usual notation.
static bool ledger_is_compact(const LedgerEvent *event, int64_t form, const Resolution *resolution)
{
    char at_text[CLOCK_TEXT_SIZE];
    const Event *e = event->event;

    return event->plain && (e->kind == EVENT_IN || e->kind == EVENT_OUT) && e->session && e->member &&
           resolution->session && resolution->member && !event_has_more(e) &&
           form_at_text(form, e->at, at_text) && strcmp(at_text, e->at_text) == 0;
}

static int event_insert(Ledger *ledger, LedgerStream *stream, const LedgerEvent *event, int64_t form,
                        const Resolution *resolution)
{
    sqlite3_stmt *add = store_get(ledger->store, SQL_EVENT_ADD);
    int64_t place = 0;
    int r = add ? streams_place(ledger->streams, stream, event->seq, &place) : error_origin(-EIO);

    if (r < 0)
        return error_trace(r);
    db_bind_int(add, 1, place);
    db_bind_int(add, 2, form);
    if (resolution->session)
        db_bind_int(add, 3, resolution->session);
    if (resolution->member)
        db_bind_int(add, 4, resolution->member);
    if (stream->point)
        db_bind_int(add, 5, stream->point);
    if (event->event && event->event->at_text && event->event->at != TIME_NONE)
        db_bind_int(add, 6, event->event->at);
    db_bind_int(add, 7, event->received_at / 1000);
    if (event->refused || !ledger_is_compact(event, form, resolution))
        db_bind_blob(add, 8, event->canonical, event->canonical_size);
    return error_trace(db_run(&ledger->store->db, add));
}

static int park(Store *store, const EventKey *key, const char *reason)
{
    sqlite3_stmt *add = store_get(store, SQL_PARKED_ADD);

    if (!add)
        return error_origin(-EIO);
    db_bind_int(add, 1, event_key_pack(key));
    db_bind_text(add, 2, reason);
    return error_trace(db_run(&store->db, add));
}

int ledger_void_key(Ledger *ledger, const EventKey *target, int64_t by_stream, uint64_t by_seq)
{
    EventRecord record = {0};
    bool already = false;

    if (target->seq == 0 || target->seq > (uint64_t)KEY_SEQ_MAX)
        return 0; // there is and will be no such event; packed, it would be another stream's
    int r = event_is_void(ledger->store, target, &already);
    if (r < 0 || already)
        return error_trace(r);
    sqlite3_stmt *add = store_get(ledger->store, SQL_VOIDED_ADD);
    if (!add)
        return error_origin(-EIO);
    db_bind_int(add, 1, event_key_pack(target));
    db_bind_int(add, 2, by_stream);
    db_bind_int(add, 3, (int64_t)by_seq);
    r = db_run(&ledger->store->db, add);
    if (r == 0)
        r = event_record_load(ledger->store, target, &record);
    if (r > 0 && !(record.form & FORM_REFUSED) && event_has_fact(record.event.kind)) {
        // It came before: what it did is undone. One that is still to come finds itself voided on arrival.
        if (record.session && record.member)
            pairs_void_fact(ledger->pairs, record.session, record.member, record.member_area, target->stream,
                            target->seq);
        r = coverage_count(ledger->store, pairs_totals(ledger->pairs), target, record.session, record.point,
                           &record.event, false, -1);
        if (r == 0)
            r = coverage_count(ledger->store, pairs_totals(ledger->pairs), target, record.session,
                               record.point, &record.event, true, +1);
    }
    event_record_deinit(&record);
    return r < 0 ? error_trace(r) : 0;
}

// What a new, acceptable event does beyond being stored.
static int event_apply(Ledger *ledger, LedgerStream *stream, const LedgerEvent *event,
                       const Resolution *resolution)
{
    EventKey key = {stream->area, stream->id, event->seq};
    bool is_void = false;
    int r = 0;

    if (event->event->kind == EVENT_VOID) {
        stream->voids++;
        r = ledger_void_key(ledger, &(EventKey){stream->area, stream->id, (uint64_t)event->event->of},
                            stream->id, event->seq);
    } else if (stream->voids) {
        r = event_is_void(ledger->store, &key, &is_void);
    }
    if (r == 0)
        r = coverage_count(ledger->store, pairs_totals(ledger->pairs), &key, resolution->session,
                           stream->point, event->event, is_void, +1);
    if (r == 0 && resolution->parked)
        r = park(ledger->store, &key, resolution->parked);
    else if (r == 0 && event_has_fact(event->event->kind))
        pairs_add_fact(ledger->pairs, resolution->session, resolution->member, resolution->member_area,
                       &(PairFact){.stream = stream->id,
                                   .seq = event->seq,
                                   .batch = event->batch,
                                   .fact = event_fact(event->event, stream->point, is_void)});
    return error_trace(r);
}

static int ledger_take(Ledger *ledger, LedgerStream *stream, const LedgerEvent *event,
                       LedgerOutcome *ret_outcome, char ret_reason[static 32])
{
    Resolution resolution = {0};
    Event unreadable = event_make(EVENT_KIND_COUNT);
    int64_t form = form_make(event->event ? event->event : &unreadable, event->refused != NULL);
    int r = 0;

    if (event->batch)
        form |= FORM_BATCH;
    if (!event->refused)
        r = resolve_event(ledger->store, event->event, stream->point, &resolution);
    if (r == 0)
        r = event_insert(ledger, stream, event, form, &resolution);
    if (r == 0 && event->refused) {
        strncpy(ret_reason, event->refused, 31);
        r = quarantine_insert(ledger->store, event->received_at, stream->topic, stream->terminal,
                              stream->epoch, stream->id, event->seq, event->refused, "",
                              event->raw ? event->raw : event->canonical,
                              event->raw ? event->raw_size : event->canonical_size);
    } else if (r == 0) {
        r = event_apply(ledger, stream, event, &resolution);
    }
    if (r == 0)
        r = streams_take(ledger->streams, stream, event->seq, event->canonical, event->canonical_size);
    if (r == 0)
        *ret_outcome = event->refused ? LEDGER_REFUSED : resolution.parked ? LEDGER_PARKED : LEDGER_STORED;
    return error_trace(r);
}

int ledger_add(Ledger *ledger, LedgerStream *stream, const LedgerEvent *event, LedgerOutcome *ret_outcome,
               char ret_reason[static 32])
{
    memset(ret_reason, 0, 32);
    if (event->seq > (uint64_t)KEY_SEQ_MAX) { // far beyond any `through` that a terminal can reach
        *ret_outcome = LEDGER_DEFERRED;
        return 0;
    }
    switch (stream_judge(&stream->head, event->seq)) {
    case STREAM_DEFERRED:
        *ret_outcome = LEDGER_DEFERRED;
        return 0;
    case STREAM_KNOWN:
        return error_trace(ledger_compare(ledger, stream, event, ret_outcome, ret_reason));
    case STREAM_NEW:
        break;
    }
    return error_trace(ledger_take(ledger, stream, event, ret_outcome, ret_reason));
}

Store *ledger_store(const Ledger *ledger)
{
    return ledger->store;
}

int ledger_add_statement(Ledger *ledger, LedgerStream *stream, uint64_t seq, Time at, const void *canonical,
                         size_t size)
{
    Event event = event_make(EVENT_VOID);
    char at_text[CLOCK_TEXT_SIZE];

    time_format_zone(at, at_text);
    event.at_text = at_text;
    event.at = at;
    LedgerEvent added = {
        .seq = seq, .event = &event, .canonical = canonical, .canonical_size = size, .received_at = at};
    int r = event_insert(ledger, stream, &added, form_make(&event, false), &(Resolution){0});
    if (r == 0)
        r = streams_take(ledger->streams, stream, seq, canonical, size);
    return error_trace(r);
}

int ledger_touch(Ledger *ledger, const EventRecord *record, const Resolution *to)
{
    const EventKey *key = &record->key;
    bool is_void = false, fact = event_has_fact(record->event.kind);
    int r = event_is_void(ledger->store, key, &is_void);

    if (r == 0 && record->session != to->session) {
        r = coverage_count(ledger->store, pairs_totals(ledger->pairs), key, record->session, record->point,
                           &record->event, is_void, -1);
        if (r == 0)
            r = coverage_count(ledger->store, pairs_totals(ledger->pairs), key, to->session, record->point,
                               &record->event, is_void, +1);
    }
    if (r < 0)
        return error_trace(r);
    if (fact && record->session && record->member)
        pairs_remove_fact(ledger->pairs, record->session, record->member, record->member_area, key->stream,
                          key->seq);
    if (fact && to->session && to->member && !to->parked)
        pairs_add_fact(ledger->pairs, to->session, to->member, to->member_area,
                       &(PairFact){.stream = key->stream,
                                   .seq = key->seq,
                                   .batch = (record->form & FORM_BATCH) != 0,
                                   .fact = event_fact(&record->event, record->point, is_void)});
    sqlite3_stmt *resolve = store_get(ledger->store, SQL_EVENT_RESOLVE);
    sqlite3_stmt *drop = store_get(ledger->store, SQL_PARKED_DROP);
    if (!resolve || !drop)
        return error_origin(-EIO);
    db_bind_int(drop, 1, event_key_pack(key));
    db_bind_int(resolve, 1, event_key_pack(key));
    if (to->session)
        db_bind_int(resolve, 2, to->session);
    if (to->member)
        db_bind_int(resolve, 3, to->member);
    r = db_run(&ledger->store->db, resolve);
    if (r == 0)
        r = to->parked ? park(ledger->store, key, to->parked) : db_run(&ledger->store->db, drop);
    return error_trace(r);
}
