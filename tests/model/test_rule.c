// Rules as data: which version holds on a date, and what it says.
#include "tests/model/test.h"

#include <string.h>

#include "core/model/rule.h"
#include "core/model/rule_cap.h"
#include "core/model/rule_grade.h"
#include "core/model/rule_worth.h"

static Date on(const char *text)
{
    Date date = DATE_NONE;
    assert_true(date_parse(text, &date));
    return date;
}

static Rule *rule(Rules *rules, RuleKind kind, const char *name, int32_t version, const char *from)
{
    return rules_add(rules, name, version, kind, *from ? on(from) : RULE_BEGINNING);
}

static void say(Rule *rule, const char *key, const char *value)
{
    rule_add_entry(rule, key, value, "notice 1", NULL);
}

static void rules_at_gives_the_version_of_the_date(void **state)
{
    (void)state;
    Rules rules = {0};
    rule(&rules, RULE_SESSION, "session", 3, "2027-01-01");
    rule(&rules, RULE_SESSION, "session", 1, "");
    rule(&rules, RULE_SESSION, "session", 2, "2026-07-01");
    assert_int_equal(rules_at(&rules, RULE_SESSION, NULL, on("2026-06-30"))->version, 1);
    assert_int_equal(rules_at(&rules, RULE_SESSION, NULL, on("2026-07-01"))->version, 2);
    assert_int_equal(rules_at(&rules, RULE_SESSION, NULL, on("2026-12-31"))->version, 2);
    assert_int_equal(rules_at(&rules, RULE_SESSION, NULL, on("2099-01-01"))->version, 3);
    assert_null(rules_at(&rules, RULE_CAP, NULL, on("2026-07-01")));
    rules_deinit(&rules);
}

static void rules_at_before_the_first_version_gives_the_first(void **state)
{
    (void)state;
    Rules rules = {0};
    rule(&rules, RULE_GRADE, "stars", 1, "2026-07-01");
    rule(&rules, RULE_GRADE, "stars", 2, "2027-07-01");
    assert_int_equal(rules_at(&rules, RULE_GRADE, "stars", on("2020-01-01"))->version, 1);
    assert_null(rules_at(&rules, RULE_GRADE, "colours", on("2020-01-01")));
    rules_deinit(&rules);
}

static void rules_next_stays_with_the_name(void **state)
{
    (void)state;
    Rules rules = {0};
    rule(&rules, RULE_GRADE, "stars", 1, "");
    rule(&rules, RULE_GRADE, "stars", 2, "2027-07-01");
    rule(&rules, RULE_GRADE, "tint", 1, "");
    assert_int_equal(rules_next(&rules, rules_find(&rules, "stars", 1))->version, 2);
    assert_null(rules_next(&rules, rules_find(&rules, "stars", 2)));
    assert_null(rules_next(&rules, rules_find(&rules, "tint", 1)));
    assert_null(rules_find(&rules, "tint", 2));
    rules_deinit(&rules);
}

static void rules_session_without_rules_is_the_shipped_default(void **state)
{
    (void)state;
    Rules rules = {0};
    SessionDefaults defaults = rules_session(&rules, SESSION_CLASS, on("2026-11-05"));
    assert_int_equal(defaults.version, 1);
    assert_int_equal(defaults.window_before, SESSION_WINDOW_MINUTES);
    assert_int_equal(defaults.late_after, SESSION_LATE_MINUTES);
    assert_int_equal(defaults.presence_permille, SESSION_PRESENCE_PERMILLE);
    assert_int_equal(defaults.makeup_days, SESSION_MAKEUP_DAYS);
    assert_int_equal(defaults.pass_score, SESSION_PASS_SCORE);
}

