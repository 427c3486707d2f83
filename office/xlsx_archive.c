// A ZIP archive from anybody, read through libarchive.
//
// What it could cost is bounded before libarchive sees it: the size of the file, and the number of entries,
// by counting the marks that begin one in the archive's directory. Only the two ways of packing that
// spreadsheets use are taken: the others may ask for gigabytes of memory before the first byte. A part is
// counted while it is unpacked, whatever its header says. Two parts of one name are refused: which of them
// another program reads, nobody knows.
#include "office/xlsx_archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "office/encoding.h"

#define XLSX_CHUNK 65536
#define XLSX_MARK_SIZE 4

static const char entry_mark[XLSX_MARK_SIZE] = "PK\001\002"; // of the directory at the archive's end

typedef struct XlsxSource {
    int fd;
    int64_t at, size;
    char buffer[XLSX_CHUNK];
} XlsxSource;

static int xlsx_refuse(const char **ret_reason, const char *reason)
{
    *ret_reason = reason;
    return XLSX_E_REFUSED;
}

static la_ssize_t source_on_read(struct archive *archive, void *user, const void **ret_buffer)
{
    XlsxSource *source = user;
    ssize_t got = encoding_read(source->fd, source->buffer, sizeof(source->buffer), source->at);

    if (got < 0) {
        archive_set_error(archive, (int)-got, "read");
        return ARCHIVE_FATAL;
    }
    source->at += got;
    *ret_buffer = source->buffer;
    return got;
}

static la_int64_t source_on_seek(struct archive *archive, void *user, la_int64_t offset, int whence)
{
    XlsxSource *source = user;
    int64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? source->at : source->size;

    (void)archive;
    if (offset < -base || offset > source->size - base)
        return ARCHIVE_FATAL;
    source->at = base + offset;
    return source->at;
}

static la_int64_t source_on_skip(struct archive *archive, void *user, la_int64_t request)
{
    XlsxSource *source = user;
    int64_t left = source->size - source->at;
    int64_t skipped = request < left ? request : left;

    (void)archive;
    source->at += skipped;
    return skipped;
}

static void cleanup_archive(struct archive **archive)
{
    if (*archive)
        archive_read_free(*archive);
}

// NULL if the bytes are no archive.
static struct archive *xlsx_open(XlsxSource *source)
{
    CLEANUP(cleanup_archive) struct archive *archive = archive_read_new();
    struct archive *opened;

    if (!archive || archive_read_support_format_zip_seekable(archive) != ARCHIVE_OK)
        abort(); // out of memory, see alloc.h
    archive_read_set_read_callback(archive, source_on_read);
    archive_read_set_seek_callback(archive, source_on_seek);
    archive_read_set_skip_callback(archive, source_on_skip);
    archive_read_set_callback_data(archive, source);
    if (archive_read_open1(archive) != ARCHIVE_OK)
        return NULL;
    opened = archive;
    archive = NULL;
    return opened;
}

// However libarchive finds the directory, it has no more entries than this.
static int xlsx_count_marks(XlsxSource *source, size_t *ret_count)
{
    size_t kept = 0, count = 0;

    for (int64_t at = 0; at < source->size;) {
        ssize_t got = encoding_read(source->fd, source->buffer + kept, sizeof(source->buffer) - kept, at);
        const char *found = source->buffer, *end;

        if (got < 0)
            return error_origin((int)got);
        if (got == 0)
            break;
        at += got;
        end = source->buffer + kept + got;
        while ((found = memmem(found, (size_t)(end - found), entry_mark, XLSX_MARK_SIZE))) {
            count++;
            found += XLSX_MARK_SIZE;
        }
        kept = end - source->buffer < XLSX_MARK_SIZE ? (size_t)(end - source->buffer) : XLSX_MARK_SIZE - 1;
        memmove(source->buffer, end - kept, kept);
    }
    *ret_count = count;
    return 0;
}

static int names_compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static const char *names_judge(char **names, size_t count)
{
    qsort(names, count, sizeof(*names), names_compare);
    for (size_t i = 1; i < count; i++) {
        if (strcmp(names[i - 1], names[i]) == 0)
            return N_("a damaged workbook: two parts have one name");
    }
    return NULL;
}

