// The months are walked backwards, each session once; a member who was met is passed over from then on, so
// that the sessions of a year cost little more than those of one month. What is kept of a member is some
// thirty bytes. It stands on the records as they are known now, also for closed months: the list is about
// people, not about published figures.
#include "reports/report_watch.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/model/watch.h"
#include "reports/list_scope.h"
#include "reports/list_sessions.h"

enum {
    ORG,
    ORG_NAME,
    MEMBER,
    NAME,
    CATEGORY,
    MONTHS,
    SINCE,
    MISSED,
    UNREPORTED,
    ELSEWHERE,
    LAST,
    LAST_STATUS,
    COLUMN_COUNT
};

static const ReportColumn columns[COLUMN_COUNT] = {
    [ORG] = {"org", N_("Organisation"), REPORT_TEXT, REPORT_EVERYWHERE},
    [ORG_NAME] = {"org_name", N_("Name of the organisation"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_CUT},
    [MEMBER] = {"member", N_("Member"), REPORT_TEXT, REPORT_EVERYWHERE},
    [NAME] = {"name", N_("Name"), REPORT_TEXT, REPORT_EVERYWHERE},
    [CATEGORY] = {"category", N_("Category"), REPORT_WORD, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [MONTHS] = {"months", N_("Months"), REPORT_COUNT, REPORT_EVERYWHERE},
    [SINCE] = {"since", N_("Since"), REPORT_TEXT, REPORT_EVERYWHERE},
    [MISSED] = {"missed", N_("Sessions missed"), REPORT_COUNT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [UNREPORTED] = {"unreported", N_("Of these unreported"), REPORT_COUNT,
                    REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [ELSEWHERE] = {"elsewhere", N_("Sessions as a guest"), REPORT_COUNT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [LAST] = {"last", N_("Last met"), REPORT_DATE, REPORT_EVERYWHERE},
    [LAST_STATUS] = {"last_status", N_("As"), REPORT_WORD, REPORT_EVERYWHERE | REPORT_IF_ROOM},
};

#define COUNTED_MONTHS 4 // three, four, five, and six or more

// One member, while the months go back.
typedef struct Watched {
    WatchRun run;
    uint8_t month;      // WatchMonth of the month being read
    uint8_t met_status; // Status
    uint8_t category;   // MemberCategory
    uint16_t month_missed, month_unreported;
    uint16_t missed, unreported, elsewhere;
    int32_t org; // index in the scope's tree
    Date met;    // DATE_NONE: not within the months read
} Watched;

typedef struct Watch {
    Store *store;
    ListScope scope;
    Watched *members; // by internal number
    uint8_t *skip;    // by internal number: not listed, or met already
    int64_t bound, left;
    const SessionRow *session;
    OwnPoints own; // of `session`
} Watch;

static void cleanup_watch(Watch *watch)
{
    list_scope_deinit(&watch->scope);
    own_points_deinit(&watch->own);
    free(watch->members);
    free(watch->skip);
}

static int take_member(void *user, const ListMember *member)
{
    Watch *watch = user;
    int32_t org = list_scope_index(&watch->scope, member->org);

    if (org < 0 || member->exempt || member->member >= watch->bound)
        return 0;
    watch->members[member->member] =
        (Watched){.category = (uint8_t)member->category, .org = org, .met = DATE_NONE};
    watch->skip[member->member] = 0;
    watch->left++;
    return 0;
}

static int take_members(Watch *watch, Date date)
{
    int r = lists_member_bound(watch->store, &watch->bound);
    if (r < 0)
        return error_trace(r);
    watch->members = alloc_zero((size_t)watch->bound * sizeof(*watch->members));
    watch->skip = alloc_zero((size_t)watch->bound);
    memset(watch->skip, 1, (size_t)watch->bound);
    return error_trace(lists_members(watch->store, date, take_member, watch));
}

static int add_pair(void *user, const ListPair *pair)
{
    Watch *watch = user;

    if (pair->member >= watch->bound)
        return 0;
    Watched *member = &watch->members[pair->member];
    Status status = pair->attendance->status;
    WatchMonth month = watch_month_add((WatchMonth)member->month, pair->duty, status);

    member->month = (uint8_t)month;
    if (pair->duty == DUTY_NONE && pair->attendance->took_part)
        member->elsewhere++;
    if (pair->duty != DUTY_EXPECTED)
        return 0;
    if (month == WATCH_MET) {
        member->met = watch->session->date;
        member->met_status = (uint8_t)status;
        watch->skip[pair->member] = 1;
        return 0;
    }
    member->month_missed++;
    if (own_points_silent(&watch->own, pair->org))
        member->month_unreported++;
    return 0;
}

static int add_session(Watch *watch, const SessionRow *session)
{
    own_points_deinit(&watch->own);
    int r = own_points_load(watch->store, session, &watch->own);
    if (r < 0)
        return error_trace(r);
    watch->session = session;
    return error_trace(lists_session(watch->store, session, watch->skip, watch->bound, add_pair, watch));
}

/// What the month was is added to every run that still goes back.
static void end_month(Watch *watch, Month month)
{
    watch->left = 0;
    for (int64_t m = 0; m < watch->bound; m++) {
        Watched *member = &watch->members[m];
        if (watch->skip[m] && member->month != WATCH_MET)
            continue;
        watch_run_add(&member->run, month, (WatchMonth)member->month);
        if (member->month == WATCH_MISSED) {
            member->missed += member->month_missed;
            member->unreported += member->month_unreported;
        }
        member->month = WATCH_NO_DUTY;
        member->month_missed = member->month_unreported = 0;
        watch->left += !watch->skip[m];
    }
}

// The latest session first, so that the first one at which a member is met is the last they came to.
static int read_months(Watch *watch, Month last)
{
    for (Month month = last; month > last - WATCH_MONTHS_BACK && watch->left > 0; month--) {
        CLEANUP(cleanup_sessions) SessionList sessions = {0};
        int r = query_sessions_month(watch->store, month, &sessions);

        for (size_t i = sessions.count; i-- > 0 && r == 0;)
            r = add_session(watch, &sessions.rows[i]);
        if (r < 0)
            return error_trace(r);
        end_month(watch, month);
    }
    return 0;
}

typedef struct Listed {
    const Watched *watched;
    int64_t member;
} Listed;

// By branch, then the longest away; of these in the order in which they were registered.
static int compare_listed(const void *a, const void *b)
{
    const Listed *x = a, *y = b;

    if (x->watched->org != y->watched->org)
        return x->watched->org < y->watched->org ? -1 : 1;
    if (x->watched->run.missed != y->watched->run.missed)
        return x->watched->run.missed > y->watched->run.missed ? -1 : 1;
    return x->member < y->member ? -1 : x->member > y->member;
}

static size_t list(const Watch *watch, Listed **ret_listed)
{
    Listed *listed = alloc_zero(sizeof(*listed));
    size_t count = 0, capacity = 1;

    for (int64_t m = 0; m < watch->bound; m++) {
        if (!watch_run_is_listed(&watch->members[m].run))
            continue;
        if (count == capacity)
            listed = alloc_resize(listed, capacity *= 2, sizeof(*listed));
        listed[count++] = (Listed){&watch->members[m], m};
    }
    qsort(listed, count, sizeof(*listed), compare_listed);
    *ret_listed = listed;
    return count;
}

static int add_row(const Watch *watch, const ReportRequest *request, const Listed *listed, Report *report)
{
    const Watched *member = listed->watched;
    const OrgNode *org = &watch->scope.tree.nodes[member->org];
    const char *category = member_category_title((MemberCategory)member->category);
    char since[CLOCK_TEXT_SIZE];
    ReportCell *cells = report_row(report, 0);

    month_format(member->run.since, since);
    cells[ORG] = report_text(org->code);
    cells[ORG_NAME] = report_text(org->name);
    if (category)
        cells[CATEGORY].word = (ReportWord){member_category_word((MemberCategory)member->category), category};
    cells[MONTHS] = report_number(member->run.missed);
    cells[SINCE] = report_text(since);
    cells[MISSED] = report_number(member->missed);
    cells[UNREPORTED] = report_number(member->unreported);
    cells[ELSEWHERE] = report_number(member->elsewhere);
    if (member->met != DATE_NONE) {
        Status status = (Status)member->met_status;
        cells[LAST] = report_number(member->met);
        cells[LAST_STATUS].word = (ReportWord){status_word(status), status_title(status)};
    }
    return error_trace(list_member_cells(watch->store, request, &watch->scope, listed->member, &cells[MEMBER],
                                         &cells[NAME]));
}

static void describe(const Listed *listed, size_t count, Report *report)
{
    static const char *const keys[COUNTED_MONTHS] = {"three", "four", "five", "six_or_more"};
    size_t counts[COUNTED_MONTHS] = {0};

    for (size_t i = 0; i < count; i++) {
        int over = listed[i].watched->run.missed - WATCH_MONTHS_LISTED;
        counts[over < COUNTED_MONTHS ? over : COUNTED_MONTHS - 1]++;
    }
    report_head_number(report, "listed", (int64_t)count);
    for (size_t i = 0; i < COUNTED_MONTHS; i++)
        report_head_number(report, keys[i], (int64_t)counts[i]);
    report_note(report, REPORT_NOTE_ABOUT,
                _("Members: %zu; for three months %zu, four %zu, five %zu, six or more %zu"), count,
                counts[0], counts[1], counts[2], counts[3]);
    report_note(
        report, REPORT_NOTE_DEFINITION, "%s",
        _("Watch list: expected at some session in each of three full months or more, with no status "
          "from late to made up at any of them, and no leave. Months in which the member was expected "
          "nowhere are passed over; who is exempt is not listed."));
    report_note(report, REPORT_NOTE_DEFINITION, "%s",
                _("Unreported sessions are missed as well: first ask whether the point was silent. It is for "
                  "calling on people, not for ranking them."));
}

static Report *start(const Watch *watch, Month month)
{
    CLEANUP(cleanup_text) Text title = {0};
    char month_text[CLOCK_TEXT_SIZE];

    month_format(month, month_text);
    text_appendf(&title, _("Members to call on at the end of %s: %s"), month_text,
                 list_scope_name(&watch->scope));
    Report *report = report_new("watch", text_cstr(&title), "rows", columns, COLUMN_COUNT);
    report_head_text(report, "report", "watch");
    report_head_text(report, "month", month_text);
    report_head_text(report, "org", list_scope_code(&watch->scope));
    report_head_number(report, "definitions", REPORT_DEFINITIONS);
    return report;
}

int report_watch(Store *store, const ReportRequest *request, Report **ret_report)
{
    CLEANUP(cleanup_watch) Watch watch = {.store = store};
    CLEANUP(cleanup_report) Report *report = NULL;
    CLEANUP(cleanup_free) Listed *listed = NULL;
    Month now = month_of_date(zone_date(request->scope.now));
    Month month = request->given == REPORT_TAKES_MONTH ? request->last : now - 1;

    if (month >= now)
        return REPORT_E_NOT_OVER;
    int r = list_scope_load(store, month_last_day(month), request->scope.org, &watch.scope);
    if (r > 0)
        return r == REPORT_E_NO_ORGS ? REPORT_E_NO_ORGS : REPORT_E_UNKNOWN_ORG;
    if (r == 0)
        r = take_members(&watch, month_last_day(month));
    if (r == 0)
        r = read_months(&watch, month);
    if (r < 0)
        return error_trace(r);

    size_t count = list(&watch, &listed);
    report = start(&watch, month);
    describe(listed, count, report);
    for (size_t i = 0; i < count && r == 0; i++)
        r = add_row(&watch, request, &listed[i], report);
    if (r < 0)
        return error_trace(r);
    *ret_report = report;
    report = NULL;
    return 0;
}
