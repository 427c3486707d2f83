#include "tests/store/site.h"

#include <stdio.h>
#include <string.h>

#include "core/store/roster_watch.h"

// Orgs and members through time: what a day's session sees is the roster of that day, however late it is
// stated, and what cannot be true of one day is found.

#define BEFORE "2026-11-05"
#define MOVE "2026-11-12"
#define AFTER "2026-11-19"

static void begin_days(Site *site, const char *org)
{
    char line[120];

    snprintf(line, sizeof(line), "before %s " BEFORE " 09:00 90 90 -", org);
    site_state_session(site, line);
    snprintf(line, sizeof(line), "after %s " AFTER " 09:00 90 90 -", org);
    site_state_session(site, line);
}

static void r7_an_org_that_moves_leaves_the_scope_from_that_day_on(void **state)
{
    Site *site = *state;

    begin_days(site, "TOWN-A");
    assert_int_equal(site_tally(site, "after", "BRANCH-A2").expected, 2);
    site_state_org(site, "BRANCH-A2 TOWN-B county " MOVE);
    assert_int_equal(site_tally(site, "before", "BRANCH-A2").expected, 2);
    assert_int_equal(site_tally(site, "after", "BRANCH-A2").expected, 0);
    assert_string_equal(site_record(site, "m4", "after"), "-");
    site_assert_findings(site, 0);
}

static void r7_the_day_of_the_move_belongs_to_the_new_place(void **state)
{
    Site *site = *state;

    begin_days(site, "TOWN-B");
    site_state_org(site, "BRANCH-A2 TOWN-B county " AFTER);
    assert_int_equal(site_tally(site, "after", "BRANCH-A2").expected, 2);
    site_state_org(site, "BRANCH-A2 TOWN-A county " AFTER); // corrected in place
    assert_int_equal(site_tally(site, "after", "BRANCH-A2").expected, 0);
    site_assert_findings(site, 0);
}

static void r18_a_whole_subtree_moves_with_its_org(void **state)
{
    Site *site = *state;

    begin_days(site, "TOWN-B");
    site_state_org(site, "TOWN-A TOWN-B county " MOVE);
    assert_int_equal(site_tally(site, "before", "BRANCH-A1").expected, 0);
    assert_int_equal(site_tally(site, "after", "BRANCH-A1").expected, 3);
    assert_int_equal(site_tally(site, "after", "BRANCH-A2").expected, 2);
    site_assert_findings(site, 0);
}

static void r20_who_was_a_guest_is_none_after_the_move(void **state)
{
    Site *site = *state;

    begin_days(site, "CITY");
    site_event(site, "t-b", 1, "in before m4 " BEFORE "T09:00:00+08:00");
    site_event(site, "t-b", 2, "in after m4 " AFTER "T09:00:00+08:00");
    assert_int_equal(site_guests(site, "after", "TOWN-B", "BRANCH-A2"), 1);
    site_state_org(site, "BRANCH-A2 TOWN-B county " MOVE);
    assert_int_equal(site_guests(site, "before", "TOWN-B", "BRANCH-A2"), 1);
    assert_int_equal(site_guests(site, "after", "TOWN-B", "BRANCH-A2"), 0);
    site_assert_findings(site, 0);
}

static void r11_the_own_point_is_that_of_the_place_on_the_day(void **state)
{
    Site *site = *state;

    begin_days(site, "CITY");
    site_event(site, "t-a", 1, "in before m1 " BEFORE "T09:00:00+08:00");
    site_event(site, "t-a", 2, "in after m1 " AFTER "T09:00:00+08:00");
    assert_string_equal(site_record(site, "m4", "before"), "absent 0 0");
    assert_string_equal(site_record(site, "m4", "after"), "absent 0 0");
    site_state_org(site, "BRANCH-A2 TOWN-B county " MOVE);
    assert_string_equal(site_record(site, "m4", "before"), "absent 0 0");
    assert_string_equal(site_record(site, "m4", "after"), "unreported 0 0"); // P-B is silent
    site_assert_findings(site, 0);
}

static void r2_loose_events_follow_the_place_of_the_point_on_the_day(void **state)
{
    Site *site = *state;

    begin_days(site, "TOWN-B");
    assert_int_equal(site_event(site, "t-a", 1, "in - m1 " BEFORE "T09:00:00+08:00"), LEDGER_PARKED);
    assert_int_equal(site_event(site, "t-a", 2, "in - m1 " AFTER "T09:00:00+08:00"), LEDGER_PARKED);
    site_state_org(site, "TOWN-A TOWN-B county " MOVE);
    assert_string_equal(site_record(site, "m1", "before"), "-");
    assert_string_equal(site_record(site, "m1", "after"), "present 90 90 no-out");
    site_assert_findings(site, 0);
}

