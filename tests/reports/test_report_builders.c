// The month's and the session's report as documents: which rows, which heads, which outcome.
#include "tests/reports/test.h"

#include <string.h>

#include "core/base/digest.h"
#include "reports/render.h"
#include "reports/report_changes.h"
#include "reports/report_month.h"
#include "reports/report_session.h"
#include "tests/reports/fake_query.h"
#include "tests/reports/golden.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define NOVEMBER (2026 * 12 + 10)

static const FakeOrg county[] = {{"C", NULL},  {"T1", "C"}, {"B1", "T1"},
                                 {"B2", "T1"}, {"T2", "C"}, {"Z", NULL}};
static const FakeTree trees[] = {{0, county, COUNT_OF(county)}};
static const FakePoint points[] = {{"P1", "B1", COVERAGE_CLOSED, false},
                                   {"P2", "T2", COVERAGE_SILENT, false}};
static const FakeTally tallies[] = {
    {"B1", {.expected = 7, .exempt = 1, .present = 4, .late = 1, .makeup = 1, .leave = 1, .minutes = 500}},
    {"T2", {.expected = 1, .nothing = 1}},
};
static const FakeMember members[] = {{"B1", ROLE_MEMBER, 2000, false}, {"B1", ROLE_MEMBER, 95, false}};
static FakeSession sessions[1];
static FakeStore fake = {.trees = trees,
                         .tree_count = COUNT_OF(trees),
                         .sessions = sessions,
                         .session_count = 1,
                         .members = members,
                         .member_count = COUNT_OF(members)};

static Time day(int month, int day_of_month)
{
    return zone_day_start(date_from_civil(2026, month, day_of_month));
}

static void check_json(Report *report, const char *name)
{
    static const RenderOptions options;
    Text text = {0};
    render_json(report, &options, &text);
    golden_check(name, &text);
    text_deinit(&text);
    report_free(report);
}

static Report *month(const char *org, int depth)
{
    ReportScope scope = {.org = org, .depth = depth, .now = day(11, 21)};
    Report *report;
    assert_int_equal(report_month(fake_store(&fake), NOVEMBER, &scope, &report), 0);
    return report;
}

static void month_has_the_keys_of_the_contract_in_order(void **state)
{
    (void)state;
    check_json(month(NULL, 1), "month.json");
}

static void month_as_text_carries_bounds_completeness_and_definitions(void **state)
{
    static const RenderOptions options;
    Report *report = month(NULL, 2);
    Text text = {0};
    (void)state;
    render_text(report, &options, &text);
    golden_check("month.txt", &text);
    text_deinit(&text);
    report_free(report);
}

static void depth_0_is_the_org_alone(void **state)
{
    Report *report = month("T1", 0);
    (void)state;
    assert_int_equal(report->row_count, 1);
    assert_string_equal(report->rows[0].cells[0].text, "T1");
    report_free(report);
}

static void depth_2_has_the_subtree_in_order_and_no_other_top(void **state)
{
    static const char *const expected[] = {"C", "T1", "B1", "B2", "T2"};
    Report *report = month(NULL, 2);
    (void)state;
    assert_int_equal(report->row_count, COUNT_OF(expected));
    for (size_t i = 0; i < COUNT_OF(expected); i++)
        assert_string_equal(report->rows[i].cells[0].text, expected[i]);
    assert_int_equal(report->rows[2].depth, 2);
    report_free(report);
}

static void month_that_has_not_begun_is_refused(void **state)
{
    ReportScope scope = {.depth = 1, .now = day(12, 1) - 1};
    Report *report = NULL;
    (void)state;
    assert_int_equal(report_month(fake_store(&fake), NOVEMBER + 1, &scope, &report), REPORT_E_FUTURE);
    assert_null(report);
    scope.now = day(12, 1);
    assert_int_equal(report_month(fake_store(&fake), NOVEMBER + 1, &scope, &report), 0);
    report_free(report);
}

/// The state that a month without sessions has at `now`.
static void check_empty_state(Time now, const char *expected)
{
    FakeStore empty = {.trees = trees, .tree_count = COUNT_OF(trees)};
    ReportScope scope = {.depth = 0, .now = now};
    Report *report;
    bool found = false;
    assert_int_equal(report_month(fake_store(&empty), NOVEMBER, &scope, &report), 0);
    for (size_t i = 0; i < report->head_count; i++)
        found = found || (strcmp(report->heads[i].key, "state") == 0 &&
                          strcmp(report->heads[i].cell.text, expected) == 0);
    assert_true(found);
    report_free(report);
}

static void month_without_sessions_is_complete_once_it_is_over(void **state)
{
    (void)state;
    check_empty_state(day(12, 1) - 1, "provisional");
    check_empty_state(day(12, 1), "complete");
}

static void unknown_org_is_an_outcome(void **state)
{
    ReportScope scope = {.org = "X", .depth = 1, .now = day(11, 21)};
    Report *report = NULL;
    (void)state;
    assert_int_equal(report_month(fake_store(&fake), NOVEMBER, &scope, &report), REPORT_E_UNKNOWN_ORG);
    assert_int_equal(report_session(fake_store(&fake), "S1", &scope, &report), REPORT_E_UNKNOWN_ORG);
}

