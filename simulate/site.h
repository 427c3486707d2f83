#pragma once
// The site whose terminals are played: a session with its points, their terminals and members, read once from
// the site's database.
#include <stdbool.h>
#include <stdint.h>

#include "core/base/clock.h"
#include "core/base/digest.h"
#include "core/model/code.h"
#include "core/store/query.h"
#include "core/store/store.h"
#include "simulate/day.h"

typedef struct SitePoint {
    char code[CODE_SIZE_MAX + 1];
    bool lead;          // hosted by the city or a county
    DayMember *members; // own ones, then guests; of a point that was not loaded: NULL
    size_t member_count;
} SitePoint;

typedef struct SiteTerminal {
    char name[NAME_SIZE_MAX + 1], area[NAME_SIZE_MAX + 1];
    bool has_key;
    uint8_t key[DIGEST_SIZE];
    uint32_t point;         // index
    uint32_t rank, fellows; // of the point's terminals: which, and how many
} SiteTerminal;

typedef struct Site {
    char session[CODE_SIZE_MAX + 1];
    SessionRules rules;
    Date date;
    uint64_t seed;
    SitePoint *points; // that take part, by code
    size_t point_count;
    SiteTerminal *terminals; // of these points, by name; revoked ones are left out
    size_t terminal_count;
} Site;

enum {
    SITE_E_NO_SESSION = 1, // no such session, or none that has begun
    SITE_E_NO_POINTS,      // no point takes part
    SITE_E_NO_TERMINALS,
};

/// `session` NULL: the latest that has begun. SITE_E_*.
int site_load(Store *store, const char *session, uint64_t seed, Time now, Site *ret_site);
void site_deinit(Site *site);
/// Loads the members of the points that the first `terminals` terminals stand at.
int site_load_members(Site *site, Store *store, size_t terminals);
/// Loads the members of one point.
int site_load_point(Site *site, Store *store, uint32_t point);
/// The terminal with that name, or NULL.
const SiteTerminal *site_find(const Site *site, const char *terminal);
/// The day at a terminal: its share of its point's members. The caller frees `ret_members`, which the day
/// borrows.
void site_day(const Site *site, const SiteTerminal *terminal, Time now, DayMember **ret_members,
              DayPoint *ret_day);
