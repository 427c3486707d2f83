#pragma once
// Sheets: sums that a report would make of many rows, kept as long as those rows do not change. A writer's
// task for a quiet moment; a report without a sheet makes the sums itself, and no figure knows.
#include <stdbool.h>

#include "core/store/store.h"

#define SHEET_PIECE 8192 // members that are looked at in one go: some 5 ms of work

/// Goes on with the sheets of the open months of a year up to `now`: at most `members` members. Not within a
/// transaction. `ret_more`: there is more to do already.
int sheet_make_due(Store *store, Time now, int64_t members, bool *ret_more);
