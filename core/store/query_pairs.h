#pragma once
// What a figure is made of: the attendance rows of a session one by one, and the events behind each row, with
// who corrected them and why.
#include "core/store/query.h"

// A row as stored, folded. Valid during the call back.
typedef struct PairView {
    int64_t member; // internal number
    int32_t area;   // of the shard
    int32_t org;    // home on the session's date, internal number; 0 none
    Duty duty;
    const Attendance *attendance;
    int32_t
        host; // org that hosts the point where it was, internal number; 0: on site nowhere, or at no point
    const char *point; // code of that point, NULL none
    const void *row;   // for query_pair_events
} PairView;
/// Every row of the session, by area and member number.
int query_pairs(Store *store, const SessionRow *session, int (*each)(void *user, const PairView *pair),
                void *user);
/// The row of one member; `each` is not called where there is none.
int query_pair(Store *store, const SessionRow *session, const MemberRow *member,
               int (*each)(void *user, const PairView *pair), void *user);
/// Code and name of the row's member; home, role and category are left out.
int query_pair_member(Store *store, const PairView *pair, MemberRow *ret_member);

// One event about a pair. Texts are borrowed during the call back; NULL where there is none.
typedef struct PairEvent {
    const char *terminal, *epoch;
    uint64_t seq;
    Time received_at;
    Fact fact;             // with the code of its point; is_void if it was voided
    bool batch;            // a line of an office batch (R12)
    const char *who, *why; // of what the office added
    const char *void_terminal, *void_epoch;
    uint64_t void_seq;
    const char *void_who, *void_why; // where the office voided it
} PairEvent;
/// The events of a row, by terminal, epoch and number.
int query_pair_events(Store *store, const PairView *pair, int (*each)(void *user, const PairEvent *event),
                      void *user);
