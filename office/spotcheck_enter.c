// spotcheck enter: a check that was written on the printed list. It is an event of the office like any other
// addition, of a member who was drawn: whoever checks somebody else uses a terminal.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/store/spotcheck.h"
#include "office/correction.h"
#include "office/detail.h"
#include "office/spotcheck.h"

#define SCORE_MAX 100 // of a check, studyday-protocol(7)
#define NO_RESULT SPOTCHECK_RESULT_COUNT

typedef struct Enter {
    Office *office;
    const char *member, *why;
    char session[65];
    bool cancelled, drawn;
    SpotcheckResult before;
    int score_before;
} Enter;

static int enter_see_member(void *user, const SpotcheckMember *member)
{
    Enter *enter = user;

    if (strcmp(member->code, enter->member) != 0)
        return 0;
    enter->drawn = true;
    enter->before = member->result;
    enter->score_before = member->score;
    return 0;
}

static int enter_see(void *user, const Spotcheck *spotcheck)
{
    Enter *enter = user;

    snprintf(enter->session, sizeof(enter->session), "%s", spotcheck->session);
    enter->cancelled = spotcheck->cancelled_at != TIME_NONE;
    return spotcheck_each_member(enter->office->store, spotcheck, enter_see_member, enter);
}

// False after having refused.
static bool enter_take(Office *office, Event *event)
{
    const char *found = options_get(&office->options, "found");
    const char *score = options_get(&office->options, "score");
    long long value = 0;

    if (!found || (strcmp(found, "yes") != 0 && strcmp(found, "no") != 0)) {
        office_refuse(office, EX_USAGE, _("--found is needed: yes or no"));
        return false;
    }
    event->found = strcmp(found, "yes") == 0;
    if (score && !event->found) {
        office_refuse(office, EX_USAGE, _("--score is for who was found"));
        return false;
    }
    if (score && !text_parse_int64(score, 0, SCORE_MAX, &value)) {
        office_refuse(office, EX_USAGE, _("--score %s: a whole number from 0 to %d"), score, SCORE_MAX);
        return false;
    }
    if (score)
        event->score = value;
    return true;
}

static int enter_note(Enter *enter, const Event *event, uint64_t seq)
{
    CLEANUP(cleanup_text) Text before = {0}, after = {0};
    char subject[32];

    snprintf(subject, sizeof(subject), "office:%" PRIu64, seq);
    if (enter->before != SPOTCHECK_OPEN) {
        detail_text(&before, "result", spotcheck_result_word(enter->before));
        if (enter->score_before >= 0)
            detail_number(&before, "score", enter->score_before);
    }
    detail_number(&after, "found", event->found);
    detail_text(&after, "member", event->member);
    if (event->score != EVENT_NUMBER_NONE)
        detail_number(&after, "score", event->score);
    detail_text(&after, "session", event->session);
    return error_trace(detail_audit(enter->office, "spotcheck-enter", subject, enter->why, &before, &after));
}

static int enter_add(Enter *enter, Event *event)
{
    Office *office = enter->office;
    char at[CLOCK_TEXT_SIZE];
    const char *refused = NULL;
    uint64_t seq = 0;

    event->session = enter->session;
    event->member = enter->member;
    event->at = office->now;
    time_format_zone(event->at, at);
    event->at_text = at;
    int r = correction_add(office, event, false, &refused, &seq);
    if (r == 0 && refused)
        return office_refuse(office, EX_DATAERR, _("the event cannot be: %s"), refused);
    if (r == 0)
        r = enter_note(enter, event, seq);
    if (r < 0)
        return error_trace(r);
    text_appendf(&office->reply->out, _("check of %s at %s entered, as number %" PRIu64 " of the office\n"),
                 event->member, event->session, seq);
    return 0;
}

int spotcheck_enter(Office *office)
{
    Enter enter = {.office = office, .member = office->options.operands[2], .before = NO_RESULT};
    const char *number = office->options.operands[1];
    Event event = event_make(EVENT_CHECK);
    long long id;

    if (!text_parse_int64(number, 1, INT64_MAX, &id))
        return office_refuse(office, EX_USAGE, _("%s: a spot-check is named by its number"), number);
    if (!enter_take(office, &event) || !(enter.why = office_why(office)))
        return 0;
    int r = spotcheck_get(office->store, id, enter_see, &enter);
    if (r == SPOTCHECK_E_UNKNOWN)
        return office_refuse(office, EX_DATAERR, _("there is no spot-check %lld"), id);
    if (r < 0)
        return error_trace(r);
    if (enter.cancelled)
        return office_refuse(office, EX_DATAERR, _("spot-check %lld is cancelled"), id);
    if (!enter.drawn)
        return office_refuse(office, EX_DATAERR, _("%s was not drawn in spot-check %lld"), enter.member, id);
    return error_trace(enter_add(&enter, &event));
}
