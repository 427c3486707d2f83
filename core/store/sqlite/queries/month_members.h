#pragma once
// Everybody's year up to a month (R22), for a range of members.
#include "core/store/query.h"

typedef struct MemberRange {
    int64_t first, beyond; // member numbers
} MemberRange;

/// All members that there are.
int member_range_all(Store *store, MemberRange *ret_range);
/// query_members_month() for those of the range.
int month_members_each(Store *store, Month month, const MemberRange *range,
                       int (*each)(void *user, const MemberMonth *member), void *user);

// By number of the home org.
typedef struct MemberSumTable {
    MemberSum *sums;
    int32_t count; // one beyond the highest number that has a sum
} MemberSumTable;
/// Adds those of the range to the table, which begins empty (zeros).
int month_members_sum(Store *store, Month month, const MemberRange *range, MemberSumTable *table);
/// Makes room for the sum of `org` (> 0).
void member_sum_table_reach(MemberSumTable *table, int32_t org);
void member_sum_table_deinit(MemberSumTable *table);
