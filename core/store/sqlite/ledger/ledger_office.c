#include <stdio.h>
#include <string.h>

#include "core/base/error.h"
#include "core/model/code.h"
#include "core/store/sqlite/ledger/ledger_private.h"
#include "core/store/sqlite/ledger/streams.h"

// What the office adds and takes back: events of the reserved terminal, in one epoch for the life of the
// database, with the same keys, chain and fold as anybody's.

static int office_epoch(Store *store, char ret_epoch[static ULID_SIZE])
{
    sqlite3_stmt *get = store_get(store, SQL_OFFICE_EPOCH);
    int r = db_step(&store->db, get);

    if (r > 0)
        snprintf(ret_epoch, ULID_SIZE, "%s", db_text(get, 0));
    else if (r == 0)
        ulid_make(ret_epoch);
    if (get)
        sqlite3_reset(get);
    return r < 0 ? error_trace(r) : 0;
}

static int office_stream(Ledger *ledger, Store *store, LedgerStream **ret_stream)
{
    StoreTerminal office = {.id = 1, .name = NAME_OFFICE, .area = NAME_OFFICE};
    char epoch[ULID_SIZE];
    int r = office_epoch(store, epoch);

    if (r == 0)
        r = ledger_stream(ledger, &office, epoch, ret_stream);
    return error_trace(r);
}

static int office_add(Ledger *ledger, const Event *event, bool batch, Time now, LedgerOutcome *ret_outcome,
                      uint64_t *ret_seq)
{
    CLEANUP(cleanup_text) Text canonical = {0};
    LedgerStream *stream;
    char reason[32];
    int r = office_stream(ledger, ledger_store(ledger), &stream);

    if (r < 0)
        return error_trace(r);
    LedgerEvent added = {
        .seq = stream->head.through + 1, .event = event, .plain = true, .batch = batch, .received_at = now};
    event_canonical(event, added.seq, &canonical);
    added.canonical = canonical.data;
    added.canonical_size = canonical.size;
    r = ledger_add(ledger, stream, &added, ret_outcome, reason);
    if (r == 0)
        *ret_seq = added.seq;
    return error_trace(r);
}

int ledger_add_office(Ledger *ledger, const Event *event, Time now, LedgerOutcome *ret_outcome,
                      uint64_t *ret_seq)
{
    return error_trace(office_add(ledger, event, false, now, ret_outcome, ret_seq));
}

int ledger_add_batch(Ledger *ledger, const Event *event, Time now, LedgerOutcome *ret_outcome,
                     uint64_t *ret_seq)
{
    return error_trace(office_add(ledger, event, true, now, ret_outcome, ret_seq));
}

// The statement that voids another terminal's event is itself an event of the office: kind void, with the
// target's key in the members that the wire does not use for it. Its canonical bytes say whom it concerns, so
// that the chain covers it.
static void void_canonical(const char *terminal, const char *epoch, uint64_t of, const char *at, uint64_t seq,
                           Text *canonical)
{
    text_appendf(
        canonical,
        "{\"at\":\"%s\",\"kind\":\"void\",\"of\":%llu,\"seq\":%llu,\"x-epoch\":\"%s\",\"x-terminal\":\"%s\"}",
        at, (unsigned long long)of, (unsigned long long)seq, epoch, terminal);
}

int ledger_void(Ledger *ledger, const char *terminal, const char *epoch, uint64_t seq, Time now)
{
    CLEANUP(cleanup_text) Text canonical = {0};
    Store *store = ledger_store(ledger);
    StoreTerminal owner;
    LedgerStream *stream, *target;
    char at[CLOCK_TEXT_SIZE];

    int r = terminal_find(store, terminal, &owner);
    if (r == TERMINAL_E_UNKNOWN)
        return LEDGER_E_NONE;
    if (r == 0)
        r = ledger_stream_find(ledger, &owner, epoch, &target);
    if (r != 0)
        return r;
    if (seq == 0 || stream_judge(&target->head, seq) != STREAM_KNOWN)
        return LEDGER_E_NONE;
    r = office_stream(ledger, store, &stream);
    if (r < 0)
        return error_trace(r);
    time_format_zone(now - now % TIME_SECOND, at);
    uint64_t own = stream->head.through + 1;
    void_canonical(terminal, epoch, seq, at, own, &canonical);
    r = ledger_add_statement(ledger, stream, own, now, canonical.data, canonical.size);
    if (r == 0)
        r = ledger_void_key(ledger, &(EventKey){target->area, target->id, seq}, stream->id, own);
    return error_trace(r);
}

int ledger_void_office(Ledger *ledger, uint64_t seq, Time now)
{
    char epoch[ULID_SIZE];
    int r = office_epoch(ledger_store(ledger), epoch);

    return r < 0 ? error_trace(r) : ledger_void(ledger, NAME_OFFICE, epoch, seq, now);
}

int ledger_line_known(Store *store, const char *batch, const uint8_t line[static DIGEST_SIZE],
                      bool *ret_known)
{
    sqlite3_stmt *has = store_get(store, SQL_BATCH_LINE_HAS);

    if (!has)
        return error_origin(-EIO);
    db_bind_text(has, 1, batch);
    db_bind_blob(has, 2, line, DIGEST_SIZE);
    int r = db_step(&store->db, has);
    sqlite3_reset(has);
    if (r < 0)
        return error_trace(r);
    *ret_known = r > 0;
    return 0;
}

int ledger_line_note(Store *store, const char *batch, const uint8_t line[static DIGEST_SIZE], uint64_t seq,
                     const char *who, const char *why)
{
    sqlite3_stmt *add = store_get(store, SQL_BATCH_LINE_ADD);

    if (!add)
        return error_origin(-EIO);
    db_bind_text(add, 1, batch);
    db_bind_blob(add, 2, line, DIGEST_SIZE);
    db_bind_int(add, 3, (int64_t)seq);
    db_bind_text(add, 4, who);
    db_bind_text(add, 5, why);
    return error_trace(db_run(&store->db, add));
}
