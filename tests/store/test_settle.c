#include "tests/store/site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Events that find their place later, or another one: parked, loose and card events after the office has
// stated something; sessions that change after their events; who is a guest; which points are silent.

static void begin_day(Site *site)
{
    site_state_session(site, "day CITY 2026-11-05 09:00 90 90 -");
}

static int64_t parked(Site *site)
{
    StoreCounts counts;

    assert_int_equal(store_counts(site->store, &counts), 0);
    return counts.parked;
}

static void r3_a_parked_member_counts_after_the_roster_arrives(void **state)
{
    Site *site = *state;

    begin_day(site);
    assert_int_equal(site_event(site, "t-a", 1, "in day m8 2026-11-05T09:00:00+08:00"), LEDGER_PARKED);
    assert_int_equal(parked(site), 1);
    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(site_put_member(site, "m8 BRANCH-A1 2026-01-01", NULL), 0);
    assert_int_equal(site_settle(site).unparked, 1);
    assert_int_equal(parked(site), 0);
    assert_string_equal(site_record(site, "m8", "day"), "present 90 90 no-out");
    site_assert_findings(site, 0);
}

static int reason_note(void *user, const EventRow *event)
{
    char *reason = user;

    snprintf(reason, 32, "%s", event->reason ? event->reason : "-");
    return 0;
}

static const char *reason_of(Site *site, const char *member)
{
    static char reason[32];

    assert_int_equal(query_events(site->store, &(EventFilter){.member = member}, reason_note, reason), 0);
    return reason;
}

static void r3_a_visit_by_nobody_known_counts_after_the_visitor_joins(void **state)
{
    Site *site = *state;

    begin_day(site);
    assert_int_equal(site_event(site, "t-a", 1, "home day m1 2026-11-06T09:00:00+08:00 visitor=m8"),
                     LEDGER_PARKED);
    assert_int_equal(site_event(site, "t-a", 2, "home day m2 2026-11-06T09:00:00+08:00 visitor=m3"),
                     LEDGER_STORED);
    assert_int_equal(site_event(site, "t-a", 3, "home day m3 2026-11-06T09:00:00+08:00"), LEDGER_STORED);
    assert_string_equal(site_record(site, "m1", "day"), "absent 0 0");
    assert_string_equal(site_record(site, "m2", "day"), "home 0 90");
    assert_string_equal(site_record(site, "m3", "day"), "home 0 90");
    assert_string_equal(reason_of(site, "m1"), "unknown-visitor");
    site_assert_findings(site, 0);
    site_state_member(site, "m8 BRANCH-B1 2026-12-01"); // when does not matter, as with a member (R3)
    assert_int_equal(parked(site), 0);
    assert_string_equal(site_record(site, "m1", "day"), "home 0 90");
    site_assert_findings(site, 0);
}

static void r3_a_visit_of_nobody_by_nobody_says_what_it_still_misses(void **state)
{
    Site *site = *state;

    begin_day(site);
    site_event(site, "t-a", 1, "home day m8 2026-11-06T09:00:00+08:00 visitor=m9");
    assert_string_equal(reason_of(site, "m8"), "unknown-member");
    site_state_member(site, "m8 BRANCH-A1 2026-11-01");
    assert_string_equal(reason_of(site, "m8"), "unknown-visitor");
    assert_string_equal(site_record(site, "m8", "day"), "absent 0 0");
    site_assert_findings(site, 0);
    site_state_member(site, "m9 BRANCH-A1 2026-11-01");
    assert_int_equal(parked(site), 0);
    assert_string_equal(site_record(site, "m8", "day"), "home 0 90");
    site_assert_findings(site, 0);
}

static void r3_a_void_of_a_parked_visit_holds_when_the_visitor_joins(void **state)
{
    Site *site = *state;

    begin_day(site);
    site_event(site, "t-a", 1, "home day m1 2026-11-06T09:00:00+08:00 visitor=m8");
    site_event(site, "t-a", 2, "void - - 2026-11-06T09:05:00+08:00 of=1");
    site_assert_findings(site, 0);
    site_state_member(site, "m8 BRANCH-A1 2026-11-01");
    assert_string_equal(site_record(site, "m1", "day"), "absent 0 0");
    site_assert_findings(site, 0);
}

