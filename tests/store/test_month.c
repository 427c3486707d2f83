#include "tests/store/site.h"

#include <stdio.h>
#include <string.h>

#include "core/store/month.h"

// Closed months (R18, R24): what is still stored and folded about them, what is pending, what holds still
// against the roster and what does not, and that the proofs find nothing all the while.

#define NOVEMBER (2026 * 12 + 10)

// "nov" is in the month that is closed, "dec" in the next one, which stays open.
static void begin_months(Site *site)
{
    site->now = site_time("2026-12-20 12:00");
    assert_int_equal(store_begin(site->store), 0);
    site_session(site, "nov", "CITY", "2026-11-05 09:00");
    site_session(site, "dec", "CITY", "2026-12-05 09:00");
    site_settle(site);
}

static int seal_month(Site *site)
{
    MonthRevision revision = {
        .month = NOVEMBER, .at = site->now, .who = "uid:1 clerk", .why = "because", .definitions = 1};
    int number = -1;

    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(month_seal(site->store, &revision, &number), 0);
    assert_int_equal(store_commit(site->store), 0);
    return number;
}

static void reopen_month(Site *site)
{
    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(month_reopen(site->store, NOVEMBER), 0);
    site_settle(site);
}

static MonthStanding standing_of(Site *site)
{
    MonthStanding standing;

    assert_int_equal(month_standing(site->store, NOVEMBER, &standing), 0);
    return standing;
}

static int change_append(void *user, const MonthChange *c)
{
    Text *text = user;

    text_appendf(text, "%s %s %s %s>%s %d>%d", c->session, c->member ? c->member : c->after_point, c->org,
                 c->before ? c->before : "-", c->after ? c->after : "-", c->before_credit, c->after_credit);
    for (unsigned i = 0; i < MONTH_WHAT_COUNT; i++)
        if (c->what & 1u << i)
            text_appendf(text, " %s", month_what_word((MonthWhat)(1u << i)));
    text_appendf(text, " by %s", c->cause);
    if (c->terminal)
        text_appendf(text, " %s:%llu", c->terminal, (unsigned long long)c->seq);
    text_append(text, "\n");
    return 0;
}

/// The changes of a revision, or the pending ones, one a line: they must be `expected`.
static void assert_changes(Site *site, int revision, const char *expected)
{
    CLEANUP(cleanup_text) Text text = {0};

    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(month_each_change(site->store, NOVEMBER, revision, change_append, &text), 0);
    store_rollback(site->store);
    ledger_rollback(site->ledger);
    assert_string_equal(text_cstr(&text), expected);
}

static void assert_sound(Site *site)
{
    site_assert_findings(site, 0);
}

static void a_month_is_open_until_it_is_sealed(void **state)
{
    Site *site = *state;

    begin_months(site);
    assert_int_equal(standing_of(site).state, MONTH_OPEN);
    assert_int_equal(standing_of(site).revision, -1);
    assert_int_equal(seal_month(site), 0);
    assert_int_equal(standing_of(site).state, MONTH_CLOSED);
    assert_int_equal(standing_of(site).revision, 0);
    assert_changes(site, MONTH_PENDING, "");
    assert_sound(site);
}

static void r18_an_event_about_a_closed_month_is_folded_and_pending(void **state)
{
    Site *site = *state;

    begin_months(site);
    site_event(site, "t-a", 1, "in nov m1 2026-11-05T08:58:12+08:00");
    seal_month(site);
    site_event(site, "t-a", 2, "in nov m2 2026-11-05T09:20:00+08:00");
    assert_string_equal(site_record(site, "m2", "nov"), "late 70 90 no-out");
    assert_changes(site, MONTH_PENDING,
                   "nov m2 BRANCH-A1 absent>late 0>90 status credit point by event t-a:2\n");
    assert_sound(site);
}

static void an_event_of_an_open_month_is_not_pending(void **state)
{
    Site *site = *state;

    begin_months(site);
    seal_month(site);
    site_event(site, "t-a", 1, "in dec m1 2026-12-05T08:58:12+08:00");
    assert_changes(site, MONTH_PENDING, "");
}

