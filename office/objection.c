// objection add|answer: a member objects to an entry of the own record, and the office answers, once, with a
// text. An answer changes no figure: an accepted objection leads to a correction (attendance add, attendance
// void), which the answer names, so that whoever reads it finds what was done.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/model/code.h"
#include "core/store/objection.h"
#include "office/correction.h"
#include "office/detail.h"
#include "office/operation.h"

const ProgramOption office_objection_options[] = {
    {"session", 0, "SESSION", N_("add: the session of the entry")},
    {"text", 0, "TEXT", N_("what the member says, or what the office answers")},
    {"accepted", 0, NULL, N_("answer: the member is right")},
    {"rejected", 0, NULL, N_("answer: the entry stays as it is")},
    {"event", 0, "EPOCH:SEQ", N_("answer: the office's event that puts it right")},
    {"open", 0, NULL, N_("list: only those that wait for an answer")},
    {"org", 0, "ORG", N_("list: only of members of this organisation and those below it")},
    {"format", 'f', "FORMAT", N_("list: text, csv, json or jsonl (default: text)")},
    {0},
};

static int objection_store(Office *office, const char *session, Time starts, const char *member,
                           const char *text)
{
    CLEANUP(cleanup_text) Text was = {0};
    CLEANUP(cleanup_text) Text is = {0};
    char subject[24];
    MemberRow row = {0};
    int64_t number = 0;
    Objection objection = {
        .at = office->now, .who = office->request->actor, .session = session, .starts = starts, .text = text};
    int r = query_member(office->store, member, zone_date(office->now), &row);

    if (r != 0)
        return error_origin(r < 0 ? r : -EUCLEAN); // it was there a moment ago
    r = objection_add(office->store, row.member, &objection, &number);
    member_row_deinit(&row);
    snprintf(subject, sizeof(subject), "objection:%" PRId64, number);
    detail_text(&is, "member", member);
    detail_text(&is, "session", session);
    detail_text(&is, "state", "open");
    detail_text(&is, "text", text);
    if (r == 0)
        r = detail_audit(office, "objection-add", subject, text, &was, &is);
    if (r < 0)
        return error_trace(r);
    office->commit = true;
    text_appendf(&office->reply->out, _("objection %" PRId64 " of %s about %s is noted\n"), number, member,
                 session);
    return 0;
}

static int add_run(Office *office)
{
    const char *member = office->options.operands[1], *session = options_get(&office->options, "session");
    const char *text = office_words(office, "text", _("--text is needed: what does the member say?"));
    CorrectionTarget target = {0};

    if (!text)
        return 0;
    if (!session)
        return office_refuse(office, EX_USAGE, _("--session is needed: which entry is it about?"));
    int r = correction_find(office, session, member, &target);
    if (r == 0 && !target.session_known)
        office_refuse(office, EX_DATAERR, _("there is no session %s"), session);
    else if (r == 0 && !target.member_known)
        office_refuse(office, EX_DATAERR, _("there is no member %s"), member);
    else if (r == 0 && target.session.rules.starts > office->now)
        office_refuse(office, EX_DATAERR, _("the session %s has not begun"), session);
    Time starts = target.session_known ? target.session.rules.starts : 0;
    correction_target_deinit(&target);
    if (r < 0 || office->reply->exit_code != EX_OK)
        return error_trace(r);
    return error_trace(objection_store(office, session, starts, member, text));
}

// An objection as it was found.
typedef struct Found {
    bool any, answered;
    char session[CODE_SIZE_MAX + 1], member[CODE_SIZE_MAX + 1];
} Found;

static int take_objection(void *user, const Objection *objection)
{
    Found *found = user;

    found->any = true;
    found->answered = objection->answered;
    snprintf(found->session, sizeof(found->session), "%s", objection->session);
    snprintf(found->member, sizeof(found->member), "%s", objection->member);
    return 0;
}

// Whether the office's event is about the objection's entry; the office's word that it voided another event
// names no member, and is taken as it is.
typedef struct Concerned {
    const Found *found;
    bool yes;
} Concerned;

static int take_event(void *user, const EventRow *event)
{
    Concerned *concerned = user;
    bool is_void = event->kind && strcmp(event->kind, event_kind_word(EVENT_VOID)) == 0;

    concerned->yes = is_void || (text_equal(event->session, concerned->found->session) &&
                                 text_equal(event->member, concerned->found->member));
    return 0;
}

