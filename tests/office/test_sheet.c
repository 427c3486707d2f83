// Reading CSV as a stream: what stands at the borders of the chunks it is read in, and how lines are counted.
#include "tests/office/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/digest.h"
#include "core/base/text.h"
#include "office/encoding.h"
#include "office/sheet.h"
#include "tests/support/support.h"

#define CHUNK 65536 // the reader's

typedef struct Rows {
    size_t count;
    uint64_t line;   // of the last row
    size_t width;    // of the last row
    char first[200]; // first cell of the last row
    size_t bad;      // rows whose first cell is not `same`
    const char *same;
} Rows;

static int take_row(void *user, const SheetRow *row)
{
    Rows *rows = user;

    rows->count++;
    rows->line = row->line;
    rows->width = row->count;
    snprintf(rows->first, sizeof(rows->first), "%s", row->cells[0]);
    rows->bad += rows->same && strcmp(row->cells[0], rows->same) != 0;
    return 0;
}

static FILE *file_with(const void *data, size_t size)
{
    FILE *file = tmpfile();

    if (!file || fwrite(data, 1, size, file) != size || fflush(file) != 0)
        support_die("no temporary file");
    return file;
}

static int read_bytes(const void *data, size_t size, Rows *rows, SheetProblem *problem)
{
    CLEANUP(cleanup_file) FILE *file = file_with(data, size);

    *problem = (SheetProblem){0};
    return sheet_read(fileno(file), take_row, rows, problem);
}

static int read_text(const char *text, Rows *rows, SheetProblem *problem)
{
    return read_bytes(text, strlen(text), rows, problem);
}

static void rows_after_a_quoted_line_break_keep_their_line(void **state)
{
    Rows rows = {0};
    SheetProblem problem;

    (void)state;
    assert_int_equal(read_text("a,b\n\"x\r\ny\nz\",2\nlast,3\n", &rows, &problem), 0);
    assert_int_equal(rows.count, 3);
    assert_int_equal(rows.line, 5);
    assert_string_equal(rows.first, "last");
}

static void blanks_around_unquoted_cells_are_taken_off(void **state)
{
    Rows rows = {0};
    SheetProblem problem;

    (void)state;
    assert_int_equal(read_text(" a b \t,\" c \"", &rows, &problem), 0);
    assert_string_equal(rows.first, "a b");
    assert_int_equal(rows.width, 2);
}

static void empty_rows_are_passed_over_and_counted_as_lines(void **state)
{
    Rows rows = {0};
    SheetProblem problem;

    (void)state;
    assert_int_equal(read_text("a\r\n\r\n,,,\r\n  \r\nb\r\n", &rows, &problem), 0);
    assert_int_equal(rows.count, 2);
    assert_int_equal(rows.line, 5);
}

static void line_ends_at_the_border_of_a_chunk_count_once(void **state)
{
    (void)state;
    for (size_t shift = 0; shift < 4; shift++) {
        CLEANUP(cleanup_text) Text text = {0};
        Rows rows = {0};
        SheetProblem problem;

        for (size_t i = 0; i < shift; i++)
            text_append_char(&text, 'x');
        text_append(&text, "\r\n");
        while (text.size < 2 * CHUNK)
            text_append(&text, "ab\r\n");
        assert_int_equal(read_bytes(text.data, text.size, &rows, &problem), 0);
        assert_int_equal(rows.line, 1 + (text.size - shift - 2) / 4);
    }
}

static void utf8_characters_at_the_border_of_a_chunk_stay_whole(void **state)
{
    (void)state;
    for (size_t shift = 1; shift < 8; shift++) {
        CLEANUP(cleanup_text) Text text = {0};
        Rows rows = {.same = "党员𠮷"};
        SheetProblem problem;

        for (size_t i = 0; i < shift; i++)
            text_append_char(&text, '\n');
        while (text.size < 2 * CHUNK)
            text_append(&text, "党员𠮷\n");
        assert_int_equal(read_bytes(text.data, text.size, &rows, &problem), 0);
        assert_int_equal(rows.bad, 0);
        assert_true(rows.count > 1000);
    }
}

static void gb18030_characters_at_the_border_of_a_chunk_stay_whole(void **state)
{
    static const char line[] = "\xb5\xb3\xd4\xb1\x95\x34\xb2\x35\n"; // 党员𠮷

    (void)state;
    for (size_t shift = 1; shift < 10; shift++) {
        CLEANUP(cleanup_text) Text text = {0};
        Rows rows = {.same = "党员𠮷"};
        SheetProblem problem;

        for (size_t i = 0; i < shift; i++)
            text_append_char(&text, '\n');
        while (text.size < 2 * CHUNK)
            text_append(&text, line);
        assert_int_equal(read_bytes(text.data, text.size, &rows, &problem), 0);
        assert_int_equal(rows.bad, 0);
        assert_true(rows.count > 1000);
    }
}

