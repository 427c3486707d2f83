// Lists of what is planned. `state` says how far a session is, and nothing about who came: that is the report
// of the session. Names of members are shown as the register has them, to whoever may read the database.
#include "reports/report_sessions.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/text.h"
#include "core/store/query.h"
#include "core/store/sessions.h"

enum {
    SESSION,
    ACTIVITY,
    KIND,
    TITLE,
    STARTS,
    ENDS,
    ORG,
    MINUTES,
    STATE,
    MAKEUP_UNTIL,
    POINTS,
    INVITED,
    ORGANISER,
    MATERIALS,
    COLUMN_COUNT
};

static const ReportColumn columns[COLUMN_COUNT] = {
    [SESSION] = {"session", N_("Session"), REPORT_TEXT, REPORT_EVERYWHERE},
    [ACTIVITY] = {"activity", N_("Activity"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [KIND] = {"kind", N_("Kind"), REPORT_WORD, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [TITLE] = {"title", N_("Title"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_CUT},
    [STARTS] = {"starts", N_("Starts"), REPORT_TIME, REPORT_EVERYWHERE},
    [ENDS] = {"ends", N_("Ends"), REPORT_TIME, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [ORG] = {"org", N_("Organisation"), REPORT_TEXT, REPORT_EVERYWHERE},
    [MINUTES] = {"minutes", N_("Hours"), REPORT_MINUTES, REPORT_EVERYWHERE},
    [STATE] = {"state", N_("State"), REPORT_WORD, REPORT_EVERYWHERE},
    [MAKEUP_UNTIL] = {"makeup_until", N_("Make up until"), REPORT_DATE, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [POINTS] = {"points", N_("Points"), REPORT_WORDS, REPORT_EVERYWHERE | REPORT_IF_ROOM | REPORT_CUT},
    [INVITED] = {"invited", N_("Invited"), REPORT_COUNT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [ORGANISER] = {"organiser", N_("Organiser"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [MATERIALS] = {"materials", N_("Materials"), REPORT_WORDS, REPORT_SPREAD},
};

static const ReportWord state_planned = {"planned", N_("planned")};
static const ReportWord state_running = {"running", N_("running")};
static const ReportWord state_over = {"over", N_("over")};
static const ReportWord state_closed = {"closed", N_("month closed")};

static ReportWord session_state(const SessionRow *session, Time now)
{
    if (session->closed)
        return state_closed;
    if (now < session->rules.starts)
        return state_planned;
    return now < session->rules.ends ? state_running : state_over;
}

static void cleanup_list(SessionList *list)
{
    session_list_deinit(list);
}

static void cleanup_tree(OrgTree *tree)
{
    org_tree_deinit(tree);
}

static void cleanup_detail(SessionDetail *detail)
{
    session_detail_deinit(detail);
}

static const char *or_null(const char *text)
{
    return *text ? text : NULL;
}

static int append_point(void *user, const char *point, const char *name, const char *org)
{
    Text *points = user;

    (void)name;
    (void)org;
    text_appendf(points, "%s%s", points->size ? " " : "", point);
    return 0;
}

static int fill(Store *store, Report *report, const SessionRow *session, const SessionDetail *detail,
                Time now)
{
    CLEANUP(cleanup_text) Text points = {0};
    char org[65];
    int64_t invited = 0;

    int r = query_session_route(store, session->session, append_point, &points);
    if (r == 0)
        r = query_session_org(store, session->session, org);
    if (r == 0)
        r = query_session_invited_count(store, session->session, &invited);
    if (r < 0)
        return error_trace(r);
    ReportCell *cells = report_row(report, 0);
    cells[SESSION] = report_text(session->code);
    cells[ACTIVITY] = report_text(or_null(detail->activity));
    cells[KIND].word = (ReportWord){session_kind_word(session->kind), session_kind_title(session->kind)};
    cells[TITLE] = report_text(session->title);
    cells[STARTS] = report_number(session->rules.starts);
    cells[ENDS] = report_number(session->rules.ends);
    cells[ORG] = report_text(org);
    cells[MINUTES] = report_number(session->rules.minutes);
    cells[STATE].word = session_state(session, now);
    cells[MAKEUP_UNTIL] = report_number(session->makeup_until);
    cells[POINTS] = report_text(text_cstr(&points));
    cells[INVITED] = report_number(invited ? invited : REPORT_NULL);
    cells[ORGANISER] = report_text(or_null(detail->organiser));
    cells[MATERIALS] = report_text(detail->materials);
    return 0;
}

// Whether a session of `org` may expect somebody of `wanted`: one lies in the other's subtree.
static bool concerns(const OrgTree *tree, int32_t org, int32_t wanted)
{
    int32_t index = org_tree_index(tree, org);

    return wanted < 0 ||
           (index >= 0 && (org_tree_within(tree, index, wanted) || org_tree_within(tree, wanted, index)));
}

static int add_session(Store *store, Report *report, const SessionsFilter *filter, const OrgTree *tree,
                       int32_t wanted, const SessionRow *session)
{
    CLEANUP(cleanup_detail) SessionDetail detail = {0};

    if ((filter->kind >= 0 && (int)session->kind != filter->kind) || !concerns(tree, session->org, wanted))
        return 0;
    int r = query_session_detail(store, session->session, &detail);
    if (r < 0 || (filter->activity && strcmp(detail.activity, filter->activity) != 0))
        return error_trace(r);
    return error_trace(fill(store, report, session, &detail, filter->now));
}

int report_sessions(Store *store, const SessionsFilter *filter, Report **ret_report)
{
    CLEANUP(cleanup_list) SessionList list = {0};
    CLEANUP(cleanup_tree) OrgTree tree = {0};
    CLEANUP(cleanup_report) Report *report = NULL;
    int32_t wanted = -1;
    Time to = filter->to == DATE_NONE ? INT64_MAX / 2 : zone_day_start(filter->to + 1);

    int r = org_tree_load(store, zone_date(filter->now), &tree);
    if (r == 0 && filter->org && (wanted = org_tree_find(&tree, filter->org)) < 0)
        return SESSIONS_LIST_E_UNKNOWN_ORG;
    if (r == 0)
        r = query_sessions_between(store, zone_day_start(filter->from), to, &list);
    report = report_new("sessions", _("Sessions"), "sessions", columns, COLUMN_COUNT);
    for (size_t i = 0; i < list.count && r == 0; i++)
        r = add_session(store, report, filter, &tree, wanted, &list.rows[i]);
    if (r < 0)
        return error_trace(r);
    *ret_report = report;
    report = NULL;
    return 0;
}

enum { PART_WHAT, PART_ORDER, PART_CODE, PART_NAME, PART_ORG, PART_COUNT };

static const ReportColumn part_columns[PART_COUNT] = {
    [PART_WHAT] = {"what", N_("What"), REPORT_WORD, REPORT_EVERYWHERE},
    [PART_ORDER] = {"order", N_("Order"), REPORT_COUNT, REPORT_EVERYWHERE},
    [PART_CODE] = {"code", N_("Code"), REPORT_TEXT, REPORT_EVERYWHERE},
    [PART_NAME] = {"name", N_("Name"), REPORT_TEXT, REPORT_EVERYWHERE},
    [PART_ORG] = {"org", N_("Organisation"), REPORT_TEXT, REPORT_EVERYWHERE},
};
static const ReportWord part_point = {"point", N_("point")};
static const ReportWord part_invited = {"invited", N_("invited")};
static const ReportWord part_organiser = {"organiser", N_("organiser")};

static ReportCell *add_part(Report *report, ReportWord what, const char *code, const char *name)
{
    ReportCell *cells = report_row(report, 0);

    cells[PART_WHAT].word = what;
    cells[PART_ORDER] = report_number(REPORT_NULL);
    cells[PART_CODE] = report_text(code);
    cells[PART_NAME] = report_text(name);
    return cells;
}

static int add_point(void *user, const char *point, const char *name, const char *org)
{
    Report *report = user;
    int64_t order = 1;

    for (size_t i = 0; i < report->row_count; i++)
        order += report->rows[i].cells[PART_WHAT].word.word == part_point.word;
    ReportCell *cells = add_part(report, part_point, point, name);
    cells[PART_ORDER] = report_number(order);
    cells[PART_ORG] = report_text(org);
    return 0;
}

static int add_invited(void *user, const char *member, const char *name)
{
    add_part(user, part_invited, member, name);
    return 0;
}

static void head_text(Report *report, const char *key, const char *value)
{
    report_head_text(report, key, or_null(value));
}

static void describe(Report *report, const SessionRow *session, const SessionDetail *detail, const char *org,
                     Time now)
{
    char starts[CLOCK_TEXT_SIZE], ends[CLOCK_TEXT_SIZE], makeup[CLOCK_TEXT_SIZE];
    ReportWord state = session_state(session, now);

    report_head_text(report, "session", session->code);
    head_text(report, "activity", detail->activity);
    report_head_text(report, "kind", session_kind_word(session->kind));
    report_head_text(report, "title", session->title);
    time_format_zone(session->rules.starts, starts);
    report_head_text(report, "starts", starts);
    time_format_zone(session->rules.ends, ends);
    report_head_text(report, "ends", ends);
    report_head_text(report, "org", org);
    report_head_number(report, "minutes", session->rules.minutes);
    report_head_text(report, "state", state.word);
    date_format(session->makeup_until, makeup);
    report_head_text(report, "makeup_until", makeup);
    report_head_bool(report, "invited", session->invited);
    head_text(report, "organiser", detail->organiser);
    report_head_text(report, "materials", detail->materials);
    report->heads[report->head_count - 1].type = REPORT_WORDS;

    time_format_short(session->rules.starts, starts);
    time_format_short(session->rules.ends, ends);
    report_note(report, REPORT_NOTE_ABOUT, _("%s, %s – %s, %s"), _(session_kind_title(session->kind)), starts,
                ends, _(state.title));
    report_note(report, REPORT_NOTE_ABOUT, _("Of: %s. Minutes: %d. Making up until: %s"), org,
                (int)session->rules.minutes, makeup);
    if (*detail->activity)
        report_note(report, REPORT_NOTE_ABOUT, _("Activity: %s"), detail->activity);
    if (*detail->materials)
        report_note(report, REPORT_NOTE_ABOUT, _("Materials: %s"), detail->materials);
    report_note(report, REPORT_NOTE_ABOUT, "%s",
                session->invited ? _("Expected: the invited alone.")
                                 : _("Expected: the members of the organisation and of those below it."));
}

int report_session_plan(Store *store, const char *code, Time now, Report **ret_report)
{
    CLEANUP(cleanup_list) SessionList list = {0};
    CLEANUP(cleanup_detail) SessionDetail detail = {0};
    CLEANUP(cleanup_report) Report *report = NULL;
    CLEANUP(cleanup_text) Text title = {0};
    char org[65];

    int r = query_session(store, code, &list);
    if (r == QUERY_E_UNKNOWN)
        return SESSIONS_LIST_E_UNKNOWN_SESSION;
    const SessionRow *session = r == 0 ? &list.rows[0] : NULL;
    if (r == 0)
        r = query_session_detail(store, session->session, &detail);
    if (r == 0)
        r = query_session_org(store, session->session, org);
    if (r < 0)
        return error_trace(r);
    text_appendf(&title, _("Session %s: %s"), session->code, session->title);
    report = report_new("session-plan", text_cstr(&title), "parts", part_columns, PART_COUNT);
    describe(report, session, &detail, org, now);
    if (*detail.organiser)
        add_part(report, part_organiser, detail.organiser, detail.organiser_name);
    r = query_session_route(store, session->session, add_point, report);
    if (r == 0)
        r = query_session_invited(store, session->session, add_invited, report);
    if (r < 0)
        return error_trace(r);
    *ret_report = report;
    report = NULL;
    return 0;
}
