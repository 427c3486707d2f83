// The decoder of nearly all batches: exactly the shape that studyday-protocol(7) shows and batch_encode()
// writes, and nothing else. jansson costs about 3 us an event, which with a schema that is quick was the
// largest cost left; this takes a tenth of it.
//
// What it accepts: the envelope's four keys in the order of the protocol's page, without white space; events
// whose keys are those of their kind, in any order, none twice; strings of printable ASCII without escapes;
// numbers of at most 15 plain digits; only events that event_check() accepts. Whatever is unusual or wrong
// (white space, escapes, other characters, unknown keys, a value that is to be refused, a syntax error, no
// event at all) it declines as a whole, so that reasons and refusals are the business of one decoder only.
//
// Invariant: whatever is accepted here, batch_decode_any() accepts with the same values
// (tests/wire/test_batch_plain.c and the fuzzer hold the two against each other). The line is copied once and
// its strings are ended in the copy, whose own NUL is what stops every scan.
#include "core/wire/batch_plain.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/wire/batch_event.h"

#define PLAIN_DIGITS_MAX 15 // below 2^53 whatever they are
#define PLAIN_NUMBERS                                                                               \
    (BATCH_BIT(BATCH_FIELD_COUNT) | BATCH_BIT(BATCH_FIELD_FOUND) | BATCH_BIT(BATCH_FIELD_MINUTES) | \
     BATCH_BIT(BATCH_FIELD_OF) | BATCH_BIT(BATCH_FIELD_SCORE))

// What may stand in a string: printable ASCII but for quote and backslash.
static inline bool plain_is_ordinary(char c)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

static bool plain_skip(char **p, const char *expected)
{
    size_t size = strlen(expected);

    if (strncmp(*p, expected, size) != 0)
        return false;
    *p += size;
    return true;
}

// A string at its opening quote, ended in place. `p` then stands behind its closing quote.
static bool plain_string(char **p, const char **ret_text, size_t *ret_size)
{
    char *from = *p + 1, *end = from;

    if (**p != '"')
        return false;
    while (plain_is_ordinary(*end))
        end++;
    if (*end != '"')
        return false;
    *end = '\0';
    *p = end + 1;
    *ret_text = from;
    *ret_size = (size_t)(end - from);
    return true;
}

static bool plain_number(char **p, int64_t *ret_number)
{
    char *from = *p, *end = from;
    int64_t number = 0;

    for (; *end >= '0' && *end <= '9' && end - from <= PLAIN_DIGITS_MAX; end++)
        number = number * 10 + (*end - '0');
    if (end == from || end - from > PLAIN_DIGITS_MAX || (*from == '0' && end - from > 1))
        return false;
    *p = end; // a fraction or an exponent behind it is no comma and no brace: the caller declines
    *ret_number = number;
    return true;
}

// The values of one object by field. `present` has a bit for each.
typedef struct PlainValues {
    const char *texts[BATCH_FIELD_TOTAL];
    int64_t numbers[BATCH_FIELD_TOTAL];
    unsigned present;
    size_t at_size;
} PlainValues;

static bool plain_member(char **p, PlainValues *values)
{
    const char *name;
    BatchField field;
    size_t size;

    if (!plain_string(p, &name, &size) || !plain_skip(p, ":"))
        return false;
    field = batch_field_find(name, size);
    if (field == BATCH_FIELD_TOTAL || values->present & BATCH_BIT(field))
        return false;
    values->present |= BATCH_BIT(field);
    if (PLAIN_NUMBERS & BATCH_BIT(field))
        return plain_number(p, &values->numbers[field]);
    if (!plain_string(p, &values->texts[field], &size))
        return false;
    if (field == BATCH_FIELD_AT)
        values->at_size = size;
    return true;
}

static bool plain_object(char **p, PlainValues *values)
{
    if (!plain_skip(p, "{"))
        return false;
    do {
        if (!plain_member(p, values))
            return false;
    } while (plain_skip(p, ","));
    return plain_skip(p, "}");
}

static const char *plain_text(const PlainValues *values, BatchField field)
{
    return values->present & BATCH_BIT(field) ? values->texts[field] : NULL;
}

static int64_t plain_value(const PlainValues *values, BatchField field)
{
    return values->present & BATCH_BIT(field) ? values->numbers[field] : EVENT_NUMBER_NONE;
}

