// What explain lists adds up to what the report prints: every figure, of every org, of the month and of each
// session, in small random worlds in a real store. A failure prints the seed.
#include "tests/reports/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/digest.h"
#include "reports/explain.h"
#include "reports/explain_column.h"
#include "reports/report_month.h"
#include "reports/report_session.h"
#include "tests/reports/world.h"

#define WORLDS 10
#define NOON_OF_THE_21ST (zone_day_start(date_from_civil(2026, 11, 21)) + 12 * TIME_HOUR)

static const char *const counts[] = {
    "sessions",       "expected",   "exempt",       "on_site", "makeup",     "home",      "leave",
    "absent",         "unreported", "guests",       "checked", "passed",     "not_found", "points_expected",
    "points_covered", "minutes",    "year_minutes", "members", "target_met",
};
static const char *const rates[] = {
    "centralised_permille",
    "centralised_low_permille",
    "centralised_high_permille",
    "overall_permille",
};

typedef struct Heard {
    ExplainHead head;
    int64_t count, sum, added;
    bool sound; // every pair has a reason for its duty, and every event a use
} Heard;

static int hear_head(void *user, const ExplainHead *head)
{
    ((Heard *)user)->head = *head;
    return 0;
}

static int hear_entry(void *user, const ExplainEntry *entry)
{
    Heard *heard = user;

    heard->added += entry->value;
    heard->sound = heard->sound && (!entry->is_pair || entry->reason_count > 0) && entry->value != 0;
    return 0;
}

static int hear_tail(void *user, int64_t count, int64_t sum)
{
    Heard *heard = user;

    heard->count = count;
    heard->sum = sum;
    return 0;
}

static Heard listen(Store *store, const char *org, const char *session, const char *column)
{
    Heard heard = {.sound = true};
    ExplainWriter writer = {hear_head, hear_entry, hear_tail, &heard};
    ExplainScope scope = {
        .org = org, .session = session, .month = WORLD_MONTH, .column = column, .now = NOON_OF_THE_21ST};

    assert_int_equal(explain_figure(store, &scope, &writer), 0);
    return heard;
}

static int64_t figure_of(const Report *report, const char *key)
{
    for (size_t c = 0; c < report->column_count; c++)
        if (report->columns[c].key && strcmp(report->columns[c].key, key) == 0)
            return report->rows[0].cells[c].number;
    fail_msg("no column %s", key);
    return 0;
}

// All figures of one org's report.
static void compare(Store *store, const char *org, const char *session, uint64_t seed)
{
    CLEANUP(cleanup_report) Report *report = NULL;
    ReportScope scope = {.org = org, .depth = 0, .now = NOON_OF_THE_21ST};
    int r = session ? report_session(store, session, &scope, &report)
                    : report_month(store, WORLD_MONTH, &scope, &report);

    assert_int_equal(r, 0);
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        Heard heard = listen(store, org, session, counts[i]);
        int64_t figure = figure_of(report, counts[i]);
        if (heard.head.figure != figure || heard.sum != figure || heard.added != heard.sum || !heard.sound)
            fail_msg("seed %llu: %s of %s%s%s: the report has %lld, explain says %lld and lists %lld",
                     (unsigned long long)seed, counts[i], org, session ? " at " : "", session ? session : "",
                     (long long)figure, (long long)heard.head.figure, (long long)heard.sum);
    }
    for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
        Heard heard = listen(store, org, session, rates[i]);
        assert_true(heard.head.is_rate);
        assert_int_equal(heard.head.figure, figure_of(report, rates[i]));
        assert_int_equal(heard.head.whole_sum == 0 ? REPORT_NULL
                                                   : rate_permille(heard.head.part_sum, heard.head.whole_sum),
                         heard.head.figure);
        assert_int_equal(heard.count, 0);
    }
}

static void compare_world(uint64_t seed, int64_t *listed)
{
    static World world;
    char folder[] = "/tmp/studyday-explain-XXXXXX", path[64], name[80];
    static const char *const suffixes[] = {"", "-wal", "-shm", ".lock"};
    Store *store = NULL;

    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/a.db", folder);
    assert_int_equal(store_create(path), 0);
    assert_int_equal(store_open(path, STORE_WRITE, &store), 0);
    world_make(&world, seed);
    world_put(&world, store, NOON_OF_THE_21ST);
    for (int i = 0; i < world.org_count; i++) {
        compare(store, world.orgs[i].code, NULL, seed);
        for (int s = 0; s < world.session_count; s++)
            if (world.sessions[s].starts <= NOON_OF_THE_21ST)
                compare(store, world.orgs[i].code, world.sessions[s].code, seed);
    }
    *listed += listen(store, world.orgs[0].code, NULL, "absent").count;
    *listed += listen(store, world.orgs[0].code, NULL, "on_site").count;
    store_close(store);
    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        snprintf(name, sizeof(name), "%s%s", path, suffixes[i]);
        unlink(name);
    }
    rmdir(folder);
}

static void what_is_listed_adds_up_to_every_figure(void **state)
{
    int64_t listed = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= WORLDS; seed++)
        compare_world(seed, &listed);
    assert_true(listed > WORLDS); // the worlds are not empty
}

static void every_figure_of_the_report_can_be_explained(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
        assert_non_null(explain_column_find(counts[i]));
    for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++)
        assert_non_null(explain_column_find(rates[i]));
    for (size_t i = 0; i < report_figures_column_count; i++) {
        const ReportColumn *column = &report_figures_columns[i];
        bool is_figure = column->key && (column->type == REPORT_COUNT || column->type == REPORT_PERMILLE ||
                                         column->type == REPORT_MINUTES);
        if (is_figure && (column->forms & REPORT_IN_JSON) && !explain_column_find(column->key))
            fail_msg("%s cannot be explained", column->key);
    }
    assert_null(explain_column_find("name"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_listed_adds_up_to_every_figure),
        cmocka_unit_test(every_figure_of_the_report_can_be_explained),
    };

    digest_init();
    if (!zone_set("Asia/Shanghai"))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
