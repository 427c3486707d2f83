#include "core/store/sqlite/db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/log.h"

// The thin layer over SQLite. Nothing outside core/store sees a sqlite3 result code: db_error() is the only
// translation, and it logs SQLite's own words once. Statement texts live in a table per store and are
// prepared on first use.
//
// Settings, with their reasons:
//   WAL, synchronous FULL    a COMMIT that returned is on the disk; readers never wait for the writer
//   wal_autocheckpoint       CHECKPOINT_PAGES: larger than SQLite's 1,000, so that a hot page changed by many
//   commits is
//                            written back once; the WAL's size is bounded by JOURNAL_LIMIT_BYTES after a
//                            checkpoint
//   secure_delete off        Debian builds it in; a log that only appends has nothing to wipe, erasure does
//   its own cell_size_check on       a damaged page is noticed when it is read

#define CHECKPOINT_PAGES 8192
#define JOURNAL_LIMIT_BYTES (64 * 1024 * 1024)

static int db_errno(int result)
{
    switch (result & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return 0;
    case SQLITE_FULL:
        return -ENOSPC;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return -EBUSY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return -EUCLEAN;
    case SQLITE_READONLY:
        return -EROFS;
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return -EACCES;
    case SQLITE_CANTOPEN:
        return -ENOENT;
    case SQLITE_INTERRUPT:
        return -EINTR;
    case SQLITE_CONSTRAINT:
        return -EEXIST;
    case SQLITE_NOMEM:
        abort(); // alloc.h: small allocations abort
    default:
        return -EIO;
    }
}

int db_error(Db *db, int result, const char *what)
{
    int r = db_errno(result);

    if (r == 0)
        return 0;
    log_error(db->label, "sqlite what=\"%.80s\" code=%d reason=\"%s\"", what,
              db->handle ? sqlite3_extended_errcode(db->handle) : result,
              db->handle ? sqlite3_errmsg(db->handle) : sqlite3_errstr(result));
    return error_origin(r);
}

int db_exec(Db *db, const char *sql)
{
    int result = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);

    return db_error(db, result, sql);
}

static int db_make_file(const char *path)
{
    CLEANUP(cleanup_fd) int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0)
        return error_origin(-errno);
    return file_sync_folder(path);
}

static int db_configure(Db *db, DbMode mode, int cache_kib)
{
    CLEANUP(cleanup_text) Text sql = {0};

    sqlite3_extended_result_codes(db->handle, 1);
    sqlite3_busy_timeout(db->handle, DB_BUSY_MS);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    text_appendf(&sql,
                 "PRAGMA cache_size=-%d; PRAGMA cell_size_check=ON; PRAGMA temp_store=FILE; PRAGMA "
                 "trusted_schema=OFF;",
                 cache_kib);
    if (mode != DB_READ)
        text_appendf(&sql,
                     "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=OFF;"
                     "PRAGMA wal_autocheckpoint=%d; PRAGMA journal_size_limit=%d;",
                     CHECKPOINT_PAGES, JOURNAL_LIMIT_BYTES);
    return db_exec(db, text_cstr(&sql));
}

// A process that was killed within a COMMIT may have left a whole transaction in the WAL that no sync has
// followed. Recovery shows it like any other, and a power cut could still take it: it is made to last before
// anybody builds on it, sends it or confirms it.
static int db_sync_wal(Db *db)
{
    sqlite3_file *wal = NULL;
    sqlite3_int64 size = 0;
    int64_t version;
    int r = db_query_int64(db, "PRAGMA user_version", &version); // the first read opens and recovers it

    if (r < 0)
        return error_trace(r);
    int result = sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal);
    if (result == SQLITE_OK && wal && wal->pMethods)
        result = wal->pMethods->xFileSize(wal, &size);
    if (result == SQLITE_OK && size > 0)
        result = wal->pMethods->xSync(wal, SQLITE_SYNC_NORMAL);
    return db_error(db, result, "sync of what was recovered");
}