static void rules_session_of_a_kind_goes_before_the_general(void **state)
{
    (void)state;
    Rules rules = {0};
    Rule *second = rule(&rules, RULE_SESSION, "session", 2, "2026-07-01");
    say(second, "late-after", "15");
    say(second, "late-after@class", "30");
    assert_int_equal(rules_session(&rules, SESSION_CLASS, on("2026-11-05")).late_after, 30);
    assert_int_equal(rules_session(&rules, SESSION_STUDY_DAY, on("2026-11-05")).late_after, 15);
    assert_int_equal(rules_session(&rules, SESSION_STUDY_DAY, on("2026-11-05")).version, 2);
    rules_deinit(&rules);
}

static void rules_targets_are_those_of_the_day(void **state)
{
    (void)state;
    Rules rules = {0};
    Rule *first = rule(&rules, RULE_TARGET, "target", 1, "");
    say(first, "member", "1920");
    say(first, "secretary", "3360");
    say(first, "committee", "3360");
    Rule *second = rule(&rules, RULE_TARGET, "target", 2, "2027-01-01");
    say(second, "member", "2400");
    say(second, "secretary", "3600");
    say(second, "committee", "3000");
    Rule *classes = rule(&rules, RULE_NEEDS_CLASS, "needs-class", 1, "");
    say(classes, "member", "no");
    say(classes, "secretary", "yes");
    say(classes, "committee", "no");
    Targets before = rules_targets(&rules, on("2026-12-31")), after = rules_targets(&rules, on("2027-01-01"));
    assert_int_equal(before.minutes[ROLE_MEMBER], 1920);
    assert_int_equal(after.minutes[ROLE_MEMBER], 2400);
    assert_int_equal(after.minutes[ROLE_COMMITTEE], 3000);
    assert_true(after.needs_class[ROLE_SECRETARY]);
    assert_false(after.needs_class[ROLE_COMMITTEE]);
    rules_deinit(&rules);
}

static void rules_targets_without_rules_are_the_shipped_ones(void **state)
{
    (void)state;
    Rules rules = {0};
    Targets targets = rules_targets(&rules, on("2026-12-31"));
    assert_int_equal(targets.minutes[ROLE_MEMBER], 1920);
    assert_int_equal(targets.minutes[ROLE_COMMITTEE], 3360);
    assert_true(targets.needs_class[ROLE_COMMITTEE]);
    assert_false(targets.needs_class[ROLE_MEMBER]);
}

static void rule_same_compares_whatever_the_order(void **state)
{
    (void)state;
    Rules one = {0}, two = {0};
    Rule *a = rule(&one, RULE_CAP, "cap", 1, "2026-01-01"), *b = rule(&two, RULE_CAP, "cap", 1, "2026-01-01");
    say(a, "online", "600");
    say(a, "makeup", "300");
    say(b, "makeup", "300");
    say(b, "online", "600");
    assert_true(rule_same(a, b));
    say(b, "class", "300");
    assert_false(rule_same(a, b));
    rules_deinit(&one);
    rules_deinit(&two);
}

