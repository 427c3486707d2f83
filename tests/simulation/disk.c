#include "tests/simulation/disk.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "tests/support/support.h"

#define DISK_FILES 64   // names: a database, its WAL, three outboxes and theirs, snapshots
#define DISK_ROOM 65536 // a file grows by at least so much
#define SHM_REGIONS 16  // of 32 KiB, each for 4,096 pages in the WAL
#define NAME_SIZE 512   // of a path

typedef struct Change {
    struct Change *before; // the newest comes first: it is taken back first
    size_t at, size, old_size;
    unsigned char old[]; // `size` bytes
} Change;

typedef struct DiskFile {
    char name[NAME_SIZE]; // "" for a temporary file without one
    Machine *machine;
    unsigned char *data;
    size_t size, capacity;
    Change *newest; // since the last sync
    void *regions[SHM_REGIONS];
    bool open;
} DiskFile;

typedef struct DiskHandle {
    sqlite3_file base;
    DiskFile *file;
} DiskHandle;

bool disk_lies;
static DiskFile *files[DISK_FILES];
static sqlite3_vfs disk_vfs;

static void changes_drop(DiskFile *file)
{
    while (file->newest) {
        Change *change = file->newest;

        file->newest = change->before;
        free(change);
    }
}

static void regions_drop(DiskFile *file)
{
    for (int i = 0; i < SHM_REGIONS; i++) {
        free(file->regions[i]);
        file->regions[i] = NULL;
    }
}

static void file_free(DiskFile *file)
{
    changes_drop(file);
    regions_drop(file);
    free(file->data);
    free(file);
}

static DiskFile **file_slot(const char *name)
{
    for (int i = 0; i < DISK_FILES; i++) {
        if (files[i] && strcmp(files[i]->name, name) == 0)
            return &files[i];
    }
    return NULL;
}

static DiskFile *file_make(const char *name, Machine *machine)
{
    DiskFile *file = alloc_zero(sizeof(*file));

    snprintf(file->name, sizeof(file->name), "%s", name ? name : "");
    file->machine = machine;
    for (int i = 0; name && i < DISK_FILES; i++) {
        if (!files[i]) {
            files[i] = file;
            return file;
        }
    }
    if (name)
        support_die("more files than the disk has names for");
    return file;
}

static void file_grow(DiskFile *file, size_t size)
{
    if (size > file->capacity) {
        file->capacity = 2 * size > DISK_ROOM ? 2 * size : DISK_ROOM;
        file->data = alloc_resize(file->data, file->capacity, 1);
    }
    if (size > file->size) {
        memset(file->data + file->size, 0, size - file->size);
        file->size = size;
    }
}

static void file_shrink(DiskFile *file, size_t size)
{
    if (size < file->size)
        file->size = size;
}

// What stands from `at` on, before it is changed.
static void change_note(DiskFile *file, size_t at, size_t size)
{
    size_t there = at < file->size ? file->size - at : 0;
    Change *change = alloc_zero(sizeof(*change) + size);

    *change = (Change){.before = file->newest, .at = at, .size = size, .old_size = file->size};
    if (there > 0)
        memcpy(change->old, file->data + at, there < size ? there : size);
    file->newest = change;
}

static void change_undo(DiskFile *file, const Change *change)
{
    bool all = true;

    for (size_t i = 0; i < change->size; i += DISK_SECTOR) {
        size_t size = change->size - i < DISK_SECTOR ? change->size - i : DISK_SECTOR;

        if (world_dice(2)) {
            all = false;
            continue;
        }
        file_grow(file, change->at + i + size);
        memcpy(file->data + change->at + i, change->old + i, size);
    }
    if (all && file->size > change->old_size && file->size == change->at + change->size)
        file_shrink(file, change->old_size);
}

void disk_cut(const Machine *machine)
{
    for (int i = 0; i < DISK_FILES; i++) {
        DiskFile *file = files[i];

        if (!file || file->machine != machine)
            continue;
        for (const Change *change = file->newest; change; change = change->before)
            change_undo(file, change);
        changes_drop(file);
    }
}

void disk_wipe(void)
{
    for (int i = 0; i < DISK_FILES; i++) {
        if (files[i])
            file_free(files[i]);
        files[i] = NULL;
    }
}

const void *disk_get(const char *path, size_t *ret_size)
{
    DiskFile **slot = file_slot(path);

    if (!slot)
        return NULL;
    *ret_size = (*slot)->size;
    return (*slot)->data;
}

