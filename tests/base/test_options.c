// Command lines against a table.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/options.h"

static const ProgramOption table[] = {
    {"format", 'f', "FORMAT", "form"},
    {"for", 0, "WHOM", "whom"},
    {"all", 'a', NULL, "all"},
    {0},
};

typedef struct Line {
    char *words;
    char *argv[OPERANDS_MAX + 8];
    int argc;
    Options options;
    Text problem;
    bool fine;
} Line;

// Parses words that are separated by blanks; an underscore stands for an empty word.
static Line parse(const char *words)
{
    Line line = {.words = alloc_string(words), .argc = 1};
    char *rest = NULL;
    static char command[] = "command", empty[] = "";

    line.argv[0] = command;
    for (char *word = strtok_r(line.words, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
        line.argv[line.argc++] = strcmp(word, "_") == 0 ? empty : word;
    line.fine = options_parse(table, line.argc, line.argv, &line.options, &line.problem);
    return line;
}

static void line_deinit(Line *line)
{
    free(line->words);
    text_deinit(&line->problem);
}

static void check_problem(const char *words, const char *part)
{
    Line line = parse(words);

    assert_false(line.fine);
    assert_non_null(strstr(text_cstr(&line.problem), part));
    line_deinit(&line);
}

static void options_parse_takes_values_in_every_form(void **state)
{
    static const char *const forms[] = {"--format json", "--format=json", "-f json"};

    (void)state;
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        Line line = parse(forms[i]);

        assert_true(line.fine);
        assert_string_equal(options_get(&line.options, "format"), "json");
        assert_null(options_get(&line.options, "for"));
        line_deinit(&line);
    }
}

static void options_parse_takes_operands_between_options(void **state)
{
    Line line = parse("one --all two -f text - _");

    (void)state;
    assert_true(line.fine);
    assert_int_equal(line.options.operand_count, 4);
    assert_string_equal(line.options.operands[0], "one");
    assert_string_equal(line.options.operands[2], "-");
    assert_string_equal(line.options.operands[3], "");
    assert_null(line.options.operands[4]);
    assert_true(options_has(&line.options, "all"));
    line_deinit(&line);
}

static void options_parse_ends_options_at_two_dashes(void **state)
{
    Line line = parse("-- --all --");

    (void)state;
    assert_true(line.fine);
    assert_int_equal(line.options.operand_count, 2);
    assert_false(options_has(&line.options, "all"));
    line_deinit(&line);
}

static void options_parse_takes_a_value_that_looks_like_an_option(void **state)
{
    Line line = parse("--format --all");

    (void)state;
    assert_true(line.fine);
    assert_string_equal(options_get(&line.options, "format"), "--all");
    assert_false(options_has(&line.options, "all"));
    line_deinit(&line);
}

static void options_parse_tells_a_name_from_one_that_begins_with_it(void **state)
{
    Line line = parse("--for me");

    (void)state;
    assert_true(line.fine);
    assert_null(options_get(&line.options, "format"));
    assert_string_equal(options_get(&line.options, "for"), "me");
    line_deinit(&line);
}

static void options_parse_refuses_what_it_does_not_know(void **state)
{
    (void)state;
    check_problem("--loud", "--loud");
    check_problem("--form json", "--form");
    check_problem("-x", "-x");
    check_problem("-af", "-af");
}

static void options_parse_refuses_missing_superfluous_and_double(void **state)
{
    (void)state;
    check_problem("--format", "needs a value");
    check_problem("--all=yes", "takes no value");
    check_problem("-f json --format text", "twice");
}

static void options_parse_refuses_too_many_operands(void **state)
{
    Text words = {0};

    (void)state;
    for (int i = 0; i <= OPERANDS_MAX; i++)
        text_append(&words, "x ");
    check_problem(text_cstr(&words), "too many");
    text_deinit(&words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_parse_takes_values_in_every_form),
        cmocka_unit_test(options_parse_takes_operands_between_options),
        cmocka_unit_test(options_parse_ends_options_at_two_dashes),
        cmocka_unit_test(options_parse_takes_a_value_that_looks_like_an_option),
        cmocka_unit_test(options_parse_tells_a_name_from_one_that_begins_with_it),
        cmocka_unit_test(options_parse_refuses_what_it_does_not_know),
        cmocka_unit_test(options_parse_refuses_missing_superfluous_and_double),
        cmocka_unit_test(options_parse_refuses_too_many_operands),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
