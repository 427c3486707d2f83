// The forms of a report, against golden files. Run with `--write` after the folder to replace them.
#include "tests/reports/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/digest.h"
#include "core/base/file.h"
#include "reports/render.h"
#include "tests/reports/golden.h"
#include "tests/reports/sample.h"

#define TERMINAL_WIDE 120
#define TERMINAL_NARROW 60

static void check(Report *report, const char *form, RenderOptions options, const char *name)
{
    Text text = {0};
    const Renderer *renderer = render_find(form);

    assert_non_null(renderer);
    renderer->render(report, &options, &text);
    report_free(report);
    golden_check(name, &text);
    text_deinit(&text);
}

static void text_in_a_pipe_shows_every_column_aligned_by_display_width(void **state)
{
    (void)state;
    check(sample_orgs(), "text", (RenderOptions){0}, "orgs.txt");
}

static void text_on_a_wide_terminal_shows_bars(void **state)
{
    (void)state;
    check(sample_orgs(), "text", (RenderOptions){.terminal = true, .columns = TERMINAL_WIDE},
          "orgs-wide.txt");
}

static void text_on_a_narrow_terminal_leaves_out_bars_then_columns_and_says_so(void **state)
{
    (void)state;
    check(sample_orgs(), "text", (RenderOptions){.terminal = true, .columns = TERMINAL_NARROW},
          "orgs-narrow.txt");
}

static void text_on_a_terminal_keeps_one_bar_where_columns_can_go_instead(void **state)
{
    bool kept = false;
    (void)state;
    for (int columns = TERMINAL_NARROW; columns < TERMINAL_WIDE && !kept; columns++) {
        RenderOptions options = {.terminal = true, .columns = columns};
        Report *report = sample_orgs();
        Text text = {0};
        assert_int_equal(render_find("text")->render(report, &options, &text), 0);
        kept = strstr(text_cstr(&text), "█") && strstr(text_cstr(&text), "do not fit");
        text_deinit(&text);
        report_free(report);
    }
    assert_true(kept);
}

static void text_shows_each_type_for_people(void **state)
{
    (void)state;
    check(sample_types(), "text", (RenderOptions){0}, "types.txt");
}

static void text_escapes_what_would_move_the_cursor(void **state)
{
    (void)state;
    check(sample_hostile(), "text", (RenderOptions){0}, "hostile.txt");
}

static void csv_has_mark_header_rows_and_notes(void **state)
{
    (void)state;
    check(sample_orgs(), "csv", (RenderOptions){0}, "orgs.csv");
}

static void csv_shows_each_type_for_people(void **state)
{
    (void)state;
    check(sample_types(), "csv", (RenderOptions){0}, "types.csv");
}

static void csv_defuses_formulas_and_quotes_the_rest(void **state)
{
    (void)state;
    check(sample_hostile(), "csv", (RenderOptions){0}, "hostile.csv");
}

static void json_keeps_the_order_of_heads_and_columns(void **state)
{
    (void)state;
    check(sample_orgs(), "json", (RenderOptions){0}, "orgs.json");
}

static void json_gives_each_type_its_exact_value(void **state)
{
    (void)state;
    check(sample_types(), "json", (RenderOptions){0}, "types.json");
}

static void json_escapes_names(void **state)
{
    (void)state;
    check(sample_hostile(), "json", (RenderOptions){0}, "hostile.json");
}

static void jsonl_has_one_row_a_line(void **state)
{
    (void)state;
    check(sample_orgs(), "jsonl", (RenderOptions){0}, "orgs.jsonl");
}

static void render_find_knows_no_form_that_is_not_there(void **state)
{
    (void)state;
    assert_null(render_find("docx"));
    assert_null(render_find(""));
}

/// What the form makes of rows that are held, and of the same rows from a source.
static void check_sourced(const char *form)
{
    static const RenderOptions options;
    static const int rows = 300; // several flushes, were they small
    const Renderer *renderer = render_find(form);
    Report *held = sample_long(rows), *sourced = sample_sourced(&rows);
    Text expected = {0}, text = {0};

    assert_int_equal(renderer->render(held, &options, &expected), 0);
    assert_int_equal(renderer->render(sourced, &options, &text), 0);
    assert_string_equal(text_cstr(&text), text_cstr(&expected));
    text_clear(&text);
    if (renderer->into) {
        FILE *file = tmpfile();
        assert_int_equal(renderer->into(sourced, &options, fileno(file)), 0);
        rewind(file);
        assert_int_equal(file_read_fd(fileno(file), 1 << 20, &text), 0);
        assert_string_equal(text_cstr(&text), text_cstr(&expected));
        fclose(file);
    }
    report_free(held);
    report_free(sourced);
    text_deinit(&expected);
    text_deinit(&text);
}

static void sourced_rows_come_out_as_held_ones_do(void **state)
{
    static const char *const forms[] = {"text", "csv", "json", "jsonl", "html"};
    (void)state;
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
        check_sourced(forms[i]);
}