static void a_change_that_is_taken_back_is_no_longer_pending(void **state)
{
    Site *site = *state;

    begin_months(site);
    site_event(site, "t-a", 1, "leave nov m1 2026-11-04T08:00:00+08:00");
    seal_month(site);
    site_event(site, "t-a", 2, "in nov m1 2026-11-05T08:58:12+08:00");
    site_event(site, "t-a", 3, "void - - 2026-11-05T08:59:00+08:00 of=2");
    assert_changes(site, MONTH_PENDING, "");
    assert_sound(site);
}

static void the_first_cause_stays_and_the_last_state_shows(void **state)
{
    Site *site = *state;

    begin_months(site);
    site_event(site, "t-a", 1, "in nov m2 2026-11-05T08:58:12+08:00");
    seal_month(site);
    site_event(site, "t-a", 2, "leave nov m1 2026-11-05T08:00:00+08:00");
    site_event(site, "t-a", 3, "in nov m1 2026-11-05T08:58:12+08:00");
    site_reopen(site);
    assert_changes(site, MONTH_PENDING,
                   "nov m1 BRANCH-A1 absent>present 0>90 status credit point by event t-a:2\n");
}

static void a_void_is_pending_with_the_event_that_voids(void **state)
{
    Site *site = *state;

    begin_months(site);
    site_event(site, "t-a", 1, "in nov m1 2026-11-05T08:58:12+08:00");
    seal_month(site);
    site_event(site, "t-a", 2, "void - - 2026-11-05T08:59:00+08:00 of=1");
    assert_changes(site, MONTH_PENDING,
                   "nov m1 BRANCH-A1 present>absent 90>0 status credit point by void t-a:2\n");
    assert_sound(site);
}

static void a_guest_of_a_closed_month_is_pending(void **state)
{
    Site *site = *state;

    begin_months(site);
    assert_int_equal(store_begin(site->store), 0);
    site_session(site, "town", "TOWN-A", "2026-11-06 09:00");
    site_settle(site);
    site_event(site, "t-a", 1, "in town m1 2026-11-06T08:58:00+08:00");
    seal_month(site);
    site_event(site, "t-a", 2, "in town m7 2026-11-06T08:58:00+08:00");
    assert_changes(site, MONTH_PENDING,
                   "town m7 BRANCH-B1 ->present 0>90 status credit point by event t-a:2\n");
    assert_sound(site);
}

static void a_point_that_reports_after_the_closing_is_pending_with_its_members(void **state)
{
    Site *site = *state;

    begin_months(site);
    site_event(site, "t-b", 1, "in nov m6 2026-11-05T08:58:00+08:00");
    seal_month(site);
    site_event(site, "t-a", 1, "leave nov m1 2026-11-05T08:58:00+08:00");
    assert_changes(site, MONTH_PENDING,
                   "nov P-A TOWN-A silent>reported 0>0 coverage by coverage\n"
                   "nov m1 BRANCH-A1 unreported>leave 0>0 status by event t-a:1\n");
    assert_sound(site);
}

static void a_parked_event_that_becomes_known_is_pending(void **state)
{
    Site *site = *state;

    begin_months(site);
    assert_int_equal(site_event(site, "t-a", 1, "in nov m9 2026-11-05T08:58:00+08:00"), LEDGER_PARKED);
    seal_month(site);
    assert_int_equal(store_begin(site->store), 0);
    site_member(site, "m9", "BRANCH-A1", "2026-01-01", NULL);
    assert_int_equal(site_settle(site).unparked, 1);
    assert_string_equal(site_record(site, "m9", "nov"), "present 90 90 no-out");
    assert_changes(site, MONTH_PENDING,
                   "nov m9 BRANCH-A1 ->present 0>90 status credit point duty by event t-a:1\n");
    assert_sound(site);
}