static void rule_check_entry_tells_key_from_value(void **state)
{
    (void)state;
    static const struct {
        RuleKind kind;
        const char *key, *value;
        bool fine, key_bad;
    } cases[] = {
        {RULE_SESSION, "late-after", "15", true, false},
        {RULE_SESSION, "late-after@class", "0", true, false},
        {RULE_SESSION, "late-after@clas", "0", false, true},
        {RULE_SESSION, "late-after@培训班", "0", false, true},
        {RULE_SESSION, "late", "15", false, true},
        {RULE_SESSION, "presence-permille", "1001", false, false},
        {RULE_SESSION, "pass-score", "101", false, false},
        {RULE_SESSION, "makeup-days", "-1", false, false},
        {RULE_TARGET, "member", "1920", true, false},
        {RULE_TARGET, "书记", "1920", false, true},
        {RULE_TARGET, "member", "32h", false, false},
        {RULE_NEEDS_CLASS, "secretary", "yes", true, false},
        {RULE_NEEDS_CLASS, "secretary", "1", false, false},
        {RULE_CONVERSION, "day", "480", true, false},
        {RULE_CONVERSION, "online-lesson", "1:30;2:60;6:240", true, false},
        {RULE_CONVERSION, "online-lesson", "2:30;1:60", false, false},
        {RULE_CONVERSION, "online-lesson", "30;2:60", false, false},
        {RULE_CONVERSION, "online-lesson", "", false, false},
        {RULE_CONVERSION, "day", "4.5", false, false},
        {RULE_CONVERSION, "天", "480", false, true},
        {RULE_CONVERSION, "夜校", "90", true, false},
        {RULE_CAP, "online", "600", true, false},
        {RULE_CAP, "makeup", "none", true, false},
        {RULE_CAP, "home", "600", false, true},
        {RULE_CAP, "online", "1e3", false, false},
        {RULE_GRADE, "figure", "overall", true, false},
        {RULE_GRADE, "figure", "minutes", false, false},
        {RULE_GRADE, "★★★", "950", true, false},
        {RULE_GRADE, "A", "95%", false, false},
        {RULE_POINTS, "enabled", "yes", true, false},
        {RULE_POINTS, "enabled", "maybe", false, false},
        {RULE_POINTS, "left-early", "2", true, false},
        {RULE_POINTS, "absent", "2", false, true},
        {RULE_POINTS, "present", "1001", false, false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        bool key_bad = false;
        const char *reason = rule_check_entry(cases[i].kind, cases[i].key, cases[i].value, &key_bad);
        if ((reason == NULL) != cases[i].fine || key_bad != cases[i].key_bad)
            fail_msg("%s=%s: %s", cases[i].key, cases[i].value, reason ? reason : "fine");
    }
}

static void rule_check_whole_names_what_is_missing(void **state)
{
    (void)state;
    Rules rules = {0};
    Rule *target = rule(&rules, RULE_TARGET, "target", 2, "2027-01-01");
    say(target, "member", "1");
    say(target, "committee", "1");
    assert_string_equal(rule_check_whole(target), "secretary");
    Rule *session = rule(&rules, RULE_SESSION, "session", 2, "2027-01-01");
    assert_string_equal(rule_check_whole(session), "window-before");
    Rule *grade = rule(&rules, RULE_GRADE, "stars", 1, "");
    assert_string_equal(rule_check_whole(grade), "figure");
    say(grade, "figure", "overall");
    say(grade, "A", "900");
    assert_string_equal(rule_check_whole(grade), "a band that begins at 0");
    say(grade, "B", "0");
    assert_null(rule_check_whole(grade));
    say(grade, "C", "900");
    assert_string_equal(rule_check_whole(grade), "bands that begin at different figures");
    assert_string_equal(rule_check_whole(rule(&rules, RULE_POINTS, "points", 1, "")), "enabled");
    rules_deinit(&rules);
}

static void rule_kind_words_are_parsed_back(void **state)
{
    (void)state;
    for (int kind = 0; kind < RULE_KIND_COUNT; kind++) {
        RuleKind back;
        assert_true(rule_kind_parse(rule_kind_word((RuleKind)kind), &back));
        assert_int_equal(back, kind);
        assert_non_null(rule_kind_title((RuleKind)kind));
        assert_int_equal(rule_kind_is_single(back), back != RULE_GRADE);
    }
    RuleKind none;
    assert_false(rule_kind_parse("sessions", &none));
}

static void worth_is(const char *text, const char *formatted)
{
    Worth worth;
    char back[WORTH_UNIT_MAX + 16];
    if (!worth_parse(text, &worth))
        fail_msg("%s was not read", text);
    worth_format(&worth, back);
    assert_string_equal(back, formatted);
}

static void worth_parse_knows_the_units_in_both_languages(void **state)
{
    (void)state;
    worth_is("90", "90");
    worth_is("0", "0");
    worth_is("1 day", "1 day");
    worth_is("day", "1 day");
    worth_is("半天", "1 half-day");
    worth_is("1.5天", "1.5 day");
    worth_is("2 class-hour", "2 class-hour");
    worth_is("3 课时", "3 class-hour");
    worth_is("4学时", "4 clock-hour");
    worth_is("2 夜校", "2 夜校");
}

static void worth_parse_refuses_what_is_no_count(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "1.5",
                                      "-1",
                                      "1.55 day",
                                      "1. day",
                                      ".5 day",
                                      "1 2 day",
                                      "1;day",
                                      "day:2",
                                      "100001",
                                      "9999999999999 day",
                                      "\x01",
                                      "1.x day",
                                      "1.:day",
                                      "2 a word of more than thirty-two bytes"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        Worth worth;
        if (worth_parse(bad[i], &worth))
            fail_msg("'%s' was read", bad[i]);
    }
}

