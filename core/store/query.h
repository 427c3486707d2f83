#pragma once
// What reports read. All calls work on a read-only store; wrap several in store_begin/store_rollback to see
// one moment.
#include "core/model/figures.h"
#include "core/model/roster.h"
#include "core/model/rule_worth.h"
#include "core/model/session.h"
#include "core/store/store.h"

// The org tree as it was on a date, in an order in which parents come before children, siblings by code.
typedef struct OrgNode {
    int32_t org;    // internal number
    int32_t parent; // index in `nodes`, -1 for a top
    int32_t depth;
    int32_t end; // index one beyond the last node of its subtree
    char code[65], area[33];
    char *name;
    OrgLevel level;
    OrgSector sector;
} OrgNode;
typedef struct OrgTree {
    OrgNode *nodes;
    size_t count;
    int32_t *index_of; // by internal number: index in `nodes` or -1
    int32_t number_count;
    int *shares; // how many hold it together, NULL one: a loaded tree is not to be changed
} OrgTree;
int org_tree_load(Store *store, Date date, OrgTree *ret_tree);
/// Every org that existed on a day from `first` to `last`, where it stood last of these: of a month, those
/// too that ended in it.
int org_tree_load_span(Store *store, Date first, Date last, OrgTree *ret_tree);
void org_tree_deinit(OrgTree *tree);
/// Index of an org code, or -1.
int32_t org_tree_find(const OrgTree *tree, const char *code);
/// Index of an internal number, or -1.
int32_t org_tree_index(const OrgTree *tree, int32_t org);
static inline bool org_tree_within(const OrgTree *tree, int32_t index, int32_t ancestor)
{
    return index >= ancestor && index < tree->nodes[ancestor].end;
}

typedef struct SessionRow {
    int64_t session; // internal number
    char code[65];
    char *title;
    SessionKind kind;
    SessionRules rules;
    Date date, makeup_until;
    int32_t org;           // internal number
    Month month;           // R18: of `starts` in the site's zone
    bool opened, invited;  // invited: has invitations
    bool spans_years;      // R16 applies: asked once a session, since the zone's answer is slow
    bool closed;           // its month is closed (R24): it holds still
    bool tracked;          // its month is or was closed: what changes is noted
    int32_t rule_version;  // of the rule of sessions that gave what is not stated
    bool makeup_stated;    // makeup_until is the session's own, not the rule's
    Worth worth;           // as it was stated; unit "": minutes
    int32_t worth_version; // of the conversion that made minutes of it, 0 none
    int64_t credited;      // members with a lower number have their credit in the totals of the year
} SessionRow;
typedef struct SessionList {
    SessionRow *rows;
    size_t count;
} SessionList;
void session_list_deinit(SessionList *list);
/// Sessions of a month (R18) or between two instants of `starts` (from inclusive, to exclusive), by starts,
/// then code.
int query_sessions_month(Store *store, Month month, SessionList *ret_list);
int query_sessions_between(Store *store, Time from, Time to, SessionList *ret_list);
enum { QUERY_E_UNKNOWN = 1 };
int query_session(Store *store, const char *code, SessionList *ret_list); // one row, or QUERY_E_UNKNOWN

// Points of a session and how far they have reported (R11, R12).
typedef enum Coverage { COVERAGE_SILENT, COVERAGE_REPORTED, COVERAGE_CLOSED, COVERAGE_NIL } Coverage;
const char *coverage_word(Coverage coverage); // "silent", "reported", "closed", "nil"
typedef struct SessionPoint {
    int32_t point; // internal number
    int32_t org;   // internal number of the host org
    char code[65];
    Coverage coverage;
    bool gap; // a terminal of the point has a gap in its sequence up to the close
} SessionPoint;
/// The points that take part in the session, by code. The caller frees the array.
int query_session_points(Store *store, const SessionRow *session, const OrgTree *tree,
                         SessionPoint **ret_points, size_t *ret_count);

/// Totals by home org (direct members only): each call back is one org number with its tally.
int query_session_tallies(Store *store, const SessionRow *session,
                          int (*each)(void *user, int32_t org, const Tally *tally), void *user);
/// On-site attendances by host org and home org (0: none), without those whose host is the home or stands
/// above it: they are nobody's guests. For R20.
int query_session_guests(Store *store, const SessionRow *session,
                         int (*each)(void *user, int32_t host_org, int32_t home_org, int64_t count),
                         void *user);

