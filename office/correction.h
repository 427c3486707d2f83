#pragma once
// Events that the office states: made, checked against the register, and added.
#include "core/model/event.h"
#include "core/store/query.h"
#include "office/operation.h"

// What is known about the names in an event of the office.
typedef struct CorrectionTarget {
    SessionRow session; // its title stays with `list`
    SessionList list;
    bool session_known, member_known;
} CorrectionTarget;

/// Looks up session and member; what was looked up last is kept, since the lines of a file come by session.
int correction_find(Office *office, const char *session, const char *member, CorrectionTarget *target);
void correction_target_deinit(CorrectionTarget *target);
/// Adds an event whose session and member are known, as a correction or as a line of a batch
/// (ledger_add_batch). `ret_refused`: NULL, or the word of event_check() for a bad value.
int correction_add(Office *office, Event *event, bool batch, const char **ret_refused, uint64_t *ret_seq);
