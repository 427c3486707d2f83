#pragma once
// Vocabulary of the roster: org levels and sectors, member categories and roles, yearly targets. Each word
// has its Chinese term, which files may use as well.
#include <stdbool.h>
#include <stdint.h>

typedef enum OrgLevel {
    ORG_CITY,
    ORG_COUNTY,
    ORG_TOWNSHIP,
    ORG_GENERAL_BRANCH,
    ORG_BRANCH,
    ORG_GROUP,
    ORG_LEVEL_COUNT
} OrgLevel;
typedef enum OrgSector {
    SECTOR_NONE,
    SECTOR_RURAL,
    SECTOR_COMMUNITY,
    SECTOR_TWO_NEW,
    SECTOR_GOVERNMENT,
    SECTOR_SCHOOL,
    SECTOR_COUNT
} OrgSector;
typedef enum MemberCategory {
    CATEGORY_NONE,
    CATEGORY_ON_POST,
    CATEGORY_FARMER,
    CATEGORY_RETIRED,
    CATEGORY_FLOATING,
    CATEGORY_OTHER,
    CATEGORY_COUNT
} MemberCategory;
typedef enum MemberRole { ROLE_MEMBER, ROLE_SECRETARY, ROLE_COMMITTEE, ROLE_COUNT } MemberRole;

// word: as in files and JSON; title: for people, N_(). parse accepts the word and its Chinese terms.
// The word of NONE is "": a column left empty.
const char *org_level_word(OrgLevel level);
const char *org_level_title(OrgLevel level);
bool org_level_parse(const char *word, OrgLevel *ret_level);
const char *org_sector_word(OrgSector sector);
bool org_sector_parse(const char *word, OrgSector *ret_sector);
const char *member_category_word(MemberCategory category);
const char *member_category_title(MemberCategory category); // NULL of NONE
bool member_category_parse(const char *word, MemberCategory *ret_category);
const char *member_role_word(MemberRole role);
bool member_role_parse(const char *word, MemberRole *ret_role);

// R17, the shipped example rows: 32 hours for a member, 56 for a branch secretary or committee member.
#define TARGET_MEMBER_MINUTES 1920
#define TARGET_LEADER_MINUTES 3360

/// The yearly target of a role as shipped; what holds on a day is asked of the rules (rules_targets()).
int32_t target_minutes(MemberRole role);
/// As shipped: whether the role also needs one `class` in the year.
bool target_needs_class(MemberRole role);
