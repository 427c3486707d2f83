#pragma once
// Whether two decoded batches say the same, down to the last byte and number.
#include <string.h>

#include "core/base/text.h"
#include "core/wire/batch.h"

static inline bool same_events(const Event *a, const Event *b)
{
    return a->kind == b->kind && a->by == b->by && a->mode == b->mode && a->clock == b->clock &&
           text_equal(a->session, b->session) && text_equal(a->member, b->member) &&
           text_equal(a->card, b->card) && text_equal(a->at_text, b->at_text) && a->at == b->at &&
           text_equal(a->reason, b->reason) && text_equal(a->visitor, b->visitor) &&
           a->minutes == b->minutes && a->of == b->of && a->count == b->count && a->found == b->found &&
           a->score == b->score;
}

static inline bool same_items(const BatchEvent *a, const BatchEvent *b)
{
    return a->seq == b->seq && text_equal(a->refused, b->refused) && a->plain == b->plain &&
           a->canonical_size == b->canonical_size &&
           memcmp(a->canonical, b->canonical, a->canonical_size) == 0 && text_equal(a->raw, b->raw) &&
           same_events(&a->event, &b->event);
}

static inline bool same_batches(const Batch *a, const Batch *b)
{
    if (strcmp(a->epoch, b->epoch) != 0 || a->first != b->first || a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        if (!same_items(&a->events[i], &b->events[i]))
            return false;
    }
    return true;
}
