#include "core/store/sqlite/ledger/streams.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/sqlite/ledger/ledger_private.h"

// One entry for each stream met since the last rollback, found by (terminal, hash of epoch). The chain only
// moves with `through`; events beyond a gap enter it when the gap closes, read back from the log.

struct Streams {
    Store *store;
    PairMap map;
    LedgerStream **items;
    size_t count;
    LedgerStream **dirty; // those to save, each once
    size_t dirty_count, dirty_capacity;
};

Streams *streams_new(Store *store)
{
    Streams *streams = alloc_zero(sizeof(*streams));

    streams->store = store;
    return streams;
}

void streams_forget(Streams *streams)
{
    for (size_t i = 0; i < streams->count; i++) {
        stream_deinit(&streams->items[i]->head);
        free(streams->items[i]);
    }
    free(streams->items);
    streams->items = NULL;
    streams->count = streams->dirty_count = 0;
    pair_map_clear(&streams->map);
}

Streams *streams_free(Streams *streams)
{
    streams_forget(streams);
    pair_map_deinit(&streams->map);
    free(streams->dirty);
    free(streams);
    return NULL;
}

static int stream_read_ahead(Store *store, LedgerStream *stream)
{
    sqlite3_stmt *ahead = store_get(store, SQL_STREAM_AHEAD);
    int r;

    if (!ahead)
        return error_origin(-EIO);
    db_bind_int(ahead, 1, stream->id);
    db_bind_int(ahead, 2, (int64_t)stream->head.through);
    while ((r = db_step(&store->db, ahead)) > 0) {
        uint64_t seq = (uint64_t)db_int(ahead, 0);
        if (stream_judge(&stream->head, seq) == STREAM_NEW)
            stream_take(&stream->head, seq);
    }
    return error_trace(r);
}

static int stream_create(Store *store, const StoreTerminal *terminal, LedgerStream *stream)
{
    sqlite3_stmt *add = store_get(store, SQL_STREAM_ADD);

    if (!add)
        return error_origin(-EIO);
    chain_start(terminal->name, stream->epoch, stream->chain);
    db_bind_int(add, 1, stream->area);
    db_bind_int(add, 2, terminal->id);
    db_bind_text(add, 3, stream->epoch);
    db_bind_blob(add, 4, stream->chain, DIGEST_SIZE);
    int r = db_run(&store->db, add);
    stream->id = sqlite3_last_insert_rowid(store->db.handle);
    if (r == 0 && stream->id > KEY_STREAM_MAX)
        r = error_origin(-EOVERFLOW); // keys.h has no room for it
    return error_trace(r);
}

// 1 found, 0 not there.
static int stream_read(Store *store, const StoreTerminal *terminal, LedgerStream *stream)
{
    sqlite3_stmt *find = store_get(store, SQL_STREAM_FIND);

    if (!find)
        return error_origin(-EIO);
    db_bind_int(find, 1, terminal->id);
    db_bind_text(find, 2, stream->epoch);
    int r = db_step(&store->db, find);
    if (r <= 0)
        return error_trace(r);
    stream->id = db_int(find, 0);
    stream->head.through = (uint64_t)db_int(find, 1);
    stream->voids = db_int(find, 3);
    bool whole = sqlite3_column_bytes(find, 2) == DIGEST_SIZE;
    if (whole)
        memcpy(stream->chain, sqlite3_column_blob(find, 2), DIGEST_SIZE);
    sqlite3_reset(find);
    if (!whole)
        return error_origin(-EUCLEAN);
    r = stream_read_ahead(store, stream);
    return r < 0 ? error_trace(r) : 1;
}

int streams_get(Streams *streams, const StoreTerminal *terminal, const char *epoch, bool create,
                LedgerStream **ret_stream)
{
    int64_t slot = pair_map_hash(epoch), index;

    *ret_stream = NULL;
    while ((index = pair_map_find(&streams->map, terminal->id, slot)) >= 0 &&
           strcmp(streams->items[index]->epoch, epoch) != 0)
        slot++; // two epochs of one hash
    if (index >= 0) {
        *ret_stream = streams->items[index];
        (*ret_stream)->point = terminal->point_key; // the register may have moved the terminal
        return 0;
    }
    LedgerStream *stream = alloc_zero(sizeof(*stream));
    stream->area = (int32_t)terminal->area_id;
    stream->point = terminal->point_key;
    snprintf(stream->terminal, sizeof(stream->terminal), "%s", terminal->name);
    snprintf(stream->epoch, sizeof(stream->epoch), "%s", epoch);
    snprintf(stream->topic, sizeof(stream->topic), "studyday/1/%s/%s/event", terminal->area, terminal->name);
    int r = stream_read(streams->store, terminal, stream);
    if (r == 0 && create) {
        r = stream_create(streams->store, terminal, stream);
        r = r == 0 ? 1 : r;
    }
    if (r <= 0) {
        stream_deinit(&stream->head);
        free(stream);
        return error_trace(r);
    }
    streams->items = alloc_resize(streams->items, streams->count + 1, sizeof(*streams->items));
    pair_map_add(&streams->map, terminal->id, slot, (uint32_t)streams->count);
    streams->items[streams->count++] = stream;
    *ret_stream = stream;
    return 0;
}

