// A record is shown at a terminal only to those whom the terminal has to do with: members of its point's
// plan, and whoever has checked in there within a day. Everybody else, known or not, gets the same answer, so
// that a terminal cannot find out who is a member.
//
// Errors of an answer: "bad-ask" (no such question), "bad-member" (no member named), "not-allowed",
// "too-large".
#include "collector/ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/collector.h"
#include "collector/plan.h"
#include "core/base/error.h"
#include "core/store/query.h"
#include "reports/record.h"

#define ASK_SEEN_WITHIN TIME_DAY // studyday-protocol(7): "one who checked in there within a day"

int ask_take(Collector *collector, RegisterEntry *entry, const char *line, size_t size, WireError *ret_error)
{
    Ask ask;

    if (ask_decode(line, size, &ask, ret_error) != 0)
        return WIRE_E_UNREADABLE;
    collector->counters.asks++;
    jobs_add_ask(collector, entry, &ask);
    return 0;
}

static int ask_may_see(Collector *collector, const RegisterEntry *entry, const char *member, bool *ret_may)
{
    Time now = clock_now();
    int r = plan_has_member(collector->store, entry->terminal.point, zone_date(now), member, ret_may);

    if (r < 0 || *ret_may)
        return error_trace(r);
    return error_trace(query_seen_at_point(collector->store, entry->terminal.point, member,
                                           now - ASK_SEEN_WITHIN, now + ASK_SEEN_WITHIN, ret_may));
}

static int ask_record(Collector *collector, const RegisterEntry *entry, const Ask *ask, Answer *answer)
{
    Time now = clock_now();
    Text record = {0};
    bool may = false;
    int year, month, day, r;

    if (!ask->member[0]) {
        snprintf(answer->error, sizeof(answer->error), "bad-member");
        return 0;
    }
    r = ask_may_see(collector, entry, ask->member, &may);
    if (r < 0)
        return error_trace(r);
    date_to_civil(zone_date(now), &year, &month, &day);
    if (may) {
        r = record_json(collector->store, ask->member, year, now, &record);
        if (r < 0) {
            text_deinit(&record);
            return error_trace(r);
        }
        may = r == 0;
    }
    if (may) {
        jobs_note_read(collector, entry, ask->member, now);
        answer->record = text_take(&record);
    } else {
        snprintf(answer->error, sizeof(answer->error), "not-allowed");
    }
    text_deinit(&record);
    return 0;
}

static void ask_send(Collector *collector, const RegisterEntry *entry, Answer *answer)
{
    text_clear(&collector->scratch);
    answer_encode(answer, &collector->scratch);
    if (collector->scratch.size > WIRE_LINE_MAX) {
        free(answer->record);
        answer->record = NULL;
        snprintf(answer->error, sizeof(answer->error), "too-large");
        text_clear(&collector->scratch);
        answer_encode(answer, &collector->scratch);
    }
    if (link_send(collector, entry, TOPIC_ANSWER, &collector->scratch))
        collector->counters.answers++;
}

int ask_answer(Collector *collector, RegisterEntry *entry, const Ask *ask)
{
    Answer answer = {0};
    int r = 0;

    snprintf(answer.id, sizeof(answer.id), "%s", ask->id);
    if (strcmp(ask->ask, "record") == 0)
        r = ask_record(collector, entry, ask, &answer);
    else if (strcmp(ask->ask, "plan") == 0)
        r = plan_send(collector, entry);
    else
        snprintf(answer.error, sizeof(answer.error), "bad-ask");
    if (r == 0)
        ask_send(collector, entry, &answer);
    answer_deinit(&answer);
    return error_trace(r);
}
