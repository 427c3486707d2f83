// Three charts, each answering one question: how do the parts compare (bars), how did it come about (trend),
// how are the smallest ones spread (spread). Rates always run from 0 to 100 %, so that two reports can be
// laid side by side and no difference looks larger than it is. Bars keep the order of the rows: a chart is no
// ranking. What is unknown is left out, never drawn as zero.
#include "reports/chart.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/i18n.h"
#include "core/base/text.h"
#include "reports/render.h"

#define PERMILLE 1000
#define TEXT_SIZE 11.0
#define TEXT_SMALL 9.5
#define COLUMN_WIDTH 5.9 // of a display column in TEXT_SIZE, on average of our fonts
#define BAR_STEP 22.0    // from bar to bar
#define BAR_HEIGHT 12.0
#define BARS_MAX 24      // what fits on a screen or half a page; more are a table
#define LABEL_SHARE 0.34 // of the width, for names
#define VALUE_WIDTH 42.0 // "100.0%"
#define TOP 22.0         // room for the reference's label
#define PLOT_HEIGHT 132.0
#define AXIS_WIDTH 34.0
#define FOOT 20.0 // room for labels below an axis
#define LEGEND 18.0
#define SPREAD_GAP 3.0
#define GRID_STEPS 4 // 0, 25, 50, 75, 100 %

static ChartMark *add(Chart *chart, ChartShape shape, LookColour colour)
{
    chart->marks = alloc_resize(chart->marks, chart->count + 1, sizeof(*chart->marks));
    ChartMark *mark = &chart->marks[chart->count++];
    *mark = (ChartMark){.shape = shape, .colour = colour};
    return mark;
}

static void add_text(Chart *chart, double x, double y, ChartAnchor anchor, LookColour colour,
                     const char *text)
{
    ChartMark *mark = add(chart, CHART_TEXT, colour);
    mark->x = x, mark->y = y;
    mark->size = colour == LOOK_MUTED ? TEXT_SMALL : TEXT_SIZE;
    mark->anchor = anchor;
    mark->text = alloc_string(text);
}

static ChartMark *add_line(Chart *chart, double x, double y, double x2, double y2, double size,
                           LookColour colour)
{
    ChartMark *mark = add(chart, CHART_LINE, colour);
    mark->x = x, mark->y = y, mark->x2 = x2, mark->y2 = y2;
    mark->size = size;
    return mark;
}

static ChartMark *add_rect(Chart *chart, double x, double y, double width, double height, LookColour colour)
{
    ChartMark *mark = add(chart, CHART_RECT, colour);
    mark->x = x, mark->y = y, mark->x2 = width, mark->y2 = height;
    return mark;
}

static ChartMark *add_dot(Chart *chart, double x, double y, double size, LookColour colour)
{
    ChartMark *mark = add(chart, CHART_DOT, colour);
    mark->x = x, mark->y = y, mark->size = size;
    return mark;
}

static void append_rate(Text *text, int64_t permille)
{
    ReportCell cell = report_number(permille);
    render_append_cell(REPORT_PERMILLE, &cell, text);
}

static double clip_rate(int64_t permille)
{
    int64_t clipped = permille < 0 ? 0 : permille > PERMILLE ? PERMILLE : permille;
    return (double)clipped / PERMILLE;
}

/// As much of `name` as fits into `width`, the rest an ellipsis; escaped as everywhere.
static void append_label(Text *text, const char *name, double width)
{
    size_t columns = (size_t)(width / COLUMN_WIDTH);

    text_append_escaped(text, name, strlen(name), strlen(name));
    if (text_width(text_cstr(text)) <= columns || columns < 2)
        return;
    while (text->size > 0 && text_width(text->data) > columns - 1) {
        size_t last = text->size - 1;
        while (last > 0 && ((unsigned char)text->data[last] & 0xC0) == 0x80)
            last--;
        text->size = last;
        text->data[last] = '\0';
    }
    text_append(text, "…");
}

// ---- bars

int chart_rate_column(const Report *report)
{
    for (size_t i = 0; i < report->column_count; i++) {
        if ((report->columns[i].forms & REPORT_BAR) && report->columns[i].type == REPORT_PERMILLE)
            return (int)i;
    }
    return -1;
}