static void worth_same_needs_count_and_unit(void **state)
{
    (void)state;
    Worth day, half, days;
    assert_true(worth_parse("1 day", &day));
    assert_true(worth_parse("1 half-day", &half));
    assert_true(worth_parse("2 day", &days));
    assert_true(worth_same(&day, &day));
    assert_false(worth_same(&day, &half));
    assert_false(worth_same(&day, &days));
}

static void worth_minutes_are_those_that_were_said_outright(void **state)
{
    (void)state;
    Worth minutes, day;
    assert_true(worth_parse("45", &minutes));
    assert_true(worth_parse("1 day", &day));
    assert_int_equal(worth_minutes(&minutes), 45);
    assert_int_equal(worth_minutes(&day), 0);
}

static void worth_check_wants_rising_steps_of_whole_minutes(void **state)
{
    (void)state;
    static const char *const bad[] = {"",       "x",         "1:x",     "1:30.5", "1.5",      "30,",
                                      "1:30;x", "2:30;1:60", "1:30;60", "60;90",  "1:1000000"};
    static const char *const good[] = {"60", "1:30", "1:30;2:60", "0.5:30;1.5:60"};
    bool is_key;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        if (!worth_check("夜校", bad[i], &is_key) || is_key)
            fail_msg("'%s' was taken", bad[i]);
    }
    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
        if (worth_check("夜校", good[i], &is_key))
            fail_msg("'%s' was refused", good[i]);
    }
}

static void worth_check_wants_a_unit_under_its_own_name(void **state)
{
    (void)state;
    static const char *const bad[] = {"",     "two words", "a:b",
                                      "\x01", "天",        "a-word-of-more-than-thirty-two-bytes"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        bool is_key = false;
        if (!worth_check(bad[i], "60", &is_key) || !is_key)
            fail_msg("'%s' was taken", bad[i]);
    }
}

static void converts(const Rules *rules, const char *text, const char *date, int32_t wanted, int32_t version)
{
    Worth worth;
    int32_t minutes = -1, by = -1;
    assert_true(worth_parse(text, &worth));
    assert_int_equal(rules_worth(rules, &worth, on(date), &minutes, &by), 0);
    assert_int_equal(minutes, wanted);
    assert_int_equal(by, version);
}

