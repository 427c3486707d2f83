// Two kinds of members belong on the list: those who are exempt today, since illness or great age is what
// home delivery is for, and those who were visited in the last year all the same. Nobody is listed by
// category: a retired member may well walk to the point. Who has never been visited, or longest ago, stands
// first.
#include "reports/report_home.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "reports/list_scope.h"
#include "reports/list_sessions.h"

enum {
    ORG,
    ORG_NAME,
    MEMBER,
    NAME,
    CATEGORY,
    WHY,
    REASON,
    EXEMPT_UNTIL,
    VISITS,
    LAST_VISIT,
    SESSION,
    VISITOR,
    COLUMN_COUNT
};

static const ReportColumn columns[COLUMN_COUNT] = {
    [ORG] = {"org", N_("Organisation"), REPORT_TEXT, REPORT_EVERYWHERE},
    [ORG_NAME] = {"org_name", N_("Name of the organisation"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_CUT},
    [MEMBER] = {"member", N_("Member"), REPORT_TEXT, REPORT_EVERYWHERE},
    [NAME] = {"name", N_("Name"), REPORT_TEXT, REPORT_EVERYWHERE},
    [CATEGORY] = {"category", N_("Category"), REPORT_WORD, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [WHY] = {"why", N_("Why"), REPORT_WORD, REPORT_EVERYWHERE},
    [REASON] = {"reason", N_("Reason of the exemption"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [EXEMPT_UNTIL] = {"exempt_until", N_("Exempt until"), REPORT_DATE, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [VISITS] = {"visits", N_("Visits in a year"), REPORT_COUNT, REPORT_EVERYWHERE},
    [LAST_VISIT] = {"last_visit", N_("Last visit"), REPORT_TIME, REPORT_EVERYWHERE},
    [SESSION] = {"session", N_("Session"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [VISITOR] = {"visitor", N_("Visitor"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
};

static const ReportWord why_exempt = {"exempt", N_("exempt")};
static const ReportWord why_visited = {"visited", N_("was visited")};

// A member of the scope; who stays without a reason is not listed.
typedef struct Homed {
    ListVisit visit; // of all sessions together; member 0: not of the scope
    int32_t org;     // index in the scope's tree
    int32_t session; // of the latest visit: index in the list
    uint8_t category;
    bool exempt;
} Homed;

typedef struct Home {
    Store *store;
    Date today;
    ListScope scope;
    SessionList sessions;
    int32_t session; // being read
    Homed *members;  // by internal number
    int64_t bound;
} Home;

static void cleanup_home(Home *home)
{
    list_scope_deinit(&home->scope);
    session_list_deinit(&home->sessions);
    free(home->members);
}

static int take_member(void *user, const ListMember *member)
{
    Home *home = user;
    int32_t org = list_scope_index(&home->scope, member->org);

    if (org >= 0 && member->member < home->bound)
        home->members[member->member] = (Homed){.visit = {.member = member->member, .at = TIME_NONE},
                                                .org = org,
                                                .category = (uint8_t)member->category,
                                                .exempt = member->exempt};
    return 0;
}

static int add_visit(void *user, const ListVisit *visit)
{
    Home *home = user;

    if (visit->member >= home->bound || !home->members[visit->member].visit.member)
        return 0;
    Homed *member = &home->members[visit->member];
    int32_t count = member->visit.count + visit->count;
    if (visit->at >= member->visit.at) {
        member->visit = *visit;
        member->session = home->session;
    }
    member->visit.count = count;
    return 0;
}

static int load(Home *home, const ReportRequest *request)
{
    int r = list_scope_load(home->store, home->today, request->scope.org, &home->scope);
    if (r != 0)
        return r;
    r = lists_member_bound(home->store, &home->bound);
    if (r < 0)
        return error_trace(r);
    home->members = alloc_zero((size_t)home->bound * sizeof(*home->members));
    r = lists_members(home->store, home->today, take_member, home);
    if (r == 0)
        r = list_sessions_year(home->store, request->scope.now, &home->sessions);
    for (size_t i = 0; i < home->sessions.count && r == 0; i++) {
        home->session = (int32_t)i;
        r = lists_visits(home->store, &home->sessions.rows[i], add_visit, home);
    }
    return error_trace(r);
}

// By branch, then who was not visited, or longest ago.
static int compare_homed(const void *a, const void *b)
{
    const Homed *x = *(const Homed *const *)a, *y = *(const Homed *const *)b;

    if (x->org != y->org)
        return x->org < y->org ? -1 : 1;
    if (x->visit.at != y->visit.at)
        return x->visit.at < y->visit.at ? -1 : 1;
    return (x->visit.member > y->visit.member) - (x->visit.member < y->visit.member);
}

static size_t list(const Home *home, const Homed ***ret_listed)
{
    const Homed **listed = alloc_zero(sizeof(*listed));
    size_t count = 0, capacity = 1;

    for (int64_t m = 1; m < home->bound; m++) {
        const Homed *member = &home->members[m];
        if (!member->visit.member || (!member->exempt && !member->visit.count))
            continue;
        if (count == capacity)
            listed = alloc_resize(listed, capacity *= 2, sizeof(*listed));
        listed[count++] = member;
    }
    qsort(listed, count, sizeof(*listed), compare_homed);
    *ret_listed = listed;
    return count;
}

static int fill_visit(const Home *home, const Homed *member, ReportCell *cells)
{
    char visitor[65];

    cells[VISITS] = report_number(member->visit.count);
    if (!member->visit.count)
        return 0;
    int r = lists_visitor(home->store, &member->visit, visitor);
    if (r < 0)
        return error_trace(r);
    cells[LAST_VISIT] = report_number(member->visit.at);
    cells[SESSION] = report_text(home->sessions.rows[member->session].code);
    cells[VISITOR] = report_text(*visitor ? visitor : NULL);
    return 0;
}

static int fill_exemption(const Home *home, const Homed *member, ReportCell *cells)
{
    ListExemption exemption;
    int r = member->exempt ? lists_exemption(home->store, member->visit.member, home->today, &exemption)
                           : LISTS_E_NONE;

    cells[WHY].word = member->exempt ? why_exempt : why_visited;
    if (r != 0)
        return r < 0 ? error_trace(r) : 0;
    cells[REASON] = report_text(*exemption.reason ? exemption.reason : NULL);
    if (exemption.to != DATE_NONE)
        cells[EXEMPT_UNTIL] = report_number(exemption.to);
    return 0;
}

static int add_row(const Home *home, const ReportRequest *request, const Homed *member, Report *report)
{
    const OrgNode *org = &home->scope.tree.nodes[member->org];
    const char *category = member_category_title((MemberCategory)member->category);
    ReportCell *cells = report_row(report, 0);

    cells[ORG] = report_text(org->code);
    cells[ORG_NAME] = report_text(org->name);
    if (category)
        cells[CATEGORY].word = (ReportWord){member_category_word((MemberCategory)member->category), category};
    int r = fill_exemption(home, member, cells);
    if (r == 0)
        r = fill_visit(home, member, cells);
    if (r == 0)
        r = list_member_cells(home->store, request, &home->scope, member->visit.member, &cells[MEMBER],
                              &cells[NAME]);
    return error_trace(r);
}

static Report *start(const Home *home, const Homed *const *listed, size_t count)
{
    CLEANUP(cleanup_text) Text title = {0};
    char date[CLOCK_TEXT_SIZE];
    size_t never = 0;

    for (size_t i = 0; i < count; i++)
        never += listed[i]->visit.count == 0;
    date_format(home->today, date);
    text_appendf(&title, _("Home delivery on %s: %s"), date, list_scope_name(&home->scope));
    Report *report = report_new("home", text_cstr(&title), "rows", columns, COLUMN_COUNT);
    report_head_text(report, "report", "home");
    report_head_text(report, "date", date);
    report_head_text(report, "org", list_scope_code(&home->scope));
    report_head_number(report, "listed", (int64_t)count);
    report_head_number(report, "never_visited", (int64_t)never);
    report_note(report, REPORT_NOTE_ABOUT, _("Members: %zu; not visited in the last year: %zu"), count,
                never);
    report_note(
        report, REPORT_NOTE_DEFINITION, "%s",
        _("Listed are the exempt of today, and who was visited in the year up to today. Visits that were "
          "taken back do not count."));
    return report;
}

int report_home(Store *store, const ReportRequest *request, Report **ret_report)
{
    CLEANUP(cleanup_home) Home home = {.store = store, .today = zone_date(request->scope.now)};
    CLEANUP(cleanup_report) Report *report = NULL;
    CLEANUP(cleanup_free) const Homed **listed = NULL;

    int r = load(&home, request);
    if (r != 0)
        return r < 0 ? error_trace(r) : r; // outcomes of the scope are those of the report
    size_t count = list(&home, &listed);
    report = start(&home, listed, count);
    for (size_t i = 0; i < count && r == 0; i++)
        r = add_row(&home, request, listed[i], report);
    if (r < 0)
        return error_trace(r);
    *ret_report = report;
    report = NULL;
    return 0;
}
