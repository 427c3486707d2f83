#pragma once
// A member's points: what attendance has earned by the rule, and what was redeemed. Nobody is compared.
#include "core/store/query.h"
#include "reports/report.h"

typedef struct PointsBalance {
    int64_t earned, redeemed;
} PointsBalance;

enum {
    POINTS_E_OFF = 1, // the site has no points scheme, or has switched it off
    POINTS_E_UNKNOWN, // there is no such member
};
int points_balance(Store *store, const char *member, Time now, PointsBalance *ret_balance);
/// The ledger: every session that earned something, every redemption.
int points_report(Store *store, const char *member, Time now, Report **ret_report);
