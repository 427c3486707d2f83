// leave request|approve|refuse. Who may not grant leave asks for it, and somebody of the office decides,
// once. A request is the office's own paper: it is no event, nobody is on leave by it, and no figure knows of
// it. Approving it makes the event that `leave add` makes. A terminal's leave event needs none of this: it
// counts as it comes.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/model/code.h"
#include "core/store/leave_request.h"
#include "office/attendance.h"
#include "office/correction.h"
#include "office/detail.h"
#include "office/leave.h"

#define SUBJECT_SIZE 40 // "leave-request:" and a number

// A request as it was found: the last one that the filter lets through.
typedef struct Found {
    int64_t request; // 0: none
    LeaveOutcome outcome;
    Time starts;
    char session[CODE_SIZE_MAX + 1], member[CODE_SIZE_MAX + 1], reason[EVENT_REASON_MAX + 1];
} Found;

static int take_request(void *user, const LeaveRequest *request)
{
    Found *found = user;

    *found = (Found){.request = request->request, .outcome = request->outcome, .starts = request->starts};
    snprintf(found->session, sizeof(found->session), "%s", request->session);
    snprintf(found->member, sizeof(found->member), "%s", request->member);
    snprintf(found->reason, sizeof(found->reason), "%s", request->reason ? request->reason : "");
    return 0;
}

static int open_request(Office *office, const char *session, const char *member, Found *ret_found)
{
    LeaveRequestFilter filter = {.session = session, .member = member, .open = true};

    *ret_found = (Found){0};
    return error_trace(leave_request_each(office->store, &filter, take_request, ret_found));
}

static void describe(Text *object, const char *session, const char *member, const char *reason,
                     LeaveOutcome outcome)
{
    detail_text(object, "member", member);
    detail_text(object, "reason", reason && *reason ? reason : NULL);
    detail_text(object, "session", session);
    detail_text(object, "state", leave_outcome_word(outcome));
}

static int request_store(Office *office, const char *session, const char *member, const char *reason,
                         const char *why)
{
    CLEANUP(cleanup_text) Text was = {0}, is = {0};
    CorrectionTarget target = {0};
    MemberRow row = {0};
    char subject[SUBJECT_SIZE];
    int64_t number = 0;
    int r = correction_find(office, session, member, &target);

    LeaveRequest request = {.at = office->now,
                            .who = office->request->actor,
                            .session = session,
                            .starts = target.session.rules.starts,
                            .reason = reason,
                            .why = why};
    correction_target_deinit(&target);
    if (r == 0)
        r = query_member(office->store, member, zone_date(office->now), &row);
    if (r == 0)
        r = leave_request_add(office->store, row.member, &request, &number);
    member_row_deinit(&row);
    describe(&is, session, member, reason, LEAVE_OPEN);
    snprintf(subject, sizeof(subject), "leave-request:%" PRId64, number);
    if (r == 0)
        r = detail_audit(office, "leave-request", subject, why, &was, &is);
    if (r != 0)
        return error_origin(r < 0 ? r : -EUCLEAN); // both were there a moment ago
    office->commit = true;
    text_appendf(&office->reply->out,
                 _("leave request %" PRId64 " of %s for %s is noted; it waits for the office\n"), number,
                 member, session);
    return 0;
}

int leave_request_run(Office *office)
{
    const char *session = office->options.operands[1], *member = office->options.operands[2];
    const char *reason = NULL, *why;
    size_t held = 0;
    Found found;

    if (!attendance_option(office, "reason", cell_reason, &reason))
        return 0;
    why = office_why(office);
    if (!why)
        return 0;
    int r = leave_count(office, session, member, &held);
    if (r < 0 || office->reply->exit_code != EX_OK)
        return error_trace(r);
    if (held)
        return office_refuse(office, EX_DATAERR, _("%s is on leave for %s already"), member, session);
    r = open_request(office, session, member, &found);
    if (r < 0)
        return error_trace(r);
    if (found.request)
        return office_refuse(office, EX_DATAERR, _("leave request %" PRId64 " of %s for %s waits already"),
                             found.request, member, session);
    return error_trace(request_store(office, session, member, reason, why));
}

