// The town as files. A member's line is made from the seed and the member's number alone, so the same town
// comes out whatever was asked before.
//
// Exempt members have no card: who watches the simulated days (day.c) tells them by that.
#include <inttypes.h>
#include <stdio.h>

#include "core/base/cleanup.h"
#include "simulate/names.h"
#include "simulate/town.h"

#define TOWN_MEMBER_FIRST INT64_C(1310020000001) // 13 digits, as registers have them
#define TOWN_DAY_FIRST 5                         // study days of the month ...
#define TOWN_DAY_SECOND 20
#define TOWN_DAY_TRANSFER 12 // ... and a day between them on which a few members move
#define TOWN_STARTS 9        // o'clock
#define TOWN_MINUTES 120
#define TOWN_SETTLED (30 * TIME_MINUTE) // after the end the last have gone

const TownFile town_files[] = {
    {"orgs", town_write_orgs},       {"points", town_write_points},     {"terminals", town_write_terminals},
    {"members", town_write_members}, {"sessions", town_write_sessions}, {0},
};

static void town_append_area(const TownOrg *org, Text *text)
{
    if (org->county == 0)
        text_append(text, "qh");
    else
        text_appendf(text, "qh-%02u", org->county);
}

static void town_append_name(const TownOrg *org, Text *text)
{
    static const char *const townships[] = {"镇党委", "乡党委", "镇党委", "街道党工委"};

    if (org->level == ORG_CITY) {
        text_append(text, "青禾市委");
        return;
    }
    names_place(org->place, text);
    switch (org->level) {
    case ORG_COUNTY:
        text_append(text, org->county % 3 == 0 ? "区委" : "县委");
        break;
    case ORG_TOWNSHIP:
        text_append(text, townships[org->place % 4]);
        break;
    case ORG_GENERAL_BRANCH:
        text_append(text, "党总支");
        break;
    default:
        text_append(text, names_unit(org->sector, org->unit));
    }
}

void town_write_orgs(const Town *town, Text *csv)
{
    text_append(csv, "org,parent,area,level,sector,name\n");
    for (size_t i = 0; i < town->org_count; i++) {
        const TownOrg *org = &town->orgs[i];

        text_appendf(csv, "%s,%s,", org->code, org->parent < 0 ? "" : town->orgs[org->parent].code);
        town_append_area(org, csv);
        text_appendf(csv, ",%s,%s,", org_level_word(org->level), org_sector_word(org->sector));
        town_append_name(org, csv);
        text_append_char(csv, '\n');
    }
}

void town_write_points(const Town *town, Text *csv)
{
    static const char *const rooms[] = {"党群服务中心一楼", "综合文化站二楼", "文化礼堂", "党员活动室"};

    text_append(csv, "point,org,name,place\n");
    for (uint32_t i = 0; i < town->options.points; i++) {
        const TownOrg *host = &town->orgs[town->hosts[i]];

        text_appendf(csv, "P-%04u,%s,", i + 1, host->code);
        if (host->level == ORG_CITY)
            text_append(csv, "青禾市");
        else
            names_place(host->place, csv);
        text_appendf(csv, "学习点,%s\n", rooms[i % 4]);
    }
}

void town_write_terminals(const Town *town, Text *csv)
{
    text_append(csv, "terminal,area,point\n");
    for (uint32_t i = 0; i < town->options.points; i++) {
        text_appendf(csv, "t-%04u,", i + 1);
        town_append_area(&town->orgs[town->hosts[i]], csv);
        text_appendf(csv, ",P-%04u\n", i + 1);
    }
}

static MemberCategory town_category(Dice *dice, OrgSector sector)
{
    uint32_t roll = dice_below(dice, 100);
    bool rural = sector == SECTOR_RURAL;

    if (roll < (rural ? 60 : 5))
        return rural ? CATEGORY_FARMER : CATEGORY_OTHER;
    if (roll < (rural ? 80 : 30))
        return CATEGORY_RETIRED;
    if (roll < (rural ? 92 : 36))
        return CATEGORY_FLOATING;
    return CATEGORY_ON_POST;
}

