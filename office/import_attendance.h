#pragma once
// A line of a batch: what a paper roll, an online course or another system says about one member.
#include "office/correction.h"

#define ATTENDANCE_UNSTATED (-1) // minutes that were not said

typedef struct AttendanceLine {
    const char *batch, *session, *member, *by, *why;
    int kind, mode;
    Time at;
    int32_t minutes;
} AttendanceLine;

/// Adds the line as an event of the office, unless it is in the batch register already; session and member
/// are known. `ret_refused`: NULL, or the word of event_check().
int attendance_line_take(Office *office, const AttendanceLine *line, bool *ret_known,
                         const char **ret_refused);
