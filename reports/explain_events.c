// What the store tells about an event lives for one call back; reasons need all events of a row at once.
#include "reports/explain_events.h"

#include <stdlib.h>

#include "core/base/alloc.h"

static char *copy(const char *text)
{
    return text ? alloc_string(text) : NULL;
}

int explain_events_take(void *user, const PairEvent *event)
{
    ExplainEvents *list = user;
    PairEvent own = *event;

    own.terminal = copy(event->terminal);
    own.epoch = copy(event->epoch);
    own.fact.point = copy(event->fact.point);
    own.who = copy(event->who);
    own.why = copy(event->why);
    own.void_terminal = copy(event->void_terminal);
    own.void_epoch = copy(event->void_epoch);
    own.void_who = copy(event->void_who);
    own.void_why = copy(event->void_why);
    list->events = alloc_resize(list->events, list->count + 1, sizeof(*list->events));
    list->facts = alloc_resize(list->facts, list->count + 1, sizeof(*list->facts));
    list->facts[list->count] = own.fact;
    list->events[list->count++] = (ExplainEvent){.event = own};
    return 0;
}

void explain_events_deinit(ExplainEvents *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const PairEvent *event = &list->events[i].event;
        const char *const texts[] = {event->terminal,   event->epoch,    event->fact.point,
                                     event->who,        event->why,      event->void_terminal,
                                     event->void_epoch, event->void_who, event->void_why};
        for (size_t t = 0; t < sizeof(texts) / sizeof(texts[0]); t++)
            free((char *)texts[t]);
    }
    free(list->events);
    free(list->facts);
}

void explain_events_judge(ExplainEvents *list, const SessionRules *session)
{
    const Fact *latest = explain_latest_check(list->facts, list->count);

    for (size_t i = 0; i < list->count; i++)
        list->events[i].use = explain_fact(session, &list->facts[i], latest);
}
