#include "core/base/text.h"

#include <limits.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "tests/base/test.h"

#define LIMIT 1000

static void assert_escaped(const char *data, size_t size, size_t limit, const char *expected)
{
    CLEANUP(cleanup_text) Text text = {0};

    text_append_escaped(&text, data, size, limit);
    assert_string_equal(text_cstr(&text), expected);
}

static void text_cstr_of_nothing_is_empty(void **state)
{
    Text text = {0};

    (void)state;
    assert_string_equal(text_cstr(&text), "");
    assert_null(text.data);
}

static void text_take_of_nothing_is_an_empty_string(void **state)
{
    CLEANUP(cleanup_text) Text text = {0};
    CLEANUP(cleanup_free) char *taken = text_take(&text);

    (void)state;
    assert_string_equal(taken, "");
}

static void text_take_leaves_it_empty(void **state)
{
    CLEANUP(cleanup_text) Text text = {0};
    CLEANUP(cleanup_free) char *taken = NULL;

    (void)state;
    text_append(&text, "scan");
    taken = text_take(&text);
    assert_string_equal(taken, "scan");
    assert_int_equal(text.size, 0);
    assert_null(text.data);
}

static void text_append_grows_through_many_sizes(void **state)
{
    CLEANUP(cleanup_text) Text text = {0};

    (void)state;
    for (size_t i = 0; i < 10000; i++) {
        text_append_char(&text, (char)('a' + i % 26));
        assert_int_equal(text.size, i + 1);
        assert_int_equal(text.data[i + 1], '\0');
    }
    assert_int_equal(text.data[9999], 'a' + 9999 % 26);
}

static void text_append_bytes_keeps_nul(void **state)
{
    CLEANUP(cleanup_text) Text text = {0};

    (void)state;
    text_append_bytes(&text, "a\0b", 3);
    assert_int_equal(text.size, 3);
    assert_memory_equal(text.data, "a\0b", 4);
}

static void text_append_number_writes_the_least_and_the_most(void **state)
{
    CLEANUP(cleanup_text) Text text = {0};

    (void)state;
    text_append_number(&text, 0);
    text_append_char(&text, ' ');
    text_append_number(&text, UINT64_MAX);
    assert_string_equal(text_cstr(&text), "0 18446744073709551615");
}

static void text_appendf_writes_what_exceeds_the_buffer(void **state)
{
    CLEANUP(cleanup_text) Text text = {0};
    char wide[501];

    (void)state;
    memset(wide, 'x', 500);
    wide[500] = '\0';
    text_append(&text, "head ");
    text_appendf(&text, "%s %d", wide, 7);
    assert_int_equal(text.size, 5 + 500 + 2);
    assert_string_equal(text.data + 505, " 7");
}

static void text_clear_keeps_the_buffer(void **state)
{
    CLEANUP(cleanup_text) Text text = {0};

    (void)state;
    text_append(&text, "abc");
    text_clear(&text);
    assert_string_equal(text_cstr(&text), "");
    assert_true(text.capacity > 0);
}

static void text_append_escaped_passes_printable_text(void **state)
{
    (void)state;
    assert_escaped("name=李明 \"ok\"", strlen("name=李明 \"ok\""), LIMIT, "name=李明 \"ok\"");
}

static void text_append_escaped_escapes_controls(void **state)
{
    (void)state;
    assert_escaped("a\n\x1b[31m\x7f\0", 9, LIMIT, "a\\x0a\\x1b[31m\\x7f\\x00");
}

static void text_append_escaped_escapes_bad_utf8(void **state)
{
    (void)state;
    assert_escaped("\xff\xc3(", 3, LIMIT, "\\xff\\xc3(");
}

static void text_append_escaped_escapes_bidi_controls(void **state)
{
    (void)state;
    assert_escaped("a\xe2\x80\xae"
                   "b",
                   5, LIMIT,
                   "a\\xe2\\x80\\xae"
                   "b");
}

static void text_append_escaped_cuts_at_the_limit(void **state)
{
    (void)state;
    assert_escaped("abcdef", 6, 4, "abcd...");
}

static void text_append_escaped_cuts_no_character_in_two(void **state)
{
    (void)state;
    assert_escaped("a学", 4, 3, "a...");
}

static void text_append_json_uses_short_forms(void **state)
{
    CLEANUP(cleanup_text) Text text = {0};

    (void)state;
    text_append_json(&text, "\b\t\n\f\r\"\\", 7);
    assert_string_equal(text_cstr(&text), "\"\\b\\t\\n\\f\\r\\\"\\\\\"");
}