void disk_put(const char *path, Machine *machine, const void *data, size_t size)
{
    disk_remove(path);
    DiskFile *file = file_make(path, machine);

    file_grow(file, size);
    memcpy(file->data, data, size);
}

void disk_remove(const char *path)
{
    DiskFile **slot = file_slot(path);

    if (!slot)
        return;
    if ((*slot)->open)
        support_die("%s is removed while it is open", path);
    file_free(*slot);
    *slot = NULL;
}

// The methods of an open file.

static DiskFile *of(sqlite3_file *file)
{
    return ((DiskHandle *)file)->file;
}

// Whether a change may happen; SQLITE_OK, or what SQLite is told instead.
static int disk_act(const DiskFile *file, int broken)
{
    if (!file->machine)
        return SQLITE_OK;
    if (!machine_acts(file->machine))
        return broken;
    switch (file->machine->fault) {
    case DISK_FULL:
        return SQLITE_FULL;
    case DISK_BROKEN:
        return broken;
    case DISK_WELL:
        break;
    }
    return SQLITE_OK;
}

static int disk_close(sqlite3_file *handle)
{
    DiskFile *file = of(handle);

    file->open = false;
    if (!file->name[0])
        file_free(file);
    return SQLITE_OK;
}

static int disk_read(sqlite3_file *handle, void *data, int size, sqlite3_int64 at)
{
    const DiskFile *file = of(handle);
    size_t there = (size_t)at < file->size ? file->size - (size_t)at : 0;

    if (there >= (size_t)size) {
        memcpy(data, file->data + at, (size_t)size);
        return SQLITE_OK;
    }
    memset(data, 0, (size_t)size);
    if (there > 0)
        memcpy(data, file->data + at, there);
    return SQLITE_IOERR_SHORT_READ;
}

static void disk_store(DiskFile *file, const void *data, size_t size, size_t at)
{
    if (file->name[0])
        change_note(file, at, size);
    file_grow(file, at + size);
    memcpy(file->data + at, data, size);
}

// A write that fails, or in which the machine dies, has written half.
static int disk_write(sqlite3_file *handle, const void *data, int size, sqlite3_int64 at)
{
    DiskFile *file = of(handle);
    bool alive = !file->machine || !file->machine->dead;
    int result = disk_act(file, SQLITE_IOERR_WRITE);

    if (result == SQLITE_OK)
        disk_store(file, data, (size_t)size, (size_t)at);
    else if (alive)
        disk_store(file, data, (size_t)size / 2, (size_t)at);
    return result;
}

static int disk_truncate(sqlite3_file *handle, sqlite3_int64 size)
{
    DiskFile *file = of(handle);
    int result = disk_act(file, SQLITE_IOERR_TRUNCATE);

    if (result != SQLITE_OK || (size_t)size >= file->size)
        return result;
    if (file->name[0])
        change_note(file, (size_t)size, file->size - (size_t)size);
    file_shrink(file, (size_t)size);
    return SQLITE_OK;
}

static int disk_sync(sqlite3_file *handle, int flags)
{
    DiskFile *file = of(handle);
    int result = disk_act(file, SQLITE_IOERR_FSYNC);

    (void)flags;
    if (result == SQLITE_OK && !disk_lies)
        changes_drop(file);
    return result;
}

static int disk_size(sqlite3_file *handle, sqlite3_int64 *ret_size)
{
    *ret_size = (sqlite3_int64)of(handle)->size;
    return SQLITE_OK;
}

static int disk_lock(sqlite3_file *handle, int level)
{
    (void)handle, (void)level;
    return SQLITE_OK;
}

static int disk_reserved(sqlite3_file *handle, int *ret_reserved)
{
    (void)handle;
    *ret_reserved = 0;
    return SQLITE_OK;
}

static int disk_control(sqlite3_file *handle, int operation, void *argument)
{
    (void)handle, (void)operation, (void)argument;
    return SQLITE_NOTFOUND;
}

static int disk_sector(sqlite3_file *handle)
{
    (void)handle;
    return DISK_SECTOR;
}

static int disk_device(sqlite3_file *handle)
{
    (void)handle;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE; // as SQLite takes for granted of every disk
}

