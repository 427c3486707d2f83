// Charts as marks, and the tones that all forms share.
#include "tests/reports/test.h"

#include <math.h>
#include <stdio.h>

#include "core/base/clock.h"
#include "reports/chart.h"
#include "tests/reports/sample.h"

#define WIDTH 400.0
#define TEXT_CONTRAST 4.5 // WCAG 2.1, 1.4.3
#define MARK_CONTRAST 3.0 // WCAG 2.1, 1.4.11

static const ReportColumn columns[] = {
    {"name", "Organisation", REPORT_TEXT, REPORT_EVERYWHERE},
    {"centralised_permille", "First", REPORT_PERMILLE, REPORT_EVERYWHERE | REPORT_BAR},
    {"overall_permille", "Second", REPORT_PERMILLE, REPORT_EVERYWHERE | REPORT_BAR},
};
static const ReportColumn lines[] = {{"first", "First", REPORT_PERMILLE, REPORT_EVERYWHERE}};

static Report *new_report(void)
{
    return report_new("sample", "Sample", "rows", columns, sizeof(columns) / sizeof(columns[0]));
}

static void add_row(Report *report, int depth, const char *name, int64_t rate)
{
    ReportCell *cells = report_row(report, depth);
    cells[0] = report_text(name);
    cells[1] = report_number(rate);
}

static size_t count_marks(const Chart *chart, ChartShape shape, LookColour colour)
{
    size_t count = 0;
    for (size_t i = 0; i < chart->count; i++)
        count += chart->marks[i].shape == shape && chart->marks[i].colour == colour;
    return count;
}

static const ChartMark *find_mark(const Chart *chart, ChartShape shape, const char *text)
{
    for (size_t i = 0; i < chart->count; i++) {
        if (chart->marks[i].shape == shape && chart->marks[i].text && strcmp(chart->marks[i].text, text) == 0)
            return &chart->marks[i];
    }
    return NULL;
}

static void bars_are_as_long_as_their_rates(void **state)
{
    Report *report = new_report();
    Chart chart;
    (void)state;
    add_row(report, 0, "whole", 500);
    add_row(report, 1, "a", 1000);
    add_row(report, 1, "b", 250);
    assert_true(chart_draw(report, CHART_BARS, WIDTH, &chart));
    const ChartMark *a = find_mark(&chart, CHART_RECT, "a: 100.0%");
    const ChartMark *b = find_mark(&chart, CHART_RECT, "b: 25.0%");
    if (!a || !b) {
        fail_msg("a bar is missing");
        return;
    }
    assert_true(fabs(a->x2 - 4 * b->x2) < 0.001);
    assert_null(find_mark(&chart, CHART_TEXT, "whole"));
    chart_deinit(&chart);
    report_free(report);
}

static void bars_of_an_unknown_rate_are_not_drawn(void **state)
{
    Report *report = new_report();
    Chart chart;
    (void)state;
    add_row(report, 0, "a", 1000);
    add_row(report, 0, "b", REPORT_NULL);
    assert_true(chart_draw(report, CHART_BARS, WIDTH, &chart));
    assert_int_equal(count_marks(&chart, CHART_RECT, LOOK_FIRST), 2); // one bar, and the legend
    assert_non_null(find_mark(&chart, CHART_TEXT, "–"));
    chart_deinit(&chart);
    report_free(report);
}

static void bars_skip_a_level_with_one_row(void **state)
{
    Report *report = new_report();
    ChartBars bars;
    (void)state;
    add_row(report, 0, "city", 500);
    add_row(report, 1, "county", 500);
    add_row(report, 2, "a", 400);
    add_row(report, 2, "b", 600);
    assert_true(chart_find_bars(report, &bars));
    assert_int_equal(bars.depth, 2);
    assert_int_equal(bars.count, 2);
    report_free(report);
}

static void bars_of_too_many_rows_are_left_to_the_table(void **state)
{
    Report *report = new_report();
    Chart chart;
    (void)state;
    for (int i = 0; i < 100; i++)
        add_row(report, 0, "org", 500);
    assert_false(chart_draw(report, CHART_BARS, WIDTH, &chart));
    report_free(report);
}

static void bars_of_members_are_never_drawn(void **state)
{
    Report *report = sample_long(5); // each with a rate
    Chart chart;
    (void)state;
    assert_false(chart_draw(report, CHART_BARS, WIDTH, &chart));
    report_free(report);
}

static void bars_show_the_reference_as_a_dashed_line(void **state)
{
    Report *report = new_report();
    Chart chart;
    size_t dashed = 0;
    (void)state;
    add_row(report, 0, "a", 1000);
    add_row(report, 0, "b", 500);
    report_refer(report, 750, "whole");
    assert_true(chart_draw(report, CHART_BARS, WIDTH, &chart));
    for (size_t i = 0; i < chart.count; i++)
        dashed += chart.marks[i].dashed;
    assert_int_equal(dashed, 1);
    assert_non_null(find_mark(&chart, CHART_TEXT, "whole 75.0%"));
    chart_deinit(&chart);
    report_free(report);
}