static void an_org_that_begins_or_ends_is_there_in_its_time_only(void **state)
{
    Site *site = *state;

    begin_days(site, "CITY");
    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(site_put_org_then(site, "BRANCH-N TOWN-A county 2026-11-10 2026-11-15", NULL), 0);
    assert_int_equal(site_put_session(site, "early BRANCH-N 2026-11-09 09:00 60 60 -", NULL),
                     ROSTER_E_NOT_THEN);
    assert_int_equal(site_put_session(site, "there BRANCH-N 2026-11-15 09:00 60 60 -", NULL), 0);
    assert_int_equal(site_put_session(site, "late BRANCH-N 2026-11-16 09:00 60 60 -", NULL),
                     ROSTER_E_NOT_THEN);
    assert_int_equal(site_put_member(site, "m8 BRANCH-N 2026-11-10 2026-11-15", NULL), 0);
    site_settle(site);
    assert_string_equal(site_record(site, "m8", "there"), "absent 0 0");
    assert_string_equal(site_record(site, "m8", "after"), "-");
    site_assert_findings(site, 0);
}

static void totals_go_to_the_area_of_the_latest_state(void **state)
{
    Site *site = *state;

    begin_days(site, "CITY");
    site_event(site, "t-b", 1, "in before m4 " BEFORE "T09:00:00+08:00");
    site_state_org(site, "BRANCH-A2 TOWN-B other " MOVE);
    site_state_org(site, "TOWN-B COUNTY third " MOVE); // hosts the guests
    assert_int_equal(site_tally(site, "before", "BRANCH-A2").expected, 2);
    assert_int_equal(site_guests(site, "before", "TOWN-B", "BRANCH-A2"), 1);
    site_assert_findings(site, 0);
    site_state_org(site, "BRANCH-A2 TOWN-A county " MOVE);
    assert_int_equal(site_tally(site, "after", "BRANCH-A2").expected, 2);
    site_assert_findings(site, 0);
}

static void stating_an_org_again_changes_nothing(void **state)
{
    Site *site = *state;
    RosterChange change;
    const char *const lines[] = {"BRANCH-A2 TOWN-B county 2026-11-12", "BRANCH-A2 TOWN-B county 2026-12-01",
                                 "BRANCH-A2 TOWN-B county", "BRANCH-A2 TOWN-A county 2026-11-01"};

    site_state_org(site, lines[0]);
    assert_int_equal(store_begin(site->store), 0);
    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        assert_int_equal(site_put_org_then(site, lines[i], &change), 0);
        assert_int_equal(change, ROSTER_SAME);
    }
    store_rollback(site->store);
}

static void without_a_day_the_latest_state_is_corrected(void **state)
{
    Site *site = *state;

    begin_days(site, "TOWN-B");
    site_state_org(site, "BRANCH-A2 TOWN-B county " MOVE);
    site_state_org(site, "BRANCH-A2 COUNTY county");
    assert_int_equal(site_tally(site, "after", "BRANCH-A2").expected, 0);
    site_state_org(site, "BRANCH-A2 TOWN-B county");
    assert_int_equal(site_tally(site, "before", "BRANCH-A2").expected, 0);
    assert_int_equal(site_tally(site, "after", "BRANCH-A2").expected, 2);
    site_assert_findings(site, 0);
}

static void no_org_comes_to_stand_below_itself_on_any_day(void **state)
{
    Site *site = *state;

    site_state_org(site, "TOWN-B BRANCH-A1 county 2026-12-01");
    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(site_put_org_then(site, "TOWN-A BRANCH-B1 county 2026-12-01", NULL), ROSTER_E_CYCLE);
    assert_int_equal(site_put_org_then(site, "TOWN-A BRANCH-B1 county " MOVE, NULL),
                     ROSTER_E_CYCLE); // later on
    assert_int_equal(site_put_org_then(site, "TOWN-A BRANCH-B1 county " MOVE " 2026-11-30", NULL), 0);
    assert_int_equal(site_put_org_then(site, "TOWN-A TOWN-A county " MOVE, NULL), ROSTER_E_CYCLE);
    store_rollback(site->store);
}

