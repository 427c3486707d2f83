#pragma once
// What the office says and takes back about single sessions, beside roster.h: what they belong to, who
// organises them, what there is to read, in which order a route visits its points. None of it is asked when
// an event arrives. Puts and drops run inside a transaction of the caller, before roster_settle().
#include "core/store/roster.h"

#define SESSION_MATERIALS_MAX 8 // links of a session: more belong on a page of their own

typedef struct SessionDetail {
    char activity[65];  // what several sessions have in common: a class over days, a series; "" none
    char organiser[65]; // member code, "" none
    char *organiser_name;
    char *materials; // links, separated by one blank; "" none
} SessionDetail;
void session_detail_deinit(SessionDetail *detail);
/// All empty where nothing was said. By internal number.
int query_session_detail(Store *store, int64_t session, SessionDetail *ret_detail);

typedef struct SessionDetailPut {
    const char *activity, *organiser, *materials; // NULL: as it is; "": none
} SessionDetailPut;
/// ROSTER_E_UNKNOWN_SESSION, ROSTER_E_UNKNOWN_MEMBER (the organiser), ROSTER_E_CLOSED.
int roster_put_session_detail(Store *store, const char *session, const SessionDetailPut *put,
                              RosterChange *ret_change);

/// ROSTER_E_UNKNOWN_SESSION, ROSTER_E_UNKNOWN_MEMBER, ROSTER_E_CLOSED. `ret_left` counts the invitations that
/// are left: without any the session expects the subtree of its org.
int roster_drop_invitation(Store *store, const char *session, const char *member, RosterChange *ret_change,
                           int64_t *ret_left);

// What has been stored about a session, parked events included.
typedef struct SessionStored {
    int64_t members; // with events of terminals or of the office, void ones included
    int64_t points;  // from which anything came
} SessionStored;
enum {
    SESSIONS_E_STORED = 1, // something was stored about it
    SESSIONS_E_MONTH,      // its month is closed, or was once: revisions name the session
};
/// Takes a session out as if it had never been planned: its obligations, invitations and points go with it.
/// Only without stored events: ROSTER_E_UNKNOWN_SESSION is a matter of the caller, who has looked it up.
int roster_drop_session(Store *store, const char *session, SessionStored *ret_stored);

/// The points that the session lists, in the order of the list, which is the route; none: all of the subtree.
int query_session_route(Store *store, int64_t session,
                        int (*each)(void *user, const char *point, const char *name, const char *org),
                        void *user);
/// The invited, by code.
int query_session_invited(Store *store, int64_t session,
                          int (*each)(void *user, const char *member, const char *name), void *user);
/// Code of the session's org.
int query_session_org(Store *store, int64_t session, char ret_org[static 65]);
/// How many are invited.
int query_session_invited_count(Store *store, int64_t session, int64_t *ret_count);
