// The closed vocabularies of the roster. NONE of a sector or a category is the empty word: a column left
// empty. The Chinese terms are those of docs/terms.md and their usual short forms; the manual page of
// `import` lists them.
#include "core/model/roster.h"

#include "core/base/i18n.h"
#include "core/model/words.h"

static const Word levels[ORG_LEVEL_COUNT] = {
    [ORG_CITY] = {"city", N_("city"), {"市", "市级"}},
    [ORG_COUNTY] = {"county", N_("county"), {"县", "县级", "县区", "区"}},
    [ORG_TOWNSHIP] = {"township", N_("township"), {"乡镇", "乡镇街道", "街道", "乡", "镇"}},
    [ORG_GENERAL_BRANCH] = {"general-branch", N_("general branch"), {"党总支", "总支", "总支部"}},
    [ORG_BRANCH] = {"branch", N_("branch"), {"党支部", "支部"}},
    [ORG_GROUP] = {"group", N_("group"), {"党小组", "小组"}},
};

static const Word sectors[SECTOR_COUNT] = {
    [SECTOR_NONE] = {"", NULL, {NULL}},
    [SECTOR_RURAL] = {"rural", NULL, {"农村"}},
    [SECTOR_COMMUNITY] = {"community", NULL, {"城市社区", "社区"}},
    [SECTOR_TWO_NEW] = {"two-new", NULL, {"两新", "两新组织", "新经济组织和新社会组织"}},
    [SECTOR_GOVERNMENT] = {"government", NULL, {"机关", "党政机关", "机关单位"}},
    [SECTOR_SCHOOL] = {"school", NULL, {"学校"}},
};

static const Word categories[CATEGORY_COUNT] = {
    [CATEGORY_NONE] = {"", NULL, {NULL}},
    [CATEGORY_ON_POST] = {"on-post", N_("on post"), {"在职", "在职党员"}},
    [CATEGORY_FARMER] = {"farmer", N_("farmer"), {"农民", "农民党员"}},
    [CATEGORY_RETIRED] = {"retired", N_("retired"), {"离退休", "离退休党员"}},
    [CATEGORY_FLOATING] = {"floating", N_("floating"), {"流动", "流动党员"}},
    [CATEGORY_OTHER] = {"other", N_("other"), {"其他", "其它"}},
};

static const Word roles[ROLE_COUNT] = {
    [ROLE_MEMBER] = {"member", NULL, {"党员", "普通党员"}},
    [ROLE_SECRETARY] = {"secretary", NULL, {"书记", "支部书记", "党支部书记"}},
    [ROLE_COMMITTEE] = {"committee", NULL, {"委员", "支部委员", "支委"}},
};

const char *org_level_word(OrgLevel level)
{
    return words_get(levels, ORG_LEVEL_COUNT, (size_t)level);
}

const char *org_level_title(OrgLevel level)
{
    return words_get_title(levels, ORG_LEVEL_COUNT, (size_t)level);
}

bool org_level_parse(const char *word, OrgLevel *ret_level)
{
    size_t index;
    if (!words_find(levels, ORG_LEVEL_COUNT, word, &index))
        return false;
    *ret_level = (OrgLevel)index;
    return true;
}

const char *org_sector_word(OrgSector sector)
{
    return words_get(sectors, SECTOR_COUNT, (size_t)sector);
}

bool org_sector_parse(const char *word, OrgSector *ret_sector)
{
    size_t index;
    if (!words_find(sectors, SECTOR_COUNT, word, &index))
        return false;
    *ret_sector = (OrgSector)index;
    return true;
}

const char *member_category_word(MemberCategory category)
{
    return words_get(categories, CATEGORY_COUNT, (size_t)category);
}

const char *member_category_title(MemberCategory category)
{
    return words_get_title(categories, CATEGORY_COUNT, (size_t)category);
}

bool member_category_parse(const char *word, MemberCategory *ret_category)
{
    size_t index;
    if (!words_find(categories, CATEGORY_COUNT, word, &index))
        return false;
    *ret_category = (MemberCategory)index;
    return true;
}

const char *member_role_word(MemberRole role)
{
    return words_get(roles, ROLE_COUNT, (size_t)role);
}

bool member_role_parse(const char *word, MemberRole *ret_role)
{
    size_t index;
    if (!words_find(roles, ROLE_COUNT, word, &index))
        return false;
    *ret_role = (MemberRole)index;
    return true;
}

int32_t target_minutes(MemberRole role)
{
    return role == ROLE_MEMBER ? TARGET_MEMBER_MINUTES : TARGET_LEADER_MINUTES;
}

bool target_needs_class(MemberRole role)
{
    return role != ROLE_MEMBER;
}
