// Sessions planned by commands reach the terminals' plans: the roster version moves, and the points that take
// part find the session. And what the office refuses leaves no trace.
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/base/cleanup.h"
#include "core/base/clock.h"
#include "core/store/query.h"
#include "office/links.h"
#include "tests/office/site.h"
#include "tests/office/test.h"
#include "tests/support/support.h"

static char *base;

static int set_up(void **state)
{
    *state = site_new_with(base);
    return 0;
}

static int tear_down(void **state)
{
    site_free(*state);
    return 0;
}

/// Sessions of January 2099 in the plan of a point.
static size_t planned(Site *site, const char *point)
{
    SessionList list = {0};
    size_t count;

    assert_int_equal(query_plan_sessions(site->store, point, zone_day_start(date_from_civil(2099, 1, 1)),
                                         zone_day_start(date_from_civil(2099, 2, 1)), &list),
                     0);
    count = list.count;
    session_list_deinit(&list);
    return count;
}

#define NEW                                                                               \
    "session add NEW --kind meeting --title x --starts 2099-01-05T09:00:00+08:00 --ends " \
    "2099-01-05T10:00:00+08:00 --org A --minutes 60 "

static void a_session_added_is_in_the_plans_of_its_points(void **state)
{
    Site *site = *state;
    int64_t version = store_roster_version(site->store);

    assert_int_equal(site_say(site, NEW, NULL), EX_OK);
    assert_true(site->reply.roster_changed);
    assert_true(store_roster_version(site->store) > version);
    assert_int_equal(planned(site, "P-1"), 1);
}

static void a_series_is_in_the_plans_with_all_its_sessions(void **state)
{
    Site *site = *state;

    assert_int_equal(site_say(site, NEW "--repeat weekly:mon,thu --until 2099-01", NULL), EX_OK);
    assert_int_equal(planned(site, "P-1"), 8); // 5, 8, 12, 15, 19, 22, 26, 29
}

static void a_dry_run_leaves_the_plans_alone(void **state)
{
    Site *site = *state;
    int64_t version = store_roster_version(site->store);

    assert_int_equal(site_say(site, NEW "--days 3 --dry-run", NULL), EX_OK);
    assert_false(site->reply.roster_changed);
    assert_int_equal(store_roster_version(site->store), version);
    assert_int_equal(planned(site, "P-1"), 0);
}

static void a_change_and_a_cancellation_reach_the_plans(void **state)
{
    Site *site = *state;

    assert_int_equal(site_say(site, NEW, NULL), EX_OK);
    int64_t version = store_roster_version(site->store);
    assert_int_equal(site_say(site, "session change NEW --starts 2099-02-05T09:00:00+08:00", NULL), EX_OK);
    assert_true(store_roster_version(site->store) > version);
    assert_int_equal(planned(site, "P-1"), 0);
    version = store_roster_version(site->store);
    assert_int_equal(site_say(site, "session cancel NEW --why gone", NULL), EX_OK);
    assert_true(site->reply.roster_changed);
    assert_true(store_roster_version(site->store) > version);
}

static void what_one_session_of_a_series_cannot_be_refuses_all(void **state)
{
    Site *site = *state;
    int64_t version = store_roster_version(site->store);

    assert_int_equal(site_say(site, NEW "--days 3 --points P-1;NOWHERE", NULL), EX_DATAERR);
    assert_int_equal(site_say(site, NEW "--days 3 --invite M01;NOBODY", NULL), EX_DATAERR);
    assert_int_equal(site_say(site, NEW "--days 3 --makeup-until 2099-01-06", NULL), EX_DATAERR); // the third
    assert_string_equal(text_cstr(&site->reply.out), "");
    assert_int_equal(store_roster_version(site->store), version);
    assert_int_equal(planned(site, "P-1"), 0);
}

static void links_are_taken_apart_and_kept_as_they_are(void **state)
{
    CLEANUP(cleanup_text) Text links = {0};

    (void)state;
    assert_null(links_parse(" https://example.org/a?b=1#c ；HTTP://10.0.0.1:8080/x%20y;", &links));
    assert_string_equal(text_cstr(&links), "https://example.org/a?b=1#c HTTP://10.0.0.1:8080/x%20y");
}

static void what_is_no_link_is_refused(void **state)
{
    static const char *const bad[] = {"javascript:alert(1)",
                                      "data:text/html,x",
                                      "//example.org/",
                                      "https://",
                                      "https:///path",
                                      "https://:80/",
                                      "https://a b/",
                                      "https://user@example.org/",
                                      "https://example.org/\"onclick=",
                                      "https://example.org/<script>",
                                      "https://example.org/%zz",
                                      "https://example.org/%4",
                                      "https://example.org/学习",
                                      "=HYPERLINK(1)",
                                      "http:example.org"};

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CLEANUP(cleanup_text) Text links = {0};
        assert_non_null(links_parse(bad[i], &links));
    }
}

static void more_links_than_a_session_may_have_are_refused(void **state)
{
    CLEANUP(cleanup_text) Text list = {0}, links = {0};

    (void)state;
    for (int i = 0; i < 8; i++)
        text_append(&list, "https://example.org/;");
    assert_null(links_parse(text_cstr(&list), &links));
    text_append(&list, "https://example.org/");
    text_clear(&links);
    assert_non_null(links_parse(text_cstr(&list), &links));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_session_added_is_in_the_plans_of_its_points, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_series_is_in_the_plans_with_all_its_sessions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_dry_run_leaves_the_plans_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_change_and_a_cancellation_reach_the_plans, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_one_session_of_a_series_cannot_be_refuses_all, set_up,
                                        tear_down),
        cmocka_unit_test(links_are_taken_apart_and_kept_as_they_are),
        cmocka_unit_test(what_is_no_link_is_refused),
        cmocka_unit_test(more_links_than_a_session_may_have_are_refused),
    };
    CLEANUP(cleanup_text) Text path = {0};

    if (argc != 2)
        support_die("the folder of the cases is needed");
    text_appendf(&path, "%s/base", argv[1]);
    base = (char *)text_cstr(&path);
    return cmocka_run_group_tests_name("office sessions", tests, NULL, NULL);
}
