#pragma once
// Whole files: read with a bound, written atomically.
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "core/base/text.h"

enum { FILE_E_TOO_LARGE = 1, FILE_E_EXPOSED, FILE_E_MISSING };

/// Appends the whole file, at most `limit` bytes. FILE_E_MISSING, FILE_E_TOO_LARGE.
int file_read(const char *path, size_t limit, Text *text);
/// The same from a descriptor, from its current position on.
int file_read_fd(int fd, size_t limit, Text *text);
/// A secret: like file_read, but FILE_E_EXPOSED when group or others have any access or the owner is neither
/// root nor us. One trailing newline is cut off. In systemd's credentials folder root's files may show a
/// group's read bit: it is the mask of the access list by which systemd lets the service read.
int file_read_secret(const char *path, size_t limit, Text *text);
/// Writes through a temporary file beside it, fsync, rename, fsync of the folder. Never half a file, never
/// through a symbolic link at `path`. With `replace` false an existing file is -EEXIST.
int file_write_atomic(const char *path, const void *data, size_t size, mode_t mode, bool replace);
/// Writes a file's bytes to `fd`; 0 or negative errno.
typedef int FileFill(void *user, int fd);
/// The same for what is too large to be held: `fill` writes the temporary file.
int file_write_atomic_by(const char *path, FileFill *fill, void *user, mode_t mode, bool replace);
/// All of `from`, from its beginning on, to `to`.
int file_copy(int from, int to);
/// The folder of `path` joined with `name`, unless `name` is absolute. The caller frees it.
char *file_beside(const char *path, const char *name);
/// fsync of the folder that holds `path`, so that a create or rename in it is durable.
int file_sync_folder(const char *path);
