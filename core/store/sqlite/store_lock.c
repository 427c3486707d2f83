#include "core/store/store_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/store/store.h"

// The lock stands beside the database, not on it: SQLite has locks of its own there, and a database that is
// replaced (restore) would take its lock away with it.

int store_lock_take(const char *database, int *ret_fd)
{
    CLEANUP(cleanup_text) Text name = {0};

    text_appendf(&name, "%s.lock", database);
    CLEANUP(cleanup_fd) int fd = open(text_cstr(&name), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return error_origin(-errno);
    if (flock(fd, LOCK_EX | LOCK_NB) < 0)
        return errno == EWOULDBLOCK ? STORE_E_LOCKED : error_origin(-errno);
    *ret_fd = fd;
    fd = -1;
    return 0;
}

bool store_lock_is_held(const char *database)
{
    CLEANUP(cleanup_text) Text name = {0};

    text_appendf(&name, "%s.lock", database);
    CLEANUP(cleanup_fd) int fd = open(text_cstr(&name), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    // Shared and for an instant: a writer that starts just now would be told to try again, once.
    return fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;
}
