// session add|change|cancel|invite|uninvite: sessions planned one at a time or as a series. What is asked is
// done as a whole or not at all, through the same puts as an import, so that obligations, plans of terminals
// and parked events follow in the same way.
//
// A session is taken out only while nothing has been stored about it: what was recorded is never lost. And an
// invitation turns around who is expected (R7), so the first and the last one of a session that has begun
// need --force.
#include "office/session.h"

#include <inttypes.h>
#include <string.h>
#include <sysexits.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/store/sessions.h"
#include "office/detail.h"
#include "office/session_known.h"

static void cleanup_known(SessionKnown *known)
{
    session_known_deinit(known);
}

int session_settle(Office *office)
{
    RosterSettled settled = {0};
    bool dry = options_has(&office->options, "dry-run");
    int r = roster_settle(office->store, office->now, &settled);

    if (r < 0)
        return error_trace(r);
    if (settled.unparked)
        text_appendf(&office->reply->out, _("%" PRId64 " parked events count now\n"), settled.unparked);
    if (dry)
        text_append(&office->reply->out, _("(dry run: nothing was written)\n"));
    office->commit = office->reply->roster_changed = !dry;
    return 0;
}

int session_refuse(Office *office, int r, const char *code, const char *org, const char *member)
{
    switch (r) {
    case ROSTER_E_UNKNOWN_ORG:
        return office_refuse(office, EX_DATAERR, _("there is no org %s"), org);
    case ROSTER_E_NOT_THEN:
        return office_refuse(office, EX_DATAERR, _("%s: the org %s does not exist on that day"), code, org);
    case ROSTER_E_UNKNOWN_UNIT:
        return office_refuse(
            office, EX_DATAERR,
            _("%s: the conversion rule of its date has no such unit: --minutes %s; see `studyday "
              "rules show conversion`"),
            code, options_get(&office->options, "minutes"));
    case ROSTER_E_WORTH:
        return office_refuse(office, EX_DATAERR, _("%s: that is more than %d minutes"), code,
                             WORTH_MINUTES_MAX);
    case ROSTER_E_UNKNOWN_POINT:
        return office_refuse(office, EX_DATAERR, _("one of these points does not exist: %s"),
                             options_get(&office->options, "points"));
    case ROSTER_E_UNKNOWN_MEMBER:
        return office_refuse(office, EX_DATAERR, _("there is no member %s"), member);
    case ROSTER_E_UNKNOWN_SESSION:
        return office_refuse(office, EX_DATAERR, _("there is no session %s"), code);
    default:
        return office_refuse(office, EX_DATAERR,
                             _("%s: its month is closed; `studyday month reopen` opens it again"), code);
    }
}

static int change_put(Office *office, const SessionPlan *plan, const SessionKnown *known,
                      RosterChange *changed)
{
    Time starts = plan->starts != TIME_NONE ? plan->starts : known->row->rules.starts;
    SessionPut put = session_put(known);
    SessionDetailPut detail = {.activity = plan->activity,
                               .organiser = plan->organisers ? "" : NULL,
                               .materials = plan->materials_said ? text_cstr(&plan->materials) : NULL};
    RosterChange change = ROSTER_SAME, more = ROSTER_SAME;

    put.title = plan->title ? plan->title : put.title;
    put.org = plan->org ? plan->org : put.org;
    put.kind = plan->kind >= 0 ? (SessionKind)plan->kind : put.kind;
    put.ends = plan->ends != TIME_NONE ? plan->ends : put.ends + (starts - put.starts);
    put.starts = starts;
    if (plan->worth_said)
        session_put_worth(&put, &plan->worth);
    if (plan->makeup_until != DATE_NONE || plan->makeup_days >= 0)
        put.makeup_until =
            plan->makeup_days >= 0 ? zone_date(starts) + plan->makeup_days : plan->makeup_until;
    if (plan->points_said) {
        put.points = plan->points;
        put.point_count = plan->point_count;
    }
    if (plan->organiser_count)
        detail.organiser = plan->organisers[0];
    if (!session_times_fine(office, &put))
        return 0;
    int r = roster_put_session(office->store, &put, &change);
    if (r == 0)
        r = roster_put_session_detail(office->store, put.code, &detail, &more);
    if (r > 0)
        session_refuse(office, r, put.code, put.org, detail.organiser);
    if (r == 0)
        r = session_points_fine(office, &put);
    *changed = change != ROSTER_SAME ? change : more;
    return r < 0 ? error_trace(r) : 0;
}

