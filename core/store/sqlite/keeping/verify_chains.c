#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/store/sqlite/keeping/redact.h"
#include "core/store/sqlite/keeping/verify_private.h"
#include "core/store/sqlite/ledger/ledger_private.h"

// Each stream's chain from its start to its head, through all that was noted of it apart. A mark that the
// chain misses says between which events something is wrong, and when it was still right; a mark beyond the
// head says what was cut off.

#define VERIFY_RECEIVED_UNIT 1000 // event.received is kept in milliseconds

typedef struct StreamProof {
    int64_t stream;
    int32_t area;
    char terminal[33], epoch[ULID_SIZE];
    uint64_t through;
    uint8_t head[DIGEST_SIZE];
} StreamProof;

// The way along one stream: how far its chain agrees with what was noted of it.
typedef struct StreamWalk {
    const HeadsMark *marks;
    size_t mark_count, next; // the first mark that has not been reached
    uint64_t good;           // the chain agrees up to here; what comes after it lies up to `wrong`
    Time good_received;      // when that event came
    uint64_t wrong;          // 0: no mark differs
    Time wrong_at;           // when it was noted
    uint64_t last;           // of the events in a row
    Time last_received;
    bool broken;
} StreamWalk;

static StreamWalk walk_begin(const Verification *v, const StreamProof *proof)
{
    StreamWalk walk = {.good_received = TIME_NONE, .last_received = TIME_NONE};
    int64_t number = v->heads ? heads_file_find(v->heads, proof->terminal, proof->epoch) : -1;

    if (number > HEADS_AUDIT) {
        walk.marks = v->heads->by_stream + v->heads->streams[number].first;
        walk.mark_count = v->heads->streams[number].count;
    }
    return walk;
}

static void walk_pass(StreamWalk *walk, uint64_t seq, Time received, const uint8_t chain[static DIGEST_SIZE])
{
    walk->last = seq;
    walk->last_received = received;
    while (walk->next < walk->mark_count && walk->marks[walk->next].through <= seq) {
        const HeadsMark *mark = &walk->marks[walk->next++];

        if (mark->through < seq || walk->wrong)
            continue;
        if (memcmp(mark->chain, chain, DIGEST_SIZE) == 0) {
            walk->good = seq;
            walk->good_received = received;
        } else {
            walk->wrong = seq;
            walk->wrong_at = mark->at;
        }
    }
}

// Computes the chain over the stored events up to `through`, mark by mark.
static int walk_stream(Verification *v, const StreamProof *proof, StreamWalk *walk,
                       uint8_t chain[static DIGEST_SIZE])
{
    CLEANUP(cleanup_text) Text canonical = {0};
    bool some_redacted = redacted_any(v->store);
    sqlite3_stmt *events = store_get(v->store, SQL_CHAIN_EVENTS);
    int r;

    if (!events)
        return error_origin(-EIO);
    chain_start(proof->terminal, proof->epoch, chain);
    db_bind_int(events, 1, proof->stream);
    while ((r = db_step(&v->store->db, events)) > 0) {
        uint64_t seq = (uint64_t)db_int(events, 0);
        v->summary.events++;
        if (seq != walk->last + 1 || walk->broken)
            continue; // counted all the same
        text_clear(&canonical);
        if (event_canonical_load(v->store, seq, db_int(events, 1), db_int(events, 2), db_int(events, 3),
                                 db_int(events, 4), sqlite3_column_blob(events, 5),
                                 (size_t)sqlite3_column_bytes(events, 5), &canonical) < 0) {
            walk->broken = true;
            continue;
        }
        if (seq > proof->through) { // it would have moved the head
            walk->broken = true;
            walk->last = seq;
            continue;
        }
        int redacted =
            some_redacted ? redacted_chain(
                                v->store, event_key_pack(&(EventKey){proof->area, proof->stream, seq}), chain)
                          : 0;
        if (redacted < 0) {
            r = redacted;
            break;
        }
        if (redacted == 0)
            chain_advance(chain, canonical.data, canonical.size);
        walk_pass(walk, seq, db_int(events, 6) * VERIFY_RECEIVED_UNIT, chain);
    }
    sqlite3_reset(events);
    return error_trace(r);
}

static void say_time(Text *text, const char *word, Time at)
{
    char shown[CLOCK_TEXT_SIZE];

    if (at == TIME_NONE)
        return;
    time_format_zone(at - at % TIME_SECOND, shown);
    text_appendf(text, ", %s %s", word, shown);
}

// What is between the last mark that agrees and the first that does not was changed, swapped, put in.
static void say_range(Text *text, const StreamWalk *walk, uint64_t through)
{
    uint64_t last = walk->wrong ? walk->wrong : through;

    if (walk->good + 1 == last)
        text_appendf(text, "event %" PRIu64 " is not the one that came", last);
    else
        text_appendf(text, "of events %" PRIu64 " to %" PRIu64 " not all are those that came", walk->good + 1,
                     last);
    say_time(text, "after", walk->good_received);
    if (walk->wrong)
        say_time(text, "noted at", walk->wrong_at);
}

// The first mark that lies beyond the event.
static Time mark_beyond(const StreamWalk *walk, uint64_t seq)
{
    for (size_t i = 0; i < walk->mark_count; i++)
        if (walk->marks[i].through >= seq)
            return walk->marks[i].at;
    return TIME_NONE;
}

