#include "core/store/sqlite/ledger/facts.h"

#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/sqlite/varint.h"

// One fact: stream, seq, word (kind 3 bits, mode 2, clock 2, void 1, fine 1, batch 1), at since TIME_BASE
// (zigzag; in milliseconds, or in microseconds where it is fine), point, then for a make-up its minutes and
// for a check found + 2 * (score + 1). No precision is lost: what is folded again must give what was folded
// first.

#define WORD_VOID (1u << 7)
#define WORD_FINE (1u << 8)
#define WORD_BATCH (1u << 9)

#define TIME_BASE (INT64_C(1767225600) * TIME_SECOND) // 2026-01-01T00:00:00Z: keeps the numbers short

void facts_append(Text *blob, const PairFact *pair)
{
    const Fact *fact = &pair->fact;
    unsigned word = (unsigned)fact->kind | (unsigned)fact->mode << 3 | (unsigned)fact->clock << 5 |
                    (fact->is_void ? WORD_VOID : 0) | (pair->batch ? WORD_BATCH : 0);
    int64_t relative = fact->at - TIME_BASE;

    if (relative % 1000 != 0)
        word |= WORD_FINE;

    varint_put(blob, (uint64_t)pair->stream);
    varint_put(blob, pair->seq);
    varint_put(blob, word);
    varint_put(blob, varint_zigzag(word & WORD_FINE ? relative : relative / 1000));
    varint_put(blob, (uint64_t)fact->point_key);
    if (fact->kind == EVENT_MAKEUP)
        varint_put(blob, (uint64_t)fact->minutes);
    if (fact->kind == EVENT_CHECK)
        varint_put(blob, (uint64_t)fact->found + 2 * (uint64_t)(fact->score + 1));
}

static bool decode_one(const uint8_t **at, const uint8_t *end, PairFact *ret_pair)
{
    uint64_t stream, seq, word, relative, point, extra = 0;

    if (!varint_get(at, end, &stream) || !varint_get(at, end, &seq) || !varint_get(at, end, &word) ||
        !varint_get(at, end, &relative) || !varint_get(at, end, &point))
        return false;
    Fact fact = {
        .kind = (EventKind)(word & 7),
        .mode = (EventMode)(word >> 3 & 3),
        .clock = (EventClock)(word >> 5 & 3),
        .is_void = (word & WORD_VOID) != 0,
        .at = TIME_BASE + varint_unzigzag(relative) * (word & WORD_FINE ? 1 : 1000),
        .point_key = (int32_t)point,
        .score = -1,
    };
    if ((fact.kind == EVENT_MAKEUP || fact.kind == EVENT_CHECK) && !varint_get(at, end, &extra))
        return false;
    if (fact.kind == EVENT_MAKEUP)
        fact.minutes = (int32_t)extra;
    if (fact.kind == EVENT_CHECK) {
        fact.found = (int8_t)(extra & 1);
        fact.score = (int16_t)((int64_t)(extra >> 1) - 1);
    }
    *ret_pair =
        (PairFact){.stream = (int64_t)stream, .seq = seq, .batch = (word & WORD_BATCH) != 0, .fact = fact};
    return true;
}

int facts_decode(const void *blob, size_t size, PairFact **facts, size_t *count)
{
    const uint8_t *at = blob, *end = size ? at + size : at; // no facts are no blob: NULL

    while (at < end) {
        PairFact pair;
        if (!decode_one(&at, end, &pair))
            return error_origin(-EUCLEAN);
        *facts = alloc_resize(*facts, *count + 1, sizeof(**facts));
        (*facts)[(*count)++] = pair;
    }
    return 0;
}

bool facts_have_kind(const void *blob, size_t size, EventKind kind)
{
    const uint8_t *at = blob, *end = size ? at + size : at;
    PairFact pair;

    while (at < end && decode_one(&at, end, &pair))
        if (pair.fact.kind == kind)
            return true;
    return false;
}
