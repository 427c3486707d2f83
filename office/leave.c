// leave add|withdraw, home add. Both are events of the office like any correction. A leave that is withdrawn
// is void, whether the office entered it or a terminal sent it, and what was only asked for is dropped
// (leave_request.c); what a visit needs is a visitor who is a member.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/model/code.h"
#include "core/store/query_pairs.h"
#include "office/attendance.h"
#include "office/correction.h"
#include "office/leave.h"

const ProgramOption office_leave_options[] = {
    {"reason", 0, "CODE", N_("add, request: kind of leave")},
    {"why", 0, "TEXT", N_("the reason, for the audit log")},
    {"open", 0, NULL, N_("list: only those that wait for the office")},
    {"org", 0, "ORG", N_("list: only of members of this organisation and those below it")},
    {"format", 'f', "FORMAT", N_("list: text, csv, json or jsonl (default: text)")},
    {0},
};

const ProgramOption office_home_options[] = {
    {"visitor", 0, "MEMBER", N_("who visited")},
    {"at", 0, "TIME", N_("when (default: now)")},
    {"why", 0, "TEXT", N_("the reason, for the audit log")},
    {0},
};

// The leave events of a pair that still hold. More than a few would be a mistake in itself.
#define LEAVE_EVENTS_MAX 16
typedef struct LeaveEvents {
    Office *office;
    struct {
        char terminal[NAME_SIZE_MAX + 1], epoch[ULID_SIZE];
        uint64_t seq;
    } events[LEAVE_EVENTS_MAX];
    size_t count;
} LeaveEvents;

static int leave_take_event(void *user, const PairEvent *event)
{
    LeaveEvents *leave = user;

    if (event->fact.kind != EVENT_LEAVE || event->fact.is_void || leave->count == LEAVE_EVENTS_MAX)
        return 0;
    snprintf(leave->events[leave->count].terminal, sizeof(leave->events[0].terminal), "%s", event->terminal);
    snprintf(leave->events[leave->count].epoch, sizeof(leave->events[0].epoch), "%s", event->epoch);
    leave->events[leave->count++].seq = event->seq;
    return 0;
}

static int leave_take_pair(void *user, const PairView *pair)
{
    LeaveEvents *leave = user;

    return query_pair_events(leave->office->store, pair, leave_take_event, leave);
}

// Leave that was asked for at a terminal is withdrawn like leave that the office entered: its event is void.
static int leave_find(Office *office, const char *session, const char *member, LeaveEvents *leave)
{
    CorrectionTarget target = {0};
    MemberRow row = {0};
    int r = correction_find(office, session, member, &target);

    if (r == 0 && !target.session_known)
        office_refuse(office, EX_DATAERR, _("there is no session %s"), session);
    else if (r == 0 && !target.member_known)
        office_refuse(office, EX_DATAERR, _("there is no member %s"), member);
    if (r == 0 && target.session_known && target.member_known) {
        r = query_member(office->store, member, target.session.date, &row);
        if (r == 0)
            r = query_pair(office->store, &target.session, &row, leave_take_pair, leave);
        member_row_deinit(&row);
    }
    correction_target_deinit(&target);
    return r < 0 ? error_trace(r) : 0;
}

int leave_count(Office *office, const char *session, const char *member, size_t *ret_count)
{
    LeaveEvents leave = {.office = office};
    int r = leave_find(office, session, member, &leave);

    if (r == 0)
        *ret_count = leave.count;
    return error_trace(r);
}

static int leave_withdraw(Office *office)
{
    const char *session = office->options.operands[1], *member = office->options.operands[2];
    const char *why = office_why(office);
    LeaveEvents leave = {.office = office};
    bool asked = false;

    if (!why)
        return 0;
    int r = leave_find(office, session, member, &leave);
    if (r == 0 && office->reply->exit_code == EX_OK)
        r = leave_request_withdraw(office, session, member, why, &asked);
    if (r < 0 || office->reply->exit_code != EX_OK || (asked && leave.count == 0))
        return error_trace(r);
    if (leave.count == 0)
        return office_refuse(office, EX_DATAERR, _("%s is not on leave for %s"), member, session);
    for (size_t i = 0; i < leave.count && r == 0; i++) {
        CLEANUP(cleanup_text) Text key = {0};
        text_appendf(&key, "%s:%" PRIu64, leave.events[i].epoch, leave.events[i].seq);
        r = attendance_void_event(office, leave.events[i].terminal, text_cstr(&key), leave.events[i].epoch,
                                  leave.events[i].seq, why);
    }
    if (r < 0 || office->reply->exit_code != EX_OK)
        return error_trace(r);
    office->commit = true;
    text_appendf(&office->reply->out, _("withdrew the leave of %s for %s\n"), member, session);
    return 0;
}

static int leave_run(Office *office)
{
    Event event = event_make(EVENT_LEAVE);
    const char *why;

    if (attendance_is(office, "withdraw", 3))
        return leave_withdraw(office);
    if (attendance_is(office, "request", 3))
        return leave_request_run(office);
    if (attendance_is(office, "approve", 2) || attendance_is(office, "refuse", 2))
        return leave_decide_run(office, attendance_is(office, "approve", 2));
    if (!attendance_is(office, "add", 3))
        return office_refuse(
            office, EX_USAGE,
            _("add SESSION MEMBER, withdraw SESSION MEMBER, request SESSION MEMBER, approve ID, "
              "refuse ID or list"));
    if (!attendance_option(office, "reason", cell_reason, &event.reason))
        return 0;
    why = office_why(office);
    if (!why)
        return 0;
    event.session = office->options.operands[1];
    event.member = office->options.operands[2];
    return attendance_state(office, &event, why, NULL);
}

// The visitor is a member too, and another one.
static int home_check(Office *office, const Event *event)
{
    MemberRow row = {0};

    if (strcmp(event->visitor, event->member) == 0)
        return office_refuse(office, EX_DATAERR,
                             _("%s cannot be visited by %s: the visitor is somebody else"), event->member,
                             event->visitor);
    int r = query_member(office->store, event->visitor, zone_date(office->now), &row);
    if (r == QUERY_E_UNKNOWN)
        return office_refuse(office, EX_DATAERR, _("%s cannot be visited by %s: there is no such member"),
                             event->member, event->visitor);
    member_row_deinit(&row);
    return error_trace(r);
}

static int home_run(Office *office)
{
    Event event = event_make(EVENT_HOME);
    const char *why;

    if (!attendance_is(office, "add", 3))
        return office_refuse(office, EX_USAGE, _("add SESSION MEMBER"));
    event.visitor = options_get(&office->options, "visitor");
    if (!event.visitor)
        return office_refuse(office, EX_USAGE, _("--visitor is needed: who was there?"));
    if (!attendance_option(office, "at", cell_time, &event.at))
        return 0;
    why = office_why(office);
    if (!why)
        return 0;
    event.session = office->options.operands[1];
    event.member = office->options.operands[2];
    int r = home_check(office, &event);
    if (r < 0 || office->reply->exit_code != EX_OK)
        return error_trace(r);
    return attendance_state(office, &event, why, NULL);
}

const OfficeOperation office_leave = {.name = "leave", .options = office_leave_options, .run = leave_run};
const OfficeOperation office_home = {.name = "home", .options = office_home_options, .run = home_run};
