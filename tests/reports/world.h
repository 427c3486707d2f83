#pragma once
// A small random world: orgs, points, members, sessions, and what each member did at each session; made from
// a seed, put into a real store, and kept as plain arrays that a naive computation can walk.
#include "core/base/clock.h"
#include "core/model/roster.h"
#include "core/model/session.h"
#include "core/store/store.h"

#define WORLD_ORGS_MAX 12
#define WORLD_POINTS_MAX 10
#define WORLD_MEMBERS_MAX 48
#define WORLD_SESSIONS_MAX 4
#define WORLD_CODE_SIZE 16
#define WORLD_NONE (-1)
#define WORLD_MONTH (2026 * 12 + 10)   // November 2026
#define WORLD_SESSION_MINUTES_LONG 120 // length of every session
#define WORLD_MAKEUP_MINUTES 60        // of every make-up

typedef enum WorldAct {
    ACT_NONE,
    ACT_PRESENT, // in at the start
    ACT_LATE,    // in after half an hour
    ACT_EARLY,   // out after half an hour: too short to be credited
    ACT_LEAVE,
    ACT_LEAVE_CAME, // on leave, came all the same
    ACT_HOME,
    ACT_MAKEUP,
    ACT_MAKEUP_LATE, // after the deadline: credited, no status
    ACT_VOIDED,      // in, taken back
    ACT_COUNT
} WorldAct;

typedef struct WorldDeed {
    WorldAct act;
    int point; // where the events come from
    int check; // WORLD_NONE, else 0 or 1: found
    int score; // WORLD_NONE or 0 to 100
} WorldDeed;

typedef struct WorldOrg {
    char code[WORLD_CODE_SIZE];
    int parent;
} WorldOrg;
typedef struct WorldPoint {
    char code[WORLD_CODE_SIZE], terminal[WORLD_CODE_SIZE];
    int org;
    int gap;                           // sequence number that never arrived; 0 none
    int closed_at[WORLD_SESSIONS_MAX]; // sequence number of the close of a session; 0 none
    bool said[WORLD_SESSIONS_MAX];     // something of the session has come
} WorldPoint;
typedef struct WorldMember {
    char code[WORLD_CODE_SIZE];
    int home, next_home;         // next_home from `moves` on; WORLD_NONE: has left
    Date moves;                  // DATE_NONE: stays
    Date exempt_from, exempt_to; // exempt_from DATE_NONE: never
    MemberRole role;
} WorldMember;
typedef struct WorldSession {
    char code[WORLD_CODE_SIZE];
    SessionKind kind;
    int org, minutes;
    Time starts;
    bool lists_points, lists[WORLD_POINTS_MAX];
    bool has_invitations, invited[WORLD_MEMBERS_MAX];
    WorldDeed deeds[WORLD_MEMBERS_MAX];
} WorldSession;

typedef struct World {
    uint64_t random;
    int org_count, point_count, member_count, session_count;
    WorldOrg orgs[WORLD_ORGS_MAX];
    WorldPoint points[WORLD_POINTS_MAX];
    WorldMember members[WORLD_MEMBERS_MAX];
    WorldSession sessions[WORLD_SESSIONS_MAX];
} World;

void world_make(World *world, uint64_t seed);
/// Puts the roster and the events into an empty store, in an order that the seed decides, and notes in
/// `points` what has come.
void world_put(World *world, Store *store, Time now);
/// Home of a member on a date, WORLD_NONE if there is none.
int world_home(const World *world, int member, Date date);
bool world_within(const World *world, int org, int ancestor);