int db_open(Db *db, const char *label, const char *path, DbMode mode, int cache_kib, const char *const *sql,
            size_t statement_count)
{
    int flags = mode == DB_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    int r;

    *db = (Db){.label = label, .sql = sql, .statement_count = statement_count};
    if (mode == DB_CREATE) {
        r = db_make_file(path);
        if (r < 0)
            return error_trace(r);
    } else if (access(path, F_OK) < 0) {
        return error_origin(-errno);
    }
    int result = sqlite3_open_v2(path, &db->handle, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (result != SQLITE_OK) {
        r = db_error(db, result, "open");
        db_close(db);
        return r;
    }
    db->statements = alloc_zero((statement_count + 1) * sizeof(*db->statements));
    r = db_configure(db, mode, cache_kib);
    if (r == 0 && mode == DB_WRITE)
        r = db_sync_wal(db);
    if (r < 0) {
        db_close(db);
        return error_trace(r);
    }
    return 0;
}

void db_close(Db *db)
{
    for (size_t i = 0; db->statements && i < db->statement_count; i++)
        sqlite3_finalize(db->statements[i]);
    free(db->statements);
    db->statements = NULL;
    if (db->handle)
        sqlite3_close_v2(db->handle);
    db->handle = NULL;
}

sqlite3_stmt *db_get(Db *db, size_t index)
{
    sqlite3_stmt *statement = db->statements[index];

    if (statement) {
        sqlite3_reset(statement);
        sqlite3_clear_bindings(statement);
        return statement;
    }
    int result =
        sqlite3_prepare_v3(db->handle, db->sql[index], -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
    if (result != SQLITE_OK) {
        db_error(db, result, db->sql[index]);
        return NULL;
    }
    db->statements[index] = statement;
    return statement;
}

int db_step(Db *db, sqlite3_stmt *statement)
{
    if (!statement)
        return error_origin(-EIO);
    int result = sqlite3_step(statement);

    if (result == SQLITE_ROW)
        return 1;
    if (result == SQLITE_DONE) {
        sqlite3_reset(statement);
        return 0;
    }
    int r = db_error(db, result, sqlite3_sql(statement));
    sqlite3_reset(statement);
    return r;
}

int db_run(Db *db, sqlite3_stmt *statement)
{
    int r = db_step(db, statement);

    if (r > 0) {
        sqlite3_reset(statement);
        r = 0;
    }
    return r;
}

int db_query_int64(Db *db, const char *sql, int64_t *ret_value)
{
    sqlite3_stmt *statement = NULL;
    int result = sqlite3_prepare_v2(db->handle, sql, -1, &statement, NULL);

    if (result != SQLITE_OK)
        return db_error(db, result, sql);
    int r = db_step(db, statement);
    if (r > 0)
        *ret_value = db_int(statement, 0);
    sqlite3_finalize(statement);
    return r;
}

static int db_migrate_one(Db *db, const char *step, size_t version)
{
    CLEANUP(cleanup_text) Text sql = {0};
    int r = db_exec(db, "BEGIN IMMEDIATE");

    if (r < 0)
        return error_trace(r);
    r = db_exec(db, step);
    if (r == 0) {
        text_appendf(&sql, "PRAGMA user_version=%zu; COMMIT", version);
        r = db_exec(db, text_cstr(&sql));
    }
    if (r < 0 && !sqlite3_get_autocommit(db->handle))
        db_exec(db, "ROLLBACK");
    return error_trace(r);
}

int db_migrate(Db *db, const char *const *steps, size_t count)
{
    int64_t version = 0;
    int r = db_query_int64(db, "PRAGMA user_version", &version);

    for (size_t i = (size_t)version; r >= 0 && i < count; i++)
        r = db_migrate_one(db, steps[i], i + 1);
    return r < 0 ? error_trace(r) : 0;
}
