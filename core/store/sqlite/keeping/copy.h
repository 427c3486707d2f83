#pragma once
// What backup and restore share: a copy under a temporary name, page by page, and the proofs on it.
#include "core/store/backup.h"
#include "core/store/sqlite/db.h"

/// A name beside `path` that nobody uses; the caller frees it.
char *copy_name(const char *path);
/// Copies one snapshot of `from` into the new file `path` (mode 0600), as a plain file without a WAL, synced.
/// SLOW and STOPPED; what was begun lies at `path` then.
int copy_make(Db *from, const char *path, const BackupWatch *watch);
/// Verifies an open copy. DAMAGED, STOPPED.
int copy_verify(Store *store, const BackupWatch *watch, BackupResult *ret_result);
/// Removes the file and all that SQLite and the lock put beside it.
void copy_remove(const char *path);
int copy_sync(const char *path);