static void r3_a_parked_card_counts_after_the_roster_arrives(void **state)
{
    Site *site = *state;

    begin_day(site);
    assert_int_equal(site_event(site, "t-a", 1, "in day card:new 2026-11-05T09:00:00+08:00"), LEDGER_PARKED);
    site_state_member(site, "m1 BRANCH-A1 2026-11-06 - new"); // held from the day after
    assert_int_equal(parked(site), 1);
    site_state_member(site, "m1 BRANCH-A1 2026-11-01 - new");
    assert_int_equal(parked(site), 0);
    assert_string_equal(site_record(site, "m1", "day"), "present 90 90 no-out");
    site_assert_findings(site, 0);
}

static void r1_a_parked_session_counts_after_the_plan_arrives(void **state)
{
    Site *site = *state;

    assert_int_equal(site_event(site, "t-a", 1, "in day m1 2026-11-05T09:00:00+08:00"), LEDGER_PARKED);
    assert_int_equal(site_event(site, "t-a", 2, "in - m2 2026-11-05T09:00:00+08:00"), LEDGER_PARKED);
    assert_int_equal(site_event(site, "t-a", 3, "close day - 2026-11-05T10:40:00+08:00 count=2"),
                     LEDGER_PARKED);
    begin_day(site);
    assert_int_equal(parked(site), 0);
    assert_string_equal(site_record(site, "m1", "day"), "present 90 90 no-out");
    assert_string_equal(site_record(site, "m2", "day"), "present 90 90 no-out");
    assert_string_equal(site_coverage(site, "day", "P-A"), "closed");
    site_assert_findings(site, 0);
}

static void r1_the_nearest_start_then_the_earlier_then_the_lower_code(void **state)
{
    Site *site = *state;

    site_state_session(site, "b-early CITY 2026-11-05 09:00 60 60 -");
    site_state_session(site, "c-early CITY 2026-11-05 09:00 60 60 -");
    site_state_session(site, "a-late CITY 2026-11-05 10:00 60 60 -");
    site_event(site, "t-a", 1, "in - m1 2026-11-05T09:29:00+08:00"); // nearest: of two at once the lower code
    site_event(site, "t-a", 2, "in - m2 2026-11-05T09:30:00+08:00"); // as near to both: the earlier
    site_event(site, "t-a", 3, "in - m3 2026-11-05T09:31:00+08:00");
    site_event(site, "t-a", 4, "in - m4 2026-11-05T08:00:00+08:00"); // the window includes its ends
    site_event(site, "t-a", 5, "in - m5 2026-11-05T12:00:00+08:00");
    assert_int_equal(site_event(site, "t-a", 6, "in - m5 2026-11-05T12:00:01+08:00"), LEDGER_PARKED);
    assert_int_equal(site_event(site, "t-a", 7, "in - m5 2026-11-05T07:59:59+08:00"), LEDGER_PARKED);
    assert_string_equal(site_record(site, "m1", "b-early"), "late 31 60 no-out");
    assert_string_equal(site_record(site, "m2", "b-early"), "late 30 60 no-out");
    assert_string_equal(site_record(site, "m3", "a-late"), "present 60 60 no-out");
    assert_string_equal(site_record(site, "m4", "b-early"), "present 60 60 no-out");
    assert_string_equal(site_record(site, "m5", "a-late"), "late 0 0 no-out short");
    site_assert_findings(site, 0);
}

static void r1_loose_events_move_when_a_nearer_session_comes(void **state)
{
    Site *site = *state;

    begin_day(site);
    site_event(site, "t-a", 1, "in - m1 2026-11-05T09:50:00+08:00");
    site_event(site, "t-a", 2, "in day m2 2026-11-05T09:50:00+08:00"); // names its session: stays
    assert_string_equal(site_record(site, "m1", "day"), "late 40 0 no-out short");
    site_state_session(site, "near TOWN-A 2026-11-05 10:00 60 60 -");
    assert_string_equal(site_record(site, "m1", "day"), "absent 0 0");
    assert_string_equal(site_record(site, "m1", "near"), "present 60 60 no-out");
    assert_string_equal(site_record(site, "m2", "day"), "late 40 0 no-out short");
    site_state_session(site, "near TOWN-A 2026-11-06 10:00 60 60 -"); // goes away again
    assert_string_equal(site_record(site, "m1", "day"), "late 40 0 no-out short");
    site_assert_findings(site, 0);
}