typedef struct Bars {
    const Report *report;
    ChartBars of;
    double left, width; // of the scale
} Bars;

static int column_by_key(const Report *report, const char *key)
{
    for (size_t i = 0; i < report->column_count; i++) {
        if (report->columns[i].key && strcmp(report->columns[i].key, key) == 0)
            return (int)i;
    }
    return -1;
}

static int second_rate(const Report *report, int first)
{
    for (size_t i = (size_t)first + 1; i < report->column_count; i++) {
        if ((report->columns[i].forms & REPORT_BAR) && report->columns[i].type == REPORT_PERMILLE)
            return (int)i;
    }
    return -1;
}

static size_t rows_at(const Report *report, int depth)
{
    size_t count = 0;
    for (size_t i = 0; i < report->row_count; i++)
        count += report->rows[i].depth == depth;
    return count;
}

bool chart_find_bars(const Report *report, ChartBars *ret_bars)
{
    ChartBars bars = {.rate = chart_rate_column(report), .name = column_by_key(report, "name")};

    // Organisations are compared, persons are not.
    if (column_by_key(report, "member") >= 0)
        return false;
    if (bars.rate < 0 || bars.name < 0 || report->columns[bars.name].type != REPORT_TEXT)
        return false;
    bars.low = column_by_key(report, "centralised_low_permille");
    bars.high = column_by_key(report, "centralised_high_permille");
    bars.second = second_rate(report, bars.rate);
    // The highest level that has parts to compare: one county alone would be compared with itself.
    do {
        bars.count = rows_at(report, ++bars.depth);
    } while (bars.count == 1);
    if (bars.count == 0)
        bars.count = rows_at(report, bars.depth = 0);
    *ret_bars = bars;
    return bars.count > 0 && bars.count <= BARS_MAX;
}

static void draw_bounds(Chart *chart, const Bars *bars, const ReportRow *row, double y)
{
    if (bars->of.low < 0 || bars->of.high < 0)
        return;
    int64_t low = row->cells[bars->of.low].number;
    int64_t high = row->cells[bars->of.high].number;
    if (low == REPORT_NULL || high == REPORT_NULL || low == high)
        return;
    add_line(chart, bars->left + bars->width * clip_rate(low), y, bars->left + bars->width * clip_rate(high),
             y, 3, LOOK_MUTED);
}

static void draw_bar(Chart *chart, const Bars *bars, const ReportRow *row, double y)
{
    CLEANUP(cleanup_text) Text label = {0};
    CLEANUP(cleanup_text) Text value = {0};
    int64_t rate = row->cells[bars->of.rate].number;
    double top = y + (BAR_STEP - BAR_HEIGHT) / 2;
    double middle = y + BAR_STEP / 2;
    const char *name = row->cells[bars->of.name].text;

    append_label(&label, name ? name : "–", bars->left - 6);
    add_text(chart, 0, middle + 4, CHART_START, LOOK_INK, text_cstr(&label));
    add_rect(chart, bars->left, top, bars->width, BAR_HEIGHT, LOOK_PANEL);
    if (rate != REPORT_NULL) {
        append_rate(&value, rate);
        ChartMark *bar =
            add_rect(chart, bars->left, top, bars->width * clip_rate(rate), BAR_HEIGHT, LOOK_FIRST);
        Text said = {0};
        text_appendf(&said, "%s: %s", text_cstr(&label), text_cstr(&value));
        bar->text = text_take(&said);
        draw_bounds(chart, bars, row, middle);
        if (bars->of.second >= 0 && row->cells[bars->of.second].number != REPORT_NULL)
            add_dot(chart, bars->left + bars->width * clip_rate(row->cells[bars->of.second].number), middle,
                    3.6, LOOK_SECOND);
    }
    add_text(chart, chart->width, middle + 4, CHART_END, LOOK_INK,
             rate == REPORT_NULL ? "–" : text_cstr(&value));
}

