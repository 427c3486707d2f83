#include "tests/store/site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What the office states: who is expected where and when, that stating it again changes nothing, and the
// guard of an import that ends more memberships than it should.

static void begin_day(Site *site)
{
    site_state_session(site, "day CITY 2026-11-05 09:00 90 90 -");
}

static void obligations_are_made_when_a_session_opens_and_not_before(void **state)
{
    Site *site = *state;
    int64_t opened;
    bool due;

    site->now = site_time("2026-11-01 12:00");
    begin_day(site);
    assert_int_equal(site_tally(site, "day", "BRANCH-A1").expected, 0);
    assert_int_equal(roster_is_due(site->store, site_time("2026-11-05 07:59"), &due), 0);
    assert_false(due);
    assert_int_equal(roster_open_due(site->store, site_time("2026-11-05 07:59"), &opened), 0);
    assert_int_equal(opened, 0);
    assert_int_equal(roster_open_due(site->store, site_time("2026-11-05 08:00"), &opened),
                     0); // R1: 60 min before
    assert_int_equal(opened, 1);
    assert_int_equal(site_tally(site, "day", "BRANCH-A1").expected, 3);
    site_assert_findings(site, 0);
}

static void r5_a_transfer_before_the_session_moves_the_obligation(void **state)
{
    Site *site = *state;

    begin_day(site);
    site_event(site, "t-a", 1, "in day m1 2026-11-05T09:00:00+08:00");
    site_state_member(site, "m1 BRANCH-B1 2026-11-05"); // inclusive: on the very day
    assert_int_equal(site_tally(site, "day", "BRANCH-A1").expected, 2);
    assert_int_equal(site_tally(site, "day", "BRANCH-B1").expected, 3);
    assert_int_equal(site_tally(site, "day", "BRANCH-B1").present, 1);
    site_assert_findings(site, 0);
}

static void r5_a_transfer_after_the_session_changes_nothing_that_has_happened(void **state)
{
    Site *site = *state;

    begin_day(site);
    site_state_member(site, "m1 BRANCH-B1 2026-11-06");
    assert_int_equal(site_tally(site, "day", "BRANCH-A1").expected, 3);
    assert_int_equal(site_tally(site, "day", "BRANCH-B1").expected, 2);
    site_assert_findings(site, 0);
}

static void r5_to_is_the_last_day(void **state)
{
    Site *site = *state;

    begin_day(site);
    site_state_member(site, "m1 BRANCH-A1 2026-01-01 2026-11-05");
    assert_int_equal(site_tally(site, "day", "BRANCH-A1").expected, 3);
    site_state_member(site, "m1 BRANCH-A1 2026-01-01 2026-11-04");
    assert_int_equal(site_tally(site, "day", "BRANCH-A1").expected, 2);
    assert_string_equal(site_record(site, "m1", "day"), "-");
    site_assert_findings(site, 0);
}

static void r7_who_joins_later_is_not_expected_and_counts_as_a_guest(void **state)
{
    Site *site = *state;

    begin_day(site);
    site_state_member(site, "m8 BRANCH-A1 2026-11-06");
    assert_string_equal(site_record(site, "m8", "day"), "-");
    site_event(site, "t-a", 1, "in day m8 2026-11-05T09:00:00+08:00");
    assert_string_equal(site_record(site, "m8", "day"), "present 90 90 no-out");
    assert_int_equal(site_tally(site, "day", "BRANCH-A1").expected, 3);
    assert_int_equal(site_minutes(site, "m8", 2026, 11), 90);
    site_assert_findings(site, 0);
}

static void r7_an_exemption_takes_a_member_out_of_the_expected_on_its_days(void **state)
{
    Site *site = *state;

    begin_day(site);
    site_state_session(site, "later CITY 2026-11-19 09:00 90 90 -");
    site_state_member(site, "m1 BRANCH-A1 2026-01-01 - - 2026-11-01 2026-11-05");
    assert_int_equal(site_tally(site, "day", "BRANCH-A1").expected, 2);
    assert_int_equal(site_tally(site, "day", "BRANCH-A1").exempt, 1);
    assert_int_equal(site_tally(site, "later", "BRANCH-A1").expected, 3);
    site_event(site, "t-a", 1,
               "in day m1 2026-11-05T09:00:00+08:00"); // R10: exempt in the figures, and credited
    assert_string_equal(site_record(site, "m1", "day"), "exempt 90 90 no-out");
    assert_int_equal(site_tally(site, "day", "BRANCH-A1").present, 0);
    assert_int_equal(site_tally(site, "day", "BRANCH-A1").minutes, 90);
    site_assert_findings(site, 0);
}

