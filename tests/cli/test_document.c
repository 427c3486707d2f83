// A JSON document shown to people.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/document.h"

static const DocumentTitle titles[] = {
    {"running", "is running"},
    {0},
};

static void check(const char *json, const char *expected)
{
    Text text = {0};

    document_append(json, titles, &text);
    assert_string_equal(text_cstr(&text), expected);
    text_deinit(&text);
}

static void document_append_shows_titles_and_other_keys(void **state)
{
    (void)state;
    check("{\"running\":true,\"other\":12}", "is running: true\nother: 12\n");
}

static void document_append_shows_null_as_a_dash(void **state)
{
    (void)state;
    check("{\"a\":null}", "a: –\n");
}

static void document_append_indents_objects(void **state)
{
    (void)state;
    check("{\"a\":{\"b\":1,\"c\":{\"d\":2}},\"e\":3}", "a:\n  b: 1\n  c:\n    d: 2\ne: 3\n");
}

static void document_append_puts_arrays_on_a_line(void **state)
{
    (void)state;
    check("{\"a\":[\"x\",\"y\"],\"b\":[],\"c\":1}", "a: x y\nb:\nc: 1\n");
}

static void document_append_keeps_escapes(void **state)
{
    (void)state;
    check("{\"a\":\"say \\\"no\\\", }\",\"b\":\"甲\"}", "a: say \\\"no\\\", }\nb: 甲\n");
}

static void document_append_ends_with_what_is_cut_off(void **state)
{
    static const char *const cut[] = {
        "", "{", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":[", "{\"a\":{\"b\":1", "{\"a\":\"x\\"};

    (void)state;
    for (size_t i = 0; i < sizeof(cut) / sizeof(cut[0]); i++) {
        Text text = {0};

        document_append(cut[i], titles, &text);
        assert_true(text.size < 32);
        text_deinit(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(document_append_shows_titles_and_other_keys),
        cmocka_unit_test(document_append_shows_null_as_a_dash),
        cmocka_unit_test(document_append_indents_objects),
        cmocka_unit_test(document_append_puts_arrays_on_a_line),
        cmocka_unit_test(document_append_keeps_escapes),
        cmocka_unit_test(document_append_ends_with_what_is_cut_off),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
