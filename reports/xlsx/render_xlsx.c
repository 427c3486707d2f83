// A workbook: the whole table on the first sheet, a sheet for each level of the tree, and one with charts. It
// is written row by row (constant_memory), so that its length costs no memory, into a file that has no name
// and ends with this function. Every text is a cell of type string, whatever it begins with: nothing is a
// formula or a link. The same report gives the same bytes; its date is the moment that the figures are of.
#include "reports/render.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/i18n.h"
#include "reports/xlsx/book.h"

#define FILE_SIZE_MAX (512u << 20) // a million rows take a tenth of it
#define FOOTER_SIZE_MAX 200        // of 255 that a spreadsheet takes

static void set_properties(lxw_workbook *workbook, const Report *report)
{
    CLEANUP(cleanup_text) Text title = {0};
    CLEANUP(cleanup_text) Text origin = {0};
    Time as_of = report->as_of == TIME_NONE ? clock_now() : report->as_of;

    render_append_safe(report->title, &title);
    render_append_origin(report, &origin);
    char author[] = "studyday"; // the library's fields are not const
    // The library copies the texts, and writes `created` as the time of the last change as well.
    lxw_doc_properties properties = {.title = title.data,
                                     .author = author,
                                     .comments = origin.data,
                                     .created = (time_t)(as_of / TIME_SECOND)};
    workbook_set_properties(workbook, &properties);
}

static void set_up_print(Book *book, lxw_worksheet *sheet, lxw_row_t heading)
{
    CLEANUP(cleanup_text) Text footer = {0};
    CLEANUP(cleanup_text) Text origin = {0};

    worksheet_set_landscape(sheet);
    worksheet_set_paper(sheet, BOOK_PAPER_A4);
    worksheet_fit_to_pages(sheet, 1, 0);
    worksheet_set_margins(sheet, 0.35, 0.35, 0.5, 0.6);
    if (heading != BOOK_NO_HEADING)
        worksheet_repeat_rows(sheet, heading, heading);
    render_append_origin(book->report, &origin);
    if (origin.size < FOOTER_SIZE_MAX) {
        text_appendf(&footer, "&L&8%s&R&8&P / &N", text_cstr(&origin));
        worksheet_set_footer(sheet, text_cstr(&footer));
    }
}

static void make_formats(Book *book)
{
    static const char *const numbers[] = {
        [REPORT_COUNT] = "#,##0", [REPORT_PERMILLE] = "0.0%",   [REPORT_MINUTES] = "0.0",
        [REPORT_TENTHS] = "0.0",  [REPORT_DATE] = "yyyy-mm-dd", [REPORT_TIME] = "yyyy-mm-dd hh:mm",
        [REPORT_WORDS] = NULL};

    for (size_t type = 0; type < BOOK_TYPE_COUNT; type++) {
        for (int bold = 0; bold < 2; bold++) {
            lxw_format *format = book_format(book, BOOK_SIZE, bold);
            format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
            if (numbers[type])
                format_set_num_format(format, numbers[type]);
            if (type == REPORT_FRACTION)
                format_set_align(format, LXW_ALIGN_RIGHT);
            book->cells[type][bold] = format;
        }
    }
    for (int depth = 0; depth < BOOK_INDENTS; depth++) {
        book->indents[depth] = book_format(book, BOOK_SIZE, depth == 0);
        format_set_align(book->indents[depth], LXW_ALIGN_VERTICAL_TOP);
        format_set_indent(book->indents[depth], (uint8_t)depth);
    }
    book->title = book_format(book, BOOK_SIZE_TITLE, true);
    book->section = book_format(book, BOOK_SIZE, true);
    book->note = book_format(book, BOOK_SIZE, false);
    format_set_text_wrap(book->note);
    format_set_align(book->note, LXW_ALIGN_VERTICAL_TOP);
    for (int right = 0; right < 2; right++) {
        lxw_format *heading = book_format(book, BOOK_SIZE, true);
        format_set_text_wrap(heading);
        format_set_align(heading, LXW_ALIGN_VERTICAL_BOTTOM);
        format_set_align(heading, right ? LXW_ALIGN_RIGHT : LXW_ALIGN_LEFT);
        format_set_bg_color(heading, look_tones[LOOK_PANEL].paper);
        format_set_top(heading, LXW_BORDER_THIN);
        format_set_bottom(heading, LXW_BORDER_THIN);
        book->headings[right] = heading;
    }
    book->behind = workbook_add_format(book->workbook);
    format_set_bg_color(book->behind, look_tones[LOOK_LIGHT].paper);
}

static bool is_tree(const Report *report)
{
    for (size_t i = 0; i < report->row_count; i++) {
        if (report->rows[i].depth > 0)
            return true;
    }
    return false;
}

static void write_notes(Book *book, BookSheet *sheet, ReportNoteKind kind, const char *heading)
{
    const Report *report = book->report;
    bool any = false;

    for (size_t i = 0; i < report->note_count; i++) {
        if (report->notes[i].kind != kind)
            continue;
        if (!any && heading) {
            sheet->row++;
            book_write_text(sheet->sheet, sheet->row++, 0, heading, book->section);
        }
        any = true;
        book_write_note(book, sheet, report->notes[i].text);
    }
}

static void write_below(Book *book, BookSheet *sheet)
{
    CLEANUP(cleanup_text) Text behind = {0};
    CLEANUP(cleanup_text) Text definitions = {0};

    if (render_append_behind(book->report, &behind))
        book_write_note(book, sheet, text_cstr(&behind));
    if (book->folded)
        book_write_note(book, sheet, _("More columns are folded away: [+] above the sheet shows them."));
    write_notes(book, sheet, REPORT_NOTE_COMPLETENESS, _("Completeness"));
    text_appendf(&definitions, _("Definitions, version %d"), REPORT_DEFINITIONS);
    write_notes(book, sheet, REPORT_NOTE_DEFINITION, text_cstr(&definitions));
}

