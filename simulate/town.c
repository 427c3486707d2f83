// The tree of a town: city, counties, townships, general branches here and there, branches; and which of them
// host a learning point.
//
// The proportions are those of one prefecture-level city: 10 counties, 108 townships, 6,600 branches,
// 3,700 points. A small town keeps the shape: one county, at least three townships where there are branches
// for them.
#include "simulate/town.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/alloc.h"
#include "simulate/names.h"

#define TOWN_CITY "QH"
#define TOWN_BRANCHES_PER_COUNTY 660
#define TOWN_BRANCHES_PER_TOWNSHIP 61
#define TOWN_TOWNSHIPS_MIN 3
#define TOWN_GENERAL_SIZE 2 // branches of a general branch

static uint32_t town_ceil(uint32_t value, uint32_t divisor)
{
    return (value + divisor - 1) / divisor;
}

static uint32_t town_counties(uint32_t branches)
{
    return town_ceil(branches, TOWN_BRANCHES_PER_COUNTY);
}

static uint32_t town_townships(uint32_t branches)
{
    uint32_t townships = town_ceil(branches, TOWN_BRANCHES_PER_TOWNSHIP);
    uint32_t least = branches < TOWN_TOWNSHIPS_MIN ? branches : TOWN_TOWNSHIPS_MIN;

    return townships > least ? townships : least;
}

/// The first of `whole` things that belong to part number `part` of `parts`.
static uint32_t town_share(uint32_t whole, uint32_t part, uint32_t parts)
{
    return (uint32_t)((uint64_t)whole * part / parts);
}

static TownOrg *town_add(Town *town, int32_t parent, OrgLevel level)
{
    TownOrg *org = &town->orgs[town->org_count++];

    *org = (TownOrg){.parent = parent, .level = level};
    if (parent >= 0)
        org->county = town->orgs[parent].county;
    return org;
}

static OrgSector town_sector(Dice *dice)
{
    uint32_t roll = dice_below(dice, 100);

    if (roll < 58)
        return SECTOR_RURAL;
    if (roll < 76)
        return SECTOR_COMMUNITY;
    if (roll < 86)
        return SECTOR_GOVERNMENT;
    return roll < 95 ? SECTOR_TWO_NEW : SECTOR_SCHOOL;
}

static void town_add_branch(Town *town, Dice *dice, int32_t parent, uint32_t number, uint32_t place)
{
    TownOrg *org = town_add(town, parent, ORG_BRANCH);

    snprintf(org->code, sizeof(org->code), "%s-%02u-B%05u", TOWN_CITY, org->county, number + 1);
    org->sector = town_sector(dice);
    org->place = place;
    org->unit = dice_below(dice, NAMES_UNIT_SEAT);
    town->branches[number] = (uint32_t)(org - town->orgs);
}

/// The branch of the county's own offices stands directly below it.
static void town_add_seat(Town *town, Dice *dice, int32_t county, uint32_t number)
{
    town_add_branch(town, dice, county, number, town->orgs[county].place);
    TownOrg *org = &town->orgs[town->org_count - 1];
    org->sector = SECTOR_GOVERNMENT;
    org->unit = NAMES_UNIT_SEAT;
}

/// The branches first .. end - 1 below a township; every other group of them has a general branch above it.
static void town_add_branches(Town *town, Dice *dice, int32_t township, uint32_t first, uint32_t end)
{
    int32_t parent = township;

    for (uint32_t number = first; number < end; number++) {
        uint32_t group = (number - first) / TOWN_GENERAL_SIZE;
        uint32_t place = number + 200; // beyond those of counties and townships

        if ((number - first) % TOWN_GENERAL_SIZE == 0) {
            parent = township;
            if (group % 2 == 1 && end - number > 1) {
                TownOrg *org = town_add(town, township, ORG_GENERAL_BRANCH);

                snprintf(org->code, sizeof(org->code), "%s-%02u-G%05u", TOWN_CITY, org->county, number + 1);
                org->place = place;
                parent = (int32_t)(org - town->orgs);
            }
        }
        town_add_branch(town, dice, parent, number, place);
    }
}

static void town_build_tree(Town *town, Dice *dice)
{
    uint32_t branches = town->options.branches;
    uint32_t counties = town_counties(branches), townships = town_townships(branches);

    TownOrg *city = town_add(town, -1, ORG_CITY);
    snprintf(city->code, sizeof(city->code), "%s", TOWN_CITY);
    for (uint32_t c = 0; c < counties; c++) {
        TownOrg *county = town_add(town, 0, ORG_COUNTY);
        int32_t county_index = (int32_t)(county - town->orgs);

        county->county = c + 1;
        county->place = c;
        snprintf(county->code, sizeof(county->code), "%s-%02u", TOWN_CITY, c + 1);
        for (uint32_t t = town_share(townships, c, counties); t < town_share(townships, c + 1, counties);
             t++) {
            TownOrg *township = town_add(town, county_index, ORG_TOWNSHIP);

            township->place = 20 + t;
            snprintf(township->code, sizeof(township->code), "%s-%02u-T%03u", TOWN_CITY, c + 1, t + 1);
            uint32_t first = town_share(branches, t, townships), end = town_share(branches, t + 1, townships);
            bool seat = t == town_share(townships, c, counties) && end - first > 1;
            int32_t township_index = (int32_t)(township - town->orgs);

            if (seat)
                town_add_seat(town, dice, county_index, first++);
            town_add_branches(town, dice, township_index, first, end);
        }
    }
}

// Counties host the first points, then townships, then branches spread over the whole town, some of them
// twice where there are more points than organisations.
static void town_place_points(Town *town)
{
    uint32_t placed = 0, points = town->options.points, branches = town->options.branches;

    for (int level = ORG_COUNTY; level <= ORG_TOWNSHIP; level++) {
        for (size_t i = 0; i < town->org_count && placed < points; i++) {
            if ((int)town->orgs[i].level == level)
                town->hosts[placed++] = (uint32_t)i;
        }
    }
    uint32_t left = points - placed;
    for (uint32_t i = 0; i < left; i++)
        town->hosts[placed++] = town->branches[((uint64_t)i * branches + branches / 2) / left % branches];
}

/// Branches differ in size, up to 1 : 3; all members are shared out.
static void town_share_members(Town *town, Dice *dice)
{
    uint32_t branches = town->options.branches;
    uint64_t total = 0, sum = 0, given = 0;
    uint32_t *weights = alloc_zero(branches * sizeof(*weights));

    for (uint32_t i = 0; i < branches; i++)
        total += weights[i] = 500 + dice_below(dice, 1000);
    for (uint32_t i = 0; i < branches; i++) {
        sum += weights[i];
        uint64_t upto = town->options.members * sum / total;
        town->orgs[town->branches[i]].members = (uint32_t)(upto - given);
        given = upto;
    }
    free(weights);
}

void town_init(Town *town, const TownOptions *options)
{
    uint32_t branches = options->branches;
    size_t most = 1 + town_counties(branches) + town_townships(branches) + 2 * (size_t)branches;
    Dice dice = dice_for(options->seed, "town", "");

    *town = (Town){.options = *options};
    town->orgs = alloc_zero(most * sizeof(*town->orgs));
    town->branches = alloc_zero(branches * sizeof(*town->branches));
    town->hosts = alloc_zero(options->points * sizeof(*town->hosts));
    town_build_tree(town, &dice);
    town_place_points(town);
    town_share_members(town, &dice);
}

void town_deinit(Town *town)
{
    free(town->orgs);
    free(town->branches);
    free(town->hosts);
    *town = (Town){0};
}
