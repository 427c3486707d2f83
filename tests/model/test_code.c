#include "tests/model/test.h"

#include <string.h>

#include "core/model/code.h"

#define SIXTY_FOUR "0123456789012345678901234567890123456789012345678901234567890123"
#define THIRTY_TWO "a1234567890123456789012345678-01"

static bool is_code(const char *text)
{
    return code_valid(text, strlen(text));
}

static bool is_name(const char *text)
{
    return name_valid(text, strlen(text));
}

static void code_valid_accepts_printable_ascii(void **state)
{
    (void)state;
    assert_true(is_code("0"));
    assert_true(is_code("007"));
    assert_true(is_code("LF-GY-03"));
    assert_true(is_code("2026-11-05"));
    assert_true(is_code("!$%&'()*,-.:;<=>?@[]^_`{|}~"));
}

static void code_valid_refuses_each_excluded_byte(void **state)
{
    (void)state;
    const char *allowed_from = "!";
    for (int c = 0; c < 256; c++) {
        char text[3] = {'a', (char)c, 'b'};
        bool excluded = c < *allowed_from || c > '~' || strchr("/+#\"\\", c);
        assert_int_equal(code_valid(text, sizeof(text)), !excluded);
    }
}

static void code_valid_bounds_the_length(void **state)
{
    (void)state;
    assert_false(is_code(""));
    assert_true(is_code(SIXTY_FOUR));
    assert_false(is_code(SIXTY_FOUR "4"));
    assert_false(code_valid(NULL, 0));
}

static void name_valid_accepts_lower_case_digits_and_hyphens(void **state)
{
    (void)state;
    assert_true(is_name("a"));
    assert_true(is_name("0"));
    assert_true(is_name("lf-gy"));
    assert_true(is_name("t-"));
    assert_true(is_name("za-90"));
}

static void name_valid_refuses_other_bytes(void **state)
{
    (void)state;
    assert_false(is_name("-a"));
    assert_false(is_name("A"));
    assert_false(is_name("aB"));
    assert_false(is_name("a_b"));
    assert_false(is_name("a b"));
    assert_false(is_name("a/b"));
    assert_false(is_name("\xe5\x8e\xbf"));
    assert_false(name_valid("a\0b", 3));
}

static void name_valid_bounds_the_length(void **state)
{
    (void)state;
    assert_false(is_name(""));
    assert_false(name_valid(NULL, 1));
    assert_true(is_name(THIRTY_TWO));
    assert_false(is_name(THIRTY_TWO "2"));
}

static void name_valid_terminal_refuses_the_office(void **state)
{
    (void)state;
    assert_false(name_valid_terminal("office", 6));
    assert_true(name_valid_terminal("office1", 7));
    assert_true(name_valid_terminal("offic", 5));
    assert_true(name_valid_terminal("collector", 9));
    assert_false(name_valid_terminal("T1", 2));
}

static void name_valid_area_refuses_the_collector(void **state)
{
    (void)state;
    assert_false(name_valid_area("collector", 9));
    assert_true(name_valid_area("collectors", 10));
    assert_true(name_valid_area("office", 6));
    assert_false(name_valid_area("", 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(code_valid_accepts_printable_ascii),
        cmocka_unit_test(code_valid_refuses_each_excluded_byte),
        cmocka_unit_test(code_valid_bounds_the_length),
        cmocka_unit_test(name_valid_accepts_lower_case_digits_and_hyphens),
        cmocka_unit_test(name_valid_refuses_other_bytes),
        cmocka_unit_test(name_valid_bounds_the_length),
        cmocka_unit_test(name_valid_terminal_refuses_the_office),
        cmocka_unit_test(name_valid_area_refuses_the_collector),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
