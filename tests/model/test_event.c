#include "tests/model/test.h"

#include <stdio.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/model/event.h"

#define AT "2026-11-05T08:58:12+08:00"
#define SIXTY_FOUR "0123456789012345678901234567890123456789012345678901234567890123"
#define SIXTY_FIVE SIXTY_FOUR "4"

/// The least that an event of the kind must carry.
static Event least(EventKind kind)
{
    Event event = event_make(kind);
    event.at_text = AT;
    event.at = 0;
    if (kind != EVENT_VOID && kind != EVENT_CLOSE)
        event.member = "1310020001234";
    if (kind == EVENT_MAKEUP)
        event.minutes = 60;
    if (kind == EVENT_CHECK)
        event.found = 1;
    if (kind == EVENT_VOID)
        event.of = 1;
    if (kind == EVENT_CLOSE)
        event.count = 0;
    return event;
}

static void assert_check(Event event, const char *expected)
{
    const char *reason = event_check(&event);
    if (expected) {
        assert_non_null(reason);
        assert_string_equal(reason, expected);
    } else if (reason) {
        fail_msg("refused: %s", reason);
    }
}

/// Checks the least event of a kind with one field changed.
#define ASSERT_CHECK_WITH(kind_, field, value, expected) \
    do {                                                 \
        Event changed = least(kind_);                    \
        changed.field = (value);                         \
        assert_check(changed, expected);                 \
    } while (0)

static void event_make_leaves_every_value_absent(void **state)
{
    (void)state;
    Event event = event_make(EVENT_HOME);
    CLEANUP(cleanup_text) Text text = {0};
    event_canonical(&event, 7, &text);
    assert_string_equal(text_cstr(&text), "{\"kind\":\"home\",\"seq\":7}");
    assert_true(event.at == TIME_NONE);
}

static void event_words_parse_back(void **state)
{
    (void)state;
    for (unsigned i = 0; i < EVENT_KIND_COUNT; i++) {
        EventKind kind = EVENT_KIND_COUNT;
        assert_true(event_kind_parse(event_kind_word((EventKind)i), &kind));
        assert_int_equal(kind, i);
    }
    for (unsigned i = EVENT_BY_NONE + 1; i < EVENT_BY_COUNT; i++) {
        EventBy by = EVENT_BY_NONE;
        assert_true(event_by_parse(event_by_word((EventBy)i), &by));
        assert_int_equal(by, i);
    }
    for (unsigned i = EVENT_MODE_NONE + 1; i < EVENT_MODE_COUNT; i++) {
        EventMode mode = EVENT_MODE_NONE;
        assert_true(event_mode_parse(event_mode_word((EventMode)i), &mode));
        assert_int_equal(mode, i);
    }
    for (unsigned i = EVENT_CLOCK_NONE + 1; i < EVENT_CLOCK_COUNT; i++) {
        EventClock clock = EVENT_CLOCK_NONE;
        assert_true(event_clock_parse(event_clock_word((EventClock)i), &clock));
        assert_int_equal(clock, i);
    }
}

static void event_words_are_null_for_what_is_not_there(void **state)
{
    (void)state;
    assert_null(event_kind_word(EVENT_KIND_COUNT));
    assert_null(event_by_word(EVENT_BY_NONE));
    assert_null(event_by_word(EVENT_BY_COUNT));
    assert_null(event_mode_word(EVENT_MODE_NONE));
    assert_null(event_clock_word(EVENT_CLOCK_NONE));
}

static void event_parsers_refuse_other_words(void **state)
{
    (void)state;
    EventKind kind = EVENT_CHECK;
    EventBy by = EVENT_BY_FACE;
    EventMode mode = EVENT_MODE_LEAD;
    EventClock clock = EVENT_CLOCK_RTC;
    assert_false(event_kind_parse("IN", &kind));
    assert_false(event_kind_parse("", &kind));
    assert_false(event_kind_parse("correction", &kind));
    assert_false(event_by_parse("", &by));
    assert_false(event_mode_parse("spotcheck", &mode));
    assert_false(event_clock_parse("gps", &clock));
    assert_int_equal(kind, EVENT_CHECK);
    assert_int_equal(by, EVENT_BY_FACE);
    assert_int_equal(mode, EVENT_MODE_LEAD);
    assert_int_equal(clock, EVENT_CLOCK_RTC);
}

static void event_check_accepts_the_least_of_each_kind(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < EVENT_KIND_COUNT; kind++)
        assert_check(least((EventKind)kind), NULL);
}

static void event_check_refuses_an_unknown_kind(void **state)
{
    (void)state;
    ASSERT_CHECK_WITH(EVENT_IN, kind, EVENT_KIND_COUNT, "bad-kind");
}