static void text_append_json_escapes_other_controls_in_lower_case(void **state)
{
    CLEANUP(cleanup_text) Text text = {0};

    (void)state;
    text_append_json(&text, "\x1f\0", 2);
    assert_string_equal(text_cstr(&text), "\"\\u001f\\u0000\"");
}

static void text_append_json_escapes_nothing_else(void **state)
{
    CLEANUP(cleanup_text) Text text = {0};

    (void)state;
    text_append_json(&text, "a/\x7f学\xe2\x80\xa8", 9);
    assert_string_equal(text_cstr(&text), "\"a/\x7f学\xe2\x80\xa8\"");
}

static void text_width_counts_east_asian_characters_twice(void **state)
{
    (void)state;
    assert_int_equal(text_width("LF 廊坊"), 7);
}

static void text_width_ignores_combining_marks(void **state)
{
    (void)state;
    assert_int_equal(text_width("e\xcc\x81"), 1);
}

static void text_width_counts_bad_bytes_once(void **state)
{
    (void)state;
    assert_int_equal(text_width("a\xe5\xff"), 3);
}

static void text_utf8_valid_accepts_the_edges(void **state)
{
    static const char *const good[] = {"",
                                       "a",
                                       "\xc2\x80",
                                       "\xdf\xbf",
                                       "\xe0\xa0\x80",
                                       "\xed\x9f\xbf",
                                       "\xee\x80\x80",
                                       "\xef\xbf\xbf",
                                       "\xf0\x90\x80\x80",
                                       "\xf4\x8f\xbf\xbf"};

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        if (!text_utf8_valid(good[i], strlen(good[i])))
            fail_msg("case %zu", i);
    }
}

static void text_utf8_valid_refuses_what_is_not_well_formed(void **state)
{
    static const char *const bad[] = {
        "\x80",             // a continuation alone
        "\xc0\x80",         // overlong NUL
        "\xc1\xbf",         // overlong, 2 bytes
        "\xe0\x9f\xbf",     // overlong, 3 bytes
        "\xf0\x8f\xbf\xbf", // overlong, 4 bytes
        "\xed\xa0\x80",     // first surrogate
        "\xed\xbf\xbf",     // last surrogate
        "\xf4\x90\x80\x80", // U+110000
        "\xf5\x80\x80\x80",
        "\xfe",
        "\xff",
        "\xc3",         // cut short
        "\xe5\xad",     // cut short
        "\xf0\x9f\x98", // cut short
        "\xc3(",        // no continuation
        "\xe5\xad(",    // no continuation
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (text_utf8_valid(bad[i], strlen(bad[i])))
            fail_msg("case %zu", i);
    }
}

static void text_utf8_valid_finds_a_bad_byte_at_any_offset(void **state)
{
    char line[40];

    (void)state;
    for (size_t at = 0; at < sizeof(line); at++) {
        memset(line, 'a', sizeof(line));
        line[at] = (char)0xFF;
        assert_false(text_utf8_valid(line, sizeof(line)));
    }
}

static void text_is_clean_accepts_names(void **state)
{
    (void)state;
    assert_true(text_is_clean("李 明 O'Neil é 👍", strlen("李 明 O'Neil é 👍")));
}

static void text_is_clean_refuses_each_kind(void **state)
{
    static const char *const bad[] = {
        "\t",
        "\n",
        "\x1f",
        "\x7f",
        "\xc2\x80",         // C1
        "\xc2\x9f",         // C1
        "\xd8\x9c",         // U+061C
        "\xe2\x80\x8e",     // U+200E
        "\xe2\x80\x8f",     // U+200F
        "\xe2\x80\xa8",     // U+2028
        "\xe2\x80\xa9",     // U+2029
        "\xe2\x80\xaa",     // U+202A
        "\xe2\x80\xae",     // U+202E
        "\xe2\x81\xa6",     // U+2066
        "\xe2\x81\xa9",     // U+2069
        "\xef\xbb\xbf",     // U+FEFF
        "\xef\xb7\x90",     // U+FDD0
        "\xef\xb7\xaf",     // U+FDEF
        "\xef\xbf\xbe",     // U+FFFE
        "\xf0\x9f\xbf\xbf", // U+1FFFF
        "\xff",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (text_is_clean(bad[i], strlen(bad[i])))
            fail_msg("case %zu", i);
    }
}

