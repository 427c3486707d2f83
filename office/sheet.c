// bytes -> UTF-8 (iconv) -> lines -> cells (libcsv) -> rows.
//
// libcsv does not count lines, so it is fed a line at a time and the count is kept here; a quoted cell may go
// on over several lines, and a row is known by the one it begins on. Rows without any content (a
// spreadsheet's empty rows, rows of commas) are passed over. Nothing unbounded is kept: a quote that is never
// closed ends in an error after SHEET_ROW_MAX bytes, not in a file held in memory.
#include "office/sheet.h"

#include <csv.h>
#include <iconv.h>
#include <string.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/text.h"
#include "office/encoding.h"
#include "office/sheet_xlsx.h"

#define SHEET_CHUNK 65536
#define SHEET_CARRY 8 // bytes of a GB18030 character that may be cut off at a chunk's end (at most 3)
#define SHEET_WIDENING \
    3 // UTF-8 bytes for a byte of GB18030, at most (two bytes become three, four become four)

typedef struct Sheet {
    struct csv_parser parser;
    int (*each)(void *user, const SheetRow *row);
    void *user;
    int result; // of `each`, or SHEET_E_REFUSED
    SheetProblem problem;
    uint64_t line;     // being fed
    uint64_t row_line; // on which the row at hand began
    bool open;         // a row has begun and not ended
    bool after_cr;
    size_t row_size; // bytes fed of the row at hand
    Text cells;      // of the row at hand, each with a NUL
    size_t offsets[SHEET_CELLS_MAX], sizes[SHEET_CELLS_MAX];
    size_t count; // cells of the row, counted on beyond SHEET_CELLS_MAX
    bool has_content;
} Sheet;

static void sheet_refuse(Sheet *sheet, uint64_t line, const char *reason)
{
    if (sheet->result)
        return;
    sheet->problem = (SheetProblem){.line = line, .reason = reason};
    sheet->result = SHEET_E_REFUSED;
}

static void sheet_on_cell(void *data, size_t size, void *user)
{
    Sheet *sheet = user;

    if (sheet->count < SHEET_CELLS_MAX) {
        sheet->offsets[sheet->count] = sheet->cells.size;
        sheet->sizes[sheet->count] = size;
        text_append_bytes(&sheet->cells, data ? data : "", size);
        text_append_char(&sheet->cells, '\0');
    }
    sheet->has_content |= size > 0;
    sheet->count++;
}

static void sheet_on_row(int end, void *user)
{
    Sheet *sheet = user;
    SheetRow row = {.line = sheet->row_line, .count = sheet->count};

    (void)end;
    if (sheet->count > SHEET_CELLS_MAX && sheet->has_content)
        sheet_refuse(sheet, sheet->row_line, N_("more than 64 columns"));
    if (!sheet->result && sheet->has_content) {
        for (size_t i = 0; i < sheet->count; i++) {
            row.cells[i] = sheet->cells.data + sheet->offsets[i];
            row.sizes[i] = sheet->sizes[i];
        }
        sheet->result = sheet->each(sheet->user, &row);
    }
    text_clear(&sheet->cells);
    sheet->count = 0;
    sheet->has_content = false;
    sheet->open = false;
    sheet->row_size = 0;
}

// A piece that contains at most one end of line, as its last byte.
static void sheet_feed_piece(Sheet *sheet, const char *data, size_t size)
{
    bool blank = strspn(data, " \t\r\n") >= size;

    if (!sheet->open)
        sheet->row_line = sheet->line;
    sheet->open |= !blank;
    sheet->row_size += size;
    if (csv_parse(&sheet->parser, data, size, sheet_on_cell, sheet_on_row, sheet) != size)
        sheet_refuse(sheet, sheet->line,
                     N_("a quote within a cell that is not quoted, or text behind a closing quote"));
    if (sheet->row_size > SHEET_ROW_MAX)
        sheet_refuse(sheet, sheet->row_line, N_("longer than 1 MiB: a quote that is never closed?"));
}

// `data` is NUL-terminated behind `size`.
static void sheet_feed(Sheet *sheet, const char *data, size_t size)
{
    while (size && !sheet->result) {
        size_t part = strcspn(data, "\r\n");
        char end = '\0';

        if (part < size) {
            end = data[part];
            part++;
        }
        if (end == '\n' && part == 1 && sheet->after_cr) {
            sheet_feed_piece(sheet, data, 1); // the second half of CR LF: no line of its own
        } else {
            sheet_feed_piece(sheet, data, part);
            sheet->line += end != '\0';
        }
        sheet->after_cr = end == '\r';
        data += part;
        size -= part;
    }
}