static void rules_worth_converts_by_the_rule_of_the_date(void **state)
{
    (void)state;
    Rules rules = {0};
    Rule *first = rule(&rules, RULE_CONVERSION, "conversion", 1, "");
    say(first, "day", "480");
    say(first, "class-hour", "45");
    say(first, "online-lesson", "1:30;2:60;6:240");
    Rule *second = rule(&rules, RULE_CONVERSION, "conversion", 2, "2027-01-01");
    say(second, "day", "360");
    converts(&rules, "90", "2026-11-05", 90, 0);
    converts(&rules, "1 day", "2026-12-31", 480, 1);
    converts(&rules, "1 day", "2027-01-01", 360, 2);
    converts(&rules, "1.5天", "2026-11-05", 720, 1);
    converts(&rules, "3课时", "2026-11-05", 135, 1);
    converts(&rules, "0.5 课时", "2026-11-05", 23, 1); // 22.5, half up
    converts(&rules, "0.5 网课", "2026-11-05", 0, 1);
    converts(&rules, "1 网课", "2026-11-05", 30, 1);
    converts(&rules, "5 网课", "2026-11-05", 60, 1);
    converts(&rules, "6.5 网课", "2026-11-05", 240, 1);

    Worth worth;
    int32_t minutes, version;
    assert_true(worth_parse("2 class-hour", &worth));
    assert_int_equal(rules_worth(&rules, &worth, on("2027-01-01"), &minutes, &version), WORTH_E_UNIT);
    assert_true(worth_parse("300 day", &worth));
    assert_int_equal(rules_worth(&rules, &worth, on("2026-01-01"), &minutes, &version), WORTH_E_RANGE);
    rules_deinit(&rules);
}

static void cap_take_counts_up_to_the_cap(void **state)
{
    (void)state;
    Rules rules = {0};
    Rule *caps = rule(&rules, RULE_CAP, "cap", 1, "2026-07-01");
    say(caps, "online", "100");
    say(caps, "makeup", "50");
    assert_true(rules_have_caps(&rules));
    CapLimits online = caps_at(&rules, SESSION_ONLINE, on("2026-07-01"));
    CapLimits other = caps_at(&rules, SESSION_MEETING, on("2026-07-01"));
    CapUse use = {0};
    assert_int_equal(cap_take(&use, &online, SESSION_ONLINE, false, 60), 60);
    assert_int_equal(cap_take(&use, &other, SESSION_MEETING, true, 40), 40);
    assert_int_equal(cap_take(&use, &other, SESSION_MEETING, false, 400), 400);
    assert_int_equal(cap_take(&use, &online, SESSION_ONLINE, true, 40), 10); // the narrower one: 50 - 40
    assert_int_equal(cap_take(&use, &online, SESSION_ONLINE, false, 60), 30);
    assert_int_equal(cap_take(&use, &online, SESSION_ONLINE, false, 60), 0);
    assert_int_equal(cap_take(&use, &other, SESSION_MEETING, true, 1), 0);
    rules_deinit(&rules);
}

static void rules_of_caps_without_a_limit_have_none(void **state)
{
    (void)state;
    Rules rules = {0};
    assert_int_equal(caps_at(&rules, SESSION_ONLINE, on("2026-07-01")).kind, CAP_NONE);
    rule(&rules, RULE_CAP, "cap", 1, "2026-07-01");
    assert_false(rules_have_caps(&rules));
    assert_int_equal(caps_at(&rules, SESSION_ONLINE, on("2026-07-01")).kind, CAP_NONE);
    rules_deinit(&rules);
}

static void caps_at_before_the_rule_takes_nothing_back(void **state)
{
    (void)state;
    Rules rules = {0};
    assert_false(rules_have_caps(&rules));
    Rule *caps = rule(&rules, RULE_CAP, "cap", 1, "2026-07-01");
    say(caps, "online", "100");
    Rule *lifted = rule(&rules, RULE_CAP, "cap", 2, "2026-10-01");
    say(lifted, "online", "none");
    CapLimits june = caps_at(&rules, SESSION_ONLINE, on("2026-06-30"));
    CapLimits july = caps_at(&rules, SESSION_ONLINE, on("2026-07-01"));
    CapLimits october = caps_at(&rules, SESSION_ONLINE, on("2026-10-01"));
    CapUse use = {0};
    assert_int_equal(cap_take(&use, &june, SESSION_ONLINE, false, 150), 150);
    assert_int_equal(cap_take(&use, &july, SESSION_ONLINE, false, 150), 0);
    assert_int_equal(cap_take(&use, &october, SESSION_ONLINE, false, 150), 150);
    rules_deinit(&rules);
}

