#pragma once
// What has been quarantined lately, so that a sender who repeats the same bytes for ever fills the counters
// and not the disk.
#include <stdbool.h>
#include <stddef.h>

#include "core/base/digest.h"

#define KEPT_MAX 1024 // messages remembered: more than a whole area of terminals with one trouble has at once

typedef struct Kept {
    uint8_t digests[KEPT_MAX][DIGEST_SIZE]; // of topic, reason and payload
    size_t count, next;                     // a ring
} Kept;

/// Whether this very message stands in quarantine already; otherwise remembers it as one that now does.
bool kept_has(Kept *kept, const char *topic, const char *reason, const void *payload, size_t size);
/// Forgets all: after a rollback, and when the office may have worked on the entries.
void kept_clear(Kept *kept);