// Reading is by position; the offset tells whoever handed the file over how far it has got.
static void sheet_show(int fd, off_t from)
{
    (void)lseek(fd, from, SEEK_SET);
}

static int sheet_feed_utf8(Sheet *sheet, int fd, const EncodingFound *found)
{
    CLEANUP(cleanup_free) char *chunk = alloc_zero(SHEET_CHUNK + 1);

    for (off_t from = found->start; from < found->size && !sheet->result;) {
        ssize_t got = encoding_read(fd, chunk, SHEET_CHUNK, from);

        if (got < 0)
            return error_origin((int)got);
        if (got == 0)
            break;
        chunk[got] = '\0';
        if (strlen(chunk) != (size_t)got) // it has changed since it was looked at
            sheet_refuse(sheet, sheet->line, N_("a NUL byte; this is no text"));
        sheet_feed(sheet, chunk, (size_t)got);
        from += got;
        sheet_show(fd, from);
    }
    return 0;
}

// Converts and feeds what is in `in`; returns how many bytes at its end belong to a character that goes on.
static size_t sheet_feed_converted(Sheet *sheet, iconv_t converter, char *in, size_t size, char *out,
                                   size_t out_size)
{
    char *from = in, *to = out;
    size_t left = size, room = out_size - 1;
    size_t r = iconv(converter, &from, &left, &to, &room);

    *to = '\0';
    sheet_feed(sheet, out, (size_t)(to - out));
    if (r == (size_t)-1 && errno != EINVAL)
        sheet_refuse(sheet, sheet->line, N_("neither UTF-8 nor GB18030"));
    memmove(in, from, left);
    return left;
}

static int sheet_feed_gb18030(Sheet *sheet, int fd, const EncodingFound *found)
{
    size_t in_size = SHEET_CHUNK + SHEET_CARRY, out_size = in_size * SHEET_WIDENING + 1, carried = 0;
    CLEANUP(cleanup_free) char *in = alloc_zero(in_size);
    CLEANUP(cleanup_free) char *out = alloc_zero(out_size);
    iconv_t converter = iconv_open("UTF-8", "GB18030");
    int r = 0;

    if (converter == (iconv_t)-1) {
        sheet_refuse(sheet, 0, N_("not UTF-8, and this system cannot convert GB18030"));
        return 0;
    }
    for (off_t from = found->start; from < found->size && !sheet->result;) {
        ssize_t got = encoding_read(fd, in + carried, SHEET_CHUNK, from);

        if (got < 0)
            r = error_origin((int)got);
        if (got <= 0)
            break;
        from += got;
        sheet_show(fd, from);
        carried = sheet_feed_converted(sheet, converter, in, carried + (size_t)got, out, out_size);
        if (carried > SHEET_CARRY)
            sheet_refuse(sheet, sheet->line, N_("neither UTF-8 nor GB18030"));
    }
    if (carried)
        sheet_refuse(sheet, sheet->line, N_("neither UTF-8 nor GB18030"));
    iconv_close(converter);
    return r;
}

int sheet_read(int fd, int (*each)(void *user, const SheetRow *row), void *user, SheetProblem *ret_problem)
{
    Sheet sheet = {.each = each, .user = user, .line = 1};
    EncodingFound found;
    int r;

    if (sheet_xlsx_is(fd)) // by its content, whatever its name
        return sheet_xlsx_read(fd, each, user, ret_problem);
    r = encoding_detect(fd, &found);
    if (r < 0)
        return error_trace(r);
    if (r == ENCODING_E_REFUSED) {
        *ret_problem = (SheetProblem){.line = found.line, .reason = found.reason};
        return SHEET_E_REFUSED;
    }
    if (csv_init(&sheet.parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
        return error_origin(-ENOMEM);
    r = found.encoding == ENCODING_UTF8 ? sheet_feed_utf8(&sheet, fd, &found)
                                        : sheet_feed_gb18030(&sheet, fd, &found);
    if (r == 0 && !sheet.result && csv_fini(&sheet.parser, sheet_on_cell, sheet_on_row, &sheet) != 0)
        sheet_refuse(&sheet, sheet.row_line, N_("a quote that is never closed"));
    csv_free(&sheet.parser);
    text_deinit(&sheet.cells);
    if (r < 0)
        return error_trace(r);
    if (sheet.result == SHEET_E_REFUSED)
        *ret_problem = sheet.problem;
    return sheet.result;
}
