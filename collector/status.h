#pragma once
// What the control operation "status" answers: one JSON document for `studyday status` and for monitoring.
#include <stdbool.h>

#include "core/base/text.h"
#include "core/store/store.h"

// The database's totals cost a walk over its tables: they are counted again only when that has paid off.
typedef struct StatusTotals {
    StoreCounts counts;
    bool known;
    Time counted_at; // wall clock
    Time next;       // monotonic
} StatusTotals;

typedef struct Collector Collector;

/// Appends the document and a newline. `terminals`: each terminal that has spoken since boot as well.
void status_write(Collector *collector, bool terminals, Text *out);
