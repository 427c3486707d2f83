// Rules as rows: what is shipped, what a new version changes in sessions, targets of the day.
#include "tests/store/site_rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/model/rule_cap.h"
#include "core/model/rule_grade.h"
#include "core/store/month.h"
#include "core/store/rules.h"

static void the_shipped_rows_are_those_of_the_model(void **state)
{
    Site *site = *state;
    Rules rules, none = {0};

    assert_int_equal(rules_load(site->store, &rules), 0);
    SessionDefaults rows = rules_session(&rules, SESSION_CLASS, site_on("2026-11-05"));
    SessionDefaults model = rules_session(&none, SESSION_CLASS, site_on("2026-11-05"));
    assert_memory_equal(&rows, &model, sizeof(rows));
    Targets stored = rules_targets(&rules, site_on("2026-11-05")),
            shipped = rules_targets(&none, site_on("2026-11-05"));
    for (int role = 0; role < ROLE_COUNT; role++) {
        assert_int_equal(stored.minutes[role], shipped.minutes[role]);
        assert_int_equal(stored.needs_class[role], shipped.needs_class[role]);
    }
    assert_false(rules_have_caps(&rules));
    assert_null(rules_at(&rules, RULE_POINTS, NULL, site_on("2026-11-05")));
    for (size_t i = 0; i < rules.count; i++) {
        bool key_bad;
        assert_int_equal(rules.rules[i].version, 1);
        assert_int_equal(rules.rules[i].from, RULE_BEGINNING);
        assert_null(rule_check_whole(&rules.rules[i]));
        for (size_t k = 0; k < rules.rules[i].entry_count; k++)
            assert_null(rule_check_entry(rules.rules[i].kind, rules.rules[i].entries[k].key,
                                         rules.rules[i].entries[k].value, &key_bad));
    }
    rules_deinit(&rules);
}

static void a_version_changes_open_sessions_from_its_day_on(void **state)
{
    Site *site = *state;

    site_put_kind(site, "before", SESSION_STUDY_DAY, "2026-11-04 09:00", 90, 90);
    site_put_kind(site, "after", SESSION_STUDY_DAY, "2026-11-05 09:00", 90, 90);
    site_office_at(site, "in", "before", "m1", "2026-11-04 09:20", "");
    site_office_at(site, "in", "after", "m1", "2026-11-05 09:20", "");
    assert_string_equal(site_record(site, "m1", "after"), "late 70 90 no-out");
    assert_int_equal(site_put_rule(site, RULE_SESSION, "session", 2, "2026-11-05",
                                   "window-before=60 late-after=20 " SESSION_RULE_REST),
                     0);
    assert_string_equal(site_record(site, "m1", "before"), "late 70 90 no-out");
    assert_string_equal(site_record(site, "m1", "after"), "present 70 90 no-out");
    assert_int_equal(site_tally(site, "after", "BRANCH-A1").present, 1);
    site_assert_findings(site, 0);
}

static void a_wider_window_takes_loose_events_in(void **state)
{
    Site *site = *state;

    site_put_kind(site, "day", SESSION_STUDY_DAY, "2026-11-05 09:00", 90, 90);
    site_event(site, "t-a", 1, "in - m1 2026-11-05T06:30:00+08:00");
    assert_string_equal(site_record(site, "m1", "day"), "unreported 0 0");
    assert_int_equal(site_put_rule(site, RULE_SESSION, "session", 2, "2026-11-01",
                                   "window-before=180 late-after=10 " SESSION_RULE_REST),
                     0);
    assert_string_equal(site_record(site, "m1", "day"), "present 90 90 no-out");
    site_assert_findings(site, 0);
}

