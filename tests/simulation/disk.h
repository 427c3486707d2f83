#pragma once
// The disk of every machine, in memory: an SQLite VFS that knows what has been synced. A machine that is
// killed leaves what it wrote; one that loses its power leaves of each change since the last sync some
// sectors, as the dice say. Only what SQLite writes lies here; lock files and the names of databases are real
// and empty, in one folder.
//
// One connection a file: that is what the programs promise (C7), and it is asserted.
#include <stdbool.h>

#include "tests/simulation/world.h"

#define DISK_SECTOR 512 // what a disk writes as a whole

/// Makes it the VFS of this process.
void disk_install(void);
/// Forgets every file.
void disk_wipe(void);
/// A machine whose syncs are words only (a way to break the world).
extern bool disk_lies;

/// The file as it is, or NULL; borrowed until the next change.
const void *disk_get(const char *path, size_t *ret_size);
/// Makes or replaces a file, all of it synced, as a file of `machine`.
void disk_put(const char *path, Machine *machine, const void *data, size_t size);
void disk_remove(const char *path);
/// The machine's files lose what a power cut takes. None of them may be open.
void disk_cut(const Machine *machine);