static void store_without_orgs_is_an_outcome(void **state)
{
    FakeStore empty = {0};
    ReportScope scope = {.depth = 1, .now = day(11, 21)};
    Report *report = NULL;
    (void)state;
    assert_int_equal(report_month(fake_store(&empty), NOVEMBER, &scope, &report), REPORT_E_NO_ORGS);
}

static void session_has_the_keys_of_the_contract_and_begins_with_its_own_org(void **state)
{
    ReportScope scope = {.depth = 1, .now = day(11, 21)};
    Report *report;
    (void)state;
    assert_int_equal(report_session(fake_store(&fake), "S1", &scope, &report), 0);
    check_json(report, "session.json");
}

static void session_names_the_silent_points_of_its_subtree(void **state)
{
    ReportScope scope = {.depth = 1, .now = day(11, 21)};
    Report *report;
    bool named = false;
    (void)state;
    assert_int_equal(report_session(fake_store(&fake), "S1", &scope, &report), 0);
    for (size_t i = 0; i < report->note_count; i++)
        named = named || strcmp(report->notes[i].text, "Silent points (1): P2") == 0;
    assert_true(named);
    report_free(report);
}

static void session_that_has_not_begun_or_is_unknown_is_refused(void **state)
{
    ReportScope scope = {.depth = 1, .now = sessions[0].starts - 1};
    Report *report = NULL;
    (void)state;
    assert_int_equal(report_session(fake_store(&fake), "S1", &scope, &report), REPORT_E_FUTURE);
    assert_int_equal(report_session(fake_store(&fake), "S2", &scope, &report), REPORT_E_UNKNOWN_SESSION);
}

static const MonthRow stored_rows[] = {
    {.org = "C",
     .name = "County as it was",
     .figures = {.sessions = 1, .expected = 9, .present = 6, .members = 9}},
    {.org = "T1", .name = "T1", .depth = 1, .figures = {.sessions = 1, .expected = 4, .present = 4}},
    {.org = "B1", .name = "B1", .depth = 2, .figures = {.sessions = 1, .expected = 4, .present = 4}},
    {.org = "T2", .name = "T2", .depth = 1, .figures = {.sessions = 1, .expected = 5, .present = 2}},
    {.org = "Z", .name = "Z"},
};
static const MonthRow revised_rows[] = {
    {.org = "C",
     .name = "County as it was",
     .figures = {.sessions = 1, .expected = 9, .present = 7, .members = 9}},
};
static MonthSession stored_sessions[] = {{.code = "S", .title = "Day", .points = 2, .covered = 1}};
static const MonthChange stored_changes[] = {
    {.session = "S",
     .org = "T2",
     .before = "silent",
     .after = "closed",
     .before_point = "P2",
     .after_point = "P2",
     .what = MONTH_WHAT_COVERAGE,
     .cause = "coverage",
     .at = TIME_NONE},
    {.session = "S",
     .org = "B1",
     .member = "M1",
     .before = "absent",
     .after = "left-early",
     .after_point = "P1",
     .after_credit = 90,
     .what = MONTH_WHAT_STATUS | MONTH_WHAT_CREDIT,
     .cause = "event",
     .terminal = "t-1",
     .epoch = "E",
     .seq = 7,
     .at = 1795000000 * TIME_SECOND},
    {.session = "S",
     .org = "B9",
     .member = "M9",
     .after = "present",
     .what = MONTH_WHAT_STATUS,
     .cause = "roster",
     .at = TIME_NONE},
};
static FakeRevision revisions[2];

static FakeStore *closed_store(size_t revision_count)
{
    static FakeStore closed;

    stored_sessions[0].starts = day(11, 5);
    revisions[0] = (FakeRevision){.at = day(12, 3),
                                  .rows = stored_rows,
                                  .row_count = COUNT_OF(stored_rows),
                                  .sessions = stored_sessions,
                                  .session_count = 1,
                                  .changes = stored_changes,
                                  .change_count = COUNT_OF(stored_changes)};
    revisions[1] =
        (FakeRevision){.at = day(12, 9), .why = "late terminal", .rows = revised_rows, .row_count = 1};
    closed = fake;
    closed.revisions = revisions;
    closed.revision_count = revision_count;
    return &closed;
}

static void a_closed_month_is_reported_from_its_stored_rows(void **state)
{
    ReportScope scope = {.depth = 1, .now = day(12, 20)};
    Report *report;
    (void)state;
    assert_int_equal(report_month(fake_store(closed_store(1)), NOVEMBER, &scope, &report), 0);
    check_json(report, "month-closed.json");
}

static void an_org_of_a_closed_month_is_found_in_the_stored_tree(void **state)
{
    ReportScope scope = {.org = "T1", .depth = 5, .now = day(12, 20)};
    Report *report;
    (void)state;
    assert_int_equal(report_month(fake_store(closed_store(1)), NOVEMBER, &scope, &report), 0);
    assert_int_equal(report->row_count, 2);
    assert_string_equal(report->rows[1].cells[0].text, "B1");
    assert_int_equal(report->rows[1].depth, 1);
    report_free(report);
}