static void r7_invitations_take_the_place_of_the_scope(void **state)
{
    Site *site = *state;

    begin_day(site);
    site_state_invitation(site, "day", "m6");
    assert_int_equal(site_tally(site, "day", "BRANCH-A1").expected, 0);
    assert_int_equal(site_tally(site, "day", "BRANCH-B1").expected, 1);
    assert_string_equal(site_record(site, "m1", "day"), "-");
    site_event(site, "t-a", 1, "in day m1 2026-11-05T09:00:00+08:00"); // uninvited: a guest
    assert_int_equal(site_tally(site, "day", "BRANCH-A1").present, 0);
    assert_int_equal(site_tally(site, "day", "BRANCH-A1").minutes, 90);
    site_assert_findings(site, 0);
}

static void a_roster_change_reaches_rows_of_a_session_that_is_still_to_open(void **state)
{
    Site *site = *state;

    site->now = site_time("2026-11-01 12:00");
    begin_day(site);
    site_event(site, "t-a", 1, "leave day m1 2026-11-01T12:00:00+08:00");
    assert_int_equal(site_tally(site, "day", "BRANCH-A1").leave, 1);
    site_state_member(site, "m1 BRANCH-B1 2026-11-02");
    assert_int_equal(site_tally(site, "day", "BRANCH-A1").leave, 0);
    assert_int_equal(site_tally(site, "day", "BRANCH-B1").leave, 1);
    site_assert_findings(site, 0);
}

static void an_org_that_moves_takes_its_members_along(void **state)
{
    Site *site = *state;

    site_state_session(site, "town TOWN-A 2026-11-05 09:00 90 90 -");
    assert_int_equal(site_tally(site, "town", "BRANCH-B1").expected, 0);
    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(site_put_org(site, "BRANCH-B1", "TOWN-A", "county", NULL), 0);
    site_settle(site);
    assert_int_equal(site_tally(site, "town", "BRANCH-B1").expected, 2);
    site_assert_findings(site, 0);
}

static void the_totals_of_an_org_move_with_its_area(void **state)
{
    Site *site = *state;

    begin_day(site);
    site_event(site, "t-a", 1, "in day m6 2026-11-05T09:00:00+08:00");
    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(site_put_org(site, "BRANCH-B1", "TOWN-B", "other", NULL), 0);
    assert_int_equal(site_put_org(site, "TOWN-A", "COUNTY", "other", NULL), 0);
    site_settle(site);
    assert_int_equal(site_tally(site, "day", "BRANCH-B1").present, 1);
    assert_int_equal(site_guests(site, "day", "TOWN-A", "BRANCH-B1"), 1);
    site_event(site, "t-a", 2, "void - - 2026-11-05T09:00:00+08:00 of=1");
    assert_int_equal(site_tally(site, "day", "BRANCH-B1").present, 0);
    assert_int_equal(site_guests(site, "day", "TOWN-A", "BRANCH-B1"), 0);
    site_assert_findings(site, 0);
}

static void an_org_cannot_stand_below_itself(void **state)
{
    Site *site = *state;

    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(site_put_org(site, "COUNTY", "BRANCH-A1", "county", NULL), ROSTER_E_CYCLE);
    assert_int_equal(site_put_org(site, "COUNTY", "COUNTY", "county", NULL), ROSTER_E_CYCLE);
    assert_int_equal(site_put_org(site, "NEW", "NOWHERE", "county", NULL), ROSTER_E_UNKNOWN_PARENT);
    store_rollback(site->store);
}

