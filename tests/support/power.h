#pragma once
// What a power cut does to files: a change that no sync followed may be there, not be there, or be there in
// part. Every change is noted with what was there before; a cut takes back some of them, sector by sector, as
// a seed decides. The names of files (their making, renaming and deleting) are not part of it: strace's
// faults are there for these.
#include <sqlite3.h>
#include <stddef.h>

#define POWER_SECTOR 512 // what a disk writes as a whole

/// Before a write of `size` bytes, or a truncation to `offset` (`size` -1).
void power_note(sqlite3_file *real, const char *path, sqlite3_int64 offset, int size);
/// The file's changes are on the disk.
void power_synced(const char *path);
/// No file is open any more: takes back what the seed says of every change since the file's last sync.
void power_cut(unsigned seed);
/// Forgets all that was noted.
void power_forget(void);
