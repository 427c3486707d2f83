// A sheet of charts in the spreadsheet's own kind, so that they can be copied into a letter, each above the
// numbers that it is drawn from.
#include "reports/xlsx/book.h"

#include <string.h>

#include "core/base/i18n.h"
#include "reports/render.h"

#define CHART_ROWS 18    // rows that a chart covers
#define CHART_SCALE 1.15 // of the library's 480 by 288 pixels
#define LABEL_WIDTH 30.0
#define VALUE_WIDTH 16.0
#define RATE_FORMAT "0%"

#define HEADING_HEIGHT 30.0 // two lines
#define PAGE_ROWS 62        // on a sheet of A4; what would not fit begins a new one
#define BREAKS_MAX 8        // there are three charts
#define PRINT_SCALE 75      // per cent, since a spreadsheet that fits to a width ignores breaks
#define MARGIN_SIDE 0.4     // inches: all columns side by side
#define MARGIN_TOP 0.6

typedef struct Charts {
    Book *book;
    lxw_worksheet *sheet;
    const char *name; // of the sheet
    lxw_row_t row;
    lxw_row_t breaks[BREAKS_MAX + 1]; // rows that begin a page, ending with 0
    size_t break_count;
} Charts;

static void style_series(lxw_chart_series *series, size_t line, bool drawn)
{
    lxw_color_t colour = look_tones[line == 0 ? LOOK_FIRST : LOOK_SECOND].paper;
    lxw_chart_line stroke = {.color = colour, .width = 2.25};
    lxw_chart_fill fill = {.color = colour};

    if (!drawn) {
        chart_series_set_fill(series, &fill);
        return;
    }
    chart_series_set_line(series, &stroke);
    chart_series_set_marker_type(series, LXW_CHART_MARKER_CIRCLE);
    chart_series_set_marker_fill(series, &fill);
}

/// The chart over rows `first` to `last` of the table below it, whose header is the row before.
static void insert_chart(Charts *charts, lxw_chart *chart, const char *title, lxw_row_t place,
                         lxw_row_t first, lxw_row_t last, size_t lines, bool drawn)
{
    lxw_chart_options options = {
        .object_position = LXW_OBJECT_MOVE_DONT_SIZE, .x_scale = CHART_SCALE, .y_scale = CHART_SCALE};

    for (size_t i = 0; i < lines; i++) {
        lxw_col_t column = (lxw_col_t)(i + 1);
        lxw_chart_series *series = chart_add_series(chart, NULL, NULL);
        chart_series_set_categories(series, charts->name, first, 0, last, 0);
        chart_series_set_values(series, charts->name, first, column, last, column);
        chart_series_set_name_range(series, charts->name, first - 1, column);
        style_series(series, i, drawn);
    }
    chart_title_set_name(chart, title);
    lxw_chart_font font = {.size = 12, .bold = LXW_TRUE, .color = look_tones[LOOK_INK].paper};
    chart_title_set_name_font(chart, &font);
    lxw_chart_line grid = {.color = look_tones[LOOK_RULE].paper};
    chart_axis_major_gridlines_set_line(chart->y_axis, &grid);
    if (lines > 1)
        chart_legend_set_position(chart, LXW_CHART_LEGEND_BOTTOM);
    else
        chart_legend_set_position(chart, LXW_CHART_LEGEND_NONE);
    worksheet_insert_chart_opt(charts->sheet, place, 0, chart, &options);
}

/// A line across the bars at the report's reference: a series that is not drawn, whose trend is.
static void draw_reference(Charts *charts, lxw_chart *chart, const char *label, lxw_row_t first,
                           lxw_row_t last, size_t lines)
{
    lxw_col_t column = (lxw_col_t)(lines + 1);
    lxw_chart_series *series = chart_add_series(chart, NULL, NULL);
    lxw_chart_fill none = {.none = LXW_TRUE};
    lxw_chart_line line = {
        .color = look_tones[LOOK_INK].paper, .width = 1.5, .dash_type = LXW_CHART_LINE_DASH_DASH};
    int16_t unnamed[] = {(int16_t)lines, -1};

    chart_series_set_categories(series, charts->name, first, 0, last, 0);
    chart_series_set_values(series, charts->name, first, column, last, column);
    chart_series_set_name(series, label);
    chart_series_set_fill(series, &none);
    chart_series_set_trendline(series, LXW_CHART_TRENDLINE_TYPE_LINEAR, 0);
    chart_series_set_trendline_forecast(series, 0.5, 0.5); // to both ends of the axis
    chart_series_set_trendline_name(series, label);
    chart_series_set_trendline_line(series, &line);
    chart_set_series_overlap(chart, lines > 1 ? 0 : 100); // one bar stays in the middle
    chart_legend_set_position(chart, LXW_CHART_LEGEND_BOTTOM);
    chart_legend_delete_series(chart, unnamed);
}

static void scale_rates(lxw_chart_axis *axis)
{
    chart_axis_set_min(axis, 0);
    chart_axis_set_max(axis, 1);
    chart_axis_set_num_format(axis, RATE_FORMAT);
}

/// Room for a chart and its table of `rows`, on one page.
static void begin_chart(Charts *charts, size_t rows)
{
    lxw_row_t page = charts->break_count ? charts->breaks[charts->break_count - 1] : 0;

    if (charts->row + CHART_ROWS + 1 + rows - page > PAGE_ROWS && charts->row > page &&
        charts->break_count < BREAKS_MAX)
        charts->breaks[charts->break_count++] = charts->row;
    charts->row += CHART_ROWS;
}

