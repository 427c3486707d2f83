// Properties of the fold over random sets of events with few distinct times and points, so that ties are
// frequent. The cases of studyday-rules(7) stand as files in tests/model/fold.
#include "tests/model/test.h"

#include <stdlib.h>
#include <string.h>

#include "core/model/attendance.h"
#include "tests/model/seed.h"

#define ROUNDS 50000
#define FACTS_MAX 8

static const char *const points[] = {NULL, "P1", "P10", "P2"};
#define POINT_COUNT (sizeof(points) / sizeof(points[0]))

static SessionRules random_session(Seed *seed)
{
    Time starts = 20000 * TIME_DAY + 9 * TIME_HOUR;
    Time ends = starts + (1 + seed_below(seed, 4)) * TIME_HOUR;
    return (SessionRules){
        .starts = starts,
        .ends = ends,
        .minutes = 60 * (1 + (int32_t)seed_below(seed, 4)),
        .makeup_end = 20002 * TIME_DAY,
        .window_before = 30 * TIME_MINUTE * seed_below(seed, 3),
        .window_after = 30 * TIME_MINUTE * seed_below(seed, 3),
        .late_after = 10 * TIME_MINUTE * seed_below(seed, 3),
        .early_before = 10 * TIME_MINUTE * seed_below(seed, 3),
        .presence_permille = 250 * (int32_t)seed_below(seed, 5),
        .pass_score = SESSION_PASS_SCORE,
    };
}

static Fact random_fact(Seed *seed, const SessionRules *session)
{
    EventKind kind =
        seed_below(seed, 3) ? (EventKind)seed_below(seed, 2) : (EventKind)seed_below(seed, EVENT_KIND_COUNT);
    unsigned point = seed_below(seed, POINT_COUNT);
    Time at = session->starts + ((Time)seed_below(seed, 42) - 12) * 10 * TIME_MINUTE;
    if (seed_below(seed, 6) == 0)
        at += (1 + seed_below(seed, 2)) * TIME_DAY;
    return (Fact){
        .kind = kind,
        .mode = (EventMode)seed_below(seed, EVENT_MODE_COUNT),
        .clock = seed_below(seed, 6) ? EVENT_CLOCK_NTP : EVENT_CLOCK_UNSET,
        .is_void = seed_below(seed, 6) == 0,
        .at = at,
        .point = points[point],
        .point_key = (int32_t)point,
        .minutes = 20 * (1 + (int32_t)seed_below(seed, 12)),
        .found = (int8_t)seed_below(seed, 2),
        .score = (int16_t)((int)seed_below(seed, 4) * 30 - 1),
    };
}

static void shuffle(Seed *seed, Fact *facts, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        size_t j = seed_below(seed, (unsigned)i);
        Fact swap = facts[i - 1];
        facts[i - 1] = facts[j];
        facts[j] = swap;
    }
}

static void assert_same(const Attendance *a, const Attendance *b)
{
    assert_int_equal(a->status, b->status);
    assert_int_equal(a->on_site, b->on_site);
    assert_int_equal(a->mode, b->mode);
    assert_int_equal(a->point_key, b->point_key);
    assert_true(a->first_in == b->first_in);
    assert_true(a->last_out == b->last_out);
    assert_int_equal(a->minutes, b->minutes);
    assert_int_equal(a->credit, b->credit);
    assert_int_equal(a->flags, b->flags);
    assert_int_equal(a->checked, b->checked);
    assert_int_equal(a->passed, b->passed);
    assert_int_equal(a->not_found, b->not_found);
    assert_int_equal(a->took_part, b->took_part);
}

static void attendance_fold_is_the_same_for_any_order_and_duplicates(void **state)
{
    (void)state;
    Seed seed = seed_start("order");
    for (int round = 0; round < ROUNDS; round++) {
        SessionRules session = random_session(&seed);
        Duty duty = (Duty)seed_below(&seed, DUTY_COUNT);
        Fact facts[2 * FACTS_MAX];
        size_t count = seed_below(&seed, FACTS_MAX + 1);
        for (size_t i = 0; i < count; i++)
            facts[i] = random_fact(&seed, &session);
        Attendance expected, attendance;
        attendance_fold(&session, duty, facts, count, &expected);

        for (size_t i = 0, distinct = count; i < distinct; i++) {
            if (seed_below(&seed, 2))
                facts[count++] = facts[i];
        }
        shuffle(&seed, facts, count);
        attendance_fold(&session, duty, facts, count, &attendance);
        assert_same(&attendance, &expected);
    }
}

