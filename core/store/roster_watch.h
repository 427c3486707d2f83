#pragma once
// What a series of puts changes, fact by fact, for the list that an import shows before anything is written;
// and the facts that contradict each other, in pairs.
#include "core/store/roster.h"

typedef enum RosterWhat {
    ROSTER_WHAT_ADDED,    // a member or an org that was not known; after: the home, or the parent
    ROSTER_WHAT_MOVED,    // home or parent: before -> after
    ROSTER_WHAT_ENDED,    // the home, or the org, ends; date: the last day
    ROSTER_WHAT_RESUMED,  // … goes on after all, or begins again, or begins earlier than was known
    ROSTER_WHAT_EXEMPTED, // after: the reason; date and until: its days
    ROSTER_WHAT_ROLE,     // before -> after, words
    ROSTER_WHAT_CATEGORY,
    ROSTER_WHAT_CARD, // a card is held from the date on; the token is not told
    ROSTER_WHAT_NAME,
    ROSTER_WHAT_LEVEL,
    ROSTER_WHAT_SECTOR,
    ROSTER_WHAT_AREA,
    ROSTER_WHAT_COUNT
} RosterWhat;

typedef struct RosterNote {
    RosterWhat what;
    const char *subject; // code
    Date date;           // from which day on; DATE_NONE: from the beginning, or no matter of days
    Date until;          // DATE_NONE: open
    const char *before, *after;
} RosterNote;
/// Strings of a note live as long as the call.
typedef void RosterWatcher(void *user, const RosterNote *note);
/// From now on, until a watcher of NULL takes its place.
void roster_watch(Store *store, RosterWatcher *watcher, void *user);

/// The fact that the last put was refused for (ROSTER_E_CARD_HELD: the member who holds it, from which day
/// on).
typedef struct RosterClash {
    char code[65];
    Date from, to;
} RosterClash;
RosterClash roster_last_clash(const Store *store);

// Facts that cannot both be true. Puts come in any order within a file, so that these are asked for at its
// end.
typedef enum RosterConflictKind {
    ROSTER_CONFLICT_PARENT,    // an org stands below one that does not exist on the day
    ROSTER_CONFLICT_HOME,      // a member is at home in one
    ROSTER_CONFLICT_SESSION,   // a session is one's
    ROSTER_CONFLICT_EXEMPTION, // a member is exempt twice on the day, for different reasons
} RosterConflictKind;
typedef struct RosterConflict {
    RosterConflictKind kind;
    const char *subject; // code of the org, member or session
    Date from, to;       // the days of its fact; to DATE_NONE: open
    const char *org;     // that is missing; of an exemption, the reason of the other one
    const char *reason;  // of the exemption
    Date day;            // the first one on which they contradict each other; DATE_NONE: long ago
    Date begins,
        ends; // of the other fact: the org begins after `day`, or ended before it (the other is NONE)
} RosterConflict;
/// Calls back for each; a non-zero return of `each` stops and is returned.
int roster_conflicts(Store *store, int (*each)(void *user, const RosterConflict *conflict), void *user);
/// The member's next home after the one from `from`: 1 there is one, 0 not.
int roster_next_home(Store *store, const char *member, Date from, Date *ret_from, char ret_org[static 65]);
/// Whether the point's host and the org stand under one top on the date; `ret_host` is the host's code.
/// Unknown ones do.
int roster_point_in_tree(Store *store, const char *point, const char *org, Date date, bool *ret_same,
                         char ret_host[static 65]);
