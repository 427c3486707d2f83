#include "tests/support/power.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct Change {
    struct Change *before; // the newest comes first: it is taken back first
    char *path;
    sqlite3_int64 offset, old_size; // of the file, before
    size_t size;
    bool truncation;
    unsigned char *old; // `size` bytes from `offset`; zero beyond the old end
} Change;

static Change *newest;

static void *must(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

void power_note(sqlite3_file *real, const char *path, sqlite3_int64 offset, int size)
{
    Change *change = must(calloc(1, sizeof(*change)));

    change->path = must(strdup(path));
    change->offset = offset;
    change->truncation = size < 0;
    real->pMethods->xFileSize(real, &change->old_size);
    if (size >= 0)
        change->size = (size_t)size;
    else if (change->old_size > offset)
        change->size = (size_t)(change->old_size - offset);
    change->old = must(calloc(1, change->size + 1));
    real->pMethods->xRead(real, change->old, (int)change->size, offset);
    change->before = newest;
    newest = change;
}

// Drops the changes of one file, or of all (`path` NULL).
static void drop(const char *path)
{
    for (Change **at = &newest; *at;) {
        Change *change = *at;

        if (path && strcmp(change->path, path) != 0) {
            at = &change->before;
            continue;
        }
        *at = change->before;
        free(change->path);
        free(change->old);
        free(change);
    }
}

void power_synced(const char *path)
{
    drop(path);
}

void power_forget(void)
{
    drop(NULL);
}

// A small generator of its own, so that a seed means the same everywhere.
static bool toss(uint32_t *dice)
{
    *dice = *dice * 1664525u + 1013904223u;
    return *dice >> 31;
}

static void take_back(const Change *change, int fd, uint32_t *dice)
{
    sqlite3_int64 end = change->offset + (sqlite3_int64)change->size;
    bool all = true;
    struct stat now;

    for (size_t at = 0; at < change->size; at += POWER_SECTOR) {
        size_t size = change->size - at < POWER_SECTOR ? change->size - at : POWER_SECTOR;

        if (!toss(dice)) {
            all = false;
            continue;
        }
        if (pwrite(fd, change->old + at, size, change->offset + (off_t)at) != (ssize_t)size)
            abort();
    }
    // What had made the file longer, and is gone as a whole, leaves it as short as it was.
    if (all && !change->truncation && end > change->old_size && fstat(fd, &now) == 0 && now.st_size == end &&
        ftruncate(fd, change->old_size) < 0)
        abort();
}

void power_cut(unsigned seed)
{
    uint32_t dice = seed * 2654435761u + 1;

    for (const Change *change = newest; change; change = change->before) {
        int fd = open(change->path, O_RDWR | O_CLOEXEC);

        if (fd < 0)
            continue; // deleted since
        take_back(change, fd, &dice);
        close(fd);
    }
    power_forget();
}
