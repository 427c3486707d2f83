// A workbook of any bytes: read to its end, or refused with a reason. Bytes that are no archive become the
// sheet, the texts or the styles of one, by the first of them; else no random change would get past the
// checksums.
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/base/text.h"
#include "office/sheet_xlsx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LINKS "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
typedef struct Archive {
    Text bytes, directory;
    unsigned count;
} Archive;

static uint32_t crc32_of(const void *data, size_t size)
{
    const uint8_t *bytes = data;
    uint32_t crc = ~0u;

    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

static void append_number(Text *text, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        text_append_char(text, (char)(value >> 8 * i & 0xff));
}

// What both headers of an entry have in common, from the version on.
static void append_entry(Text *text, const char *name, const void *data, size_t size)
{
    append_number(text, 20, 2);
    append_number(text, 0, 8); // flags, stored, time, date
    append_number(text, crc32_of(data, size), 4);
    append_number(text, (uint32_t)size, 4);
    append_number(text, (uint32_t)size, 4);
    append_number(text, (uint32_t)strlen(name), 2);
    append_number(text, 0, 2);
}

static void archive_add(Archive *archive, const char *name, const void *data, size_t size)
{
    uint32_t offset = (uint32_t)archive->bytes.size;

    text_append(&archive->bytes, "PK\003\004");
    append_entry(&archive->bytes, name, data, size);
    text_append(&archive->bytes, name);
    text_append_bytes(&archive->bytes, data, size);
    text_append(&archive->directory, "PK\001\002");
    append_number(&archive->directory, 20, 2);
    append_entry(&archive->directory, name, data, size);
    append_number(&archive->directory, 0, 4); // comment, disk
    append_number(&archive->directory, 0, 6); // attributes
    append_number(&archive->directory, offset, 4);
    text_append(&archive->directory, name);
    archive->count++;
}

static void archive_end(Archive *archive)
{
    uint32_t offset = (uint32_t)archive->bytes.size;

    text_append_bytes(&archive->bytes, archive->directory.data, archive->directory.size);
    text_append(&archive->bytes, "PK\005\006");
    append_number(&archive->bytes, 0, 4);
    append_number(&archive->bytes, archive->count, 2);
    append_number(&archive->bytes, archive->count, 2);
    append_number(&archive->bytes, (uint32_t)archive->directory.size, 4);
    append_number(&archive->bytes, offset, 4);
    append_number(&archive->bytes, 0, 2);
}

static void archive_wrap(Archive *archive, const uint8_t *data, size_t size)
{
    static const char *const names[] = {"sheet.xml", "strings.xml", "styles.xml", "workbook.xml"};
    static const char *const parts[] = {
        "<sheet><row><c s=\"1\"><v>46331.5</v></c><c t=\"s\"><v>0</v></c></row></sheet>",
        "<sst><si><t>a</t></si></sst>",
        "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>",
        "<workbook><sheets><sheet id=\"a\"/></sheets></workbook>",
    };
    static const char root[] = "<Relationships><Relationship Id=\"a\" Type=\"" LINKS
                               "/officeDocument\" Target=\"workbook.xml\"/></Relationships>";
    static const char links[] =
        "<Relationships><Relationship Id=\"a\" Type=\"" LINKS "/worksheet\" Target=\"sheet.xml\"/>"
        "<Relationship Id=\"b\" Type=\"" LINKS "/sharedStrings\" Target=\"strings.xml\"/>"
        "<Relationship Id=\"c\" Type=\"" LINKS "/styles\" Target=\"styles.xml\"/></Relationships>";
    size_t chosen = size ? data[0] % 4 : 0;

    archive_add(archive, "_rels/.rels", root, strlen(root));
    archive_add(archive, "_rels/workbook.xml.rels", links, strlen(links));
    for (size_t i = 0; i < 4; i++) {
        if (i == chosen && size)
            archive_add(archive, names[i], data + 1, size - 1);
        else
            archive_add(archive, names[i], parts[i], strlen(parts[i]));
    }
    archive_end(archive);
}

static int take_row(void *user, const SheetRow *row)
{
    uint64_t *line = user;

    if (row->line <= *line || row->count == 0 || row->count > SHEET_CELLS_MAX)
        abort();
    for (size_t i = 0; i < row->count; i++) {
        if (strlen(row->cells[i]) != row->sizes[i]) // no NUL gets through
            abort();
    }
    *line = row->line;
    return 0;
}

static void read_book(const void *data, size_t size)
{
    int fd = memfd_create("book", MFD_CLOEXEC);
    SheetProblem problem = {0};
    uint64_t line = 0;
    int r;

    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    r = sheet_xlsx_read(fd, take_row, &line, &problem);
    close(fd);
    if (r < 0 || (r == SHEET_E_REFUSED && !problem.reason))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Archive archive = {0};

    if (size >= 4 && memcmp(data, "PK\003\004", 4) == 0) {
        read_book(data, size);
        return 0;
    }
    archive_wrap(&archive, data, size);
    read_book(archive.bytes.data, archive.bytes.size);
    text_deinit(&archive.bytes);
    text_deinit(&archive.directory);
    return 0;
}
