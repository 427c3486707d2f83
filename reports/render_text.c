// Plain text for people: title, table, completeness, definitions. Columns are aligned by display width, so
// Chinese names keep them straight; headings wrap at blanks. In a pipe or a file every column and every name
// stands in full; on a terminal rates get a bar, long names are cut, and columns that do not fit are left out
// from the right, which is said. Names come from outside: whatever could move the cursor is shown as \xNN.
#include "reports/render.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/base/i18n.h"

#define GAP 2               // blanks between columns
#define INDENT 2            // blanks a level of the tree
#define NAME_WIDTH_MAX 36   // columns of a name on a terminal: eighteen Chinese characters tell orgs apart
#define BAR_WIDTH 10        // columns of a full bar
#define POINT_WIDTH 6       // columns of a rate in a series: "100.0%"
#define BAR_STEPS 8         // parts of a block that Unicode has
#define CELL_BYTES_MAX 4096 // of one cell shown; names are bounded far below
#define PERMILLE 1000

typedef struct TextColumn {
    const ReportColumn *column;
    size_t index;     // in the report
    const char *rest; // of the heading, while its lines are written; NULL: done
    size_t width;     // of its values and of the longest word of its heading
    bool bar;
} TextColumn;

typedef struct Table {
    const Report *report;
    const RenderOptions *options;
    TextColumn *columns;
    size_t count, hidden;
} Table;

static void cleanup_table(Table *table)
{
    free(table->columns);
}

static void append_blanks(Text *text, size_t count)
{
    while (count-- > 0)
        text_append_char(text, ' ');
}

/// Cuts at `width` columns, between two characters, the last column an ellipsis.
static void cut_width(Text *text, size_t width)
{
    if (text_width(text_cstr(text)) <= width)
        return;
    while (text->size > 0 && text_width(text->data) > width - 1) {
        size_t last = text->size - 1;
        while (last > 0 && ((unsigned char)text->data[last] & 0xC0) == 0x80)
            last--;
        text->size = last;
        text->data[last] = '\0';
    }
    text_append(text, "…");
}

static void append_value(const Table *table, const TextColumn *column, const ReportRow *row, Text *text)
{
    CLEANUP(cleanup_text) Text plain = {0};
    CLEANUP(cleanup_text) Text shown = {0};
    const ReportCell *cell = &row->cells[column->index];

    if (column->column->forms & REPORT_TREE)
        append_blanks(text, (size_t)row->depth * INDENT);
    if (render_is_unknown(column->column->type, cell)) {
        text_append(text, "–");
        return;
    }
    render_append_cell(column->column->type, cell, &plain);
    text_append_escaped(&shown, text_cstr(&plain), plain.size, CELL_BYTES_MAX);
    if (table->options->terminal && (column->column->forms & REPORT_CUT))
        cut_width(&shown, NAME_WIDTH_MAX);
    text_append_bytes(text, text_cstr(&shown), shown.size);
}

/// A rate as a bar of BAR_WIDTH columns, in eighths of a block.
static void append_bar(Text *text, int64_t permille)
{
    static const char *const parts[BAR_STEPS] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    int64_t clipped = permille > PERMILLE ? PERMILLE : permille;
    int64_t eighths = permille < 0 ? 0 : clipped * BAR_WIDTH * BAR_STEPS / PERMILLE;
    int64_t full = eighths / BAR_STEPS;
    int64_t part = eighths % BAR_STEPS;

    for (int64_t i = 0; i < full; i++)
        text_append(text, "█");
    text_append(text, parts[part]);
    append_blanks(text, (size_t)(BAR_WIDTH - full - (part > 0)));
}

/// The next line of a heading: as many words as fit into `width`. NULL when nothing is left.
static const char *heading_line(const char *heading, size_t width, Text *text)
{
    while (heading && *heading) {
        CLEANUP(cleanup_text) Text longer = {0};
        size_t size = strcspn(heading, " ");
        text_append(&longer, text_cstr(text));
        if (text->size > 0)
            text_append_char(&longer, ' ');
        text_append_bytes(&longer, heading, size);
        if (text->size > 0 && text_width(longer.data) > width)
            return heading;
        text_clear(text);
        text_append_bytes(text, longer.data, longer.size);
        heading += size;
        heading += *heading == ' ';
    }
    return NULL;
}

static size_t heading_width(const char *heading)
{
    size_t widest = 0;
    while (heading && *heading) {
        CLEANUP(cleanup_text) Text word = {0};
        heading = heading_line(heading, 0, &word);
        size_t width = text_width(text_cstr(&word));
        widest = width > widest ? width : widest;
    }
    return widest;
}

