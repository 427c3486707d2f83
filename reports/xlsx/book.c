// Cells. A number is the number that every form shows (856 per mille is 0.856, shown as 85.6%; 95 minutes
// are 1.6 hours), so that what a reader adds up is what the reader sees. An unknown value is an empty cell.
#include "reports/xlsx/book.h"

#include <stdio.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/i18n.h"
#include "core/model/figures.h"
#include "reports/render.h"

#define FONT "Noto Sans CJK SC" // a spreadsheet that lacks it takes its own
#define SERIAL_EPOCH 25569      // days from spreadsheets' day 0 to 1970-01-01
#define DAY_MINUTES 1440.0
#define WIDTH_MIN 5.5
#define WIDTH_MAX 44.0
#define WIDTH_HEADING 8.0    // a heading is wrapped at about this
#define WIDTH_PAD 1.4        // margins of a cell, and the arrow of a filter
#define ROWS_MEASURED 5000   // enough to know how wide a column is
#define LINE_HEIGHT 15.0     // of BOOK_SIZE, in points
#define NOTE_WIDTH_MAX 130.0 // a line longer than this is hard to read
#define ROW_DEPTH_MAX 7      // levels that a spreadsheet folds

lxw_format *book_format(Book *book, double size, bool bold)
{
    lxw_format *format = workbook_add_format(book->workbook);

    format_set_font_name(format, FONT);
    format_set_font_size(format, size);
    format_set_font_color(format, look_tones[LOOK_INK].paper);
    if (bold)
        format_set_bold(format);
    return format;
}

static double measure_heading(const char *title)
{
    double widest = (double)text_width(title);
    widest = widest < WIDTH_HEADING ? widest : WIDTH_HEADING;

    for (const char *word = title; *word;) {
        size_t size = strcspn(word, " ");
        CLEANUP(cleanup_text) Text one = {0};
        text_append_bytes(&one, word, size);
        // Chinese breaks anywhere, a word does not.
        double width = (unsigned char)*word >= 0xE0 ? 0 : (double)text_width(text_cstr(&one));
        widest = width > widest ? width : widest;
        word += size;
        word += *word == ' ';
    }
    return widest;
}

static int measure_row(void *user, const ReportRow *row)
{
    Book *book = user;

    for (size_t i = 0; i < book->count; i++) {
        BookColumn *column = &book->columns[i];
        text_clear(&book->plain);
        render_append_cell(column->column->type, &row->cells[column->index], &book->plain);
        double width = (double)text_width(text_cstr(&book->plain));
        width += column->column->forms & REPORT_TREE ? 1.5 * row->depth : 0;
        column->width = width > column->width ? width : column->width;
    }
    return ++book->measured == ROWS_MEASURED;
}

void book_measure(Book *book)
{
    const Report *report = book->report;

    book->columns = alloc_zero(report->column_count * sizeof(*book->columns));
    for (size_t i = 0; i < report->column_count; i++) {
        const ReportColumn *column = &report->columns[i];
        if (column->forms & REPORT_IN_TABLE)
            book->columns[book->count++] =
                (BookColumn){.column = column, .index = i, .width = measure_heading(_(column->title))};
    }
    report_each(report, measure_row, book); // an error comes again when the rows are written
    for (size_t i = 0; i < book->count; i++) {
        double width = book->columns[i].width + WIDTH_PAD;
        book->columns[i].width = width < WIDTH_MIN ? WIDTH_MIN : width > WIDTH_MAX ? WIDTH_MAX : width;
    }
}

/// Columns that people see in the other forms stand open, the rest is folded away behind a [+], so that the
/// sheet can be read on a screen and on A4.
static bool is_folded(const Book *book, size_t place)
{
    return place < book->count && !(book->columns[place].column->forms & REPORT_IN_TEXT);
}

