// Spreadsheets of the offices come in UTF-8, with or without a byte order mark, and in GB18030 (or its
// subsets GBK and GB2312), and say nowhere in which. Bytes of Chinese text in GB18030 are practically never
// well-formed UTF-8 all through, so: what is valid UTF-8 from the first byte to the last is UTF-8, and
// everything else is GB18030, whose own decoder has the last word when the file is converted.
//
// The whole file is looked at before its first line is read, a chunk at a time.
#include "office/encoding.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/text.h"

#define ENCODING_CHUNK 65536
#define ENCODING_CARRY 3 // bytes of a UTF-8 character that may be cut off at the end of a chunk

static const unsigned char utf8_mark[] = {0xef, 0xbb, 0xbf};

typedef struct Scan {
    uint64_t line;         // of the first byte of what comes next
    uint64_t invalid_line; // first line that is not UTF-8, 0 none
    uint64_t nul_line;     // first line with a NUL, 0 none
    size_t carried;
    unsigned char buffer[ENCODING_CARRY + ENCODING_CHUNK];
} Scan;

ssize_t encoding_read(int fd, void *data, size_t size, off_t from)
{
    ssize_t got;

    do {
        got = pread(fd, data, size, from);
    } while (got < 0 && errno == EINTR);
    return got < 0 ? -errno : got;
}

// How many bytes at the end belong to a character that goes on beyond them.
static size_t scan_unfinished(const unsigned char *data, size_t size)
{
    for (size_t back = 1; back <= ENCODING_CARRY && back <= size; back++) {
        unsigned char c = data[size - back];
        size_t needs = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;

        if (c < 0x80)
            return 0;
        if (needs > 1)
            return needs > back ? back : 0;
    }
    return 0;
}

static uint64_t scan_count_lines(const unsigned char *data, size_t size)
{
    uint64_t lines = 0;
    const unsigned char *end = data + size;

    while (data < end && (data = memchr(data, '\n', (size_t)(end - data)))) {
        lines++;
        data++;
    }
    return lines;
}

// The line, counted from `line`, on which the first part stands that is not valid.
static uint64_t scan_find_invalid(const unsigned char *data, size_t size, uint64_t line)
{
    while (size) {
        const unsigned char *newline = memchr(data, '\n', size);
        size_t part = newline ? (size_t)(newline - data) + 1 : size;

        if (!text_utf8_valid(data, part))
            return line;
        data += part;
        size -= part;
        line++;
    }
    return line;
}

static void scan_chunk(Scan *scan, size_t got, bool last)
{
    size_t size = scan->carried + got;
    size_t carry = last ? 0 : scan_unfinished(scan->buffer, size);
    const unsigned char *nul = memchr(scan->buffer, '\0', size);

    if (nul && !scan->nul_line)
        scan->nul_line = scan->line + scan_count_lines(scan->buffer, (size_t)(nul - scan->buffer));
    size -= carry;
    if (!scan->invalid_line && !text_utf8_valid(scan->buffer, size))
        scan->invalid_line = scan_find_invalid(scan->buffer, size, scan->line);
    scan->line += scan_count_lines(scan->buffer, size);
    memmove(scan->buffer, scan->buffer + size, carry);
    scan->carried = carry;
}

static int scan_file(int fd, off_t size, Scan *scan)
{
    off_t from = 0;

    while (from < size) {
        off_t left = size - from;
        ssize_t got = encoding_read(fd, scan->buffer + scan->carried,
                                    left < ENCODING_CHUNK ? (size_t)left : ENCODING_CHUNK, from);

        if (got < 0)
            return error_origin((int)got);
        from += got;
        scan_chunk(scan, (size_t)got, got == 0 || from == size);
        if (got == 0)
            break;
    }
    return 0;
}

// Files that are no text at all, by their first bytes.
static const char *encoding_foreign(const unsigned char *start, size_t size)
{
    if (size >= 4 && memcmp(start, "\320\317\021\340", 4) == 0)
        return N_("this is a workbook of an old kind (.xls), or one with a password; save it as .xlsx "
                  "without one, or as CSV");
    if (size >= 2 && (memcmp(start, "\377\376", 2) == 0 || memcmp(start, "\376\377", 2) == 0))
        return N_("this is UTF-16; save the sheet as CSV in UTF-8");
    return NULL;
}

static int encoding_refuse(EncodingFound *found, const char *reason, uint64_t line)
{
    found->reason = reason;
    found->line = line;
    return ENCODING_E_REFUSED;
}

int encoding_detect(int fd, EncodingFound *ret_found)
{
    CLEANUP(cleanup_free) Scan *scan = alloc_zero(sizeof(*scan));
    unsigned char start[4];
    struct stat status;
    ssize_t got;
    int r;

    *ret_found = (EncodingFound){0};
    if (fstat(fd, &status) < 0)
        return error_origin(-errno);
    if (!S_ISREG(status.st_mode))
        return encoding_refuse(ret_found, N_("not a regular file"), 0);
    if (status.st_size > ENCODING_FILE_MAX)
        return encoding_refuse(ret_found, N_("larger than 512 MiB"), 0);
    ret_found->size = status.st_size;

    got = encoding_read(fd, start, sizeof(start), 0);
    if (got < 0)
        return error_origin((int)got);
    if (encoding_foreign(start, (size_t)got))
        return encoding_refuse(ret_found, encoding_foreign(start, (size_t)got), 0);
    if ((size_t)got >= sizeof(utf8_mark) && memcmp(start, utf8_mark, sizeof(utf8_mark)) == 0)
        ret_found->start = sizeof(utf8_mark);

    scan->line = 1;
    r = scan_file(fd, status.st_size, scan);
    if (r < 0)
        return error_trace(r);
    if (scan->nul_line)
        return encoding_refuse(ret_found, N_("a NUL byte; this is no text"), scan->nul_line);
    if (scan->invalid_line && ret_found->start)
        return encoding_refuse(ret_found, N_("not UTF-8, though the file begins with its mark"),
                               scan->invalid_line);
    ret_found->encoding = scan->invalid_line ? ENCODING_GB18030 : ENCODING_UTF8;
    return 0;
}
