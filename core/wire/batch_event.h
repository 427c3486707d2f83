#pragma once
// Private to core/wire: one item of `events`, parsed and judged.
#include "core/wire/batch.h"
#include "core/wire/wire_json.h"

/// Judges `object` as event `seq`: fills in everything but `canonical`, whose bytes are appended to
/// `canonical`. Strings are borrowed from `object`.
void batch_event_read(json_t *object, uint64_t seq, BatchEvent *ret_event, Text *canonical);