static void draw_reference(Chart *chart, const Bars *bars, double bottom)
{
    CLEANUP(cleanup_text) Text label = {0};
    const Report *report = bars->report;

    if (report->reference == REPORT_NULL)
        return;
    double x = bars->left + bars->width * clip_rate(report->reference);
    add_line(chart, x, TOP - 4, x, bottom, 1.2, LOOK_INK)->dashed = true;
    append_label(&label, report->reference_label, bars->left + bars->width * 0.6);
    text_append(&label, " ");
    append_rate(&label, report->reference);
    add_text(chart, x, TOP - 9, clip_rate(report->reference) > 0.5 ? CHART_END : CHART_START, LOOK_MUTED,
             text_cstr(&label));
}

/// What the colours stand for; each on a line of its own, since names of rates are long.
static double draw_legend(Chart *chart, double x, double y, const char *const *titles, size_t count,
                          bool dots)
{
    for (size_t i = 0; i < count; i++, y += LEGEND) {
        LookColour colour = i == 0 ? LOOK_FIRST : LOOK_SECOND;
        if (dots && i > 0)
            add_dot(chart, x + 5, y + 7, 3.6, colour);
        else
            add_rect(chart, x, y + 3, 10, 8, colour);
        add_text(chart, x + 15, y + 11, CHART_START, LOOK_MUTED, titles[i]);
    }
    return y;
}

static bool draw_bars(const Report *report, Chart *chart)
{
    Bars bars;
    double y = report->reference == REPORT_NULL ? 0 : TOP;

    bars.report = report;
    if (!chart_find_bars(report, &bars.of))
        return false;
    bars.left = chart->width * LABEL_SHARE;
    bars.width = chart->width - bars.left - VALUE_WIDTH;
    chart->title = alloc_string(_(report->columns[bars.of.rate].title));
    for (size_t i = 0; i < report->row_count; i++) {
        if (report->rows[i].depth != bars.of.depth)
            continue;
        draw_bar(chart, &bars, &report->rows[i], y);
        y += BAR_STEP;
    }
    draw_reference(chart, &bars, y);
    const char *titles[] = {_(report->columns[bars.of.rate].title),
                            bars.of.second >= 0 ? _(report->columns[bars.of.second].title) : ""};
    chart->height = draw_legend(chart, bars.left, y + 4, titles, bars.of.second >= 0 ? 2 : 1, true) + 2;
    return true;
}

// ---- trend and spread share their frame

static const ReportSeries *find_series(const Report *report, ReportSeriesKind kind)
{
    for (size_t i = 0; i < report->series_count; i++) {
        if (report->series[i].kind == kind && report->series[i].point_count > 0)
            return &report->series[i];
    }
    return NULL;
}

static void draw_grid(Chart *chart, int64_t most, bool rates)
{
    for (int i = 0; i <= GRID_STEPS; i++) {
        CLEANUP(cleanup_text) Text label = {0};
        double y = TOP / 2 + PLOT_HEIGHT * (GRID_STEPS - i) / GRID_STEPS;
        add_line(chart, AXIS_WIDTH, y, chart->width, y, i == 0 ? 1 : 0.6, LOOK_RULE);
        text_appendf(&label, "%" PRId64 "%s", most * i / GRID_STEPS, rates ? "%" : "");
        add_text(chart, AXIS_WIDTH - 5, y + 3.5, CHART_END, LOOK_MUTED, text_cstr(&label));
    }
}

static double plot_y(double share)
{
    return TOP / 2 + PLOT_HEIGHT * (1 - share);
}

static void draw_line_of(Chart *chart, const ReportSeries *series, size_t line, double step)
{
    LookColour colour = line == 0 ? LOOK_FIRST : LOOK_SECOND;
    double before_x = 0, before_y = 0;
    bool before = false;

    for (size_t i = 0; i < series->point_count; i++) {
        int64_t value = series->points[i].values[line];
        double x = AXIS_WIDTH + step * ((double)i + 0.5);
        if (value != REPORT_NULL) {
            double y = plot_y(clip_rate(value));
            Text said = {0};
            if (before)
                add_line(chart, before_x, before_y, x, y, 2, colour);
            text_appendf(&said, "%s: ", series->points[i].label);
            append_rate(&said, value);
            add_dot(chart, x, y, 3, colour)->text = text_take(&said);
            before_x = x, before_y = y;
        }
        before = value != REPORT_NULL;
    }
}