static void a_wider_window_opens_a_session_earlier(void **state)
{
    Site *site = *state;
    bool due = true;

    assert_int_equal(site_put_rule(site, RULE_SESSION, "session", 2, "2026-11-01",
                                   "window-before=600 late-after=10 " SESSION_RULE_REST),
                     0);
    site_put_kind(site, "next", SESSION_STUDY_DAY, "2026-12-01 09:00", 90, 90);
    assert_int_equal(roster_is_due(site->store, site_time("2026-11-30 22:59"), &due), 0);
    assert_false(due);
    assert_int_equal(roster_is_due(site->store, site_time("2026-11-30 23:00"), &due), 0);
    assert_true(due);
}

static void a_version_of_a_closed_month_is_not_changed(void **state)
{
    Site *site = *state;
    MonthRevision revision = {
        .month = 2026 * 12 + 9, .at = site->now, .who = "w", .why = "y", .definitions = 1};
    int number;

    assert_int_equal(site_put_rule(site, RULE_CAP, "cap", 1, "2026-09-01", "online=60"), 0);
    assert_int_equal(site_put_rule(site, RULE_CAP, "cap", 2, "2026-11-01", "online=70"), 0);
    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(month_seal(site->store, &revision, &number), 0); // October
    assert_int_equal(store_commit(site->store), 0);
    assert_int_equal(site_put_rule(site, RULE_CAP, "cap", 1, "2026-09-01", "online=61"), RULES_E_CLOSED);
    assert_int_equal(site_put_rule(site, RULE_CAP, "cap", 1, "2026-09-01", "online=60"), 0); // the same
    assert_int_equal(site_put_rule(site, RULE_CAP, "cap", 2, "2026-11-01", "online=71"), 0);
    assert_int_equal(site_put_rule(site, RULE_POINTS, "points", 1, "2026-11-01", "enabled=yes"), 0);
    assert_int_equal(site_put_rule(site, RULE_POINTS, "points", 1, "2026-11-01", "enabled=no"), 0);
    assert_int_equal(site_put_rule(site, RULE_GRADE, "stars", 1, "2026-11-01", "figure=overall A=0"), 0);
    assert_int_equal(site_put_rule(site, RULE_GRADE, "stars", 1, "2026-11-01", "figure=overall B=0"),
                     RULES_E_CLOSED); // it holds before its day as well
    assert_int_equal(site_put_rule(site, RULE_TARGET, "target", 1, "", "member=1 secretary=1 committee=1"),
                     RULES_E_CLOSED);
}

static void put_role(Site *site, const char *code, const char *from, MemberRole role)
{
    RosterChange change;
    MemberPut put = {.code = code,
                     .name = code,
                     .org = "BRANCH-A1",
                     .from = site_on(from),
                     .to = DATE_NONE,
                     .role = role,
                     .role_stated = true,
                     .exempt_from = DATE_NONE,
                     .exempt_to = DATE_NONE};
    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(roster_put_member(site->store, &put, &change), 0);
    site_settle(site);
}

static int32_t target_on(Site *site, const char *code, const char *date)
{
    MemberRow row = {0};
    assert_int_equal(query_member(site->store, code, site_on(date), &row), 0);
    int32_t target = row.target_minutes;
    member_row_deinit(&row);
    return target;
}

static void r17_a_role_that_changes_in_mid_year_changes_the_target_from_that_day(void **state)
{
    Site *site = *state;

    put_role(site, "m1", "2026-07-01", ROLE_SECRETARY);
    assert_int_equal(target_on(site, "m1", "2026-06-30"), 1920);
    assert_int_equal(target_on(site, "m1", "2026-07-01"), 3360);
    assert_int_equal(site_month_of(site, "m1", 2026, 6).target_minutes, 1920);
    assert_false(site_month_of(site, "m1", 2026, 6).needs_class);
    assert_int_equal(site_month_of(site, "m1", 2026, 7).target_minutes, 3360);
    assert_true(site_month_of(site, "m1", 2026, 7).needs_class);
}

