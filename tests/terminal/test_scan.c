// Scan lines: what they become, and what is refused before it gets anywhere near the outbox (T7).
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/clock.h"
#include "terminal/scan.h"
#include "tests/terminal/test.h"

#define NOW INT64_C(1793840292654321) // 2026-11-05T08:58:12.654321 in Shanghai

static char *no_session(void *user, Time at)
{
    (void)user;
    (void)at;
    return NULL;
}

static char *some_session(void *user, Time at)
{
    (void)at;
    return alloc_string(user);
}

static const ScanContext plain = {.now = NOW, .clock = EVENT_CLOCK_NTP, .session_at = no_session};

static void expect(const char *line, const ScanContext *context, const char *object)
{
    Scan scan;
    const char *reason = scan_parse(line, context, &scan);

    if (reason)
        fail_msg("%s: refused: %s", line, reason);
    assert_string_equal(text_cstr(&scan.object), object);
    scan_deinit(&scan);
}

static void expect_refused(const char *line, const char *expected)
{
    Scan scan;
    const char *reason = scan_parse(line, &plain, &scan);

    if (!reason)
        fail_msg("%s: accepted as %s", line, text_cstr(&scan.object));
    assert_string_equal(reason, expected);
}

static void test_in_gets_the_present_time_to_the_second_in_the_zone(void **state)
{
    (void)state;
    expect("in 1310020001234", &plain,
           "{\"kind\":\"in\",\"member\":\"1310020001234\",\"at\":\"2026-11-05T08:58:12+08:00\"}");
}

static void test_card_takes_the_place_of_the_member(void **state)
{
    (void)state;
    expect("in card:04A2=F1 by=card", &plain,
           "{\"kind\":\"in\",\"card\":\"04A2=F1\",\"at\":\"2026-11-05T08:58:12+08:00\",\"by\":\"card\"}");
}

static void test_session_follows_the_member(void **state)
{
    (void)state;
    expect("out 007 2026-11-05", &plain,
           "{\"kind\":\"out\",\"session\":\"2026-11-05\",\"member\":\"007\",\"at\":\"2026-11-05T08:58:12+08:"
           "00\"}");
}

static void test_member_that_looks_like_an_option_is_a_member(void **state)
{
    (void)state;
    expect("in by=1 by=card", &plain,
           "{\"kind\":\"in\",\"member\":\"by=1\",\"at\":\"2026-11-05T08:58:12+08:00\",\"by\":\"card\"}");
}

static void test_session_with_an_equals_sign_is_no_option(void **state)
{
    (void)state;
    expect("in 007 S=1", &plain,
           "{\"kind\":\"in\",\"session\":\"S=1\",\"member\":\"007\",\"at\":\"2026-11-05T08:58:12+08:00\"}");
}

static void test_mistyped_key_is_refused_and_no_session(void **state)
{
    (void)state;
    expect_refused("makeup 007 minute=90", "bad-key");
    expect_refused("in 007 S1 on=card", "bad-key");
}

static void test_given_time_is_kept_to_the_letter(void **state)
{
    (void)state;
    expect("in 007 at=2026-11-05T08:58:12.500+08:00", &plain,
           "{\"kind\":\"in\",\"member\":\"007\",\"at\":\"2026-11-05T08:58:12.500+08:00\"}");
}

static void test_each_kind_takes_its_keys(void **state)
{
    (void)state;
    expect("makeup 007 S1 minutes=90", &plain,
           "{\"kind\":\"makeup\",\"session\":\"S1\",\"member\":\"007\",\"at\":\"2026-11-05T08:58:12+08:00\","
           "\"minutes\":90}");
    expect("leave 007 S1 reason=ill", &plain,
           "{\"kind\":\"leave\",\"session\":\"S1\",\"member\":\"007\",\"at\":\"2026-11-05T08:58:12+08:00\","
           "\"reason\":\"ill\"}");
    expect("home 007 S1 visitor=008", &plain,
           "{\"kind\":\"home\",\"session\":\"S1\",\"member\":\"007\",\"at\":\"2026-11-05T08:58:12+08:00\","
           "\"visitor\":\"008\"}");
    expect("check 007 S1 found=1 score=88", &plain,
           "{\"kind\":\"check\",\"session\":\"S1\",\"member\":\"007\",\"at\":\"2026-11-05T08:58:12+08:00\","
           "\"found\":1,"
           "\"score\":88}");
}

static void test_close_takes_a_session_and_no_member(void **state)
{
    static const char expected[] =
        "{\"kind\":\"close\",\"session\":\"S1\",\"at\":\"2026-11-05T08:58:12+08:00\",\"count\":12}";

    (void)state;
    expect("close S1 count=12", &plain, expected);
    expect("close - S1 count=12", &plain, expected);
    expect("close count=12", &plain,
           "{\"kind\":\"close\",\"at\":\"2026-11-05T08:58:12+08:00\",\"count\":12}");
}

static void test_void_needs_only_the_number_it_takes_back(void **state)
{
    Scan scan;

    (void)state;
    expect("void of=17", &plain, "{\"kind\":\"void\",\"at\":\"2026-11-05T08:58:12+08:00\",\"of\":17}");
    assert_null(scan_parse("void of=17", &plain, &scan));
    assert_int_equal(scan.of, 17);
    scan_deinit(&scan);
}

static void test_extra_keys_are_carried_along(void **state)
{
    (void)state;
    expect(
        "in 007 x-door=\"A\\", &plain,
        "{\"kind\":\"in\",\"member\":\"007\",\"at\":\"2026-11-05T08:58:12+08:00\",\"x-door\":\"\\\"A\\\\\"}");
}

