// Fuzzes the event batch decoder. Whatever the bytes, it must end with a reason or with events whose
// canonical bytes mean the same when they are read again: taken as the event that a terminal sends, they must
// be accepted by the terminal's own check, by the decoder, and by the writer of plain events, and give the
// same bytes each time.
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "core/wire/batch.h"
#include "core/wire/batch_plain.h"
#include "tests/wire/same.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define EXPECT(condition)                                                           \
    do {                                                                            \
        if (!(condition)) {                                                         \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                                \
        }                                                                           \
    } while (0)

// The object that has these canonical bytes: the same without "seq". No string can hold the member's bytes,
// since a quote inside a string follows a backslash.
static void remove_seq(const BatchEvent *event, Text *object)
{
    char member[64];
    const char *found, *after, *end = event->canonical + event->canonical_size;
    int size = snprintf(member, sizeof(member), ",\"seq\":%" PRIu64, event->seq);

    found = memmem(event->canonical, event->canonical_size, member, (size_t)size);
    if (found) {
        after = found + size;
    } else { // it is the first: the comma follows
        found = event->canonical + 1;
        EXPECT(memcmp(found, member + 1, (size_t)size - 1) == 0);
        after = found + size - 1;
        after += *after == ',';
    }
    text_append_bytes(object, event->canonical, (size_t)(found - event->canonical));
    text_append_bytes(object, after, (size_t)(end - after));
}

static void expect_same(const BatchEvent *event, const Text *again)
{
    EXPECT(again->size == event->canonical_size);
    EXPECT(memcmp(again->data, event->canonical, again->size) == 0);
}

static void check_plain(const BatchEvent *event)
{
    CLEANUP(cleanup_text) Text canonical = {0}, object = {0}, again = {0};

    event_canonical(&event->event, event->seq, &canonical);
    expect_same(event, &canonical);
    batch_encode_event(&event->event, &object);
    EXPECT(batch_check_object(object.data, object.size, event->seq, &again) == NULL);
    expect_same(event, &again);
}

static void check_event(const BatchEvent *event)
{
    CLEANUP(cleanup_text) Text object = {0}, canonical = {0}, line = {0};
    const char *objects[1];
    WireError error = {0};
    Batch batch;

    EXPECT(event->canonical_size > 0 && event->canonical[0] == '{');
    EXPECT(event->canonical[event->canonical_size - 1] == '}');
    EXPECT(text_utf8_valid(event->canonical, event->canonical_size));
    EXPECT(!memchr(event->canonical, '\n', event->canonical_size));
    if (event->refused) {
        EXPECT(!event->plain);
        return;
    }
    remove_seq(event, &object);
    if (batch_check_object(object.data, object.size, event->seq, &canonical) != NULL) {
        // Never longer than what was sent; but a terminal leaves room for the longest envelope.
        EXPECT(object.size > WIRE_LINE_MAX - 128);
        return;
    }
    expect_same(event, &canonical);
    objects[0] = text_cstr(&object);
    batch_encode("01JD3Z6Y8Q4N7W2K9T5B0C1D2E", event->seq, objects, 1, &line);
    EXPECT(batch_decode(line.data, line.size, &batch, &error) == 0);
    EXPECT(batch.count == 1 && !batch.events[0].refused && batch.events[0].plain == event->plain);
    EXPECT(batch.events[0].canonical_size == event->canonical_size);
    EXPECT(memcmp(batch.events[0].canonical, event->canonical, event->canonical_size) == 0);
    batch_deinit(&batch);
    if (event->plain)
        check_plain(event);
}

static void check_plain_decoder(const char *line, size_t size)
{
    WireError error = {0};
    Batch plain, any;

    if (!batch_plain_decode(line, size, &plain))
        return;
    EXPECT(batch_decode_any(line, size, &any, &error) == 0);
    EXPECT(same_batches(&plain, &any));
    batch_deinit(&plain);
    batch_deinit(&any);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    WireError error = {0};
    Batch batch;

    check_plain_decoder((const char *)data, size);
    if (batch_decode((const char *)data, size, &batch, &error) != 0) {
        EXPECT(error.reason);
        EXPECT(memchr(error.path, '\0', sizeof(error.path)));
        return 0;
    }
    EXPECT(batch.count <= WIRE_EVENTS_MAX && batch.first >= 1);
    for (size_t i = 0; i < batch.count; i++) {
        EXPECT(batch.events[i].seq == batch.first + i);
        check_event(&batch.events[i]);
    }
    batch_deinit(&batch);
    return 0;
}
