// Why an attendance is what it is: each reason where its rule decides, and nowhere else.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/model/explain.h"

// 09:00 to 11:00 of some day, worth 120, to be made up within ten days; times are minutes from the start.
#define START (1000 * TIME_HOUR)
#define MINUTE(n) (START + (n)*TIME_MINUTE)

static const SessionRules rules = {.starts = START,
                                   .ends = MINUTE(120),
                                   .minutes = 120,
                                   .makeup_end = START + 10 * 24 * TIME_HOUR,
                                   .window_before = 60 * TIME_MINUTE,
                                   .window_after = 60 * TIME_MINUTE,
                                   .late_after = 10 * TIME_MINUTE,
                                   .early_before = 10 * TIME_MINUTE,
                                   .presence_permille = 500,
                                   .pass_score = 60};

static Fact fact(EventKind kind, Time at)
{
    return (Fact){.kind = kind, .at = at, .score = -1};
}

// "expected late presence credit": kinds as words, in their order.
static void assert_reasons(Duty duty, bool silent, const Fact *facts, size_t count, const char *expected)
{
    static const char *const words[REASON_COUNT] = {
        "expected", "exempt",      "guest",         "late",   "left",   "present", "home",      "makeup",
        "leave",    "absent",      "unreported",    "no-in",  "no-out", "other",   "presence",  "credit",
        "short",    "credit-home", "credit-makeup", "passed", "failed", "missing", "not-found",
    };
    Reason reasons[EXPLAIN_REASONS_MAX];
    char told[400] = "";
    size_t n = explain_attendance(&rules, duty, silent, facts, count, reasons);

    assert_true(n <= EXPLAIN_REASONS_MAX);
    for (size_t i = 0; i < n; i++) {
        assert_non_null(reasons[i].rule);
        strcat(told, i ? " " : "");
        strcat(told, words[reasons[i].kind]);
    }
    assert_string_equal(told, expected);
}

#define ASSERT_REASONS(duty, silent, expected, ...)           \
    assert_reasons(duty, silent, (const Fact[]){__VA_ARGS__}, \
                   sizeof((const Fact[]){__VA_ARGS__}) / sizeof(Fact), expected)

static void nothing_known_is_absent_or_unreported_by_the_own_point(void **state)
{
    (void)state;
    assert_reasons(DUTY_EXPECTED, false, NULL, 0, "expected absent");
    assert_reasons(DUTY_EXPECTED, true, NULL, 0, "expected unreported");
    assert_reasons(DUTY_EXEMPT, true, NULL, 0, "exempt");
}

static void late_names_the_first_in_the_start_and_the_grace(void **state)
{
    Fact facts[] = {fact(EVENT_IN, MINUTE(11)), fact(EVENT_OUT, MINUTE(120))};
    Reason reasons[EXPLAIN_REASONS_MAX];

    (void)state;
    assert_reasons(DUTY_EXPECTED, false, facts, 2, "expected late presence credit");
    explain_attendance(&rules, DUTY_EXPECTED, false, facts, 2, reasons);
    assert_string_equal(reasons[1].rule, "status 1");
    assert_int_equal(reasons[1].at, MINUTE(11));
    assert_int_equal(reasons[1].limit, START);
    assert_int_equal(reasons[1].minutes, 10);
    assert_int_equal(reasons[2].minutes, 109);
    assert_int_equal(reasons[2].bound, 120);
}

static void grace_minutes_are_present(void **state)
{
    (void)state;
    ASSERT_REASONS(DUTY_EXPECTED, false, "expected present presence credit", fact(EVENT_IN, MINUTE(10)),
                   fact(EVENT_OUT, MINUTE(110)));
}

static void left_early_names_the_last_out(void **state)
{
    (void)state;
    ASSERT_REASONS(DUTY_EXPECTED, false, "expected left presence credit", fact(EVENT_IN, START),
                   fact(EVENT_OUT, MINUTE(109)));
}

static void a_short_presence_is_told_with_what_it_would_have_taken(void **state)
{
    Fact facts[] = {fact(EVENT_IN, START), fact(EVENT_OUT, MINUTE(59))};
    Reason reasons[EXPLAIN_REASONS_MAX];

    (void)state;
    assert_reasons(DUTY_EXPECTED, false, facts, 2, "expected left presence short");
    explain_attendance(&rules, DUTY_EXPECTED, false, facts, 2, reasons);
    assert_int_equal(reasons[3].bound, 500);
}

static void an_out_alone_and_an_in_alone_are_remarked(void **state)
{
    (void)state;
    ASSERT_REASONS(DUTY_EXPECTED, false, "expected present no-in presence credit",
                   fact(EVENT_OUT, MINUTE(120)));
    ASSERT_REASONS(DUTY_EXPECTED, false, "expected present no-out presence credit", fact(EVENT_IN, START));
}

