#pragma once
// attendance.facts: what the fold needs of a pair's events, packed as variable-length integers. Each fact
// names its event by stream and sequence number, so that a void finds it and nothing enters twice.
#include "core/base/text.h"
#include "core/model/attendance.h"

typedef struct PairFact {
    int64_t stream;
    uint64_t seq;
    bool batch; // of an office batch (R12): its home org's own point is not silent
    Fact fact;  // `point` is not kept: the caller looks the code up by point_key
} PairFact;

void facts_append(Text *blob, const PairFact *fact);
/// Decodes a blob into a new array (appended after `*ret_count` items of `*ret_facts`). -EUCLEAN if it is
/// damaged.
int facts_decode(const void *blob, size_t size, PairFact **facts, size_t *count);
/// Whether a blob has a fact of the kind, void or not, without unpacking the rest. False where it is damaged.
bool facts_have_kind(const void *blob, size_t size, EventKind kind);