static void grading_bands_hold_their_lower_bound(void **state)
{
    (void)state;
    Rules rules = {0};
    Rule *stars = rule(&rules, RULE_GRADE, "stars", 1, "");
    say(stars, "★", "0");
    say(stars, "★★★", "950");
    say(stars, "figure", "centralised");
    say(stars, "★★", "800");
    Grading grading;
    grading_read(stars, &grading);
    assert_int_equal(grading.figure, GRADE_CENTRALISED);
    assert_int_equal(grading.band_count, 3);
    assert_string_equal(grading_band(&grading, 1000), "★★★");
    assert_string_equal(grading_band(&grading, 950), "★★★");
    assert_string_equal(grading_band(&grading, 949), "★★");
    assert_string_equal(grading_band(&grading, 0), "★");
    assert_null(grading_band(&grading, RATE_NULL));
    rules_deinit(&rules);
}

static void grade_figure_has_what_it_may_become(void **state)
{
    (void)state;
    Figures figures = {.expected = 10, .present = 4, .home = 1, .makeup = 1, .unreported = 2, .absent = 2};
    assert_int_equal(grade_figure(GRADE_OVERALL, &figures), 600);
    assert_int_equal(grade_figure_high(GRADE_OVERALL, &figures), 750);
    assert_int_equal(grade_figure(GRADE_CENTRALISED, &figures), 400);
    assert_int_equal(grade_figure_high(GRADE_CENTRALISED, &figures), 500);
    Figures silent = {.expected = 10, .unreported = 10};
    assert_int_equal(grade_figure(GRADE_OVERALL, &silent), 0);
    assert_int_equal(grade_figure_high(GRADE_OVERALL, &silent), 1000);
    Figures nobody = {0};
    assert_int_equal(grade_figure(GRADE_OVERALL, &nobody), RATE_NULL);
    assert_int_equal(grade_figure_high(GRADE_OVERALL, &nobody), RATE_NULL);
    Figures met = {.members = 4, .target_met = 1, .points_expected = 2, .points_covered = 1};
    assert_int_equal(grade_figure(GRADE_TARGET_MET, &met), 250);
    assert_int_equal(grade_figure_high(GRADE_COVERED, &met), 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_at_gives_the_version_of_the_date),
        cmocka_unit_test(rules_at_before_the_first_version_gives_the_first),
        cmocka_unit_test(rules_next_stays_with_the_name),
        cmocka_unit_test(rules_session_without_rules_is_the_shipped_default),
        cmocka_unit_test(rules_session_of_a_kind_goes_before_the_general),
        cmocka_unit_test(rules_targets_are_those_of_the_day),
        cmocka_unit_test(rules_targets_without_rules_are_the_shipped_ones),
        cmocka_unit_test(rule_same_compares_whatever_the_order),
        cmocka_unit_test(rule_check_entry_tells_key_from_value),
        cmocka_unit_test(rule_check_whole_names_what_is_missing),
        cmocka_unit_test(rule_kind_words_are_parsed_back),
        cmocka_unit_test(worth_parse_knows_the_units_in_both_languages),
        cmocka_unit_test(worth_parse_refuses_what_is_no_count),
        cmocka_unit_test(worth_same_needs_count_and_unit),
        cmocka_unit_test(worth_minutes_are_those_that_were_said_outright),
        cmocka_unit_test(worth_check_wants_rising_steps_of_whole_minutes),
        cmocka_unit_test(worth_check_wants_a_unit_under_its_own_name),
        cmocka_unit_test(rules_worth_converts_by_the_rule_of_the_date),
        cmocka_unit_test(cap_take_counts_up_to_the_cap),
        cmocka_unit_test(rules_of_caps_without_a_limit_have_none),
        cmocka_unit_test(caps_at_before_the_rule_takes_nothing_back),
        cmocka_unit_test(grading_bands_hold_their_lower_bound),
        cmocka_unit_test(grade_figure_has_what_it_may_become),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