/// Title, what is said under it, headings.
static void begin_sheet(Book *book, BookSheet *sheet, const char *name, bool whole)
{
    const Report *report = book->report;

    sheet->sheet = workbook_add_worksheet(book->workbook, name);
    book->folded = book_set_widths(book, sheet->sheet);
    book_write_text(sheet->sheet, sheet->row++, 0, report->title, book->title);
    for (size_t i = 0; whole && i < report->note_count; i++) {
        if (report->notes[i].kind == REPORT_NOTE_ABOUT)
            book_write_text(sheet->sheet, sheet->row++, 0, report->notes[i].text,
                            book->cells[REPORT_TEXT][0]);
    }
    sheet->row++;
    sheet->heading = sheet->row;
    book_write_headings(book, sheet);
    worksheet_freeze_panes(sheet->sheet, sheet->row, book->count > BOOK_FROZEN ? BOOK_FROZEN : 1);
    set_up_print(book, sheet->sheet, sheet->heading);
    if (whole && book->tree)
        worksheet_outline_settings(sheet->sheet, LXW_TRUE, LXW_FALSE, LXW_TRUE, LXW_FALSE);
}

static void end_sheet(Book *book, BookSheet *sheet)
{
    if (sheet->row == sheet->heading + 1)
        book_write_text(sheet->sheet, sheet->row++, 0, _("(none)"), book->cells[REPORT_TEXT][0]);
    else
        worksheet_autofilter(sheet->sheet, sheet->heading, 0, sheet->row - 1, (lxw_col_t)(book->count - 1));
    book_colour_rates(book, sheet);
}

/// Rows of each depth, the deepest ones together.
static void count_levels(const Report *report, size_t counts[static BOOK_LEVELS_MAX])
{
    for (size_t i = 0; i < report->row_count; i++) {
        int depth = report->rows[i].depth;
        counts[depth < BOOK_LEVELS_MAX ? depth : BOOK_LEVELS_MAX - 1]++;
    }
}

// The sheets that a row may belong to.
typedef struct Sheets {
    Book *book;
    BookSheet whole;
    BookSheet levels[BOOK_LEVELS_MAX];
} Sheets;

static int write_row(void *user, const ReportRow *row)
{
    Sheets *sheets = user;
    int depth = row->depth < BOOK_LEVELS_MAX ? row->depth : BOOK_LEVELS_MAX - 1;

    book_write_row(sheets->book, &sheets->whole, row, true);
    if (sheets->levels[depth].sheet)
        book_write_row(sheets->book, &sheets->levels[depth], row, false);
    return 0;
}

static int write_sheets(Book *book)
{
    Sheets sheets = {.book = book};
    size_t counts[BOOK_LEVELS_MAX] = {0};
    CLEANUP(cleanup_text) Text name = {0};

    count_levels(book->report, counts);
    begin_sheet(book, &sheets.whole, _("Report"), true);
    for (int depth = 1; depth < BOOK_LEVELS_MAX; depth++) {
        if (counts[depth] < 2)
            continue; // one row is no table
        text_clear(&name);
        text_appendf(&name, _("Level %d"), depth);
        begin_sheet(book, &sheets.levels[depth], text_cstr(&name), false);
    }
    int r = report_each(book->report, write_row, &sheets);
    end_sheet(book, &sheets.whole);
    for (int depth = 1; depth < BOOK_LEVELS_MAX; depth++) {
        if (sheets.levels[depth].sheet)
            end_sheet(book, &sheets.levels[depth]);
    }
    write_below(book, &sheets.whole);
    book_write_charts(book);
    return error_trace(r);
}

static int write_book(const Report *report, const char *path)
{
    Book book = {.report = report, .tree = is_tree(report)};
    lxw_workbook_options options = {.constant_memory = LXW_TRUE};

    book.workbook = workbook_new_opt(path, &options);
    if (!book.workbook)
        return error_origin(-ENOMEM);
    set_properties(book.workbook, report);
    make_formats(&book);
    book_measure(&book);
    int r = write_sheets(&book);
    free(book.columns);
    text_deinit(&book.plain);
    text_deinit(&book.shown);
    errno = 0;
    if (workbook_close(book.workbook) != LXW_NO_ERROR)
        return error_origin(errno ? -errno : -EIO);
    return error_trace(r);
}

/// The workbook in a file without a name, which `ret_file` is.
static int make_file(const Report *report, FILE **ret_file)
{
    char path[sizeof("/proc/self/fd/") + 3 * sizeof(int)];
    CLEANUP(cleanup_file) FILE *file = tmpfile();

    if (!file)
        return error_origin(-errno);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fileno(file));
    int r = write_book(report, path);
    if (r < 0)
        return error_trace(r);
    *ret_file = file;
    file = NULL;
    return 0;
}

int render_xlsx(const Report *report, const RenderOptions *options, Text *text)
{
    CLEANUP(cleanup_file) FILE *file = NULL;
    (void)options;

    int r = make_file(report, &file);
    if (r < 0)
        return error_trace(r);
    r = file_read_fd(fileno(file), FILE_SIZE_MAX, text);
    return r == FILE_E_TOO_LARGE ? error_origin(-EFBIG) : error_trace(r);
}

int render_xlsx_into(const Report *report, const RenderOptions *options, int fd)
{
    CLEANUP(cleanup_file) FILE *file = NULL;
    (void)options;

    int r = make_file(report, &file);
    return r < 0 ? error_trace(r) : error_trace(file_copy(fileno(file), fd));
}