static bool plain_event(const PlainValues *values, Event *ret_event)
{
    const char *by = plain_text(values, BATCH_FIELD_BY), *mode = plain_text(values, BATCH_FIELD_MODE);
    const char *clock = plain_text(values, BATCH_FIELD_CLOCK);
    Event event = event_make(EVENT_IN);
    int offset;

    if (!event_kind_parse(plain_text(values, BATCH_FIELD_KIND), &event.kind) ||
        values->present & ~batch_kind_fields[event.kind])
        return false;
    event.session = plain_text(values, BATCH_FIELD_SESSION);
    event.member = plain_text(values, BATCH_FIELD_MEMBER);
    event.card = plain_text(values, BATCH_FIELD_CARD);
    event.reason = plain_text(values, BATCH_FIELD_REASON);
    event.visitor = plain_text(values, BATCH_FIELD_VISITOR);
    event.minutes = plain_value(values, BATCH_FIELD_MINUTES);
    event.of = plain_value(values, BATCH_FIELD_OF);
    event.count = plain_value(values, BATCH_FIELD_COUNT);
    event.found = plain_value(values, BATCH_FIELD_FOUND);
    event.score = plain_value(values, BATCH_FIELD_SCORE);
    event.at_text = plain_text(values, BATCH_FIELD_AT);
    if (!event.at_text || !time_parse_rfc3339(event.at_text, values->at_size, &event.at, &offset) ||
        (by && !event_by_parse(by, &event.by)) || (mode && !event_mode_parse(mode, &event.mode)) ||
        (clock && !event_clock_parse(clock, &event.clock)) || event_check(&event))
        return false;
    *ret_event = event;
    return true;
}

static bool plain_envelope(char **p, Batch *batch)
{
    const char *epoch;
    int64_t first;
    size_t size;

    if (!plain_skip(p, "{\"v\":1,\"epoch\":") || !plain_string(p, &epoch, &size) ||
        !ulid_valid(epoch, size) || !plain_skip(p, ",\"first\":") || !plain_number(p, &first) || first < 1 ||
        !plain_skip(p, ",\"events\":["))
        return false;
    memcpy(batch->epoch, epoch, ULID_SIZE);
    batch->first = (uint64_t)first;
    return true;
}

// How many events there are at most: each has its brace. Those in strings make it too many, never too few.
static size_t plain_count(const char *p)
{
    size_t count = 0;

    while ((p = strchr(p, '{')) && count <= WIRE_EVENTS_MAX) {
        p++;
        count++;
    }
    return count;
}

static bool plain_events(char *p, const char *end, Batch *batch, Text *canonical)
{
    size_t most = plain_count(p), offset = 0;

    if (most > WIRE_EVENTS_MAX)
        return false;
    batch->events = alloc_resize(NULL, most ? most : 1, sizeof(*batch->events));
    do {
        PlainValues values;
        BatchEvent item = {.seq = batch->first + batch->count, .plain = true};
        size_t start = canonical->size;

        values.present = 0;
        if (batch->count == most || !plain_object(&p, &values) || !plain_event(&values, &item.event))
            return false;
        event_canonical(&item.event, item.seq, canonical);
        item.canonical_size = canonical->size - start;
        batch->events[batch->count++] = item;
    } while (plain_skip(&p, ","));
    if (!plain_skip(&p, "]}") || p != end)
        return false;
    for (size_t i = 0; i < batch->count; i++) { // only now does the block stay where it is
        batch->events[i].canonical = canonical->data + offset;
        offset += batch->events[i].canonical_size;
    }
    return true;
}

bool batch_plain_decode(const char *line, size_t size, Batch *ret_batch)
{
    Batch batch = {0};
    BatchMemory *memory;
    char *p;

    if (size > WIRE_LINE_MAX)
        return false;
    memory = batch.private = alloc_zero(sizeof(*memory));
    p = memory->line = alloc_resize(NULL, size + 1, 1);
    memcpy(p, line, size);
    p[size] = '\0';
    if (!plain_envelope(&p, &batch) || !plain_events(p, memory->line + size, &batch, &memory->canonical)) {
        batch_deinit(&batch);
        return false;
    }
    *ret_batch = batch;
    return true;
}
