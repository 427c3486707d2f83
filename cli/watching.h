#pragma once
// How a backup or a restore is seen by whoever started it: a progress line, what verification finds, and
// Ctrl-C, which leaves nothing behind.
#include "core/base/progress.h"
#include "core/store/backup.h"

typedef struct Watching {
    Progress progress;
    BackupStage stage;
    int64_t found;
    BackupWatch watch; // to hand over
} Watching;

/// Takes over SIGINT, SIGTERM and SIGHUP until watching_end(). The address must not change in between.
void watching_begin(Watching *watching);
void watching_end(Watching *watching);
