#pragma once
// event.form: the enumerations and flags of a stored event in one integer. The bit positions are part of the
// file format: the partial indexes of the schema name FORM_LOOSE (4096) and FORM_CARD (8192).
#include "core/model/event.h"

#define FORM_KIND_MASK 0xf // EventKind; FORM_KIND_UNKNOWN for a refused event whose kind could not be read
#define FORM_KIND_UNKNOWN 0xf
#define FORM_BY_SHIFT 4    // 3 bits
#define FORM_MODE_SHIFT 7  // 2 bits
#define FORM_CLOCK_SHIFT 9 // 2 bits
#define FORM_REFUSED (1 << 11)
#define FORM_LOOSE (1 << 12) // the session was left out: it is found by time (R1)
#define FORM_CARD (1 << 13)  // a card stands in place of the member (R3)
#define FORM_ZULU (1 << 14)  // `at` ends in Z
#define FORM_OFFSET_SHIFT 15 // 8 bits: quarter hours of the offset of `at`, plus 128
#define FORM_BATCH (1 << 23) // a line of an office batch (R12)

static inline EventKind form_kind(int64_t form)
{
    return (EventKind)(form & FORM_KIND_MASK);
}
static inline EventClock form_clock(int64_t form)
{
    return (EventClock)((form >> FORM_CLOCK_SHIFT) & 3);
}
static inline EventMode form_mode(int64_t form)
{
    return (EventMode)((form >> FORM_MODE_SHIFT) & 3);
}
static inline EventBy form_by(int64_t form)
{
    return (EventBy)((form >> FORM_BY_SHIFT) & 7);
}

/// The form of an event; `at`'s notation is kept where form_at_text() can give it back.
int64_t form_make(const Event *event, bool refused);
/// Writes `at` in the notation that the form describes: "2026-11-05T08:58:12+08:00". True if whole seconds.
bool form_at_text(int64_t form, Time at, char ret_text[static CLOCK_TEXT_SIZE]);
