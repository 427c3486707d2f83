#pragma once
// Stored events as JSON lines: the last step of "why is this figure what it is".
#include "core/base/text.h"
#include "core/store/query.h"

/// Appends the event as one JSON object, without a newline.
void report_events_append(const EventRow *event, Text *text);
