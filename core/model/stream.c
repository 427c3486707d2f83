// Which sequence numbers of one stream are stored. Nearly always there is no gap and a stream is one number;
// beyond a gap a bitmap of the next STREAM_AHEAD_MAX numbers stands in, and is given back as soon as the gap
// is filled.
//
// Invariants: bit 0 of `ahead` (the number after `through`) is never set between calls, since setting it
// moves `through`; `ahead` is allocated exactly while `ahead_count`, the number of set bits, is not 0. Number
// 0 does not exist and is judged as known: nothing is ever taken for it.
#include "core/model/stream.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"

#define WORD_BITS 64
#define AHEAD_WORDS (STREAM_AHEAD_MAX / WORD_BITS)

static_assert(STREAM_AHEAD_MAX % WORD_BITS == 0, "the bitmap is made of whole words");

static bool ahead_has(const uint64_t *ahead, uint64_t index)
{
    return ahead[index / WORD_BITS] >> (index % WORD_BITS) & 1;
}

static void ahead_set(uint64_t *ahead, uint64_t index)
{
    ahead[index / WORD_BITS] |= UINT64_C(1) << (index % WORD_BITS);
}

/// First index from `from` on whose bit is `value`; STREAM_AHEAD_MAX if there is none.
static unsigned ahead_find(const uint64_t *ahead, unsigned from, bool value)
{
    unsigned word = from / WORD_BITS;
    if (word >= AHEAD_WORDS)
        return STREAM_AHEAD_MAX;

    uint64_t flip = value ? 0 : UINT64_MAX;
    uint64_t bits = (ahead[word] ^ flip) & (UINT64_MAX << (from % WORD_BITS));
    while (!bits) {
        if (++word == AHEAD_WORDS)
            return STREAM_AHEAD_MAX;
        bits = ahead[word] ^ flip;
    }
    return word * WORD_BITS + (unsigned)__builtin_ctzll(bits);
}

/// Drops the lowest `count` bits; the others move down.
static void ahead_shift(uint64_t *ahead, unsigned count)
{
    unsigned words = count / WORD_BITS, bits = count % WORD_BITS;
    for (unsigned i = 0; i < AHEAD_WORDS; i++) {
        unsigned from = i + words;
        uint64_t low = from < AHEAD_WORDS ? ahead[from] : 0;
        uint64_t high = from + 1 < AHEAD_WORDS ? ahead[from + 1] : 0;
        ahead[i] = bits ? low >> bits | high << (WORD_BITS - bits) : low;
    }
}

void stream_deinit(StreamHead *head)
{
    free(head->ahead);
    *head = (StreamHead){0};
}

StreamVerdict stream_judge(const StreamHead *head, uint64_t seq)
{
    if (seq <= head->through)
        return STREAM_KNOWN;
    uint64_t index = seq - head->through - 1;
    if (index >= STREAM_AHEAD_MAX)
        return STREAM_DEFERRED;
    return head->ahead && ahead_has(head->ahead, index) ? STREAM_KNOWN : STREAM_NEW;
}

uint64_t stream_take(StreamHead *head, uint64_t seq)
{
    assert(stream_judge(head, seq) == STREAM_NEW);

    uint64_t index = seq - head->through - 1;
    if (index == 0 && !head->ahead) {
        head->through++;
        return 1;
    }

    if (!head->ahead)
        head->ahead = alloc_zero(AHEAD_WORDS * sizeof(*head->ahead));
    ahead_set(head->ahead, index);
    head->ahead_count++;
    if (index != 0)
        return 0;

    unsigned run = ahead_find(head->ahead, 0, false);
    head->through += run;
    head->ahead_count -= run;
    if (head->ahead_count == 0) {
        free(head->ahead);
        head->ahead = NULL;
    } else {
        ahead_shift(head->ahead, run);
    }
    return run;
}

unsigned stream_also(const StreamHead *head, StreamRange ret_ranges[static STREAM_ALSO_MAX])
{
    unsigned count = 0;
    if (!head->ahead)
        return 0;

    unsigned first = ahead_find(head->ahead, 0, true);
    while (first < STREAM_AHEAD_MAX && count < STREAM_ALSO_MAX) {
        unsigned end = ahead_find(head->ahead, first, false);
        ret_ranges[count++] = (StreamRange){head->through + 1 + first, head->through + end};
        first = ahead_find(head->ahead, end, true);
    }
    return count;
}
