#include "core/store/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/base/log.h"
#include "core/store/sqlite/keeping/cards.h"
#include "core/store/sqlite/keeping/heads_private.h"
#include "core/store/sqlite/roster/tree_cache.h"
#include "core/store/sqlite/store_private.h"
#include "core/store/sqlite/totals/sheet.h"
#include "core/store/store_lock.h"

// Opening and identity of the database. One writer holds PATH.lock (store_lock.h); readers take no lock of
// ours and see WAL snapshots. APPLICATION_ID tells our files from others'.

#define APPLICATION_ID 0x53545544 // "STUD"
#define WRITER_CACHE_KIB \
    (20 *                \
     1024) // the hot pages of a city's study day: the segments being filled (4 MiB), the rows of one session
           // and of one year (8 MiB each); with 36 MiB single events read 0.67 pages each instead of 0.80
#define READER_CACHE_KIB (8 * 1024)

const char *const statement_texts[SQL_COUNT] = {
#define STATEMENT_TEXT(name, text) [SQL_##name] = text,
    STATEMENT_LIST(STATEMENT_TEXT) AUDIT_STATEMENT_LIST(STATEMENT_TEXT) LIST_STATEMENT_LIST(STATEMENT_TEXT)
        MONTH_STATEMENT_LIST(STATEMENT_TEXT) SESSION_STATEMENT_LIST(STATEMENT_TEXT)
            SHEET_STATEMENT_LIST(STATEMENT_TEXT) PAPER_STATEMENT_LIST(STATEMENT_TEXT)
                RULE_STATEMENT_LIST(STATEMENT_TEXT) PRIVACY_STATEMENT_LIST(STATEMENT_TEXT)
#undef STATEMENT_TEXT
};

static int store_found(Db *db)
{
    CLEANUP(cleanup_text) Text sql = {0};
    char ulid[ULID_SIZE];

    int r = db_migrate(db, store_migrations, store_migration_count);
    if (r < 0)
        return error_trace(r);
    ulid_make(ulid);
    text_appendf(&sql, "PRAGMA application_id=%d; INSERT INTO site VALUES (1, '%s', 1, 1, 0)", APPLICATION_ID,
                 ulid);
    return error_trace(db_exec(db, text_cstr(&sql)));
}

// What could not be finished would be in the way of the next try.
static void store_unmake(const char *path)
{
    static const char *const suffixes[] = {"", "-wal", "-shm"};

    for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++) {
        CLEANUP(cleanup_text) Text name = {0};
        text_appendf(&name, "%s%s", path, suffixes[i]);
        unlink(text_cstr(&name));
    }
}

int store_create(const char *path)
{
    CLEANUP(cleanup_fd) int lock = -1;
    Db db;

    if (access(path, F_OK) == 0)
        return STORE_E_EXISTS;
    int r = store_lock_take(path, &lock);
    if (r != 0)
        return r;
    r = db_open(&db, "store", path, DB_CREATE, READER_CACHE_KIB, statement_texts, SQL_COUNT);
    if (r == -EEXIST)
        return error_trace(r); // it appeared in this moment: not ours to remove
    if (r == 0) {
        r = store_found(&db);
        db_close(&db);
    }
    if (r < 0)
        store_unmake(path);
    return error_trace(r);
}

static int store_check_kind(Store *store)
{
    int64_t id = 0, version = 0;
    int r = db_query_int64(&store->db, "PRAGMA application_id", &id);

    if (r >= 0)
        r = db_query_int64(&store->db, "PRAGMA user_version", &version);
    if (r == -EUCLEAN)
        return STORE_E_FOREIGN;
    if (r < 0)
        return error_trace(r);
    if (id != APPLICATION_ID || version > (int64_t)store_migration_count)
        return STORE_E_FOREIGN;
    if (store->writable)
        return error_trace(db_migrate(&store->db, store_migrations, store_migration_count));
    return version == (int64_t)store_migration_count ? 0 : STORE_E_FOREIGN;
}

int store_open(const char *path, StoreMode mode, Store **ret_store)
{
    CLEANUP(cleanup_store) Store *store = alloc_zero(sizeof(*store));
    int r;

    store->lock = -1;
    store->path = alloc_string(path);
    store->writable = mode == STORE_WRITE;
    store->longest_session = TIME_NONE;
    store->sheets_until = SHEET_OF_ANY_MONTH;
    store->dirty_from = store->cards_from = store->rules_from = store->orgs_moved_from = DATE_NONE;
    if (access(path, F_OK) < 0)
        return errno == ENOENT ? STORE_E_MISSING : error_origin(-errno);
    if (store->writable) {
        r = store_lock_take(path, &store->lock);
        if (r != 0)
            return r;
    }
    r = db_open(&store->db, "store", path, store->writable ? DB_WRITE : DB_READ,
                store->writable ? WRITER_CACHE_KIB : READER_CACHE_KIB, statement_texts, SQL_COUNT);
    if (r == -EUCLEAN)
        return STORE_E_FOREIGN;
    if (r < 0)
        return error_trace(r);
    r = store_check_kind(store);
    if (r == 0)
        r = cards_open(store);
    if (r != 0)
        return r;
    *ret_store = store;
    store = NULL;
    return 0;
}