static int change_tell(Office *office, const SessionKnown *known, const char *why)
{
    CLEANUP(cleanup_known) SessionKnown now = {0};
    CLEANUP(cleanup_text) Text was = {0}, is = {0};
    int r = session_known_load(office, known->row->code, &now);

    if (r != 0)
        return error_trace(r < 0 ? r : -ENOENT);
    session_known_append(known, &was);
    session_known_append(&now, &is);
    text_appendf(&office->reply->out, _("%s: changed\n"), known->row->code);
    return error_trace(detail_audit(office, "session-change", known->row->code, why ? why : "", &was, &is));
}

static bool change_fits(Office *office, const SessionPlan *plan)
{
    if (plan->is_series || plan->invited) {
        office_refuse(office, EX_USAGE, _("change is about one session; a series and --invite are for add"));
        return false;
    }
    if (plan->organiser_count > 1) {
        office_refuse(office, EX_USAGE, _("change: one session has one organiser"));
        return false;
    }
    if (!session_plan_says(plan)) {
        office_refuse(office, EX_USAGE, _("change: what is to be changed?"));
        return false;
    }
    if (office->options.operand_count > 2 && (plan->starts != TIME_NONE || plan->ends != TIME_NONE)) {
        office_refuse(office, EX_USAGE, _("change: --starts and --ends are for one session at a time"));
        return false;
    }
    return true;
}

static int change(Office *office, const SessionPlan *plan, int64_t *count)
{
    CLEANUP(cleanup_known) SessionKnown known = {0};
    RosterChange changed = ROSTER_SAME;
    const char *why = options_get(&office->options, "why");

    int r = session_known_load(office, plan->code, &known);
    if (r == QUERY_E_UNKNOWN)
        return office_refuse(office, EX_DATAERR, _("there is no session %s"), plan->code);
    if (r < 0)
        return error_trace(r);
    if ((why || known.row->opened) && !(why = office_why(office)))
        return 0; // who has been told to come is owed a reason
    r = change_put(office, plan, &known, &changed);
    if (r < 0 || office->reply->exit_code != EX_OK)
        return error_trace(r);
    if (changed == ROSTER_SAME) {
        text_appendf(&office->reply->out, _("%s: is so already\n"), plan->code);
        return 0;
    }
    ++*count;
    return error_trace(change_tell(office, &known, why));
}

// Several sessions at once, such as all of a series: each with its entry, or none.
static int session_change(Office *office)
{
    const Options *options = &office->options;
    SessionPlan plan = {0};
    int64_t count = 0;
    int r = 0;

    bool fine = session_plan_take(office, options->operands[1], &plan) && change_fits(office, &plan);
    for (int i = 1; fine && i < options->operand_count && r == 0 && office->reply->exit_code == EX_OK; i++) {
        plan.code = options->operands[i];
        r = change(office, &plan, &count);
    }
    session_plan_deinit(&plan);
    if (office->reply->exit_code != EX_OK)
        text_clear(&office->reply->out); // nothing of it has been done
    else if (r == 0 && count)
        r = session_settle(office);
    return error_trace(r);
}

static int cancel(Office *office, const char *code, const char *why)
{
    CLEANUP(cleanup_known) SessionKnown known = {0};
    CLEANUP(cleanup_text) Text was = {0}, is = {0};
    SessionStored stored;

    int r = session_known_load(office, code, &known);
    if (r == QUERY_E_UNKNOWN)
        return office_refuse(office, EX_DATAERR, _("there is no session %s"), code);
    if (r == 0)
        r = roster_drop_session(office->store, code, &stored);
    if (r < 0)
        return error_trace(r);
    if (r == SESSIONS_E_STORED)
        return office_refuse(office, EX_DATAERR,
                             _("%s: events are stored of it: from %" PRId64 " points, about %" PRId64
                               " members; it cannot be taken out"),
                             code, stored.points, stored.members);
    if (r == SESSIONS_E_MONTH)
        return office_refuse(office, EX_DATAERR,
                             _("%s: its month is closed, or was: what was reported then names the session"),
                             code);
    session_known_append(&known, &was);
    text_appendf(&office->reply->out, _("%s: taken out; what still comes about it is parked\n"), code);
    return error_trace(detail_audit(office, "session-cancel", code, why, &was, &is));
}

