// Whole files, bounded when read and all or nothing when written.
//
// Writing: a temporary file with a random name in the same folder, created exclusively, synced, then renamed
// over the target, then the folder synced. At every instant the target is the old file or the new one, also
// after a power cut. A symbolic link as target is refused rather than replaced: whoever put it there meant
// something else.
#include "core/base/file.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/digest.h"
#include "core/base/error.h"

#define FILE_CHUNK 65536     // bytes read at a time: a pipe's capacity
#define FILE_RANDOM_BYTES 8  // in the temporary name; O_EXCL decides, this only makes a clash rare
#define FILE_MODE_OTHERS 077 // any access of group or others

static int file_open(const char *path, int *ret_fd)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return FILE_E_MISSING;
    if (fd < 0)
        return error_origin(-errno);
    *ret_fd = fd;
    return 0;
}

int file_read_fd(int fd, size_t limit, Text *text)
{
    CLEANUP(cleanup_free) char *chunk = alloc_zero(FILE_CHUNK);
    size_t before = text->size, total = 0;
    int r = 0;

    for (;;) {
        ssize_t got = read(fd, chunk, FILE_CHUNK);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            r = error_origin(-errno);
        else if ((size_t)got > limit - total)
            r = FILE_E_TOO_LARGE;
        if (r || got == 0)
            break;
        text_append_bytes(text, chunk, (size_t)got);
        total += (size_t)got;
    }
    digest_wipe(chunk, FILE_CHUNK); // it may have been a key
    if (r && text->data) {
        digest_wipe(text->data + before, text->size - before);
        text->size = before;
    }
    return r;
}

int file_read(const char *path, size_t limit, Text *text)
{
    CLEANUP(cleanup_fd) int fd = -1;
    int r = file_open(path, &fd);

    return r ? r : file_read_fd(fd, limit, text);
}

// systemd gives a service its credentials through an access list, whose mask shows as the group's read bit;
// the folder, which only the service can enter, is the protection there.
static bool file_is_credential(const char *path)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    size_t size = folder ? strlen(folder) : 0;

    return size && strncmp(path, folder, size) == 0 && path[size] == '/' && !strstr(path + size, "/../");
}

int file_read_secret(const char *path, size_t limit, Text *text)
{
    CLEANUP(cleanup_fd) int fd = -1;
    struct stat status;
    mode_t exposed;
    int r = file_open(path, &fd);

    if (r)
        return r;
    if (fstat(fd, &status) < 0)
        return error_origin(-errno);
    exposed = status.st_mode & FILE_MODE_OTHERS;
    if (status.st_uid == 0 && file_is_credential(path))
        exposed &= ~(mode_t)S_IRGRP;
    if (exposed || (status.st_uid != 0 && status.st_uid != geteuid()))
        return FILE_E_EXPOSED;
    r = file_read_fd(fd, limit, text);
    if (r == 0 && text->size && text->data[text->size - 1] == '\n')
        text->data[--text->size] = '\0';
    return r;
}

char *file_beside(const char *path, const char *name)
{
    const char *slash = strrchr(path, '/');
    Text joined = {0};

    if (*name != '/' && slash)
        text_append_bytes(&joined, path, (size_t)(slash - path) + 1);
    text_append(&joined, name);
    return text_take(&joined);
}

int file_sync_folder(const char *path)
{
    CLEANUP(cleanup_free) char *folder = file_beside(path, ".");
    CLEANUP(cleanup_fd) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0 || fsync(fd) < 0)
        return error_origin(-errno);
    return 0;
}

static int file_write_all(int fd, const void *data, size_t size)
{
    const char *bytes = data;

    while (size) {
        ssize_t put = write(fd, bytes, size);

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return error_origin(-errno);
        bytes += put;
        size -= (size_t)put;
    }
    return 0;
}

// Fills a new file at `temporary` and makes it durable.
static int file_write_temporary(const char *temporary, FileFill *fill, void *user, mode_t mode)
{
    CLEANUP(cleanup_fd) int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    int r;

    if (fd < 0)
        return error_origin(-errno);
    r = fill(user, fd);
    if (r == 0 && (fchmod(fd, mode) < 0 || fsync(fd) < 0))
        r = error_origin(-errno);
    if (r < 0)
        unlink(temporary);
    return r;
}

static int file_rename_new(const char *temporary, const char *path)
{
    if (renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -errno;
    if (link(temporary, path) < 0) // a file system that lacks the flag
        return -errno;
    unlink(temporary);
    return 0;
}

int file_write_atomic_by(const char *path, FileFill *fill, void *user, mode_t mode, bool replace)
{
    CLEANUP(cleanup_free) char *temporary = NULL;
    uint8_t random[FILE_RANDOM_BYTES];
    char suffix[2 * FILE_RANDOM_BYTES + 1];
    Text name = {0};
    struct stat status;
    int r;

    if (lstat(path, &status) == 0) {
        if (!replace)
            return error_origin(-EEXIST);
        if (S_ISLNK(status.st_mode))
            return error_origin(-ELOOP);
    }
    digest_random(random, sizeof(random));
    hex_encode(random, sizeof(random), suffix);
    text_appendf(&name, "%s.%s.tmp", path, suffix);
    temporary = text_take(&name);

    r = file_write_temporary(temporary, fill, user, mode);
    if (r < 0)
        return error_trace(r);
    if (replace)
        r = rename(temporary, path) < 0 ? -errno : 0;
    else
        r = file_rename_new(temporary, path);
    if (r < 0) {
        unlink(temporary);
        return error_origin(r);
    }
    return error_trace(file_sync_folder(path));
}

typedef struct FileBytes {
    const void *data;
    size_t size;
} FileBytes;

static int file_fill_bytes(void *user, int fd)
{
    const FileBytes *bytes = user;
    return file_write_all(fd, bytes->data, bytes->size);
}

int file_write_atomic(const char *path, const void *data, size_t size, mode_t mode, bool replace)
{
    FileBytes bytes = {data, size};
    return file_write_atomic_by(path, file_fill_bytes, &bytes, mode, replace);
}

int file_copy(int from, int to)
{
    char block[FILE_CHUNK];
    off_t at = 0;

    for (;;) {
        ssize_t size = pread(from, block, sizeof(block), at);
        if (size < 0 && errno == EINTR)
            continue;
        if (size <= 0)
            return size < 0 ? error_origin(-errno) : 0;
        int r = file_write_all(to, block, (size_t)size);
        if (r < 0)
            return error_trace(r);
        at += size;
    }
}