static void an_end_before_the_beginning_is_refused_with_both_days(void **state)
{
    Site *site = *state;
    char from[CLOCK_TEXT_SIZE];

    site_state_org(site, "BRANCH-A2 TOWN-B county " MOVE);
    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(site_put_org_then(site, "BRANCH-A2 TOWN-B county - " BEFORE, NULL), ROSTER_E_ENDS_EARLY);
    RosterClash clash = roster_last_clash(site->store);
    date_format(clash.from, from);
    assert_string_equal(from, MOVE);
    assert_string_equal(clash.code, "BRANCH-A2");
    store_rollback(site->store);
}

static int conflict_say(void *user, const RosterConflict *conflict)
{
    static const char *const kinds[] = {"parent", "home", "session", "exemption"};
    char days[4][CLOCK_TEXT_SIZE] = {"-", "-", "-", "-"};
    const Date dates[] = {conflict->from, conflict->day, conflict->begins, conflict->ends};

    for (int i = 0; i < 4; i++)
        if (dates[i] != DATE_NONE)
            date_format(dates[i], days[i]);
    text_appendf(user, "%s %s %s %s %s %s %s\n", kinds[conflict->kind], conflict->subject, days[0],
                 conflict->org, days[1], days[2], days[3]);
    return 0;
}

static void assert_conflicts(Site *site, const char *expected)
{
    CLEANUP(cleanup_text) Text found = {0};

    assert_int_equal(roster_conflicts(site->store, conflict_say, &found), 0);
    assert_string_equal(text_cstr(&found), expected);
}

static void what_an_org_holds_when_it_ends_is_found(void **state)
{
    Site *site = *state;

    begin_days(site, "BRANCH-B1");
    assert_conflicts(site, "");
    site_state_org(site, "BRANCH-B1 TOWN-B county - " MOVE);
    site_state_member(site, "m6 BRANCH-A1 2026-11-13"); // the day after: moved in time
    assert_conflicts(site, "home m7 2026-01-01 BRANCH-B1 2026-11-13 - " MOVE "\n"
                           "session after " AFTER " BRANCH-B1 " AFTER " - " MOVE "\n");
    site_state_org(site, "TOWN-A COUNTY county - " MOVE);
    site_state_org(site, "BRANCH-A1 TOWN-A county - " MOVE);
    site_state_org(site, "BRANCH-A2 TOWN-B county 2026-11-14");
    site_state_member(site, "m7 BRANCH-A2 " MOVE);
    assert_conflicts(site, "parent BRANCH-A2 - TOWN-A 2026-11-13 - " MOVE "\n"
                           "home m1 2026-01-01 BRANCH-A1 2026-11-13 - " MOVE "\n"
                           "home m2 2026-01-01 BRANCH-A1 2026-11-13 - " MOVE "\n"
                           "home m3 2026-01-01 BRANCH-A1 2026-11-13 - " MOVE "\n"
                           "home m6 2026-11-13 BRANCH-A1 2026-11-13 - " MOVE "\n"
                           "session after " AFTER " BRANCH-B1 " AFTER " - " MOVE "\n");
}

static void what_an_org_holds_before_it_begins_is_found(void **state)
{
    Site *site = *state;

    site_state_org(site, "BRANCH-N TOWN-A county " MOVE);
    site_state_member(site, "m8 BRANCH-N " BEFORE);
    site_state_member(site, "m9 BRANCH-N " MOVE);
    assert_conflicts(site, "home m8 " BEFORE " BRANCH-N " BEFORE " " MOVE " -\n");
}

static void two_exemptions_of_one_day_are_found_where_their_reasons_differ(void **state)
{
    Site *site = *state;
    RosterChange change;
    Date from;
    MemberPut put = {.code = "m1", .name = "m1", .org = "BRANCH-A1", .to = DATE_NONE, .exempt_to = DATE_NONE};

    assert_true(date_parse("2026-01-01", &put.from));
    assert_true(date_parse("2026-02-01", &from));
    assert_int_equal(store_begin(site->store), 0);
    put.exempt_from = from;
    put.exempt_reason = "illness";
    assert_int_equal(roster_put_member(site->store, &put, &change), 0);
    put.exempt_from = from + 1;
    assert_int_equal(roster_put_member(site->store, &put, &change), 0);
    assert_conflicts(site, "");
    put.exempt_from = from + 2;
    put.exempt_reason = "age";
    assert_int_equal(roster_put_member(site->store, &put, &change), 0);
    assert_conflicts(site, "exemption m1 2026-02-03 illness 2026-02-01 2026-02-01 -\n"
                           "exemption m1 2026-02-03 illness 2026-02-02 2026-02-02 -\n");
    store_rollback(site->store);
}

