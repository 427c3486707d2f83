// Reports from a real store against a computation that knows nothing of folds, totals or trees: it walks
// members and sessions of a small random world and counts by the words of studyday-rules(7). A failure prints
// the seed; the argument
// `--seed N` runs that world alone.
#include "tests/reports/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/digest.h"
#include "reports/report_month.h"
#include "tests/reports/world.h"

#define WORLDS 120
#define NOON_OF_THE_21ST (zone_day_start(date_from_civil(2026, 11, 21)) + 12 * TIME_HOUR)

// The counts of one org, by the names of the contract.
typedef struct Naive {
    int64_t sessions, expected, exempt, on_site, makeup, home, leave, absent, unreported, guests;
    int64_t checked, passed, not_found, points_expected, points_covered, minutes, year_minutes, members,
        target_met;
    bool provisional;
} Naive;

static uint64_t first_seed = 1;
static int world_count = WORLDS;

static Date session_date(const WorldSession *session)
{
    return zone_date(session->starts);
}

static bool acts_on_site(WorldAct act)
{
    return act == ACT_PRESENT || act == ACT_LATE || act == ACT_EARLY || act == ACT_LEAVE_CAME;
}

/// R14, by what was done: an hour and a half of two hours is enough, half an hour is not.
static int credit_of(const WorldSession *session, WorldAct act)
{
    int makeup = WORLD_MAKEUP_MINUTES < session->minutes ? WORLD_MAKEUP_MINUTES : session->minutes;

    if (act == ACT_MAKEUP || act == ACT_MAKEUP_LATE)
        return makeup;
    if (act == ACT_HOME || (acts_on_site(act) && act != ACT_EARLY))
        return session->minutes;
    return 0;
}

/// R7: whether the session is the member's duty, exempt or not.
static bool has_duty(const World *world, const WorldSession *session, int member)
{
    int home = world_home(world, member, session_date(session));

    if (session->has_invitations)
        return session->invited[member];
    return home != WORLD_NONE && world_within(world, home, session->org);
}

static bool is_exempt(const WorldMember *member, Date date)
{
    return member->exempt_from != DATE_NONE && date >= member->exempt_from && date <= member->exempt_to;
}

/// R2
static bool takes_part(const World *world, const WorldSession *session, int point)
{
    return session->lists_points ? session->lists[point]
                                 : world_within(world, world->points[point].org, session->org);
}

/// R11: the own point of an org is silent; false if there is none.
static bool own_point_silent(const World *world, int s, int org)
{
    for (; org != WORLD_NONE; org = world->orgs[org].parent) {
        for (int p = 0; p < world->point_count; p++) { // codes ascend with the index
            if (world->points[p].org == org && takes_part(world, &world->sessions[s], p))
                return !world->points[p].said[s];
        }
    }
    return false;
}

static void count_status(const World *world, int s, int member, int home, Naive *naive)
{
    WorldAct act = world->sessions[s].deeds[member].act;

    naive->expected++;
    if (acts_on_site(act))
        naive->on_site++;
    else if (act == ACT_HOME)
        naive->home++;
    else if (act == ACT_MAKEUP)
        naive->makeup++;
    else if (act == ACT_LEAVE)
        naive->leave++;
    else if (own_point_silent(world, s, home))
        naive->unreported++;
    else
        naive->absent++;
}

/// R13, R26
static void count_check(const WorldDeed *deed, bool exempt, Naive *naive)
{
    if (deed->check == WORLD_NONE || deed->act == ACT_VOIDED)
        return;
    naive->checked++;
    naive->passed += deed->check == 1 && (deed->score == WORLD_NONE || deed->score >= 60);
    naive->not_found += deed->check == 0 && acts_on_site(deed->act) && !exempt;
}

static void count_members(const World *world, int s, int org, Naive *naive)
{
    const WorldSession *session = &world->sessions[s];
    int64_t expected = naive->expected;

    for (int m = 0; m < world->member_count; m++) {
        const WorldDeed *deed = &session->deeds[m];
        int home = world_home(world, m, session_date(session));
        bool duty = has_duty(world, session, m);
        bool excused = duty && is_exempt(&world->members[m], session_date(session));
        bool inside = home != WORLD_NONE && world_within(world, home, org);

        if (acts_on_site(deed->act) && !inside && world_within(world, world->points[deed->point].org, org))
            naive->guests++;
        if (!inside)
            continue;
        naive->exempt += excused;
        if (duty && !excused)
            count_status(world, s, m, home, naive);
        count_check(deed, excused, naive);
        naive->minutes += credit_of(session, deed->act);
    }
    naive->sessions += naive->expected > expected;
}

/// R12: of the whole session.
static bool session_complete(const World *world, int s)
{
    for (int p = 0; p < world->point_count; p++) {
        const WorldPoint *point = &world->points[p];
        bool gap = point->gap && point->gap < point->closed_at[s];
        if (takes_part(world, &world->sessions[s], p) && (!point->closed_at[s] || gap))
            return false;
    }
    return true;
}

static void count_points(const World *world, int s, int org, Naive *naive)
{
    for (int p = 0; p < world->point_count; p++) {
        if (!takes_part(world, &world->sessions[s], p) || !world_within(world, world->points[p].org, org))
            continue;
        naive->points_expected++;
        naive->points_covered += world->points[p].said[s];
    }
}

