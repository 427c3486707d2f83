// Each workbook of workbooks/valid reads as the CSV beside it; each of workbooks/invalid is refused with the
// line and the reason beside it.
#include "tests/office/test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "office/sheet.h"
#include "office/sheet_xlsx.h"
#include "office/xlsx_value.h"
#include "tests/support/support.h"

#define REASON_MAX 4096

typedef struct Case {
    char *base; // path without its ending
    bool valid;
} Case;

static char *root;

static int append_row(void *user, const SheetRow *row)
{
    Text *text = user;

    text_appendf(text, "%" PRIu64 ":", row->line);
    for (size_t i = 0; i < row->count; i++) {
        assert_int_equal(strlen(row->cells[i]), row->sizes[i]);
        text_appendf(text, " [%s]", row->cells[i]);
    }
    text_append_char(text, '\n');
    return 0;
}

static int read_sheet(const Case *test, const char *ending, Text *rows, SheetProblem *problem)
{
    CLEANUP(cleanup_text) Text path = {0};
    CLEANUP(cleanup_fd) int fd = -1;

    text_appendf(&path, "%s%s", test->base, ending);
    fd = open(text_cstr(&path), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        support_die("%s: cannot be opened", text_cstr(&path));
    *problem = (SheetProblem){0};
    return sheet_read(fd, append_row, rows, problem);
}

static void valid_workbook(void **state)
{
    const Case *test = *state;
    CLEANUP(cleanup_text) Text found = {0}, expected = {0};
    SheetProblem problem;

    assert_int_equal(read_sheet(test, ".xlsx", &found, &problem), 0);
    assert_int_equal(read_sheet(test, ".csv", &expected, &problem), 0);
    assert_string_equal(text_cstr(&found), text_cstr(&expected));
}

static void invalid_workbook(void **state)
{
    const Case *test = *state;
    CLEANUP(cleanup_text) Text rows = {0}, path = {0}, said = {0}, expected = {0};
    SheetProblem problem;

    text_appendf(&path, "%s.reason", test->base);
    assert_int_equal(file_read(text_cstr(&path), REASON_MAX, &expected), 0);
    assert_int_equal(read_sheet(test, ".xlsx", &rows, &problem), SHEET_E_REFUSED);
    text_appendf(&said, "%" PRIu64 ": %s\n", problem.line, problem.reason);
    assert_string_equal(text_cstr(&said), text_cstr(&expected));
}

static int stop_at_once(void *user, const SheetRow *row)
{
    (void)user;
    (void)row;
    return -EINTR;
}

static void reading_stops_when_a_row_says_so(void **state)
{
    CLEANUP(cleanup_text) Text path = {0};
    CLEANUP(cleanup_fd) int fd = -1;
    SheetProblem problem;

    (void)state;
    text_appendf(&path, "%s/valid/numbers.xlsx", root);
    fd = open(text_cstr(&path), O_RDONLY | O_CLOEXEC);
    assert_int_equal(sheet_xlsx_read(fd, stop_at_once, NULL, &problem), -EINTR);
}

static void a_workbook_is_known_by_its_content(void **state)
{
    CLEANUP(cleanup_text) Text path = {0};
    CLEANUP(cleanup_fd) int book = -1;
    CLEANUP(cleanup_fd) int csv = -1;

    (void)state;
    text_appendf(&path, "%s/valid/numbers.xlsx", root);
    book = open(text_cstr(&path), O_RDONLY | O_CLOEXEC);
    text_clear(&path);
    text_appendf(&path, "%s/valid/numbers.csv", root);
    csv = open(text_cstr(&path), O_RDONLY | O_CLOEXEC);
    assert_true(sheet_xlsx_is(book));
    assert_false(sheet_xlsx_is(csv));
}

static void codes_of_date_formats_are_told_from_others(void **state)
{
    static const char *const dates[] = {"yyyy-mm-dd", "m/d/yy h:mm", "[$-804]yyyy\"年\"",
                                        "[h]:mm",     "d\\.m",       "mm:ss.0"};
    static const char *const others[] = {"General",   "0.00", "#,##0", "\"day\"0",      "[Red]0",
                                         "0\\d;yyyy", "@",    "_d0",   "[Blue]General", "\"open"};

    (void)state;
    for (size_t i = 0; i < sizeof(dates) / sizeof(*dates); i++)
        assert_true(xlsx_value_is_date(200, dates[i]));
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
        assert_false(xlsx_value_is_date(200, others[i]));
}

static int is_workbook(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');

    return dot && strcmp(dot, ".xlsx") == 0;
}

static void add_cases(bool valid, struct CMUnitTest **tests, size_t *count)
{
    CLEANUP(cleanup_text) Text folder = {0};
    struct dirent **entries = NULL;
    int found;

    text_appendf(&folder, "%s/%s", root, valid ? "valid" : "invalid");
    found = scandir(text_cstr(&folder), &entries, is_workbook, alphasort);
    if (found <= 0)
        support_die("%s: no workbooks", text_cstr(&folder));
    for (int i = 0; i < found; i++) {
        Case *test = alloc_zero(sizeof(*test));
        Text base = {0}, name = {0};

        text_appendf(&base, "%s/%s", text_cstr(&folder), entries[i]->d_name);
        base.data[base.size - strlen(".xlsx")] = '\0';
        text_appendf(&name, "workbook %s %s", valid ? "valid" : "invalid", entries[i]->d_name);
        test->base = text_take(&base);
        test->valid = valid;
        *tests = alloc_resize(*tests, *count + 1, sizeof(**tests));
        (*tests)[(*count)++] = (struct CMUnitTest){.name = text_take(&name),
                                                   .test_func = valid ? valid_workbook : invalid_workbook,
                                                   .initial_state = test};
        free(entries[i]);
    }
    free(entries);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(reading_stops_when_a_row_says_so),
        cmocka_unit_test(a_workbook_is_known_by_its_content),
        cmocka_unit_test(codes_of_date_formats_are_told_from_others),
    };
    struct CMUnitTest *tests = NULL;
    size_t count = 0;
    int failed;

    if (argc != 2)
        support_die("the folder of the workbooks is needed");
    root = argv[1];
    add_cases(true, &tests, &count);
    add_cases(false, &tests, &count);
    failed = _cmocka_run_group_tests("workbooks", tests, count, NULL, NULL);
    failed += cmocka_run_group_tests(others, NULL, NULL);
    for (size_t i = 0; i < count; i++) {
        Case *test = tests[i].initial_state;

        free(test->base);
        free(test);
        free((char *)(uintptr_t)tests[i].name);
    }
    free(tests);
    return failed;
}