static void who_leaves_or_joins_in_mid_month_is_put_right_when_it_is_known(void **state)
{
    Site *site = *state;

    begin_days(site, "CITY");
    site_event(site, "t-a", 1, "in after m1 " AFTER "T09:00:00+08:00");
    site_state_member(site, "m1 BRANCH-A1 2026-01-01 " MOVE); // left, and came all the same
    assert_int_equal(site_tally(site, "before", "BRANCH-A1").expected, 3);
    assert_int_equal(site_tally(site, "after", "BRANCH-A1").expected, 2);
    assert_int_equal(site_tally(site, "after", "BRANCH-A1").present, 0);
    site_state_member(site, "m8 BRANCH-B1 " MOVE);
    assert_int_equal(site_tally(site, "before", "BRANCH-B1").expected, 2);
    assert_int_equal(site_tally(site, "after", "BRANCH-B1").expected, 3);
    site_state_member(site, "m1 BRANCH-A1 2026-01-01"); // an error: still there
    assert_int_equal(site_tally(site, "after", "BRANCH-A1").expected, 3);
    assert_int_equal(site_tally(site, "after", "BRANCH-A1").present, 1);
    site_assert_findings(site, 0);
}

static void a_transfer_that_is_dated_back_takes_the_attendance_along(void **state)
{
    Site *site = *state;

    begin_days(site, "CITY");
    site_event(site, "t-b", 1, "in before m1 " BEFORE "T09:00:00+08:00");
    site_event(site, "t-b", 2, "in after m1 " AFTER "T09:00:00+08:00");
    site_state_member(site, "m1 BRANCH-B1 " MOVE);
    assert_int_equal(site_tally(site, "before", "BRANCH-A1").present, 1);
    assert_int_equal(site_tally(site, "after", "BRANCH-B1").present, 1);
    assert_int_equal(site_guests(site, "before", "TOWN-B", "BRANCH-A1"), 1);
    assert_int_equal(site_guests(site, "after", "TOWN-B", "BRANCH-B1"), 0);
    site_state_member(site, "m1 BRANCH-B1 " BEFORE); // it was earlier, in truth
    assert_int_equal(site_tally(site, "before", "BRANCH-A1").present, 0);
    assert_int_equal(site_guests(site, "before", "TOWN-B", "BRANCH-A1"), 0);
    site_assert_findings(site, 0);
}

static bool keeps_m1(void *user, const char *member)
{
    (void)user;
    return strcmp(member, "m1") == 0;
}

static void who_has_left_does_not_come_back_by_a_later_fact(void **state)
{
    Site *site = *state;
    Date date;
    int64_t ended = 0;

    begin_days(site, "CITY");
    site_state_member(site, "m6 BRANCH-A1 " AFTER);
    assert_true(date_parse(MOVE, &date));
    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(roster_end_others(site->store, date, keeps_m1, NULL, &ended), 0);
    site_settle(site);
    assert_int_equal(ended, 6);
    assert_int_equal(site_tally(site, "before", "BRANCH-B1").expected, 2);
    assert_int_equal(site_tally(site, "after", "BRANCH-A1").expected, 1);
    assert_conflicts(site, "");
    site_assert_findings(site, 0);
}

typedef struct RoleAsked {
    int64_t member;
    MemberRole role;
} RoleAsked;

static int role_note(void *user, const MemberMonth *member)
{
    RoleAsked *asked = user;

    if (member->member == asked->member)
        asked->role = member->role;
    return 0;
}

static MemberRole role_in(Site *site, const char *code, const char *month_text)
{
    RoleAsked asked = {.role = ROLE_COUNT};
    MemberRow row = {0};
    Month month;

    assert_int_equal(query_member(site->store, code, zone_date(site->now), &row), 0);
    asked.member = row.member;
    assert_true(month_parse(month_text, &month));
    assert_int_equal(query_members_month(site->store, month, role_note, &asked), 0);
    member_row_deinit(&row);
    return asked.role;
}

static void r17_a_role_that_changes_in_mid_year_counts_from_its_day(void **state)
{
    Site *site = *state;
    RosterChange change;
    MemberPut put = {.code = "m1",
                     .name = "m1",
                     .org = "BRANCH-A1",
                     .to = DATE_NONE,
                     .role = ROLE_SECRETARY,
                     .role_stated = true,
                     .exempt_from = DATE_NONE,
                     .exempt_to = DATE_NONE};

    assert_true(date_parse("2026-06-30", &put.from));
    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(roster_put_member(site->store, &put, &change), 0);
    site_settle(site);
    assert_int_equal(role_in(site, "m1", "2026-05"), ROLE_MEMBER);
    assert_int_equal(role_in(site, "m1", "2026-06"), ROLE_SECRETARY);
    assert_int_equal(role_in(site, "m1", "2026-11"), ROLE_SECRETARY);
    site_assert_findings(site, 0);
}

