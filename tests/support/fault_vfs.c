#include "tests/support/fault_vfs.h"

#include <assert.h>
#include <sqlite3.h>
#include <string.h>

#include "tests/support/power.h"

// Each file is two in one allocation: ours in front, the system's behind it. Every method is handed through;
// those that change a file, read it or lock the WAL ask fault_strike() first. One process, one thread.

typedef struct FaultFile {
    sqlite3_file base;
    sqlite3_file *real;
    const char
        *path; // NULL for what a power cut may take at any time: files without a name, and temporary ones
} FaultFile;

static sqlite3_vfs *system_vfs;
static sqlite3_vfs fault_vfs;
static struct {
    bool armed, lasting, struck;
    int left, nth;
    FaultKind kind;
} fault;

static bool fault_strike(bool reads)
{
    if (!fault.armed || reads != (fault.kind == FAULT_READ))
        return false;
    if (fault.left > 0)
        fault.left--;
    if (fault.left > 0 || (fault.struck && !fault.lasting))
        return false;
    fault.struck = true;
    return true;
}

static sqlite3_file *real(sqlite3_file *file)
{
    return ((FaultFile *)file)->real;
}

static int fault_close(sqlite3_file *file)
{
    return real(file)->pMethods->xClose(real(file));
}

static int fault_read(sqlite3_file *file, void *data, int size, sqlite3_int64 offset)
{
    if (fault_strike(true))
        return SQLITE_IOERR_READ;
    return real(file)->pMethods->xRead(real(file), data, size, offset);
}

static void fault_note(sqlite3_file *file, sqlite3_int64 offset, int size)
{
    if (((FaultFile *)file)->path)
        power_note(real(file), ((FaultFile *)file)->path, offset, size);
}

static int fault_write(sqlite3_file *file, const void *data, int size, sqlite3_int64 offset)
{
    bool strikes = fault_strike(false);

    if (strikes && fault.kind == FAULT_POWER)
        return SQLITE_IOERR_WRITE;
    fault_note(file, offset, size);
    if (!strikes)
        return real(file)->pMethods->xWrite(real(file), data, size, offset);
    real(file)->pMethods->xWrite(real(file), data, size / 2, offset);
    return fault.kind == FAULT_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

static int fault_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    if (fault_strike(false))
        return SQLITE_IOERR_TRUNCATE;
    fault_note(file, size, -1);
    return real(file)->pMethods->xTruncate(real(file), size);
}

static int fault_sync(sqlite3_file *file, int flags)
{
    if (fault_strike(false))
        return SQLITE_IOERR_FSYNC;
    int result = real(file)->pMethods->xSync(real(file), flags);
    if (result == SQLITE_OK && ((FaultFile *)file)->path)
        power_synced(((FaultFile *)file)->path);
    return result;
}

static int fault_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
    return real(file)->pMethods->xFileSize(real(file), ret_size);
}

static int fault_lock(sqlite3_file *file, int level)
{
    return real(file)->pMethods->xLock(real(file), level);
}

static int fault_unlock(sqlite3_file *file, int level)
{
    return real(file)->pMethods->xUnlock(real(file), level);
}

static int fault_reserved(sqlite3_file *file, int *ret_reserved)
{
    return real(file)->pMethods->xCheckReservedLock(real(file), ret_reserved);
}

static int fault_control(sqlite3_file *file, int operation, void *argument)
{
    return real(file)->pMethods->xFileControl(real(file), operation, argument);
}

static int fault_sector(sqlite3_file *file)
{
    return real(file)->pMethods->xSectorSize(real(file));
}

static int fault_device(sqlite3_file *file)
{
    return real(file)->pMethods->xDeviceCharacteristics(real(file));
}

static int fault_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **ret_map)
{
    return real(file)->pMethods->xShmMap(real(file), page, size, extend, ret_map);
}

static int fault_shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
    if (flags & SQLITE_SHM_LOCK && fault_strike(true))
        return SQLITE_IOERR_LOCK;
    return real(file)->pMethods->xShmLock(real(file), offset, n, flags);
}

static void fault_shm_barrier(sqlite3_file *file)
{
    real(file)->pMethods->xShmBarrier(real(file));
}

static int fault_shm_unmap(sqlite3_file *file, int remove)
{
    return real(file)->pMethods->xShmUnmap(real(file), remove);
}

static const sqlite3_io_methods fault_methods = {
    .iVersion = 2,
    .xClose = fault_close,
    .xRead = fault_read,
    .xWrite = fault_write,
    .xTruncate = fault_truncate,
    .xSync = fault_sync,
    .xFileSize = fault_size,
    .xLock = fault_lock,
    .xUnlock = fault_unlock,
    .xCheckReservedLock = fault_reserved,
    .xFileControl = fault_control,
    .xSectorSize = fault_sector,
    .xDeviceCharacteristics = fault_device,
    .xShmMap = fault_shm_map,
    .xShmLock = fault_shm_lock,
    .xShmBarrier = fault_shm_barrier,
    .xShmUnmap = fault_shm_unmap,
};

static int fault_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
    FaultFile *own = (FaultFile *)file;
    (void)vfs;

    own->real = (sqlite3_file *)(own + 1);
    int result = system_vfs->xOpen(system_vfs, name, own->real, flags, ret_flags);
    own->path = flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL) ? name : NULL;
    own->base.pMethods = own->real->pMethods ? &fault_methods : NULL;
    return result;
}

// Without power nothing is deleted either. A file that is gone has nothing to lose.
static int fault_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    (void)vfs;
    if (fault.armed && fault.struck && fault.kind == FAULT_POWER)
        return SQLITE_IOERR_DELETE;
    power_synced(name);
    return system_vfs->xDelete(system_vfs, name, sync);
}

void fault_vfs_install(void)
{
    if (system_vfs)
        return;
    system_vfs = sqlite3_vfs_find(NULL);
    fault_vfs = *system_vfs; // all but these two is the system's
    fault_vfs.zName = "fault";
    fault_vfs.szOsFile = (int)sizeof(FaultFile) + system_vfs->szOsFile;
    fault_vfs.xOpen = fault_open;
    fault_vfs.xDelete = fault_delete;
    int result = sqlite3_vfs_register(&fault_vfs, 1);
    assert(result == SQLITE_OK);
    (void)result;
}

void fault_vfs_arm(int nth, bool lasting, FaultKind kind)
{
    memset(&fault, 0, sizeof(fault));
    fault.armed = true;
    fault.left = fault.nth = nth;
    fault.lasting = lasting || kind == FAULT_POWER;
    fault.kind = kind;
}

bool fault_vfs_disarm(void)
{
    fault.armed = false;
    if (fault.struck && fault.kind == FAULT_POWER)
        power_cut((unsigned)fault.nth);
    return fault.struck;
}
