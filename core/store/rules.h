#pragma once
// The rows of the rules (core/model/rule.h): read as a whole, since there are few, and put version by
// version. A version that a closed month was made with is never changed; a new one changes the sessions of
// open months from its date on.
#include "core/model/rule.h"
#include "core/store/roster.h"

/// Every version of every rule. The caller ends them with rules_deinit().
int rules_load(Store *store, Rules *ret_rules);

enum {
    RULES_E_CLOSED = 1, // a month within the version's days has been closed
    RULES_E_TOO_LATE,   // the same of a further version of a grading, which would grade that month anew
};
/// Writes the version, or puts it in the place of the one with its name and number. Inside a transaction of
/// the caller; roster_settle() brings the sessions of open months up to date.
int rules_put(Store *store, const Rule *rule, RosterChange *ret_change);

// Points that were given out (RULE_POINTS): what was redeemed stays, what was earned follows from attendance.
typedef struct Redemption {
    Time at;
    const char *who, *why; // borrowed
    int64_t points;
} Redemption;
int points_redeem(Store *store, int64_t member, Time at, const char *who, int64_t points, const char *why);
/// By time.
int points_each_redemption(Store *store, int64_t member,
                           int (*each)(void *user, const Redemption *redemption), void *user);