static int fail_each(void *from, const Report *report, ReportSee *see, void *user)
{
    (void)from;
    (void)report;
    (void)see;
    (void)user;
    return -EIO;
}

static void source_that_fails_fails_every_form(void **state)
{
    static const char *const forms[] = {"text", "csv", "json", "jsonl", "html", "xlsx"};
    static const RenderOptions options;
    static const int rows = 1;
    (void)state;
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        Report *report = sample_sourced(&rows);
        Text text = {0};
        report->source.each = fail_each;
        assert_int_equal(render_find(forms[i])->render(report, &options, &text), -EIO);
        text_deinit(&text);
        report_free(report);
    }
}

static void into_a_full_disk_fails(void **state)
{
    static const char *const forms[] = {"csv", "jsonl", "xlsx"};
    static const RenderOptions options;
    static const int rows[] = {10, 10000}; // the second is more than is held back
    (void)state;
    for (size_t i = 0; i < 2 * sizeof(forms) / sizeof(forms[0]); i++) {
        Report *report = sample_sourced(&rows[i % 2]);
        int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
        assert_int_equal(render_find(forms[i / 2])->into(report, &options, fd), -ENOSPC);
        close(fd);
        report_free(report);
    }
}

static void json_row_without_a_column_for_it_is_an_empty_object(void **state)
{
    static const ReportColumn columns[] = {{"a", "A", REPORT_TEXT, REPORT_IN_TEXT}};
    static const RenderOptions options;
    Report *report = report_new("empty", "Empty", "rows", columns, 1);
    Text text = {0};
    (void)state;
    report_row(report, 0)[0] = report_text("x");
    assert_int_equal(render_find("jsonl")->render(report, &options, &text), 0);
    assert_string_equal(text_cstr(&text), "{}\n");
    text_deinit(&text);
    report_free(report);
}

static void json_has_every_point_of_a_series(void **state)
{
    static const ReportColumn columns[] = {{"a", "A", REPORT_TEXT, REPORT_EVERYWHERE}};
    static const ReportColumn lines[] = {{"rate", "Rate", REPORT_PERMILLE, REPORT_EVERYWHERE}};
    static const RenderOptions options;
    Report *report = report_new("points", "Points", "rows", columns, 1);
    ReportSeries *series = report_series(report, REPORT_SERIES_TREND, "Months", lines, 1);
    Text text = {0};
    (void)state;
    series->key = "trend";
    series->label = (ReportColumn){"month", "Month", REPORT_TEXT, REPORT_EVERYWHERE};
    report_point(series, "2026-01")[0] = 900;
    report_point(series, "2026-02")[0] = 800;
    assert_int_equal(render_find("json")->render(report, &options, &text), 0);
    assert_non_null(strstr(text_cstr(&text),
                           "{\"month\":\"2026-01\",\"rate\":900},{\"month\":\"2026-02\",\"rate\":800}"));
    text_deinit(&text);
    report_free(report);
}

static void text_without_rows_says_none(void **state)
{
    static const ReportColumn columns[] = {{"a", "A", REPORT_TEXT, REPORT_EVERYWHERE}};
    static const RenderOptions options;
    Report *report = report_new("empty", "Empty", "rows", columns, 1);
    Text text = {0};
    (void)state;
    render_text(report, &options, &text);
    assert_string_equal(text_cstr(&text), "Empty\n\n(none)\n");
    text_deinit(&text);
    report_free(report);
}

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_in_a_pipe_shows_every_column_aligned_by_display_width),
        cmocka_unit_test(text_on_a_wide_terminal_shows_bars),
        cmocka_unit_test(text_on_a_narrow_terminal_leaves_out_bars_then_columns_and_says_so),
        cmocka_unit_test(text_on_a_terminal_keeps_one_bar_where_columns_can_go_instead),
        cmocka_unit_test(text_shows_each_type_for_people),
        cmocka_unit_test(text_escapes_what_would_move_the_cursor),
        cmocka_unit_test(json_row_without_a_column_for_it_is_an_empty_object),
        cmocka_unit_test(json_has_every_point_of_a_series),
        cmocka_unit_test(text_without_rows_says_none),
        cmocka_unit_test(csv_has_mark_header_rows_and_notes),
        cmocka_unit_test(csv_shows_each_type_for_people),
        cmocka_unit_test(csv_defuses_formulas_and_quotes_the_rest),
        cmocka_unit_test(json_keeps_the_order_of_heads_and_columns),
        cmocka_unit_test(json_gives_each_type_its_exact_value),
        cmocka_unit_test(json_escapes_names),
        cmocka_unit_test(jsonl_has_one_row_a_line),
        cmocka_unit_test(sourced_rows_come_out_as_held_ones_do),
        cmocka_unit_test(source_that_fails_fails_every_form),
        cmocka_unit_test(into_a_full_disk_fails),
        cmocka_unit_test(render_find_knows_no_form_that_is_not_there),
    };
    if (argc < 2 || !zone_set("Asia/Shanghai"))
        return 1;
    digest_init();
    golden_init(argv[1], argc > 2 && strcmp(argv[2], "--write") == 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