// "EPOCH:SEQ" of the office. False after having refused; negative errno in `ret_error`.
static bool check_event(Office *office, const char *key, const Found *found, char ret_epoch[static ULID_SIZE],
                        uint64_t *ret_seq, int *ret_error)
{
    const char *colon = strchr(key, ':');
    Concerned concerned = {.found = found};
    long long seq = 0;

    *ret_error = 0;
    if (!colon || !ulid_valid(key, (size_t)(colon - key)) ||
        !text_parse_int64(colon + 1, 1, EVENT_NUMBER_MAX, &seq)) {
        office_refuse(office, EX_USAGE, _("%s: an event is named EPOCH:SEQ"), key);
        return false;
    }
    memcpy(ret_epoch, key, ULID_SIZE - 1);
    ret_epoch[ULID_SIZE - 1] = '\0';
    *ret_seq = (uint64_t)seq;
    int r = query_event(office->store, NAME_OFFICE, ret_epoch, *ret_seq, take_event, &concerned);
    if (r == QUERY_E_UNKNOWN)
        office_refuse(office, EX_DATAERR, _("there is no event %s of %s"), key, NAME_OFFICE);
    else if (r == 0 && !concerned.yes)
        office_refuse(office, EX_DATAERR, _("the event %s is about another member or session"), key);
    *ret_error = r < 0 ? error_trace(r) : 0;
    return r == 0 && concerned.yes;
}

static int answer_store(Office *office, Objection *objection, const char *key)
{
    CLEANUP(cleanup_text) Text was = {0};
    CLEANUP(cleanup_text) Text is = {0};
    char subject[24];

    snprintf(subject, sizeof(subject), "objection:%" PRId64, objection->objection);
    detail_text(&was, "state", "open");
    detail_text(&is, "event", key);
    detail_text(&is, "member", objection->member);
    detail_text(&is, "session", objection->session);
    detail_text(&is, "state", objection->accepted ? "accepted" : "rejected");
    detail_text(&is, "text", objection->answer);
    int r = objection_answer(office->store, objection);
    if (r == 0)
        r = detail_audit(office, "objection-answer", subject, objection->answer, &was, &is);
    if (r < 0)
        return error_trace(r);
    office->commit = true;
    text_appendf(&office->reply->out,
                 objection->accepted ? _("objection %" PRId64 ": accepted\n")
                                     : _("objection %" PRId64 ": rejected\n"),
                 objection->objection);
    if (objection->accepted && !key)
        text_append(&office->reply->out,
                    _("The entry has not been changed by this; `studyday attendance add` or `void` does.\n"));
    return 0;
}

static int answer_run(Office *office)
{
    const Options *options = &office->options;
    const char *key = options_get(options, "event"), *text;
    bool accepted = options_has(options, "accepted");
    Found found = {0};
    long long number;
    char epoch[ULID_SIZE];
    int r;

    if (!text_parse_int64(options->operands[1], 1, INT64_MAX, &number))
        return office_refuse(office, EX_USAGE, _("%s: an objection has a number"), options->operands[1]);
    if (accepted == options_has(options, "rejected"))
        return office_refuse(office, EX_USAGE, _("say either --accepted or --rejected"));
    if (key && !accepted)
        return office_refuse(office, EX_USAGE, _("--event goes with --accepted"));
    text = office_words(office, "text", _("--text is needed: what does the office answer?"));
    if (!text)
        return 0;
    r = objection_each(office->store, &(ObjectionFilter){.objection = number}, take_objection, &found);
    if (r < 0)
        return error_trace(r);
    if (!found.any)
        return office_refuse(office, EX_DATAERR, _("there is no objection %lld"), number);
    if (found.answered)
        return office_refuse(office, EX_DATAERR, _("objection %lld has been answered already"), number);
    Objection objection = {.objection = number,
                           .session = found.session,
                           .member = found.member,
                           .accepted = accepted,
                           .answered_at = office->now,
                           .answered_by = office->request->actor,
                           .answer = text};
    if (key) {
        if (!check_event(office, key, &found, epoch, &objection.seq, &r))
            return error_trace(r);
        objection.epoch = epoch;
    }
    return error_trace(answer_store(office, &objection, key));
}

static int objection_run(Office *office)
{
    const Options *options = &office->options;

    if (options->operand_count == 2 && strcmp(options->operands[0], "add") == 0)
        return error_trace(add_run(office));
    if (options->operand_count == 2 && strcmp(options->operands[0], "answer") == 0)
        return error_trace(answer_run(office));
    return office_refuse(office, EX_USAGE, _("add MEMBER, answer ID or list"));
}

const OfficeOperation office_objection = {
    .name = "objection", .options = office_objection_options, .run = objection_run};
