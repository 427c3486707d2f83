#pragma once
// What the office states: areas, orgs, points, terminals, members, sessions, invitations. Each put is
// idempotent: it says whether anything changed. All run inside a transaction of the caller; roster_settle()
// ends a series of puts by bringing parked events, loose events, obligations and totals up to date, before
// the commit.
#include "core/model/roster.h"
#include "core/model/rule_worth.h"
#include "core/model/session.h"
#include "core/store/audit.h"
#include "core/store/store.h"

typedef enum RosterChange { ROSTER_SAME, ROSTER_ADDED, ROSTER_CHANGED } RosterChange;

enum {
    ROSTER_E_UNKNOWN_ORG = 1,
    ROSTER_E_UNKNOWN_POINT,
    ROSTER_E_UNKNOWN_PARENT,
    ROSTER_E_UNKNOWN_MEMBER,
    ROSTER_E_UNKNOWN_SESSION,
    ROSTER_E_CYCLE,        // an org would stand below itself
    ROSTER_E_CARD_HELD,    // the card is another member's on these days
    ROSTER_E_AREA_CHANGE,  // a terminal's area is part of its topic: it cannot change
    ROSTER_E_CLOSED,       // the session's month is closed, or the one it would move to
    ROSTER_E_ENDS_EARLY,   // `to` lies before the day from which the state holds: see roster_last_clash()
    ROSTER_E_NOT_THEN,     // the session's org does not exist on its date
    ROSTER_E_UNKNOWN_UNIT, // the conversion rule of the date does not have it
    ROSTER_E_WORTH,        // more minutes than a session may be worth
    ROSTER_E_ERASED,       // the member was erased (person.h): whoever comes back needs another code
};

typedef struct OrgPut {
    const char *code, *parent, *area, *name; // parent NULL: the top
    OrgLevel level;
    OrgSector sector;
    bool from_stated, to_stated;
    Date from, to; // to DATE_NONE: open
} OrgPut;
/// With `from`: what is true of the org from then on, until `to` or its next state. Without: an unknown org
/// is there from the beginning; of a known one the latest state is corrected, and its end stays unless
/// stated. Parents must be put before their children (the importer sorts). ROSTER_E_UNKNOWN_PARENT,
/// ROSTER_E_CYCLE, ROSTER_E_ENDS_EARLY. Whether parents exist on all days of their children is asked by
/// roster_conflicts().
int roster_put_org(Store *store, const OrgPut *org, RosterChange *ret_change);

typedef struct PointPut {
    const char *code, *org, *name, *place; // place may be NULL
} PointPut;
/// ROSTER_E_UNKNOWN_ORG
int roster_put_point(Store *store, const PointPut *point, RosterChange *ret_change);

typedef struct TerminalPut {
    const char *name, *area, *point;
} TerminalPut;
/// ROSTER_E_UNKNOWN_POINT, ROSTER_E_AREA_CHANGE
int roster_put_terminal(Store *store, const TerminalPut *terminal, RosterChange *ret_change);

typedef struct MemberPut {
    const char *code, *name, *org;
    Date from, to; // to DATE_NONE: open
    MemberCategory category;
    MemberRole role;
    bool role_stated, category_stated; // an empty cell states nothing: the fact before it goes on
    const char *card;                  // NULL: nothing stated
    Date exempt_from, exempt_to;       // exempt_from DATE_NONE: nothing stated; exempt_to DATE_NONE: open
    const char *exempt_reason;
} MemberPut;
/// States what is true of the member from `from` on, until `to` or the member's next fact.
/// ROSTER_E_UNKNOWN_ORG, ROSTER_E_CARD_HELD.
int roster_put_member(Store *store, const MemberPut *member, RosterChange *ret_change);

typedef struct SessionPut {
    const char *code, *title, *org;
    SessionKind kind;
    Time starts, ends;
    int32_t minutes;
    const Worth *worth; // goes before `minutes`: converted by the rule of the session's date; may be NULL
    Date makeup_until;  // DATE_NONE: by the rule of the session's date
    const char *const *points; // codes; point_count 0: every point of the subtree
    size_t point_count;
} SessionPut;
/// ROSTER_E_UNKNOWN_ORG, ROSTER_E_UNKNOWN_POINT, ROSTER_E_CLOSED, ROSTER_E_UNKNOWN_UNIT, ROSTER_E_WORTH
int roster_put_session(Store *store, const SessionPut *session, RosterChange *ret_change);
/// ROSTER_E_UNKNOWN_SESSION, ROSTER_E_UNKNOWN_MEMBER, ROSTER_E_CLOSED
int roster_put_invitation(Store *store, const char *session, const char *member, RosterChange *ret_change);

