#pragma once
// What the lists of the office ask (studyday(1), report watch, makeups, home, points): the attendance of a
// session member by member, who the members are, visits at home. A list reads sessions one after the other,
// since attendance lies by session; what it keeps of a member is a few bytes by internal number.
#include "core/store/query.h"

/// One beyond the highest internal number of a member: how long an array by number has to be.
int lists_member_bound(Store *store, int64_t *ret_bound);

// A member with a home on the date asked.
typedef struct ListMember {
    int64_t member;
    int32_t org; // internal number of the home
    MemberCategory category;
    MemberRole role;
    bool exempt; // on that date
} ListMember;
/// Grouped by home in the order of the tree of `date`.
int lists_members(Store *store, Date date, int (*each)(void *user, const ListMember *member), void *user);

// One member at one session, folded.
typedef struct ListPair {
    int64_t member;
    int32_t org; // internal number of the home on the session's date; 0 none
    Duty duty;
    const Attendance *attendance;
} ListPair;
/// Every attendance row of a session. `skip` (by member number, up to `skip_count`; may be NULL) names those
/// whose row is passed over unread.
int lists_session(Store *store, const SessionRow *session, const uint8_t *skip, int64_t skip_count,
                  int (*each)(void *user, const ListPair *pair), void *user);

// Visits at home, not void, of one member about one session.
typedef struct ListVisit {
    int64_t member;
    int32_t count;
    Time at;        // of the latest
    int64_t stream; // and its event, for lists_visitor()
    uint64_t seq;
} ListVisit;
/// Everybody who was visited about a session, whatever the duty or the deadline.
int lists_visits(Store *store, const SessionRow *session, int (*each)(void *user, const ListVisit *visit),
                 void *user);
/// The code of whoever visited, "" where the event does not say.
int lists_visitor(Store *store, const ListVisit *visit, char ret_code[static 65]);

typedef struct ListName {
    char code[65];
    char *name;
} ListName;
void list_name_deinit(ListName *name);
/// By internal number; one that is not there has the code "-".
int lists_name(Store *store, int64_t member, ListName *ret_name);

typedef struct ListExemption {
    Date from, to; // to DATE_NONE: open
    char reason[65];
} ListExemption;
enum { LISTS_E_NONE = 1 };
/// The exemption that holds on `date`, or LISTS_E_NONE.
int lists_exemption(Store *store, int64_t member, Date date, ListExemption *ret_exemption);

// A point beside what query_session_points() says of it at a session.
typedef struct ListPoint {
    char *name;
    int64_t events, seen; // of the session: stored events, and those among them that name somebody
    int32_t terminals;    // of the point, not revoked
    Time last_event;      // when the last event of any of them was received, TIME_NONE: never
} ListPoint;
/// For each of `points` (of one session) what there is, in the same order. The caller frees with
/// list_points_free().
int lists_points(Store *store, const SessionRow *session, const SessionPoint *points, size_t count,
                 ListPoint **ret_points);
ListPoint *list_points_free(ListPoint *points, size_t count);

// What the database knows of a terminal, beside the register. Of its latest epoch, unless it says otherwise.
typedef struct ListTerminal {
    char name[33], area[33];
    int32_t point; // internal number, 0 none
    char point_code[65];
    char *point_name;
    int32_t org; // that hosts the point, internal number; 0 none
    bool has_key;
    Time enrolled_at, revoked_at, last_event; // TIME_NONE where not; last_event: of any epoch, as received
    int64_t missing;                          // numbers that are missing below the highest one, of all epochs
    int64_t ahead;       // stored events that wait behind a missing number, of all epochs
    int64_t recent;      // events in its latest block, at most LIST_RECENT_MAX
    int64_t unset;       // of these, recorded while the terminal did not know the time
    int64_t clock_ahead; // seconds by which one of these claims to be later than it was received; 0: none
    int64_t quarantined; // open entries
} ListTerminal;
#define LIST_RECENT_MAX 32 // a segment of the log
/// Every terminal but the office's, by name. `each` borrows.
int lists_terminals(Store *store, int (*each)(void *user, const ListTerminal *terminal), void *user);
/// Open quarantine entries that name no terminal of the register.
int lists_quarantined_elsewhere(Store *store, int64_t *ret_count);