static void event_check_needs_member_or_card(void **state)
{
    (void)state;
    static const EventKind kinds[] = {EVENT_IN,     EVENT_OUT,  EVENT_LEAVE,
                                      EVENT_MAKEUP, EVENT_HOME, EVENT_CHECK};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        Event event = least(kinds[i]);
        event.member = NULL;
        assert_check(event, "no-member");
        event.card = "04A1B2C3D4";
        assert_check(event, NULL);
        event.member = "1310020001234";
        assert_check(event, "member-and-card");
    }
}

static void event_check_wants_codes_for_session_and_member(void **state)
{
    (void)state;
    ASSERT_CHECK_WITH(EVENT_IN, session, SIXTY_FOUR, NULL);
    ASSERT_CHECK_WITH(EVENT_IN, session, SIXTY_FIVE, "bad-session");
    ASSERT_CHECK_WITH(EVENT_IN, session, "", "bad-session");
    ASSERT_CHECK_WITH(EVENT_IN, session, "a b", "bad-session");
    ASSERT_CHECK_WITH(EVENT_VOID, session, "a/b", "bad-session");
    ASSERT_CHECK_WITH(EVENT_CLOSE, session, "a/b", "bad-session");
    ASSERT_CHECK_WITH(EVENT_IN, member, SIXTY_FIVE, "bad-member");
    ASSERT_CHECK_WITH(EVENT_LEAVE, member, "", "bad-member");
    ASSERT_CHECK_WITH(EVENT_VOID, member, "a\"b", "bad-member");
    ASSERT_CHECK_WITH(EVENT_VOID, member, "a-b", NULL);
}

static void event_check_bounds_a_card(void **state)
{
    (void)state;
    Event event = least(EVENT_IN);
    event.member = NULL;
    event.card = "";
    assert_check(event, "bad-card");
    event.card = SIXTY_FOUR SIXTY_FOUR;
    assert_check(event, NULL);
    event.card = SIXTY_FOUR SIXTY_FIVE;
    assert_check(event, "bad-card");
    event.card = "a/b \"c\"";
    assert_check(event, NULL);
    event.card = "a\x1f";
    assert_check(event, "bad-card");
}

static void event_check_needs_a_time_that_was_read(void **state)
{
    (void)state;
    ASSERT_CHECK_WITH(EVENT_IN, at_text, NULL, "bad-at");
    ASSERT_CHECK_WITH(EVENT_CLOSE, at, TIME_NONE, "bad-at");
}

static void event_check_takes_any_time(void **state)
{
    (void)state;
    ASSERT_CHECK_WITH(EVENT_IN, at, -30000 * TIME_DAY, NULL);
    ASSERT_CHECK_WITH(EVENT_IN, at, 900000 * TIME_DAY, NULL);
}

static void event_check_wants_words_of_the_protocol(void **state)
{
    (void)state;
    ASSERT_CHECK_WITH(EVENT_IN, by, EVENT_BY_COUNT, "bad-by");
    ASSERT_CHECK_WITH(EVENT_OUT, mode, EVENT_MODE_COUNT, "bad-mode");
    ASSERT_CHECK_WITH(EVENT_LEAVE, clock, EVENT_CLOCK_COUNT, "bad-clock");
    ASSERT_CHECK_WITH(EVENT_IN, by, EVENT_BY_MANUAL, NULL);
}

static void event_check_leave_bounds_the_reason(void **state)
{
    (void)state;
    ASSERT_CHECK_WITH(EVENT_LEAVE, reason, "s", NULL);
    ASSERT_CHECK_WITH(EVENT_LEAVE, reason, "病假", NULL);
    ASSERT_CHECK_WITH(EVENT_LEAVE, reason, "", "bad-reason");
    ASSERT_CHECK_WITH(EVENT_LEAVE, reason, "a\nb", "bad-reason");
    ASSERT_CHECK_WITH(EVENT_LEAVE, reason, SIXTY_FOUR, NULL);
    ASSERT_CHECK_WITH(EVENT_LEAVE, reason, SIXTY_FIVE, "bad-reason");
}

static void event_check_makeup_bounds_the_minutes(void **state)
{
    (void)state;
    ASSERT_CHECK_WITH(EVENT_MAKEUP, minutes, EVENT_NUMBER_NONE, "bad-minutes");
    ASSERT_CHECK_WITH(EVENT_MAKEUP, minutes, 0, "bad-minutes");
    ASSERT_CHECK_WITH(EVENT_MAKEUP, minutes, -5, "bad-minutes");
    ASSERT_CHECK_WITH(EVENT_MAKEUP, minutes, 1, NULL);
    ASSERT_CHECK_WITH(EVENT_MAKEUP, minutes, EVENT_MINUTES_MAX, NULL);
    ASSERT_CHECK_WITH(EVENT_MAKEUP, minutes, EVENT_MINUTES_MAX + 1, "bad-minutes");
}

