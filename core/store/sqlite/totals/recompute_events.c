#include "core/store/sqlite/totals/recompute_private.h"

#include <stdio.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/sqlite/months/month.h"

// The first pass of a rebuild: each event is resolved as if it had just come, compared with where it stands,
// and its fact laid into a scratch table for the second pass.

static void event_tell(Rebuild *b, const EventKey *key, const char *what, const char *problem)
{
    char detail[160];

    snprintf(detail, sizeof(detail), "stream %lld event %llu: %s", (long long)key->stream,
             (unsigned long long)key->seq, problem);
    rebuild_tell(b, what, detail);
}

static int scratch_add(Rebuild *b, const EventRecord *record, const Resolution *to, bool is_void)
{
    CLEANUP(cleanup_text) Text blob = {0};
    sqlite3_stmt *add = store_get(b->store, SQL_SCRATCH_ADD);

    if (!add)
        return error_origin(-EIO);
    facts_append(&blob, &(PairFact){.stream = record->key.stream,
                                    .seq = record->key.seq,
                                    .batch = (record->form & FORM_BATCH) != 0,
                                    .fact = event_fact(&record->event, record->point, is_void)});
    db_bind_int(add, 1, to->session);
    db_bind_int(add, 2, to->member);
    db_bind_int(add, 3, record->key.stream);
    db_bind_int(add, 4, (int64_t)record->key.seq);
    db_bind_blob(add, 5, blob.data, blob.size);
    return error_trace(db_run(&b->store->db, add));
}

// Whether the closing row of a close event is there as it should be.
static int closing_check(Rebuild *b, const EventRecord *record, int64_t session)
{
    sqlite3_stmt *get = store_get(b->store, SQL_CLOSING_GET);

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, key_make(record->key.area, session, record->point));
    db_bind_int(get, 2, event_key_pack(&record->key));
    int r = db_step(&b->store->db, get);
    if (r == 0 || (r > 0 && db_int(get, 0) != record->event.count))
        event_tell(b, &record->key, "coverage", "its close is not noted");
    sqlite3_reset(get);
    return r < 0 ? error_trace(r) : 0;
}

// Compares where the event is with where it belongs; with `write`, puts it there.
static int event_place(Rebuild *b, const EventRecord *record, const Resolution *to)
{
    sqlite3_stmt *parked = store_get(b->store, SQL_PARKED_GET);

    if (!parked)
        return error_origin(-EIO);
    db_bind_int(parked, 1, event_key_pack(&record->key));
    int r = db_step(&b->store->db, parked);
    sqlite3_reset(parked);
    if (r < 0)
        return error_trace(r);
    bool same = record->session == to->session && record->member == to->member;
    if (same && (r > 0) == (to->parked != NULL))
        return 0;
    event_tell(b, &record->key, "parked",
               !same ? "it belongs to another session or member"
                     : "parked where it should count, or the reverse");
    if (!b->write)
        return 0;
    sqlite3_stmt *resolve = store_get(b->store, SQL_EVENT_RESOLVE);
    sqlite3_stmt *put = store_get(b->store, to->parked ? SQL_PARKED_ADD : SQL_PARKED_DROP);
    if (!resolve || !put)
        return error_origin(-EIO);
    db_bind_int(resolve, 1, event_key_pack(&record->key));
    db_bind_int(put, 1, event_key_pack(&record->key));
    if (to->session)
        db_bind_int(resolve, 2, to->session);
    if (to->member)
        db_bind_int(resolve, 3, to->member);
    if (to->parked)
        db_bind_text(put, 2, to->parked);
    r = db_run(&b->store->db, resolve);
    return r < 0 ? error_trace(r) : error_trace(db_run(&b->store->db, put));
}

static int rebuild_event(Rebuild *b, const EventKey *key)
{
    EventRecord record = {0};
    Resolution to = {0};
    bool is_void = false;
    int r = event_record_load(b->store, key, &record);

    if (r <= 0 || record.form & FORM_REFUSED) {
        event_record_deinit(&record);
        return r < 0 ? error_trace(r) : 0;
    }
    r = resolve_again(b->store, &record, &to);
    if (r == 0)
        r = event_is_void(b->store, key, &is_void);
    if (r == 0)
        r = event_place(b, &record, &to);
    if (r == 0 && to.session && record.point) {
        int64_t place = key_make(key->area, to.session, record.point);
        if (b->write)
            r = coverage_count(b->store, b->totals, key, to.session, record.point, &record.event, is_void,
                               +1);
        else
            totals_cover(b->totals, place, 1, event_has_fact(record.event.kind) && !is_void);
        if (!b->write && record.event.kind == EVENT_CLOSE)
            r = closing_check(b, &record, to.session);
        b->closings += record.event.kind == EVENT_CLOSE;
    }
    if (r == 0 && !to.parked && event_has_fact(record.event.kind))
        r = scratch_add(b, &record, &to, is_void);
    b->parked += to.parked != NULL;
    event_record_deinit(&record);
    return error_trace(r);
}

#define REBUILD_CHUNK 65536 // keys read at a time: writing must not happen under the cursor that reads

int rebuild_events(Rebuild *b)
{
    CLEANUP(cleanup_free) EventKey *keys = alloc_zero(REBUILD_CHUNK * sizeof(*keys));
    int64_t last = -1; // place
    size_t count = 0;
    int r = 0;

    do {
        sqlite3_stmt *next = store_get(b->store, SQL_EVENT_AFTER);
        if (!next)
            return error_origin(-EIO);
        db_bind_int(next, 1, last);
        db_bind_int(next, 2, REBUILD_CHUNK);
        for (count = 0; (r = db_step(&b->store->db, next)) > 0; count++) {
            last = db_int(next, 0);
            keys[count] = event_key_unpack(db_int(next, 1));
        }
        for (size_t i = 0; i < count && r == 0; i++)
            r = rebuild_event(b, &keys[i]);
        b->summary.events += (int64_t)count;
    } while (r == 0 && count == REBUILD_CHUNK);
    return error_trace(r);
}
