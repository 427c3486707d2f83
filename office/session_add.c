// session add: a session or a series of them, each put as an import would put it. A code that exists is
// refused and not taken for a change; of a series all collisions are named, each with what it meets.
#include <inttypes.h>
#include <string.h>
#include <sysexits.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/store/rules.h"
#include "office/detail.h"
#include "office/session.h"
#include "office/session_series.h"

#define SESSION_LENGTH_MAX (366 * TIME_DAY) // as in a file: a longer one is a slip of the pen

static const char *const weekdays[] = {N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"),
                                       N_("Fri"), N_("Sat"), N_("Sun")};

static void cleanup_known(SessionKnown *known)
{
    session_known_deinit(known);
}

bool session_times_fine(Office *office, const SessionPut *put)
{
    if (put->ends <= put->starts)
        office_refuse(office, EX_DATAERR, _("%s: ends before it starts, or with its start"), put->code);
    else if (put->ends - put->starts > SESSION_LENGTH_MAX)
        office_refuse(office, EX_DATAERR, _("%s: ends more than a year after its start"), put->code);
    else if (put->makeup_until != DATE_NONE && put->makeup_until < zone_date(put->starts))
        office_refuse(office, EX_DATAERR, _("%s: the last day for making up is before the session"),
                      put->code);
    else
        return true;
    return false;
}

SessionPut session_put(const SessionKnown *known)
{
    return (SessionPut){
        .code = known->row->code,
        .title = known->row->title,
        .org = known->org,
        .kind = known->row->kind,
        .starts = known->row->rules.starts,
        .ends = known->row->rules.ends,
        .minutes = known->row->rules.minutes,
        .worth = known->row->worth.unit[0] ? &known->row->worth : NULL,
        .makeup_until = known->row->makeup_stated ? known->row->makeup_until : DATE_NONE,
        .points = (const char *const *)known->points,
        .point_count = known->point_count,
    };
}

void session_put_worth(SessionPut *put, const Worth *worth)
{
    put->minutes = worth_minutes(worth);
    put->worth = worth;
}

// Each point must stand in the tree of the session's org: one of another tree cannot be meant.
int session_points_fine(Office *office, const SessionPut *put)
{
    char host[65];
    int r = 0;

    for (size_t i = 0; i < put->point_count && r == 0; i++) {
        bool same = true;
        r = roster_point_in_tree(office->store, put->points[i], put->org, zone_date(put->starts), &same,
                                 host);
        if (r == 0 && !same)
            office_refuse(office, EX_DATAERR, _("%s: %s is hosted by %s, in another tree than %s"), put->code,
                          put->points[i], host, put->org);
    }
    return error_trace(r);
}

// Everything that a session cannot do without. False after having said what is missing.
static bool add_complete(Office *office, const SessionPlan *plan)
{
    const struct {
        const char *option;
        bool said;
    } needed[] = {
        {"--kind", plan->kind >= 0},
        {"--title", plan->title != NULL},
        {"--starts", plan->starts != TIME_NONE},
        {"--ends", plan->ends != TIME_NONE},
        {"--org", plan->org != NULL},
        {"--minutes", plan->worth_said},
    };
    CLEANUP(cleanup_text) Text missing = {0};

    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
        if (!needed[i].said)
            text_appendf(&missing, "%s%s", missing.size ? ", " : "", needed[i].option);
    }
    if (missing.size) {
        office_refuse(office, EX_USAGE, _("add: not said: %s"), text_cstr(&missing));
        return false;
    }
    if (plan->organiser_count > 1 && !plan->is_series) {
        office_refuse(office, EX_USAGE, _("one session has one organiser; several take turns over a series"));
        return false;
    }
    return true;
}

// Names each session of the series whose code is taken, with the session that has it.
static int add_collisions(Office *office, const SessionOccurrence *rows, size_t count)
{
    int r = 0;

    for (size_t i = 0; i < count && r >= 0; i++) {
        SessionList list = {0};
        char planned[CLOCK_TEXT_SIZE], there[CLOCK_TEXT_SIZE];
        r = query_session(office->store, rows[i].code, &list);
        if (r != 0)
            continue;
        time_format_short(rows[i].starts, planned);
        time_format_short(list.rows[0].rules.starts, there);
        office_refuse(office, EX_DATAERR, _("%s of %s: there is a session %s already: %s, %s"), rows[i].code,
                      planned, list.rows[0].code, list.rows[0].title, there);
        session_list_deinit(&list);
    }
    return r < 0 ? error_trace(r) : 0;
}

static int add_invited(Office *office, const SessionPlan *plan, const char *code)
{
    int r = 0;

    for (size_t i = 0; i < plan->invited_count && r == 0; i++) {
        RosterChange change;
        r = roster_put_invitation(office->store, code, plan->invited[i], &change);
        if (r > 0)
            return session_refuse(office, r, code, NULL, plan->invited[i]);
    }
    return error_trace(r);
}

