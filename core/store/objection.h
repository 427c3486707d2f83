#pragma once
// What members object to in their own record, and what the office answers. Both are written once: an
// objection is answered once, and neither is changed afterwards.
#include "core/store/store.h"

// One objection with its answer. Texts are borrowed; NULL where there is none.
typedef struct Objection {
    int64_t objection; // number
    Time at;
    const char *who;                     // entered it
    const char *session, *member, *name; // codes, and the member's name
    Time starts;                         // of the session
    const char *text;
    bool answered, accepted;
    Time answered_at;
    const char *answered_by, *answer;
    const char *epoch; // of the office's event that put it right
    uint64_t seq;
} Objection;

/// `member` is an internal number.
int objection_add(Store *store, int64_t member, const Objection *objection, int64_t *ret_number);
/// The second half of `objection`, for its number. The caller has made sure that it is open.
int objection_answer(Store *store, const Objection *objection);

typedef struct ObjectionFilter {
    int64_t objection; // 0: any
    int64_t member;    // internal number, 0: any
    bool open;         // only those without an answer
} ObjectionFilter;
/// By number. A non-zero return of `each` stops and is returned.
int objection_each(Store *store, const ObjectionFilter *filter,
                   int (*each)(void *user, const Objection *objection), void *user);
