#include "cli/member_scope.h"

// The tree is kept from one member to the next, lists being of few dates.

int member_scope_init(MemberScope *scope, Store *store, const char *org)
{
    OrgTree today = {0};

    *scope = (MemberScope){.store = store, .org = org, .date = DATE_NONE};
    int r = org ? org_tree_load(store, zone_date(clock_now()), &today) : 0;
    if (r == 0 && org && org_tree_find(&today, org) < 0)
        r = QUERY_E_UNKNOWN;
    org_tree_deinit(&today);
    return r;
}

void member_scope_deinit(MemberScope *scope)
{
    org_tree_deinit(&scope->tree);
    scope->tree = (OrgTree){0};
    scope->date = DATE_NONE;
}

int member_scope_holds(MemberScope *scope, const char *member, Date date)
{
    MemberRow row = {0};

    if (!scope->org)
        return 1;
    if (scope->date != date) {
        member_scope_deinit(scope);
        int r = org_tree_load(scope->store, date, &scope->tree);
        if (r < 0)
            return r;
        scope->date = date;
    }
    int r = query_member(scope->store, member, date, &row);
    if (r != 0)
        return r < 0 ? r : 0;
    int32_t home = org_tree_find(&scope->tree, row.org), top = org_tree_find(&scope->tree, scope->org);
    member_row_deinit(&row);
    return home >= 0 && top >= 0 && org_tree_within(&scope->tree, home, top);
}
