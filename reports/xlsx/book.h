#pragma once
// What the sheets of one workbook share: formats, columns and their widths.
#include <xlsxwriter.h>

#include "core/base/text.h"
#include "reports/chart.h"
#include "reports/look.h"
#include "reports/report.h"

#define BOOK_SIZE 10.0
#define BOOK_SIZE_TITLE 14.0
#define BOOK_PAPER_A4 9 // as spreadsheets number paper
#define BOOK_FROZEN 2   // columns that stay in sight: code and name
#define BOOK_INDENTS 6  // deeper rows are indented like the last
#define BOOK_LEVELS_MAX 8
#define BOOK_TYPE_COUNT (REPORT_WORDS + 1)
#define BOOK_NO_HEADING UINT32_MAX

typedef struct BookColumn {
    const ReportColumn *column;
    size_t index; // in the report
    double width; // in characters, as spreadsheets measure
} BookColumn;

typedef struct Book {
    const Report *report;
    lxw_workbook *workbook;
    BookColumn *columns;
    size_t count;
    bool tree, folded;
    lxw_format *cells[BOOK_TYPE_COUNT][2]; // by type, plain and bold
    lxw_format *indents[BOOK_INDENTS];
    lxw_format *headings[2]; // to the left, to the right
    lxw_format *title, *section, *note, *behind;
    size_t measured;   // rows
    Text plain, shown; // of the cell being written
} Book;

typedef struct BookSheet {
    lxw_worksheet *sheet;
    lxw_row_t heading, row; // row: the next one to be written
} BookSheet;

lxw_format *book_format(Book *book, double size, bool bold);
/// Finds the columns and how wide they are.
void book_measure(Book *book);
/// True if some columns are folded away.
bool book_set_widths(const Book *book, lxw_worksheet *sheet);
/// Text from outside, as it stands in every form that is looked at, never a formula.
void book_write_text(lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column, const char *text,
                     lxw_format *format);
/// A paragraph across all columns, in the next row.
void book_write_note(Book *book, BookSheet *sheet, const char *text);
void book_write_headings(Book *book, BookSheet *sheet);
/// `outline`: rows below others can be folded away.
void book_write_row(Book *book, BookSheet *sheet, const ReportRow *row, bool outline);
/// Bars behind rates, and a shade where they lie behind.
void book_colour_rates(Book *book, const BookSheet *sheet);
/// The sheet with charts, if there is anything to draw.
void book_write_charts(Book *book);
