// archive -> XML (expat) -> cells -> rows, so that what comes out is what a CSV file of the sheet would give.
//
// The sheet is streamed; only its shared texts are in memory. A workbook leaves empty cells out, so the first
// row with anything in it, the header, says how wide the others are at least. Rows without content are passed
// over. Of a formula the value counts that was last computed. Hidden rows and columns are read like others:
// who is hidden has not left. Of merged cells only the first has content.
//
// It refuses to guess: rows and cells out of order, texts that are not there and cells that show an error end
// the reading with their row.
#include "office/sheet_xlsx.h"

#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/text.h"
#include "office/encoding.h"
#include "office/xlsx_archive.h"
#include "office/xlsx_book.h"
#include "office/xlsx_value.h"
#include "office/xlsx_xml.h"

#define XLSX_SHEET_MAX ((size_t)1024 * 1024 * 1024) // bytes unpacked, streamed; a city's members are 120 MB
#define XLSX_ROWS_MAX 1048576                       // of a spreadsheet
#define XLSX_COLUMNS_MAX 16384                      // of a spreadsheet

typedef enum CellType { CELL_NUMBER, CELL_SHARED, CELL_TEXT, CELL_BOOL, CELL_ERROR, CELL_DATE } CellType;

typedef struct SheetXlsx {
    XlsxBook book;
    int (*each)(void *user, const SheetRow *row);
    void *user;
    SheetProblem problem;
    long long line; // of the row at hand, or of the last one
    bool in_row, in_cell, in_value;
    int phonetic;
    long long column; // of the cell at hand or of the last one, from 1; 0 none
    CellType type;
    bool is_date;
    Text value; // as it stands in the file
    Text cells; // of the row at hand, each with a NUL
    size_t offsets[SHEET_CELLS_MAX], sizes[SHEET_CELLS_MAX];
    size_t count; // cells up to the last one with content
    size_t width; // of the header
} SheetXlsx;

static void sheet_refuse(XlsxXml *xml, SheetXlsx *sheet, const char *reason)
{
    sheet->problem = (SheetProblem){.line = (uint64_t)sheet->line, .reason = reason};
    xlsx_xml_stop(xml, XLSX_E_REFUSED, reason);
}

// "BC12" is column 55. 0 if it names none.
static long long column_of(const char *reference)
{
    long long column = 0;

    for (; *reference >= 'A' && *reference <= 'Z' && column <= XLSX_COLUMNS_MAX; reference++)
        column = column * 26 + (*reference - 'A' + 1);
    return *reference >= '0' && *reference <= '9' && column <= XLSX_COLUMNS_MAX ? column : 0;
}

static void sheet_start_row(XlsxXml *xml, SheetXlsx *sheet, const char *const *attributes)
{
    const char *number = xlsx_xml_attribute(attributes, "r");
    long long line = sheet->line + 1;

    if (sheet->in_row || (number && !text_parse_int64(number, line, XLSX_ROWS_MAX, &line)) ||
        line > XLSX_ROWS_MAX) {
        sheet_refuse(xml, sheet, N_("a damaged workbook: rows out of order"));
        return;
    }
    sheet->line = line;
    sheet->in_row = true;
    sheet->column = 0;
    sheet->count = 0;
    text_clear(&sheet->cells);
}

static CellType cell_type(const char *type)
{
    static const struct {
        const char *name;
        CellType type;
    } types[] = {{"s", CELL_SHARED}, {"inlineStr", CELL_TEXT}, {"str", CELL_TEXT},
                 {"b", CELL_BOOL},   {"e", CELL_ERROR},        {"d", CELL_DATE}};

    for (size_t i = 0; type && i < sizeof(types) / sizeof(*types); i++) {
        if (strcmp(type, types[i].name) == 0)
            return types[i].type;
    }
    return CELL_NUMBER;
}

static void sheet_start_cell(XlsxXml *xml, SheetXlsx *sheet, const char *const *attributes)
{
    const char *reference = xlsx_xml_attribute(attributes, "r");
    const char *style = xlsx_xml_attribute(attributes, "s");
    long long column = reference ? column_of(reference) : sheet->column + 1, number = 0;

    if (column <= sheet->column || column > XLSX_COLUMNS_MAX) {
        sheet_refuse(xml, sheet, N_("a damaged workbook: cells out of order"));
        return;
    }
    if (style && !text_parse_int64(style, 0, XLSX_STYLES_MAX, &number))
        number = 0;
    sheet->column = column;
    sheet->type = cell_type(xlsx_xml_attribute(attributes, "t"));
    sheet->is_date = (size_t)number < sheet->book.style_count && sheet->book.is_date[number];
    sheet->in_cell = true;
    text_clear(&sheet->value);
}

static void sheet_on_start(XlsxXml *xml, void *user, const char *name, const char *const *attributes)
{
    SheetXlsx *sheet = user;

    if (strcmp(name, "row") == 0)
        sheet_start_row(xml, sheet, attributes);
    else if (!sheet->in_row)
        return;
    else if (strcmp(name, "c") == 0 && !sheet->in_cell)
        sheet_start_cell(xml, sheet, attributes);
    else if (strcmp(name, "rPh") == 0)
        sheet->phonetic++;
    else if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0)
        sheet->in_value = sheet->in_cell && sheet->phonetic == 0;
}

