// From one JSON object to an event or a refusal. Three questions, in this order:
//
// 1. What stands in the chain? All values strings and integers: the object as sent, our "seq" in the place of
// one
//    of its own. Otherwise {"seq":N}; an integer that 64 bits do not hold counts as a real here. A string
//    with control characters is still a string.
// 2. Is it acceptable? The first reason counts: bad-value (a value that is no string without control
// characters and no
//    such integer, under any key), bad-seq, bad-kind, a known key of the wrong type, then event_check().
//    Control characters are what text_is_clean() refuses: Unicode's C0, DEL and C1, and also the bidi
//    controls, line separators, U+FEFF and noncharacters, which a reader of a report cannot see but which
//    change what is read.
// 3. Is it plain? Then its Event gives the canonical bytes again, and nothing else needs keeping. A key that
// belongs to
//    another kind (`minutes` on an `in`) is an unknown key: it is kept, never looked at.
#include "core/wire/batch_event.h"

#include <string.h>

#include "core/wire/canonical.h"

static const struct {
    const char *name;
    size_t size;
    const char *reason; // when the value has the wrong type
} fields[BATCH_FIELD_TOTAL] = {
    [BATCH_FIELD_AT] = {"at", 2, "bad-at"},
    [BATCH_FIELD_BY] = {"by", 2, "bad-by"},
    [BATCH_FIELD_CARD] = {"card", 4, "bad-card"},
    [BATCH_FIELD_CLOCK] = {"clock", 5, "bad-clock"},
    [BATCH_FIELD_COUNT] = {"count", 5, "bad-count"},
    [BATCH_FIELD_FOUND] = {"found", 5, "bad-found"},
    [BATCH_FIELD_KIND] = {"kind", 4, "bad-kind"},
    [BATCH_FIELD_MEMBER] = {"member", 6, "bad-member"},
    [BATCH_FIELD_MINUTES] = {"minutes", 7, "bad-minutes"},
    [BATCH_FIELD_MODE] = {"mode", 4, "bad-mode"},
    [BATCH_FIELD_OF] = {"of", 2, "bad-of"},
    [BATCH_FIELD_REASON] = {"reason", 6, "bad-reason"},
    [BATCH_FIELD_SCORE] = {"score", 5, "bad-score"},
    [BATCH_FIELD_SEQ] = {"seq", 3, "bad-seq"},
    [BATCH_FIELD_SESSION] = {"session", 7, "bad-session"},
    [BATCH_FIELD_VISITOR] = {"visitor", 7, "bad-visitor"},
};

#define BATCH_FIELDS_COMMON                                                                   \
    (BATCH_BIT(BATCH_FIELD_AT) | BATCH_BIT(BATCH_FIELD_CARD) | BATCH_BIT(BATCH_FIELD_CLOCK) | \
     BATCH_BIT(BATCH_FIELD_KIND) | BATCH_BIT(BATCH_FIELD_MEMBER) | BATCH_BIT(BATCH_FIELD_SESSION))

// studyday-protocol(7), table of kinds.
const unsigned batch_kind_fields[EVENT_KIND_COUNT + 1] = {
    [EVENT_IN] = BATCH_FIELDS_COMMON | BATCH_BIT(BATCH_FIELD_BY) | BATCH_BIT(BATCH_FIELD_MODE),
    [EVENT_OUT] = BATCH_FIELDS_COMMON | BATCH_BIT(BATCH_FIELD_BY) | BATCH_BIT(BATCH_FIELD_MODE),
    [EVENT_LEAVE] = BATCH_FIELDS_COMMON | BATCH_BIT(BATCH_FIELD_REASON),
    [EVENT_MAKEUP] = BATCH_FIELDS_COMMON | BATCH_BIT(BATCH_FIELD_MINUTES),
    [EVENT_HOME] = BATCH_FIELDS_COMMON | BATCH_BIT(BATCH_FIELD_VISITOR),
    [EVENT_CHECK] = BATCH_FIELDS_COMMON | BATCH_BIT(BATCH_FIELD_FOUND) | BATCH_BIT(BATCH_FIELD_SCORE),
    [EVENT_VOID] = BATCH_FIELDS_COMMON | BATCH_BIT(BATCH_FIELD_OF),
    [EVENT_CLOSE] = BATCH_FIELDS_COMMON | BATCH_BIT(BATCH_FIELD_COUNT),
    [EVENT_KIND_COUNT] = BATCH_FIELDS_COMMON, // an unknown kind: what can be read
};

// The object taken apart: known keys by field, and what was found on the way.
typedef struct Parts {
    json_t *values[BATCH_FIELD_TOTAL];
    unsigned present; // BATCH_BIT(field) of each known key
    bool has_unknown; // a key that is no field of any kind
    bool writable;    // every value is a string or an integer of 64 bits
    bool is_clean;    // every value is what the protocol allows
} Parts;

BatchField batch_field_find(const char *name, size_t size)
{
    for (BatchField i = 0; i < BATCH_FIELD_TOTAL; i++) {
        if (fields[i].size == size && memcmp(fields[i].name, name, size) == 0)
            return i;
    }
    return BATCH_FIELD_TOTAL;
}

