#pragma once
// Progress of long work: one line on stderr when it is a terminal, nothing otherwise.
#include <stdbool.h>
#include <stdint.h>

#include "core/base/clock.h"

typedef struct Progress {
    const char *label;
    uint64_t total; // 0: unknown
    Time next;      // next moment worth drawing
    Time started;
    bool active;
} Progress;

void progress_init(Progress *progress, const char *label, uint64_t total);
/// Cheap enough to call for every item; draws at most ten times a second.
void progress_update(Progress *progress, uint64_t done);
/// Clears the line.
void progress_deinit(Progress *progress);
