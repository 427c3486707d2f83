#include "core/store/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/store/sqlite/keeping/copy.h"
#include "core/store/sqlite/store_private.h"

// A backup has its name only once it is whole, verified and on the disk: whoever sees the file may trust it,
// whatever happened while it was made. It is never written over another one.

static int backup_verify(const char *path, const BackupWatch *watch, BackupResult *ret_result)
{
    CLEANUP(cleanup_store) Store *copy = NULL;
    int r = store_open(path, STORE_READ, &copy);

    if (r == STORE_E_FOREIGN)
        return BACKUP_E_DAMAGED; // it was one of ours a moment ago
    if (r != 0)
        return r < 0 ? error_trace(r) : error_origin(-EIO);
    r = copy_verify(copy, watch, ret_result);
    return r < 0 ? error_trace(r) : r;
}

// Without a moment in which another's file could be written over.
static int backup_name(const char *temporary, const char *path)
{
    if (renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -errno;
    return link(temporary, path) < 0 ? -errno : 0; // a file system that lacks the flag
}

int backup_make(Store *source, const char *path, const BackupWatch *watch, BackupResult *ret_result)
{
    CLEANUP(cleanup_free) char *temporary = copy_name(path);
    BackupResult result = {0};
    struct stat status;
    int r;

    if (lstat(path, &status) == 0)
        return BACKUP_E_EXISTS;
    r = copy_make(&source->db, temporary, watch);
    if (r == 0)
        r = backup_verify(temporary, watch, &result);
    if (r == 0) {
        r = backup_name(temporary, path);
        if (r == -EEXIST)
            r = BACKUP_E_EXISTS;
        else if (r == 0)
            r = file_sync_folder(path);
    }
    copy_remove(temporary);
    if (r == 0)
        *ret_result = result;
    return r < 0 ? error_trace(r) : r;
}