static void take_apart(json_t *object, Parts *ret_parts)
{
    Parts parts = {.writable = true, .is_clean = true};

    for (void *iter = json_object_iter(object); iter; iter = json_object_iter_next(object, iter)) {
        json_t *value = json_object_iter_value(iter);
        BatchField field = batch_field_find(json_object_iter_key(iter), json_object_iter_key_len(iter));

        if (json_typeof(value) == JSON_STRING) {
            if (!text_is_clean(json_string_value(value), json_string_length(value))) {
                parts.is_clean = false;
                value = NULL; // not to be read: it may hold a NUL
            }
        } else if (json_typeof(value) != JSON_INTEGER) {
            parts.writable = parts.is_clean = false;
            value = NULL;
        } else if (json_integer_value(value) < -EVENT_NUMBER_MAX ||
                   json_integer_value(value) > EVENT_NUMBER_MAX) {
            parts.is_clean = false;
            value = NULL;
        }
        if (field == BATCH_FIELD_TOTAL) {
            parts.has_unknown = true;
        } else {
            parts.present |= BATCH_BIT(field);
            parts.values[field] = value;
        }
    }
    *ret_parts = parts;
}

// Reads the fields of one event; `refused` keeps the first reason.
typedef struct EventReader {
    const Parts *parts;
    unsigned wanted; // fields of its kind
    const char *refused;
} EventReader;

static void refuse(EventReader *reader, const char *reason)
{
    if (!reader->refused)
        reader->refused = reason;
}

static json_t *value_of(const EventReader *reader, BatchField field)
{
    return reader->wanted & BATCH_BIT(field) ? reader->parts->values[field] : NULL;
}

static const char *read_text(EventReader *reader, BatchField field)
{
    json_t *value = value_of(reader, field);

    if (value && json_typeof(value) != JSON_STRING) {
        refuse(reader, fields[field].reason);
        return NULL;
    }
    return json_string_value(value); // NULL for NULL
}

static int64_t read_number(EventReader *reader, BatchField field)
{
    json_t *value = value_of(reader, field);

    if (!value)
        return EVENT_NUMBER_NONE;
    if (json_typeof(value) != JSON_INTEGER) {
        refuse(reader, fields[field].reason);
        return EVENT_NUMBER_NONE;
    }
    return json_integer_value(value);
}

static EventKind read_kind(EventReader *reader)
{
    const char *word = read_text(reader, BATCH_FIELD_KIND);
    EventKind kind;

    if (word && event_kind_parse(word, &kind))
        return kind;
    refuse(reader, "bad-kind");
    return EVENT_KIND_COUNT;
}

static void read_words(EventReader *reader, Event *event)
{
    const char *by = read_text(reader, BATCH_FIELD_BY);
    const char *mode = read_text(reader, BATCH_FIELD_MODE);
    const char *clock = read_text(reader, BATCH_FIELD_CLOCK);

    if (by && !event_by_parse(by, &event->by))
        refuse(reader, "bad-by");
    if (mode && !event_mode_parse(mode, &event->mode))
        refuse(reader, "bad-mode");
    if (clock && !event_clock_parse(clock, &event->clock))
        refuse(reader, "bad-clock");
}

static void read_at(EventReader *reader, Event *event)
{
    int offset;

    event->at_text = read_text(reader, BATCH_FIELD_AT);
    if (!event->at_text || !time_parse_rfc3339(event->at_text, strlen(event->at_text), &event->at, &offset))
        refuse(reader, "bad-at");
}

static const char *read_event(const Parts *parts, Event *ret_event)
{
    EventReader reader = {.parts = parts, .wanted = BATCH_FIELDS_COMMON};
    Event event;

    if (!parts->is_clean)
        refuse(&reader, "bad-value");
    if (parts->present & BATCH_BIT(BATCH_FIELD_SEQ))
        refuse(&reader, "bad-seq");
    event = event_make(EVENT_IN);
    event.kind = read_kind(&reader);
    reader.wanted = batch_kind_fields[event.kind];
    event.session = read_text(&reader, BATCH_FIELD_SESSION);
    event.member = read_text(&reader, BATCH_FIELD_MEMBER);
    event.card = read_text(&reader, BATCH_FIELD_CARD);
    event.reason = read_text(&reader, BATCH_FIELD_REASON);
    event.visitor = read_text(&reader, BATCH_FIELD_VISITOR);
    event.minutes = read_number(&reader, BATCH_FIELD_MINUTES);
    event.of = read_number(&reader, BATCH_FIELD_OF);
    event.count = read_number(&reader, BATCH_FIELD_COUNT);
    event.found = read_number(&reader, BATCH_FIELD_FOUND);
    event.score = read_number(&reader, BATCH_FIELD_SCORE);
    read_at(&reader, &event);
    read_words(&reader, &event);
    if (!reader.refused)
        reader.refused = event_check(&event);
    *ret_event = event;
    return reader.refused;
}

void batch_event_read(json_t *object, uint64_t seq, BatchEvent *ret_event, Text *canonical)
{
    BatchEvent item = {.seq = seq};
    Parts parts;

    take_apart(object, &parts);
    item.refused = read_event(&parts, &item.event);
    item.plain =
        !item.refused && !parts.has_unknown && !(parts.present & ~batch_kind_fields[item.event.kind]);
    if (item.plain)
        event_canonical(&item.event, seq, canonical);
    else if (parts.writable)
        canonical_write(object, seq, canonical);
    else
        canonical_write_bare(seq, canonical);
    *ret_event = item;
}
