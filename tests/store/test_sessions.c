#include "core/store/sessions.h"

#include <stdio.h>
#include <string.h>

#include "core/model/code.h"
#include "tests/store/site.h"

// What is said about single sessions, and how a session or an invitation is taken back.

static int put_detail(Site *site, const char *activity, const char *organiser, const char *materials,
                      RosterChange *ret_change)
{
    SessionDetailPut put = {activity, organiser, materials};

    assert_int_equal(store_begin(site->store), 0);
    int r = roster_put_session_detail(site->store, "day", &put, ret_change);
    if (r == 0)
        site_settle(site);
    else
        store_rollback(site->store);
    return r;
}

static SessionRow find_session(Site *site, const char *code, SessionList *ret_list)
{
    assert_int_equal(query_session(site->store, code, ret_list), 0);
    return ret_list->rows[0];
}

static void assert_detail(Site *site, const char *activity, const char *organiser, const char *materials)
{
    SessionList list;
    SessionDetail detail;

    assert_int_equal(query_session_detail(site->store, find_session(site, "day", &list).session, &detail), 0);
    assert_string_equal(detail.activity, activity);
    assert_string_equal(detail.organiser, organiser);
    assert_string_equal(detail.materials, materials);
    session_detail_deinit(&detail);
    session_list_deinit(&list);
}

static void a_detail_that_is_not_said_stays_as_it_is(void **state)
{
    Site *site = *state;
    RosterChange change;

    site_state_session(site, "day CITY 2026-11-05 09:00 90 90 -");
    assert_detail(site, "", "", "");
    assert_int_equal(put_detail(site, "club", "m1", "https://example.org/a", &change), 0);
    assert_int_equal(change, ROSTER_CHANGED);
    assert_int_equal(put_detail(site, NULL, "m2", NULL, &change), 0);
    assert_detail(site, "club", "m2", "https://example.org/a");
    assert_int_equal(put_detail(site, "club", NULL, NULL, &change), 0);
    assert_int_equal(change, ROSTER_SAME);
    assert_int_equal(put_detail(site, "", "", "", &change), 0);
    assert_detail(site, "", "", "");
}

static void an_unknown_organiser_changes_nothing(void **state)
{
    Site *site = *state;
    RosterChange change;

    site_state_session(site, "day CITY 2026-11-05 09:00 90 90 -");
    assert_int_equal(put_detail(site, "club", "nobody", NULL, &change), ROSTER_E_UNKNOWN_MEMBER);
    assert_detail(site, "", "", "");
}

static int append_point(void *user, const char *point, const char *name, const char *org)
{
    (void)name;
    text_appendf(user, "%s@%s ", point, org);
    return 0;
}

static void assert_route(Site *site, const char *wanted)
{
    CLEANUP(cleanup_text) Text route = {0};
    SessionList list;

    assert_int_equal(
        query_session_route(site->store, find_session(site, "day", &list).session, append_point, &route), 0);
    assert_string_equal(text_cstr(&route), wanted);
    session_list_deinit(&list);
}

static void a_route_keeps_the_order_of_its_points(void **state)
{
    Site *site = *state;
    RosterChange change;

    site_state_session(site, "day CITY 2026-11-05 09:00 90 90 - P-B P-A P-B");
    assert_route(site, "P-B@TOWN-B P-A@TOWN-A ");
    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(site_put_session(site, "day CITY 2026-11-05 09:00 90 90 - P-B P-A", &change), 0);
    assert_int_equal(change, ROSTER_SAME);
    assert_int_equal(site_put_session(site, "day CITY 2026-11-05 09:00 90 90 - P-A P-B", &change), 0);
    assert_int_equal(change, ROSTER_CHANGED);
    site_settle(site);
    assert_route(site, "P-A@TOWN-A P-B@TOWN-B ");
}

static int drop(Site *site, SessionStored *ret_stored)
{
    assert_int_equal(store_begin(site->store), 0);
    int r = roster_drop_session(site->store, "day", ret_stored);
    if (r == 0)
        site_settle(site);
    else
        store_rollback(site->store);
    return r;
}

static void a_session_without_events_is_taken_out_with_its_obligations(void **state)
{
    Site *site = *state;
    SessionStored stored;
    SessionList list;

    site_state_session(site, "day CITY 2026-11-05 09:00 90 90 - P-A");
    site_state_invitation(site, "day", "m1");
    assert_int_equal(site_tally(site, "day", "BRANCH-A1").expected, 1);
    assert_int_equal(drop(site, &stored), 0);
    assert_int_equal(query_session(site->store, "day", &list), QUERY_E_UNKNOWN);
    site_assert_findings(site, 0);
    site_state_session(site, "day CITY 2026-11-05 09:00 90 90 -"); // the number may be given again
    assert_int_equal(site_tally(site, "day", "BRANCH-A1").expected, 3);
    assert_string_equal(site_coverage(site, "day", "P-B"), "silent");
    site_assert_findings(site, 0);
}

