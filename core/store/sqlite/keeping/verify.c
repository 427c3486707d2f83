#include "core/store/verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/error.h"
#include "core/store/sqlite/keeping/audit.h"
#include "core/store/sqlite/keeping/verify_private.h"
#include "core/store/sqlite/sessions/derive.h"
#include "core/store/sqlite/totals/totals_private.h"

// Proofs that need nothing but the database: SQLite's own check of its pages, each stream's chain from its
// start to its head, the audit log's digests, each attendance row against its own facts, each total against
// the attendance rows. SQLite alone would not notice a changed text or a row that somebody took out; the
// chain does. What the database cannot tell about itself, an older copy of it or an end that was cut off, the
// heads that were kept apart do: each of them is a mark that the chain must pass through.

void verify_tell(void *user, const char *what, const char *detail)
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
            verify_tell(v, "integrity", db_text(check, 0));
    sqlite3_finalize(check);
    return error_trace(r);
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
            r = totals_compare_session(totals, &sessions.rows[s], verify_tell, v);
    }
    if (r == 0)
        r = totals_compare_credits(totals, verify_tell, v);
    session_list_deinit(&sessions);
    totals_free(totals);
    return error_trace(r);
}

static int verify_audit(Verification *v)
{
    const HeadsStream *log = v->heads ? &v->heads->streams[HEADS_AUDIT] : NULL;

    return error_trace(audit_verify(v->store, log ? v->heads->by_stream + log->first : NULL,
                                    log ? log->count : 0, verify_tell, v));
}

// Whose heads they are. Those of another database say nothing about this one.
static int verify_identity(Verification *v)
{
    StoreIdentity identity;
    char detail[240];
    int r = v->heads ? store_identity(v->store, &identity) : 0;

    if (r < 0 || !v->heads)
        return error_trace(r);
    const StoreIdentity *noted = &v->heads->identity, *announced = &v->heads->announced;
    if (v->saved && strcmp(noted->store, identity.store) == 0)
        return 0;
    bool follows =
        announced->generation == identity.generation && strcmp(announced->store, identity.store) == 0;
    if (follows && !v->heads->renewal) {
        v->heads = NULL; // restored: the writer begins a new file when it starts
        return 0;
    }
    if (follows || (strcmp(noted->store, identity.store) == 0 && noted->generation == identity.generation))
        return 0;
    snprintf(detail, sizeof(detail),
             "this is database %s generation %" PRId64 "; the heads are of %s generation %" PRId64,
             identity.store, identity.generation, noted->store, noted->generation);
    verify_tell(v, "heads", detail);
    if (strcmp(noted->store, identity.store) != 0)
        v->heads = NULL;
    return 0;
}

static int verify_all(Verification *v)
{
    bool own = !store_in_transaction(v->store);

    store_caches_refresh(v->store);
    int r = own ? store_begin(v->store) : 0; // one snapshot for all
    if (r == 0)
        r = verify_identity(v);
    if (r == 0)
        r = verify_pages(v);
    if (r == 0)
        r = verify_chains(v);
    if (r == 0)
        r = verify_totals(v);
    if (r == 0)
        r = verify_audit(v);
    if (own)
        store_rollback(v->store);
    return error_trace(r);
}

int verify_store(Store *store, void (*found)(void *user, const VerifyFinding *finding), void *user,
                 VerifySummary *ret_summary)
{
    Verification v = {.store = store, .found = found, .user = user};
    int r = verify_all(&v);

    if (r < 0)
        return error_trace(r);
    *ret_summary = v.summary;
    return 0;
}

static bool verify_is_empty(Store *store)
{
    int64_t some = 1;

    return db_query_int64(&store->db, "SELECT EXISTS (SELECT 1 FROM stream) OR EXISTS (SELECT 1 FROM audit)",
                          &some) > 0 &&
           some == 0;
}

// The file is read before the database is looked at: a writer that goes on meanwhile adds to the database
// first.
static int verify_noted(Store *store, const char *heads, bool saved,
                        void (*found)(void *user, const VerifyFinding *finding), void *user,
                        VerifySummary *ret_summary)
{
    CLEANUP(heads_file_deinit) HeadsFile file = {0};
    Verification v = {.store = store, .found = found, .user = user, .saved = saved};
    int r = heads_file_read(heads, &file);

    if (r < 0)
        return error_trace(r);
    if (r == 0 && file.counter > 0) {
        heads_file_sort(&file);
        v.heads = &file;
    }
    if (r == HEADS_FILE_E_MISSING && !verify_is_empty(store))
        verify_tell(&v, "heads", "there is no file of heads: nothing was noted apart that could be compared");
    else if (r == HEADS_FILE_E_FOREIGN)
        verify_tell(&v, "heads", "this is not a file of heads");
    else if (file.damaged)
        verify_tell(&v, "heads", "the file of heads was changed: its records do not follow from one another");
    r = verify_all(&v);
    if (r < 0)
        return error_trace(r);
    *ret_summary = v.summary;
    return 0;
}

int verify_store_heads(Store *store, const char *heads,
                       void (*found)(void *user, const VerifyFinding *finding), void *user,
                       VerifySummary *ret_summary)
{
    return error_trace(verify_noted(store, heads, false, found, user, ret_summary));
}

int verify_store_saved(Store *store, const char *heads,
                       void (*found)(void *user, const VerifyFinding *finding), void *user,
                       VerifySummary *ret_summary)
{
    return error_trace(verify_noted(store, heads, true, found, user, ret_summary));
}