static void another_point_between_is_remarked(void **state)
{
    Fact in = fact(EVENT_IN, START), out = fact(EVENT_OUT, MINUTE(120));

    (void)state;
    in.point = "A";
    out.point = "B";
    ASSERT_REASONS(DUTY_EXPECTED, false, "expected present other presence credit", in, out);
}

static void a_guest_is_credited_all_the_same(void **state)
{
    (void)state;
    ASSERT_REASONS(DUTY_NONE, false, "guest present no-out presence credit", fact(EVENT_IN, START));
}

static void home_and_makeup_in_time_are_status_and_credit(void **state)
{
    Fact makeup = fact(EVENT_MAKEUP, rules.makeup_end - 1);

    (void)state;
    makeup.minutes = 60;
    ASSERT_REASONS(DUTY_EXPECTED, false, "expected home credit-home", fact(EVENT_HOME, rules.makeup_end - 1));
    ASSERT_REASONS(DUTY_EXPECTED, false, "expected makeup credit-makeup", makeup);
    ASSERT_REASONS(DUTY_EXPECTED, false, "expected makeup credit-makeup", makeup, fact(EVENT_LEAVE, START));
}

static void too_late_is_credit_only(void **state)
{
    Fact makeup = fact(EVENT_MAKEUP, rules.makeup_end);

    (void)state;
    makeup.minutes = 60;
    ASSERT_REASONS(DUTY_EXPECTED, false, "expected absent credit-makeup", makeup);
    assert_int_equal(explain_fact(&rules, &makeup, NULL), FACT_TOO_LATE);
}

static void leave_without_a_makeup_is_leave(void **state)
{
    (void)state;
    ASSERT_REASONS(DUTY_EXPECTED, true, "expected leave", fact(EVENT_LEAVE, START));
}

static void checks_tell_found_score_and_discrepancy(void **state)
{
    Fact found = fact(EVENT_CHECK, MINUTE(60)), missed = found, in = fact(EVENT_IN, START);

    (void)state;
    found.found = 1;
    ASSERT_REASONS(DUTY_EXPECTED, false, "expected absent passed", found);
    found.score = 59;
    ASSERT_REASONS(DUTY_EXPECTED, false, "expected absent failed", found);
    ASSERT_REASONS(DUTY_EXPECTED, false, "expected absent missing", missed);
    ASSERT_REASONS(DUTY_EXPECTED, false, "expected present no-out presence credit not-found", in, missed);
}

static void each_event_has_its_use(void **state)
{
    Fact in = fact(EVENT_IN, START), early = fact(EVENT_IN, MINUTE(-61)), unset = in, taken = in;
    Fact first = fact(EVENT_CHECK, MINUTE(30)), second = fact(EVENT_CHECK, MINUTE(60));
    const Fact checks[] = {second, first};

    (void)state;
    unset.clock = EVENT_CLOCK_UNSET;
    taken.is_void = true;
    assert_int_equal(explain_fact(&rules, &in, NULL), FACT_COUNTS);
    assert_int_equal(explain_fact(&rules, &early, NULL), FACT_UNCERTAIN);
    assert_int_equal(explain_fact(&rules, &unset, NULL), FACT_UNCERTAIN);
    assert_int_equal(explain_fact(&rules, &taken, NULL), FACT_VOID);
    assert_ptr_equal(explain_latest_check(checks, 2), &checks[0]);
    assert_int_equal(explain_fact(&rules, &checks[0], &checks[0]), FACT_COUNTS);
    assert_int_equal(explain_fact(&rules, &checks[1], &checks[0]), FACT_OVERRULED);
    assert_string_equal(fact_use_word(FACT_TOO_LATE), "too-late");
}

static void a_void_event_is_no_reason(void **state)
{
    Fact in = fact(EVENT_IN, START);

    (void)state;
    in.is_void = true;
    ASSERT_REASONS(DUTY_EXPECTED, false, "expected absent", in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_known_is_absent_or_unreported_by_the_own_point),
        cmocka_unit_test(late_names_the_first_in_the_start_and_the_grace),
        cmocka_unit_test(grace_minutes_are_present),
        cmocka_unit_test(left_early_names_the_last_out),
        cmocka_unit_test(a_short_presence_is_told_with_what_it_would_have_taken),
        cmocka_unit_test(an_out_alone_and_an_in_alone_are_remarked),
        cmocka_unit_test(another_point_between_is_remarked),
        cmocka_unit_test(a_guest_is_credited_all_the_same),
        cmocka_unit_test(home_and_makeup_in_time_are_status_and_credit),
        cmocka_unit_test(too_late_is_credit_only),
        cmocka_unit_test(leave_without_a_makeup_is_leave),
        cmocka_unit_test(checks_tell_found_score_and_discrepancy),
        cmocka_unit_test(each_event_has_its_use),
        cmocka_unit_test(a_void_event_is_no_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