static void test_clock_is_said_where_it_is_not_ntp(void **state)
{
    const ScanContext context = {.now = NOW, .clock = EVENT_CLOCK_RTC, .session_at = no_session};

    (void)state;
    expect("in 007", &context,
           "{\"kind\":\"in\",\"member\":\"007\",\"at\":\"2026-11-05T08:58:12+08:00\",\"clock\":\"rtc\"}");
    expect("in 007 clock=unset", &context,
           "{\"kind\":\"in\",\"member\":\"007\",\"at\":\"2026-11-05T08:58:12+08:00\",\"clock\":\"unset\"}");
}

static void test_session_of_the_plan_is_put_in_where_none_is_named(void **state)
{
    const ScanContext context = {
        .now = NOW, .clock = EVENT_CLOCK_NTP, .session_at = some_session, .user = (void *)"S9"};

    (void)state;
    expect("in 007", &context,
           "{\"kind\":\"in\",\"session\":\"S9\",\"member\":\"007\",\"at\":\"2026-11-05T08:58:12+08:00\"}");
    expect("in 007 S1", &context,
           "{\"kind\":\"in\",\"session\":\"S1\",\"member\":\"007\",\"at\":\"2026-11-05T08:58:12+08:00\"}");
    expect("makeup 007 minutes=5", &context,
           "{\"kind\":\"makeup\",\"member\":\"007\",\"at\":\"2026-11-05T08:58:12+08:00\",\"minutes\":5}");
}

static void test_t7_what_breaks_the_payload_rules_is_refused_with_the_reason(void **state)
{
    static const struct {
        const char *line, *reason;
    } cases[] = {
        {"", "empty"},
        {"   ", "empty"},
        {"sleep 007", "bad-kind"},
        {"in", "no-member"},
        {"in -", "no-member"},
        {"in a/b", "bad-member"},
        {"in card:", "bad-card"},
        {"in 007 a#b", "bad-session"},
        {"in 007 S1 S2", "too-many-words"},
        {"in 007 at=yesterday", "bad-at"},
        {"in 007 by=nose", "bad-by"},
        {"in 007 mode=maybe", "bad-mode"},
        {"in 007 clock=sundial", "bad-clock"},
        {"in 007 by=card by=qr", "duplicate-key"},
        {"in 007 x-a=1 x-a=2", "duplicate-key"},
        {"in 007 x-a=\xe2\x80\xae", "bad-value"},
        {"in 007 x-a=\x01", "bad-value"},
        {"in 007 x-a=\xff", "bad-utf8"},
        {"makeup 007 S1", "bad-minutes"},
        {"makeup 007 S1 minutes=0", "bad-minutes"},
        {"makeup 007 S1 minutes=1.5", "bad-minutes"},
        {"check 007 S1", "bad-found"},
        {"check 007 S1 found=2", "bad-found"},
        {"check 007 S1 found=1 score=101", "bad-score"},
        {"home 007 S1 visitor=a/b", "bad-visitor"},
        {"void", "bad-of"},
        {"void of=0", "bad-of"},
        {"void of=9007199254740993", "bad-of"},
        {"close S1", "bad-count"},
        {"close S1 count=-1", "bad-count"},
        {"close 007 S1 count=1", "too-many-words"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        expect_refused(cases[i].line, cases[i].reason);
}

static void test_t7_a_line_that_is_too_long_is_refused(void **state)
{
    char line[SCAN_LINE_MAX + 2];

    (void)state;
    memset(line, 'x', sizeof(line) - 1);
    line[sizeof(line) - 1] = '\0';
    expect_refused(line, "too-long");
}

static void test_clock_quality_is_unset_before_this_program_was_written(void **state)
{
    (void)state;
    assert_int_equal(scan_clock_quality(0), EVENT_CLOCK_UNSET);
    assert_int_equal(scan_clock_quality((Time)date_from_civil(2023, 12, 31) * TIME_DAY), EVENT_CLOCK_UNSET);
    assert_int_not_equal(scan_clock_quality(NOW), EVENT_CLOCK_UNSET);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_gets_the_present_time_to_the_second_in_the_zone),
        cmocka_unit_test(test_card_takes_the_place_of_the_member),
        cmocka_unit_test(test_session_follows_the_member),
        cmocka_unit_test(test_member_that_looks_like_an_option_is_a_member),
        cmocka_unit_test(test_session_with_an_equals_sign_is_no_option),
        cmocka_unit_test(test_mistyped_key_is_refused_and_no_session),
        cmocka_unit_test(test_given_time_is_kept_to_the_letter),
        cmocka_unit_test(test_each_kind_takes_its_keys),
        cmocka_unit_test(test_close_takes_a_session_and_no_member),
        cmocka_unit_test(test_void_needs_only_the_number_it_takes_back),
        cmocka_unit_test(test_extra_keys_are_carried_along),
        cmocka_unit_test(test_clock_is_said_where_it_is_not_ntp),
        cmocka_unit_test(test_session_of_the_plan_is_put_in_where_none_is_named),
        cmocka_unit_test(test_t7_what_breaks_the_payload_rules_is_refused_with_the_reason),
        cmocka_unit_test(test_t7_a_line_that_is_too_long_is_refused),
        cmocka_unit_test(test_clock_quality_is_unset_before_this_program_was_written),
    };

    zone_set("Asia/Shanghai");
    return cmocka_run_group_tests_name("scan", tests, NULL, NULL);
}