static void text_is_clean_accepts_the_neighbours_of_what_it_refuses(void **state)
{
    static const char *const good[] = {"\xc2\xa0",     "\xe2\x80\x8d", "\xe2\x80\x90", "\xe2\x80\xa7",
                                       "\xe2\x80\xaf", "\xe2\x81\xa5", "\xe2\x81\xaa", "\xef\xb7\x8f",
                                       "\xef\xb7\xb0", "\xef\xbf\xbd"};

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        if (!text_is_clean(good[i], strlen(good[i])))
            fail_msg("case %zu", i);
    }
}

static void text_equal_takes_null_for_itself_only(void **state)
{
    (void)state;
    assert_true(text_equal(NULL, NULL));
    assert_false(text_equal(NULL, ""));
    assert_false(text_equal("", NULL));
    assert_true(text_equal("LF", "LF"));
    assert_false(text_equal("LF", "LF-GY"));
}

static void text_parse_int64_reaches_both_ends(void **state)
{
    long long value;

    (void)state;
    assert_true(text_parse_int64("9223372036854775807", LLONG_MIN, LLONG_MAX, &value));
    assert_true(value == LLONG_MAX);
    assert_true(text_parse_int64("-9223372036854775808", LLONG_MIN, LLONG_MAX, &value));
    assert_true(value == LLONG_MIN);
}

static void text_parse_int64_refuses_what_is_no_number(void **state)
{
    static const char *const bad[] = {"",
                                      "-",
                                      "+1",
                                      " 1",
                                      "1 ",
                                      "1.0",
                                      "0x10",
                                      "1e3",
                                      "--1",
                                      "1\n",
                                      "９",
                                      "9223372036854775808",
                                      "-9223372036854775809"};
    long long value = 77;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (text_parse_int64(bad[i], LLONG_MIN, LLONG_MAX, &value))
            fail_msg("case %zu", i);
    }
    assert_int_equal(value, 77);
}

static void text_parse_int64_keeps_to_the_range(void **state)
{
    long long value;

    (void)state;
    assert_true(text_parse_int64("65535", 1, 65535, &value));
    assert_false(text_parse_int64("65536", 1, 65535, &value));
    assert_false(text_parse_int64("0", 1, 65535, &value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_cstr_of_nothing_is_empty),
        cmocka_unit_test(text_take_of_nothing_is_an_empty_string),
        cmocka_unit_test(text_take_leaves_it_empty),
        cmocka_unit_test(text_append_grows_through_many_sizes),
        cmocka_unit_test(text_append_bytes_keeps_nul),
        cmocka_unit_test(text_append_number_writes_the_least_and_the_most),
        cmocka_unit_test(text_appendf_writes_what_exceeds_the_buffer),
        cmocka_unit_test(text_clear_keeps_the_buffer),
        cmocka_unit_test(text_append_escaped_passes_printable_text),
        cmocka_unit_test(text_append_escaped_escapes_controls),
        cmocka_unit_test(text_append_escaped_escapes_bad_utf8),
        cmocka_unit_test(text_append_escaped_escapes_bidi_controls),
        cmocka_unit_test(text_append_escaped_cuts_at_the_limit),
        cmocka_unit_test(text_append_escaped_cuts_no_character_in_two),
        cmocka_unit_test(text_append_json_uses_short_forms),
        cmocka_unit_test(text_append_json_escapes_other_controls_in_lower_case),
        cmocka_unit_test(text_append_json_escapes_nothing_else),
        cmocka_unit_test(text_width_counts_east_asian_characters_twice),
        cmocka_unit_test(text_width_ignores_combining_marks),
        cmocka_unit_test(text_width_counts_bad_bytes_once),
        cmocka_unit_test(text_utf8_valid_accepts_the_edges),
        cmocka_unit_test(text_utf8_valid_refuses_what_is_not_well_formed),
        cmocka_unit_test(text_utf8_valid_finds_a_bad_byte_at_any_offset),
        cmocka_unit_test(text_is_clean_accepts_names),
        cmocka_unit_test(text_is_clean_refuses_each_kind),
        cmocka_unit_test(text_is_clean_accepts_the_neighbours_of_what_it_refuses),
        cmocka_unit_test(text_equal_takes_null_for_itself_only),
        cmocka_unit_test(text_parse_int64_reaches_both_ends),
        cmocka_unit_test(text_parse_int64_refuses_what_is_no_number),
        cmocka_unit_test(text_parse_int64_keeps_to_the_range),
    };

    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