static void r2_loose_events_move_when_a_point_takes_part_no_more(void **state)
{
    Site *site = *state;

    site_state_session(site, "town TOWN-A 2026-11-05 09:00 90 90 -");
    site_event(site, "t-a", 1, "in - m6 2026-11-05T09:00:00+08:00"); // a guest of the session
    assert_string_equal(site_record(site, "m6", "town"), "present 90 90 no-out");
    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(site_put_point(site, "P-A", "TOWN-B", NULL), 0);
    site_settle(site);
    assert_string_equal(site_record(site, "m6", "town"), "-");
    assert_int_equal(parked(site), 1);
    site_assert_findings(site, 0);
}

static void r2_loose_events_move_when_an_org_moves(void **state)
{
    Site *site = *state;

    site_state_session(site, "town TOWN-B 2026-11-05 09:00 90 90 -");
    assert_int_equal(site_event(site, "t-a", 1, "in - m1 2026-11-05T09:00:00+08:00"), LEDGER_PARKED);
    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(site_put_org(site, "TOWN-A", "TOWN-B", "county", NULL), 0);
    site_settle(site);
    assert_string_equal(site_record(site, "m1", "town"), "present 90 90 no-out");
    site_assert_findings(site, 0);
}

static void r3_a_card_stands_for_who_holds_it_on_the_sessions_date(void **state)
{
    Site *site = *state;

    begin_day(site);
    site_event(site, "t-a", 1, "in day card:card-m1 2026-11-05T09:00:00+08:00");
    site_event(site, "t-a", 2,
               "in day card:card-m1 2020-01-01T09:00:00+08:00 clock=unset"); // its own time is wrong
    assert_string_equal(site_record(site, "m1", "day"), "present 90 90 uncertain-time no-out");
    site_state_member(site, "m2 BRANCH-A1 2026-11-05 - card-m1"); // changed hands that very day
    assert_string_equal(site_record(site, "m1", "day"), "absent 0 0");
    assert_string_equal(site_record(site, "m2", "day"), "present 90 90 uncertain-time no-out");
    site_state_session(site, "day CITY 2026-11-04 09:00 90 90 -"); // the session was the day before
    assert_string_equal(site_record(site, "m1", "day"), "present 90 90 uncertain-time no-out");
    assert_string_equal(site_record(site, "m2", "day"), "absent 0 0");
    site_assert_findings(site, 0);
}

static void r3_a_card_that_its_holder_replaced_is_held_no_more(void **state)
{
    Site *site = *state;

    begin_day(site);
    site_event(site, "t-a", 1, "in day card:card-m1 2026-11-05T09:00:00+08:00");
    site_state_member(site, "m1 BRANCH-A1 2026-11-01 - fresh");
    assert_int_equal(parked(site), 1);
    assert_string_equal(site_record(site, "m1", "day"), "absent 0 0");
    site_assert_findings(site, 0);
}

static void a_session_that_changes_folds_its_events_again(void **state)
{
    Site *site = *state;

    begin_day(site);
    site_event(site, "t-a", 1, "in day m1 2026-11-05T09:20:00+08:00");
    site_event(site, "t-a", 2, "makeup day m2 2026-11-20T09:20:00+08:00 minutes=80");
    assert_string_equal(site_record(site, "m1", "day"), "late 70 90 no-out");
    assert_string_equal(site_record(site, "m2", "day"), "makeup 0 80");
    site_state_session(site, "day CITY 2026-11-05 09:15 90 60 2026-11-10");
    assert_string_equal(site_record(site, "m1", "day"), "present 85 60 no-out");
    assert_string_equal(site_record(site, "m2", "day"), "absent 0 60 late-makeup");
    assert_int_equal(site_tally(site, "day", "BRANCH-A1").minutes, 120);
    site_state_session(site, "day TOWN-B 2026-12-05 09:15 90 60 -");
    assert_int_equal(site_tally(site, "day", "BRANCH-A1").expected, 0);
    assert_int_equal(site_minutes(site, "m2", 2026, 11), 0);
    assert_int_equal(site_minutes(site, "m2", 2026, 12), 60);
    site_assert_findings(site, 0);
}

