#pragma once
// What is credited and not yet in the totals of the year.
#include "core/store/credit.h"
#include "core/store/sqlite/queries/month_members.h"
#include "core/store/sqlite/store_private.h"

#define CREDITED_ALL (KEY_ROW_MAX + 1) // SessionRow.credited: of every member, later ones as well

/// Minutes of the member's year, up to the end of `month`, that the totals do not hold.
int credit_left_member(Store *store, const MemberRow *member, Month month, int64_t *ret_minutes);
/// The same of everybody in the range, added to `minutes` by place in it.
int credit_left_all(Store *store, Month month, const MemberRange *range, int32_t *minutes);
