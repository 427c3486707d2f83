#pragma once
// The fold (studyday-rules(7)): the attendance of one member at one session is a pure function of the
// session's rules, the member's duty on that date, and the SET of events about the two. Order, duplicates and
// batching cannot matter.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/model/event.h"
#include "core/model/session.h"

typedef enum Duty {
    DUTY_NONE,     // neither: whoever takes part all the same is a guest of the session (R7)
    DUTY_EXPECTED, // 应到
    DUTY_EXEMPT,   // 免学
    DUTY_COUNT
} Duty;

// Stored statuses. ABSENT and UNREPORTED are both stored as NOTHING: which of the two it is depends on
// whether the own point is silent, and is said when it is shown (attendance_status_shown).
typedef enum Status {
    STATUS_NOTHING,
    STATUS_LATE,
    STATUS_LEFT_EARLY,
    STATUS_PRESENT,
    STATUS_HOME,
    STATUS_MAKEUP,
    STATUS_LEAVE,
    STATUS_ABSENT,     // shown only
    STATUS_UNREPORTED, // shown only
    STATUS_EXEMPT,     // shown only: the duty says so
    STATUS_COUNT
} Status;

// What the fold noticed. The words are printed in `flags` of a record.
typedef enum AttendanceFlag {
    FLAG_UNCERTAIN_TIME = 1 << 0, // R4: a time taken as the session's start or end, or a clock that was unset
    FLAG_NO_IN = 1 << 1,          // R8: an out without an in
    FLAG_NO_OUT = 1 << 2,         // R9: no out, or an in after the last out
    FLAG_OTHER_POINT = 1 << 3, // R9: events of another point lie between (the office has none, and is none)
    FLAG_SHORT = 1 << 4,       // R14: present too short to be credited
    FLAG_LATE_MAKEUP = 1 << 5, // R14: made up after the deadline
    FLAG_LATE_HOME = 1 << 6,   // R14: visited after the deadline
    FLAG_NOT_FOUND = 1 << 7,   // R13: a check did not find a member recorded on site
} AttendanceFlag;
#define ATTENDANCE_FLAG_COUNT 8 // bits 0 to 7; no enumerator, which would be equal to the flag of bit 3

// One event about the pair, as the fold needs it. `point` is compared as text where instants tie, so that the
// result does not depend on internal numbers.
typedef struct Fact {
    EventKind kind; // in, out, leave, makeup, home, check
    EventMode mode;
    EventClock clock;
    bool is_void;
    Time at;
    const char *point; // code of the terminal's point; NULL: none (the office)
    int32_t point_key; // the caller's own key of that point, handed through to Attendance.point_key; 0 none
    int32_t minutes;   // makeup
    int8_t found;      // check: 0, 1
    int16_t score;     // check: 0..100, -1 none
} Fact;

typedef struct Attendance {
    Status status;     // NOTHING to LEAVE
    bool on_site;      // R8, whatever the duty
    EventMode mode;    // NONE unless on site: FOLLOW or LEAD, of the first in (R8)
    int32_t point_key; // point of the first in, else of the first out; 0 none
    Time first_in,
        last_out;    // TIME_NONE where there is none; not clipped; the start or end where uncertain (R4)
    int32_t minutes; // presence, whole minutes, clipped to the session (R9)
    int32_t credit;  // credited minutes (R14)
    bool made_up;    // it is by making up that they were earned, not by presence or at home
    uint32_t flags;
    bool checked, passed, not_found; // R13, R26: by the latest check; of one instant the best for the member
    bool took_part;                  // any status but NOTHING and LEAVE, or a credit
} Attendance;

/// Folds `facts` (any order; identical instants are ordered by kind, then point) into `ret_attendance`.
void attendance_fold(const SessionRules *session, Duty duty, const Fact *facts, size_t count,
                     Attendance *ret_attendance);

/// R13: whether the check `a` counts rather than `b` (NULL: none yet): the later one; of one instant the best
/// for the member.
bool attendance_check_is_later(const Fact *a, const Fact *b);

/// The status as shown (studyday-rules(7), table of statuses; R10): exempt for the exempt, absent or
/// unreported for an expected member with nothing, by whether the own point is silent. NOTHING for a guest
/// without a status.
Status attendance_status_shown(Duty duty, Status stored, bool own_point_silent);
const char *status_word(Status status);  // of studyday-rules(7): "left-early", ...
const char *status_title(Status status); // for people, N_()
const char *attendance_flag_word(AttendanceFlag flag);
