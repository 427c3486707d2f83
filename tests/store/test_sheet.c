#include "core/store/sheet.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "tests/store/site.h"
#include "tests/store/site_rules.h"

// A sheet keeps what a walk over everybody found. Whatever changes, the sums that a report is given must be
// those of a walk made now: sheets are made, something happens, and the two are compared; recompute compares
// them once more by its own way.

#define MONTHS 3 // September to November 2026

typedef struct Sums {
    int64_t values[64][3]; // by org: members, minutes, target met
} Sums;

static int see_member(void *user, const MemberMonth *member)
{
    Sums *sums = user;

    sums->values[member->org][0]++;
    sums->values[member->org][1] += member->year_minutes;
    sums->values[member->org][2] +=
        member->year_minutes >= member->target_minutes && (member->class_taken || !member->needs_class);
    return 0;
}

static int see_sum(void *user, int32_t org, const MemberSum *sum)
{
    Sums *sums = user;

    sums->values[org][0] = sum->members;
    sums->values[org][1] = sum->year_minutes;
    sums->values[org][2] = sum->target_met;
    return 0;
}

static Month month_of(int month)
{
    return 2026 * 12 + month - 1;
}

static void assert_sums_of(Store *store)
{
    for (int month = 9; month < 9 + MONTHS; month++) {
        Sums walked = {0}, given = {0};
        assert_int_equal(query_members_month(store, month_of(month), see_member, &walked), 0);
        assert_int_equal(query_member_sums(store, month_of(month), see_sum, &given), 0);
        assert_memory_equal(&walked, &given, sizeof(given));
    }
}

// As the writer sees it, and as a reader does.
static void assert_sums(Site *site)
{
    Store *reader;

    assert_sums_of(site->store);
    assert_int_equal(store_open(site->path, STORE_READ, &reader), 0);
    assert_sums_of(reader);
    store_close(reader);
    site_assert_findings(site, 0);
}