Store *store_close(Store *store)
{
    if (!store)
        return NULL;
    if (store->db.handle && store_in_transaction(store))
        store_rollback(store);
    if (store->heads && store->db.handle && heads_note(store, clock_now()) < 0)
        log_warning("heads", "what was committed last is not noted");
    store->heads = heads_free(store->heads);
    store_caches_drop(store);
    store->trees = tree_cache_free(store->trees);
    store->sheet_work = sheet_work_free(store->sheet_work);
    pair_map_deinit(&store->session_by_code);
    pair_map_deinit(&store->session_by_number);
    pair_map_deinit(&store->above);
    db_close(&store->db);
    if (store->lock >= 0)
        close(store->lock);
    free(store->path);
    digest_wipe(&store->cards, sizeof(store->cards));
    free(store);
    return NULL;
}

bool store_in_transaction(const Store *store)
{
    return !sqlite3_get_autocommit(store->db.handle);
}

static void store_forget_dirt(Store *store)
{
    for (size_t i = 0; i < store->dirty_session_count; i++)
        free(store->dirty_sessions[i].before.title);
    free(store->dirty_sessions);
    store->dirty_sessions = NULL;
    store->dirty_session_count = 0;
    store->roster_touched = store->cards_touched = store->points_moved = store->areas_moved = false;
    store->home_code[0] = '\0'; // what was added may be gone
    store->dirty_from = store->cards_from = store->rules_from = store->orgs_moved_from = DATE_NONE;
}

int store_begin(Store *store)
{
    return error_trace(db_exec(&store->db, store->writable ? "BEGIN IMMEDIATE" : "BEGIN"));
}

int store_commit(Store *store)
{
    int r = db_exec(&store->db, "COMMIT");

    if (r == 0) {
        store->commits++;
        store_forget_dirt(store);
    }
    return error_trace(r);
}

void store_rollback(Store *store)
{
    if (store_in_transaction(store))
        db_exec(&store->db, "ROLLBACK");
    store->sheets_until = SHEET_OF_ANY_MONTH; // what was dropped is there again
    store_forget_dirt(store);
    store_caches_drop(store);
}

int store_identity(Store *store, StoreIdentity *ret_identity)
{
    sqlite3_stmt *get = store_get(store, SQL_SITE_GET);
    int r = db_step(&store->db, get);

    if (r <= 0)
        return error_origin(r < 0 ? r : -EUCLEAN);
    StoreIdentity identity = {.generation = db_int(get, 1)};
    strncpy(identity.store, db_text(get, 0), sizeof(identity.store) - 1);
    sqlite3_reset(get);
    *ret_identity = identity;
    return 0;
}

int64_t store_roster_version(Store *store)
{
    sqlite3_stmt *get = store_get(store, SQL_SITE_GET);
    int64_t version = db_step(&store->db, get) > 0 ? db_int(get, 2) : -1;

    if (get)
        sqlite3_reset(get);
    return version;
}

void store_caches_refresh(Store *store)
{
    int64_t version = 0;

    if (store->writable)
        return; // nobody else writes
    if (db_query_int64(&store->db, "PRAGMA data_version", &version) > 0 && version != store->caches_version)
        store_caches_drop(store);
    store->caches_version = version;
}

int store_probe(Store *store)
{
    return error_trace(db_run(&store->db, store_get(store, SQL_SITE_PROBE)));
}

void store_orgs_moved(Store *store, Date date)
{
    if (date != DATE_NONE && (store->orgs_moved_from == DATE_NONE || date < store->orgs_moved_from))
        store->orgs_moved_from = date;
}

void store_touch(Store *store, Date date)
{
    store->roster_touched = true;
    if (date != DATE_NONE && (store->dirty_from == DATE_NONE || date < store->dirty_from))
        store->dirty_from = date;
    store_caches_drop(store);
}

int store_counts(Store *store, StoreCounts *ret_counts)
{
    StoreCounts counts = {0};
    struct {
        const char *sql;
        int64_t *value;
    } queries[] = {
        // what is up to `through` is counted by it; only what lies beyond a gap is looked at
        {"SELECT coalesce(sum(st.through + (SELECT count(*) FROM " EVENTS_BEYOND_THROUGH
         ")), 0) FROM stream st",
         &counts.events},
        {"SELECT count(*) FROM parked", &counts.parked},
        {"SELECT count(*) FROM quarantine WHERE state = 'open' AND stream IS NOT NULL AND reason <> "
         "'conflict'",
         &counts.refused},
        {"SELECT count(*) FROM quarantine WHERE state = 'open'", &counts.quarantined},
        {"SELECT count(*) FROM member", &counts.members},
        {"SELECT count(*) FROM terminal WHERE terminal > 1", &counts.terminals},
        {"SELECT count(*) FROM point", &counts.points},
        {"SELECT count(*) FROM org", &counts.orgs},
        {"SELECT count(*) FROM session", &counts.sessions},
        {"SELECT count(*) FROM stream", &counts.streams},
    };
    struct stat info;

    for (size_t i = 0; i < sizeof(queries) / sizeof(*queries); i++) {
        int r = db_query_int64(&store->db, queries[i].sql, queries[i].value);
        if (r < 0)
            return error_trace(r);
    }
    if (stat(store->path, &info) == 0)
        counts.file_bytes = info.st_size;
    *ret_counts = counts;
    return 0;
}
