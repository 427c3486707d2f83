#pragma once
// A plausible town, from a seed: organisations, learning points, members, and two study days. "Town" is
// anything from one branch to a prefecture-level city of 265,000 members.
#include <stddef.h>
#include <stdint.h>

#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/model/roster.h"
#include "simulate/dice.h"

#define TOWN_MEMBERS_MAX 2000000 // several cities; the codes have room for more
#define TOWN_BRANCHES_MAX 50000
#define TOWN_POINTS_MAX 50000
#define TOWN_CODE_SIZE 32

typedef struct TownOptions {
    uint32_t members, branches, points;
    uint64_t seed;
    Month month; // of the two study days
} TownOptions;

typedef struct TownOrg {
    char code[TOWN_CODE_SIZE];
    int32_t parent; // index, -1: the top
    OrgLevel level;
    OrgSector sector;
    uint32_t county;  // number from 1, 0: the city itself
    uint32_t place;   // of names_place(); a general branch has that of its first branch
    uint32_t unit;    // of names_unit()
    uint32_t members; // branches only
} TownOrg;

typedef struct Town {
    TownOptions options;
    TownOrg *orgs; // parents before their children
    size_t org_count;
    uint32_t *branches; // indices of the branches
    uint32_t *hosts;    // options.points indices of orgs: point number i is hosted by hosts[i]
} Town;

void town_init(Town *town, const TownOptions *options);
void town_deinit(Town *town);

/// The latest month whose two study days are over at `now`.
Month town_month(Time now);

// The files of the town, as `studyday import` reads them.
void town_write_orgs(const Town *town, Text *csv);
void town_write_points(const Town *town, Text *csv);
void town_write_terminals(const Town *town, Text *csv);
void town_write_members(const Town *town, Text *csv);
void town_write_sessions(const Town *town, Text *csv);

typedef struct TownFile {
    const char *kind; // of `studyday import`; KIND.csv is its name
    void (*write)(const Town *town, Text *csv);
} TownFile;
/// The five, in the order in which they are to be imported; ends with kind NULL.
extern const TownFile town_files[];