static int add_note(Office *office, const SessionPlan *plan, const char *code)
{
    CLEANUP(cleanup_known) SessionKnown known = {0};
    CLEANUP(cleanup_text) Text was = {0}, is = {0};
    const char *why = options_get(&office->options, "why");
    int r = session_known_load(office, code, &known);

    if (r != 0)
        return error_trace(r < 0 ? r : -ENOENT);
    session_known_append(&known, &is);
    r = detail_audit(office, "session-add", code, why ? why : "", &was, &is);
    for (size_t i = 0; i < plan->invited_count && r == 0; i++) {
        CLEANUP(cleanup_text) Text invited = {0};
        detail_text(&invited, "invited", plan->invited[i]);
        r = detail_audit(office, "session-invite", code, why ? why : "", &was, &invited);
    }
    return error_trace(r);
}

static void add_tell(Office *office, const SessionOccurrence *row, const char *organiser)
{
    char starts[CLOCK_TEXT_SIZE], ends[CLOCK_TEXT_SIZE], rule[CLOCK_TEXT_SIZE];
    Date date = zone_date(row->starts);
    Text *out = &office->reply->out;

    time_format_short(row->starts, starts);
    time_format_short(row->ends, ends);
    text_appendf(out, "%s: %s %s – %s", row->code, _(weekdays[series_weekday(date)]), starts, ends);
    if (row->rule != date) {
        date_format(row->rule, rule);
        text_appendf(out, _(" (instead of %s)"), rule);
    }
    if (organiser)
        text_appendf(out, _(", organised by %s"), organiser);
    text_append_char(out, '\n');
}

// One session of the plan: what it is, what belongs to it, who is invited.
static int add_one(Office *office, const SessionPlan *plan, const SessionOccurrence *row, size_t turn)
{
    const char *organiser = plan->organiser_count ? plan->organisers[turn % plan->organiser_count] : NULL;
    SessionPut put = {.code = row->code,
                      .title = plan->title,
                      .org = plan->org,
                      .kind = (SessionKind)plan->kind,
                      .starts = row->starts,
                      .ends = row->ends,
                      .minutes = worth_minutes(&plan->worth),
                      .worth = &plan->worth,
                      .makeup_until = plan->makeup_days >= 0 ? zone_date(row->starts) + plan->makeup_days
                                                             : plan->makeup_until,
                      .points = plan->points,
                      .point_count = plan->point_count};
    SessionDetailPut detail = {.activity = plan->activity || !plan->is_series ? plan->activity : plan->code,
                               .organiser = organiser,
                               .materials = text_cstr(&plan->materials)};
    RosterChange change;

    if (!session_times_fine(office, &put))
        return 0;
    int r = roster_put_session(office->store, &put, &change);
    if (r == 0)
        r = roster_put_session_detail(office->store, put.code, &detail, &change);
    if (r > 0)
        return session_refuse(office, r, put.code, put.org, organiser);
    if (r == 0)
        r = session_points_fine(office, &put);
    if (r == 0)
        r = add_invited(office, plan, put.code);
    if (r == 0 && office->reply->exit_code == EX_OK)
        r = add_note(office, plan, put.code);
    add_tell(office, row, organiser);
    return error_trace(r);
}

// A night between start and end counts as time in which nobody was there.
static void add_warn(Office *office, const SessionPlan *plan)
{
    if (plan->is_series || plan->kind == SESSION_ONLINE || plan->ends - plan->starts <= TIME_DAY)
        return;
    text_append(
        &office->reply->out,
        _("Presence is measured from start to end, nights included; --days N makes one session a day.\n"));
}

static int add(Office *office, const SessionPlan *plan)
{
    CLEANUP(cleanup_free) SessionOccurrence *rows = NULL;
    size_t count = 0;

    if (!add_complete(office, plan))
        return 0;
    rows = session_series(office, plan, &count);
    if (!rows)
        return 0;
    int r = add_collisions(office, rows, count);
    for (size_t i = 0; i < count && r == 0 && office->reply->exit_code == EX_OK; i++)
        r = add_one(office, plan, &rows[i], i);
    if (r < 0 || office->reply->exit_code != EX_OK) {
        text_clear(&office->reply->out);
        return error_trace(r);
    }
    text_appendf(&office->reply->out, _("Sessions added: %zu\n"), count);
    add_warn(office, plan);
    return error_trace(session_settle(office));
}

// A course that can be taken for longer than the rules give for making up is made up until its own end: what
// the platform says counts as making up, and nobody is late within the time of the course.
static int add_deadline(Office *office, SessionPlan *plan)
{
    Date starts = zone_date(plan->starts), ends = zone_date(plan->ends);
    Rules rules;

    if (plan->kind != SESSION_ONLINE || plan->is_series || plan->starts == TIME_NONE || ends <= starts ||
        plan->makeup_until != DATE_NONE || plan->makeup_days >= 0)
        return 0;
    int r = rules_load(office->store, &rules);
    if (r < 0)
        return error_trace(r);
    if (ends > starts + rules_session(&rules, SESSION_ONLINE, starts).makeup_days)
        plan->makeup_until = ends;
    rules_deinit(&rules);
    return 0;
}

int session_add(Office *office)
{
    SessionPlan plan = {0};
    int r = 0;

    if (options_has(&office->options, "why") && !office_why(office))
        return 0;
    if (session_plan_take(office, office->options.operands[1], &plan)) {
        r = add_deadline(office, &plan);
        if (r == 0)
            r = add(office, &plan);
    }
    session_plan_deinit(&plan);
    return error_trace(r);
}
