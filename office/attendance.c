// attendance add|void: corrections one at a time, each with who, when and why.
//
// What is recorded is never changed: an addition is an event of the office, a voiding a statement about
// another event. Where no time is given, an `in` is taken to be at the session's start and an `out` at its
// end, which is what somebody means who says "was there"; everything else happens now. The audit log gets
// what the member's attendance was before and what it is now, so the events are folded before the entry is
// written.
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
#include "office/column.h"
#include "office/correction.h"
#include "office/detail.h"
#include "office/operation.h"

const ProgramOption office_attendance_options[] = {
    {"at", 0, "TIME", N_("add: when (default: the session's start or end, otherwise now)")},
    {"mode", 0, "MODE", N_("add in or out: follow or lead")},
    {"minutes", 0, "N", N_("add makeup: minutes made up")},
    {"why", 0, "TEXT", N_("the reason, for the audit log")},
    {0},
};

// The parsed value of an option. False after having refused.
bool attendance_option(Office *office, const char *name, CellParse parse, void *ret_value)
{
    const char *value = options_get(&office->options, name);
    const char *reason = value ? parse(value, strlen(value), ret_value) : NULL;

    if (!reason)
        return true;
    office_refuse(office, EX_USAGE, "--%s: %s: %s", name, value, _(reason));
    return false;
}

static Time attendance_default_time(const Office *office, const Event *event, const SessionRow *session)
{
    if (event->kind == EVENT_IN)
        return session->rules.starts;
    if (event->kind == EVENT_OUT)
        return session->rules.ends;
    return office->now - office->now % TIME_SECOND;
}

// What an attendance is at this moment, and the event (canonical, or NULL) that made it so.
typedef struct AttendanceDetail {
    const char *event;
    Text *object;
} AttendanceDetail;

static int attendance_describe(void *user, const PairView *pair)
{
    const AttendanceDetail *detail = user;
    const Attendance *attendance = pair->attendance;

    detail_number(detail->object, "credit_minutes", attendance->credit);
    if (detail->event)
        detail_json(detail->object, "event", detail->event);
    detail_number(detail->object, "minutes", attendance->minutes);
    detail_text(detail->object, "status", status_word(attendance->status));
    return 0;
}

static int attendance_detail(Office *office, const char *session, const char *member, const char *event,
                             Text *object)
{
    CorrectionTarget target = {0};
    MemberRow row = {0};
    AttendanceDetail detail = {event, object};
    int r = correction_find(office, session, member, &target);

    if (r == 0 && target.session_known && target.member_known) {
        r = query_member(office->store, member, target.session.date, &row);
        if (r == 0)
            r = query_pair(office->store, &target.session, &row, attendance_describe, &detail);
        member_row_deinit(&row);
    }
    correction_target_deinit(&target);
    if (r == 0 && event && !object->size) // of no member, or of nobody's attendance
        detail_json(object, "event", event);
    return r < 0 ? error_trace(r) : 0;
}

// Looks up what the event names, adds it, and says and notes what was done.
int attendance_state(Office *office, Event *event, const char *why, uint64_t *ret_seq)
{
    CorrectionTarget target = {0};
    char at[CLOCK_TEXT_SIZE], subject[32];
    CLEANUP(cleanup_text) Text canonical = {0};
    CLEANUP(cleanup_text) Text was = {0};
    CLEANUP(cleanup_text) Text is = {0};
    const char *refused = NULL;
    uint64_t seq = 0;
    int r = correction_find(office, event->session, event->member, &target);

    if (r == 0 && !target.session_known)
        office_refuse(office, EX_DATAERR, _("there is no session %s"), event->session);
    else if (r == 0 && !target.member_known)
        office_refuse(office, EX_DATAERR, _("there is no member %s"), event->member);
    if (r < 0 || office->reply->exit_code != EX_OK) {
        correction_target_deinit(&target);
        return error_trace(r);
    }
    if (event->at == TIME_NONE)
        event->at = attendance_default_time(office, event, &target.session);
    correction_target_deinit(&target);
    time_format_zone(event->at, at);
    event->at_text = at;
    r = attendance_detail(office, event->session, event->member, NULL, &was);
    if (r == 0)
        r = correction_add(office, event, false, &refused, &seq);
    if (r < 0)
        return error_trace(r);
    if (refused)
        return office_refuse(office, EX_DATAERR, _("the event cannot be: %s"), refused);
    snprintf(subject, sizeof(subject), "%s:%" PRIu64, NAME_OFFICE, seq);
    event_canonical(event, seq, &canonical);
    r = ledger_settle(office->ledger);
    if (r == 0)
        r = attendance_detail(office, event->session, event->member, text_cstr(&canonical), &is);
    if (r == 0)
        r = detail_audit(office, "attendance-add", subject, why, &was, &is);
    if (r < 0)
        return error_trace(r);
    text_appendf(&office->reply->out, _("added %s of %s at %s as number %" PRIu64 " of the office\n"),
                 event_kind_word(event->kind), event->member, event->session, seq);
    if (ret_seq)
        *ret_seq = seq;
    return 0;
}

// Operands `verb SESSION MEMBER [more]`; their values are checked by event_check().
bool attendance_is(const Office *office, const char *verb, int operands)
{
    return office->options.operand_count == operands && strcmp(office->options.operands[0], verb) == 0;
}