static void times_finer_than_a_millisecond_are_judged_alike_at_once_and_later(void **state)
{
    Site *site = *state;

    begin_day(site);
    site_event(site, "t-a", 1,
               "in day m1 2026-11-05T09:10:00.000001+08:00"); // more than 10 min after the start
    assert_string_equal(site_record(site, "m1", "day"), "late 79 90 no-out");
    site_event(site, "t-a", 2, "check day m1 2026-11-05T09:10:00+08:00 found=1"); // loads and folds it again
    assert_int_equal(site_tally(site, "day", "BRANCH-A1").late, 1);
    assert_int_equal(site_tally(site, "day", "BRANCH-A1").present, 0);
    site_assert_findings(site, 0);
}

static void r6_a_void_with_a_number_beyond_all_bounds_touches_no_other_stream(void **state)
{
    Site *site = *state;

    begin_day(site);
    site_event(site, "t-a", 1, "in day m1 2026-11-05T09:00:00+08:00");
    site_event(site, "t-b", 1, "in day m6 2026-11-05T09:00:00+08:00");
    for (int stream = 0; stream < 4; stream++) { // event 1 of each stream, as the packed key would have it
        char line[96];
        snprintf(line, sizeof(line), "void - - 2026-11-05T09:00:00+08:00 of=%lld",
                 (long long)stream << 31 | 1);
        if (stream)
            site_event(site, "t-b", (uint64_t)stream + 1, line);
    }
    assert_string_equal(site_record(site, "m1", "day"), "present 90 90 no-out");
    assert_string_equal(site_record(site, "m6", "day"), "present 90 90 no-out");
    site_assert_findings(site, 0);
}

static void r6_a_void_that_names_what_is_unknown_is_not_parked_and_stays_where_it_is(void **state)
{
    Site *site = *state;

    assert_int_equal(site_event(site, "t-a", 1, "void day m8 2026-11-05T09:00:00+08:00 of=2"), LEDGER_STORED);
    begin_day(site);
    site_state_member(site, "m8 BRANCH-A1 2026-01-01");
    assert_string_equal(site_coverage(site, "day", "P-A"), "silent");
    site_event(site, "t-a", 2, "in day m8 2026-11-05T09:00:00+08:00");
    assert_string_equal(site_record(site, "m8", "day"), "absent 0 0");
    site_assert_findings(site, 0);
}

static void r20_guests_are_counted_at_the_host_and_at_home(void **state)
{
    Site *site = *state;

    begin_day(site);
    site_event(site, "t-a", 1, "in day m6 2026-11-05T09:00:00+08:00");
    site_event(site, "t-a", 2, "in day m1 2026-11-05T09:00:00+08:00");
    assert_int_equal(site_guests(site, "day", "TOWN-A", "BRANCH-B1"), 1);
    assert_int_equal(site_tally(site, "day", "BRANCH-B1").present, 1);
    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(site_put_point(site, "P-A", "BRANCH-B1", NULL),
                     0); // the point moves: m6 is at home there
    site_settle(site);
    assert_int_equal(site_guests(site, "day", "BRANCH-B1", "BRANCH-B1"), 0);
    assert_int_equal(site_guests(site, "day", "BRANCH-B1", "BRANCH-A1"), 1);
    assert_int_equal(site_guests(site, "day", "TOWN-A", "BRANCH-B1"), 0);
    site_assert_findings(site, 0);
}

static void r16_a_session_over_new_year_is_split_by_its_share(void **state)
{
    Site *site = *state;

    site->now = site_time("2027-01-30 12:00");
    site_state_session(site, "year CITY 2026-12-31 23:30 90 100 -");
    site_event(site, "t-a", 1, "in year m1 2026-12-31T23:30:00+08:00");
    assert_int_equal(site_minutes(site, "m1", 2026, 12), 33);
    assert_int_equal(site_minutes(site, "m1", 2027, 1), 67);
    site_event(site, "t-a", 2, "void - - 2026-12-31T23:30:00+08:00 of=1");
    assert_int_equal(site_minutes(site, "m1", 2026, 12), 0);
    assert_int_equal(site_minutes(site, "m1", 2027, 1), 0);
    site_assert_findings(site, 0);
}

