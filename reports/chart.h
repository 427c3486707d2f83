#pragma once
// Charts of a Report as marks on a plane: what html writes as SVG and pdf draws on paper. Pure: the same
// report gives the same marks. Units are those of the caller, who sets the width; y grows downwards.
#include "core/base/cleanup.h"
#include "reports/look.h"
#include "reports/report.h"

typedef enum ChartKind {
    CHART_BARS,   // the rates of the first row's children, with bounds, reference and second rate
    CHART_TREND,  // REPORT_SERIES_TREND
    CHART_SPREAD, // REPORT_SERIES_SPREAD
    CHART_KIND_COUNT
} ChartKind;

typedef enum ChartShape { CHART_RECT, CHART_LINE, CHART_DOT, CHART_TEXT } ChartShape;
typedef enum ChartAnchor { CHART_START, CHART_MIDDLE, CHART_END } ChartAnchor;

typedef struct ChartMark {
    ChartShape shape;
    LookColour colour;
    double x, y;   // corner of a rectangle, start of a line, centre of a dot, baseline of a text
    double x2, y2; // rectangle: width and height; line: its end
    double size;   // of a text, stroke of a line, radius of a dot
    ChartAnchor anchor;
    bool dashed, bold;
    char *text; // of a text; of any other what it stands for, or NULL
} ChartMark;

typedef struct Chart {
    double width, height;
    char *title; // in the reader's language
    ChartMark *marks;
    size_t count;
} Chart;

/// Draws the report's chart of that kind; false if it has nothing to draw.
bool chart_draw(const Report *report, ChartKind kind, double width, Chart *ret_chart);
void chart_deinit(Chart *chart);

// What bars are made of: columns of the report, -1 where there is none, and the depth of the rows.
typedef struct ChartBars {
    int name, rate, low, high, second;
    int depth;
    size_t count;
} ChartBars;
/// False if the report has no rates, is about members, or has too many rows for bars.
bool chart_find_bars(const Report *report, ChartBars *ret_bars);

/// The report's first column of rates that forms draw as a bar, or -1.
int chart_rate_column(const Report *report);
