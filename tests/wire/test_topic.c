// Topics between bytes and values.
#include "tests/wire/test.h"

#include <string.h>

#include "core/wire/topic.h"

static void topic_parse_takes_every_leaf(void **state)
{
    static const struct {
        const char *text;
        TopicLeaf leaf;
    } cases[] = {
        {"studyday/1/lf-gy/gy-017/event", TOPIC_EVENT},     {"studyday/1/lf-gy/gy-017/hello", TOPIC_HELLO},
        {"studyday/1/lf-gy/gy-017/state", TOPIC_STATE},     {"studyday/1/lf-gy/gy-017/ask", TOPIC_ASK},
        {"studyday/1/lf-gy/gy-017/receipt", TOPIC_RECEIPT}, {"studyday/1/lf-gy/gy-017/plan", TOPIC_PLAN},
        {"studyday/1/lf-gy/gy-017/answer", TOPIC_ANSWER},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[TOPIC_SIZE];
        Topic topic;

        assert_true(topic_parse(cases[i].text, &topic));
        assert_int_equal(topic.leaf, cases[i].leaf);
        assert_string_equal(topic.area, "lf-gy");
        assert_string_equal(topic.terminal, "gy-017");
        topic_format(topic.leaf, topic.area, topic.terminal, text);
        assert_string_equal(text, cases[i].text);
    }
}

static void topic_parse_takes_collector_state(void **state)
{
    char text[TOPIC_SIZE];
    Topic topic;
    (void)state;

    assert_true(topic_parse("studyday/1/collector/c-1", &topic));
    assert_int_equal(topic.leaf, TOPIC_COLLECTOR);
    assert_string_equal(topic.area, "");
    assert_string_equal(topic.terminal, "c-1");
    topic_format(TOPIC_COLLECTOR, "", "c-1", text);
    assert_string_equal(text, "studyday/1/collector/c-1");
}

static void topic_parse_takes_names_of_32_bytes(void **state)
{
    static const char text[] =
        "studyday/1/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/tttttttttttttttttttttttttttttttt/receipt";
    char again[TOPIC_SIZE];
    Topic topic;
    (void)state;

    assert_true(topic_parse(text, &topic));
    assert_int_equal(strlen(topic.area), NAME_SIZE_MAX);
    topic_format(topic.leaf, topic.area, topic.terminal, again);
    assert_string_equal(again, text);
}

static void topic_parse_leaves_result_alone_when_refusing(void **state)
{
    static const char *const cases[] = {
        "",
        "studyday/1/",
        "studyday/1/collector",
        "studyday/1/collector/",
        "studyday/1/collector/c1/x",
        "studyday/1/collector/C1",
        "studyday/1/lf-gy/gy-017/collector",
        "studyday/1/lf-gy/office/event",
        "studyday/1/lf-gy/gy-017/",
        "studyday/1/lf-gy/gy-017/EVENT",
        "studyday/1/#",
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        Topic topic = {.leaf = TOPIC_LEAF_COUNT};

        assert_false(topic_parse(cases[i], &topic));
        assert_int_equal(topic.leaf, TOPIC_LEAF_COUNT);
    }
}

static void topic_leaf_word_is_null_beyond_the_last(void **state)
{
    (void)state;
    assert_string_equal(topic_leaf_word(TOPIC_PLAN), "plan");
    assert_null(topic_leaf_word(TOPIC_LEAF_COUNT));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(topic_parse_takes_every_leaf),
        cmocka_unit_test(topic_parse_takes_collector_state),
        cmocka_unit_test(topic_parse_takes_names_of_32_bytes),
        cmocka_unit_test(topic_parse_leaves_result_alone_when_refusing),
        cmocka_unit_test(topic_leaf_word_is_null_beyond_the_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
