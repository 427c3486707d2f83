#pragma once
// In which encoding a file is written, found out from all of its bytes.
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef enum Encoding { ENCODING_UTF8, ENCODING_GB18030 } Encoding;

#define ENCODING_FILE_MAX ((off_t)512 * 1024 * 1024) // a city's members are 30 MB

typedef struct EncodingFound {
    Encoding encoding;
    off_t start;        // first byte behind a byte order mark
    off_t size;         // of the file
    const char *reason; // N_(): why it is refused
    uint64_t line;      // … and where; 0: the file as a whole
} EncodingFound;

enum { ENCODING_E_REFUSED = 1 };

/// Reads the regular file `fd` from its beginning, without moving its position. UTF-8 if all of it is,
/// GB18030 otherwise. Refused
/// (`ret_found` has the reason): NUL bytes, UTF-16, workbooks, what is too large, and a byte order mark of
/// UTF-8 before something else.
int encoding_detect(int fd, EncodingFound *ret_found);
/// pread that goes on after a signal; 0 at the end of the file.
ssize_t encoding_read(int fd, void *data, size_t size, off_t from);
