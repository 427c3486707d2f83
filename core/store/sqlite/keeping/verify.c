#include "core/store/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/sqlite/keeping/audit.h"
#include "core/store/sqlite/ledger/ledger_private.h"
#include "core/store/sqlite/sessions/derive.h"
#include "core/store/sqlite/totals/totals_private.h"

// Proofs that need nothing but the database: SQLite's own check of its pages, each stream's chain from its
// start to its head, the audit log's digests, each attendance row against its own facts, each total against
// the attendance rows. SQLite alone would not notice a changed text or a row that somebody took out; the
// chain does.

typedef struct Verification {
    Store *store;
    void (*found)(void *user, const VerifyFinding *finding);
    void *user;
    VerifySummary summary;
} Verification;

static void tell(void *user, const char *what, const char *detail)
{
    Verification *v = user;

    v->summary.findings++;
    v->found(v->user, &(VerifyFinding){.what = what, .detail = detail});
}

static int verify_pages(Verification *v)
{
    sqlite3_stmt *check = NULL;
    int r;

    if (sqlite3_prepare_v2(v->store->db.handle, "PRAGMA integrity_check(20)", -1, &check, NULL) != SQLITE_OK)
        return error_origin(-EIO);
    while ((r = db_step(&v->store->db, check)) > 0)
        if (strcmp(db_text(check, 0), "ok") != 0)
            tell(v, "integrity", db_text(check, 0));
    sqlite3_finalize(check);
    return error_trace(r);
}

typedef struct StreamProof {
    int64_t stream;
    int32_t area;
    char terminal[33], epoch[ULID_SIZE];
    uint64_t through;
    uint8_t head[DIGEST_SIZE];
} StreamProof;

// Computes the chain over the stored events up to `through`; a number that is missing or twice is told.
static int verify_stream(Verification *v, const StreamProof *proof)
{
    CLEANUP(cleanup_text) Text canonical = {0};
    uint8_t chain[DIGEST_SIZE];
    char detail[200];
    uint64_t expected = 1;
    bool broken = false;
    sqlite3_stmt *events = store_get(v->store, SQL_CHAIN_EVENTS);
    int r;

    if (!events)
        return error_origin(-EIO);
    chain_start(proof->terminal, proof->epoch, chain);
    db_bind_int(events, 1, proof->stream);
    while ((r = db_step(&v->store->db, events)) > 0) {
        uint64_t seq = (uint64_t)db_int(events, 0);
        v->summary.events++;
        if (seq > proof->through)
            continue;
        if (seq != expected || broken)
            continue; // counted all the same
        text_clear(&canonical);
        if (event_canonical_load(v->store, seq, db_int(events, 1), db_int(events, 2), db_int(events, 3),
                                 db_int(events, 4), sqlite3_column_blob(events, 5),
                                 (size_t)sqlite3_column_bytes(events, 5), &canonical) < 0) {
            broken = true;
            continue;
        }
        chain_advance(chain, canonical.data, canonical.size);
        expected++;
    }
    sqlite3_reset(events);
    if (r < 0)
        return error_trace(r);
    if (expected != proof->through + 1)
        snprintf(detail, sizeof(detail),
                 "terminal %s epoch %s: event %llu is missing or unreadable (head at %llu)", proof->terminal,
                 proof->epoch, (unsigned long long)expected, (unsigned long long)proof->through);
    else if (memcmp(chain, proof->head, DIGEST_SIZE) != 0)
        snprintf(detail, sizeof(detail),
                 "terminal %s epoch %s: the chain over events 1 to %llu differs from its head",
                 proof->terminal, proof->epoch, (unsigned long long)proof->through);
    else
        return 0;
    tell(v, "chain", detail);
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
        tell(v, "chain", detail);
    }
    return 0;
}

static int verify_chains(Verification *v)
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
    return r < 0 ? error_trace(r) : error_trace(verify_strays(v));
}

static int verify_rows(Verification *v, Totals *totals, int32_t area, const SessionRow *session)
{
    sqlite3_stmt *rows = store_get(v->store, SQL_ATTENDANCE_OF_SESSION);
    int r;

    if (!rows)
        return error_origin(-EIO);
    db_bind_int(rows, 1, key_make(area, session->session, 0));
    db_bind_int(rows, 2, key_make(area, session->session, KEY_ROW_MAX));
    while ((r = db_step(&v->store->db, rows)) > 0) {
        PairRow row = {0};
        r = pair_row_read(v->store, session, rows, &row);
        if (r < 0)
            break;
        totals_count(totals, session, &row, +1);
        v->summary.attendances++;
        pair_row_deinit(&row);
    }
    sqlite3_reset(rows);
    return error_trace(r);
}

static int verify_totals(Verification *v)
{
    CLEANUP(cleanup_free) int32_t *areas = NULL;
    SessionList sessions = {0};
    Totals *totals = totals_new(v->store);
    size_t area_count = 0;
    int r = area_numbers(v->store, &areas, &area_count);

    if (r == 0)
        r = query_sessions_between(v->store, INT64_MIN / 2, INT64_MAX / 2, &sessions);
    for (size_t s = 0; s < sessions.count && r == 0; s++) {
        for (size_t i = 0; i < area_count && r == 0; i++)
            r = verify_rows(v, totals, areas[i], &sessions.rows[s]);
        if (r == 0)
            r = totals_compare_session(totals, &sessions.rows[s], tell, v);
    }
    if (r == 0)
        r = totals_compare_credits(totals, tell, v);
    session_list_deinit(&sessions);
    totals_free(totals);
    return error_trace(r);
}

int verify_store(Store *store, void (*found)(void *user, const VerifyFinding *finding), void *user,
                 VerifySummary *ret_summary)
{
    Verification v = {.store = store, .found = found, .user = user};
    bool own = !store_in_transaction(store);

    store_caches_refresh(store);
    int r = own ? store_begin(store) : 0; // one snapshot for all
    if (r == 0)
        r = verify_pages(&v);
    if (r == 0)
        r = verify_chains(&v);
    if (r == 0)
        r = verify_totals(&v);
    if (r == 0)
        r = audit_verify(store, tell, &v);
    if (own)
        store_rollback(store);
    if (r < 0)
        return error_trace(r);
    *ret_summary = v.summary;
    return 0;
}
