#include "tests/model/test.h"

#include <stdio.h>
#include <string.h>

#include "core/base/digest.h"
#include "core/model/roll.h"

static const char *check_of(int64_t roll, int line, const char *member)
{
    static char check[ROLL_CHECK_SIZE];
    roll_check(roll, line, member, check);
    return check;
}

// Worked out with sha256sum.
static void check_is_that_of_the_manual_page(void **state)
{
    (void)state;
    assert_string_equal(check_of(12, 1, "M1"), "392");
    assert_string_equal(check_of(12, 2, "M1"), "247");
    assert_string_equal(check_of(12, 1, "M2"), "899");
}

static void check_tells_lines_rolls_and_members_apart(void **state)
{
    (void)state;
    int same_line = 0, same_roll = 0, same_member = 0;
    for (int line = 1; line <= 3000; line++) {
        char check[ROLL_CHECK_SIZE], member[16];
        snprintf(member, sizeof(member), "M%d", line);
        roll_check(12, line, member, check);
        same_line += strcmp(check, check_of(12, line + 1, member)) == 0;
        same_roll += strcmp(check, check_of(13, line, member)) == 0;
        same_member += strcmp(check, check_of(12, line, "M0")) == 0;
    }
    assert_in_range(same_line, 0, 12); // three expected
    assert_in_range(same_roll, 0, 12);
    assert_in_range(same_member, 0, 12);
}

static void parse_code_takes_what_format_code_makes(void **state)
{
    (void)state;
    char code[ROLL_CODE_SIZE];
    int64_t number = 0;
    roll_format_code(4711, code);
    assert_string_equal(code, "R4711");
    assert_true(roll_parse_code(code, &number));
    assert_int_equal(number, 4711);
    assert_true(roll_parse_code("r12", &number));
    assert_int_equal(number, 12);
    assert_true(roll_parse_code("7", &number));
    assert_int_equal(number, 7);
}

static void parse_code_refuses_what_is_no_roll(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "R", "R0", "R-1", "RR1", "S-1", "R1 ", "R1234567890123"};
    int64_t number = 5;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        assert_false(roll_parse_code(wrong[i], &number));
    assert_int_equal(number, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_is_that_of_the_manual_page),
        cmocka_unit_test(check_tells_lines_rolls_and_members_apart),
        cmocka_unit_test(parse_code_takes_what_format_code_makes),
        cmocka_unit_test(parse_code_refuses_what_is_no_roll),
    };
    digest_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
