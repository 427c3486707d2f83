// The twelve months beside a month's report, from a fake store.
#include "tests/reports/test.h"

#include "core/base/clock.h"
#include "reports/report_month.h"
#include "tests/reports/fake_query.h"

static const FakeOrg orgs[] = {{"A", NULL}, {"B", "A"}};
static const FakeTree trees[] = {{0, orgs, 2}};
static const FakeTally half[] = {{"B", {.expected = 10, .present = 5, .nothing = 5}}};
static const FakeTally most[] = {{"B", {.expected = 10, .present = 9, .nothing = 1}}};

#define NOW ((Time)(date_from_civil(2026, 12, 1)) * TIME_DAY)

static FakeSession session(const char *code, int month, const FakeTally *tally)
{
    return (FakeSession){.code = code,
                         .org = "A",
                         .starts = (Time)date_from_civil(2026, month, 5) * TIME_DAY,
                         .tallies = tally,
                         .tally_count = 1};
}

static Report *november(FakeStore *fake)
{
    ReportScope scope = {.trend = true, .now = NOW};
    Report *report = NULL;
    Month month = month_of_date(date_from_civil(2026, 11, 1));
    assert_int_equal(report_month(fake_store(fake), month, &scope, &report), 0);
    return report;
}

static const ReportSeries *trend_of(const Report *report)
{
    for (size_t i = 0; i < report->series_count; i++) {
        if (report->series[i].kind == REPORT_SERIES_TREND)
            return &report->series[i];
    }
    return NULL;
}

static void trend_of_open_months_is_live_from_the_first_known_to_the_month_itself(void **state)
{
    const FakeSession sessions[] = {session("s1", 9, half), session("s2", 11, most)};
    FakeStore fake = {.trees = trees, .tree_count = 1, .sessions = sessions, .session_count = 2};
    Report *report = november(&fake);
    const ReportSeries *trend = trend_of(report);
    if (!trend) {
        fail_msg("no trend");
        return;
    }
    (void)state;
    assert_int_equal(trend->point_count, 3);
    assert_string_equal(trend->points[0].label, "2026-09");
    assert_int_equal(trend->points[0].values[0], 500);
    assert_true(trend->points[1].values[0] == REPORT_NULL); // October had no session
    assert_string_equal(trend->points[2].label, "2026-11");
    assert_int_equal(trend->points[2].values[0], 900);
    report_free(report);
}

static void trend_is_made_only_when_it_is_asked_for(void **state)
{
    const FakeSession sessions[] = {session("s2", 11, most)};
    FakeStore fake = {.trees = trees, .tree_count = 1, .sessions = sessions, .session_count = 1};
    ReportScope scope = {.now = NOW};
    Report *report = NULL;
    (void)state;
    assert_int_equal(
        report_month(fake_store(&fake), month_of_date(date_from_civil(2026, 11, 1)), &scope, &report), 0);
    assert_null(trend_of(report));
    report_free(report);
}

// The fake's revisions stand for whatever month is asked for: here for all of them, known of October.
static void trend_of_a_closed_month_has_other_months_as_they_stood_when_it_was_closed(void **state)
{
    static const MonthRow before[] = {{.org = "A", .name = "A", .figures = {.expected = 10, .present = 6}}};
    static const MonthRow after[] = {{.org = "A", .name = "A", .figures = {.expected = 10, .present = 8}}};
    const FakeSession sessions[] = {session("s1", 9, half)};
    FakeRevision revisions[] = {{.at = NOW - 2 * TIME_DAY, .rows = before, .row_count = 1},
                                {.at = NOW - TIME_DAY, .rows = after, .row_count = 1}};
    FakeStore fake = {.trees = trees,
                      .tree_count = 1,
                      .sessions = sessions,
                      .session_count = 1,
                      .revisions = revisions,
                      .revision_count = 2,
                      .revision_month = month_of_date(date_from_civil(2026, 10, 1))};
    ReportScope scope = {.trend = true, .now = NOW, .revision_given = true, .revision = 0};
    Report *report = NULL;
    (void)state;
    assert_int_equal(
        report_month(fake_store(&fake), month_of_date(date_from_civil(2026, 11, 1)), &scope, &report), 0);
    const ReportSeries *trend = trend_of(report);
    if (!trend) {
        fail_msg("no trend");
        return;
    }
    // September is open and left out; October has its revision 0, not 1, which came later.
    assert_int_equal(trend->point_count, 2);
    assert_string_equal(trend->points[0].label, "2026-10");
    assert_int_equal(trend->points[0].values[0], 600);
    assert_int_equal(report->as_of, NOW - 2 * TIME_DAY);
    report_free(report);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(trend_of_open_months_is_live_from_the_first_known_to_the_month_itself),
        cmocka_unit_test(trend_is_made_only_when_it_is_asked_for),
        cmocka_unit_test(trend_of_a_closed_month_has_other_months_as_they_stood_when_it_was_closed),
    };
    if (!zone_set("Asia/Shanghai"))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