/// R17, R22
static void count_year(const World *world, int org, Naive *naive)
{
    for (int m = 0; m < world->member_count; m++) {
        int home = world_home(world, m, date_from_civil(2026, 11, 30));
        bool leader = world->members[m].role != ROLE_MEMBER, class_taken = false;
        int64_t minutes = 0;

        if (home == WORLD_NONE || !world_within(world, home, org))
            continue;
        for (int s = 0; s < world->session_count; s++) {
            int credit = credit_of(&world->sessions[s], world->sessions[s].deeds[m].act);
            minutes += credit;
            class_taken = class_taken || (credit > 0 && world->sessions[s].kind == SESSION_CLASS);
        }
        naive->members++;
        naive->year_minutes += minutes;
        naive->target_met += leader ? minutes >= 56 * 60 && class_taken : minutes >= 32 * 60;
    }
}

static Naive count_org(const World *world, int org)
{
    Naive naive = {0};

    for (int s = 0; s < world->session_count; s++) {
        Naive before = naive;
        count_members(world, s, org, &naive);
        count_points(world, s, org, &naive);
        bool concerns = naive.expected > before.expected || naive.exempt > before.exempt ||
                        naive.points_expected > before.points_expected;
        naive.provisional = naive.provisional || (concerns && !session_complete(world, s));
    }
    count_year(world, org, &naive);
    return naive;
}

static int64_t cell(const Report *report, const ReportRow *row, const char *key)
{
    for (size_t i = 0; i < report->column_count; i++) {
        if (text_equal(report->columns[i].key, key))
            return row->cells[i].number;
    }
    fail_msg("no column %s", key);
    return 0;
}

static int64_t permille(int64_t part, int64_t whole)
{
    return whole == 0 ? REPORT_NULL : (part * 1000 * 2 / whole + 1) / 2;
}

static void check_rates(const Report *report, const ReportRow *row, const Naive *n)
{
    assert_int_equal(n->expected, n->on_site + n->makeup + n->home + n->leave + n->absent + n->unreported);
    assert_int_equal(cell(report, row, "centralised_permille"), permille(n->on_site, n->expected));
    assert_int_equal(cell(report, row, "centralised_low_permille"), permille(n->on_site, n->expected));
    assert_int_equal(cell(report, row, "centralised_high_permille"),
                     permille(n->on_site, n->expected - n->unreported));
    assert_int_equal(cell(report, row, "overall_permille"),
                     permille(n->on_site + n->makeup + n->home, n->expected));
}

static void check_row(const Report *report, const ReportRow *row, const Naive *n)
{
    const struct {
        const char *key;
        int64_t expected;
    } counts[] = {
        {"sessions", n->sessions},
        {"expected", n->expected},
        {"exempt", n->exempt},
        {"on_site", n->on_site},
        {"makeup", n->makeup},
        {"home", n->home},
        {"leave", n->leave},
        {"absent", n->absent},
        {"unreported", n->unreported},
        {"guests", n->guests},
        {"checked", n->checked},
        {"passed", n->passed},
        {"not_found", n->not_found},
        {"points_expected", n->points_expected},
        {"points_covered", n->points_covered},
        {"minutes", n->minutes},
        {"year_minutes", n->year_minutes},
        {"members", n->members},
        {"target_met", n->target_met},
    };
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        int64_t got = cell(report, row, counts[i].key);
        if (got != counts[i].expected)
            fail_msg("%s of %s: %lld in the report, %lld by hand", counts[i].key, row->cells[0].text,
                     (long long)got, (long long)counts[i].expected);
    }
    check_rates(report, row, n);
}

static void check_state(Store *store, const World *world, int org, bool provisional)
{
    ReportScope scope = {.org = world->orgs[org].code, .depth = 0, .now = NOON_OF_THE_21ST};
    Report *report;

    assert_int_equal(report_month(store, WORLD_MONTH, &scope, &report), 0);
    for (size_t i = 0; i < report->head_count; i++) {
        if (strcmp(report->heads[i].key, "state") == 0 &&
            strcmp(report->heads[i].cell.text, provisional ? "provisional" : "complete") != 0)
            fail_msg("state of %s: %s", scope.org, report->heads[i].cell.text);
    }
    report_free(report);
}

static void check_world(Store *store, const World *world)
{
    ReportScope scope = {.depth = REPORT_DEPTH_MAX, .now = NOON_OF_THE_21ST};
    Report *report;

    assert_int_equal(report_month(store, WORLD_MONTH, &scope, &report), 0);
    assert_int_equal(report->row_count, world->org_count);
    for (size_t i = 0; i < report->row_count; i++) {
        int org = atoi(report->rows[i].cells[0].text + 1);
        Naive naive = count_org(world, org);
        check_row(report, &report->rows[i], &naive);
        check_state(store, world, org, naive.provisional);
    }
    report_free(report);
}

static void report_equals_the_naive_count_in_random_worlds(void **state)
{
    (void)state;
    for (int i = 0; i < world_count; i++) {
        char folder[] = "/tmp/studyday-cross-XXXXXX";
        char path[64], lock[64];
        static World world; // large for a stack
        Store *store;

        assert_non_null(mkdtemp(folder));
        snprintf(path, sizeof(path), "%s/db", folder);
        snprintf(lock, sizeof(lock), "%s/db.lock", folder);
        print_message("world --seed %llu\n", (unsigned long long)first_seed + (unsigned)i);
        world_make(&world, first_seed + (uint64_t)i);
        assert_int_equal(store_create(path), 0);
        assert_int_equal(store_open(path, STORE_WRITE, &store), 0);
        world_put(&world, store, NOON_OF_THE_21ST);
        check_world(store, &world);
        store_close(store);
        unlink(path);
        unlink(lock);
        rmdir(folder);
    }
}

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(report_equals_the_naive_count_in_random_worlds),
    };
    if (!zone_set("Asia/Shanghai"))
        return 1;
    if (argc == 3 && strcmp(argv[1], "--seed") == 0) {
        first_seed = strtoull(argv[2], NULL, 10);
        world_count = 1;
    }
    digest_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