/// Labels below the axis: as many as have room, the last one always.
static void draw_labels(Chart *chart, const ReportSeries *series, double step)
{
    double width = 0;

    for (size_t i = 0; i < series->point_count; i++) {
        double one = (double)text_width(series->points[i].label) * COLUMN_WIDTH;
        width = one > width ? one : width;
    }
    size_t every = (size_t)(width / step) + 1;
    for (size_t i = 0; i < series->point_count; i++) {
        if ((series->point_count - 1 - i) % every == 0)
            add_text(chart, AXIS_WIDTH + step * ((double)i + 0.5), plot_y(0) + 14, CHART_MIDDLE, LOOK_MUTED,
                     series->points[i].label);
    }
}

static bool draw_trend(const Report *report, Chart *chart)
{
    const ReportSeries *series = find_series(report, REPORT_SERIES_TREND);
    const char *titles[REPORT_LINES_MAX];

    if (!series)
        return false;
    double step = (chart->width - AXIS_WIDTH) / (double)series->point_count;
    chart->title = alloc_string(_(series->title));
    draw_grid(chart, 100, true);
    for (size_t i = series->line_count; i-- > 0;)
        draw_line_of(chart, series, i, step);
    draw_labels(chart, series, step);
    for (size_t i = 0; i < series->line_count; i++)
        titles[i] = _(series->lines[i].title);
    chart->height = draw_legend(chart, AXIS_WIDTH, plot_y(0) + FOOT, titles, series->line_count, false) + 2;
    return true;
}

/// The scale's end: a round number at or above `most` that the grid divides.
static int64_t round_up(int64_t most)
{
    static const int64_t steps[] = {4, 8, 12, 20, 40, 60, 80};

    for (int64_t ten = 1;; ten *= 10) {
        for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
            if (steps[i] * ten >= most)
                return steps[i] * ten;
        }
    }
}

static bool draw_spread(const Report *report, Chart *chart)
{
    const ReportSeries *series = find_series(report, REPORT_SERIES_SPREAD);
    int64_t most = 0;

    if (!series)
        return false;
    for (size_t i = 0; i < series->point_count; i++)
        most = series->points[i].values[0] > most ? series->points[i].values[0] : most;
    most = round_up(most);
    double step = (chart->width - AXIS_WIDTH) / (double)series->point_count;
    chart->title = alloc_string(_(series->title));
    draw_grid(chart, most, false);
    for (size_t i = 0; i < series->point_count; i++) {
        int64_t value = series->points[i].values[0];
        if (value <= 0)
            continue;
        Text said = {0};
        double y = plot_y((double)value / (double)most);
        double x = AXIS_WIDTH + step * (double)i;
        ChartMark *bar = add_rect(chart, x + SPREAD_GAP / 2, y, step - SPREAD_GAP, plot_y(0) - y, LOOK_FIRST);
        text_appendf(&said, "%s: %" PRId64, series->points[i].label, value);
        bar->text = text_take(&said);
        add_text(chart, x + step / 2, y - 3, CHART_MIDDLE, LOOK_INK, strchr(bar->text, ':') + 2);
    }
    draw_labels(chart, series, step);
    chart->height = plot_y(0) + FOOT;
    return true;
}

bool chart_draw(const Report *report, ChartKind kind, double width, Chart *ret_chart)
{
    static bool (*const draw[CHART_KIND_COUNT])(const Report *, Chart *) = {
        [CHART_BARS] = draw_bars, [CHART_TREND] = draw_trend, [CHART_SPREAD] = draw_spread};
    Chart chart = {.width = width};

    if (!draw[kind](report, &chart))
        return false;
    *ret_chart = chart;
    return true;
}

void chart_deinit(Chart *chart)
{
    for (size_t i = 0; i < chart->count; i++)
        free(chart->marks[i].text);
    free(chart->marks);
    free(chart->title);
    *chart = (Chart){0};
}