typedef struct RosterSettled {
    int64_t unparked;    // parked events that count now
    int64_t moved;       // loose events that now belong to another session or member
    int64_t sessions;    // sessions whose obligations were derived again
    int64_t attendances; // attendance rows that changed
} RosterSettled;
/// Derives again what the puts since the transaction's begin may have changed: opens sessions that are due at
/// `now`, re-derives opened ones, resolves parked and loose events again, adjusts totals. Bumps the roster
/// version.
int roster_settle(Store *store, Time now, RosterSettled *ret_settled);
/// Opens the sessions that are due (start less their window, R1, is not after `now`): obligation rows from
/// the roster as of the session's date. Own transaction unless one is open. `ret_opened` counts them; 0 costs
/// one probe.
int roster_open_due(Store *store, Time now, int64_t *ret_opened);
/// Whether roster_open_due would find anything (works on a read-only store).
int roster_is_due(Store *store, Time now, bool *ret_due);

// For the guard of `import members`: who had an open-ended home before the puts, and who of them has none
// after. Transfers are no ends. By county of the home before; one line for the whole site where there are no
// counties.
typedef struct RosterSnapshot RosterSnapshot;
int roster_snapshot(Store *store, RosterSnapshot **ret_snapshot); // before the puts
RosterSnapshot *roster_snapshot_free(RosterSnapshot *snapshot);
typedef struct CountyEnded {
    char org[65];    // code, "" for the whole site
    int64_t members; // with an open-ended home before
    int64_t ended;   // of these, without one now
} CountyEnded;
/// After the puts, in the same transaction. The caller frees the array.
int roster_snapshot_ended(Store *store, const RosterSnapshot *snapshot, CountyEnded **ret_counties,
                          size_t *ret_count);
/// `--complete`: ends, from `date` on, every membership that is open on `date` and whose member code `keep`
/// does not claim. `ret_ended` counts them.
int roster_end_others(Store *store, Date date, bool (*keep)(void *user, const char *member), void *user,
                      int64_t *ret_ended);

// The register of terminals.
#define TERMINAL_LOGIN_SIZE 128 // CREDENTIAL_HASH_SIZE
typedef struct StoreTerminal {
    int64_t id; // internal number
    int64_t area_id;
    char name[33], area[33], point[65];
    int32_t point_key; // 0: none (the office)
    bool has_key, revoked;
    uint8_t key[DIGEST_SIZE];
    Time enrolled_at, revoked_at, last_seen_at; // TIME_NONE where not
    char login[TERMINAL_LOGIN_SIZE];            // hash of its credential at the broker, "" none
    bool has_old_key;                           // after a rotation: good until `old_key_until`
    uint8_t old_key[DIGEST_SIZE];
    Time old_key_until;
} StoreTerminal;
enum { TERMINAL_E_UNKNOWN = 1 };
int terminal_find(Store *store, const char *name, StoreTerminal *ret_terminal);
int terminal_set_key(Store *store, const char *name, const uint8_t key[static DIGEST_SIZE], Time now);
/// A new key; the old one stays good beside it until `old_until`, or until terminal_forget_old_key().
int terminal_rotate_key(Store *store, const char *name, const uint8_t key[static DIGEST_SIZE], Time now,
                        Time old_until);
/// The terminal has spoken under its new key.
int terminal_forget_old_key(Store *store, const char *name);
/// The hash of its credential at the broker; NULL: none.
int terminal_set_login(Store *store, const char *name, const char *hash);
/// Neither its keys nor its credential are good from now on.
int terminal_revoke(Store *store, const char *name, Time now);
/// Calls back for each terminal by name; a non-zero return of `each` stops and is returned.
int terminal_each(Store *store, int (*each)(void *user, const StoreTerminal *terminal), void *user);