// Who decided what, in the register of requests and in the audit log.
static int decide_note(Office *office, const Found *found, LeaveOutcome outcome, uint64_t seq,
                       const char *why)
{
    CLEANUP(cleanup_text) Text was = {0}, is = {0};
    char subject[SUBJECT_SIZE];
    LeaveRequest decided = {.request = found->request,
                            .outcome = outcome,
                            .decided_at = office->now,
                            .decided_by = office->request->actor,
                            .decided_why = why,
                            .seq = seq};

    describe(&was, found->session, found->member, found->reason, LEAVE_OPEN);
    describe(&is, found->session, found->member, found->reason, outcome);
    snprintf(subject, sizeof(subject), "leave-request:%" PRId64, found->request);
    int r = leave_request_decide(office->store, &decided);
    if (r == 0)
        r = detail_audit(office,
                         outcome == LEAVE_APPROVED  ? "leave-approve"
                         : outcome == LEAVE_REFUSED ? "leave-refuse"
                                                    : "leave-withdraw",
                         subject, why, &was, &is);
    if (r < 0)
        return error_trace(r);
    office->commit = true;
    return 0;
}

static int decide(Office *office, const Found *found, bool approve, const char *why)
{
    Event event = event_make(EVENT_LEAVE);
    uint64_t seq = 0;
    int r = 0;

    if (approve) {
        event.session = found->session;
        event.member = found->member;
        event.reason = *found->reason ? found->reason : NULL;
        r = attendance_state(office, &event, why, &seq);
        if (r < 0 || office->reply->exit_code != EX_OK)
            return error_trace(r);
    }
    r = decide_note(office, found, approve ? LEAVE_APPROVED : LEAVE_REFUSED, seq, why);
    if (r < 0)
        return error_trace(r);
    text_appendf(&office->reply->out,
                 approve ? _("leave request %" PRId64 " of %s for %s: approved\n")
                         : _("leave request %" PRId64 " of %s for %s: refused\n"),
                 found->request, found->member, found->session);
    return 0;
}

int leave_decide_run(Office *office, bool approve)
{
    const char *name = office->options.operands[1], *why;
    long long number;
    Found found = {0};

    if (!text_parse_int64(name, 1, INT64_MAX, &number))
        return office_refuse(office, EX_USAGE, _("%s: a leave request has a number"), name);
    if (options_has(&office->options, "reason"))
        return office_refuse(office, EX_USAGE, _("--reason goes with request and add"));
    why = office_why(office);
    if (!why)
        return 0;
    int r = leave_request_each(office->store, &(LeaveRequestFilter){.request = number}, take_request, &found);
    if (r < 0)
        return error_trace(r);
    if (!found.request)
        return office_refuse(office, EX_DATAERR, _("there is no leave request %lld"), number);
    if (found.outcome != LEAVE_OPEN)
        return office_refuse(office, EX_DATAERR, _("leave request %lld has been decided already: %s"), number,
                             leave_outcome_word(found.outcome));
    return error_trace(decide(office, &found, approve, why));
}

int leave_request_withdraw(Office *office, const char *session, const char *member, const char *why,
                           bool *ret_withdrawn)
{
    Found found;
    int r = open_request(office, session, member, &found);

    if (r == 0 && found.request)
        r = decide_note(office, &found, LEAVE_WITHDRAWN, 0, why);
    if (r < 0)
        return error_trace(r);
    *ret_withdrawn = found.request != 0;
    if (found.request)
        text_appendf(&office->reply->out, _("leave request %" PRId64 " of %s for %s: withdrawn\n"),
                     found.request, member, session);
    return 0;
}
