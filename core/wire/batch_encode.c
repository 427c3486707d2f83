// Event batches from values to bytes. A terminal keeps in its outbox the JSON object of each event as it
// first wrote it, and sends those bytes again for ever; batching only puts them side by side.
#include <inttypes.h>

#include "core/wire/batch.h"
#include "core/wire/wire_json.h"

void batch_encode(const char *epoch, uint64_t first, const char *const *objects, size_t count, Text *line)
{
    wire_put_start(line);
    wire_put_string(line, "epoch", epoch);
    wire_put_number(line, "first", first);
    wire_put_key(line, "events");
    text_append_char(line, '[');
    for (size_t i = 0; i < count; i++) {
        wire_put_key(line, NULL);
        text_append(line, objects[i]);
    }
    text_append(line, "]}");
}

static void put_text(Text *object, const char *key, const char *value)
{
    if (value)
        wire_put_string(object, key, value);
}

static void put_number(Text *object, const char *key, int64_t value)
{
    if (value != EVENT_NUMBER_NONE)
        wire_put_integer(object, key, value);
}

void batch_encode_event(const Event *event, Text *object)
{
    text_append_char(object, '{');
    put_text(object, "kind", event_kind_word(event->kind));
    put_text(object, "session", event->session);
    put_text(object, "member", event->member);
    put_text(object, "card", event->card);
    put_text(object, "at", event->at_text);
    put_text(object, "by", event_by_word(event->by));
    put_text(object, "mode", event_mode_word(event->mode));
    put_text(object, "reason", event->reason);
    put_number(object, "minutes", event->minutes);
    put_text(object, "visitor", event->visitor);
    put_number(object, "found", event->found);
    put_number(object, "score", event->score);
    put_number(object, "of", event->of);
    put_number(object, "count", event->count);
    put_text(object, "clock", event_clock_word(event->clock));
    text_append_char(object, '}');
}
