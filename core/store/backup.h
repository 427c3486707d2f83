#pragma once
// A copy of a database in use, and a copy put back in its place.
#include "core/store/store.h"
#include "core/store/verify.h"

// Why a copy was not made, or not put back. Nothing has been changed then.
enum {
    BACKUP_E_EXISTS = 1, // there is a file already
    BACKUP_E_MISSING,    // nothing to restore from
    BACKUP_E_FOREIGN,    // not a database of studyday, or made by a newer version
    BACKUP_E_DAMAGED,    // verification has found something (`found` was told)
    BACKUP_E_LOCKED,     // a writer holds the database: a collector runs
    BACKUP_E_SLOW,       // reading took longer than BACKUP_READ_MAX
    BACKUP_E_STOPPED,    // `go_on` said no
    BACKUP_E_CARD_KEY,   // restore: the copy's cards stand under another cards.key
};

#define BACKUP_READ_MAX \
    (15 * TIME_MINUTE) // the WAL cannot shrink while a reader holds a snapshot; 15 GB at 20 MB/s take 13

typedef enum BackupStage { BACKUP_COPYING, BACKUP_VERIFYING } BackupStage;

// What the caller sees on the way; both may be NULL.
typedef struct BackupWatch {
    /// Called every few milliseconds. `total` is 0 where it is not known. False: stop, and leave nothing
    /// behind.
    bool (*go_on)(void *user, BackupStage stage, uint64_t done, uint64_t total);
    void (*found)(void *user, const VerifyFinding *finding);
    void *user;
} BackupWatch;

typedef struct BackupResult {
    StoreIdentity identity; // of the copy
    VerifySummary summary;
    int64_t bytes;
} BackupResult;

/// Copies what is in the database at this moment to the new file `path` (mode 0600; one plain file that needs
/// no WAL), verifies the copy, makes it durable, and only then gives it its name. The writer goes on
/// meanwhile. EXISTS, DAMAGED, SLOW, STOPPED; negative errno is about `path`.
int backup_make(Store *source, const char *path, const BackupWatch *watch, BackupResult *ret_result);

typedef struct RestoreRequest {
    const char *file, *database;
    const char *heads;  // the file of heads, which is told before (heads.h); NULL: none
    bool without_cards; // take the cards out of the copy: its key is lost
    bool force;         // also where there is a database: it is kept under the name in `ret_aside`
    int64_t
        generation; // at least this one; 0: the one after the copy's and after that of the present database
    Time now;
    const char *actor; // for the audit log
} RestoreRequest;

/// Puts a copy of `file` in the place of the database, as a new generation of the same store, so that
/// terminals send what it lacks. The writer's lock is held throughout. All but SLOW; negative errno is about
/// the database's folder. `ret_aside` is where the database is kept that was there before (the caller frees
/// it), or NULL.
int restore_run(const RestoreRequest *request, const BackupWatch *watch, BackupResult *ret_result,
                char **ret_aside);
