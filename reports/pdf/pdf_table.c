// The table on paper: the columns that text shows, in the largest type in which they fit beside each other.
// Numbers stand on one line, names wrap. When the smallest type is still too wide, columns that text leaves
// out first are left out here, from the right, and that is said below the table.
#include "reports/pdf/paper.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/i18n.h"
#include "core/base/text.h"
#include "reports/chart.h"
#include "reports/render.h"

#define SIZE_MAX_POINTS 8.5
#define SIZE_MIN_POINTS 6.0 // what can still be read at arm's length
#define SIZE_STEP 0.5
#define EM_SHARE 0.56   // of the type's size that a display column takes at most
#define PAD 3.0         // on either side of a cell
#define INDENT 7.0      // a level
#define NAME_COLUMNS 26 // a name wider than this may wrap
#define HEAD_COLUMNS 6  // a heading's narrowest line
#define NEARLY 0.85     // of the widest so far by columns: may be the widest when set
#define PROOF 10.0      // size at which widths are measured; they scale
#define SLACK 0.03      // em, so that rounding wraps nothing
#define BAR_ROOM 40.0   // wanted under a rate
#define BAR_THICK 1.8
#define LEADING 1.45
#define LEADING_TIGHT 1.3   // when that saves a second sheet
#define ROWS_MEASURED 20000 // enough to know how wide a column is

typedef struct TableColumn {
    const ReportColumn *column;
    size_t index;
    double ems; // width that it needs, in units of the type's size
    double width;
    bool number, bar;
} TableColumn;

typedef struct Table {
    Paper *paper;
    const Report *report;
    TableColumn *columns;
    size_t count, hidden;
    double size, width;
    bool tree;
} Table;

static void append_cell(const Table *table, const TableColumn *column, const ReportRow *row, Text *text)
{
    (void)table;
    render_append_shown(column->column->type, &row->cells[column->index], text);
}

/// Width in ems: set where there is a canvas, estimated where there is none yet.
static double ems_of(const Table *table, const char *text, bool bold)
{
    const Paper *paper = table->paper;

    if (!paper)
        return (double)text_width(text) * EM_SHARE;
    return paper->api->text_width(paper->canvas, (CanvasFont){PROOF, bold}, text) / PROOF + SLACK;
}

static double heading_ems(const Table *table, const char *title)
{
    double widest = 0;

    // Words do not break, Chinese does: what matters is the longest run that must stay together.
    for (const char *at = title; *at;) {
        size_t size = strcspn(at, " ");
        CLEANUP(cleanup_text) Text word = {0};
        text_append_bytes(&word, at, size);
        bool breaks = (unsigned char)at[0] >= 0xE0;
        double width = ems_of(table, text_cstr(&word), true);
        width = breaks && width > HEAD_COLUMNS / 2.0 ? HEAD_COLUMNS / 2.0 + SLACK : width;
        widest = width > widest ? width : widest;
        at += size;
        at += *at == ' ';
    }
    return widest;
}

static void measure(const Table *table, TableColumn *column)
{
    const Report *report = table->report;
    size_t most = report->row_count < ROWS_MEASURED ? report->row_count : ROWS_MEASURED;
    double widest = 0; // in display columns

    column->ems = heading_ems(table, _(column->column->title));
    for (size_t i = 0; i < most; i++) {
        CLEANUP(cleanup_text) Text value = {0};
        append_cell(table, column, &report->rows[i], &value);
        double columns = (double)text_width(text_cstr(&value));
        double indent =
            column->column->forms & REPORT_TREE ? report->rows[i].depth * INDENT / SIZE_MIN_POINTS : 0;
        if (columns + 2 * indent < widest * NEARLY)
            continue;
        widest = columns + 2 * indent > widest ? columns + 2 * indent : widest;
        double ems = column->column->type == REPORT_TEXT && columns > NAME_COLUMNS
                         ? NAME_COLUMNS / 2.0
                         : ems_of(table, text_cstr(&value), table->tree && report->rows[i].depth == 0);
        column->ems = ems + indent > column->ems ? ems + indent : column->ems;
    }
}

static void find_columns(Table *table)
{
    const Report *report = table->report;

    table->columns = alloc_zero(report->column_count * sizeof(*table->columns));
    for (size_t i = 0; i < report->row_count && !table->tree; i++)
        table->tree = report->rows[i].depth > 0;
    for (size_t i = 0; i < report->column_count; i++) {
        if (!(report->columns[i].forms & REPORT_IN_TEXT))
            continue;
        TableColumn *column = &table->columns[table->count++];
        column->column = &report->columns[i];
        column->index = i;
        column->number = render_is_number(column->column->type);
        column->bar = column->column->type == REPORT_PERMILLE && (column->column->forms & REPORT_BAR);
        measure(table, column);
    }
}

