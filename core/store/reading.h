#pragma once
// Who has looked at one person's record: a row for each time, kept as long as the site's retention says.
#include "core/base/clock.h"
#include "core/store/store.h"

enum { READING_E_UNKNOWN = 1 }; // no such member: there was nothing to see

/// `who` is "uid:1000 name" or "terminal:NAME", `what` the command or question: "record", "explain", "ask".
/// In the caller's transaction, or in one of its own.
int reading_add(Store *store, Time at, const char *who, const char *what, const char *member);

typedef struct ReadingRow {
    Time at;
    const char *who, *what; // borrowed during the call back
} ReadingRow;
/// Of one member (internal number), from the first on; TIME_NONE: open, `to` exclusive.
int reading_each(Store *store, int64_t member, Time from, Time to,
                 int (*each)(void *user, const ReadingRow *row), void *user);
