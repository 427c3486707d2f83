// Figures of a made-up county: every number here was added up by hand from studyday-rules(7).
#include "tests/reports/test.h"

#include "reports/figures_build.h"
#include "tests/reports/fake_query.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define NOVEMBER (2026 * 12 + 10)

// C the county, T1 and T2 townships; B1, B2 below T1, B3 below T2.
static const FakeOrg county[] = {{"C", NULL},  {"T1", "C"}, {"B1", "T1"},
                                 {"B2", "T1"}, {"T2", "C"}, {"B3", "T2"}};
static const FakeTree always[] = {{0, county, COUNT_OF(county)}};

static Time at(int month, int day)
{
    return zone_day_start(date_from_civil(2026, month, day)) + 9 * TIME_HOUR;
}

static FiguresSet build(FakeStore *fake, Time now)
{
    SessionList sessions;
    FiguresSet set;

    if (!fake->trees) {
        fake->trees = always;
        fake->tree_count = COUNT_OF(always);
    }
    assert_int_equal(query_sessions_month(fake_store(fake), NOVEMBER, &sessions), 0);
    assert_int_equal(figures_build(fake_store(fake), &sessions, NOVEMBER, now, &set), 0);
    session_list_deinit(&sessions);
    return set;
}

static const Figures *figures_of(const FiguresSet *set, const char *org)
{
    int32_t index = org_tree_find(&set->tree, org);
    assert_true(index >= 0);
    return &set->figures[index];
}

static int provisional_of(const FiguresSet *set, const char *org)
{
    return set->provisional[org_tree_find(&set->tree, org)];
}

static void counts_roll_up_to_every_ancestor(void **state)
{
    static const FakeTally tallies[] = {
        {"B1",
         {.expected = 10,
          .exempt = 1,
          .present = 4,
          .late = 2,
          .left_early = 1,
          .home = 1,
          .makeup = 1,
          .leave = 1,
          .checked = 3,
          .passed = 2,
          .not_found = 1,
          .minutes = 800}},
        {"B2", {.expected = 5, .present = 3, .nothing = 2, .minutes = 270}},
        {"B3", {.expected = 7, .present = 7, .minutes = 630}},
        {"T1", {.expected = 2, .leave = 2}},
    };
    FakeSession session = {"S", "C", at(11, 5), .tallies = tallies, .tally_count = COUNT_OF(tallies)};
    FakeStore fake = {.sessions = &session, .session_count = 1};
    FiguresSet set = build(&fake, at(11, 21));
    const Figures *t1 = figures_of(&set, "T1"), *c = figures_of(&set, "C");
    (void)state;

    assert_int_equal(t1->expected, 17);
    assert_int_equal(t1->exempt, 1);
    assert_int_equal(figures_on_site(t1), 10);
    assert_int_equal(t1->makeup, 1);
    assert_int_equal(t1->home, 1);
    assert_int_equal(t1->leave, 3);
    assert_int_equal(t1->absent, 2);
    assert_int_equal(t1->checked, 3);
    assert_int_equal(t1->passed, 2);
    assert_int_equal(t1->not_found, 1);
    assert_int_equal(t1->minutes, 1070);
    assert_int_equal(c->expected, 24);
    assert_int_equal(figures_on_site(c), 17);
    assert_int_equal(c->minutes, 1700);
    assert_int_equal(figures_of(&set, "B2")->expected, 5);
    figures_set_deinit(&set);
}

static void sums_run_over_sessions_and_sessions_counts_those_with_somebody_expected(void **state)
{
    static const FakeTally first[] = {{"B1", {.expected = 3, .present = 3}}, {"B3", {.exempt = 2}}};
    static const FakeTally second[] = {{"B1", {.expected = 4, .leave = 4}},
                                       {"B3", {.expected = 1, .present = 1}}};
    const FakeSession sessions[] = {
        {"S1", "C", at(11, 5), .tallies = first, .tally_count = COUNT_OF(first)},
        {"S2", "C", at(11, 19), .tallies = second, .tally_count = COUNT_OF(second)},
    };
    FakeStore fake = {.sessions = sessions, .session_count = COUNT_OF(sessions)};
    FiguresSet set = build(&fake, at(11, 21));
    (void)state;

    assert_int_equal(figures_of(&set, "B1")->expected, 7);
    assert_int_equal(figures_of(&set, "B1")->sessions, 2);
    assert_int_equal(figures_of(&set, "B3")->sessions, 1);
    assert_int_equal(figures_of(&set, "B3")->exempt, 2);
    assert_int_equal(figures_of(&set, "B2")->sessions, 0);
    assert_int_equal(figures_of(&set, "C")->sessions, 2);
    assert_int_equal(figures_of(&set, "C")->expected, 8);
    figures_set_deinit(&set);
}