static MemberRole town_role(uint32_t place, uint32_t size)
{
    if (place == 0)
        return ROLE_SECRETARY;
    return size >= 7 && place <= 2 ? ROLE_COMMITTEE : ROLE_MEMBER;
}

static void town_append_card(uint64_t seed, int64_t member, Text *text)
{
    uint32_t token = ((uint32_t)member + (uint32_t)seed) * UINT32_C(2654435761); // odd: no two are equal

    text_appendf(text, "%08X", token);
}

/// A member's lines: one, or two for who moves to the next branch between the study days.
static void town_append_member(const Town *town, uint32_t branch, uint32_t place, int64_t member, Text *csv)
{
    const TownOrg *org = &town->orgs[town->branches[branch]];
    CLEANUP(cleanup_text) Text name = {0};
    Dice dice = dice_make(town->options.seed ^ (uint64_t)member * UINT64_C(0x2545f4914f6cdd1d));
    MemberCategory category = town_category(&dice, org->sector);
    MemberRole role = town_role(place, org->members);
    bool exempt = category == CATEGORY_RETIRED && role == ROLE_MEMBER && dice_chance(&dice, 140);
    int year = (int)dice_between(&dice, 1985, 2023), month;

    names_person(&dice, &name);
    text_appendf(csv, "%" PRId64 ",%s,%s,%d-07-01,%s,%s,", member, name.data, org->code, year,
                 member_category_word(category), member_role_word(role));
    if (exempt)
        text_appendf(csv, ",2024-01-01,%s\n", dice_chance(&dice, 700) ? "年老体弱" : "长期患病");
    else {
        town_append_card(town->options.seed, member, csv);
        text_append(csv, ",,\n");
    }
    if (role != ROLE_MEMBER || exempt || town->options.branches < 2 || !dice_chance(&dice, 4))
        return;
    year = town->options.month / 12;
    month = town->options.month % 12 + 1;
    org = &town->orgs[town->branches[(branch + 1) % town->options.branches]];
    text_appendf(csv, "%" PRId64 ",%s,%s,%04d-%02d-%02d,,,,,\n", member, name.data, org->code, year, month,
                 TOWN_DAY_TRANSFER);
}

void town_write_members(const Town *town, Text *csv)
{
    int64_t member = TOWN_MEMBER_FIRST;

    text_append(csv, "member,name,org,from,category,role,card,exempt_from,exempt_reason\n");
    for (uint32_t branch = 0; branch < town->options.branches; branch++) {
        for (uint32_t i = 0; i < town->orgs[town->branches[branch]].members; i++)
            town_append_member(town, branch, i, member++, csv);
    }
}

void town_write_sessions(const Town *town, Text *csv)
{
    static const struct {
        int day;
        const char *title;
    } days[] = {{TOWN_DAY_FIRST, "上半月学习日"}, {TOWN_DAY_SECOND, "下半月学习日"}};
    int year = town->options.month / 12, month = town->options.month % 12 + 1;

    text_append(csv, "session,kind,title,starts,ends,org,minutes\n");
    for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
        char date[CLOCK_TEXT_SIZE];

        snprintf(date, sizeof(date), "%04d-%02d-%02d", year, month, days[i].day);
        text_appendf(csv, "%s,study-day,%d年%d月%s,%s %02d:00,%s %02d:00,%s,%d\n", date, year, month,
                     days[i].title, date, TOWN_STARTS, date, TOWN_STARTS + TOWN_MINUTES / 60,
                     town->orgs[0].code, TOWN_MINUTES);
    }
}

Month town_month(Time now)
{
    Month month = month_of_date(zone_date(now));
    Time ends = zone_day_start(month_first_day(month) + TOWN_DAY_SECOND - 1) + TOWN_STARTS * TIME_HOUR +
                TOWN_MINUTES * TIME_MINUTE;

    return now >= ends + TOWN_SETTLED ? month : month - 1;
}
