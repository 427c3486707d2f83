#include "tests/support/fault_vfs.h"

#include <assert.h>
#include <sqlite3.h>
#include <string.h>

// Each file is two in one allocation: ours in front, the system's behind it. Every method is handed through;
// the three that change a file ask fault_strike() first. One process, one thread.

typedef struct FaultFile {
    sqlite3_file base;
    sqlite3_file *real;
} FaultFile;

static sqlite3_vfs *system_vfs;
static sqlite3_vfs fault_vfs;
static struct {
    bool armed, lasting, struck;
    int left;
    FaultKind kind;
} fault;

static bool fault_strike(void)
{
    if (!fault.armed)
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
    return real(file)->pMethods->xRead(real(file), data, size, offset);
}

static int fault_write(sqlite3_file *file, const void *data, int size, sqlite3_int64 offset)
{
    if (!fault_strike())
        return real(file)->pMethods->xWrite(real(file), data, size, offset);
    real(file)->pMethods->xWrite(real(file), data, size / 2, offset);
    return fault.kind == FAULT_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

static int fault_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    return fault_strike() ? SQLITE_IOERR_TRUNCATE : real(file)->pMethods->xTruncate(real(file), size);
}

static int fault_sync(sqlite3_file *file, int flags)
{
    return fault_strike() ? SQLITE_IOERR_FSYNC : real(file)->pMethods->xSync(real(file), flags);
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
    own->base.pMethods = own->real->pMethods ? &fault_methods : NULL;
    return result;
}

void fault_vfs_install(void)
{
    if (system_vfs)
        return;
    system_vfs = sqlite3_vfs_find(NULL);
    fault_vfs = *system_vfs; // all but xOpen is the system's
    fault_vfs.zName = "fault";
    fault_vfs.szOsFile = (int)sizeof(FaultFile) + system_vfs->szOsFile;
    fault_vfs.xOpen = fault_open;
    int result = sqlite3_vfs_register(&fault_vfs, 1);
    assert(result == SQLITE_OK);
    (void)result;
}

void fault_vfs_arm(int nth, bool lasting, FaultKind kind)
{
    memset(&fault, 0, sizeof(fault));
    fault.armed = true;
    fault.left = nth;
    fault.lasting = lasting;
    fault.kind = kind;
}

bool fault_vfs_disarm(void)
{
    fault.armed = false;
    return fault.struck;
}