static void stream_said(Verification *v, const StreamProof *proof, const char *words)
{
    CLEANUP(cleanup_text) Text text = {0};

    text_appendf(&text, "terminal %s epoch %s: %s", proof->terminal, proof->epoch, words);
    verify_tell(v, "chain", text_cstr(&text));
}

static void judge_chain(Verification *v, const StreamProof *proof, const StreamWalk *walk,
                        const uint8_t chain[static DIGEST_SIZE])
{
    CLEANUP(cleanup_text) Text text = {0};
    const uint64_t through = proof->through;

    if (walk->last < through) {
        text_appendf(&text, "event %" PRIu64 " is missing or unreadable (head at %" PRIu64 ")",
                     walk->last + 1, through);
        say_time(&text, "after", walk->last_received);
        say_time(&text, "noted at", mark_beyond(walk, walk->last + 1));
    } else if (memcmp(chain, proof->head, DIGEST_SIZE) != 0) {
        text_appendf(&text, "the chain over events 1 to %" PRIu64 " differs from its head: ", through);
        say_range(&text, walk, through);
    } else if (walk->wrong) {
        say_range(&text, walk, through);
    } else if (walk->last > through) {
        text_appendf(&text, "event %" PRIu64 " was put in behind the head at %" PRIu64, walk->last, through);
        say_time(&text, "after", walk->last_received);
    } else {
        return;
    }
    stream_said(v, proof, text_cstr(&text));
}

// Marks beyond the head: the end of the stream, or the whole of it, is not there.
static void judge_end(Verification *v, const StreamProof *proof, const HeadsMark *marks, size_t count)
{
    CLEANUP(cleanup_text) Text text = {0};

    if (count == 0 || marks[count - 1].through <= proof->through)
        return;
    const HeadsMark *last = &marks[count - 1];
    if (last->through == proof->through + 1)
        text_appendf(&text, "event %" PRIu64 " is gone", last->through);
    else
        text_appendf(&text, "events %" PRIu64 " to %" PRIu64 " are gone", proof->through + 1, last->through);
    say_time(&text, "noted at", last->at);
    stream_said(v, proof, text_cstr(&text));
}

static int verify_stream(Verification *v, const StreamProof *proof)
{
    StreamWalk walk = walk_begin(v, proof);
    uint8_t chain[DIGEST_SIZE];
    int r = walk_stream(v, proof, &walk, chain);

    if (r < 0)
        return error_trace(r);
    judge_chain(v, proof, &walk, chain);
    judge_end(v, proof, walk.marks, walk.mark_count);
    return 0;
}

// Events that no stream claims: a row of `stream` was taken out.
static int verify_strays(Verification *v)
{
    int64_t stored = 0;
    char detail[120];
    int r = db_query_int64(&v->store->db, "SELECT count(*) FROM event", &stored);

    if (r < 0)
        return error_trace(r);
    if (stored != v->summary.events) {
        snprintf(detail, sizeof(detail), "%lld events are stored, %lld of them in a stream",
                 (long long)stored, (long long)v->summary.events);
        verify_tell(v, "chain", detail);
    }
    return 0;
}

static bool proof_is_there(const StreamProof *proofs, size_t count, const HeadsStream *stream)
{
    size_t low = 0;

    while (low < count) { // by terminal, then epoch, as they were read
        size_t middle = low + (count - low) / 2;
        int order = strcmp(proofs[middle].terminal, stream->terminal);

        if (order == 0)
            order = strcmp(proofs[middle].epoch, stream->epoch);
        if (order == 0)
            return true;
        if (order < 0)
            low = middle + 1;
        else
            count = middle;
    }
    return false;
}

// Streams that were noted and are not there at all.
static void verify_noted_streams(Verification *v, const StreamProof *proofs, size_t count)
{
    for (size_t i = HEADS_AUDIT + 1; v->heads && i < v->heads->stream_count; i++) {
        const HeadsStream *stream = &v->heads->streams[i];
        StreamProof gone = {0};

        if (proof_is_there(proofs, count, stream))
            continue;
        memcpy(gone.terminal, stream->terminal, sizeof(gone.terminal));
        memcpy(gone.epoch, stream->epoch, sizeof(gone.epoch));
        judge_end(v, &gone, v->heads->by_stream + stream->first, stream->count);
    }
}

int verify_chains(Verification *v)
{
    CLEANUP(cleanup_free) StreamProof *proofs = NULL;
    sqlite3_stmt *all = store_get(v->store, SQL_STREAM_ALL);
    size_t count = 0;
    int r;

    if (!all)
        return error_origin(-EIO);
    while ((r = db_step(&v->store->db, all)) > 0) {
        proofs = alloc_resize(proofs, count + 1, sizeof(*proofs));
        StreamProof *proof = &proofs[count++];
        *proof = (StreamProof){
            .stream = db_int(all, 0), .area = (int32_t)db_int(all, 1), .through = (uint64_t)db_int(all, 4)};
        snprintf(proof->terminal, sizeof(proof->terminal), "%s", db_text(all, 2));
        snprintf(proof->epoch, sizeof(proof->epoch), "%s", db_text(all, 3));
        if (sqlite3_column_bytes(all, 5) == DIGEST_SIZE)
            memcpy(proof->head, sqlite3_column_blob(all, 5), DIGEST_SIZE);
    }
    v->summary.streams = (int64_t)count;
    for (size_t i = 0; i < count && r == 0; i++)
        r = verify_stream(v, &proofs[i]);
    if (r == 0)
        verify_noted_streams(v, proofs, count);
    return r < 0 ? error_trace(r) : error_trace(verify_strays(v));
}
