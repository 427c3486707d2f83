#pragma once
// Lists of what concerns members, of one organisation and those below it: a member belongs to where the home
// was on the date in question.
#include "core/store/query.h"

typedef struct MemberScope {
    Store *store;
    const char *org; // NULL: all
    OrgTree tree;    // of `date`
    Date date;
} MemberScope;

/// QUERY_E_UNKNOWN where there is no such organisation today; what was at other dates is not asked.
int member_scope_init(MemberScope *scope, Store *store, const char *org);
void member_scope_deinit(MemberScope *scope);
/// Whether the member's home on the date is within the organisation: a negative errno, 0 or 1.
int member_scope_holds(MemberScope *scope, const char *member, Date date);