bool book_set_widths(const Book *book, lxw_worksheet *sheet)
{
    bool any = false;

    for (size_t i = 0; i < book->count; i++) {
        bool folded = is_folded(book, i);
        lxw_row_col_options options = {.hidden = folded,
                                       .level = folded ? 1 : 0,
                                       .collapsed = !folded && i > 0 && is_folded(book, i - 1)};
        worksheet_set_column_opt(sheet, (lxw_col_t)i, (lxw_col_t)i, book->columns[i].width, NULL, &options);
        any = any || folded;
    }
    return any;
}

/// Safe text as a cell holds it: spreadsheets read _x000D_ as a character, so its first sign is written so.
static void append_cell_text(const char *string, Text *text)
{
    size_t from = text->size;

    render_append_safe(string, text);
    if (!strstr(text->data ? text->data + from : "", "_x"))
        return;
    CLEANUP(cleanup_text) Text plain = {0};
    text_append(&plain, text->data + from);
    text->size = from;
    for (const char *at = text_cstr(&plain); *at; at++) {
        bool code =
            at[0] == '_' && at[1] == 'x' && strspn(at + 2, "0123456789abcdefABCDEF") >= 4 && at[6] == '_';
        if (code)
            text_append(text, "_x005F");
        text_append_char(text, *at);
    }
}

void book_write_text(lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column, const char *text,
                     lxw_format *format)
{
    CLEANUP(cleanup_text) Text safe = {0};

    append_cell_text(text, &safe);
    worksheet_write_string(sheet, row, column, text_cstr(&safe), format);
}

void book_write_note(Book *book, BookSheet *sheet, const char *text)
{
    CLEANUP(cleanup_text) Text safe = {0};
    double width = 0;
    lxw_col_t last = 0;

    append_cell_text(text, &safe);
    for (size_t i = 0; i < book->count && (i == 0 || width + book->columns[i].width <= NOTE_WIDTH_MAX); i++) {
        width += is_folded(book, i) ? 0 : book->columns[i].width;
        last = (lxw_col_t)i;
    }
    double lines = (double)(size_t)((double)text_width(text_cstr(&safe)) * 1.05 / width) + 1;
    worksheet_set_row(sheet->sheet, sheet->row, LINE_HEIGHT * lines, NULL);
    if (last > 0)
        worksheet_merge_range(sheet->sheet, sheet->row, 0, sheet->row, last, text_cstr(&safe), book->note);
    else
        worksheet_write_string(sheet->sheet, sheet->row, 0, text_cstr(&safe), book->note);
    sheet->row++;
}

void book_write_headings(Book *book, BookSheet *sheet)
{
    double most = 1;

    for (size_t i = 0; i < book->count; i++) {
        double lines = (double)(size_t)((double)text_width(_(book->columns[i].column->title)) * 1.3 /
                                        book->columns[i].width) +
                       1;
        most = lines > most ? lines : most;
    }
    worksheet_set_row(sheet->sheet, sheet->row, LINE_HEIGHT * most + 3, NULL);
    for (size_t i = 0; i < book->count; i++) {
        bool right = render_is_number(book->columns[i].column->type);
        worksheet_write_string(sheet->sheet, sheet->row, (lxw_col_t)i, _(book->columns[i].column->title),
                               book->headings[right]);
    }
    sheet->row++;
}

/// What is shown as "2026-11-05 09:00" in the site's zone, as a serial number.
static double serial_of(Time t)
{
    char text[CLOCK_TEXT_SIZE];
    char date_text[CLOCK_TEXT_SIZE];
    int hour = 0, minute = 0;
    Date date = 0;

    time_format_short(t, text);
    sscanf(text, "%10s %2d:%2d", date_text, &hour, &minute);
    date_parse(date_text, &date);
    return SERIAL_EPOCH + date + (hour * 60 + minute) / DAY_MINUTES;
}

static double number_of(ReportType type, int64_t number)
{
    switch (type) {
    case REPORT_PERMILLE:
        return (double)number / 1000;
    case REPORT_MINUTES:
        return (double)hours_tenths(number) / 10;
    case REPORT_TENTHS:
        return (double)number / 10;
    case REPORT_DATE:
        return SERIAL_EPOCH + (double)number;
    case REPORT_TIME:
        return serial_of(number);
    default:
        return (double)number;
    }
}