static void bars_show_no_hostile_name_as_it_is(void **state)
{
    Report *report = new_report();
    Chart chart;
    (void)state;
    add_row(report, 0, "a\x1b\xE2\x80\xAE", 1000);
    add_row(report, 0, "b", 1000);
    assert_true(chart_draw(report, CHART_BARS, WIDTH, &chart));
    assert_non_null(find_mark(&chart, CHART_TEXT, "a\\x1b\\xe2\\x80\\xae"));
    chart_deinit(&chart);
    report_free(report);
}

static void trend_breaks_where_a_month_is_unknown(void **state)
{
    Report *report = new_report();
    Chart chart;
    (void)state;
    ReportSeries *series = report_series(report, REPORT_SERIES_TREND, "Months", lines, 1);
    report_point(series, "2026-01")[0] = 900;
    report_point(series, "2026-02")[0] = 800;
    report_point(series, "2026-03");
    report_point(series, "2026-04")[0] = 700;
    assert_true(chart_draw(report, CHART_TREND, WIDTH, &chart));
    assert_int_equal(count_marks(&chart, CHART_DOT, LOOK_FIRST), 3);
    assert_int_equal(count_marks(&chart, CHART_LINE, LOOK_FIRST), 1);
    chart_deinit(&chart);
    report_free(report);
}

static void spread_has_a_column_for_each_class_with_somebody_in_it(void **state)
{
    static const ReportColumn orgs[] = {{NULL, "Organisations", REPORT_COUNT, REPORT_EVERYWHERE}};
    Report *report = new_report();
    Chart chart;
    (void)state;
    ReportSeries *series = report_series(report, REPORT_SERIES_SPREAD, "Spread", orgs, 1);
    report_point(series, "0–50%")[0] = 0;
    report_point(series, "50–100%")[0] = 7;
    assert_true(chart_draw(report, CHART_SPREAD, WIDTH, &chart));
    assert_int_equal(count_marks(&chart, CHART_RECT, LOOK_FIRST), 1);
    assert_non_null(find_mark(&chart, CHART_RECT, "50–100%: 7"));
    chart_deinit(&chart);
    report_free(report);
}

static void report_without_rates_or_series_has_no_charts(void **state)
{
    Report *report = sample_hostile();
    Chart chart;
    (void)state;
    for (int kind = 0; kind < CHART_KIND_COUNT; kind++)
        assert_false(chart_draw(report, (ChartKind)kind, WIDTH, &chart));
    report_free(report);
}

/// Relative luminance (WCAG 2.1).
static double luminance(uint32_t tone)
{
    static const double shares[] = {0.2126, 0.7152, 0.0722};
    double sum = 0;
    for (int i = 0; i < 3; i++) {
        double part = (tone >> (16 - 8 * i) & 0xff) / 255.0;
        sum += shares[i] * (part <= 0.03928 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4));
    }
    return sum;
}

static double contrast(uint32_t a, uint32_t b)
{
    double la = luminance(a), lb = luminance(b);
    return la > lb ? (la + 0.05) / (lb + 0.05) : (lb + 0.05) / (la + 0.05);
}

static void check_contrast(LookColour front, LookColour back, double least)
{
    assert_true(contrast(look_tones[front].paper, look_tones[back].paper) >= least);
    assert_true(contrast(look_tones[front].darkness, look_tones[back].darkness) >= least);
}

static void tones_can_be_read(void **state)
{
    (void)state;
    for (LookColour back = LOOK_PANEL; back < LOOK_COLOUR_COUNT; back++) {
        if (back == LOOK_PANEL || back == LOOK_GROUND || back == LOOK_LIGHT)
            check_contrast(LOOK_INK, back, TEXT_CONTRAST);
    }
    check_contrast(LOOK_MUTED, LOOK_GROUND, TEXT_CONTRAST);
    check_contrast(LOOK_FIRST, LOOK_GROUND, MARK_CONTRAST);
    check_contrast(LOOK_FIRST, LOOK_PANEL, MARK_CONTRAST);
    check_contrast(LOOK_SECOND, LOOK_GROUND, MARK_CONTRAST);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(bars_are_as_long_as_their_rates),
        cmocka_unit_test(bars_of_an_unknown_rate_are_not_drawn),
        cmocka_unit_test(bars_skip_a_level_with_one_row),
        cmocka_unit_test(bars_of_too_many_rows_are_left_to_the_table),
        cmocka_unit_test(bars_of_members_are_never_drawn),
        cmocka_unit_test(bars_show_the_reference_as_a_dashed_line),
        cmocka_unit_test(bars_show_no_hostile_name_as_it_is),
        cmocka_unit_test(trend_breaks_where_a_month_is_unknown),
        cmocka_unit_test(spread_has_a_column_for_each_class_with_somebody_in_it),
        cmocka_unit_test(report_without_rates_or_series_has_no_charts),
        cmocka_unit_test(tones_can_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