static void r11_the_own_point_is_the_nearest_and_of_several_the_lowest_code(void **state)
{
    Site *site = *state;

    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(site_put_point(site, "P-0", "TOWN-A", NULL), 0);    // lower than P-A
    assert_int_equal(site_put_point(site, "P-Z", "BRANCH-A2", NULL), 0); // nearer to m4
    assert_int_equal(site_put_terminal(site, "t-0", "P-0", NULL), 0);
    assert_int_equal(site_put_terminal(site, "t-z", "P-Z", NULL), 0);
    site_settle(site);
    begin_day(site);
    site_event(site, "t-a", 1, "in day m2 2026-11-05T09:00:00+08:00");
    assert_string_equal(site_record(site, "m1", "day"), "unreported 0 0"); // P-0 is silent, whatever P-A says
    site_event(site, "t-0", 1, "in day m2 2026-11-05T09:00:00+08:00");
    assert_string_equal(site_record(site, "m1", "day"), "absent 0 0");
    assert_string_equal(site_record(site, "m4", "day"), "unreported 0 0");
    site_event(site, "t-z", 1, "close day - 2026-11-05T10:40:00+08:00 count=0");
    assert_string_equal(site_record(site, "m4", "day"), "absent 0 0");
    site_state_session(site,
                       "day CITY 2026-11-05 09:00 90 90 - P-B"); // only P-B takes part: m4 has no own point
    assert_string_equal(site_record(site, "m4", "day"), "absent 0 0");
    site_assert_findings(site, 0);
}

static void r12_a_close_that_was_taken_back_is_none(void **state)
{
    Site *site = *state;

    begin_day(site);
    site_event(site, "t-a", 1, "close day - 2026-11-05T10:40:00+08:00 count=0");
    assert_string_equal(site_coverage(site, "day", "P-A"), "nil");
    site_event(site, "t-a", 2, "void - - 2026-11-05T10:41:00+08:00 of=1");
    assert_string_equal(site_coverage(site, "day", "P-A"), "reported");
    site_event(site, "t-a", 3, "close day - 2026-11-05T10:42:00+08:00 count=3");
    assert_string_equal(site_coverage(site, "day", "P-A"), "closed");
    site_assert_findings(site, 0);
}

static void r12_a_gap_counts_up_to_the_close(void **state)
{
    Site *site = *state;

    begin_day(site);
    site_event(site, "t-a", 1, "in day m1 2026-11-05T09:00:00+08:00");
    site_event(site, "t-a", 2, "close day - 2026-11-05T10:40:00+08:00 count=1");
    site_event(site, "t-a", 5,
               "in other m1 2026-11-19T09:00:00+08:00"); // 3 and 4 are missing, behind the close
    assert_string_equal(site_coverage(site, "day", "P-A"), "closed");
    site_event(site, "t-a", 6,
               "close day - 2026-11-20T10:40:00+08:00 count=1"); // closed once more, behind the gap
    assert_string_equal(site_coverage(site, "day", "P-A"), "closed gap");
    site_event(site, "t-a", 7, "void - - 2026-11-20T10:41:00+08:00 of=6");
    assert_string_equal(site_coverage(site, "day", "P-A"), "closed");
    site_assert_findings(site, 0);
}

static void r12_a_gap_of_the_points_other_terminal_counts(void **state)
{
    Site *site = *state;

    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(site_put_terminal(site, "t-c", "P-A", NULL), 0);
    site_settle(site);
    begin_day(site);
    site_event(site, "t-a", 1, "close day - 2026-11-05T10:40:00+08:00 count=0");
    site_event(site, "t-c", 2, "in day m1 2026-11-05T09:00:00+08:00");
    assert_string_equal(site_coverage(site, "day", "P-A"), "closed gap");
    site_event(site, "t-c", 1, "in day m2 2026-11-05T09:00:00+08:00");
    assert_string_equal(site_coverage(site, "day", "P-A"), "closed");
    site_assert_findings(site, 0);
}