static void a_revision_takes_the_pending_changes_and_starts_afresh(void **state)
{
    Site *site = *state;

    begin_months(site);
    site_event(site, "t-a", 1, "in nov m2 2026-11-05T08:58:12+08:00");
    seal_month(site);
    site_event(site, "t-a", 2, "in nov m1 2026-11-05T08:58:12+08:00");
    assert_int_equal(seal_month(site), 1);
    assert_changes(site, 0, "");
    assert_changes(site, 1, "nov m1 BRANCH-A1 absent>present 0>90 status credit point by event t-a:2\n");
    assert_changes(site, MONTH_PENDING, "");
    site_event(site, "t-a", 3, "void - - 2026-11-05T08:59:00+08:00 of=2");
    assert_changes(site, MONTH_PENDING,
                   "nov m1 BRANCH-A1 present>absent 90>0 status credit point by void t-a:3\n");
    assert_sound(site);
}

static void a_retroactive_transfer_moves_the_open_month_and_not_the_closed_one(void **state)
{
    Site *site = *state;

    begin_months(site);
    site_event(site, "t-a", 1, "in nov m1 2026-11-05T08:58:12+08:00");
    seal_month(site);
    assert_int_equal(store_begin(site->store), 0);
    site_member(site, "m1", "BRANCH-B1", "2026-10-01", NULL);
    site_member(site, "m8", "BRANCH-B1", "2026-10-01", NULL);
    site_settle(site);
    assert_int_equal(site_tally(site, "nov", "BRANCH-A1").expected, 3);
    assert_int_equal(site_tally(site, "nov", "BRANCH-B1").expected, 2);
    assert_int_equal(site_tally(site, "dec", "BRANCH-A1").expected, 2);
    assert_int_equal(site_tally(site, "dec", "BRANCH-B1").expected, 4);
    assert_changes(site, MONTH_PENDING, "");
    assert_sound(site);
    // What comes about it later is still counted where the member was expected.
    site_event(site, "t-a", 2, "void - - 2026-11-05T08:59:00+08:00 of=1");
    assert_int_equal(site_tally(site, "nov", "BRANCH-A1").present, 0);
    assert_int_equal(site_tally(site, "nov", "BRANCH-A1").expected, 3);
    assert_sound(site);
}

static void reopening_follows_the_roster_and_lists_what_that_changed(void **state)
{
    Site *site = *state;

    begin_months(site);
    site_event(site, "t-a", 1, "in nov m1 2026-11-05T08:58:12+08:00");
    seal_month(site);
    assert_int_equal(store_begin(site->store), 0);
    site_member(site, "m1", "BRANCH-B1", "2026-10-01", NULL);
    site_settle(site);
    reopen_month(site);
    assert_int_equal(standing_of(site).state, MONTH_REOPENED);
    assert_int_equal(site_tally(site, "nov", "BRANCH-B1").expected, 3);
    assert_changes(site, MONTH_PENDING, "nov m1 BRANCH-B1 present>present 90>90 org by roster\n");
    assert_sound(site);
    assert_int_equal(seal_month(site), 1);
    assert_changes(site, 1, "nov m1 BRANCH-B1 present>present 90>90 org by roster\n");
}

static void a_rebuild_leaves_what_a_closed_month_holds(void **state)
{
    Site *site = *state;
    VerifySummary summary;

    begin_months(site);
    site_event(site, "t-a", 1, "in nov m1 2026-11-05T08:58:12+08:00");
    seal_month(site);
    assert_int_equal(store_begin(site->store), 0);
    site_member(site, "m1", "BRANCH-B1", "2026-10-01", NULL);
    site_member(site, "m8", "BRANCH-B1", "2026-10-01", NULL);
    site_settle(site);
    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(recompute_apply(site->store, site->now, NULL, NULL, &summary), 0);
    assert_int_equal(store_commit(site->store), 0);
    assert_int_equal(site_tally(site, "nov", "BRANCH-A1").expected, 3);
    assert_int_equal(site_tally(site, "nov", "BRANCH-A1").present, 1);
    assert_int_equal(site_tally(site, "nov", "BRANCH-B1").expected, 2);
    assert_changes(site, MONTH_PENDING, "");
    assert_sound(site);
}