static void r17_a_target_that_changes_holds_from_its_day(void **state)
{
    Site *site = *state;

    assert_int_equal(site_put_rule(site, RULE_TARGET, "target", 2, "2026-10-15",
                                   "member=2400 secretary=3600 committee=3000"),
                     0);
    assert_int_equal(target_on(site, "m2", "2026-10-14"), 1920);
    assert_int_equal(target_on(site, "m2", "2026-10-15"), 2400);
    assert_int_equal(site_month_of(site, "m2", 2026, 9).target_minutes, 1920);
    assert_int_equal(site_month_of(site, "m2", 2026, 10).target_minutes, 2400);
}

static void r17_a_class_counts_in_its_year_alone(void **state)
{
    Site *site = *state;

    put_role(site, "m1", "2026-02-01", ROLE_COMMITTEE);
    site_put_kind(site, "class", SESSION_CLASS, "2026-11-05 09:00", 90, 480);
    assert_false(site_month_of(site, "m1", 2026, 11).class_taken);
    site_office_at(site, "in", "class", "m1", "2026-11-05 09:00", "");
    assert_false(site_month_of(site, "m1", 2026, 10).class_taken);
    assert_true(site_month_of(site, "m1", 2026, 11).class_taken);
    assert_false(site_month_of(site, "m1", 2027, 1).class_taken);
}

static void r17_a_class_over_new_year_is_that_of_the_year_in_which_it_begins(void **state)
{
    Site *site = *state;

    site->now = site_time("2027-02-01 12:00");
    put_role(site, "m1", "2026-02-01", ROLE_COMMITTEE);
    site_put_kind(site, "class", SESSION_CLASS, "2026-12-31 23:00", 120, 480);
    site_office_at(site, "in", "class", "m1", "2026-12-31 23:00", "");
    assert_true(site_month_of(site, "m1", 2026, 12).class_taken);
    assert_false(site_month_of(site, "m1", 2027, 1).class_taken);
    assert_int_equal(site_month_of(site, "m1", 2026, 12).year_minutes, 240); // its hours are split (R16)
    assert_int_equal(site_month_of(site, "m1", 2027, 1).year_minutes, 240);
    site_assert_findings(site, 0);
}

static void r17_nothing_is_carried_over(void **state)
{
    Site *site = *state;

    site_put_kind(site, "long", SESSION_STUDY_DAY, "2026-11-05 09:00", 90, 4000);
    site_office_at(site, "in", "long", "m1", "2026-11-05 09:00", "");
    assert_int_equal(site_month_of(site, "m1", 2026, 12).year_minutes, 4000);
    assert_int_equal(site_month_of(site, "m1", 2027, 1).year_minutes, 0);
    assert_int_equal(site_minutes(site, "m1", 2027, 12), 0);
}

// One thing said to a site: a session, a version of a rule, an event of the office.
typedef struct Deed {
    enum { DEED_SESSION, DEED_RULE, DEED_EVENT } what;
    const char *text; // of a rule what it says, of an event its line
    const char *when; // of a session its start, of a rule its day
    const char *code; // of a session
    SessionKind kind; // of a session
    int32_t version;  // of a rule
} Deed;

