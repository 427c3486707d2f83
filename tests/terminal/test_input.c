// Lines from standard input, and keys from a terminal.
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "terminal/input.h"
#include "terminal/scan.h"
#include "tests/terminal/test.h"

static void feed(Input *input, const char *bytes, size_t size)
{
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], bytes, size), size);
    close(ends[1]);
    input_read(input, ends[0]);
    close(ends[0]);
}

static void expect_lines(Input *input, const char *joined)
{
    char *lines[8];
    Text text = {0};
    size_t count = input_take(input, lines, 8);

    for (size_t i = 0; i < count; i++) {
        text_appendf(&text, "%s|", lines[i]);
        free(lines[i]);
    }
    assert_string_equal(text_cstr(&text), joined);
    text_deinit(&text);
}

static void test_take_gives_whole_lines_and_keeps_the_rest(void **state)
{
    Input input = {0};

    (void)state;
    feed(&input, "in 1\nin 2\nin ", 13);
    expect_lines(&input, "in 1|in 2|");
    feed(&input, "3\n", 2);
    expect_lines(&input, "in 3|");
    input_deinit(&input);
}

static void test_take_leaves_out_empty_lines_and_comments(void **state)
{
    Input input = {0};

    (void)state;
    feed(&input, "\n  \r\n# in 1\nin 2\r\n", 18);
    expect_lines(&input, "in 2\r|");
    input_deinit(&input);
}

static void test_take_gives_the_last_line_without_a_line_feed_at_the_end(void **state)
{
    Input input = {0};

    (void)state;
    feed(&input, "in 1", 4);
    expect_lines(&input, "");
    feed(&input, "", 0);
    assert_true(input.ended);
    expect_lines(&input, "in 1|");
    expect_lines(&input, "");
    input_deinit(&input);
}

static void test_read_keeps_of_an_endless_line_only_what_shows_that_it_is_too_long(void **state)
{
    Input input = {0};
    char *bytes = alloc_zero(3 * SCAN_LINE_MAX);
    char *lines[2];

    (void)state;
    memset(bytes, 'x', 3 * SCAN_LINE_MAX);
    for (int i = 0; i < 10; i++)
        feed(&input, bytes, 3 * SCAN_LINE_MAX);
    assert_int_equal(input.buffer.size, SCAN_LINE_MAX + 1);
    feed(&input, "\nin 1\n", 6);
    assert_int_equal(input_take(&input, lines, 2), 2);
    assert_int_equal(strlen(lines[0]), SCAN_LINE_MAX + 1);
    assert_string_equal(lines[1], "in 1");
    free(lines[0]);
    free(lines[1]);
    free(bytes);
    input_deinit(&input);
}

static void test_read_turns_nul_into_what_no_scan_may_hold(void **state)
{
    Input input = {0};

    (void)state;
    feed(&input, "in 1\0", 5);
    feed(&input, "\n", 1);
    expect_lines(&input, "in 1\1|");
    input_deinit(&input);
}

static void test_typed_keys_edit_the_line(void **state)
{
    Input input = {.typed = true};

    (void)state;
    feed(&input, "abc\x15in 12\x7f\xe5\xbc\xa0\x7f", 14);
    assert_string_equal(input_get_unfinished(&input), "in 1");
    feed(&input, "\n\x7f", 2);
    assert_string_equal(input_get_unfinished(&input), "");
    expect_lines(&input, "in 1|");
    input_deinit(&input);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_take_gives_whole_lines_and_keeps_the_rest),
        cmocka_unit_test(test_take_leaves_out_empty_lines_and_comments),
        cmocka_unit_test(test_take_gives_the_last_line_without_a_line_feed_at_the_end),
        cmocka_unit_test(test_read_keeps_of_an_endless_line_only_what_shows_that_it_is_too_long),
        cmocka_unit_test(test_read_turns_nul_into_what_no_scan_may_hold),
        cmocka_unit_test(test_typed_keys_edit_the_line),
    };
    return cmocka_run_group_tests_name("input", tests, NULL, NULL);
}