static void change_say(void *user, const RosterNote *note)
{
    static const char *const words[] = {"added",    "moved", "ended", "resumed", "exempted", "role",
                                        "category", "card",  "name",  "level",   "sector",   "area"};
    char date[CLOCK_TEXT_SIZE] = "-";

    if (note->date != DATE_NONE)
        date_format(note->date, date);
    text_appendf(user, "%s %s %s %s %s\n", words[note->what], note->subject, date,
                 note->before ? note->before : "-", note->after ? note->after : "-");
}

static void a_watcher_is_told_what_was_and_what_is(void **state)
{
    Site *site = *state;
    CLEANUP(cleanup_text) Text told = {0};

    assert_int_equal(store_begin(site->store), 0);
    roster_watch(site->store, change_say, &told);
    assert_int_equal(site_put_org_then(site, "BRANCH-A2 TOWN-B other " MOVE, NULL), 0);
    assert_int_equal(site_put_org_then(site, "BRANCH-N TOWN-B county", NULL), 0);
    assert_int_equal(site_put_org_then(site, "BRANCH-N TOWN-B county - " AFTER, NULL), 0);
    assert_int_equal(site_put_org_then(site, "BRANCH-N TOWN-A county 2026-12-24", NULL), 0);
    assert_int_equal(site_put_member(site, "m1 BRANCH-B1 " MOVE, NULL), 0);
    assert_int_equal(site_put_member(site, "m2 BRANCH-A1 2026-01-01 " MOVE, NULL), 0);
    assert_int_equal(site_put_member(site, "m2 BRANCH-A1 2026-12-01", NULL), 0);
    assert_int_equal(site_put_member(site, "m3 BRANCH-A1 2026-01-01 - c-3 " MOVE, NULL), 0);
    roster_watch(site->store, NULL, NULL);
    assert_int_equal(site_put_member(site, "m4 BRANCH-B1 " MOVE, NULL), 0);
    store_rollback(site->store);
    assert_string_equal(text_cstr(&told), "moved BRANCH-A2 " MOVE " TOWN-A TOWN-B\n"
                                          "area BRANCH-A2 " MOVE " - other\n"
                                          "added BRANCH-N - - TOWN-B\n"
                                          "ended BRANCH-N " AFTER " - BRANCH-N\n"
                                          "resumed BRANCH-N 2026-12-24 - TOWN-A\n"
                                          "moved m1 " MOVE " BRANCH-A1 BRANCH-B1\n"
                                          "ended m2 " MOVE " BRANCH-A1 -\n"
                                          "resumed m2 2026-12-01 - BRANCH-A1\n"
                                          "exempted m3 " MOVE " - illness\n"
                                          "card m3 2026-01-01 - -\n");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, site_setup, site_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(r7_an_org_that_moves_leaves_the_scope_from_that_day_on),
        TEST(r7_the_day_of_the_move_belongs_to_the_new_place),
        TEST(r18_a_whole_subtree_moves_with_its_org),
        TEST(r20_who_was_a_guest_is_none_after_the_move),
        TEST(r11_the_own_point_is_that_of_the_place_on_the_day),
        TEST(r2_loose_events_follow_the_place_of_the_point_on_the_day),
        TEST(an_org_that_begins_or_ends_is_there_in_its_time_only),
        TEST(totals_go_to_the_area_of_the_latest_state),
        TEST(stating_an_org_again_changes_nothing),
        TEST(without_a_day_the_latest_state_is_corrected),
        TEST(no_org_comes_to_stand_below_itself_on_any_day),
        TEST(an_end_before_the_beginning_is_refused_with_both_days),
        TEST(what_an_org_holds_when_it_ends_is_found),
        TEST(what_an_org_holds_before_it_begins_is_found),
        TEST(two_exemptions_of_one_day_are_found_where_their_reasons_differ),
        TEST(who_leaves_or_joins_in_mid_month_is_put_right_when_it_is_known),
        TEST(a_transfer_that_is_dated_back_takes_the_attendance_along),
        TEST(who_has_left_does_not_come_back_by_a_later_fact),
        TEST(r17_a_role_that_changes_in_mid_year_counts_from_its_day),
        TEST(a_watcher_is_told_what_was_and_what_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