static const Deed deeds[] = {
    {DEED_SESSION, NULL, "2026-10-05 09:00", "s1", SESSION_STUDY_DAY, 0},
    {DEED_SESSION, NULL, "2026-10-20 09:00", "s2", SESSION_CLASS, 0},
    {DEED_SESSION, NULL, "2026-11-05 09:00", "s3", SESSION_STUDY_DAY, 0},
    {DEED_SESSION, NULL, "2026-11-05 14:00", "s4", SESSION_ONLINE, 0},
    {DEED_RULE, "window-before=30 late-after=15 " SESSION_RULE_REST, "2026-10-10", NULL, 0, 2},
    {DEED_RULE, "window-before=240 late-after=5 late-after@online=45 " SESSION_RULE_REST, "2026-11-01", NULL,
     0, 3},
    {DEED_RULE,
     "window-before=60 late-after=0 window-after=0 early-before=0 presence-permille=900 makeup-days=3 "
     "pass-score=90",
     "2026-11-05", NULL, 0, 4},
    {DEED_EVENT, "in s1 m1 2026-10-05T09:12:00+08:00", NULL, NULL, 0, 0},
    {DEED_EVENT, "in s2 m1 2026-10-20T09:12:00+08:00", NULL, NULL, 0, 0},
    {DEED_EVENT, "in s2 m2 2026-10-20T08:20:00+08:00", NULL, NULL, 0, 0},
    {DEED_EVENT, "makeup s1 m3 2026-11-08T09:00:00+08:00 minutes=60", NULL, NULL, 0, 0},
    {DEED_EVENT, "makeup s3 m3 2026-11-09T09:00:00+08:00 minutes=60", NULL, NULL, 0, 0},
    {DEED_EVENT, "in s3 m4 2026-11-05T09:01:00+08:00", NULL, NULL, 0, 0},
    {DEED_EVENT, "out s3 m4 2026-11-05T10:25:00+08:00", NULL, NULL, 0, 0},
    {DEED_EVENT, "in s4 m6 2026-11-05T14:40:00+08:00", NULL, NULL, 0, 0},
    {DEED_EVENT, "check s3 m4 2026-11-05T10:00:00+08:00 found=1 score=80", NULL, NULL, 0, 0},
};
#define DEED_COUNT (sizeof(deeds) / sizeof(*deeds))

static void sum_of_order(const size_t *order, Text *sum)
{
    void *state = NULL;
    assert_int_equal(site_setup(&state), 0);
    Site *site = state;

    for (size_t i = 0; i < DEED_COUNT; i++) {
        const Deed *deed = &deeds[order[i]];
        if (deed->what == DEED_SESSION)
            site_put_kind(site, deed->code, deed->kind, deed->when, 90, 90);
        else if (deed->what == DEED_RULE)
            assert_int_equal(
                site_put_rule(site, RULE_SESSION, "session", deed->version, deed->when, deed->text), 0);
        else
            site_office(site, false, deed->text);
    }
    site_assert_findings(site, 0);
    site_sum_up(site, sum);
    assert_int_equal(site_teardown(&state), 0);
}

static void rules_and_events_in_any_order_end_the_same(void **state)
{
    CLEANUP(cleanup_text) Text wanted = {0};
    size_t order[DEED_COUNT];
    uint64_t seed = 20261105;
    (void)state;

    for (size_t i = 0; i < DEED_COUNT; i++)
        order[i] = i;
    sum_of_order(order, &wanted);
    assert_non_null(strstr(text_cstr(&wanted), "late"));
    for (int round = 0; round < 6; round++) {
        CLEANUP(cleanup_text) Text sum = {0};
        for (size_t i = DEED_COUNT - 1; i > 0; i--) {
            size_t k = site_random(&seed) % (i + 1), held = order[i];
            order[i] = order[k];
            order[k] = held;
        }
        sum_of_order(order, &sum);
        assert_string_equal(text_cstr(&sum), text_cstr(&wanted));
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, site_setup, site_teardown)
    const struct CMUnitTest tests[] = {
        TEST(the_shipped_rows_are_those_of_the_model),
        TEST(a_version_changes_open_sessions_from_its_day_on),
        TEST(a_wider_window_takes_loose_events_in),
        TEST(a_wider_window_opens_a_session_earlier),
        TEST(a_version_of_a_closed_month_is_not_changed),
        TEST(r17_a_role_that_changes_in_mid_year_changes_the_target_from_that_day),
        TEST(r17_a_target_that_changes_holds_from_its_day),
        TEST(r17_a_class_counts_in_its_year_alone),
        TEST(r17_a_class_over_new_year_is_that_of_the_year_in_which_it_begins),
        TEST(r17_nothing_is_carried_over),
        cmocka_unit_test(rules_and_events_in_any_order_end_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