// A block's segment follows the last one of the shard, so that what comes in at one time lies together.
static int segment_add(Streams *streams, LedgerStream *stream, int64_t block, int64_t *ret_base)
{
    sqlite3_stmt *last = store_get(streams->store, SQL_SEGMENT_LAST);
    sqlite3_stmt *add = store_get(streams->store, SQL_SEGMENT_ADD);
    int64_t area = (int64_t)stream->area, base = segment_base(area, 0);

    if (!last || !add)
        return error_origin(-EIO);
    db_bind_int(last, 1, segment_base(area, SEGMENT_MAX));
    int r = db_step(&streams->store->db, last);
    if (r > 0 && db_int(last, 0) >= base)
        base = db_int(last, 0) + SEGMENT_EVENTS;
    sqlite3_reset(last);
    if (r < 0)
        return error_trace(r);
    db_bind_int(add, 1, base);
    db_bind_int(add, 2, stream->id);
    db_bind_int(add, 3, block);
    *ret_base = base;
    return error_trace(db_run(&streams->store->db, add));
}

int streams_place(Streams *streams, LedgerStream *stream, uint64_t seq, int64_t *ret_place)
{
    int64_t block = (int64_t)(seq >> SEGMENT_BITS), base = stream->base;
    int r = 0;

    if (!stream->placed || block != stream->block) {
        sqlite3_stmt *find = store_get(streams->store, SQL_SEGMENT_FIND);
        if (!find)
            return error_origin(-EIO);
        db_bind_int(find, 1, stream->id);
        db_bind_int(find, 2, block);
        r = db_step(&streams->store->db, find);
        base = r > 0 ? db_int(find, 0) : 0;
        sqlite3_reset(find);
        if (r == 0)
            r = segment_add(streams, stream, block, &base);
        if (r < 0)
            return error_trace(r);
        stream->placed = true;
        stream->block = block;
        stream->base = base;
    }
    *ret_place = base | (int64_t)(seq & (SEGMENT_EVENTS - 1));
    return 0;
}

// Enters the stored events (from, from + count] into the chain.
static int chain_catch_up(Streams *streams, LedgerStream *stream, uint64_t from, uint64_t count)
{
    CLEANUP(cleanup_text) Text canonical = {0};
    int r = 0;

    for (uint64_t seq = from + 1; seq <= from + count && r == 0; seq++) {
        sqlite3_stmt *get = store_get(streams->store, SQL_EVENT_GET);
        if (!get)
            return error_origin(-EIO);
        db_bind_int(get, 1, event_key_pack(&(EventKey){stream->area, stream->id, seq}));
        r = db_step(&streams->store->db, get);
        if (r <= 0)
            return error_origin(r < 0 ? r : -EUCLEAN);
        text_clear(&canonical);
        r = event_canonical_load(streams->store, seq, db_int(get, 0), db_int(get, 1), db_int(get, 2),
                                 db_int(get, 4), sqlite3_column_blob(get, 5),
                                 (size_t)sqlite3_column_bytes(get, 5), &canonical);
        sqlite3_reset(get);
        if (r == 0)
            chain_advance(stream->chain, canonical.data, canonical.size);
    }
    return error_trace(r);
}

void streams_touch(Streams *streams, LedgerStream *stream)
{
    if (stream->dirty)
        return;
    stream->dirty = true;
    if (streams->dirty_count == streams->dirty_capacity) {
        streams->dirty_capacity = streams->dirty_capacity ? 2 * streams->dirty_capacity : 64;
        streams->dirty = alloc_resize(streams->dirty, streams->dirty_capacity, sizeof(LedgerStream *));
    }
    streams->dirty[streams->dirty_count++] = stream;
}

int streams_take(Streams *streams, LedgerStream *stream, uint64_t seq, const void *canonical, size_t size)
{
    uint64_t moved = stream_take(&stream->head, seq);

    streams_touch(streams, stream);
    if (moved == 0)
        return 0;
    chain_advance(stream->chain, canonical, size);
    return error_trace(chain_catch_up(streams, stream, seq, moved - 1));
}

int streams_save(Streams *streams)
{
    int r = 0;

    for (size_t i = 0; i < streams->dirty_count && r == 0; i++) {
        LedgerStream *stream = streams->dirty[i];
        sqlite3_stmt *save = store_get(streams->store, SQL_STREAM_SAVE);
        if (!save)
            return error_origin(-EIO);
        db_bind_int(save, 1, stream->id);
        db_bind_int(save, 2, (int64_t)stream->head.through);
        db_bind_blob(save, 3, stream->chain, DIGEST_SIZE);
        db_bind_int(save, 4, stream->voids);
        r = db_run(&streams->store->db, save);
        stream->dirty = false;
    }
    streams->dirty_count = 0; // after an error the caller rolls back, which forgets them all
    return error_trace(r);
}
