#include "core/store/sqlite/queries/own_point.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/store/month.h"
#include "tests/store/site.h"

// The own point (R11) found by walking up from one org is the one that the list of all points gives, and as
// silent (R12): on random trees that change by date, with random hosts, lists, scopes and months closed. And
// the trees that a reader keeps are those that are read anew.

#define ROUNDS 5
#define ORGS 24
#define POINTS 14
#define SESSIONS 8
#define CHANGES 40

typedef struct World {
    Site *site;
    unsigned seed;
    size_t silent, covered, none; // answers met: each kind must be, or nothing was shown
} World;

static unsigned dice(World *w, unsigned sides)
{
    return (unsigned)rand_r(&w->seed) % sides;
}

static const char *some_day(World *w)
{
    static const char *const days[] = {"2026-09-01", "2026-10-10", "2026-10-21", "2026-11-06"};

    return days[dice(w, 4)];
}

static void put_org(World *w, unsigned org, const char *from)
{
    char line[96], parent[16] = "CITY";

    if (org > 0 && dice(w, 6))
        snprintf(parent, sizeof(parent), "o%u", 1 + dice(w, strcmp(from, "-") == 0 ? org : ORGS));
    snprintf(line, sizeof(line), "o%u %s %s %s %s", org + 1, parent, dice(w, 3) ? "county" : "other", from,
             strcmp(from, "-") != 0 && dice(w, 8) == 0 ? "2026-11-10" : "-");
    site_put_org_then(w->site, line, NULL); // a cycle is refused: then nothing changes
}

static void put_point(World *w, unsigned point)
{
    char code[16], org[16];

    snprintf(code, sizeof(code), "p%u", point);
    snprintf(org, sizeof(org), "o%u", 1 + dice(w, ORGS));
    assert_true(site_put_point(w->site, code, org, NULL) >= 0);
}

static void put_session(World *w, unsigned session)
{
    static const char *const days[] = {"2026-10-05", "2026-10-20", "2026-11-05", "2026-11-19"};
    char line[160], org[16] = "CITY";
    int size;

    if (dice(w, 2))
        snprintf(org, sizeof(org), "o%u", 1 + dice(w, ORGS / 2));
    size = snprintf(line, sizeof(line), "s%u %s %s 09:00 90 90 -", session, org, days[session % 4]);
    for (unsigned i = dice(w, 2) ? 0 : 1 + dice(w, 4); i > 0; i--)
        size += snprintf(line + size, sizeof(line) - (size_t)size, " p%u", dice(w, POINTS));
    site_put_session(w->site, line, NULL); // a scope that is not there on the day is refused
}

// Somebody of each org, so that batches name homes all over the tree, and a terminal at each point.
static void world_found(World *w)
{
    char line[96], code[16];

    assert_int_equal(store_begin(w->site->store), 0);
    for (unsigned i = 0; i < ORGS; i++)
        put_org(w, i, "-");
    for (unsigned i = 0; i < POINTS; i++) {
        put_point(w, i);
        snprintf(line, sizeof(line), "t%u", i);
        snprintf(code, sizeof(code), "p%u", i);
        assert_int_equal(site_put_terminal(w->site, line, code, NULL), 0);
    }
    for (unsigned i = 0; i < ORGS; i++) {
        snprintf(line, sizeof(line), "x%u o%u 2026-01-01 - - - -", i + 1, i + 1);
        assert_int_equal(site_put_member(w->site, line, NULL), 0);
    }
    for (unsigned i = 0; i < SESSIONS; i++)
        put_session(w, i);
    site_settle(w->site);
}

static void world_change(World *w)
{
    unsigned n = dice(w, 8);

    assert_int_equal(store_begin(w->site->store), 0);
    if (n < 4)
        put_org(w, dice(w, ORGS), some_day(w));
    else if (n < 6)
        put_point(w, dice(w, POINTS));
    else
        put_session(w, dice(w, SESSIONS));
    site_settle(w->site);
}

static void world_say(World *w, uint64_t seqs[POINTS])
{
    char line[96], terminal[16];
    unsigned session = dice(w, SESSIONS), t = dice(w, POINTS);

    snprintf(line, sizeof(line), "in s%u x%u 2026-11-05T09:00:00+08:00", session, 1 + dice(w, ORGS));
    snprintf(terminal, sizeof(terminal), "t%u", t);
    if (dice(w, 3) == 0)
        site_office(w->site, dice(w, 3) > 0, line);
    else
        site_event(w->site, terminal, ++seqs[t], line);
}

// The own point as a report finds it: the first of the nearest host among all points of the session.
static const SessionPoint *listed_own(const OrgTree *tree, const SessionPoint *points, size_t count,
                                      int32_t org)
{
    for (int32_t i = org_tree_index(tree, org); i >= 0; i = tree->nodes[i].parent)
        for (size_t p = 0; p < count; p++)
            if (points[p].org == tree->nodes[i].org)
                return &points[p];
    return NULL;
}