static int session_cancel(Office *office)
{
    const char *why = office_why(office);
    int r = 0;

    if (!why)
        return 0;
    for (int i = 1; i < office->options.operand_count && r == 0; i++)
        r = cancel(office, office->options.operands[i], why); // what cannot be is all named
    if (office->reply->exit_code != EX_OK)
        text_clear(&office->reply->out);
    else if (r == 0)
        r = session_settle(office);
    return error_trace(r);
}

// Whether the first or the last invitation may change who is expected. False after having refused.
static bool invite_may(Office *office, const SessionRow *session, bool in, bool turns)
{
    if (!turns || !session->opened || options_has(&office->options, "force"))
        return true;
    office_refuse(office, EX_DATAERR,
                  in ? _("%s: has begun, and would expect the invited alone from now on; --force does it")
                     : _("%s: has begun, and would expect its whole subtree from now on; --force does it"),
                  session->code);
    return false;
}

static int invite_one(Office *office, const char *code, const char *member, bool in, int64_t *changed,
                      int64_t *left)
{
    CLEANUP(cleanup_text) Text was = {0}, is = {0};
    RosterChange change = ROSTER_SAME;
    const char *why = options_get(&office->options, "why");
    int r = in ? roster_put_invitation(office->store, code, member, &change)
               : roster_drop_invitation(office->store, code, member, &change, left);

    if (r > 0)
        return session_refuse(office, r, code, NULL, member);
    if (r == 0 && change == ROSTER_SAME && !in)
        return office_refuse(office, EX_DATAERR, _("%s: %s is not invited"), code, member);
    if (r < 0 || change == ROSTER_SAME)
        return error_trace(r);
    ++*changed;
    detail_text(in ? &is : &was, "invited", member);
    return error_trace(
        detail_audit(office, in ? "session-invite" : "session-uninvite", code, why ? why : "", &was, &is));
}

static int session_invite(Office *office)
{
    CLEANUP(cleanup_known) SessionKnown known = {0};
    const char *const *operands = office->options.operands;
    bool in = strcmp(operands[0], "invite") == 0;
    int64_t changed = 0, left = 1;

    if ((!in || options_has(&office->options, "why")) && !office_why(office))
        return 0;
    int r = session_known_load(office, operands[1], &known);
    if (r == QUERY_E_UNKNOWN)
        return office_refuse(office, EX_DATAERR, _("there is no session %s"), operands[1]);
    if (r < 0)
        return error_trace(r);
    if (!invite_may(office, known.row, true, in && !known.row->invited))
        return 0;
    for (int i = 2; i < office->options.operand_count && r == 0; i++)
        r = invite_one(office, operands[1], operands[i], in, &changed, &left);
    if (r < 0 || office->reply->exit_code != EX_OK)
        return error_trace(r);
    if (!invite_may(office, known.row, false, !in && changed && left == 0))
        return 0;
    text_appendf(&office->reply->out,
                 in ? _("%s: invited: %" PRId64 "\n") : _("%s: no longer invited: %" PRId64 "\n"),
                 operands[1], changed);
    if (in && !known.row->invited && changed)
        text_append(&office->reply->out, _("The session expects the invited alone.\n"));
    if (!in && left == 0)
        text_appendf(&office->reply->out, _("The session expects the members of %s.\n"), known.org);
    return changed ? error_trace(session_settle(office)) : 0;
}

static const struct {
    const char *name;
    int least, most; // operands
    int (*run)(Office *office);
} actions[] = {
    {"add", 2, 2, session_add},
    {"change", 2, OPERANDS_MAX, session_change},
    {"cancel", 2, OPERANDS_MAX, session_cancel},
    {"invite", 3, OPERANDS_MAX, session_invite},
    {"uninvite", 3, OPERANDS_MAX, session_invite},
};

static int session_run(Office *office)
{
    int count = office->options.operand_count;

    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
        if (count >= actions[i].least && count <= actions[i].most &&
            strcmp(office->options.operands[0], actions[i].name) == 0)
            return error_trace(actions[i].run(office));
    }
    return office_refuse(
        office, EX_USAGE,
        _("add CODE, change CODE…, cancel CODE…, invite CODE MEMBER…, uninvite CODE MEMBER…, list "
          "or show CODE"));
}

const OfficeOperation office_session = {
    .name = "session", .options = office_session_options, .run = session_run};
