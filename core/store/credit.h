#pragma once
// The credit of the year by member is added up a session at a time, after its day: a writer's task for a
// quiet moment. Until then whoever asks for a year adds what the session's attendances say.
#include <stdbool.h>

#include "core/store/store.h"

#define CREDIT_DELAY (6 * TIME_HOUR) // after a session's end most of its events are there

#define CREDIT_PIECE 4096 // attendances that a transaction adds: some 10 ms of work

/// Adds the credit of at most `rows` attendances of each area, of the sessions that ended CREDIT_DELAY before
/// `now`. Own transaction unless one is open. `ret_more`: there may be more to add already. Changes no
/// figure.
int credit_add_due(Store *store, Time now, int64_t rows, bool *ret_more);