static void sheet_on_text(XlsxXml *xml, void *user, const char *data, size_t size)
{
    SheetXlsx *sheet = user;

    if (!sheet->in_value)
        return;
    if (sheet->value.size + size > SHEET_ROW_MAX)
        sheet_refuse(xml, sheet, N_("longer than 1 MiB"));
    else
        text_append_bytes(&sheet->value, data, size);
}

// Appends what the cell says to the cells of the row; NULL if fine, otherwise why not.
static const char *sheet_append_value(SheetXlsx *sheet)
{
    const char *value = text_cstr(&sheet->value);
    long long index;

    switch (sheet->type) {
    case CELL_SHARED:
        if (!text_parse_int64(value, 0, (long long)sheet->book.string_count - 1, &index))
            return N_("a damaged workbook: a cell whose text is not there");
        text_append_bytes(&sheet->cells, sheet->book.texts + sheet->book.offsets[index],
                          sheet->book.offsets[index + 1] - sheet->book.offsets[index]);
        return NULL;
    case CELL_TEXT:
        xlsx_value_text(value, sheet->value.size, &sheet->cells);
        return NULL;
    case CELL_BOOL:
        text_append(&sheet->cells, strcmp(value, "0") == 0 || strcmp(value, "false") == 0 ? "FALSE" : "TRUE");
        return NULL;
    case CELL_ERROR:
        return N_("a cell shows an error, such as #N/A");
    case CELL_DATE:
        xlsx_value_iso(value, &sheet->cells);
        return NULL;
    case CELL_NUMBER:
        break;
    }
    return xlsx_value_number(value, sheet->is_date, sheet->book.from_1904, &sheet->cells);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

// Takes blanks off the cell that begins at `start` of the row's text, as they are off in CSV, and notes it.
static void sheet_note_cell(XlsxXml *xml, SheetXlsx *sheet, size_t start)
{
    Text *cells = &sheet->cells;

    while (cells->size > start && is_blank(cells->data[cells->size - 1]))
        cells->size--;
    while (start < cells->size && is_blank(cells->data[start]))
        start++;
    if (start >= cells->size)
        return;
    if (sheet->column > SHEET_CELLS_MAX) {
        sheet_refuse(xml, sheet, N_("more than 64 columns"));
        return;
    }
    while (sheet->count < (size_t)sheet->column)
        sheet->sizes[sheet->count++] = 0;
    sheet->offsets[sheet->count - 1] = start;
    sheet->sizes[sheet->count - 1] = cells->size - start;
    text_append_char(cells, '\0');
    if (cells->size > SHEET_ROW_MAX)
        sheet_refuse(xml, sheet, N_("longer than 1 MiB"));
}

static void sheet_end_cell(XlsxXml *xml, SheetXlsx *sheet)
{
    size_t start = sheet->cells.size;
    const char *reason = sheet->value.size ? sheet_append_value(sheet) : NULL;

    sheet->in_cell = false;
    if (reason)
        sheet_refuse(xml, sheet, reason);
    else
        sheet_note_cell(xml, sheet, start);
}

static void sheet_end_row(XlsxXml *xml, SheetXlsx *sheet)
{
    SheetRow row = {.line = (uint64_t)sheet->line, .count = sheet->count};
    int r;

    sheet->in_row = false;
    if (!sheet->count)
        return;
    if (!sheet->width)
        sheet->width = sheet->count;
    if (row.count < sheet->width)
        row.count = sheet->width;
    for (size_t i = 0; i < row.count; i++) {
        bool filled = i < sheet->count && sheet->sizes[i];

        row.cells[i] = filled ? sheet->cells.data + sheet->offsets[i] : "";
        row.sizes[i] = filled ? sheet->sizes[i] : 0;
    }
    r = sheet->each(sheet->user, &row);
    if (r)
        xlsx_xml_stop(xml, r, NULL);
}

static void sheet_on_end(XlsxXml *xml, void *user, const char *name)
{
    SheetXlsx *sheet = user;

    if (strcmp(name, "row") == 0)
        sheet_end_row(xml, sheet);
    else if (strcmp(name, "c") == 0 && sheet->in_cell)
        sheet_end_cell(xml, sheet);
    else if (strcmp(name, "rPh") == 0)
        sheet->phonetic -= sheet->phonetic > 0;
    else if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0)
        sheet->in_value = false;
}

bool sheet_xlsx_is(int fd)
{
    char start[4];

    return encoding_read(fd, start, sizeof(start), 0) == sizeof(start) && memcmp(start, "PK\003\004", 4) == 0;
}

int sheet_xlsx_read(int fd, int (*each)(void *user, const SheetRow *row), void *user,
                    SheetProblem *ret_problem)
{
    SheetXlsx sheet = {.each = each, .user = user};
    XlsxHandlers handlers = {sheet_on_start, sheet_on_end, sheet_on_text, &sheet};
    const char *reason = NULL;
    int r = xlsx_book_open(fd, &sheet.book, &reason);

    if (r == 0)
        r = xlsx_xml_read(fd, sheet.book.sheet, XLSX_SHEET_MAX, &handlers, &reason);
    xlsx_book_close(&sheet.book);
    text_deinit(&sheet.value);
    text_deinit(&sheet.cells);
    if (r == XLSX_E_MISSING)
        reason = N_("a damaged workbook: a part is missing");
    if (r > 0) {
        *ret_problem = sheet.problem.reason ? sheet.problem : (SheetProblem){.reason = reason};
        return SHEET_E_REFUSED;
    }
    return r < 0 ? error_trace(r) : 0;
}