static void session_that_has_not_begun_is_in_no_figure(void **state)
{
    static const FakeTally tallies[] = {{"B1", {.expected = 3, .nothing = 3}}};
    FakeSession session = {"S", "C", at(11, 22), .tallies = tallies, .tally_count = COUNT_OF(tallies)};
    FakeStore fake = {.sessions = &session, .session_count = 1};
    FiguresSet set = build(&fake, session.starts - 1);
    (void)state;

    assert_int_equal(set.session_count, 0);
    assert_int_equal(figures_of(&set, "C")->expected, 0);
    figures_set_deinit(&set);

    set = build(&fake, session.starts);
    assert_int_equal(figures_of(&set, "C")->expected, 3);
    figures_set_deinit(&set);
}

static void nothing_is_unreported_where_the_own_point_is_silent_and_absent_elsewhere(void **state)
{
    static const FakePoint points[] = {{"P1", "T1", COVERAGE_SILENT, false},
                                       {"P2", "B2", COVERAGE_REPORTED, false}};
    static const FakeTally tallies[] = {
        {"B1", {.expected = 4, .nothing = 4}}, // own point P1, of the township: silent
        {"B2", {.expected = 2, .nothing = 2}}, // own point P2: has reported
        {"B3", {.expected = 3, .nothing = 3}}, // no own point
    };
    FakeSession session = {"S",  "C", at(11, 5), points, COUNT_OF(points), tallies, COUNT_OF(tallies),
                           NULL, 0};
    FakeStore fake = {.sessions = &session, .session_count = 1};
    FiguresSet set = build(&fake, at(11, 21));
    (void)state;

    assert_int_equal(figures_of(&set, "B1")->unreported, 4);
    assert_int_equal(figures_of(&set, "B1")->absent, 0);
    assert_int_equal(figures_of(&set, "B2")->absent, 2);
    assert_int_equal(figures_of(&set, "B3")->absent, 3);
    assert_int_equal(figures_of(&set, "C")->unreported, 4);
    assert_int_equal(figures_of(&set, "C")->absent, 5);
    figures_set_deinit(&set);
}

static void own_point_of_several_is_the_lowest_code(void **state)
{
    static const FakePoint points[] = {{"P1", "B1", COVERAGE_SILENT, false},
                                       {"P2", "B1", COVERAGE_CLOSED, false},
                                       {"P3", "B2", COVERAGE_CLOSED, false},
                                       {"P4", "B2", COVERAGE_SILENT, false}};
    static const FakeTally tallies[] = {{"B1", {.expected = 1, .nothing = 1}},
                                        {"B2", {.expected = 1, .nothing = 1}}};
    FakeSession session = {"S",  "C", at(11, 5), points, COUNT_OF(points), tallies, COUNT_OF(tallies),
                           NULL, 0};
    FakeStore fake = {.sessions = &session, .session_count = 1};
    FiguresSet set = build(&fake, at(11, 21));
    (void)state;

    assert_int_equal(figures_of(&set, "B1")->unreported, 1);
    assert_int_equal(figures_of(&set, "B2")->absent, 1);
    figures_set_deinit(&set);
}

