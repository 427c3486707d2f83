#pragma once
// The audit log as the store itself needs it.
#include "core/store/audit.h"
#include "core/store/sqlite/keeping/heads_file.h"
#include "core/store/sqlite/store_private.h"

/// Proves the digests of all entries, and that they pass through what was noted of them; `tell` hears what
/// was found ("audit").
int audit_verify(Store *store, const HeadsMark *marks, size_t count,
                 void (*tell)(void *user, const char *what, const char *detail), void *user);
/// How many entries there are, and the digest of the last one.
int audit_head(Store *store, int64_t *ret_count, uint8_t ret_chain[static DIGEST_SIZE]);