static void a_character_cut_off_at_the_end_is_refused(void **state)
{
    Rows rows = {0};
    SheetProblem problem;

    (void)state;
    assert_int_equal(read_text("a\n\xe5\x85\x9a\xe5\x85", &rows, &problem), SHEET_E_REFUSED);
    assert_int_equal(problem.line, 2);
}

static void an_invalid_byte_is_named_by_its_line_beyond_a_chunk(void **state)
{
    CLEANUP(cleanup_text) Text text = {0};
    Rows rows = {0};
    SheetProblem problem;

    (void)state;
    text_append(&text, "\xef\xbb\xbf");
    for (int i = 0; i < CHUNK; i++)
        text_append(&text, "ab\n");
    text_append(&text, "\xff\n");
    assert_int_equal(read_bytes(text.data, text.size, &rows, &problem), SHEET_E_REFUSED);
    assert_int_equal(problem.line, CHUNK + 1);
    assert_int_equal(rows.count, 0);
}

static void a_quote_never_closed_ends_after_a_bounded_row(void **state)
{
    CLEANUP(cleanup_text) Text text = {0};
    Rows rows = {0};
    SheetProblem problem;

    (void)state;
    text_append(&text, "a\n\"open\n");
    while (text.size < 3 * SHEET_ROW_MAX)
        text_append(&text, "line after line\n");
    assert_int_equal(read_bytes(text.data, text.size, &rows, &problem), SHEET_E_REFUSED);
    assert_int_equal(problem.line, 2);
    assert_int_equal(rows.count, 1);
}

static void too_many_columns_are_refused(void **state)
{
    CLEANUP(cleanup_text) Text text = {0};
    Rows rows = {0};
    SheetProblem problem;

    (void)state;
    for (int i = 0; i < SHEET_CELLS_MAX; i++)
        text_append(&text, i ? ",x" : "x");
    assert_int_equal(read_text(text_cstr(&text), &rows, &problem), 0);
    assert_int_equal(rows.width, SHEET_CELLS_MAX);
    text_append(&text, ",x");
    assert_int_equal(read_text(text_cstr(&text), &rows, &problem), SHEET_E_REFUSED);
}

static void a_pipe_is_refused(void **state)
{
    int fds[2];
    Rows rows = {0};
    SheetProblem problem;

    (void)state;
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(sheet_read(fds[0], take_row, &rows, &problem), SHEET_E_REFUSED);
    close(fds[0]);
    close(fds[1]);
}

static int stop_at_once(void *user, const SheetRow *row)
{
    (void)user;
    (void)row;
    return -EINTR;
}

static void reading_stops_when_a_row_says_so(void **state)
{
    CLEANUP(cleanup_file) FILE *file = file_with("a\nb\n", 4);
    SheetProblem problem;

    (void)state;
    assert_int_equal(sheet_read(fileno(file), stop_at_once, NULL, &problem), -EINTR);
}

// Whatever the bytes are, the reader ends and tells of a place in the file.
static void random_bytes_end_in_rows_or_a_reason(void **state)
{
    static const char alphabet[] = "\",\r\n ;ab\xb5\xb3\xe5\x85\x9a\xff";

    (void)state;
    digest_init();
    for (int round = 0; round < 2000; round++) {
        char data[64];
        size_t size = digest_random_below(sizeof(data));
        Rows rows = {0};
        SheetProblem problem;
        int r;

        for (size_t i = 0; i < size; i++)
            data[i] = alphabet[digest_random_below(sizeof(alphabet) - 1)];
        r = read_bytes(data, size, &rows, &problem);
        assert_true(r == 0 || (r == SHEET_E_REFUSED && problem.reason && problem.line <= size + 1));
        assert_true(rows.line <= size + 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_after_a_quoted_line_break_keep_their_line),
        cmocka_unit_test(blanks_around_unquoted_cells_are_taken_off),
        cmocka_unit_test(empty_rows_are_passed_over_and_counted_as_lines),
        cmocka_unit_test(line_ends_at_the_border_of_a_chunk_count_once),
        cmocka_unit_test(utf8_characters_at_the_border_of_a_chunk_stay_whole),
        cmocka_unit_test(gb18030_characters_at_the_border_of_a_chunk_stay_whole),
        cmocka_unit_test(a_character_cut_off_at_the_end_is_refused),
        cmocka_unit_test(an_invalid_byte_is_named_by_its_line_beyond_a_chunk),
        cmocka_unit_test(a_quote_never_closed_ends_after_a_bounded_row),
        cmocka_unit_test(too_many_columns_are_refused),
        cmocka_unit_test(a_pipe_is_refused),
        cmocka_unit_test(reading_stops_when_a_row_says_so),
        cmocka_unit_test(random_bytes_end_in_rows_or_a_reason),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
