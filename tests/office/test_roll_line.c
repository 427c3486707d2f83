// Lines of a paper roll as they are keyed in.
#include "tests/office/test.h"

#include <stdio.h>
#include <string.h>

#include "office/roll.h"

// A line as "LINE-CHECK in=.. out=.. leave=..", or "field: reason" where it is wrong.
static const char *parse(const char *line)
{
    static const char *const names[ROLL_MARK_COUNT] = {"in", "out", "leave"};
    static char said[256];
    char text[256];
    RollStated stated;
    RollProblem problem;

    snprintf(text, sizeof(text), "%s", line);
    roll_line_parse(text, &stated, &problem);
    if (problem.field) {
        snprintf(said, sizeof(said), "%s: %s", problem.field, problem.reason);
        return said;
    }
    size_t size = (size_t)snprintf(said, sizeof(said), "%d-%s", stated.line, stated.check);
    for (RollMark mark = 0; mark < ROLL_MARK_COUNT; mark++)
        if (stated.marked[mark])
            size += (size_t)snprintf(said + size, sizeof(said) - size, " %s=%s", names[mark],
                                     stated.value[mark] ? stated.value[mark] : "");
    return said;
}

static void parse_takes_times_and_marks(void **state)
{
    (void)state;
    assert_string_equal(parse("12-417 in=08:55 out=11:02"), "12-417 in=08:55 out=11:02");
    assert_string_equal(parse("12-417 in"), "12-417 in=");
    assert_string_equal(parse("12-417\tin=x  out=√"), "12-417 in= out=");
    assert_string_equal(parse("12-417 leave=ill"), "12-417 leave=ill");
    assert_string_equal(parse("12-417 leave="), "12-417 leave=");
    assert_string_equal(parse("12-417 none"), "12-417");
}

static void parse_takes_chinese_words(void **state)
{
    (void)state;
    assert_string_equal(parse("3-100 签到=8:55 签退=11:02"), "3-100 in=8:55 out=11:02");
    assert_string_equal(parse("3-100 到"), "3-100 in=");
    assert_string_equal(parse("3-100 请假=病假"), "3-100 leave=病假");
    assert_string_equal(parse("3-100 无"), "3-100");
}

static void parse_refuses_what_does_not_begin_with_line_and_check(void **state)
{
    static const char *const wrong[] = {"",         "12",      "12 417 in",  "-417 in",   "x-417 in",
                                        "0-417 in", "-1-2 in", "99999-1 in", "1e3-417 in"};
    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        assert_string_equal(parse(wrong[i]),
                            "line: a line begins with LINE-CHECK as printed, such as 12-417");
}

static void parse_refuses_other_words(void **state)
{
    (void)state;
    assert_string_equal(parse("12-417 inn"),
                        "line: after LINE-CHECK stand in, out, leave, with =VALUE, or none");
    assert_string_equal(parse("12-417 =08:55"),
                        "line: after LINE-CHECK stand in, out, leave, with =VALUE, or none");
    assert_string_equal(parse("12-417 08:55"),
                        "line: after LINE-CHECK stand in, out, leave, with =VALUE, or none");
}

static void parse_refuses_contradictions(void **state)
{
    (void)state;
    assert_string_equal(parse("12-417 in in=9:00"), "in: stands twice");
    assert_string_equal(parse("12-417 none in"),
                        "line: none, and something marked as well: which of the two?");
    assert_string_equal(parse("12-417"),
                        "line: says nothing: in, out, leave, or none to take back what was entered");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parse_takes_times_and_marks),
        cmocka_unit_test(parse_takes_chinese_words),
        cmocka_unit_test(parse_refuses_what_does_not_begin_with_line_and_check),
        cmocka_unit_test(parse_refuses_other_words),
        cmocka_unit_test(parse_refuses_contradictions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
