#include "core/store/sqlite/ledger/member_map.h"

#include <stdio.h>

#include "core/store/sqlite/store_private.h"
#include "tests/store/site.h"

// The map of member codes answers as the table does, and says when it cannot.

static const char *const codes[] = {
    "1",  "01", "001",     "123456789012345678", "023456789012345678", "a",         "A",
    "a1", "1a", "a-b_c.d", "zzzzzzzzzz",         "..........",         "----------"};

static void put_members(Site *site)
{
    assert_int_equal(store_begin(site->store), 0);
    for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
        site_member(site, codes[i], "BRANCH-A1", "2026-01-01", NULL);
    site_member(site, "1234567890123456789", "BRANCH-A1", "2026-01-01", NULL);
    site_member(site, "elevenchars", "BRANCH-A1", "2026-01-01", NULL);
    site_member(site, "a:b", "BRANCH-A1", "2026-01-01", NULL);
    site_settle(site);
}

static int64_t number_in_table(Site *site, const char *code, int32_t *ret_area)
{
    sqlite3_stmt *find = store_get(site->store, SQL_MEMBER_FIND);

    db_bind_text(find, 1, code);
    assert_int_equal(db_step(&site->store->db, find), 1);
    int64_t member = db_int(find, 0);
    *ret_area = (int32_t)db_int(find, 1);
    sqlite3_reset(find);
    return member;
}

static void member_map_find_answers_as_the_table_for_every_code(void **state)
{
    MemberMap *map;

    put_members(*state);
    assert_int_equal(member_map_load(((Site *)*state)->store, &map), 0);
    for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
        int64_t member = 0;
        int32_t area = -1, expected;
        assert_int_equal(member_map_find(map, codes[i], &member, &area), MEMBER_MAP_FOUND);
        assert_int_equal(member, number_in_table(*state, codes[i], &expected));
        assert_int_equal(area, expected);
    }
    member_map_free(map);
}

static void member_map_find_knows_no_strangers(void **state)
{
    static const char *const strangers[] = {"2", "0001", "11", "00", "b", "aa", "m99", "999999999999999999"};
    MemberMap *map;
    int64_t member;
    int32_t area;

    put_members(*state);
    assert_int_equal(member_map_load(((Site *)*state)->store, &map), 0);
    for (size_t i = 0; i < sizeof(strangers) / sizeof(*strangers); i++)
        assert_int_equal(member_map_find(map, strangers[i], &member, &area), MEMBER_MAP_NONE);
    member_map_free(map);
}

static void member_map_find_asks_the_table_about_codes_that_do_not_pack(void **state)
{
    static const char *const odd[] = {"1234567890123456789", "elevenchars", "a:b", "unknowncode", "x:y"};
    MemberMap *map;
    int64_t member;
    int32_t area;

    put_members(*state);
    assert_int_equal(member_map_load(((Site *)*state)->store, &map), 0);
    for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++)
        assert_int_equal(member_map_find(map, odd[i], &member, &area), MEMBER_MAP_ASK);
    member_map_free(map);
}

// Enough events that the map is in use, then a member whom it did not know.
static void an_event_of_a_member_put_later_is_counted(void **state)
{
    Site *site = *state;
    char line[96];
    uint64_t seq = 1;

    site_state_session(site, "day CITY 2026-11-05 09:00 90 90 -");
    for (; seq <= 300; seq++) {
        snprintf(line, sizeof(line), "in day m%d 2026-11-05T08:58:00+08:00", (int)(seq % 7) + 1);
        assert_int_equal(site_event(site, "t-a", seq, line), LEDGER_STORED);
    }
    assert_non_null(site->store->member_map);
    snprintf(line, sizeof(line), "in day m8 2026-11-05T08:58:00+08:00");
    assert_int_equal(site_event(site, "t-a", seq++, line), LEDGER_PARKED);
    site_state_member(site, "m8 BRANCH-A1 2026-01-01 - - - -");
    assert_string_equal(site_record(site, "m8", "day"), site_record(site, "m1", "day"));
    assert_int_equal(site_event(site, "t-a", seq, line), LEDGER_STORED);
    site_assert_findings(site, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(member_map_find_answers_as_the_table_for_every_code, site_setup,
                                        site_teardown),
        cmocka_unit_test_setup_teardown(member_map_find_knows_no_strangers, site_setup, site_teardown),
        cmocka_unit_test_setup_teardown(member_map_find_asks_the_table_about_codes_that_do_not_pack,
                                        site_setup, site_teardown),
        cmocka_unit_test_setup_teardown(an_event_of_a_member_put_later_is_counted, site_setup, site_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