static bool is_text(ReportType type)
{
    return type == REPORT_TEXT || type == REPORT_WORD || type == REPORT_WORDS || type == REPORT_FRACTION;
}

static void write_cell(Book *book, BookSheet *sheet, lxw_col_t place, const ReportRow *row)
{
    const ReportColumn *column = book->columns[place].column;
    const ReportCell *cell = &row->cells[book->columns[place].index];
    lxw_format *format = book->cells[column->type][book->tree && row->depth == 0];

    if (book->tree && (column->forms & REPORT_TREE))
        format = book->indents[row->depth < BOOK_INDENTS ? row->depth : BOOK_INDENTS - 1];
    if (render_is_unknown(column->type, cell))
        return;
    if (!is_text(column->type)) {
        worksheet_write_number(sheet->sheet, sheet->row, place, number_of(column->type, cell->number),
                               format);
        return;
    }
    text_clear(&book->plain);
    text_clear(&book->shown);
    render_append_cell(column->type, cell, &book->plain);
    append_cell_text(text_cstr(&book->plain), &book->shown);
    worksheet_write_string(sheet->sheet, sheet->row, place, text_cstr(&book->shown), format);
}

void book_write_row(Book *book, BookSheet *sheet, const ReportRow *row, bool outline)
{
    if (outline && row->depth > 0) {
        int depth = row->depth < ROW_DEPTH_MAX ? row->depth : ROW_DEPTH_MAX;
        lxw_row_col_options options = {.level = (uint8_t)depth};
        worksheet_set_row_opt(sheet->sheet, sheet->row, LXW_DEF_ROW_HEIGHT, NULL, &options);
    }
    for (size_t i = 0; i < book->count; i++)
        write_cell(book, sheet, (lxw_col_t)i, row);
    sheet->row++;
}

/// A light tint of a tone, on which ink is read.
static lxw_color_t tint(LookColour colour)
{
    uint32_t tone = look_tones[colour].paper, tinted = 0;

    for (int shift = 0; shift <= 16; shift += 8) {
        uint32_t part = tone >> shift & 0xff;
        tinted |= (0xff - (0xff - part) * 3 / 10) << shift;
    }
    return tinted;
}

void book_colour_rates(Book *book, const BookSheet *sheet)
{
    const Report *report = book->report;
    lxw_row_t first = sheet->heading + 1;

    for (size_t i = 0; i < book->count && sheet->row > first; i++) {
        const ReportColumn *column = book->columns[i].column;
        lxw_col_t place = (lxw_col_t)i;
        if (column->type != REPORT_PERMILLE || !(column->forms & REPORT_BAR))
            continue;
        lxw_conditional_format bars = {.type = LXW_CONDITIONAL_DATA_BAR,
                                       .min_rule_type = LXW_CONDITIONAL_RULE_TYPE_NUMBER,
                                       .max_rule_type = LXW_CONDITIONAL_RULE_TYPE_NUMBER,
                                       .min_value = 0,
                                       .max_value = 1,
                                       .data_bar_2010 = LXW_TRUE,
                                       .bar_solid = LXW_TRUE,
                                       .bar_no_border = LXW_TRUE,
                                       .bar_color = tint(LOOK_FIRST)};
        worksheet_conditional_format_range(sheet->sheet, first, place, sheet->row - 1, place, &bars);
        if (report->reference == REPORT_NULL || chart_rate_column(report) != (int)book->columns[i].index)
            continue;
        lxw_conditional_format behind = {.type = LXW_CONDITIONAL_TYPE_CELL,
                                         .criteria = LXW_CONDITIONAL_CRITERIA_LESS_THAN,
                                         .value = (double)(report->reference - RENDER_BEHIND) / 1000,
                                         .format = book->behind};
        worksheet_conditional_format_range(sheet->sheet, first, place, sheet->row - 1, place, &behind);
    }
}
