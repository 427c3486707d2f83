#pragma once
// Spot-checks (定期抽学): samples of the expected members of a session, and what has come of them. What a
// check found is in the attendance rows (R13, R26); here stands who was drawn, how, by whom, and from how
// many.
#include "core/model/attendance.h"
#include "core/store/query.h"

typedef enum SpotcheckUnit { SPOTCHECK_MEMBERS, SPOTCHECK_POINTS } SpotcheckUnit;

typedef struct Spotcheck {
    int64_t id;
    int64_t session_number;
    const char *session, *org; // codes; borrowed, like all texts here
    SpotcheckUnit unit;
    int64_t wanted, frame; // of the unit: how many were asked for, and from how many they were drawn
    int64_t strata;        // orgs that had any
    bool stratified;       // SAMPLE_METHOD: fewer than the strata are drawn from all at once
    int64_t seed;
    const char *method;
    int64_t members; // drawn
    Time at;
    const char *who;
    Time cancelled_at; // TIME_NONE: it stands
    const char *cancelled_by, *cancelled_why;
} Spotcheck;

typedef struct SpotcheckPick {
    int64_t member;
    int32_t area, org, point; // internal numbers, see expected.h
} SpotcheckPick;

/// In the caller's transaction. Terminals learn of it with their plans: the roster's version changes.
int spotcheck_add(Store *store, const Spotcheck *spotcheck, const SpotcheckPick *picks, size_t count,
                  int64_t *ret_id);
enum { SPOTCHECK_E_UNKNOWN = 1, SPOTCHECK_E_CANCELLED };
int spotcheck_cancel(Store *store, int64_t id, Time now, const char *who, const char *why);

typedef int (*SpotcheckFn)(void *user, const Spotcheck *spotcheck);
/// By number; of one session (internal number), or with 0 of all.
int spotcheck_each(Store *store, int64_t session, SpotcheckFn each, void *user);
/// One of them, or SPOTCHECK_E_UNKNOWN.
int spotcheck_get(Store *store, int64_t id, SpotcheckFn each, void *user);

typedef enum SpotcheckResult {
    SPOTCHECK_OPEN,      // not checked
    SPOTCHECK_PASSED,    // R26
    SPOTCHECK_FAILED,    // found, with too low a score
    SPOTCHECK_NOT_FOUND, // not there
    SPOTCHECK_RESULT_COUNT
} SpotcheckResult;
const char *spotcheck_result_word(SpotcheckResult result);  // "open", "passed", ...
const char *spotcheck_result_title(SpotcheckResult result); // N_()

typedef struct SpotcheckMember {
    int64_t member;
    const char *code, *name;   // borrowed
    char org[65], point[65];   // codes: of `home`; the own point when it was drawn; "" none
    int32_t home;              // internal number of the home by the attendance row, else when it was drawn
    SpotcheckResult result;    // by the latest check of the member at the session (R13)
    int score;                 // of it; -1 none
    Status status;             // as stored
    bool on_site, discrepancy; // R13
} SpotcheckMember;
/// Who was drawn, by code.
int spotcheck_each_member(Store *store, const Spotcheck *spotcheck,
                          int (*each)(void *user, const SpotcheckMember *member), void *user);

/// The numbers of the spot-checks of a session that stand. The caller frees the array.
int spotcheck_active(Store *store, int64_t session, int64_t **ret_ids, size_t *ret_count);
int spotcheck_has(Store *store, int64_t id, int64_t member, bool *ret_has);
