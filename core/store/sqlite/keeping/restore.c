#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/store/backup.h"
#include "core/store/heads.h"
#include "core/store/roster.h"
#include "core/store/sqlite/keeping/copy.h"
#include "core/store/sqlite/store_private.h"
#include "core/store/store_lock.h"

// A copy takes the place of the database.
//
// All that can go wrong is done under a temporary name: copying, migrating, verifying, the new generation,
// the audit entry. Then the old database is kept aside by a second name, its WAL goes out of the way (SQLite
// would play it into whatever database stands there), and one rename makes the change. Whatever stops it
// before that rename leaves the old database complete: its WAL has been written back into it, or, where that
// could not be done because it is damaged, lies beside its second name.
//
// The new generation is above the copy's and above that of the database that was there, since terminals pay
// no attention to an older one (T4).

typedef struct Restore {
    const RestoreRequest *request;
    const BackupWatch *watch;
    char *target; // the database itself, symbolic links resolved
    char *temporary;
    bool exists;
    struct stat before; // of the database that is there, or of its folder
} Restore;

static void restore_deinit(Restore *restore)
{
    free(restore->target);
    free(restore->temporary);
}

static int restore_look(Restore *restore)
{
    const char *database = restore->request->database;
    CLEANUP(cleanup_free) char *folder = file_beside(database, ".");

    restore->target = realpath(database, NULL);
    restore->exists = restore->target != NULL;
    if (!restore->exists)
        restore->target = alloc_string(database);
    if (stat(restore->exists ? restore->target : folder, &restore->before) < 0)
        return error_origin(-errno);
    restore->temporary = copy_name(restore->target);
    return restore->exists && !restore->request->force ? BACKUP_E_EXISTS : 0;
}

static int restore_copy(Restore *restore)
{
    Db from;
    int r;

    if (access(restore->request->file, F_OK) < 0 && (errno == ENOENT || errno == ENOTDIR))
        return BACKUP_E_MISSING;
    r = db_open(&from, "restore", restore->request->file, DB_READ, 0, NULL, 0);
    if (r < 0)
        return r == -EUCLEAN ? BACKUP_E_FOREIGN : error_trace(r);
    r = copy_make(&from, restore->temporary, restore->watch);
    db_close(&from);
    return r == -EUCLEAN ? BACKUP_E_FOREIGN : r;
}

static int restore_drop_cards(const Restore *restore)
{
    Db copy;
    int r = db_open(&copy, "restore", restore->temporary, DB_WRITE, 0, NULL, 0);

    if (r < 0)
        return error_trace(r);
    r = db_exec(&copy, "DELETE FROM card; DELETE FROM card_key");
    db_close(&copy);
    return error_trace(r);
}

// The generation of the database that is there, if it is the same store and can still say so.
static int64_t restore_present_generation(const Restore *restore, const char *store)
{
    CLEANUP(cleanup_store) Store *present = NULL;
    StoreIdentity identity;

    if (!restore->exists || store_open(restore->target, STORE_READ, &present) != 0 ||
        store_identity(present, &identity) != 0)
        return 0;
    return strcmp(identity.store, store) == 0 ? identity.generation : 0;
}

static int restore_renew(const Restore *restore, Store *copy, StoreIdentity *identity)
{
    CLEANUP(cleanup_text) Text sql = {0}, detail = {0};
    int64_t before = identity->generation, present = restore_present_generation(restore, identity->store);
    int64_t noted = restore->request->heads ? heads_generation(restore->request->heads, identity->store) : 0;
    int64_t generation = (before > present ? before : present) + 1;
    int r;

    if (generation <= noted) // the database that was lost
        generation = noted + 1;
    if (generation < restore->request->generation)
        generation = restore->request->generation;
    text_appendf(&sql, "UPDATE site SET generation = %" PRId64, generation);
    text_appendf(&detail, "{\"new\":{\"generation\":%" PRId64 "},\"old\":{\"generation\":%" PRId64 "}}",
                 generation, before);
    r = store_begin(copy);
    if (r == 0)
        r = db_exec(&copy->db, text_cstr(&sql));
    if (r == 0)
        r = audit_add(copy, restore->request->now, restore->request->actor, "restore", restore->request->file,
                      "", text_cstr(&detail));
    if (r == 0)
        r = store_commit(copy);
    identity->generation = generation;
    return error_trace(r);
}

static int restore_prepare(const Restore *restore, BackupResult *ret_result)
{
    CLEANUP(cleanup_store) Store *copy = NULL;
    int r = store_open(restore->temporary, STORE_WRITE, &copy); // migrates a copy of an older version

    if (r == STORE_E_FOREIGN || r == STORE_E_CARD_KEY)
        return r == STORE_E_FOREIGN ? BACKUP_E_FOREIGN : BACKUP_E_CARD_KEY;
    if (r != 0)
        return r < 0 ? error_trace(r) : error_origin(-EIO);
    r = copy_verify(copy, restore->watch, ret_result);
    if (r == 0)
        r = restore_renew(restore, copy, &ret_result->identity);
    return r < 0 ? error_trace(r) : r;
}