static const ReportHead *head_of(const Report *report, const char *key)
{
    for (size_t i = 0; i < report->head_count; i++)
        if (strcmp(report->heads[i].key, key) == 0)
            return &report->heads[i];
    fail_msg("no head %s", key);
    return NULL;
}

static void the_latest_revision_is_reported_unless_another_is_asked_for(void **state)
{
    ReportScope scope = {.now = day(12, 20)};
    Report *report;
    (void)state;
    assert_int_equal(report_month(fake_store(closed_store(2)), NOVEMBER, &scope, &report), 0);
    assert_int_equal(head_of(report, "revision")->cell.number, 1);
    report_free(report);
    scope.revision_given = true;
    assert_int_equal(report_month(fake_store(closed_store(2)), NOVEMBER, &scope, &report), 0);
    assert_int_equal(head_of(report, "revision")->cell.number, 0);
    report_free(report);
}

static void a_reopened_month_is_reported_live_and_its_revisions_on_demand(void **state)
{
    ReportScope scope = {.now = day(12, 20)};
    FakeStore *reopened = closed_store(1);
    Report *report;
    (void)state;
    reopened->reopened = true;
    assert_int_equal(report_month(fake_store(reopened), NOVEMBER, &scope, &report), 0);
    assert_int_equal(head_of(report, "closed")->cell.number, 0);
    report_free(report);
    scope.revision_given = true;
    assert_int_equal(report_month(fake_store(reopened), NOVEMBER, &scope, &report), 0);
    assert_int_equal(head_of(report, "closed")->cell.number, 1);
    report_free(report);
}

static void a_revision_that_is_not_there_is_an_outcome(void **state)
{
    ReportScope scope = {.now = day(12, 20), .revision_given = true, .revision = 1};
    Report *report;
    (void)state;
    assert_int_equal(report_month(fake_store(closed_store(1)), NOVEMBER, &scope, &report),
                     REPORT_E_NO_REVISION);
    assert_int_equal(report_changes(fake_store(closed_store(1)), NOVEMBER, &scope, &report),
                     REPORT_E_NO_REVISION);
    scope.revision_given = false;
    assert_int_equal(report_changes(fake_store(&fake), NOVEMBER, &scope, &report), REPORT_E_NO_REVISION);
}

static void changes_name_member_or_point_before_after_and_cause(void **state)
{
    ReportScope scope = {.now = day(12, 20)};
    Report *report;
    (void)state;
    assert_int_equal(report_changes(fake_store(closed_store(1)), NOVEMBER, &scope, &report), 0);
    check_json(report, "month-changes.json");
}

static void changes_of_an_org_are_those_of_its_stored_subtree(void **state)
{
    ReportScope scope = {.org = "T1", .now = day(12, 20)};
    Report *report;
    (void)state;
    assert_int_equal(report_changes(fake_store(closed_store(1)), NOVEMBER, &scope, &report), 0);
    assert_int_equal(report->row_count, 1);
    report_free(report);
    scope.org = "B9";
    assert_int_equal(report_changes(fake_store(closed_store(1)), NOVEMBER, &scope, &report),
                     REPORT_E_UNKNOWN_ORG);
}

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(month_has_the_keys_of_the_contract_in_order),
        cmocka_unit_test(month_as_text_carries_bounds_completeness_and_definitions),
        cmocka_unit_test(depth_0_is_the_org_alone),
        cmocka_unit_test(depth_2_has_the_subtree_in_order_and_no_other_top),
        cmocka_unit_test(month_that_has_not_begun_is_refused),
        cmocka_unit_test(month_without_sessions_is_complete_once_it_is_over),
        cmocka_unit_test(unknown_org_is_an_outcome),
        cmocka_unit_test(store_without_orgs_is_an_outcome),
        cmocka_unit_test(session_has_the_keys_of_the_contract_and_begins_with_its_own_org),
        cmocka_unit_test(session_names_the_silent_points_of_its_subtree),
        cmocka_unit_test(session_that_has_not_begun_or_is_unknown_is_refused),
        cmocka_unit_test(a_closed_month_is_reported_from_its_stored_rows),
        cmocka_unit_test(an_org_of_a_closed_month_is_found_in_the_stored_tree),
        cmocka_unit_test(the_latest_revision_is_reported_unless_another_is_asked_for),
        cmocka_unit_test(a_reopened_month_is_reported_live_and_its_revisions_on_demand),
        cmocka_unit_test(a_revision_that_is_not_there_is_an_outcome),
        cmocka_unit_test(changes_name_member_or_point_before_after_and_cause),
        cmocka_unit_test(changes_of_an_org_are_those_of_its_stored_subtree),
    };
    if (argc < 2 || !zone_set("Asia/Shanghai"))
        return 1;
    digest_init();
    golden_init(argv[1], argc > 2 && strcmp(argv[2], "--write") == 0);
    sessions[0] = (FakeSession){
        "S1", "C", day(11, 5) + 9 * TIME_HOUR, points, COUNT_OF(points), tallies, COUNT_OF(tallies), NULL, 0};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