static RosterChange put_session(Site *site, const char *code, const char *starts, int32_t minutes, int *ret_r)
{
    RosterChange change = ROSTER_SAME;
    SessionPut put = {.code = code,
                      .title = code,
                      .org = "CITY",
                      .kind = SESSION_STUDY_DAY,
                      .starts = site_time(starts),
                      .ends = site_time(starts) + 90 * TIME_MINUTE,
                      .minutes = minutes,
                      .makeup_until = DATE_NONE};

    *ret_r = roster_put_session(site->store, &put, &change);
    return change;
}

static void sessions_of_a_closed_month_are_neither_changed_nor_added_nor_moved_in(void **state)
{
    Site *site = *state;
    RosterChange change;
    int r;

    begin_months(site);
    seal_month(site);
    assert_int_equal(store_begin(site->store), 0);
    put_session(site, "nov", "2026-11-05 09:00", 45, &r);
    assert_int_equal(r, ROSTER_E_CLOSED);
    put_session(site, "nov", "2026-12-06 09:00", 90, &r);
    assert_int_equal(r, ROSTER_E_CLOSED);
    put_session(site, "dec", "2026-11-30 23:00", 90, &r);
    assert_int_equal(r, ROSTER_E_CLOSED);
    put_session(site, "new", "2026-11-12 09:00", 90, &r);
    assert_int_equal(r, ROSTER_E_CLOSED);
    assert_int_equal(put_session(site, "nov", "2026-11-05 09:00", 90, &r), ROSTER_SAME);
    assert_int_equal(r, 0);
    assert_int_equal(roster_put_invitation(site->store, "nov", "m1", &change), ROSTER_E_CLOSED);
    put_session(site, "dec", "2026-12-05 09:00", 45, &r);
    assert_int_equal(r, 0);
    site_settle(site);
    assert_sound(site);
}

static void r1_a_loose_event_of_a_closed_month_stays_with_its_session(void **state)
{
    Site *site = *state;

    begin_months(site);
    assert_int_equal(store_begin(site->store), 0);
    site_session(site, "late", "CITY", "2026-11-30 22:00");
    site_settle(site);
    assert_int_equal(site_event(site, "t-a", 1, "in - m1 2026-11-30T23:40:00+08:00"), LEDGER_STORED);
    seal_month(site);
    assert_int_equal(store_begin(site->store), 0);
    site_session(site, "early", "CITY", "2026-12-01 00:00"); // its start is nearer
    assert_int_equal(site_settle(site).moved, 0);
    assert_string_equal(site_record(site, "m1", "early"), "unreported 0 0");
    assert_sound(site);
    reopen_month(site);
    assert_string_equal(site_record(site, "m1", "early"), "present 90 90 no-out");
    assert_sound(site);
}

static void r3_a_card_that_changes_hands_later_does_not_move_what_a_closed_month_has(void **state)
{
    Site *site = *state;
    RosterChange change;

    begin_months(site);
    site_event(site, "t-a", 1, "in nov card:card-m1 2026-11-05T08:58:00+08:00");
    seal_month(site);
    assert_int_equal(store_begin(site->store), 0);
    MemberPut put = {.code = "m1",
                     .name = "m1",
                     .org = "BRANCH-A1",
                     .from = NOVEMBER, // long before: the card of 2026 is another one all the time
                     .to = DATE_NONE,
                     .card = "card-new",
                     .exempt_from = DATE_NONE,
                     .exempt_to = DATE_NONE};
    assert_true(date_parse("2026-11-01", &put.from));
    assert_int_equal(roster_put_member(site->store, &put, &change), 0);
    site_settle(site);
    assert_string_equal(site_record(site, "m1", "nov"), "present 90 90 no-out");
    assert_changes(site, MONTH_PENDING, "");
    assert_sound(site);
}

