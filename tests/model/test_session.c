#include "tests/model/test.h"

#include <string.h>

#include "core/model/session.h"

static Time at(const char *text)
{
    Time t = TIME_NONE;
    int offset = 0;
    assert_true(time_parse_rfc3339(text, strlen(text), &t, &offset));
    return t;
}

static SessionRules session_from(const char *starts, const char *ends)
{
    return (SessionRules){.starts = at(starts),
                          .ends = at(ends),
                          .window_before = SESSION_WINDOW_MINUTES * TIME_MINUTE,
                          .window_after = SESSION_WINDOW_MINUTES * TIME_MINUTE};
}

static void session_window_holds_its_bounds(void **state)
{
    (void)state;
    SessionRules session = session_from("2026-11-05T09:00:00+08:00", "2026-11-05T11:00:00+08:00");
    assert_true(session_window_holds(&session, at("2026-11-05T08:00:00+08:00")));
    assert_true(session_window_holds(&session, at("2026-11-05T12:00:00+08:00")));
    assert_false(session_window_holds(&session, at("2026-11-05T07:59:59.999999+08:00")));
    assert_false(session_window_holds(&session, at("2026-11-05T12:00:00.000001+08:00")));
}

static void session_window_has_two_sides(void **state)
{
    (void)state;
    SessionRules session = session_from("2026-11-05T09:00:00+08:00", "2026-11-05T11:00:00+08:00");
    session.window_before = 0;
    session.window_after = TIME_MINUTE;
    assert_false(session_window_holds(&session, at("2026-11-05T08:59:59+08:00")));
    assert_true(session_window_holds(&session, at("2026-11-05T11:01:00+08:00")));
}

static void session_split_first_year_gets_all_within_a_year(void **state)
{
    (void)state;
    SessionRules session = session_from("2026-11-05T09:00:00+08:00", "2026-11-05T11:00:00+08:00");
    assert_int_equal(session_split_first_year(&session, 120), 120);
    session = session_from("2026-12-31T22:00:00+08:00", "2027-01-01T00:00:00+08:00");
    assert_int_equal(session_split_first_year(&session, 120), 120);
}

static void session_split_first_year_gets_its_share(void **state)
{
    (void)state;
    SessionRules session = session_from("2026-12-31T23:00:00+08:00", "2027-01-01T02:00:00+08:00");
    assert_int_equal(session_split_first_year(&session, 180), 60);
    assert_int_equal(session_split_first_year(&session, 0), 0);
}

static void session_split_first_year_leaves_the_rest_to_the_later_year(void **state)
{
    (void)state;
    SessionRules session = session_from("2026-12-31T23:00:00+08:00", "2027-01-01T02:00:00+08:00");
    assert_int_equal(session_split_first_year(&session, 100), 33);
    session = session_from("2026-12-31T23:59:00+08:00", "2027-01-01T02:00:00+08:00");
    assert_int_equal(session_split_first_year(&session, 120), 0);
}

/// 2027-01-01T00:00+08:00 is the evening before in UTC.
static void session_split_first_year_goes_by_the_zone_of_the_site(void **state)
{
    (void)state;
    SessionRules session = session_from("2026-12-31T15:00:00Z", "2026-12-31T17:00:00Z");
    assert_int_equal(session_split_first_year(&session, 100), 50);
    session = session_from("2026-12-31T23:00:00Z", "2027-01-01T01:00:00Z");
    assert_int_equal(session_split_first_year(&session, 100), 100);
}

static void session_split_first_year_bears_a_long_course(void **state)
{
    (void)state;
    SessionRules session = session_from("2026-07-02T00:00:00+08:00", "2027-07-02T00:00:00+08:00");
    assert_int_equal(session_split_first_year(&session, 2000000000), (int32_t)(2000000000LL * 183 / 365));
}

static void session_kind_words_parse_back(void **state)
{
    (void)state;
    for (unsigned i = 0; i < SESSION_KIND_COUNT; i++) {
        SessionKind kind = SESSION_KIND_COUNT;
        assert_non_null(session_kind_title((SessionKind)i));
        assert_true(session_kind_parse(session_kind_word((SessionKind)i), &kind));
        assert_int_equal(kind, i);
    }
    assert_null(session_kind_word(SESSION_KIND_COUNT));
    assert_null(session_kind_title(SESSION_KIND_COUNT));
}

static void session_kind_words_are_those_of_files(void **state)
{
    (void)state;
    static const char *const words[] = {"study-day",  "meeting", "lecture", "themed-day", "class",
                                        "site-visit", "online",  "reading", "joint"};
    assert_int_equal(sizeof(words) / sizeof(words[0]), SESSION_KIND_COUNT);
    for (unsigned i = 0; i < SESSION_KIND_COUNT; i++)
        assert_string_equal(session_kind_word((SessionKind)i), words[i]);
}

static void session_kind_parse_accepts_chinese_terms(void **state)
{
    (void)state;
    SessionKind kind = SESSION_KIND_COUNT;
    assert_true(session_kind_parse("学习日", &kind));
    assert_int_equal(kind, SESSION_STUDY_DAY);
    assert_true(session_kind_parse("主题党日", &kind));
    assert_int_equal(kind, SESSION_THEMED_DAY);
    assert_true(session_kind_parse("联学会议", &kind));
    assert_int_equal(kind, SESSION_JOINT);
    assert_false(session_kind_parse("学习", &kind));
    assert_false(session_kind_parse("", &kind));
    assert_false(session_kind_parse(NULL, &kind));
}

int main(void)
{
    if (!zone_set("Asia/Shanghai"))
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(session_window_holds_its_bounds),
        cmocka_unit_test(session_window_has_two_sides),
        cmocka_unit_test(session_split_first_year_gets_all_within_a_year),
        cmocka_unit_test(session_split_first_year_gets_its_share),
        cmocka_unit_test(session_split_first_year_leaves_the_rest_to_the_later_year),
        cmocka_unit_test(session_split_first_year_goes_by_the_zone_of_the_site),
        cmocka_unit_test(session_split_first_year_bears_a_long_course),
        cmocka_unit_test(session_kind_words_parse_back),
        cmocka_unit_test(session_kind_words_are_those_of_files),
        cmocka_unit_test(session_kind_parse_accepts_chinese_terms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
