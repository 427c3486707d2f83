#pragma once
// The ZIP archive that a workbook is: its parts by name, read a chunk at a time, each with a bound.
#include <stddef.h>
#include <stdint.h>

#define XLSX_FILE_MAX ((int64_t)64 * 1024 * 1024) // bytes packed; a city's members are 15 MB
#define XLSX_ENTRIES_MAX 4096                     // parts of an archive; a workbook of ten sheets has thirty
#define XLSX_NAME_MAX 255                         // bytes of a part's name

enum {
    XLSX_E_REFUSED = 1, // `ret_reason` says why, N_()
    XLSX_E_MISSING,     // there is no such part
};

/// Looks at every entry of the archive in the regular file `fd`, without moving its position.
int xlsx_archive_check(int fd, const char **ret_reason);
/// Unpacks the part `name` and hands it over in pieces, the last one empty. What is larger than `limit` is
/// refused. A return of `take` that is not 0 stops and is returned.
int xlsx_archive_read(int fd, const char *name, size_t limit,
                      int (*take)(void *user, const char *data, size_t size), void *user,
                      const char **ret_reason);
