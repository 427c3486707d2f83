#pragma once
// The audit log as the store itself needs it.
#include "core/store/audit.h"
#include "core/store/sqlite/store_private.h"

/// Proves the digests of all entries; `tell` hears what was found ("audit").
int audit_verify(Store *store, void (*tell)(void *user, const char *what, const char *detail), void *user);
