#include "tests/model/test.h"

#include "core/model/roster.h"

static void org_levels_parse_words_and_terms(void **state)
{
    (void)state;
    static const char *const words[] = {"city", "county", "township", "general-branch", "branch", "group"};
    static const char *const terms[] = {"市", "县", "乡镇", "党总支", "党支部", "党小组"};
    for (unsigned i = 0; i < ORG_LEVEL_COUNT; i++) {
        OrgLevel level = ORG_LEVEL_COUNT;
        assert_string_equal(org_level_word((OrgLevel)i), words[i]);
        assert_non_null(org_level_title((OrgLevel)i));
        assert_true(org_level_parse(words[i], &level));
        assert_int_equal(level, i);
        assert_true(org_level_parse(terms[i], &level));
        assert_int_equal(level, i);
    }
}

static void org_sectors_parse_words_and_terms(void **state)
{
    (void)state;
    static const char *const words[] = {"", "rural", "community", "two-new", "government", "school"};
    static const char *const terms[] = {"", "农村", "城市社区", "两新组织", "机关", "学校"};
    for (unsigned i = 0; i < SECTOR_COUNT; i++) {
        OrgSector sector = SECTOR_COUNT;
        assert_string_equal(org_sector_word((OrgSector)i), words[i]);
        assert_true(org_sector_parse(words[i], &sector));
        assert_int_equal(sector, i);
        assert_true(org_sector_parse(terms[i], &sector));
        assert_int_equal(sector, i);
    }
}

static void member_categories_parse_words_and_terms(void **state)
{
    (void)state;
    static const char *const words[] = {"", "on-post", "farmer", "retired", "floating", "other"};
    static const char *const terms[] = {"", "在职", "农民", "离退休", "流动", "其他"};
    for (unsigned i = 0; i < CATEGORY_COUNT; i++) {
        MemberCategory category = CATEGORY_COUNT;
        assert_string_equal(member_category_word((MemberCategory)i), words[i]);
        assert_true(member_category_parse(words[i], &category));
        assert_int_equal(category, i);
        assert_true(member_category_parse(terms[i], &category));
        assert_int_equal(category, i);
    }
}

static void member_roles_parse_words_and_terms(void **state)
{
    (void)state;
    static const char *const words[] = {"member", "secretary", "committee"};
    static const char *const terms[] = {"党员", "书记", "委员"};
    for (unsigned i = 0; i < ROLE_COUNT; i++) {
        MemberRole role = ROLE_COUNT;
        assert_string_equal(member_role_word((MemberRole)i), words[i]);
        assert_true(member_role_parse(words[i], &role));
        assert_int_equal(role, i);
        assert_true(member_role_parse(terms[i], &role));
        assert_int_equal(role, i);
    }
}

static void parsers_refuse_other_words(void **state)
{
    (void)state;
    OrgLevel level = ORG_BRANCH;
    OrgSector sector = SECTOR_RURAL;
    MemberCategory category = CATEGORY_FARMER;
    MemberRole role = ROLE_COMMITTEE;
    assert_false(org_level_parse("", &level));
    assert_false(org_level_parse("Branch", &level));
    assert_false(org_sector_parse("urban", &sector));
    assert_false(member_category_parse("farmers", &category));
    assert_false(member_role_parse("", &role));
    assert_false(member_role_parse(NULL, &role));
    assert_int_equal(level, ORG_BRANCH);
    assert_int_equal(sector, SECTOR_RURAL);
    assert_int_equal(category, CATEGORY_FARMER);
    assert_int_equal(role, ROLE_COMMITTEE);
}

static void words_are_null_beyond_the_table(void **state)
{
    (void)state;
    assert_null(org_level_word(ORG_LEVEL_COUNT));
    assert_null(org_sector_word(SECTOR_COUNT));
    assert_null(member_category_word(CATEGORY_COUNT));
    assert_null(member_role_word(ROLE_COUNT));
}

static void target_is_higher_for_secretary_and_committee(void **state)
{
    (void)state;
    assert_int_equal(target_minutes(ROLE_MEMBER), 32 * 60);
    assert_int_equal(target_minutes(ROLE_SECRETARY), 56 * 60);
    assert_int_equal(target_minutes(ROLE_COMMITTEE), 56 * 60);
    assert_false(target_needs_class(ROLE_MEMBER));
    assert_true(target_needs_class(ROLE_SECRETARY));
    assert_true(target_needs_class(ROLE_COMMITTEE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(org_levels_parse_words_and_terms),
        cmocka_unit_test(org_sectors_parse_words_and_terms),
        cmocka_unit_test(member_categories_parse_words_and_terms),
        cmocka_unit_test(member_roles_parse_words_and_terms),
        cmocka_unit_test(parsers_refuse_other_words),
        cmocka_unit_test(words_are_null_beyond_the_table),
        cmocka_unit_test(target_is_higher_for_secretary_and_committee),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