static void database_run(Site *site, const char *sql)
{
    sqlite3 *other;

    assert_int_equal(sqlite3_open(site->path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
}

static int64_t sheets(Site *site)
{
    sqlite3 *other;
    sqlite3_stmt *count;

    assert_int_equal(sqlite3_open(site->path, &other), SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(other, "SELECT count(*) FROM month_sheet WHERE body NOTNULL", -1, &count, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_step(count), SQLITE_ROW);
    int64_t value = sqlite3_column_int64(count, 0);
    sqlite3_finalize(count);
    sqlite3_close(other);
    return value;
}

static void make_sheets(Site *site)
{
    for (bool more = true; more;)
        assert_int_equal(sheet_make_due(site->store, site->now, 3, &more), 0);
}

// Two months of study and a class, everybody there, as seen at the end of November.
static void study(Site *site)
{
    static const char *const days[] = {"2026-09-10", "2026-11-05"};
    char line[96];

    site_state_session(site, "sep CITY 2026-09-10 09:00 1800 1800 -");
    site_state_session(site, "nov CITY 2026-11-05 09:00 120 120 -");
    for (int d = 0; d < 2; d++) {
        for (int m = 1; m <= 6; m++) {
            snprintf(line, sizeof(line), "in %s m%d %sT09:00:00+08:00", d ? "nov" : "sep", m, days[d]);
            site_event(site, "t-a", (uint64_t)(10 * d + m), line);
        }
    }
    site->now = site_time("2026-11-28 12:00");
}

static void a_sheet_says_what_a_walk_finds(void **state)
{
    Site *site = *state;

    study(site);
    make_sheets(site);
    assert_int_equal(sheets(site), 2); // October had nothing
    assert_sums(site);
    site_credit(site, 2); // changes no figure
    assert_int_equal(sheets(site), 2);
    assert_sums(site);
}

// One member in the first org, nothing credited.
static void forged(Site *site)
{
    database_run(site, "UPDATE month_sheet SET body = x'01010000'");
}

static void reports_are_given_the_sheet(void **state)
{
    Site *site = *state;
    Sums given = {0}, walked = {0};

    study(site);
    make_sheets(site);
    forged(site);
    assert_int_equal(query_members_month(site->store, month_of(11), see_member, &walked), 0);
    assert_int_equal(query_member_sums(site->store, month_of(11), see_sum, &given), 0);
    assert_memory_not_equal(&walked, &given, sizeof(given));
}

static void ignore(void *user, const VerifyFinding *finding)
{
    (void)user;
    (void)finding;
}

static void a_sheet_that_says_something_else_is_found_and_dropped(void **state)
{
    Site *site = *state;
    VerifySummary summary;

    study(site);
    make_sheets(site);
    forged(site);
    site_assert_findings(site, 2);
    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(recompute_apply(site->store, site->now, ignore, NULL, &summary), 0);
    assert_int_equal(store_commit(site->store), 0);
    assert_int_equal(sheets(site), 0);
    assert_sums(site);
}

static void an_event_drops_its_month_and_those_after(void **state)
{
    Site *site = *state;

    study(site);
    make_sheets(site);
    site_event(site, "t-b", 1, "in nov m7 2026-11-05T09:00:00+08:00");
    assert_int_equal(sheets(site), 1);
    assert_sums(site);
    make_sheets(site);
    assert_int_equal(sheets(site), 2);
    site_event(site, "t-b", 2, "in sep m7 2026-09-10T09:00:00+08:00");
    assert_int_equal(sheets(site), 0);
    assert_sums(site);
}

static void what_is_rolled_back_leaves_the_sheet(void **state)
{
    Site *site = *state;

    study(site);
    make_sheets(site);
    assert_int_equal(ledger_begin(site->ledger), 0);
    site_add(site, "t-b", 1, "in sep m7 2026-09-10T09:00:00+08:00");
    ledger_rollback(site->ledger);
    assert_int_equal(sheets(site), 2);
    assert_sums(site);
    site_event(site, "t-b", 1, "in sep m7 2026-09-10T09:00:00+08:00"); // it is dropped all the same
    assert_int_equal(sheets(site), 0);
    assert_sums(site);
}

static void what_comes_between_two_pieces_is_not_lost(void **state)
{
    Site *site = *state;
    bool more;

    study(site);
    for (int piece = 0; piece < 3; piece++) {
        assert_int_equal(sheet_make_due(site->store, site->now, 3, &more), 0);
        assert_true(more);
    }
    site_void(site, "t-a", SITE_EPOCH, 11); // of one who was walked past
    assert_int_equal(sheet_make_due(site->store, site->now, 3, &more), 0);
    assert_false(more); // given up until the next time
    assert_int_equal(sheets(site), 0);
    make_sheets(site);
    assert_int_equal(sheets(site), 2);
    assert_sums(site);
}

static void a_restart_between_two_pieces_begins_again(void **state)
{
    Site *site = *state;
    bool more;

    study(site);
    for (int piece = 0; piece < 2; piece++)
        assert_int_equal(sheet_make_due(site->store, site->now, 3, &more), 0);
    site_reopen(site);
    assert_sums(site);
    make_sheets(site);
    assert_int_equal(sheets(site), 2);
    assert_sums(site);
}

static void a_closed_month_has_none(void **state)
{
    Site *site = *state;

    study(site);
    make_sheets(site);
    database_run(site, "INSERT INTO month VALUES (2026 * 12 + 8, 1)");
    site_event(site, "t-b", 1, "in nov m7 2026-11-05T09:00:00+08:00");
    make_sheets(site);
    assert_int_equal(sheets(site), 1);
}

// What the office states, each beside sheets that were made just before.
static void transfer(Site *site)
{
    site_state_member(site, "m1 BRANCH-B1 2026-10-15 - - - -");
}

static void leave_the_roster(Site *site)
{
    site_state_member(site, "m2 BRANCH-A1 2026-01-01 2026-11-10 - - -");
}

static void join(Site *site)
{
    site_state_member(site, "m8 BRANCH-B1 2026-11-01 - - - -");
}

static void become_exempt(Site *site)
{
    site_state_member(site, "m3 BRANCH-A1 2026-01-01 - - 2026-11-01 2026-12-31");
}

static void become_secretary(Site *site)
{
    MemberPut put = {.code = "m4",
                     .name = "m4",
                     .org = "BRANCH-A2",
                     .role = ROLE_SECRETARY,
                     .from = date_from_civil(2026, 10, 1),
                     .to = DATE_NONE,
                     .exempt_from = DATE_NONE,
                     .exempt_to = DATE_NONE};
    RosterChange change;

    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(roster_put_member(site->store, &put, &change), 0);
    site_settle(site);
}

static void worth_less(Site *site)
{
    site_state_session(site, "nov CITY 2026-11-05 09:00 120 60 -");
}

static void moved_to_october(Site *site)
{
    site_state_session(site, "nov CITY 2026-10-08 09:00 120 120 -");
}

static void orgs_moved(Site *site)
{
    site_state_org(site, "BRANCH-A2 TOWN-B city 2026-11-01");
}

static void corrected(Site *site)
{
    site_office(site, false, "makeup sep m7 2026-09-20T09:00:00+08:00 minutes=60");
}

static void in_a_batch(Site *site)
{
    site_office(site, true, "in nov m7 2026-11-05T09:00:00+08:00");
}

static void taken_back(Site *site)
{
    site_void(site, "t-a", SITE_EPOCH, 2);
}

static void all_that_the_office_states_is_seen(void **state)
{
    static const struct {
        const char *name;
        void (*happens)(Site *site);
    } changes[] = {
        {"transfer", transfer},     {"leave", leave_the_roster},     {"join", join},
        {"exempt", become_exempt},  {"secretary", become_secretary}, {"worth", worth_less},
        {"corrected", corrected},   {"batch", in_a_batch},           {"void", taken_back},
        {"orgs moved", orgs_moved}, {"moved", moved_to_october},
    };
    Site *site = *state;

    study(site);
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        print_message("# %s\n", changes[i].name);
        make_sheets(site);
        assert_int_equal(sheets(site), 2);
        changes[i].happens(site);
        assert_sums(site);
    }
}

static void a_new_target_is_seen(void **state)
{
    Site *site = *state;

    study(site);
    make_sheets(site);
    assert_int_equal(
        site_put_rule(site, RULE_TARGET, "target", 2, "2026-11-01", "member=60 secretary=60 committee=60"),
        0);
    assert_sums(site);
    make_sheets(site);
    assert_sums(site);
}

// R17: a secretary needs a class as well; it is the attendance there that tells, not the minutes.
static void a_class_is_seen(void **state)
{
    Site *site = *state;

    study(site);
    become_secretary(site);
    site_put_kind(site, "class", SESSION_CLASS, "2026-10-20 09:00", 120, 4000);
    make_sheets(site);
    assert_int_equal(sheets(site), 3);
    site_office_at(site, "in", "class", "m4", "2026-10-20 09:00", "");
    assert_int_equal(sheets(site), 1); // September's
    assert_sums(site);
    make_sheets(site);
    assert_sums(site);
}

// R27: what a cap takes depends on how the credit came about, too.
static void a_cap_is_seen(void **state)
{
    Site *site = *state;

    study(site);
    make_sheets(site);
    assert_int_equal(site_put_rule(site, RULE_CAP, "cap", 1, "2026-01-01", "makeup=30"), 0);
    assert_sums(site);
    make_sheets(site);
    site_office_at(site, "makeup", "nov", "m7", "2026-11-09 09:00", "minutes=60");
    assert_sums(site);
    make_sheets(site);
    assert_sums(site);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, site_setup, site_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_sheet_says_what_a_walk_finds),
        TEST(reports_are_given_the_sheet),
        TEST(a_sheet_that_says_something_else_is_found_and_dropped),
        TEST(an_event_drops_its_month_and_those_after),
        TEST(what_is_rolled_back_leaves_the_sheet),
        TEST(what_comes_between_two_pieces_is_not_lost),
        TEST(a_restart_between_two_pieces_begins_again),
        TEST(a_closed_month_has_none),
        TEST(all_that_the_office_states_is_seen),
        TEST(a_new_target_is_seen),
        TEST(a_class_is_seen),
        TEST(a_cap_is_seen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