static void event_check_home_wants_a_code_for_the_visitor(void **state)
{
    (void)state;
    ASSERT_CHECK_WITH(EVENT_HOME, visitor, "1310020000001", NULL);
    ASSERT_CHECK_WITH(EVENT_HOME, visitor, "", "bad-visitor");
    ASSERT_CHECK_WITH(EVENT_HOME, visitor, "a+b", "bad-visitor");
}

static void event_check_check_bounds_found_and_score(void **state)
{
    (void)state;
    ASSERT_CHECK_WITH(EVENT_CHECK, found, EVENT_NUMBER_NONE, "bad-found");
    ASSERT_CHECK_WITH(EVENT_CHECK, found, 0, NULL);
    ASSERT_CHECK_WITH(EVENT_CHECK, found, 2, "bad-found");
    ASSERT_CHECK_WITH(EVENT_CHECK, found, -1, "bad-found");
    ASSERT_CHECK_WITH(EVENT_CHECK, score, 0, NULL);
    ASSERT_CHECK_WITH(EVENT_CHECK, score, 100, NULL);
    ASSERT_CHECK_WITH(EVENT_CHECK, score, 101, "bad-score");
    ASSERT_CHECK_WITH(EVENT_CHECK, score, -1, "bad-score");
}

static void event_check_void_needs_a_sequence_number(void **state)
{
    (void)state;
    ASSERT_CHECK_WITH(EVENT_VOID, of, EVENT_NUMBER_NONE, "bad-of");
    ASSERT_CHECK_WITH(EVENT_VOID, of, 0, "bad-of");
    ASSERT_CHECK_WITH(EVENT_VOID, of, EVENT_NUMBER_MAX, NULL);
    ASSERT_CHECK_WITH(EVENT_VOID, of, EVENT_NUMBER_MAX + 1, "bad-of");
}

static void event_check_close_is_about_no_member(void **state)
{
    (void)state;
    ASSERT_CHECK_WITH(EVENT_CLOSE, member, "1310020001234", "bad-member");
    ASSERT_CHECK_WITH(EVENT_CLOSE, card, "04A1B2C3D4", "bad-member");
    ASSERT_CHECK_WITH(EVENT_CLOSE, count, EVENT_NUMBER_NONE, "bad-count");
    ASSERT_CHECK_WITH(EVENT_CLOSE, count, -1, "bad-count");
    ASSERT_CHECK_WITH(EVENT_CLOSE, count, 350, NULL);
}

static void event_check_passes_over_keys_of_other_kinds(void **state)
{
    (void)state;
    ASSERT_CHECK_WITH(EVENT_IN, minutes, -1, NULL);
    ASSERT_CHECK_WITH(EVENT_MAKEUP, found, 9, NULL);
    ASSERT_CHECK_WITH(EVENT_OUT, reason, "", NULL);
    ASSERT_CHECK_WITH(EVENT_LEAVE, of, 0, NULL);
}

static void assert_canonical(const Event *event, uint64_t seq, const char *expected)
{
    CLEANUP(cleanup_text) Text text = {0};
    event_canonical(event, seq, &text);
    assert_string_equal(text_cstr(&text), expected);
    assert_int_equal(text.size, strlen(expected));
}

static void event_canonical_writes_what_is_there(void **state)
{
    (void)state;
    Event event = least(EVENT_IN);
    event.session = "2026-11-05";
    event.by = EVENT_BY_CARD;
    assert_canonical(&event, 1201,
                     "{\"at\":\"2026-11-05T08:58:12+08:00\",\"by\":\"card\",\"kind\":\"in\","
                     "\"member\":\"1310020001234\",\"seq\":1201,\"session\":\"2026-11-05\"}");
}

static void event_canonical_has_every_key_in_byte_order(void **state)
{
    (void)state;
    Event event = {.kind = EVENT_CHECK,
                   .by = EVENT_BY_QR,
                   .mode = EVENT_MODE_FOLLOW,
                   .clock = EVENT_CLOCK_NTP,
                   .session = "s",
                   .member = "m",
                   .card = "c",
                   .at_text = "a",
                   .reason = "r",
                   .visitor = "v",
                   .minutes = 1,
                   .of = 2,
                   .count = 3,
                   .found = 0,
                   .score = 5};
    assert_canonical(&event, 9,
                     "{\"at\":\"a\",\"by\":\"qr\",\"card\":\"c\",\"clock\":\"ntp\",\"count\":3,\"found\":0,"
                     "\"kind\":\"check\",\"member\":\"m\",\"minutes\":1,\"mode\":\"follow\",\"of\":2,"
                     "\"reason\":\"r\",\"score\":5,\"seq\":9,\"session\":\"s\",\"visitor\":\"v\"}");
}