static const char *xlsx_collect(struct archive *archive, char **names, size_t *ret_count)
{
    struct archive_entry *entry;
    int r;

    while ((r = archive_read_next_header(archive, &entry)) == ARCHIVE_OK) {
        const char *name = archive_entry_pathname(entry);

        if (*ret_count == XLSX_ENTRIES_MAX)
            return N_("a workbook of more than 4,096 parts");
        if (archive_entry_is_encrypted(entry))
            return N_("a workbook with a password; save it without one");
        if (name && strlen(name) <= XLSX_NAME_MAX)
            names[(*ret_count)++] = alloc_string(name);
    }
    return r == ARCHIVE_EOF ? NULL : N_("a damaged workbook: its archive cannot be read");
}

int xlsx_archive_check(int fd, const char **ret_reason)
{
    CLEANUP(cleanup_free) XlsxSource *source = alloc_zero(sizeof(*source));
    CLEANUP(cleanup_free) char **names = alloc_zero(XLSX_ENTRIES_MAX * sizeof(*names));
    CLEANUP(cleanup_archive) struct archive *archive = NULL;
    const char *reason;
    struct stat status;
    size_t count = 0;
    int r;

    if (fstat(fd, &status) < 0)
        return error_origin(-errno);
    if (status.st_size > XLSX_FILE_MAX)
        return xlsx_refuse(ret_reason, N_("a workbook larger than 64 MiB; save the sheet as CSV"));
    source->fd = fd;
    source->size = status.st_size;
    r = xlsx_count_marks(source, &count);
    if (r < 0)
        return error_trace(r);
    if (count > XLSX_ENTRIES_MAX)
        return xlsx_refuse(ret_reason, N_("a workbook of more than 4,096 parts"));
    count = 0;
    source->at = 0;
    archive = xlsx_open(source);
    if (!archive)
        return xlsx_refuse(ret_reason, N_("a damaged workbook: its archive cannot be read"));
    reason = xlsx_collect(archive, names, &count);
    if (!reason)
        reason = names_judge(names, count);
    for (size_t i = 0; i < count; i++)
        free(names[i]);
    return reason ? xlsx_refuse(ret_reason, reason) : 0;
}

// "ZIP 2.0 (deflation)" and the like; that is where libarchive tells the way of packing.
static bool xlsx_is_plain(struct archive *archive)
{
    const char *format = archive_format_name(archive);

    return format && (strstr(format, "(deflation)") || strstr(format, "(uncompressed)"));
}

static int xlsx_unpack(struct archive *archive, size_t limit,
                       int (*take)(void *user, const char *data, size_t size), void *user,
                       const char **ret_reason)
{
    CLEANUP(cleanup_free) char *chunk = alloc_zero(XLSX_CHUNK);
    size_t total = 0;
    la_ssize_t got;

    do {
        int r;

        got = archive_read_data(archive, chunk, XLSX_CHUNK);
        if (got < 0)
            return xlsx_refuse(ret_reason, N_("a damaged workbook: its archive cannot be read"));
        total += (size_t)got;
        if (total > limit)
            return xlsx_refuse(ret_reason, N_("a workbook that is too large unpacked"));
        r = take(user, chunk, (size_t)got);
        if (r != 0)
            return r;
    } while (got > 0);
    return 0;
}

int xlsx_archive_read(int fd, const char *name, size_t limit,
                      int (*take)(void *user, const char *data, size_t size), void *user,
                      const char **ret_reason)
{
    CLEANUP(cleanup_free) XlsxSource *source = alloc_zero(sizeof(*source));
    CLEANUP(cleanup_archive) struct archive *archive = NULL;
    struct archive_entry *entry;
    struct stat status;

    if (fstat(fd, &status) < 0)
        return error_origin(-errno);
    source->fd = fd;
    source->size = status.st_size;
    archive = xlsx_open(source);
    while (archive && archive_read_next_header(archive, &entry) == ARCHIVE_OK) {
        const char *found = archive_entry_pathname(entry);

        if (!found || strcmp(found, name) != 0)
            continue;
        if (!xlsx_is_plain(archive))
            return xlsx_refuse(ret_reason, N_("a workbook packed in an unusual way; save it once more"));
        return xlsx_unpack(archive, limit, take, user, ret_reason);
    }
    return XLSX_E_MISSING;
}
