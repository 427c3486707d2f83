#pragma once
// The thin layer over SQLite that the store and the outbox share: open with our settings, a table of prepared
// statements, typed binding, errors translated to negative errno and logged once in the library's own words.
#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/text.h"

typedef struct Db {
    sqlite3 *handle;
    sqlite3_stmt **statements; // one for each line of `sql`, prepared on first use
    const char *const *sql;
    size_t statement_count;
    const char *label; // for the log: "store", "outbox"
} Db;

typedef enum DbMode { DB_READ, DB_WRITE, DB_CREATE } DbMode;

#define DB_BUSY_MS 5000 // how long a reader or a starting writer waits for another's lock

/// Opens `path` (WAL, synchronous FULL, foreign keys off, page cache `cache_kib`). DB_CREATE makes a new file
/// of mode 0600 and is -EEXIST where there is one; the others are -ENOENT where there is none.
int db_open(Db *db, const char *label, const char *path, DbMode mode, int cache_kib, const char *const *sql,
            size_t statement_count);
void db_close(Db *db);

/// Runs SQL text without results (schema, pragmas, BEGIN ...).
int db_exec(Db *db, const char *sql);
/// The prepared statement `index` of the table, reset and with its bindings cleared. NULL only after an error
/// that was logged; callers pass -EIO on.
sqlite3_stmt *db_get(Db *db, size_t index);
/// sqlite3_step: 1 a row, 0 done, negative errno.
int db_step(Db *db, sqlite3_stmt *statement);
/// Steps a statement that gives no rows and resets it.
int db_run(Db *db, sqlite3_stmt *statement);
/// Translates an SQLite result into negative errno (-ENOSPC, -EIO, -EBUSY, -EUCLEAN for a damaged file,
/// -EROFS, ...), logged.
int db_error(Db *db, int result, const char *what);

/// One integer of a one-row statement text; `ret_value` stays untouched when there is no row (returns 0 then,
/// 1 with a row).
int db_query_int64(Db *db, const char *sql, int64_t *ret_value);

static inline void db_bind_int(sqlite3_stmt *statement, int index, int64_t value)
{
    sqlite3_bind_int64(statement, index, value);
}
/// The bytes must live until the statement is stepped and reset (SQLITE_STATIC).
static inline void db_bind_text(sqlite3_stmt *statement, int index, const char *text)
{
    if (text)
        sqlite3_bind_text(statement, index, text, -1, SQLITE_STATIC);
    else
        sqlite3_bind_null(statement, index);
}
static inline void db_bind_blob(sqlite3_stmt *statement, int index, const void *data, size_t size)
{
    if (data)
        sqlite3_bind_blob(statement, index, data, (int)size, SQLITE_STATIC);
    else
        sqlite3_bind_null(statement, index);
}
static inline int64_t db_int(sqlite3_stmt *statement, int column)
{
    return sqlite3_column_int64(statement, column);
}
static inline bool db_null(sqlite3_stmt *statement, int column)
{
    return sqlite3_column_type(statement, column) == SQLITE_NULL;
}
/// NULL for SQL NULL; valid until the next step.
static inline const char *db_text(sqlite3_stmt *statement, int column)
{
    return (const char *)sqlite3_column_text(statement, column);
}

// Numbered migrations: `steps[i]` brings user_version i to i + 1, each in its own transaction.
int db_migrate(Db *db, const char *const *steps, size_t count);
