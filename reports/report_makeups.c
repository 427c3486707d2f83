// A make-up is owed by whoever was expected at a session that is over, and is on leave or absent. Of a member
// whose own point is silent nobody knows whether anything is owed: those are counted, and left to the list of
// silent points. A make-up or visit that came too late is credited but changes no status; it is told apart
// from no make-up at all.
#include "reports/report_makeups.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "reports/list_scope.h"
#include "reports/list_sessions.h"

enum { ORG, ORG_NAME, MEMBER, NAME, SESSION, TITLE, DATE, STATUS, STATE, UNTIL, COLUMN_COUNT };

static const ReportColumn columns[COLUMN_COUNT] = {
    [ORG] = {"org", N_("Organisation"), REPORT_TEXT, REPORT_EVERYWHERE},
    [ORG_NAME] = {"org_name", N_("Name of the organisation"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_CUT},
    [MEMBER] = {"member", N_("Member"), REPORT_TEXT, REPORT_EVERYWHERE},
    [NAME] = {"name", N_("Name"), REPORT_TEXT, REPORT_EVERYWHERE},
    [SESSION] = {"session", N_("Session"), REPORT_TEXT, REPORT_EVERYWHERE},
    [TITLE] = {"title", N_("Title"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_CUT | REPORT_IF_ROOM},
    [DATE] = {"date", N_("Date"), REPORT_DATE, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [STATUS] = {"status", N_("Status"), REPORT_WORD, REPORT_EVERYWHERE},
    [STATE] = {"state", N_("Make-up"), REPORT_WORD, REPORT_EVERYWHERE},
    [UNTIL] = {"makeup_until", N_("Make up until"), REPORT_DATE, REPORT_EVERYWHERE},
};

typedef enum MakeupState { MAKEUP_OPEN, MAKEUP_LAPSED, MAKEUP_LATE, MAKEUP_STATE_COUNT } MakeupState;
static const ReportWord states[MAKEUP_STATE_COUNT] = {
    [MAKEUP_OPEN] = {"open", N_("still possible")},
    [MAKEUP_LAPSED] = {"lapsed", N_("too late")},
    [MAKEUP_LATE] = {"late", N_("came too late")},
};

// One row to be.
typedef struct Owed {
    int64_t member;
    int32_t org, session; // indices: in the scope's tree, in the list
    uint8_t status, state;
} Owed;

typedef struct Makeups {
    Store *store;
    Time now;
    ListScope scope;
    SessionList sessions;
    OwnPoints own; // of the session being read
    int32_t session;
    Owed *owed;
    size_t count, capacity;
    int64_t unreported, counts[MAKEUP_STATE_COUNT];
} Makeups;

static void cleanup_makeups(Makeups *makeups)
{
    list_scope_deinit(&makeups->scope);
    session_list_deinit(&makeups->sessions);
    own_points_deinit(&makeups->own);
    free(makeups->owed);
}

static MakeupState state_of(const Makeups *makeups, const Attendance *attendance)
{
    if (makeups->now < makeups->sessions.rows[makeups->session].rules.makeup_end)
        return MAKEUP_OPEN;
    return attendance->flags & (FLAG_LATE_MAKEUP | FLAG_LATE_HOME) ? MAKEUP_LATE : MAKEUP_LAPSED;
}

static int add_pair(void *user, const ListPair *pair)
{
    Makeups *makeups = user;
    Status stored = pair->attendance->status;
    int32_t org = list_scope_index(&makeups->scope, pair->org);

    if (pair->duty != DUTY_EXPECTED || (stored != STATUS_NOTHING && stored != STATUS_LEAVE) || org < 0)
        return 0;
    Status status = attendance_status_shown(pair->duty, stored, own_points_silent(&makeups->own, pair->org));
    if (status == STATUS_UNREPORTED) {
        makeups->unreported++;
        return 0;
    }
    if (makeups->count == makeups->capacity) {
        makeups->capacity = makeups->capacity ? 2 * makeups->capacity : 64;
        makeups->owed = alloc_resize(makeups->owed, makeups->capacity, sizeof(*makeups->owed));
    }
    MakeupState state = state_of(makeups, pair->attendance);
    makeups->counts[state]++;
    makeups->owed[makeups->count++] =
        (Owed){pair->member, org, makeups->session, (uint8_t)status, (uint8_t)state};
    return 0;
}

/// A session that is not over owes nothing; without a month or session, nor does one whose deadline is.
static bool session_counts(const Makeups *makeups, const ReportRequest *request, const SessionRow *session)
{
    return session->rules.ends <= makeups->now &&
           (request->given != REPORT_TAKES_NOTHING || makeups->now < session->rules.makeup_end);
}

static int read_sessions(Makeups *makeups, const ReportRequest *request)
{
    int r = 0;

    for (size_t i = 0; i < makeups->sessions.count && r == 0; i++) {
        const SessionRow *session = &makeups->sessions.rows[i];
        if (!session_counts(makeups, request, session))
            continue;
        own_points_deinit(&makeups->own);
        makeups->session = (int32_t)i;
        r = own_points_load(makeups->store, session, &makeups->own);
        if (r == 0)
            r = lists_session(makeups->store, session, NULL, 0, add_pair, makeups);
    }
    return error_trace(r);
}

// By branch and member, then by session: whoever calls on somebody speaks of all that is owed.
static int compare_owed(const void *a, const void *b)
{
    const Owed *x = a, *y = b;

    if (x->org != y->org)
        return x->org < y->org ? -1 : 1;
    if (x->member != y->member)
        return x->member < y->member ? -1 : 1;
    return (x->session > y->session) - (x->session < y->session);
}

static int add_row(const Makeups *makeups, const ReportRequest *request, const Owed *owed, Report *report)
{
    const OrgNode *org = &makeups->scope.tree.nodes[owed->org];
    const SessionRow *session = &makeups->sessions.rows[owed->session];
    Status status = (Status)owed->status;
    ReportCell *cells = report_row(report, 0);

    cells[ORG] = report_text(org->code);
    cells[ORG_NAME] = report_text(org->name);
    cells[SESSION] = report_text(session->code);
    cells[TITLE] = report_text(session->title);
    cells[DATE] = report_number(session->date);
    cells[STATUS].word = (ReportWord){status_word(status), status_title(status)};
    cells[STATE].word = states[owed->state];
    cells[UNTIL] = report_number(session->makeup_until);
    return error_trace(list_member_cells(makeups->store, request, &makeups->scope, owed->member,
                                         &cells[MEMBER], &cells[NAME]));
}

static Report *start(const Makeups *makeups, const ReportRequest *request)
{
    CLEANUP(cleanup_text) Text title = {0}, sessions = {0};

    list_sessions_append(request, &makeups->sessions, &sessions);
    if (sessions.size)
        text_appendf(&title, _("Make-ups owed for %s: %s"), text_cstr(&sessions),
                     list_scope_name(&makeups->scope));
    else
        text_appendf(&title, _("Make-ups owed: %s"), list_scope_name(&makeups->scope));
    Report *report = report_new("makeups", text_cstr(&title), "rows", columns, COLUMN_COUNT);
    report_head_text(report, "report", "makeups");
    list_sessions_head(report, request, &makeups->sessions);
    report_head_text(report, "org", list_scope_code(&makeups->scope));
    report_head_number(report, "definitions", REPORT_DEFINITIONS);
    for (int state = 0; state < MAKEUP_STATE_COUNT; state++)
        report_head_number(report, states[state].word, makeups->counts[state]);
    report_head_number(report, "unreported", makeups->unreported);
    report_note(report, REPORT_NOTE_ABOUT,
                _("Still possible: %lld; too late: %lld; made up, but too late: %lld"),
                (long long)makeups->counts[MAKEUP_OPEN], (long long)makeups->counts[MAKEUP_LAPSED],
                (long long)makeups->counts[MAKEUP_LATE]);
    if (makeups->unreported)
        report_note(report, REPORT_NOTE_COMPLETENESS,
                    _("Not listed, since their own points are silent: %lld"), (long long)makeups->unreported);
    report_note(
        report, REPORT_NOTE_DEFINITION, "%s",
        _("A make-up is owed by who was expected at a session that is over and is on leave or absent. "
          "It counts up to the end of the day named, and is credited after it."));
    return report;
}

static int load(Makeups *makeups, const ReportRequest *request)
{
    Date date = zone_date(makeups->now);
    int r = request->given == REPORT_TAKES_NOTHING
                ? list_sessions_year(makeups->store, makeups->now, &makeups->sessions)
                : list_sessions_asked(makeups->store, request, &makeups->sessions, &date);

    return r != 0 ? r : list_scope_load(makeups->store, date, request->scope.org, &makeups->scope);
}

int report_makeups(Store *store, const ReportRequest *request, Report **ret_report)
{
    CLEANUP(cleanup_makeups) Makeups makeups = {.store = store, .now = request->scope.now};
    CLEANUP(cleanup_report) Report *report = NULL;

    int r = load(&makeups, request);
    if (r > 0)
        return r; // outcomes of the list are those of the report
    if (r == 0)
        r = read_sessions(&makeups, request);
    if (r < 0)
        return error_trace(r);
    if (makeups.count)
        qsort(makeups.owed, makeups.count, sizeof(*makeups.owed), compare_owed);
    report = start(&makeups, request);
    for (size_t i = 0; i < makeups.count && r == 0; i++)
        r = add_row(&makeups, request, &makeups.owed[i], report);
    if (r < 0)
        return error_trace(r);
    *ret_report = report;
    report = NULL;
    return 0;
}
