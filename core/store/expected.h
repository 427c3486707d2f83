#pragma once
// Who is expected at a session (R7), with the own point of each (R11): the frame of a sample, and the lines
// of a paper roll.
#include "core/store/query.h"

typedef struct ExpectedMember {
    int64_t member;           // internal number
    int32_t area, org, point; // internal numbers; point 0: no own point takes part
    char code[65];
} ExpectedMember;

/// The expected members, by code, the exempt not among them: of a session that is open its obligation rows,
/// otherwise what they would be by the roster as it is. `tree` is that of the session's date, `points` those
/// of query_session_points. The caller frees the array.
int query_expected(Store *store, const SessionRow *session, const OrgTree *tree, const SessionPoint *points,
                   size_t point_count, ExpectedMember **ret_members, size_t *ret_count);