static double natural_width(const Table *table, double size)
{
    double width = 0;
    for (size_t i = 0; i < table->count; i++)
        width += table->columns[i].ems * size + 2 * PAD;
    return width;
}

static void hide_one(Table *table)
{
    for (size_t i = table->count; i-- > 0;) {
        if (!(table->columns[i].column->forms & REPORT_IF_ROOM))
            continue;
        memmove(&table->columns[i], &table->columns[i + 1], (table->count - i - 1) * sizeof(*table->columns));
        table->count--;
        table->hidden++;
        return;
    }
}

/// What is left over goes to bars first, then to all.
static void share_rest(Table *table, double rest)
{
    for (size_t i = 0; i < table->count && rest > 0; i++) {
        TableColumn *column = &table->columns[i];
        double wanted =
            column->bar && column->width < BAR_ROOM + 2 * PAD ? BAR_ROOM + 2 * PAD - column->width : 0;
        wanted = wanted < rest ? wanted : rest;
        column->width += wanted;
        rest -= wanted;
    }
    for (size_t i = 0; i < table->count && rest > 0; i++)
        table->columns[i].width += rest / (double)table->count;
}

static void fit(Table *table)
{
    double content = paper_content(table->paper);

    table->size = SIZE_MAX_POINTS;
    while (table->size > SIZE_MIN_POINTS && natural_width(table, table->size) > content)
        table->size -= SIZE_STEP;
    size_t before;
    do {
        before = table->hidden;
        if (natural_width(table, table->size) > content)
            hide_one(table);
    } while (table->hidden > before);

    double natural = natural_width(table, table->size);
    double shrink = natural > content ? content / natural : 1;
    for (size_t i = 0; i < table->count; i++)
        table->columns[i].width = (table->columns[i].ems * table->size + 2 * PAD) * shrink;
    share_rest(table, content - natural);
    table->width = content;
}

static CanvasAlign align_of(const TableColumn *column)
{
    return column->number ? CANVAS_RIGHT : CANVAS_LEFT;
}

static void draw_headings(Table *table)
{
    Paper *paper = table->paper;
    CanvasFont font = {table->size - 0.5, true};
    double height = 0, x = PAPER_MARGIN;

    for (size_t i = 0; i < table->count; i++) {
        double one =
            paper_measure(paper, table->columns[i].width - 2 * PAD, font, _(table->columns[i].column->title));
        height = one > height ? one : height;
    }
    height += 6;
    paper_rect(paper, x, paper->y, table->width, height, LOOK_PANEL);
    paper_line(paper, x, paper->y, x + table->width, paper->y, 0.8, LOOK_INK, false);
    paper_line(paper, x, paper->y + height, x + table->width, paper->y + height, 0.8, LOOK_INK, false);
    for (size_t i = 0; i < table->count; i++) {
        const TableColumn *column = &table->columns[i];
        const char *title = _(column->column->title);
        double one = paper_measure(paper, column->width - 2 * PAD, font, title);
        paper_paragraph(paper, x + PAD, paper->y + height - 3 - one, column->width - 2 * PAD, font,
                        align_of(column), LOOK_INK, title);
        x += column->width;
    }
    paper->y += height;
}

static void draw_bar(Table *table, const TableColumn *column, int64_t permille, double x, double y)
{
    double width = column->width - 2 * PAD;
    double share = permille > 1000 ? 1 : permille < 0 ? 0 : (double)permille / 1000;
    const Report *report = table->report;

    paper_rect(table->paper, x + PAD, y, width, BAR_THICK, LOOK_RULE);
    paper_rect(table->paper, x + PAD, y, width * share, BAR_THICK, LOOK_FIRST);
    if (report->reference != REPORT_NULL && chart_rate_column(report) == (int)column->index)
        paper_rect(table->paper, x + PAD + width * (double)report->reference / 1000 - 0.4, y - 1, 0.8,
                   BAR_THICK + 2, LOOK_INK);
}

static double indent_of(const TableColumn *column, const ReportRow *row)
{
    return column->column->forms & REPORT_TREE ? row->depth * INDENT : 0;
}

static bool table_has_bars(const Table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        if (table->columns[i].bar)
            return true;
    }
    return false;
}