// The collector's user must be able to read and write what root puts back.
static int restore_finish(const Restore *restore, int lock)
{
    CLEANUP(cleanup_text) Text wal = {0};
    mode_t mode = restore->exists ? restore->before.st_mode & 0660 : 0600;

    text_appendf(&wal, "%s-wal", restore->temporary);
    if (access(text_cstr(&wal), F_OK) == 0) // the rename would leave it behind, and the generation in it
        return error_origin(-EIO);
    if (chmod(restore->temporary, mode) < 0)
        return error_origin(-errno);
    if (geteuid() == 0 && (chown(restore->temporary, restore->before.st_uid, restore->before.st_gid) < 0 ||
                           fchown(lock, restore->before.st_uid, restore->before.st_gid) < 0))
        return error_origin(-errno);
    return error_trace(copy_sync(restore->temporary));
}

// Best effort: of a damaged database the WAL is kept beside it instead.
static void restore_write_back(const Restore *restore)
{
    Db old;

    if (db_open(&old, "restore", restore->target, DB_WRITE, 0, NULL, 0) < 0)
        return;
    db_exec(&old, "PRAGMA wal_checkpoint(TRUNCATE)");
    db_close(&old);
}

/// Gives `from` + `suffix` a second name. A file that is not there is fine.
static int restore_link(const char *from, const char *to, const char *suffix)
{
    CLEANUP(cleanup_text) Text source = {0}, name = {0};

    text_appendf(&source, "%s%s", from, suffix);
    text_appendf(&name, "%s%s", to, suffix);
    if (link(text_cstr(&source), text_cstr(&name)) == 0 || errno == ENOENT)
        return 0;
    return error_origin(-errno);
}

static void restore_unlink(const char *path, const char *suffix)
{
    CLEANUP(cleanup_text) Text name = {0};

    text_appendf(&name, "%s%s", path, suffix);
    unlink(text_cstr(&name));
}

static bool restore_is_free(const char *path, const char *suffix)
{
    CLEANUP(cleanup_text) Text name = {0};
    struct stat status;

    text_appendf(&name, "%s%s", path, suffix);
    return lstat(text_cstr(&name), &status) < 0;
}

// By the time of the restore, and a number where there have been several in one second.
static char *restore_aside_name(const Restore *restore)
{
    time_t seconds = (time_t)(restore->request->now / TIME_SECOND);
    char stamp[sizeof("20261105T010000Z")];
    struct tm utc;

    gmtime_r(&seconds, &utc);
    strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", &utc);
    for (int i = 1;; i++) {
        Text name = {0};

        text_appendf(&name, "%s.before-restore-%s", restore->target, stamp);
        if (i > 1)
            text_appendf(&name, "-%d", i);
        if (restore_is_free(text_cstr(&name), "") && restore_is_free(text_cstr(&name), "-wal"))
            return text_take(&name);
        text_deinit(&name);
    }
}

static int restore_swap(const Restore *restore, char **ret_aside)
{
    CLEANUP(cleanup_free) char *aside = restore_aside_name(restore);
    int r;

    if (restore->exists)
        restore_write_back(restore);
    r = restore_link(restore->target, aside, "");
    if (r == 0)
        r = restore_link(restore->target, aside, "-wal"); // left by a database that is lost or damaged
    if (r == 0)
        r = file_sync_folder(restore->target);
    if (r < 0)
        return error_trace(r);
    restore_unlink(restore->target, "-wal");
    restore_unlink(restore->target, "-shm");
    if (rename(restore->temporary, restore->target) < 0)
        return error_origin(-errno);
    r = file_sync_folder(restore->target);
    if (r < 0)
        return error_trace(r);
    if (restore->exists) {
        *ret_aside = aside;
        aside = NULL;
    }
    return 0;
}

int restore_run(const RestoreRequest *request, const BackupWatch *watch, BackupResult *ret_result,
                char **ret_aside)
{
    CLEANUP(restore_deinit) Restore restore = {.request = request, .watch = watch};
    CLEANUP(cleanup_fd) int lock = -1;
    BackupResult result = {0};
    int r = restore_look(&restore);

    if (r != 0)
        return r < 0 ? error_trace(r) : r;
    r = store_lock_take(request->database, &lock);
    if (r != 0)
        return r < 0 ? error_trace(r) : BACKUP_E_LOCKED;
    r = restore_copy(&restore);
    if (r == 0 && request->without_cards)
        r = restore_drop_cards(&restore);
    if (r == 0)
        r = restore_prepare(&restore, &result);
    if (r == 0)
        r = restore_finish(&restore, lock);
    *ret_aside = NULL;
    if (r == 0 && request->heads) // what is there must not take this for an older copy put back
        r = heads_announce(request->heads, &result.identity, false, request->now);
    if (r == 0)
        r = restore_swap(&restore, ret_aside);
    copy_remove(restore.temporary);
    if (r == 0)
        *ret_result = result;
    return r < 0 ? error_trace(r) : r;
}