static void points_are_pairs_of_session_and_point_covered_unless_silent(void **state)
{
    static const FakePoint first[] = {{"P1", "B1", COVERAGE_SILENT, false},
                                      {"P2", "B3", COVERAGE_NIL, false}};
    static const FakePoint second[] = {{"P1", "B1", COVERAGE_REPORTED, false},
                                       {"P2", "B3", COVERAGE_CLOSED, false}};
    const FakeSession sessions[] = {{"S1", "C", at(11, 5), first, COUNT_OF(first), NULL, 0, NULL, 0},
                                    {"S2", "C", at(11, 19), second, COUNT_OF(second), NULL, 0, NULL, 0}};
    FakeStore fake = {.sessions = sessions, .session_count = COUNT_OF(sessions)};
    FiguresSet set = build(&fake, at(11, 21));
    (void)state;

    assert_int_equal(figures_of(&set, "B1")->points_expected, 2);
    assert_int_equal(figures_of(&set, "B1")->points_covered, 1);
    assert_int_equal(figures_of(&set, "C")->points_expected, 4);
    assert_int_equal(figures_of(&set, "C")->points_covered, 3);
    assert_int_equal(figures_of(&set, "B2")->points_expected, 0);
    figures_set_deinit(&set);
}

static void guests_count_where_the_home_org_is_outside(void **state)
{
    static const FakeGuests guests[] = {
        {"B1", "B2", 3},  // within T1: a guest of B1 only
        {"B1", "B3", 5},  // a guest of B1 and T1, at home in C
        {"B1", "T1", 7},  // the township's own people at the village's point: a guest of B1 only
        {"T1", "B1", 11}, // villagers at the township's point: nobody's guest
        {"B3", NULL, 13}, // no home at all: a guest everywhere
    };
    FakeSession session = {"S", "C", at(11, 5), .guests = guests, .guest_count = COUNT_OF(guests)};
    FakeStore fake = {.sessions = &session, .session_count = 1};
    FiguresSet set = build(&fake, at(11, 21));
    (void)state;

    assert_int_equal(figures_of(&set, "B1")->guests, 15);
    assert_int_equal(figures_of(&set, "T1")->guests, 5);
    assert_int_equal(figures_of(&set, "B2")->guests, 0);
    assert_int_equal(figures_of(&set, "B3")->guests, 13);
    assert_int_equal(figures_of(&set, "T2")->guests, 13);
    assert_int_equal(figures_of(&set, "C")->guests, 13);
    figures_set_deinit(&set);
}

static void org_that_moved_counts_where_it_stood_on_each_date(void **state)
{
    static const FakeOrg moved[] = {{"C", NULL}, {"T1", "C"},  {"B2", "T1"},
                                    {"T2", "C"}, {"B1", "T2"}, {"B3", "T2"}};
    const FakeTree trees[] = {{0, county, COUNT_OF(county)},
                              {date_from_civil(2026, 11, 10), moved, COUNT_OF(moved)}};
    static const FakeTally tallies[] = {{"B1", {.expected = 10, .present = 10}}};
    const FakeSession sessions[] = {
        {"S1", "C", at(11, 5), .tallies = tallies, .tally_count = 1},
        {"S2", "C", at(11, 19), .tallies = tallies, .tally_count = 1},
    };
    FakeStore fake = {.trees = trees,
                      .tree_count = COUNT_OF(trees),
                      .sessions = sessions,
                      .session_count = COUNT_OF(sessions)};
    FiguresSet set = build(&fake, at(11, 21));
    (void)state;

    assert_int_equal(figures_of(&set, "T1")->expected, 10);
    assert_int_equal(figures_of(&set, "T2")->expected, 10);
    assert_int_equal(figures_of(&set, "B1")->expected, 20);
    assert_int_equal(figures_of(&set, "C")->expected, 20);
    figures_set_deinit(&set);
}

static void members_and_their_year_are_those_of_the_subtree(void **state)
{
    static const FakeMember members[] = {
        {"B1", ROLE_MEMBER, 1919, false},    // one minute short
        {"B1", ROLE_MEMBER, 1920, false},    // met
        {"B3", ROLE_SECRETARY, 3360, true},  // met
        {"B3", ROLE_COMMITTEE, 3360, false}, // no class
        {"T1", ROLE_SECRETARY, 3359, true},
    };
    FakeStore fake = {.members = members, .member_count = COUNT_OF(members)};
    FiguresSet set = build(&fake, at(11, 21));
    (void)state;

    assert_int_equal(figures_of(&set, "B1")->members, 2);
    assert_int_equal(figures_of(&set, "B1")->year_minutes, 3839);
    assert_int_equal(figures_of(&set, "B1")->target_met, 1);
    assert_int_equal(figures_of(&set, "T1")->members, 3);
    assert_int_equal(figures_of(&set, "B3")->target_met, 1);
    assert_int_equal(figures_of(&set, "C")->members, 5);
    assert_int_equal(figures_of(&set, "C")->target_met, 2);
    assert_int_equal(figures_of(&set, "C")->year_minutes, 13918);
    figures_set_deinit(&set);
}