static void event_canonical_escapes_strings_only_where_it_must(void **state)
{
    (void)state;
    Event event = event_make(EVENT_LEAVE);
    event.reason = "病\"假\\/\x7f";
    event.card = "a\"b";
    assert_canonical(&event, 1,
                     "{\"card\":\"a\\\"b\",\"kind\":\"leave\",\"reason\":\"病\\\"假\\\\/\x7f\",\"seq\":1}");
}

static void event_canonical_escapes_strings_of_nothing_else(void **state)
{
    (void)state;
    Event event = event_make(EVENT_LEAVE);
    event.card = "\"\"";
    event.reason = "\\";
    assert_canonical(&event, 1, "{\"card\":\"\\\"\\\"\",\"kind\":\"leave\",\"reason\":\"\\\\\",\"seq\":1}");
}

static void event_canonical_escapes_control_characters(void **state)
{
    (void)state;
    Event event = event_make(EVENT_LEAVE);
    event.reason = "a\nb";
    assert_canonical(&event, 1, "{\"kind\":\"leave\",\"reason\":\"a\\nb\",\"seq\":1}");
}

static void event_canonical_writes_plain_decimals(void **state)
{
    (void)state;
    Event event = event_make(EVENT_VOID);
    event.of = EVENT_NUMBER_MAX;
    event.minutes = -EVENT_NUMBER_MAX;
    assert_canonical(&event, UINT64_MAX,
                     "{\"kind\":\"void\",\"minutes\":-9007199254740992,\"of\":9007199254740992,"
                     "\"seq\":18446744073709551615}");
}

static void event_canonical_appends(void **state)
{
    (void)state;
    Event event = event_make(EVENT_OUT);
    CLEANUP(cleanup_text) Text text = {0};
    event_canonical(&event, 1, &text);
    event_canonical(&event, 2, &text);
    assert_string_equal(text_cstr(&text), "{\"kind\":\"out\",\"seq\":1}{\"kind\":\"out\",\"seq\":2}");
}

/// Around the size of the writer's own buffer, where the pieces are handed over.
static void event_canonical_keeps_long_strings_whole(void **state)
{
    (void)state;
    char card[1200];
    for (size_t size = 0; size + 1 < sizeof(card); size++) {
        memset(card, 'x', size);
        card[size] = '\0';
        Event event = event_make(EVENT_IN);
        event.card = card;
        event.session = "s";
        char expected[sizeof(card) + 64];
        snprintf(expected, sizeof(expected), "{\"card\":\"%s\",\"kind\":\"in\",\"seq\":1,\"session\":\"s\"}",
                 card);
        assert_canonical(&event, 1, expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(event_make_leaves_every_value_absent),
        cmocka_unit_test(event_words_parse_back),
        cmocka_unit_test(event_words_are_null_for_what_is_not_there),
        cmocka_unit_test(event_parsers_refuse_other_words),
        cmocka_unit_test(event_check_accepts_the_least_of_each_kind),
        cmocka_unit_test(event_check_refuses_an_unknown_kind),
        cmocka_unit_test(event_check_needs_member_or_card),
        cmocka_unit_test(event_check_wants_codes_for_session_and_member),
        cmocka_unit_test(event_check_bounds_a_card),
        cmocka_unit_test(event_check_needs_a_time_that_was_read),
        cmocka_unit_test(event_check_takes_any_time),
        cmocka_unit_test(event_check_wants_words_of_the_protocol),
        cmocka_unit_test(event_check_leave_bounds_the_reason),
        cmocka_unit_test(event_check_makeup_bounds_the_minutes),
        cmocka_unit_test(event_check_home_wants_a_code_for_the_visitor),
        cmocka_unit_test(event_check_check_bounds_found_and_score),
        cmocka_unit_test(event_check_void_needs_a_sequence_number),
        cmocka_unit_test(event_check_close_is_about_no_member),
        cmocka_unit_test(event_check_passes_over_keys_of_other_kinds),
        cmocka_unit_test(event_canonical_writes_what_is_there),
        cmocka_unit_test(event_canonical_has_every_key_in_byte_order),
        cmocka_unit_test(event_canonical_escapes_strings_only_where_it_must),
        cmocka_unit_test(event_canonical_escapes_strings_of_nothing_else),
        cmocka_unit_test(event_canonical_escapes_control_characters),
        cmocka_unit_test(event_canonical_writes_plain_decimals),
        cmocka_unit_test(event_canonical_appends),
        cmocka_unit_test(event_canonical_keeps_long_strings_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
