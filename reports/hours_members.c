// The list of members has no rank and no order but that of the branches and the register: hours are not a
// race. Of a member twelve bytes are kept; code and name are read when the row is written.
#include "reports/hours_members.h"

#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/model/roster.h"
#include "reports/list_rows.h"
#include "reports/list_scope.h"

enum {
    M_ORG,
    M_ORG_NAME,
    M_MEMBER,
    M_NAME,
    M_ROLE,
    M_MINUTES,
    M_TARGET,
    M_MISSING,
    M_CLASS,
    M_STANDING,
    MEMBER_COLUMN_COUNT
};

static const ReportColumn member_columns[MEMBER_COLUMN_COUNT] = {
    [M_ORG] = {"org", N_("Organisation"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [M_ORG_NAME] = {"org_name", N_("Name of the organisation"), REPORT_TEXT,
                    REPORT_EVERYWHERE | REPORT_CUT | REPORT_IF_ROOM},
    [M_MEMBER] = {"member", N_("Member"), REPORT_TEXT, REPORT_EVERYWHERE},
    [M_NAME] = {"name", N_("Name"), REPORT_TEXT, REPORT_EVERYWHERE},
    [M_ROLE] = {"role", N_("Role"), REPORT_WORD, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [M_MINUTES] = {"year_minutes", N_("Hours of the year"), REPORT_MINUTES, REPORT_EVERYWHERE},
    [M_TARGET] = {"target_minutes", N_("Target, in hours"), REPORT_MINUTES, REPORT_EVERYWHERE},
    [M_MISSING] = {"missing_minutes", N_("Hours still missing"), REPORT_MINUTES, REPORT_EVERYWHERE},
    [M_CLASS] = {"class", N_("Class"), REPORT_WORD, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [M_STANDING] = {"standing", N_("Standing"), REPORT_WORD, REPORT_EVERYWHERE},
};

static const ReportWord roles[ROLE_COUNT] = {
    [ROLE_MEMBER] = {"member", N_("member")},
    [ROLE_SECRETARY] = {"secretary", N_("secretary")},
    [ROLE_COMMITTEE] = {"committee", N_("committee member")},
};

// Of a member, in the order of the register.
typedef struct Listed {
    int32_t member, minutes;
    uint32_t org : 24; // index in the tree: a site has some ten thousand
    uint32_t role : 4;
    uint32_t needs_class : 1, class_taken : 1;
} Listed;

typedef struct Members {
    Store *store;
    const ReportRequest *request;
    ListScope scope;             // its tree and top
    int32_t targets[ROLE_COUNT]; // as the members of each role had them
    Listed *listed;
    size_t count, capacity;
    int32_t *order; // of `listed`: by branch, then by the register
    int64_t met;
} Members;

static void members_free(void *list)
{
    Members *members = list;

    list_scope_deinit(&members->scope);
    free(members->listed);
    free(members->order);
    free(members);
}

static void cleanup_members(Members **members)
{
    if (*members)
        members_free(*members);
}

static bool has_met(const Members *members, const Listed *listed)
{
    return listed->minutes >= members->targets[listed->role] && (listed->class_taken || !listed->needs_class);
}

static int take_member(void *user, const MemberMonth *member)
{
    Members *members = user;
    int32_t index = org_tree_index(&members->scope.tree, member->org);

    if (index < 0 || !org_tree_within(&members->scope.tree, index, members->scope.top))
        return 0;
    if (members->count == members->capacity) {
        members->capacity = members->capacity ? 2 * members->capacity : 64;
        members->listed = alloc_resize(members->listed, members->capacity, sizeof(*members->listed));
    }
    members->targets[member->role] = member->target_minutes;
    Listed *listed = &members->listed[members->count++];
    *listed = (Listed){.member = (int32_t)member->member,
                       .minutes = (int32_t)member->year_minutes,
                       .org = (uint32_t)index & 0xFFFFFF,
                       .role = (uint32_t)member->role & 0xF,
                       .needs_class = member->needs_class,
                       .class_taken = member->class_taken};
    members->met += has_met(members, listed);
    return 0;
}

// Counts the members of each branch and gives each branch its place; the register's order is kept within.
static void put_in_order(Members *members)
{
    CLEANUP(cleanup_free) int32_t *place = alloc_zero((members->scope.tree.count + 1) * sizeof(*place));

    members->order = alloc_zero((members->count + 1) * sizeof(*members->order));
    for (size_t i = 0; i < members->count; i++)
        place[members->listed[i].org + 1]++;
    for (size_t i = 0; i < members->scope.tree.count; i++)
        place[i + 1] += place[i];
    for (size_t i = 0; i < members->count; i++)
        members->order[place[members->listed[i].org]++] = (int32_t)i;
}

static int fill_member(const void *list, size_t item, Report *into)
{
    const Members *members = list;
    const Listed *listed = &members->listed[members->order[item]];
    const OrgNode *org = &members->scope.tree.nodes[listed->org];
    int64_t missing = members->targets[listed->role] - listed->minutes;
    ReportCell *cells = report_row(into, 0);

    cells[M_ORG] = report_text(org->code);
    cells[M_ORG_NAME] = report_text(org->name);
    cells[M_ROLE].word = roles[listed->role];
    cells[M_MINUTES] = report_number(listed->minutes);
    cells[M_TARGET] = report_number(members->targets[listed->role]);
    cells[M_MISSING] = report_number(missing > 0 ? missing : 0);
    if (listed->needs_class)
        cells[M_CLASS].word =
            listed->class_taken ? (ReportWord){"taken", N_("taken")} : (ReportWord){"lacking", N_("lacking")};
    cells[M_STANDING].word =
        has_met(members, listed) ? (ReportWord){"met", N_("met")} : (ReportWord){"short", N_("short")};
    return error_trace(list_member_cells(members->store, members->request, &members->scope, listed->member,
                                         &cells[M_MEMBER], &cells[M_NAME]));
}

static int members_load(Members *members, Month month)
{
    int r = org_tree_load_span(members->store, month_first_day(month), month_last_day(month),
                               &members->scope.tree);

    if (r < 0)
        return error_trace(r);
    members->scope.top = org_tree_find(&members->scope.tree, members->request->scope.org);
    if (members->scope.top < 0)
        return members->scope.tree.count ? REPORT_E_UNKNOWN_ORG : REPORT_E_NO_ORGS;
    r = query_members_month(members->store, month, take_member, members);
    if (r == 0)
        put_in_order(members);
    return error_trace(r);
}

int hours_members(Store *store, const ReportRequest *request, Month month, Report **ret_report)
{
    CLEANUP(cleanup_members) Members *members = alloc_zero(sizeof(*members));

    *members = (Members){.store = store, .request = request};
    int r = members_load(members, month);
    if (r != 0)
        return r;
    size_t count = members->count;
    Report *report = hours_start(request, month, &members->scope.tree.nodes[members->scope.top],
                                 member_columns, MEMBER_COLUMN_COUNT);
    report_head_number(report, "definitions", REPORT_DEFINITIONS);
    report_head_number(report, "listed", (int64_t)count);
    report_head_number(report, "target_met", members->met);
    report_note(report, REPORT_NOTE_ABOUT, _("Members: %zu; target met: %lld"), count,
                (long long)members->met);
    hours_define(report);
    list_rows_from(report, members, count, fill_member, members_free);
    members = NULL;
    *ret_report = report;
    return 0;
}