static int attendance_add(Office *office)
{
    const char *const *operands = office->options.operands;
    int kind, mode = EVENT_MODE_NONE;
    int32_t minutes = 0;
    Event event;
    const char *why, *reason = cell_event_kind(operands[3], strlen(operands[3]), &kind);

    if (reason)
        return office_refuse(office, EX_USAGE, "%s: %s", operands[3], _(reason));
    event = event_make((EventKind)kind);
    event.session = operands[1];
    event.member = operands[2];
    if (!attendance_option(office, "at", cell_time, &event.at) ||
        !attendance_option(office, "mode", cell_event_mode, &mode) ||
        !attendance_option(office, "minutes", cell_minutes, &minutes))
        return 0;
    if (mode != EVENT_MODE_NONE && kind != EVENT_IN && kind != EVENT_OUT)
        return office_refuse(office, EX_USAGE, _("--mode is for in and out"));
    if (options_has(&office->options, "minutes") != (kind == EVENT_MAKEUP))
        return office_refuse(office, EX_USAGE, _("--minutes is for makeup, which needs it"));
    why = office_why(office);
    if (!why)
        return 0;
    event.mode = (EventMode)mode;
    if (kind == EVENT_IN || kind == EVENT_OUT)
        event.by = EVENT_BY_MANUAL;
    if (kind == EVENT_MAKEUP)
        event.minutes = minutes;
    return attendance_state(office, &event, why, NULL);
}

// "EPOCH:SEQ" as a scan printed it.
static bool attendance_key(const char *key, char ret_epoch[static ULID_SIZE], uint64_t *ret_seq)
{
    const char *colon = strchr(key, ':');
    long long seq;

    if (!colon || !ulid_valid(key, (size_t)(colon - key)) ||
        !text_parse_int64(colon + 1, 1, EVENT_NUMBER_MAX, &seq))
        return false;
    memcpy(ret_epoch, key, ULID_SIZE - 1);
    ret_epoch[ULID_SIZE - 1] = '\0';
    *ret_seq = (uint64_t)seq;
    return true;
}

// What an event says, and about whom.
typedef struct AttendanceEvent {
    char session[CODE_SIZE_MAX + 1], member[CODE_SIZE_MAX + 1]; // "" none
    Text canonical;
} AttendanceEvent;

static int attendance_take_event(void *user, const EventRow *row)
{
    AttendanceEvent *event = user;

    snprintf(event->session, sizeof(event->session), "%s", row->session ? row->session : "");
    snprintf(event->member, sizeof(event->member), "%s", row->member ? row->member : "");
    text_append_bytes(&event->canonical, row->canonical, row->canonical_size);
    return 0;
}

// `key` is "EPOCH:SEQ", and also `epoch` and `seq`.
int attendance_void_event(Office *office, const char *terminal, const char *key, const char *epoch,
                          uint64_t seq, const char *why)
{
    CLEANUP(cleanup_text) Text subject = {0};
    CLEANUP(cleanup_text) Text was = {0};
    CLEANUP(cleanup_text) Text is = {0};
    AttendanceEvent event = {0};

    int r = query_event(office->store, terminal, epoch, seq, attendance_take_event, &event);
    if (r == 0)
        r = attendance_detail(office, event.session, event.member, text_cstr(&event.canonical), &was);
    if (r == 0)
        r = ledger_void(office->ledger, terminal, epoch, seq, office->now);
    if (r > 0) {
        text_deinit(&event.canonical);
        return office_refuse(office, EX_DATAERR, _("there is no event %s of %s"), key, terminal);
    }
    if (r == 0)
        r = ledger_settle(office->ledger);
    if (r == 0)
        r = attendance_detail(office, event.session, event.member, NULL, &is);
    text_appendf(&subject, "%s:%s", terminal, key);
    if (r == 0)
        r = detail_audit(office, "attendance-void", text_cstr(&subject), why, &was, &is);
    text_deinit(&event.canonical);
    return error_trace(r);
}

static int attendance_void(Office *office)
{
    const char *terminal = office->options.operands[1], *key = office->options.operands[2];
    const char *why;
    char epoch[ULID_SIZE];
    uint64_t seq;

    if (!attendance_key(key, epoch, &seq))
        return office_refuse(office, EX_USAGE, _("%s: an event is named EPOCH:SEQ"), key);
    why = office_why(office);
    if (!why)
        return 0;
    int r = attendance_void_event(office, terminal, key, epoch, seq, why);
    if (r < 0 || office->reply->exit_code != EX_OK)
        return error_trace(r);
    office->commit = true;
    text_appendf(&office->reply->out, _("voided %s of %s\n"), key, terminal);
    return 0;
}

static int attendance_run(Office *office)
{
    if (attendance_is(office, "add", 4))
        return attendance_add(office);
    if (attendance_is(office, "void", 3))
        return attendance_void(office);
    return office_refuse(office, EX_USAGE, _("add SESSION MEMBER KIND, or void TERMINAL EPOCH:SEQ"));
}

const OfficeOperation office_attendance = {
    .name = "attendance", .options = office_attendance_options, .run = attendance_run};
