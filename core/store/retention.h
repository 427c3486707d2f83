#pragma once
// How long what is kept that no figure needs: rules as rows, shown, changed, and carried out on request.
// Events, attendance, totals and closed months have no rule here: figures never go silently.
#include "core/base/clock.h"
#include "core/store/store.h"

typedef struct RetentionRule {
    const char *what;   // "former-members", "quarantine", "reads"
    int64_t days;       // RETENTION_FOR_EVER: without end
    const char *source; // of the rule
    int64_t due;        // how much there is at `now` that is older
} RetentionRule;
#define RETENTION_FOR_EVER (-1)
#define RETENTION_DAYS_MAX 36500
/// By name. Texts are borrowed.
int retention_each(Store *store, Time now, int (*each)(void *user, const RetentionRule *rule), void *user);
enum { RETENTION_E_UNKNOWN = 1 };
int retention_set(Store *store, const char *what, int64_t days, const char *source);
/// Takes out what is older than the rule says. `former-members` is left to retention_former(). In the
/// caller's transaction, followed by store_wipe().
int retention_apply(Store *store, const char *what, int64_t days, Time now, int64_t *ret_count);
/// The code of a member who has left for longer than `days`, and is not erased; RETENTION_E_UNKNOWN: nobody.
int retention_former(Store *store, int64_t days, Time now, char ret_code[static 65]);