static void measure(Table *table, TextColumn *column)
{
    column->width = heading_width(_(column->column->title));
    for (size_t i = 0; i < table->report->row_count; i++) {
        CLEANUP(cleanup_text) Text value = {0};
        append_value(table, column, &table->report->rows[i], &value);
        size_t width = text_width(text_cstr(&value));
        column->width = width > column->width ? width : column->width;
    }
}

static size_t column_room(const TextColumn *column)
{
    return column->width + GAP + (column->bar ? BAR_WIDTH + 1 : 0);
}

static void drop_bar(TextColumn *column, size_t *room)
{
    *room -= column->bar ? BAR_WIDTH + 1 : 0;
    column->bar = false;
}

/// The first bar is kept as long as columns can be left out instead: one picture of the table is worth more
/// than the last of its counts.
static size_t first_bar(const Table *table)
{
    size_t at = 0;
    while (at < table->count && !table->columns[at].bar)
        at++;
    return at;
}

/// Takes out what may be left out until the rest fits: further bars, columns, the first bar.
static void fit(Table *table)
{
    size_t room = 0;
    size_t limit = (size_t)table->options->columns + GAP;

    for (size_t i = 0; i < table->count; i++)
        room += column_room(&table->columns[i]);
    if (!table->options->terminal || table->options->columns <= 0)
        return;
    size_t kept = first_bar(table);
    for (size_t i = table->count; i-- > kept + 1 && room > limit;)
        drop_bar(&table->columns[i], &room);
    for (size_t i = table->count; i-- > 0 && room > limit;) {
        if (!(table->columns[i].column->forms & REPORT_IF_ROOM))
            continue;
        room -= column_room(&table->columns[i]);
        memmove(&table->columns[i], &table->columns[i + 1], (table->count - i - 1) * sizeof(*table->columns));
        table->count--;
        table->hidden++;
    }
    for (size_t i = 0; i < table->count && room > limit; i++)
        drop_bar(&table->columns[i], &room);
}

static void lay_out(Table *table)
{
    const Report *report = table->report;

    table->columns = alloc_zero(report->column_count * sizeof(*table->columns));
    for (size_t i = 0; i < report->column_count; i++) {
        const ReportColumn *column = &report->columns[i];
        if (!(column->forms & REPORT_IN_TEXT))
            continue;
        TextColumn *shown = &table->columns[table->count++];
        shown->column = column;
        shown->index = i;
        shown->bar = (column->forms & REPORT_BAR) && table->options->terminal;
        measure(table, shown);
    }
    fit(table);
}

/// A cell in its place: numbers to the right, text to the left. Blanks at the end of a line are taken off
/// later.
static void append_aligned(Text *text, const TextColumn *column, const char *value)
{
    size_t width = text_width(value);
    size_t blanks = column->width > width ? column->width - width : 0;
    bool right = render_is_number(column->column->type);

    append_blanks(text, right ? blanks : 0);
    text_append(text, value);
    append_blanks(text, right ? 0 : blanks);
}

static void end_line(Text *text)
{
    while (text->size > 0 && text->data[text->size - 1] == ' ')
        text->data[--text->size] = '\0';
    text_append_char(text, '\n');
}

/// One line of all headings; false when none had anything left.
static bool append_heading_line(Table *table, Text *text)
{
    CLEANUP(cleanup_text) Text line = {0};
    bool any = false;

    for (size_t i = 0; i < table->count; i++) {
        CLEANUP(cleanup_text) Text words = {0};
        TextColumn *column = &table->columns[i];
        any = any || column->rest;
        column->rest = heading_line(column->rest, column->width, &words);
        append_aligned(&line, column, text_cstr(&words));
        append_blanks(&line, GAP + (column->bar ? BAR_WIDTH + 1 : 0));
    }
    if (!any)
        return false;
    text_append_bytes(text, line.data, line.size);
    end_line(text);
    return true;
}

static void append_row(const Table *table, const ReportRow *row, Text *text)
{
    for (size_t i = 0; i < table->count; i++) {
        CLEANUP(cleanup_text) Text value = {0};
        const TextColumn *column = &table->columns[i];
        append_value(table, column, row, &value);
        append_aligned(text, column, text_cstr(&value));
        if (column->bar) {
            text_append_char(text, ' ');
            append_bar(text, row->cells[column->index].number);
        }
        append_blanks(text, GAP);
    }
    end_line(text);
}

