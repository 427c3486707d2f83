// A study day at a point.
#include "tests/simulate/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "simulate/day.h"

#define MEMBERS 400
#define START ((Time)1793840400 * TIME_SECOND) // 2026-11-05T01:00:00Z

static const SessionRules rules = {.starts = START, .ends = START + 2 * TIME_HOUR, .minutes = 120};
static char codes[MEMBERS][16], cards[MEMBERS][16];
static DayMember members[MEMBERS];

static int set_up(void **state)
{
    (void)state;
    for (int i = 0; i < MEMBERS; i++) {
        snprintf(codes[i], sizeof(codes[i]), "M%03d", i);
        snprintf(cards[i], sizeof(cards[i]), "C%03d", i);
        members[i] = (DayMember){.code = codes[i], .card = i % 10 ? cards[i] : NULL};
    }
    return 0;
}

static DayPoint point_with(size_t count)
{
    return (DayPoint){.session = "S1",
                      .rules = &rules,
                      .members = members,
                      .member_count = count,
                      .seed = 5,
                      .voids = true,
                      .now = START + 60 * TIME_DAY};
}

/// All lines of a day.
static char *lines_of(const DayPoint *point)
{
    CLEANUP(cleanup_free) DayScan *scans = NULL;
    Text lines = {0};
    size_t count;

    day_make(point, &scans, &count);
    for (size_t i = 0; i < count; i++)
        day_append_line(point, &scans[i], 1, &lines);
    return text_take(&lines);
}

static void day_make_gives_the_same_day_for_the_same_seed(void **state)
{
    DayPoint point = point_with(MEMBERS);
    CLEANUP(cleanup_free) char *first = lines_of(&point);
    CLEANUP(cleanup_free) char *again = lines_of(&point);

    (void)state;
    assert_string_equal(first, again);
    point.seed++;
    CLEANUP(cleanup_free) char *other = lines_of(&point);
    assert_string_not_equal(first, other);
}

static void day_make_of_a_member_does_not_depend_on_the_others(void **state)
{
    DayPoint few = point_with(7), many = point_with(MEMBERS);
    CLEANUP(cleanup_free) DayScan *scans_few = NULL;
    CLEANUP(cleanup_free) DayScan *scans_many = NULL;
    size_t count_few, count_many, found = 0;

    (void)state;
    day_make(&few, &scans_few, &count_few);
    day_make(&many, &scans_many, &count_many);
    for (size_t i = 0; i < count_few; i++) {
        for (size_t k = 0; k < count_many; k++)
            found += scans_few[i].member != DAY_NOBODY && scans_few[i].member == scans_many[k].member &&
                     scans_few[i].at == scans_many[k].at && scans_few[i].kind == scans_many[k].kind;
    }
    assert_true(count_few > 5);
    assert_int_equal(found, count_few - 1); // all but the close
}

static void day_make_orders_scans_by_time(void **state)
{
    DayPoint point = point_with(MEMBERS);
    CLEANUP(cleanup_free) DayScan *scans = NULL;
    size_t count;

    (void)state;
    day_make(&point, &scans, &count);
    for (size_t i = 1; i < count; i++)
        assert_true(scans[i - 1].at <= scans[i].at);
}

static void day_make_lets_nothing_happen_after_now(void **state)
{
    DayPoint point = point_with(MEMBERS);
    CLEANUP(cleanup_free) DayScan *scans = NULL;
    size_t count;

    (void)state;
    point.now = START + TIME_HOUR;
    day_make(&point, &scans, &count);
    assert_true(count > 0 && scans[count - 1].at <= point.now);
}

static void day_make_closes_with_the_number_of_members_seen(void **state)
{
    DayPoint point = point_with(MEMBERS);
    CLEANUP(cleanup_free) DayScan *scans = NULL;
    bool seen[MEMBERS] = {false};
    size_t count;
    int in = 0, closed = -1, closes = 0;

    (void)state;
    point.voids = false;
    day_make(&point, &scans, &count);
    for (size_t i = 0; i < count; i++) {
        if (scans[i].kind == EVENT_IN && !seen[scans[i].member]) {
            seen[scans[i].member] = true;
            in++;
        }
        if (scans[i].kind == EVENT_CLOSE) {
            closed = scans[i].number;
            closes++;
        }
    }
    assert_int_equal(closes, 1);
    assert_int_equal(closed, in);
}

static void day_make_of_nobody_is_a_nil_return(void **state)
{
    DayPoint point = point_with(0);
    CLEANUP(cleanup_free) char *lines = lines_of(&point);

    (void)state;
    assert_non_null(strstr(lines, "close - S1 count=0 at="));
    assert_int_equal(strchr(lines, '\n') - lines + 1, strlen(lines));
}

static void day_make_takes_back_an_earlier_scan_of_the_same_day(void **state)
{
    DayPoint point = point_with(MEMBERS);
    CLEANUP(cleanup_free) DayScan *scans = NULL;
    size_t count, voids = 0;

    (void)state;
    for (point.seed = 0; voids == 0 && point.seed < 20; point.seed++) {
        free(scans);
        day_make(&point, &scans, &count);
        for (size_t i = 0; i < count; i++) {
            if (scans[i].kind != EVENT_VOID)
                continue;
            assert_true(scans[i].of < i);
            assert_int_equal(scans[scans[i].of].kind, EVENT_IN);
            voids++;
        }
    }
    assert_true(voids > 0);
}

static void day_event_is_one_that_the_model_accepts(void **state)
{
    DayPoint point = point_with(MEMBERS);
    CLEANUP(cleanup_free) DayScan *scans = NULL;
    char at_text[CLOCK_TEXT_SIZE];
    bool kinds[EVENT_KIND_COUNT] = {false};
    size_t count;

    (void)state;
    for (point.seed = 0; point.seed < 20; point.seed++) {
        free(scans);
        day_make(&point, &scans, &count);
        for (size_t i = 0; i < count; i++) {
            Event event = day_event(&point, &scans[i], 1, at_text);
            const char *reason = event_check(&event);

            if (reason)
                fail_msg("%s: %s", event_kind_word(event.kind), reason);
            kinds[event.kind] = true;
        }
    }
    for (int kind = 0; kind < EVENT_KIND_COUNT; kind++)
        assert_true(kinds[kind]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(day_make_gives_the_same_day_for_the_same_seed),
        cmocka_unit_test(day_make_of_a_member_does_not_depend_on_the_others),
        cmocka_unit_test(day_make_orders_scans_by_time),
        cmocka_unit_test(day_make_lets_nothing_happen_after_now),
        cmocka_unit_test(day_make_closes_with_the_number_of_members_seen),
        cmocka_unit_test(day_make_of_nobody_is_a_nil_return),
        cmocka_unit_test(day_make_takes_back_an_earlier_scan_of_the_same_day),
        cmocka_unit_test(day_event_is_one_that_the_model_accepts),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
