#include "core/store/credit.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>

#include "tests/store/site.h"

// Credit is added up after a session's day, in pieces. No figure may show when: a member's minutes are asked
// before, between the pieces and after, and verify and recompute find nothing at any of these moments.

#define NOVEMBER 2026, 11

static void day_with_everybody(Site *site)
{
    char line[96];

    site_state_session(site, "day CITY 2026-11-05 09:00 90 90 -");
    for (int m = 1; m <= 7; m++) {
        snprintf(line, sizeof(line), "in day m%d 2026-11-05T09:00:00+08:00", m);
        site_event(site, "t-a", (uint64_t)m, line);
    }
}

static void assert_everybody(Site *site, int64_t minutes)
{
    char member[8];

    for (int m = 1; m <= 7; m++) {
        snprintf(member, sizeof(member), "m%d", m);
        assert_int_equal(site_minutes(site, member, NOVEMBER), minutes);
    }
    site_assert_findings(site, 0);
}

// What the database itself says, past all interfaces.
static int64_t stored(Site *site, const char *sql)
{
    sqlite3 *other;
    sqlite3_stmt *statement;

    assert_int_equal(sqlite3_open(site->path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(other, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(other);
    return value;
}

static int64_t credited(Site *site)
{
    return stored(site, "SELECT count(*) FROM credit WHERE m11 = 90");
}

static void a_day_is_not_added_before_its_time(void **state)
{
    Site *site = *state;
    bool more;

    day_with_everybody(site);
    Time due = site_time("2026-11-05 10:30") + CREDIT_DELAY;
    assert_int_equal(credit_add_due(site->store, due - 1, CREDIT_PIECE, &more), 0);
    assert_false(more);
    assert_int_equal(credited(site), 0);
    assert_everybody(site, 90);
    assert_int_equal(credit_add_due(site->store, due, CREDIT_PIECE, &more), 0);
    assert_false(more);
    assert_int_equal(credited(site), 7);
    assert_everybody(site, 90);
}

static void pieces_change_no_figure(void **state)
{
    Site *site = *state;
    int64_t before = 0;
    bool more = true;

    day_with_everybody(site);
    for (int piece = 1; more; piece++) {
        assert_int_equal(credit_add_due(site->store, site->now, 2, &more), 0);
        assert_in_range(credited(site) - before, more ? 1 : 0, 2);
        before = credited(site);
        assert_everybody(site, 90);
        if (piece == 2)
            site_reopen(site); // the mark is in the database
    }
    assert_int_equal(credited(site), 7);
}

static void an_event_between_pieces_counts_once(void **state)
{
    Site *site = *state;
    bool more;

    day_with_everybody(site);
    assert_int_equal(credit_add_due(site->store, site->now, 3, &more), 0);
    assert_true(more);
    site_event(site, "t-b", 1, "void - - 2026-11-05T09:00:00+08:00 of=9");
    site_void(site, "t-a", SITE_EPOCH, 1); // in the totals
    site_void(site, "t-a", SITE_EPOCH, 7); // not yet
    site_event(site, "t-b", 2, "in day m1 2026-11-05T09:00:00+08:00");
    site_event(site, "t-b", 3, "in day m7 2026-11-05T09:00:00+08:00");
    site_void(site, "t-a", SITE_EPOCH, 2);
    site_void(site, "t-a", SITE_EPOCH, 6);
    site_assert_findings(site, 0);
    site_credit(site, 1);
    const int minutes[] = {90, 0, 90, 90, 90, 0, 90};
    for (int m = 0; m < 7; m++) {
        char member[8];
        snprintf(member, sizeof(member), "m%d", m + 1);
        assert_int_equal(site_minutes(site, member, NOVEMBER), minutes[m]);
    }
    site_assert_findings(site, 0);
}

static void a_late_event_counts_at_once(void **state)
{
    Site *site = *state;

    site_state_session(site, "day CITY 2026-11-05 09:00 90 90 -");
    site_credit(site, CREDIT_PIECE);
    assert_everybody(site, 0);
    for (int m = 1; m <= 7; m++) {
        char line[96];
        snprintf(line, sizeof(line), "in day m%d 2026-11-05T09:00:00+08:00", m);
        site_event(site, "t-b", (uint64_t)m, line);
    }
    assert_int_equal(credited(site), 7);
    assert_everybody(site, 90);
}

static void a_member_who_comes_to_be_later_counts(void **state)
{
    Site *site = *state;

    day_with_everybody(site);
    site_credit(site, CREDIT_PIECE);
    site_state_member(site, "m8 BRANCH-B1 2026-01-01 - - - -");
    site_event(site, "t-b", 1, "in day m8 2026-11-05T09:00:00+08:00");
    assert_int_equal(site_minutes(site, "m8", NOVEMBER), 90);
    assert_int_equal(credited(site), 8);
    site_assert_findings(site, 0);
}

// R16: half of the two hours lies in each year.
static void a_session_over_new_year_is_split_before_and_after(void **state)
{
    Site *site = *state;

    site_state_session(site, "night CITY 2026-12-31 23:00 120 120 -");
    site->now = site_time("2027-01-01 03:00");
    site_event(site, "t-a", 1, "in night m1 2026-12-31T23:00:00+08:00");
    for (int asked = 0; asked < 2; asked++) {
        assert_int_equal(site_minutes(site, "m1", 2026, 11), 0);
        assert_int_equal(site_minutes(site, "m1", 2026, 12), 60);
        assert_int_equal(site_minutes(site, "m1", 2027, 1), 60);
        assert_int_equal(stored(site, "SELECT count(*) FROM credit"), 2 * asked);
        site_assert_findings(site, 0);
        site->now += CREDIT_DELAY;
        site_credit(site, CREDIT_PIECE);
    }
}

static void members_of_two_areas_are_both_added(void **state)
{
    Site *site = *state;

    site_state_org(site, "BRANCH-N TOWN-B other 2026-01-01");
    site_state_member(site, "m8 BRANCH-N 2026-01-01 - - - -");
    day_with_everybody(site);
    site_event(site, "t-b", 1, "in day m8 2026-11-05T09:00:00+08:00");
    assert_int_equal(stored(site, "SELECT count(DISTINCT key >> 55) FROM attendance"), 2);
    site_credit(site, 1);
    assert_int_equal(credited(site), 8);
    assert_int_equal(site_minutes(site, "m8", NOVEMBER), 90);
    assert_everybody(site, 90);
}

static void what_is_rolled_back_is_added_again(void **state)
{
    Site *site = *state;
    bool more;

    day_with_everybody(site);
    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(credit_add_due(site->store, site->now, 3, &more), 0);
    assert_int_equal(site_minutes(site, "m1", NOVEMBER), 90);
    store_rollback(site->store);
    assert_int_equal(credited(site), 0);
    assert_everybody(site, 90);
    site_credit(site, 3);
    assert_int_equal(credited(site), 7);
    assert_everybody(site, 90);
}

static void a_day_moved_to_another_month_takes_its_credit_along(void **state)
{
    Site *site = *state;

    day_with_everybody(site);
    site_credit(site, CREDIT_PIECE);
    site_state_session(site, "day CITY 2026-10-08 09:00 90 90 -");
    assert_int_equal(site_minutes(site, "m1", 2026, 10), 90);
    assert_int_equal(credited(site), 0);
    assert_everybody(site, 90);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, site_setup, site_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_day_is_not_added_before_its_time),
        TEST(pieces_change_no_figure),
        TEST(an_event_between_pieces_counts_once),
        TEST(a_late_event_counts_at_once),
        TEST(a_member_who_comes_to_be_later_counts),
        TEST(a_session_over_new_year_is_split_before_and_after),
        TEST(members_of_two_areas_are_both_added),
        TEST(what_is_rolled_back_is_added_again),
        TEST(a_day_moved_to_another_month_takes_its_credit_along),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