static int disk_shm_map(sqlite3_file *handle, int region, int size, int extend, void volatile **ret_map)
{
    DiskFile *file = of(handle);

    if (region >= SHM_REGIONS)
        return SQLITE_IOERR_SHMMAP;
    if (!file->regions[region] && extend)
        file->regions[region] = alloc_zero((size_t)size);
    *ret_map = file->regions[region];
    return SQLITE_OK;
}

static int disk_shm_lock(sqlite3_file *handle, int offset, int n, int flags)
{
    (void)handle, (void)offset, (void)n, (void)flags;
    return SQLITE_OK;
}

static void disk_shm_barrier(sqlite3_file *handle)
{
    (void)handle;
}

static int disk_shm_unmap(sqlite3_file *handle, int remove)
{
    (void)remove; // the one who has it open lets go: nothing of it outlives a process here
    regions_drop(of(handle));
    return SQLITE_OK;
}

static const sqlite3_io_methods disk_methods = {
    .iVersion = 2,
    .xClose = disk_close,
    .xRead = disk_read,
    .xWrite = disk_write,
    .xTruncate = disk_truncate,
    .xSync = disk_sync,
    .xFileSize = disk_size,
    .xLock = disk_lock,
    .xUnlock = disk_lock,
    .xCheckReservedLock = disk_reserved,
    .xFileControl = disk_control,
    .xSectorSize = disk_sector,
    .xDeviceCharacteristics = disk_device,
    .xShmMap = disk_shm_map,
    .xShmLock = disk_shm_lock,
    .xShmBarrier = disk_shm_barrier,
    .xShmUnmap = disk_shm_unmap,
};

// The methods of the VFS itself.

// A file that is to be made first costs the machine an act; a name that is missing is no file.
static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *handle, int flags, int *ret_flags)
{
    DiskHandle *own = (DiskHandle *)handle;
    DiskFile **slot = name ? file_slot(name) : NULL;
    (void)vfs;

    own->base.pMethods = NULL;
    if (slot && (*slot)->open)
        support_die("%s is opened twice", name);
    if (name && !slot && flags & SQLITE_OPEN_MAIN_DB && access(name, F_OK) < 0)
        return SQLITE_CANTOPEN;
    if (name && !slot && world.current && !machine_acts(world.current))
        return SQLITE_CANTOPEN;
    own->file = slot ? *slot : file_make(name, name ? world.current : NULL);
    own->file->open = true;
    own->base.pMethods = &disk_methods;
    if (ret_flags)
        *ret_flags = flags;
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    DiskFile **slot = file_slot(name);
    (void)vfs, (void)sync;

    if (!slot)
        return SQLITE_IOERR_DELETE_NOENT;
    int result = disk_act(*slot, SQLITE_IOERR_DELETE);
    if (result == SQLITE_OK)
        disk_remove(name);
    return result;
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *ret_there)
{
    (void)vfs, (void)flags;
    *ret_there = file_slot(name) != NULL;
    return SQLITE_OK;
}

static int vfs_full(sqlite3_vfs *vfs, const char *name, int size, char *ret_name)
{
    (void)vfs;
    return snprintf(ret_name, (size_t)size, "%s", name) < size ? SQLITE_OK : SQLITE_CANTOPEN;
}

static int vfs_random(sqlite3_vfs *vfs, int size, char *ret_data)
{
    (void)vfs;
    memset(ret_data, 0, (size_t)size); // SQLite makes a stream of its own of it, the same in each world
    return size;
}

static int vfs_sleep(sqlite3_vfs *vfs, int microseconds)
{
    (void)vfs;
    return microseconds;
}

static int vfs_now(sqlite3_vfs *vfs, double *ret_day)
{
    (void)vfs;
    *ret_day = 2440587.5 + (double)clock_now() / (double)TIME_DAY;
    return SQLITE_OK;
}

// One thread, and figures of memory that nobody asks for: SQLite need not keep them.
void disk_install(void)
{
    sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    disk_vfs = (sqlite3_vfs){
        .iVersion = 1,
        .szOsFile = (int)sizeof(DiskHandle),
        .mxPathname = NAME_SIZE,
        .zName = "simulation",
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_full,
        .xRandomness = vfs_random,
        .xSleep = vfs_sleep,
        .xCurrentTime = vfs_now,
    };
    if (sqlite3_vfs_register(&disk_vfs, 1) != SQLITE_OK)
        support_die("SQLite takes no VFS");
}
