#pragma once
// What the commands about leave share.
#include "office/operation.h"

/// How many leave events of the pair hold, whoever sent them; refuses an unknown session or member.
int leave_count(Office *office, const char *session, const char *member, size_t *ret_count);

/// leave request, approve and refuse.
int leave_request_run(Office *office);
int leave_decide_run(Office *office, bool approve);
/// The open request of the pair is withdrawn, if there is one.
int leave_request_withdraw(Office *office, const char *session, const char *member, const char *why,
                           bool *ret_withdrawn);
