#pragma once
// What the rules make of a session's columns: those that the office does not state, by the rule of the
// session's date, with the versions that said so.
#include "core/store/sqlite/store_private.h"

typedef struct SessionColumns {
    int32_t minutes;
    int32_t worth_version;
    Date makeup_until;
    SessionDefaults defaults;
} SessionColumns;

/// The rules of the site, cached; they live until the caches are dropped.
int store_rules(Store *store, const Rules **ret_rules);
/// `makeup_until` DATE_NONE: by the rule; a `worth` without a unit: `minutes` as they are.
/// ROSTER_E_UNKNOWN_UNIT, ROSTER_E_WORTH.
int session_columns(Store *store, SessionKind kind, Date date, Date makeup_until, const Worth *worth,
                    int32_t minutes, SessionColumns *ret_columns);
/// Brings the sessions of open months up to date with the rules, from store->rules_from on, and notes them as
/// changed where that changes what their events add up to.
int session_rules_apply(Store *store);