static void append_notes(const Report *report, ReportNoteKind kind, const char *heading, Text *text)
{
    bool any = false;

    for (size_t i = 0; i < report->note_count; i++) {
        if (report->notes[i].kind != kind)
            continue;
        if (!any && heading) {
            text_append_char(text, '\n');
            text_append(text, heading);
            text_append_char(text, '\n');
        }
        any = true;
        if (heading)
            append_blanks(text, INDENT);
        text_append_escaped(text, report->notes[i].text, strlen(report->notes[i].text), CELL_BYTES_MAX);
        text_append_char(text, '\n');
    }
}

/// Columns of one value and its bar, as wide as the title above.
static size_t series_room(const ReportColumn *line)
{
    size_t width = text_width(_(line->title)), room = POINT_WIDTH + 1 + BAR_WIDTH;
    return width > room ? width : room;
}

/// On a terminal: what each bar is stands once, above them, so that a line keeps to its width.
static void append_series_head(const ReportSeries *series, Text *text)
{
    size_t label = series->point_count ? text_width(series->points[0].label) : 0;

    append_blanks(text, INDENT + label);
    for (size_t k = 0; k < series->line_count; k++) {
        const char *title = _(series->lines[k].title);
        append_blanks(text, GAP);
        text_append(text, title);
        append_blanks(text, series_room(&series->lines[k]) - text_width(title));
    }
    end_line(text);
}

/// A series below the table: a line a point, rates with their bar on a terminal.
static void append_series(const Table *table, const ReportSeries *series, Text *text)
{
    bool terminal = table->options->terminal;

    text_appendf(text, "\n%s\n", _(series->title));
    if (terminal)
        append_series_head(series, text);
    for (size_t i = 0; i < series->point_count; i++) {
        append_blanks(text, INDENT);
        text_append(text, series->points[i].label);
        for (size_t k = 0; k < series->line_count; k++) {
            ReportCell cell = render_point(&series->points[i], k);
            CLEANUP(cleanup_text) Text value = {0};
            render_append_shown(series->lines[k].type, &cell, &value);
            size_t from = text->size;
            append_blanks(text, GAP);
            if (!terminal)
                text_appendf(text, "%s ", _(series->lines[k].title));
            append_blanks(text, text_width(text_cstr(&value)) < POINT_WIDTH
                                    ? POINT_WIDTH - text_width(text_cstr(&value))
                                    : 0);
            text_append(text, text_cstr(&value));
            if (terminal && cell.number != REPORT_NULL) {
                text_append_char(text, ' ');
                append_bar(text, cell.number);
            }
            size_t width = text_width(text->data + from), room = GAP + series_room(&series->lines[k]);
            append_blanks(text, terminal && width < room ? room - width : 0);
        }
        end_line(text);
    }
}

static int render_held(const Report *report, const RenderOptions *options, Text *text)
{
    CLEANUP(cleanup_table) Table table = {.report = report, .options = options};
    CLEANUP(cleanup_text) Text definitions = {0};

    lay_out(&table);
    text_append_escaped(text, report->title, strlen(report->title), CELL_BYTES_MAX);
    text_append_char(text, '\n');
    append_notes(report, REPORT_NOTE_ABOUT, NULL, text);
    text_append_char(text, '\n');

    for (size_t i = 0; i < table.count && report->row_count > 0; i++)
        table.columns[i].rest = _(table.columns[i].column->title);
    while (append_heading_line(&table, text))
        ;
    if (report->row_count == 0)
        text_appendf(text, "%s\n", _("(none)"));
    for (size_t i = 0; i < report->row_count; i++)
        append_row(&table, &report->rows[i], text);
    if (table.hidden > 0) {
        text_append_char(text, '\n');
        text_appendf(text, _("(Columns that do not fit: %zu. A wider window or --format csv shows them.)"),
                     table.hidden);
        text_append_char(text, '\n');
    }

    for (size_t i = 0; i < report->series_count; i++) {
        if (report->series[i].key)
            append_series(&table, &report->series[i], text);
    }
    append_notes(report, REPORT_NOTE_COMPLETENESS, _("Completeness"), text);
    text_appendf(&definitions, _("Definitions, version %d"), REPORT_DEFINITIONS);
    append_notes(report, REPORT_NOTE_DEFINITION, text_cstr(&definitions), text);
    return 0;
}

int render_text(const Report *report, const RenderOptions *options, Text *text)
{
    Report held;

    if (!report->source.each)
        return error_trace(render_held(report, options, text));
    int r = render_hold(report, &held);
    if (r < 0)
        return error_trace(r);
    r = render_held(&held, options, text);
    render_release(&held);
    return error_trace(r);
}
