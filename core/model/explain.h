#pragma once
// Why an attendance is what it is: the rules of studyday-rules(7) that decided, one reason each, in the order
// in which a person would tell it. A pure function of what the fold gets; words are found by whoever shows
// them.
#include "core/model/attendance.h"

typedef enum ReasonKind {
    REASON_EXPECTED,        // R7
    REASON_EXEMPT,          // R7, R10
    REASON_GUEST,           // R7
    REASON_LATE,            // status 1: at first in, limit start, minutes of grace
    REASON_LEFT_EARLY,      // status 2: at last out, limit end, minutes of grace
    REASON_PRESENT,         // status 3
    REASON_HOME,            // status 4: limit the deadline, exclusive
    REASON_MAKEUP,          // status 5: limit the deadline, exclusive
    REASON_LEAVE,           // status 6
    REASON_ABSENT,          // status 7
    REASON_UNREPORTED,      // status 8
    REASON_NO_IN,           // R8
    REASON_NO_OUT,          // R9
    REASON_OTHER_POINT,     // R9
    REASON_PRESENCE,        // R9: minutes present of the session's length (bound)
    REASON_CREDIT,          // R14: minutes credited for presence; bound: permille of the length that it takes
    REASON_SHORT,           // R14: the same, not reached
    REASON_CREDIT_HOME,     // R14: minutes
    REASON_CREDIT_MAKEUP,   // R14: minutes, of at most bound
    REASON_CHECK_PASSED,    // R26: minutes is the score, -1 none
    REASON_CHECK_FAILED,    // R26: the same
    REASON_CHECK_MISSING,   // R13: not found, and not recorded on site either
    REASON_CHECK_NOT_FOUND, // R13: recorded on site, and not found
    REASON_COUNT
} ReasonKind;

typedef struct Reason {
    ReasonKind kind;
    const char *rule; // "R7", "R8", …
    Time at, limit;   // TIME_NONE where the kind has none
    int32_t minutes, bound;
} Reason;
#define EXPLAIN_REASONS_MAX \
    12 // duty, status, three remarks, presence, two credits, check, with room to spare

/// Returns how many reasons there are.
size_t explain_attendance(const SessionRules *session, Duty duty, bool own_point_silent, const Fact *facts,
                          size_t count, Reason ret_reasons[static EXPLAIN_REASONS_MAX]);

// What becomes of one event.
typedef enum FactUse {
    FACT_VOID,      // R6: was taken back
    FACT_COUNTS,    // as it is
    FACT_UNCERTAIN, // R4: at another time than it says, or in time although nobody knows
    FACT_TOO_LATE,  // R14: for the hours only, not for the status
    FACT_OVERRULED, // R13: a later check counts
    FACT_USE_COUNT
} FactUse;
/// `latest` is the check that counts (explain_latest_check), or NULL.
FactUse explain_fact(const SessionRules *session, const Fact *fact, const Fact *latest);
const Fact *explain_latest_check(const Fact *facts, size_t count);
const char *fact_use_word(FactUse use); // "void", "counts", "uncertain-time", "too-late", "overruled"