typedef struct MemberMonth {
    int64_t member;
    int32_t org;            // home on the month's last day
    MemberRole role;        // on that day
    int64_t year_minutes;   // counted in the year up to the month's end (R16, R27)
    int32_t target_minutes; // R17, by the rules of that day
    bool needs_class;
    bool class_taken; // has been credited for a `class` in the year (only asked where the role needs one)
} MemberMonth;
/// Every member with a home on the last day of `month` (R22).
int query_members_month(Store *store, Month month, int (*each)(void *user, const MemberMonth *member),
                        void *user);

/// R22: counts in `target_met`.
static inline bool member_met_target(const MemberMonth *member)
{
    return member->year_minutes >= member->target_minutes && (member->class_taken || !member->needs_class);
}
// The same by home org (direct members only).
typedef struct MemberSum {
    int64_t members, year_minutes, target_met;
} MemberSum;
int query_member_sums(Store *store, Month month, int (*each)(void *user, int32_t org, const MemberSum *sum),
                      void *user);

// One member's record.
typedef struct RecordEntry {
    const SessionRow *session;
    Duty duty;
    Attendance attendance;
    char point[65]; // "" none
    bool own_point_silent;
    char exempt_reason[65];
    int32_t capped; // of the credit's share in the year asked, what a cap keeps from counting (R27)
} RecordEntry;
typedef struct MemberRow {
    int64_t member;
    int32_t area; // internal number of the shard that keeps the record
    char code[65];
    char *name;
    char org[65]; // home on the date asked, or the last one, "" none
    char *org_name;
    MemberCategory category;
    MemberRole role;
    int32_t target_minutes; // R17, by the role and the rules of the date asked
    bool needs_class;
} MemberRow;
void member_row_deinit(MemberRow *row);
int query_member(Store *store, const char *code, Date date, MemberRow *ret_member); // QUERY_E_UNKNOWN
/// The member's attendance rows of the sessions of `year` that have begun by `now`, by starts, then code.
int query_record(Store *store, const MemberRow *member, int year, Time now,
                 int (*each)(void *user, const RecordEntry *entry), void *user);
/// Minutes that count in `year` up to the end of `month` of it (R16: split sessions count by share; R27:
/// caps).
int query_year_minutes(Store *store, const MemberRow *member, Month month, int64_t *ret_minutes);

// Stored events, by arrival.
typedef enum EventState { EVENT_COUNTED, EVENT_PARKED, EVENT_VOIDED, EVENT_QUARANTINED } EventState;
const char *event_state_word(EventState state);
typedef struct EventRow {
    const char *terminal, *epoch;
    uint64_t seq;
    const char *kind;    // as found: may be NULL for a refused one
    const char *session; // code as found, NULL if none
    const char *member;
    const char *point;    // of the terminal, NULL none
    Time at, received_at; // at TIME_NONE if it could not be read
    EventState state;
    const char *reason;    // of a parked or quarantined one, else NULL
    const char *canonical; // canonical bytes
    size_t canonical_size;
    const char *who, *why; // of the office's: who stated it and why; NULL where it is not noted
} EventRow;
typedef struct EventFilter {
    const char *session, *member, *terminal; // NULL: any
} EventFilter;
int query_events(Store *store, const EventFilter *filter, int (*each)(void *user, const EventRow *event),
                 void *user);
/// One of them, or QUERY_E_UNKNOWN.
int query_event(Store *store, const char *terminal, const char *epoch, uint64_t seq,
                int (*each)(void *user, const EventRow *event), void *user);

// A point's plan (studyday-protocol(7) "Plan"): the sessions it takes part in from `from` to `to`, and the
// members whose own point it is (of the roster on `date`; R11 without regard to a session).
typedef struct PlanMemberRow {
    int64_t member; // internal number
    const char *code, *name;
    const char *const *cards; // NULL-terminated
} PlanMemberRow;
int query_plan_sessions(Store *store, const char *point, Time from, Time to, SessionList *ret_list);
int query_plan_members(Store *store, const char *point, Date date,
                       int (*each)(void *user, const PlanMemberRow *member), void *user);
/// Whether the member came or left (in, out) at the point between the two times, by the terminals' own
/// clocks.
int query_seen_at_point(Store *store, const char *point, const char *member, Time from, Time to,
                        bool *ret_seen);