static void attendance_fold_is_the_same_without_the_void_ones(void **state)
{
    (void)state;
    Seed seed = seed_start("void");
    for (int round = 0; round < ROUNDS; round++) {
        SessionRules session = random_session(&seed);
        Duty duty = (Duty)seed_below(&seed, DUTY_COUNT);
        Fact facts[FACTS_MAX], left[FACTS_MAX];
        size_t count = seed_below(&seed, FACTS_MAX + 1), left_count = 0;
        for (size_t i = 0; i < count; i++) {
            facts[i] = random_fact(&seed, &session);
            if (!facts[i].is_void)
                left[left_count++] = facts[i];
        }
        Attendance expected, attendance;
        attendance_fold(&session, duty, facts, count, &expected);
        attendance_fold(&session, duty, left, left_count, &attendance);
        assert_same(&attendance, &expected);
    }
}

// A second reading of studyday-rules(7): put the moments on site in their order and look at the first and the
// last.

typedef struct Step {
    Time time;
    Fact fact;
} Step;

static int compare_steps(const void *a, const void *b)
{
    const Step *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    if (x->fact.kind != y->fact.kind)
        return x->fact.kind == EVENT_IN ? -1 : 1;
    const char *p = x->fact.point ? x->fact.point : "", *q = y->fact.point ? y->fact.point : "";
    if (strcmp(p, q) != 0)
        return strcmp(p, q);
    return (x->fact.mode == EVENT_MODE_LEAD) - (y->fact.mode == EVENT_MODE_LEAD);
}

static size_t sorted_steps(const SessionRules *s, const Fact *facts, size_t count, Step *steps)
{
    size_t step_count = 0;
    for (size_t i = 0; i < count; i++) {
        const Fact *fact = &facts[i];
        if (fact->is_void || fact->kind > EVENT_OUT)
            continue;
        bool certain = fact->clock != EVENT_CLOCK_UNSET && fact->at >= s->starts - s->window_before &&
                       fact->at <= s->ends + s->window_after;
        Time instead = fact->kind == EVENT_IN ? s->starts : s->ends;
        steps[step_count++] = (Step){certain ? fact->at : instead, *fact};
    }
    qsort(steps, step_count, sizeof(*steps), compare_steps);
    return step_count;
}

static Time between(Time t, Time low, Time high)
{
    return t < low ? low : t > high ? high : t;
}

static void read_on_site(const SessionRules *s, const Step *steps, size_t count, Attendance *ret)
{
    const Step *first_in = NULL, *last_out = NULL, *last = &steps[count - 1];
    for (size_t i = 0; i < count; i++) {
        if (steps[i].fact.kind == EVENT_OUT)
            last_out = &steps[i];
        else if (!first_in)
            first_in = &steps[i];
    }
    const Step *named = first_in ? first_in : &steps[0];
    Time from = first_in ? first_in->time : s->starts;
    bool open = !last_out || last->fact.kind == EVENT_IN;
    Time presence =
        between(open ? s->ends : last_out->time, s->starts, s->ends) - between(from, s->starts, s->ends);

    ret->on_site = true;
    ret->mode = named->fact.mode == EVENT_MODE_LEAD ? EVENT_MODE_LEAD : EVENT_MODE_FOLLOW;
    ret->point_key = named->fact.point_key;
    ret->first_in = first_in ? first_in->time : TIME_NONE;
    ret->last_out = last_out ? last_out->time : TIME_NONE;
    ret->minutes = (int32_t)(presence / TIME_MINUTE);
    ret->status = STATUS_PRESENT;
    if (last->fact.kind == EVENT_OUT && s->ends - last->time > s->early_before)
        ret->status = STATUS_LEFT_EARLY;
    if (first_in && first_in->time - s->starts > s->late_after)
        ret->status = STATUS_LATE;
    bool enough = presence * 1000 >= (s->ends - s->starts) * s->presence_permille;
    ret->credit = enough ? s->minutes : 0;
    ret->flags |= (first_in ? 0 : FLAG_NO_IN) | (open ? FLAG_NO_OUT : 0) | (enough ? 0 : FLAG_SHORT);
}