static void what_is_stated_twice_is_the_same(void **state)
{
    Site *site = *state;

    for (int i = 0; i < 2; i++) {
        RosterChange wanted = i ? ROSTER_SAME : ROSTER_ADDED, change;
        int64_t version = store_roster_version(site->store);
        assert_int_equal(store_begin(site->store), 0);
        assert_int_equal(site_put_org(site, "BRANCH-N", "TOWN-A", "new", &change), 0);
        assert_int_equal(change, wanted);
        assert_int_equal(site_put_point(site, "P-N", "BRANCH-N", &change), 0);
        assert_int_equal(change, wanted);
        assert_int_equal(site_put_terminal(site, "t-n", "P-N", &change), 0);
        assert_int_equal(change, wanted);
        assert_int_equal(
            site_put_member(site, "m9 BRANCH-N 2026-02-01 2026-12-31 card-9 2026-03-01 2026-03-31", &change),
            0);
        assert_int_equal(change, wanted);
        assert_int_equal(
            site_put_session(site, "s9 BRANCH-N 2026-11-07 09:00 90 60 2026-11-30 P-A P-N", &change), 0);
        assert_int_equal(change, wanted);
        assert_int_equal(roster_put_invitation(site->store, "s9", "m9", &change), 0);
        assert_int_equal(change, wanted);
        RosterSettled settled = site_settle(site);
        assert_int_equal(store_roster_version(site->store), i ? version : version + 1);
        assert_int_equal(settled.attendances, i ? 0 : 1); // the invited member alone
    }
    site_assert_findings(site, 0);
}

static void a_card_cannot_be_two_members_from_one_day(void **state)
{
    Site *site = *state;

    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(site_put_member(site, "m2 BRANCH-A1 2026-01-01 - card-m1", NULL), ROSTER_E_CARD_HELD);
    store_rollback(site->store);
}

static void a_terminal_cannot_change_its_area(void **state)
{
    Site *site = *state;
    RosterChange change;

    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(roster_put_terminal(site->store,
                                         &(TerminalPut){.name = "t-a", .area = "other", .point = "P-A"},
                                         &change),
                     ROSTER_E_AREA_CHANGE);
    assert_int_equal(site_put_terminal(site, "t-a", "P-B", &change), 0);
    assert_int_equal(change, ROSTER_CHANGED);
    store_rollback(site->store);
}

static bool keep_m2(void *user, const char *member)
{
    (void)user;
    return strcmp(member, "m2") == 0;
}

static void the_guard_counts_whose_membership_ends_and_transfers_are_no_ends(void **state)
{
    Site *site = *state;
    RosterSnapshot *snapshot;
    CountyEnded *counties;
    size_t count;

    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(roster_snapshot(site->store, &snapshot), 0);
    assert_int_equal(site_put_member(site, "m1 BRANCH-B1 2026-12-01", NULL), 0);
    assert_int_equal(site_put_member(site, "m2 BRANCH-A1 2026-01-01 2026-12-31", NULL), 0);
    assert_int_equal(site_put_member(site, "m8 BRANCH-A1 2026-12-01", NULL), 0);
    assert_int_equal(roster_snapshot_ended(site->store, snapshot, &counties, &count), 0);
    int64_t members = 0, ended = 0;
    for (size_t i = 0; i < count; i++) {
        members += counties[i].members;
        ended += counties[i].ended;
    }
    assert_int_equal(members, 7);
    assert_int_equal(ended, 1);
    free(counties);
    roster_snapshot_free(snapshot);
    store_rollback(site->store);
}

static void a_complete_roster_ends_everybody_else(void **state)
{
    Site *site = *state;
    int64_t ended;
    Date date;

    begin_day(site);
    assert_true(date_parse("2026-11-05", &date));
    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(roster_end_others(site->store, date, keep_m2, NULL, &ended), 0);
    assert_int_equal(ended, 6);
    site_settle(site);
    assert_int_equal(site_tally(site, "day", "BRANCH-A1").expected, 1);
    assert_int_equal(site_tally(site, "day", "BRANCH-B1").expected, 0);
    site_assert_findings(site, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, site_setup, site_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(obligations_are_made_when_a_session_opens_and_not_before),
        TEST(r5_a_transfer_before_the_session_moves_the_obligation),
        TEST(r5_a_transfer_after_the_session_changes_nothing_that_has_happened),
        TEST(r5_to_is_the_last_day),
        TEST(r7_who_joins_later_is_not_expected_and_counts_as_a_guest),
        TEST(r7_an_exemption_takes_a_member_out_of_the_expected_on_its_days),
        TEST(r7_invitations_take_the_place_of_the_scope),
        TEST(a_roster_change_reaches_rows_of_a_session_that_is_still_to_open),
        TEST(an_org_that_moves_takes_its_members_along),
        TEST(the_totals_of_an_org_move_with_its_area),
        TEST(an_org_cannot_stand_below_itself),
        TEST(what_is_stated_twice_is_the_same),
        TEST(a_card_cannot_be_two_members_from_one_day),
        TEST(a_terminal_cannot_change_its_area),
        TEST(the_guard_counts_whose_membership_ends_and_transfers_are_no_ends),
        TEST(a_complete_roster_ends_everybody_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