static void a_session_with_an_event_of_a_terminal_stays(void **state)
{
    Site *site = *state;
    SessionStored stored;

    site_state_session(site, "day CITY 2026-11-05 09:00 90 90 -");
    site_event(site, "t-a", 1, "in day m1 2026-11-05T09:00:00+08:00");
    assert_int_equal(drop(site, &stored), SESSIONS_E_STORED);
    assert_int_equal(stored.members, 1);
    assert_int_equal(stored.points, 1);
    assert_int_equal(site_tally(site, "day", "BRANCH-A1").present, 1);
}

static void a_session_with_a_parked_event_stays(void **state)
{
    Site *site = *state;
    SessionStored stored;

    site_state_session(site, "day CITY 2026-11-05 09:00 90 90 -");
    site_event(site, "t-a", 1, "in day m13 2026-11-05T09:00:00+08:00");
    assert_int_equal(drop(site, &stored), SESSIONS_E_STORED);
    assert_int_equal(stored.points, 1);
}

static int keep_epoch(void *user, const EventRow *event)
{
    memcpy(user, event->epoch, ULID_SIZE);
    return 0;
}

static void a_session_with_a_void_event_of_the_office_stays(void **state)
{
    Site *site = *state;
    SessionStored stored;

    site_state_session(site, "day CITY 2026-11-05 09:00 90 90 -");
    uint64_t seq = site_office(site, false, "leave day m1 2026-11-05T09:00:00+08:00");
    char epoch[ULID_SIZE] = "";
    assert_int_equal(query_events(site->store, &(EventFilter){.terminal = NAME_OFFICE}, keep_epoch, epoch),
                     0);
    site_void(site, NAME_OFFICE, epoch, seq);
    assert_string_equal(site_record(site, "m1", "day"), "unreported 0 0");
    assert_int_equal(drop(site, &stored), SESSIONS_E_STORED);
    assert_int_equal(stored.members, 1);
    assert_int_equal(stored.points, 0);
}

static void an_event_that_names_a_session_taken_out_is_parked(void **state)
{
    Site *site = *state;
    SessionStored stored;

    site_state_session(site, "day CITY 2026-11-05 09:00 90 90 -");
    assert_int_equal(drop(site, &stored), 0);
    assert_int_equal(site_event(site, "t-a", 1, "in day m1 2026-11-05T09:00:00+08:00"), LEDGER_PARKED);
    site_state_session(site, "day CITY 2026-11-05 09:00 90 90 -");
    assert_int_equal(site_tally(site, "day", "BRANCH-A1").present, 1);
    site_assert_findings(site, 0);
}

static int drop_invitation(Site *site, const char *member, RosterChange *ret_change, int64_t *ret_left)
{
    assert_int_equal(store_begin(site->store), 0);
    int r = roster_drop_invitation(site->store, "day", member, ret_change, ret_left);
    if (r == 0)
        site_settle(site);
    else
        store_rollback(site->store);
    return r;
}

static void an_invitation_withdrawn_is_no_obligation(void **state)
{
    Site *site = *state;
    RosterChange change;
    int64_t left = -1;

    site_state_session(site, "day TOWN-A 2026-11-05 09:00 90 90 -");
    site_state_invitation(site, "day", "m1");
    site_state_invitation(site, "day", "m6"); // of another township
    assert_int_equal(site_tally(site, "day", "BRANCH-B1").expected, 1);
    assert_int_equal(drop_invitation(site, "m6", &change, &left), 0);
    assert_int_equal(change, ROSTER_CHANGED);
    assert_int_equal(left, 1);
    assert_int_equal(site_tally(site, "day", "BRANCH-B1").expected, 0);
    assert_int_equal(drop_invitation(site, "m6", &change, &left), 0);
    assert_int_equal(change, ROSTER_SAME);
    assert_int_equal(drop_invitation(site, "m1", &change, &left), 0);
    assert_int_equal(left, 0);
    assert_int_equal(site_tally(site, "day", "BRANCH-A1").expected, 3); // the subtree again
    site_assert_findings(site, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_detail_that_is_not_said_stays_as_it_is, site_setup, site_teardown),
        cmocka_unit_test_setup_teardown(an_unknown_organiser_changes_nothing, site_setup, site_teardown),
        cmocka_unit_test_setup_teardown(a_route_keeps_the_order_of_its_points, site_setup, site_teardown),
        cmocka_unit_test_setup_teardown(a_session_without_events_is_taken_out_with_its_obligations,
                                        site_setup, site_teardown),
        cmocka_unit_test_setup_teardown(a_session_with_an_event_of_a_terminal_stays, site_setup,
                                        site_teardown),
        cmocka_unit_test_setup_teardown(a_session_with_a_parked_event_stays, site_setup, site_teardown),
        cmocka_unit_test_setup_teardown(a_session_with_a_void_event_of_the_office_stays, site_setup,
                                        site_teardown),
        cmocka_unit_test_setup_teardown(an_event_that_names_a_session_taken_out_is_parked, site_setup,
                                        site_teardown),
        cmocka_unit_test_setup_teardown(an_invitation_withdrawn_is_no_obligation, site_setup, site_teardown),
    };

    return cmocka_run_group_tests_name("store sessions", tests, NULL, NULL);
}