static void a_new_point_does_not_enter_the_sessions_of_a_closed_month(void **state)
{
    Site *site = *state;
    CLEANUP(cleanup_free) SessionPoint *points = NULL;
    RosterChange change;
    SessionList list;
    OrgTree tree;
    size_t count;

    begin_months(site);
    seal_month(site);
    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(
        roster_put_point(site->store, &(PointPut){.code = "P-C", .org = "BRANCH-A1", .name = "P-C"}, &change),
        0);
    site_settle(site);
    assert_int_equal(query_session(site->store, "nov", &list), 0);
    assert_int_equal(org_tree_load(site->store, list.rows[0].date, &tree), 0);
    assert_int_equal(query_session_points(site->store, &list.rows[0], &tree, &points, &count), 0);
    assert_int_equal(count, 2);
    session_list_deinit(&list);
    org_tree_deinit(&tree);
    assert_changes(site, MONTH_PENDING, "");
    assert_sound(site);
}

static void a_rollback_leaves_the_month_open(void **state)
{
    Site *site = *state;
    MonthRevision revision = {.month = NOVEMBER, .at = site->now, .definitions = 1};
    int number;

    begin_months(site);
    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(month_seal(site->store, &revision, &number), 0);
    store_rollback(site->store);
    assert_int_equal(standing_of(site).state, MONTH_OPEN);
    site_event(site, "t-a", 1, "in nov m1 2026-11-05T08:58:12+08:00");
    assert_changes(site, MONTH_PENDING, "");
}

static int row_append(void *user, const MonthRow *row)
{
    text_appendf(user, "%d %s %s %lld %lld\n", row->depth, row->org, row->name,
                 (long long)row->figures.sessions, (long long)row->figures.target_met);
    return 0;
}

static void rows_and_sessions_come_back_as_they_were_stored(void **state)
{
    Site *site = *state;
    CLEANUP(cleanup_text) Text text = {0};

    begin_months(site);
    seal_month(site);
    assert_int_equal(store_begin(site->store), 0);
    MonthRow rows[] = {{.org = "CITY", .name = "City", .figures = {.sessions = 1, .target_met = 21}},
                       {.org = "COUNTY", .name = "County", .depth = 1, .figures = {.sessions = 2}}};
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(month_add_row(site->store, NOVEMBER, 0, i, &rows[i]), 0);
    assert_int_equal(store_commit(site->store), 0);
    assert_int_equal(month_each_row(site->store, NOVEMBER, 0, row_append, &text), 0);
    assert_int_equal(month_each_row(site->store, NOVEMBER, 1, row_append, &text), 0);
    assert_string_equal(text_cstr(&text), "0 CITY City 1 21\n1 COUNTY County 2 0\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, site_setup, site_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_month_is_open_until_it_is_sealed),
        TEST(r18_an_event_about_a_closed_month_is_folded_and_pending),
        TEST(an_event_of_an_open_month_is_not_pending),
        TEST(a_change_that_is_taken_back_is_no_longer_pending),
        TEST(the_first_cause_stays_and_the_last_state_shows),
        TEST(a_void_is_pending_with_the_event_that_voids),
        TEST(a_guest_of_a_closed_month_is_pending),
        TEST(a_point_that_reports_after_the_closing_is_pending_with_its_members),
        TEST(a_parked_event_that_becomes_known_is_pending),
        TEST(a_revision_takes_the_pending_changes_and_starts_afresh),
        TEST(a_retroactive_transfer_moves_the_open_month_and_not_the_closed_one),
        TEST(reopening_follows_the_roster_and_lists_what_that_changed),
        TEST(a_rebuild_leaves_what_a_closed_month_holds),
        TEST(sessions_of_a_closed_month_are_neither_changed_nor_added_nor_moved_in),
        TEST(r1_a_loose_event_of_a_closed_month_stays_with_its_session),
        TEST(r3_a_card_that_changes_hands_later_does_not_move_what_a_closed_month_has),
        TEST(a_new_point_does_not_enter_the_sessions_of_a_closed_month),
        TEST(a_rollback_leaves_the_month_open),
        TEST(rows_and_sessions_come_back_as_they_were_stored),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