static void write_headings(Charts *charts, const char *label, const char *const *titles, size_t count)
{
    worksheet_set_row(charts->sheet, charts->row, HEADING_HEIGHT, NULL);
    worksheet_write_string(charts->sheet, charts->row, 0, label, charts->book->headings[0]);
    for (size_t i = 0; i < count; i++)
        worksheet_write_string(charts->sheet, charts->row, (lxw_col_t)(i + 1), titles[i],
                               charts->book->headings[1]);
    charts->row++;
}

static void write_value(Charts *charts, lxw_col_t column, ReportType type, int64_t value)
{
    if (value != REPORT_NULL)
        worksheet_write_number(charts->sheet, charts->row, column,
                               type == REPORT_PERMILLE ? (double)value / 1000 : (double)value,
                               charts->book->cells[type][0]);
}

static void write_bars(Charts *charts)
{
    const Report *report = charts->book->report;
    ChartBars bars;

    if (!chart_find_bars(report, &bars))
        return;
    size_t lines = bars.second >= 0 ? 2 : 1;
    bool refers = report->reference != REPORT_NULL;
    CLEANUP(cleanup_text) Text label = {0};
    if (refers)
        render_append_safe(report->reference_label, &label);
    const char *titles[] = {_(report->columns[bars.rate].title), text_cstr(&label), text_cstr(&label)};
    if (lines > 1)
        titles[1] = _(report->columns[bars.second].title);
    lxw_row_t place = charts->row; // the first chart: on the first page
    charts->row += CHART_ROWS;
    write_headings(charts, _(report->columns[bars.name].title), titles, lines + refers);
    lxw_row_t first = charts->row;
    for (size_t i = 0; i < report->row_count; i++) {
        const ReportRow *row = &report->rows[i];
        if (row->depth != bars.depth)
            continue;
        book_write_text(charts->sheet, charts->row, 0,
                        row->cells[bars.name].text ? row->cells[bars.name].text : "",
                        charts->book->cells[REPORT_TEXT][0]);
        write_value(charts, 1, REPORT_PERMILLE, row->cells[bars.rate].number);
        if (lines > 1)
            write_value(charts, 2, REPORT_PERMILLE, row->cells[bars.second].number);
        if (refers)
            write_value(charts, (lxw_col_t)(lines + 1), REPORT_PERMILLE, report->reference);
        charts->row++;
    }
    lxw_chart *chart = workbook_add_chart(charts->book->workbook, LXW_CHART_COLUMN);
    scale_rates(chart->y_axis);
    CLEANUP(cleanup_text) Text title = {0};
    text_append(&title, titles[0]);
    if (refers) {
        ReportCell reference = report_number(report->reference);
        text_appendf(&title, " · %s ", text_cstr(&label));
        render_append_cell(REPORT_PERMILLE, &reference, &title);
    }
    insert_chart(charts, chart, text_cstr(&title), place, first, charts->row - 1, lines, false);
    if (refers)
        draw_reference(charts, chart, text_cstr(&label), first, charts->row - 1, lines);
    charts->row += 2;
}

static void write_series(Charts *charts, const ReportSeries *series)
{
    const char *titles[REPORT_LINES_MAX];
    bool trend = series->kind == REPORT_SERIES_TREND;
    lxw_row_t place = charts->row;

    for (size_t i = 0; i < series->line_count; i++)
        titles[i] = _(series->lines[i].title);
    begin_chart(charts, series->point_count);
    write_headings(charts, _(series->label.title), titles, series->line_count);
    lxw_row_t first = charts->row;
    for (size_t i = 0; i < series->point_count; i++, charts->row++) {
        worksheet_write_string(charts->sheet, charts->row, 0, series->points[i].label,
                               charts->book->cells[REPORT_TEXT][0]);
        for (size_t k = 0; k < series->line_count; k++)
            write_value(charts, (lxw_col_t)(k + 1), series->lines[k].type, series->points[i].values[k]);
    }
    lxw_chart *chart = workbook_add_chart(charts->book->workbook, trend ? LXW_CHART_LINE : LXW_CHART_COLUMN);
    if (series->lines[0].type == REPORT_PERMILLE)
        scale_rates(chart->y_axis);
    insert_chart(charts, chart, _(series->title), place, first, charts->row - 1, series->line_count, trend);
    charts->row += 2;
}

void book_write_charts(Book *book)
{
    const Report *report = book->report;
    ChartBars bars;
    Charts charts = {.book = book, .name = _("Charts")};

    if (!chart_find_bars(report, &bars) && report->series_count == 0)
        return;
    charts.sheet = workbook_add_worksheet(book->workbook, charts.name);
    worksheet_set_column(charts.sheet, 0, 0, LABEL_WIDTH, NULL);
    worksheet_set_column(charts.sheet, 1, REPORT_LINES_MAX + 1, VALUE_WIDTH, NULL);
    worksheet_set_paper(charts.sheet, BOOK_PAPER_A4);
    worksheet_set_print_scale(charts.sheet, PRINT_SCALE);
    worksheet_set_margins(charts.sheet, MARGIN_SIDE, MARGIN_SIDE, MARGIN_TOP, MARGIN_TOP);
    book_write_text(charts.sheet, charts.row, 0, report->title, book->title);
    charts.row += 2;
    write_bars(&charts);
    for (size_t i = 0; i < report->series_count; i++) {
        if (report->series[i].point_count > 0)
            write_series(&charts, &report->series[i]);
    }
    if (charts.break_count)
        worksheet_set_h_pagebreaks(charts.sheet, charts.breaks);
}
