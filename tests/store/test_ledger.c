#include "tests/store/site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The path of an event: what is new, known, ahead and too far ahead, what one event does to the totals, and
// that neither order nor batching nor repetition changes what they end in.

#define STARTS "2026-11-05 09:00"

static void begin_day(Site *site)
{
    assert_int_equal(store_begin(site->store), 0);
    site_session(site, "day", "CITY", STARTS);
    site_settle(site);
}

static void an_event_in_time_makes_its_member_present(void **state)
{
    Site *site = *state;

    begin_day(site);
    assert_int_equal(site_event(site, "t-a", 1, "in day m1 2026-11-05T08:58:12+08:00"), LEDGER_STORED);
    assert_string_equal(site_record(site, "m1", "day"), "present 90 90 no-out");
    assert_int_equal(site_tally(site, "day", "BRANCH-A1").present, 1);
    assert_int_equal(site_tally(site, "day", "BRANCH-A1").expected, 3);
    assert_int_equal(site_tally(site, "day", "BRANCH-A1").nothing, 2);
    site_assert_findings(site, 0);
}

static void c2_the_same_bytes_again_are_a_duplicate(void **state)
{
    Site *site = *state;

    begin_day(site);
    site_event(site, "t-a", 1, "in day m1 2026-11-05T08:58:12+08:00");
    assert_int_equal(site_event(site, "t-a", 1, "in day m1 2026-11-05T08:58:12+08:00"), LEDGER_DUPLICATE);
    site_reopen(site);
    assert_int_equal(site_event(site, "t-a", 1, "in day m1 2026-11-05T08:58:12+08:00"), LEDGER_DUPLICATE);
    assert_int_equal(site_tally(site, "day", "BRANCH-A1").present, 1);
    site_assert_findings(site, 0);
}

static void c2_other_bytes_under_the_same_key_are_a_conflict_and_change_nothing(void **state)
{
    Site *site = *state;
    StoreCounts counts;

    begin_day(site);
    site_event(site, "t-a", 1, "in day m1 2026-11-05T08:58:12+08:00");
    assert_int_equal(site_event(site, "t-a", 1, "in day m2 2026-11-05T08:58:12+08:00"), LEDGER_CONFLICT);
    assert_int_equal(site_event(site, "t-a", 1, "in day m2 2026-11-05T08:58:12+08:00"), LEDGER_CONFLICT);
    assert_string_equal(site_record(site, "m2", "day"), "absent 0 0");
    assert_int_equal(store_counts(site->store, &counts), 0);
    assert_int_equal(counts.quarantined, 1); // the same content is kept once
    site_assert_findings(site, 0);
}

static void a_gap_is_bridged_when_it_fills_and_the_chain_follows(void **state)
{
    Site *site = *state;
    StoreTerminal terminal;
    LedgerStream *stream;
    StreamRange also[STREAM_ALSO_MAX];

    begin_day(site);
    site_event(site, "t-a", 1, "in day m1 2026-11-05T08:58:12+08:00");
    site_event(site, "t-a", 3, "in day m3 2026-11-05T08:59:00.5+08:00");
    site_event(site, "t-a", 4, "out day m3 2026-11-05T10:31:00+08:00");
    site_reopen(site); // what lies ahead is found again after a restart
    assert_int_equal(terminal_find(site->store, "t-a", &terminal), 0);
    assert_int_equal(ledger_stream_find(site->ledger, &terminal, SITE_EPOCH, &stream), 0);
    assert_int_equal(ledger_stream_head(stream)->through, 1);
    assert_int_equal(stream_also(ledger_stream_head(stream), also), 1);
    assert_int_equal(also[0].first, 3);
    assert_int_equal(also[0].last, 4);
    site_event(site, "t-a", 2, "in day m2 2026-11-05T08:58:30+08:00");
    assert_int_equal(ledger_stream_head(stream)->through, 4);
    site_assert_findings(site, 0); // verify computes the chain over 1 to 4
}

static void what_lies_too_far_ahead_is_deferred(void **state)
{
    Site *site = *state;

    begin_day(site);
    assert_int_equal(site_event(site, "t-a", 4096, "in day m1 2026-11-05T08:58:12+08:00"), LEDGER_STORED);
    assert_int_equal(site_event(site, "t-a", 4097, "in day m2 2026-11-05T08:58:12+08:00"), LEDGER_DEFERRED);
    site_assert_findings(site, 0);
}