static double row_height(Table *table, const ReportRow *row, CanvasFont font)
{
    double height = table->size * (table->paper->tight ? LEADING_TIGHT : LEADING);
    double pad = table->paper->tight ? 1 : 3;

    for (size_t i = 0; i < table->count; i++) {
        const TableColumn *column = &table->columns[i];
        CLEANUP(cleanup_text) Text value = {0};
        if (column->number)
            continue;
        append_cell(table, column, row, &value);
        double width = column->width - 2 * PAD - indent_of(column, row);
        if ((double)text_width(text_cstr(&value)) * table->size * EM_SHARE < width * 0.8)
            continue; // one line for certain: no need to set it
        double one = paper_measure(table->paper, width, font, text_cstr(&value));
        height = one > height ? one : height;
    }
    return height + pad + (table_has_bars(table) ? BAR_THICK + 1.5 : 0);
}

static void draw_cell(Table *table, const TableColumn *column, const ReportRow *row, double x,
                      CanvasFont font)
{
    Paper *paper = table->paper;
    CLEANUP(cleanup_text) Text value = {0};
    const ReportCell *cell = &row->cells[column->index];
    bool unknown = render_is_unknown(column->column->type, cell);
    LookColour colour = unknown ? LOOK_MUTED : LOOK_INK;
    double top = paper->tight ? 0 : 1.5;
    double baseline = paper->y + top + table->size * 1.16;

    if (!paper->draw)
        return; // heights are known already, and setting text is what takes the time
    append_cell(table, column, row, &value);
    if (column->number) {
        paper_text(paper, x + column->width - PAD, baseline, font, CANVAS_RIGHT, colour, text_cstr(&value));
        if (column->bar && !unknown)
            draw_bar(table, column, cell->number, x, baseline + 2.5);
        return;
    }
    double indent = indent_of(column, row);
    paper_paragraph(paper, x + PAD + indent, paper->y + top, column->width - 2 * PAD - indent, font,
                    CANVAS_LEFT, colour, text_cstr(&value));
}

static void draw_row(Table *table, const ReportRow *row)
{
    Paper *paper = table->paper;
    CanvasFont font = {table->size, table->tree && row->depth == 0};
    double height = row_height(table, row, font);
    double x = PAPER_MARGIN;

    if (paper_need(paper, height))
        draw_headings(table);
    for (size_t i = 0; i < table->count; i++) {
        if (table->columns[i].bar && render_is_behind(table->report, table->columns[i].index, row))
            paper_rect(paper, x, paper->y, table->columns[i].width, height, LOOK_LIGHT);
        draw_cell(table, &table->columns[i], row, x, font);
        x += table->columns[i].width;
    }
    paper->y += height;
    paper_line(paper, PAPER_MARGIN, paper->y, PAPER_MARGIN + table->width, paper->y, 0.4, LOOK_RULE, false);
}

static void say_below(Table *table)
{
    CLEANUP(cleanup_text) Text behind = {0};
    CLEANUP(cleanup_text) Text hidden = {0};
    static const CanvasFont font = {7.5, false};
    Paper *paper = table->paper;

    if (render_append_behind(table->report, &behind)) {
        paper_need(paper, 16);
        paper_rect(paper, PAPER_MARGIN, paper->y + 6, 7, 7, LOOK_LIGHT);
        paper->y += 4 + paper_paragraph(paper, PAPER_MARGIN + 12, paper->y + 4, paper_content(paper) - 12,
                                        font, CANVAS_LEFT, LOOK_MUTED, text_cstr(&behind));
    }
    if (table->hidden > 0) {
        text_appendf(&hidden, _("(Columns that do not fit: %zu. --format xlsx or html shows them.)"),
                     table->hidden);
        paper_need(paper, 16);
        paper->y += 4 + paper_paragraph(paper, PAPER_MARGIN, paper->y + 4, paper_content(paper), font,
                                        CANVAS_LEFT, LOOK_MUTED, text_cstr(&hidden));
    }
}

bool pdf_table_is_wide(const Report *report)
{
    Table table = {.report = report};

    find_columns(&table);
    double width = natural_width(&table, SIZE_MAX_POINTS - 2 * SIZE_STEP);
    free(table.columns);
    return width > LOOK_PAPER_WIDTH - 2 * PAPER_MARGIN;
}

void pdf_table(Paper *paper)
{
    Table table = {.paper = paper, .report = paper->report};

    find_columns(&table);
    fit(&table);
    paper_need(paper, 80); // headings and a few rows, not headings alone
    draw_headings(&table);
    for (size_t i = 0; i < table.report->row_count; i++)
        draw_row(&table, &table.report->rows[i]);
    say_below(&table);
    free(table.columns);
}
