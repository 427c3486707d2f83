#pragma once
// Private to core/wire: canonical bytes of any event object (studyday-protocol(7), receipt: canonical(e)).
#include <stdint.h>

#include <jansson.h>

#include "core/base/text.h"

/// Appends the object with all its keys and `"seq":seq` among them. Every value must be a string or an
/// integer, and there must be no key `seq`.
void canonical_write(json_t *object, uint64_t seq, Text *text);
/// Appends {"seq":N}: what stands in the chain for an event whose values cannot all be written.
void canonical_write_bare(uint64_t seq, Text *text);