static void r12_an_import_speaks_for_the_own_point_and_a_correction_does_not(void **state)
{
    Site *site = *state;

    begin_day(site);
    site_office(site, false, "in day m6 2026-11-05T09:00:00+08:00");
    assert_string_equal(site_coverage(site, "day", "P-B"), "silent");
    uint64_t seq = site_office(site, true, "in day m6 2026-11-05T09:01:00+08:00");
    assert_string_equal(site_coverage(site, "day", "P-B"), "reported");
    assert_string_equal(site_coverage(site, "day", "P-A"), "silent");
    assert_string_equal(site_record(site, "m7", "day"), "absent 0 0");
    assert_int_equal(site_guests(site, "day", "TOWN-B", "BRANCH-B1"), 0);
    site_state_member(site, "m6 BRANCH-A1 2026-11-01"); // at home elsewhere that day: speaks for that point
    assert_string_equal(site_coverage(site, "day", "P-A"), "reported");
    assert_string_equal(site_coverage(site, "day", "P-B"), "silent");
    assert_int_equal(seq, 2);
    site_assert_findings(site, 0);
}

static void r12_a_batch_and_an_event_that_were_taken_back_have_come_all_the_same(void **state)
{
    Site *site = *state;

    begin_day(site);
    uint64_t seq = site_office(site, true, "in day m6 2026-11-05T09:01:00+08:00");
    assert_int_equal(ledger_begin(site->ledger), 0);
    assert_int_equal(ledger_void_office(site->ledger, seq, site->now), 0);
    assert_int_equal(ledger_commit(site->ledger), 0);
    site_event(site, "t-a", 1, "in day m1 2026-11-05T09:00:00+08:00");
    site_event(site, "t-a", 2, "void - - 2026-11-05T09:01:00+08:00 of=1");
    assert_string_equal(site_coverage(site, "day", "P-B"), "reported");
    assert_string_equal(site_coverage(site, "day", "P-A"), "reported");
    assert_string_equal(site_record(site, "m6", "day"), "absent 0 0");
    assert_string_equal(site_record(site, "m1", "day"), "absent 0 0");
    site_assert_findings(site, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, site_setup, site_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(r3_a_parked_member_counts_after_the_roster_arrives),
        TEST(r3_a_visit_by_nobody_known_counts_after_the_visitor_joins),
        TEST(r3_a_visit_of_nobody_by_nobody_says_what_it_still_misses),
        TEST(r3_a_void_of_a_parked_visit_holds_when_the_visitor_joins),
        TEST(r3_a_parked_card_counts_after_the_roster_arrives),
        TEST(r1_a_parked_session_counts_after_the_plan_arrives),
        TEST(r1_the_nearest_start_then_the_earlier_then_the_lower_code),
        TEST(r1_loose_events_move_when_a_nearer_session_comes),
        TEST(r2_loose_events_move_when_a_point_takes_part_no_more),
        TEST(r2_loose_events_move_when_an_org_moves),
        TEST(r3_a_card_stands_for_who_holds_it_on_the_sessions_date),
        TEST(r3_a_card_that_its_holder_replaced_is_held_no_more),
        TEST(a_session_that_changes_folds_its_events_again),
        TEST(times_finer_than_a_millisecond_are_judged_alike_at_once_and_later),
        TEST(r6_a_void_with_a_number_beyond_all_bounds_touches_no_other_stream),
        TEST(r6_a_void_that_names_what_is_unknown_is_not_parked_and_stays_where_it_is),
        TEST(r20_guests_are_counted_at_the_host_and_at_home),
        TEST(r16_a_session_over_new_year_is_split_by_its_share),
        TEST(r11_the_own_point_is_the_nearest_and_of_several_the_lowest_code),
        TEST(r12_a_close_that_was_taken_back_is_none),
        TEST(r12_a_gap_counts_up_to_the_close),
        TEST(r12_a_gap_of_the_points_other_terminal_counts),
        TEST(r12_an_import_speaks_for_the_own_point_and_a_correction_does_not),
        TEST(r12_a_batch_and_an_event_that_were_taken_back_have_come_all_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