static void r6_a_void_takes_its_event_back_whichever_comes_first(void **state)
{
    Site *site = *state;

    begin_day(site);
    site_event(site, "t-a", 1, "in day m1 2026-11-05T08:58:12+08:00");
    site_event(site, "t-a", 2, "void - - 2026-11-05T09:05:00+08:00 of=1");
    assert_string_equal(site_record(site, "m1", "day"), "absent 0 0");
    site_event(site, "t-a", 4, "void - - 2026-11-05T09:05:00+08:00 of=3");
    site_event(site, "t-a", 3, "in day m2 2026-11-05T08:58:12+08:00");
    assert_string_equal(site_record(site, "m2", "day"), "absent 0 0");
    site_event(site, "t-a", 5, "void - - 2026-11-05T09:06:00+08:00 of=2"); // voiding a void has no effect
    assert_string_equal(site_record(site, "m1", "day"), "absent 0 0");
    site_assert_findings(site, 0);
}

static void r6_the_office_voids_any_event(void **state)
{
    Site *site = *state;

    begin_day(site);
    site_event(site, "t-a", 1, "in day m1 2026-11-05T08:58:12+08:00");
    assert_int_equal(ledger_begin(site->ledger), 0);
    assert_int_equal(ledger_void(site->ledger, "t-a", SITE_EPOCH, 9, site->now), LEDGER_E_NONE);
    assert_int_equal(ledger_void(site->ledger, "t-a", SITE_EPOCH, 1, site->now), 0);
    assert_int_equal(ledger_commit(site->ledger), 0);
    assert_string_equal(site_record(site, "m1", "day"), "absent 0 0");
    site_assert_findings(site, 0);
}

static void what_the_office_adds_counts_without_a_point(void **state)
{
    Site *site = *state;
    Event event = event_make(EVENT_IN);
    LedgerOutcome outcome;
    uint64_t seq;

    begin_day(site);
    event.session = "day";
    event.member = "m6";
    event.at_text = "2026-11-05T09:00:00+08:00";
    event.at = site_time(STARTS);
    assert_int_equal(ledger_begin(site->ledger), 0);
    assert_int_equal(ledger_add_office(site->ledger, &event, site->now, &outcome, &seq), 0);
    assert_int_equal(ledger_commit(site->ledger), 0);
    assert_int_equal(outcome, LEDGER_STORED);
    assert_int_equal(seq, 1);
    assert_string_equal(site_record(site, "m6", "day"), "present 90 90 no-out");
    assert_string_equal(site_record(site, "m7", "day"), "unreported 0 0"); // P-B is still silent
    site_assert_findings(site, 0);
}

static void a_rollback_forgets_everything_of_the_transaction(void **state)
{
    Site *site = *state;

    begin_day(site);
    assert_int_equal(ledger_begin(site->ledger), 0);
    site_add(site, "t-a", 1, "in day m1 2026-11-05T08:58:12+08:00");
    ledger_rollback(site->ledger);
    assert_string_equal(site_record(site, "m1", "day"), "unreported 0 0");
    assert_int_equal(site_event(site, "t-a", 1, "in day m2 2026-11-05T08:58:12+08:00"), LEDGER_STORED);
    assert_string_equal(site_record(site, "m1", "day"), "absent 0 0");
    site_assert_findings(site, 0);
}

static void r12_a_point_is_silent_reported_closed_or_nil(void **state)
{
    Site *site = *state;
    SessionList list;
    OrgTree tree;
    SessionPoint *points;
    size_t count;

    begin_day(site);
    site_event(site, "t-a", 1, "in day m1 2026-11-05T08:58:12+08:00");
    site_event(site, "t-b", 1, "close day - 2026-11-05T10:40:00+08:00 count=0");
    assert_int_equal(query_session(site->store, "day", &list), 0);
    assert_int_equal(org_tree_load(site->store, list.rows[0].date, &tree), 0);
    assert_int_equal(query_session_points(site->store, &list.rows[0], &tree, &points, &count), 0);
    assert_int_equal(count, 2);
    assert_string_equal(points[0].code, "P-A");
    assert_int_equal(points[0].coverage, COVERAGE_REPORTED);
    assert_int_equal(points[1].coverage, COVERAGE_NIL);
    free(points);
    site_event(site, "t-a", 3,
               "close day - 2026-11-05T10:40:00+08:00 count=1"); // 2 is missing: a gap up to the close
    site_event(site, "t-b", 2,
               "in day m6 2026-11-05T08:59:00+08:00"); // somebody was seen after all: no nil return
    assert_int_equal(query_session_points(site->store, &list.rows[0], &tree, &points, &count), 0);
    assert_int_equal(points[0].coverage, COVERAGE_CLOSED);
    assert_true(points[0].gap);
    assert_int_equal(points[1].coverage, COVERAGE_CLOSED);
    assert_false(points[1].gap);
    free(points);
    session_list_deinit(&list);
    org_tree_deinit(&tree);
    site_assert_findings(site, 0);
}

