#pragma once
// A disk that fails on command: an SQLite VFS around the system's own, which lets the Nth operation that
// changes a file (write, sync, truncate) fail, once or from then on. A write that fails has written half. Or
// it lets the Nth read or lock fail.
#include <stdbool.h>

typedef enum FaultKind {
    FAULT_IO,
    FAULT_FULL,
    FAULT_READ,  // counts reads and locks in place of changes
    FAULT_POWER, // from there on nothing reaches the disk; disarming takes back some of what no sync followed
} FaultKind;

/// Makes it the default VFS of this process. Harmless until armed.
void fault_vfs_install(void);
/// Lets the `nth` operation from now on (1: the next) fail; with `lasting` every later one as well.
void fault_vfs_arm(int nth, bool lasting, FaultKind kind);
/// The disk is well again. Returns whether anything failed since it was armed. After FAULT_POWER every
/// database must have been closed; what is lost is decided by the number that was armed.
bool fault_vfs_disarm(void);
