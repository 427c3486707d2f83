// The tree, the points and the members of towns of any size.
#include "tests/simulate/test.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "simulate/town.h"

static const TownOptions sizes[] = {
    {.members = 1, .branches = 1, .points = 1, .seed = 1},
    {.members = 3, .branches = 2, .points = 9, .seed = 2},
    {.members = 600, .branches = 12, .points = 10, .seed = 1},
    {.members = 40000, .branches = 1000, .points = 560, .seed = 3},
};
#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

static size_t count_lines(const Text *text)
{
    size_t count = 0;

    for (size_t i = 0; i < text->size; i++)
        count += text->data[i] == '\n';
    return count;
}

static void town_has_as_many_of_each_as_were_asked_for(void **state)
{
    (void)state;
    for (size_t i = 0; i < SIZES; i++) {
        uint32_t members = 0, branches = 0;
        Town town;

        town_init(&town, &sizes[i]);
        for (size_t k = 0; k < town.org_count; k++) {
            members += town.orgs[k].members;
            branches += town.orgs[k].level == ORG_BRANCH;
        }
        assert_int_equal(members, sizes[i].members);
        assert_int_equal(branches, sizes[i].branches);
        for (uint32_t k = 0; k < sizes[i].points; k++)
            assert_true(town.hosts[k] < town.org_count);
        town_deinit(&town);
    }
}

static void town_puts_parents_before_children_of_a_lower_level(void **state)
{
    (void)state;
    for (size_t i = 0; i < SIZES; i++) {
        Town town;

        town_init(&town, &sizes[i]);
        assert_int_equal(town.orgs[0].parent, -1);
        for (size_t k = 1; k < town.org_count; k++) {
            const TownOrg *org = &town.orgs[k];

            assert_in_range(org->parent, 0, k - 1);
            assert_true(town.orgs[org->parent].level < org->level);
        }
        town_deinit(&town);
    }
}

static int compare_codes(const void *a, const void *b)
{
    return strcmp(((const TownOrg *)a)->code, ((const TownOrg *)b)->code);
}

static void town_gives_each_org_its_own_code(void **state)
{
    Town town;

    (void)state;
    town_init(&town, &sizes[SIZES - 1]);
    qsort(town.orgs, town.org_count, sizeof(*town.orgs), compare_codes);
    for (size_t k = 1; k < town.org_count; k++)
        assert_string_not_equal(town.orgs[k - 1].code, town.orgs[k].code);
    town_deinit(&town);
}

static void town_of_the_same_seed_is_the_same_and_of_another_is_not(void **state)
{
    TownOptions other = sizes[2];
    CLEANUP(cleanup_text) Text first = {0}, again = {0}, different = {0};
    Town town;

    (void)state;
    town_init(&town, &sizes[2]);
    town_write_members(&town, &first);
    town_deinit(&town);
    town_init(&town, &sizes[2]);
    town_write_members(&town, &again);
    town_deinit(&town);
    other.seed++;
    town_init(&town, &other);
    town_write_members(&town, &different);
    town_deinit(&town);
    assert_string_equal(first.data, again.data);
    assert_string_not_equal(first.data, different.data);
}

static void town_files_have_a_line_for_each_thing(void **state)
{
    CLEANUP(cleanup_text) Text orgs = {0}, points = {0}, terminals = {0}, members = {0}, sessions = {0};
    Town town;

    (void)state;
    town_init(&town, &sizes[2]);
    town_write_orgs(&town, &orgs);
    town_write_points(&town, &points);
    town_write_terminals(&town, &terminals);
    town_write_members(&town, &members);
    town_write_sessions(&town, &sessions);
    assert_int_equal(count_lines(&orgs), 1 + town.org_count);
    assert_int_equal(count_lines(&points), 1 + 10);
    assert_int_equal(count_lines(&terminals), 1 + 10);
    assert_in_range(count_lines(&members), 1 + 600, 1 + 620); // a few have moved
    assert_int_equal(count_lines(&sessions), 1 + 2);
    town_deinit(&town);
}

static Month month_at(const char *at)
{
    Time time;

    assert_true(zone_set("Asia/Shanghai"));
    assert_true(time_parse_local(at, &time));
    return town_month(time);
}

static Month month_of(const char *text)
{
    Month month;

    assert_true(month_parse(text, &month));
    return month;
}

static void town_month_is_the_present_one_once_both_days_are_over(void **state)
{
    (void)state;
    assert_int_equal(month_at("2026-11-20 11:30"), month_of("2026-11"));
    assert_int_equal(month_at("2026-11-30 23:59"), month_of("2026-11"));
}

static void town_month_is_the_last_one_before_that(void **state)
{
    (void)state;
    assert_int_equal(month_at("2026-11-20 11:29"), month_of("2026-10"));
    assert_int_equal(month_at("2027-01-01 00:00"), month_of("2026-12"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(town_has_as_many_of_each_as_were_asked_for),
        cmocka_unit_test(town_puts_parents_before_children_of_a_lower_level),
        cmocka_unit_test(town_gives_each_org_its_own_code),
        cmocka_unit_test(town_of_the_same_seed_is_the_same_and_of_another_is_not),
        cmocka_unit_test(town_files_have_a_line_for_each_thing),
        cmocka_unit_test(town_month_is_the_present_one_once_both_days_are_over),
        cmocka_unit_test(town_month_is_the_last_one_before_that),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