static const char *const history[] = {
    "in day m1 2026-11-05T08:58:12+08:00",           "in day m2 2026-11-05T09:20:00+08:00",
    "in - card:card-m3 2026-11-05T08:50:00Z",        "out day m1 2026-11-05T10:05:00+08:00",
    "void - - 2026-11-05T09:30:00+08:00 of=2",       "in day m2 2026-11-05T09:05:00+08:00",
    "leave day m4 2026-11-04T20:00:00+08:00",        "makeup day m4 2026-11-12T20:00:00+08:00 minutes=60",
    "in day m6 2026-11-05T08:40:00.25+08:00",        "in day nobody 2026-11-05T08:41:00+08:00",
    "close day - 2026-11-05T10:50:00+08:00 count=5", "check day m1 2026-11-05T09:45:00+08:00 found=0"};
#define HISTORY_COUNT (sizeof(history) / sizeof(*history))

static void sum_up(Site *site, char *ret_text, size_t size)
{
    static const char *const members[] = {"m1", "m2", "m3", "m4", "m6", "m7"};
    size_t n = 0;

    for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++)
        n += (size_t)snprintf(ret_text + n, size - n, "%s: %s\n", members[i],
                              site_record(site, members[i], "day"));
    for (int i = 0; i < 3; i++) {
        const char *const branches[] = {"BRANCH-A1", "BRANCH-A2", "BRANCH-B1"};
        Tally tally = site_tally(site, "day", branches[i]);
        const int64_t *values = (const int64_t *)&tally;
        for (size_t f = 0; f < TALLY_FIELD_COUNT; f++)
            n += (size_t)snprintf(ret_text + n, size - n, " %lld", (long long)values[f]);
    }
}

// Plays the history in a random order, with repetitions, in random batches.
static void play(Site *site, unsigned *seed)
{
    size_t order[2 * HISTORY_COUNT];

    for (size_t i = 0; i < 2 * HISTORY_COUNT; i++)
        order[i] = i % HISTORY_COUNT; // each event twice
    for (size_t i = 2 * HISTORY_COUNT; i-- > 1;) {
        size_t j = (size_t)rand_r(seed) % (i + 1), t = order[i];
        order[i] = order[j];
        order[j] = t;
    }
    for (size_t i = 0; i < 2 * HISTORY_COUNT;) {
        assert_int_equal(ledger_begin(site->ledger), 0);
        for (size_t n = 1 + (size_t)rand_r(seed) % 6; n-- && i < 2 * HISTORY_COUNT; i++)
            site_add(site, "t-a", order[i] + 1, history[order[i]]);
        assert_int_equal(ledger_commit(site->ledger), 0);
        if (rand_r(seed) % 8 == 0)
            site_reopen(site);
    }
}

static void c5_order_repetition_and_batching_change_nothing(void **state)
{
    char first[2000] = "", again[2000];
    unsigned seed = 20261105;
    (void)state;

    print_message("# seed %u\n", seed);
    for (int round = 0; round < 40; round++) {
        void *own = NULL;
        site_setup(&own);
        begin_day(own);
        play(own, &seed);
        sum_up(own, again, sizeof(again));
        if (!first[0])
            strcpy(first, again);
        assert_string_equal(again, first);
        site_assert_findings(own, 0);
        site_teardown(&own);
    }
    assert_non_null(strstr(first, "m2: present 85 90 no-out"));
    assert_non_null(strstr(first, "m4: makeup 0 60"));
    assert_non_null(strstr(first, "m6: present 90 90 no-out"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, site_setup, site_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_event_in_time_makes_its_member_present),
        TEST(c2_the_same_bytes_again_are_a_duplicate),
        TEST(c2_other_bytes_under_the_same_key_are_a_conflict_and_change_nothing),
        TEST(a_gap_is_bridged_when_it_fills_and_the_chain_follows),
        TEST(what_lies_too_far_ahead_is_deferred),
        TEST(r6_a_void_takes_its_event_back_whichever_comes_first),
        TEST(r6_the_office_voids_any_event),
        TEST(what_the_office_adds_counts_without_a_point),
        TEST(a_rollback_forgets_everything_of_the_transaction),
        TEST(r12_a_point_is_silent_reported_closed_or_nil),
        cmocka_unit_test(c5_order_repetition_and_batching_change_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
