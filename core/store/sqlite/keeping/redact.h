#pragma once
// Taking words out of what has been kept as it came: bytes of events, quarantine, texts, the audit log.
#include "core/model/code.h"
#include "core/store/person.h"
#include "core/store/sqlite/store_private.h"

#define REDACT_CARDS_MAX 32 // of one member, over the years; a plan tells no more than 64

// What must not be found any more. `name` "": too much like other words to be looked for.
typedef struct RedactWords {
    const char *member; // the code that stays
    char *name;
    char cards[REDACT_CARDS_MAX][CODE_SIZE_MAX + 1];
    size_t card_count;
} RedactWords;

/// Events whose bytes name the person. PERSON_E_WAITS.
int redact_events(Store *store, const RedactWords *words, PersonErased *erased);
/// Quarantine, reasons, the audit log. The triggers that keep rows must have been lifted.
int redact_texts(Store *store, const RedactWords *words, PersonErased *erased);

/// Takes all triggers away and hands out what makes them again (redact_put_back).
int redact_lift(Store *store, Text *ret_triggers);
int redact_put_back(Store *store, const Text *triggers);

/// The chain behind an event that was redacted: 1 and `ret_chain`, or 0.
int redacted_chain(Store *store, int64_t key, uint8_t ret_chain[static DIGEST_SIZE]);
/// Whether there is any redacted event at all; one that cannot be asked for counts as one.
bool redacted_any(Store *store);
/// Whether the audit log says of its entry `id` that a later erasure has redacted it.
int redacted_entry(Store *store, int64_t id, bool *ret_redacted);