static void session_compare(World *w, const SessionRow *session)
{
    CLEANUP(cleanup_free) SessionPoint *points = NULL;
    Store *store = w->site->store;
    size_t count;
    OrgTree tree;

    assert_int_equal(org_tree_load(store, session->date, &tree), 0);
    assert_int_equal(query_session_points(store, session, &tree, &points, &count), 0);
    for (int32_t org = 1; org < tree.number_count + 2; org++) { // those too that are not there on the day
        const SessionPoint *own = listed_own(&tree, points, count, org);
        int32_t point = -1;
        bool silent = !own;
        assert_int_equal(own_point_find(store, session, org, &point), 0);
        assert_int_equal(own_point_is_silent(store, session, org, &silent), 0);
        assert_int_equal(point, own ? own->point : 0);
        assert_int_equal(silent, own && own->coverage == COVERAGE_SILENT);
        w->none += !own;
        w->silent += silent;
        w->covered += own && !silent;
    }
    org_tree_deinit(&tree);
}

static void world_compare(World *w)
{
    SessionList list;

    assert_int_equal(query_sessions_between(w->site->store, 0, INT64_MAX, &list), 0);
    for (size_t i = 0; i < list.count; i++)
        session_compare(w, &list.rows[i]);
    session_list_deinit(&list);
}

#define OCTOBER (2026 * 12 + 9)

static void month_close(Site *site)
{
    MonthRevision revision = {.month = OCTOBER, .at = site->now, .who = "zhang", .why = "all in"};
    int number;

    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(month_seal(site->store, &revision, &number), 0);
    assert_int_equal(store_commit(site->store), 0);
    ledger_rollback(site->ledger);
}

static void walking_finds_the_own_point_that_the_list_of_points_gives(void **state)
{
    const char *wish = getenv("STUDYDAY_TEST_SEED");
    World w = {.seed = wish ? (unsigned)strtoul(wish, NULL, 10) : 20261122};
    (void)state;

    for (int round = 0; round < ROUNDS; round++) {
        uint64_t seqs[POINTS] = {0};
        void *site = NULL;
        print_message("# seed %u\n", w.seed);
        site_setup(&site);
        w.site = site;
        w.site->now = site_time("2026-11-20 12:00");
        world_found(&w);
        world_compare(&w);
        for (int i = 0; i < CHANGES; i++) {
            world_change(&w);
            world_say(&w, seqs);
            if (i == CHANGES / 2)
                month_close(w.site); // what changes from here on leaves its sessions as they are
            if (i % 5 == 0)
                world_compare(&w);
        }
        world_compare(&w);
        site_teardown(&site);
    }
    assert_true(w.silent > 0);
    assert_true(w.covered > 0);
    assert_true(w.none > 0);
}

static void trees_assert_same(World *w, Store *reader, Date first, Date last)
{
    OrgTree kept, read;

    assert_int_equal(org_tree_load_span(reader, first, last, &kept), 0);
    assert_int_equal(org_tree_load_span(w->site->store, first, last, &read), 0); // a writer keeps none
    assert_int_equal(kept.count, read.count);
    for (size_t i = 0; i < read.count; i++) {
        assert_string_equal(kept.nodes[i].code, read.nodes[i].code);
        assert_string_equal(kept.nodes[i].name, read.nodes[i].name);
        assert_string_equal(kept.nodes[i].area, read.nodes[i].area);
        assert_int_equal(kept.nodes[i].parent, read.nodes[i].parent);
        assert_int_equal(kept.nodes[i].end, read.nodes[i].end);
        assert_int_equal(org_tree_index(&kept, read.nodes[i].org), i);
    }
    org_tree_deinit(&kept);
    org_tree_deinit(&read);
}

static void a_reader_that_keeps_trees_sees_those_of_each_day(void **state)
{
    CLEANUP(cleanup_store) Store *reader = NULL;
    World w = {.seed = 20261123};
    void *site = NULL;
    Date start = date_from_civil(2026, 8, 25);
    (void)state;

    site_setup(&site);
    w.site = site;
    w.site->now = site_time("2026-11-20 12:00");
    world_found(&w);
    assert_int_equal(store_open(w.site->path, STORE_READ, &reader), 0);
    for (int i = 0; i < CHANGES; i++) {
        world_change(&w);
        if (i == CHANGES / 2)
            month_close(w.site);
        for (int j = 0; j < 12; j++) {
            Date first = start + (Date)dice(&w, 90);
            trees_assert_same(&w, reader, first, first + (Date)(dice(&w, 2) ? 0 : dice(&w, 31)));
        }
    }
    reader = store_close(reader);
    site_teardown(&site);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walking_finds_the_own_point_that_the_list_of_points_gives),
        cmocka_unit_test(a_reader_that_keeps_trees_sees_those_of_each_day)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
