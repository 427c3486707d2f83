// One event, one object. There can be millions, so they are not gathered into a Report but written as they
// are read. `at` is the instant that the event claims, in the site's zone; `received_at` is the collector's
// clock, in UTC. What could not be read of a refused event is null.
#include "reports/report_events.h"

#include <inttypes.h>
#include <string.h>

/// `head` is what stands before the value: comma or brace, key, colon.
static void append_string(Text *text, const char *head, const char *value)
{
    text_append(text, head);
    if (value)
        text_append_json(text, value, strlen(value));
    else
        text_append(text, "null");
}

void report_events_append(const EventRow *event, Text *text)
{
    char at[CLOCK_TEXT_SIZE];
    char received_at[CLOCK_TEXT_SIZE];

    if (event->at != TIME_NONE)
        time_format_zone(event->at, at);
    time_format_utc(event->received_at, received_at);

    append_string(text, "{\"terminal\":", event->terminal);
    append_string(text, ",\"epoch\":", event->epoch);
    text_appendf(text, ",\"seq\":%" PRIu64, event->seq);
    append_string(text, ",\"kind\":", event->kind);
    append_string(text, ",\"session\":", event->session);
    append_string(text, ",\"member\":", event->member);
    append_string(text, ",\"at\":", event->at != TIME_NONE ? at : NULL);
    append_string(text, ",\"received_at\":", received_at);
    append_string(text, ",\"state\":", event_state_word(event->state));
    append_string(text, ",\"reason\":", event->reason);
    append_string(text, ",\"point\":", event->point);
    if (event->who) {
        append_string(text, ",\"who\":", event->who);
        append_string(text, ",\"why\":", event->why);
    }
    text_append_char(text, '}');
}
