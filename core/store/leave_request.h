#pragma once
// Leave that is asked for and waits for the office. A request is no event and counts for nothing; approving
// it makes the leave event that does. Request and decision are written once, and stay when the session is
// taken out.
#include "core/store/store.h"

typedef enum LeaveOutcome {
    LEAVE_OPEN,
    LEAVE_APPROVED,
    LEAVE_REFUSED,
    LEAVE_WITHDRAWN, // by the member, before anybody decided
    LEAVE_OUTCOME_COUNT
} LeaveOutcome;

/// "open", "approved", "refused", "withdrawn".
const char *leave_outcome_word(LeaveOutcome outcome);

// One request with what became of it. Texts are borrowed; NULL where there is none.
typedef struct LeaveRequest {
    int64_t request; // number
    Time at;
    const char *who;                     // entered it
    const char *session, *member, *name; // codes, and the member's name
    Time starts;                         // of the session, when it was asked for
    const char *reason, *why;
    LeaveOutcome outcome;
    Time decided_at;
    const char *decided_by, *decided_why;
    const char *epoch; // of the office's event that an approval made
    uint64_t seq;
} LeaveRequest;

/// `member` is an internal number.
int leave_request_add(Store *store, int64_t member, const LeaveRequest *request, int64_t *ret_number);
/// The second half of `request`, for its number. The caller has made sure that it is open.
int leave_request_decide(Store *store, const LeaveRequest *request);

typedef struct LeaveRequestFilter {
    int64_t request;     // 0: any
    const char *session; // NULL: any
    const char *member;  // NULL: any
    bool open;           // only those that nobody has decided
} LeaveRequestFilter;
/// By number. A non-zero return of `each` stops and is returned.
int leave_request_each(Store *store, const LeaveRequestFilter *filter,
                       int (*each)(void *user, const LeaveRequest *request), void *user);
