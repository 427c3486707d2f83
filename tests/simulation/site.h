#pragma once
// The site that is played: its folder, its database and outboxes as every play begins, its names.
//
//   CITY > COUNTY > TOWN-A > BR-1 (m1 m2 m3), BR-2 (m4 m5)    point P-A at TOWN-A, terminals t1 (with a key),
//   t2
//                 > TOWN-B > BR-3 (m6 m7 m8)                  point P-B at TOWN-B, terminal t3
//
// m9 and m10 come with a roster, or never. Member mN holds the card cN. Sessions S1 to S3, two of them in
// November. "stranger" and "c99" are known to nobody.
#include "core/base/config.h"
#include "terminal/station.h"
#include "tests/simulation/world.h"

#define SITE_MEMBERS 8
#define SITE_MEMBERS_ALL 10              // with those whom a roster may bring
#define SITE_MOVE_MAX (12 * TIME_MINUTE) // by which sessions are moved at most
#define SITE_SESSIONS 3
#define SITE_AREA "county"
#define SITE_ORGS_LEAF 3
#define SITE_HEADS "studyday.heads" // where the configuration has it

typedef struct Site {
    char *folder, *database;
    Station stations[WORLD_TERMINALS];
    Text first_database, first_outbox[WORLD_TERMINALS];
    Text snapshot; // the database as it was once
} Site;

extern Site site;

extern const char *const site_branches[SITE_ORGS_LEAF];
/// Instants of the play: where it begins, and its sessions.
Time site_begin_time(void);
void site_session_times(int session, Time *ret_starts, Time *ret_ends);

/// Makes the folder and what every play begins with.
void site_make(void);
void site_unmake(void);
/// A configuration as the collector takes it over.
ConfigSite *site_config(void);
/// The database and the outboxes as they are at the beginning.
void site_lay_out(Machine *collector, Machine *const *terminals);
