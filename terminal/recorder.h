#pragma once
// From scan lines to committed events (T1): the one way into the outbox, for `scan` and for `run`.
#include "core/base/text.h"
#include "core/store/outbox/outbox.h"

#define RECORDER_GROUP_MAX \
    256 // lines that share one commit: lines that have come at once need one fsync, not many

/// Records the lines in one transaction. Appends for each of them, in order, "OK EPOCH:SEQ" or "REFUSED
/// reason" and LF. Returns the exit code of the worst: EX_OK, EX_DATAERR (refused for what it says),
/// EX_TEMPFAIL (another process held the lock), EX_IOERR (disk full or failing: nothing was recorded).
int recorder_record(Outbox *outbox, const char *const *lines, size_t count, Text *replies);

/// What to say after REFUSED when the outbox `path` failed with `r`, and the exit code.
const char *recorder_refusal(const char *path, int r, int *ret_exit);