static void attendance_fold_agrees_with_a_sorted_reading(void **state)
{
    (void)state;
    const uint32_t compared = FLAG_NO_IN | FLAG_NO_OUT | FLAG_SHORT;
    Seed seed = seed_start("sorted");
    for (int round = 0; round < ROUNDS; round++) {
        SessionRules session = random_session(&seed);
        Fact facts[FACTS_MAX];
        Step steps[FACTS_MAX];
        size_t count = seed_below(&seed, FACTS_MAX + 1);
        for (size_t i = 0; i < count; i++) {
            do
                facts[i] = random_fact(&seed, &session);
            while (facts[i].kind > EVENT_OUT);
        }
        Attendance attendance, expected = {.first_in = TIME_NONE, .last_out = TIME_NONE};
        attendance_fold(&session, DUTY_EXPECTED, facts, count, &attendance);
        size_t step_count = sorted_steps(&session, facts, count, steps);
        if (step_count > 0)
            read_on_site(&session, steps, step_count, &expected);
        expected.took_part = step_count > 0;
        attendance.flags &= compared;
        assert_same(&attendance, &expected);
    }
}

static void attendance_fold_keeps_within_its_bounds(void **state)
{
    (void)state;
    Seed seed = seed_start("bounds");
    for (int round = 0; round < ROUNDS; round++) {
        SessionRules session = random_session(&seed);
        Fact facts[FACTS_MAX];
        size_t count = seed_below(&seed, FACTS_MAX + 1);
        for (size_t i = 0; i < count; i++)
            facts[i] = random_fact(&seed, &session);
        Attendance attendance;
        attendance_fold(&session, DUTY_EXPECTED, facts, count, &attendance);
        assert_in_range(attendance.minutes, 0, (session.ends - session.starts) / TIME_MINUTE);
        assert_in_range(attendance.credit, 0, session.minutes);
        assert_true(attendance.status <= STATUS_LEAVE);
        assert_false(attendance.passed && attendance.not_found);
        assert_int_equal(attendance.not_found, (attendance.flags & FLAG_NOT_FOUND) != 0);
        assert_true(attendance.flags < 1u << ATTENDANCE_FLAG_COUNT);
    }
}

static void attendance_fold_of_nothing_needs_no_facts(void **state)
{
    (void)state;
    SessionRules session = {.ends = TIME_HOUR, .minutes = 60};
    Attendance attendance;
    attendance_fold(&session, DUTY_EXPECTED, NULL, 0, &attendance);
    assert_int_equal(attendance.status, STATUS_NOTHING);
    assert_true(attendance.first_in == TIME_NONE);
    assert_true(attendance.last_out == TIME_NONE);
    assert_int_equal(attendance.credit, 0);
}

static void status_words_are_those_of_the_rules(void **state)
{
    (void)state;
    static const char *const words[] = {"none",   "late",  "left-early", "present",    "home",
                                        "makeup", "leave", "absent",     "unreported", "exempt"};
    for (unsigned i = 0; i < STATUS_COUNT; i++) {
        assert_string_equal(status_word((Status)i), words[i]);
        assert_non_null(status_title((Status)i));
    }
    assert_null(status_word(STATUS_COUNT));
}

static void attendance_flag_words_are_distinct(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ATTENDANCE_FLAG_COUNT; i++) {
        assert_non_null(attendance_flag_word((AttendanceFlag)(1u << i)));
        for (unsigned j = 0; j < i; j++)
            assert_string_not_equal(attendance_flag_word((AttendanceFlag)(1u << i)),
                                    attendance_flag_word((AttendanceFlag)(1u << j)));
    }
    assert_null(attendance_flag_word((AttendanceFlag)(1u << ATTENDANCE_FLAG_COUNT)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attendance_fold_is_the_same_for_any_order_and_duplicates),
        cmocka_unit_test(attendance_fold_is_the_same_without_the_void_ones),
        cmocka_unit_test(attendance_fold_agrees_with_a_sorted_reading),
        cmocka_unit_test(attendance_fold_keeps_within_its_bounds),
        cmocka_unit_test(attendance_fold_of_nothing_needs_no_facts),
        cmocka_unit_test(status_words_are_those_of_the_rules),
        cmocka_unit_test(attendance_flag_words_are_distinct),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
