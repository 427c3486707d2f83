#pragma once
// Private to core/wire: one item of `events`, parsed and judged.
#include "core/wire/batch.h"
#include "core/wire/wire_json.h"

// The keys of events, in byte order.
typedef enum BatchField {
    BATCH_FIELD_AT,
    BATCH_FIELD_BY,
    BATCH_FIELD_CARD,
    BATCH_FIELD_CLOCK,
    BATCH_FIELD_COUNT,
    BATCH_FIELD_FOUND,
    BATCH_FIELD_KIND,
    BATCH_FIELD_MEMBER,
    BATCH_FIELD_MINUTES,
    BATCH_FIELD_MODE,
    BATCH_FIELD_OF,
    BATCH_FIELD_REASON,
    BATCH_FIELD_SCORE,
    BATCH_FIELD_SEQ,
    BATCH_FIELD_SESSION,
    BATCH_FIELD_VISITOR,
    BATCH_FIELD_TOTAL
} BatchField;

#define BATCH_BIT(field) (1u << (field))
/// Which fields an event of each kind has (studyday-protocol(7), table of kinds), as bits; by
/// EVENT_KIND_COUNT those of an unknown kind.
extern const unsigned batch_kind_fields[EVENT_KIND_COUNT + 1];
/// BATCH_FIELD_TOTAL if no kind has such a key.
BatchField batch_field_find(const char *name, size_t size);

/// Judges `object` as event `seq`: fills in everything but `canonical`, whose bytes are appended to
/// `canonical`. Strings are borrowed from `object`.
void batch_event_read(json_t *object, uint64_t seq, BatchEvent *ret_event, Text *canonical);