static void session_is_complete_when_every_point_is_closed_or_nil_without_a_gap(void **state)
{
    static const struct {
        Coverage coverage;
        bool gap, complete;
    } cases[] = {{COVERAGE_CLOSED, false, true},  {COVERAGE_NIL, false, true},
                 {COVERAGE_CLOSED, true, false},  {COVERAGE_REPORTED, false, false},
                 {COVERAGE_SILENT, false, false}, {COVERAGE_NIL, true, false}};
    (void)state;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const FakePoint points[] = {{"P1", "B1", COVERAGE_CLOSED, false},
                                    {"P2", "B3", cases[i].coverage, cases[i].gap}};
        FakeSession session = {"S", "C", at(11, 5), points, COUNT_OF(points), NULL, 0, NULL, 0};
        FakeStore fake = {.sessions = &session, .session_count = 1};
        FiguresSet set = build(&fake, at(11, 21));
        assert_int_equal(set.sessions[0].complete, cases[i].complete);
        figures_set_deinit(&set);
    }
}

static void session_without_points_is_complete(void **state)
{
    static const FakeTally tallies[] = {{"B1", {.expected = 1, .makeup = 1}}};
    FakeSession session = {"S", "C", at(11, 5), .tallies = tallies, .tally_count = COUNT_OF(tallies)};
    FakeStore fake = {.sessions = &session, .session_count = 1};
    FiguresSet set = build(&fake, at(11, 21));
    (void)state;

    assert_true(set.sessions[0].complete);
    assert_int_equal(provisional_of(&set, "C"), 0);
    figures_set_deinit(&set);
}

static void org_is_provisional_by_the_sessions_that_concern_it(void **state)
{
    static const FakePoint points[] = {{"P1", "B1", COVERAGE_SILENT, false}};
    static const FakeTally tallies[] = {{"B2", {.exempt = 1}}};
    FakeSession session = {"S",  "C", at(11, 5), points, COUNT_OF(points), tallies, COUNT_OF(tallies),
                           NULL, 0};
    FakeStore fake = {.sessions = &session, .session_count = 1};
    FiguresSet set = build(&fake, at(11, 21));
    (void)state;

    assert_int_equal(provisional_of(&set, "C"), 1);
    assert_int_equal(provisional_of(&set, "B1"), 1);
    assert_int_equal(provisional_of(&set, "B2"), 1);
    assert_int_equal(provisional_of(&set, "T2"), 0);
    figures_set_deinit(&set);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_roll_up_to_every_ancestor),
        cmocka_unit_test(sums_run_over_sessions_and_sessions_counts_those_with_somebody_expected),
        cmocka_unit_test(session_that_has_not_begun_is_in_no_figure),
        cmocka_unit_test(nothing_is_unreported_where_the_own_point_is_silent_and_absent_elsewhere),
        cmocka_unit_test(own_point_of_several_is_the_lowest_code),
        cmocka_unit_test(points_are_pairs_of_session_and_point_covered_unless_silent),
        cmocka_unit_test(guests_count_where_the_home_org_is_outside),
        cmocka_unit_test(org_that_moved_counts_where_it_stood_on_each_date),
        cmocka_unit_test(members_and_their_year_are_those_of_the_subtree),
        cmocka_unit_test(session_is_complete_when_every_point_is_closed_or_nil_without_a_gap),
        cmocka_unit_test(session_without_points_is_complete),
        cmocka_unit_test(org_is_provisional_by_the_sessions_that_concern_it),
    };
    if (!zone_set("Asia/Shanghai"))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
