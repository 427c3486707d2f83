#pragma once
// What an operator must hear of: counted always, logged at a rate. The log's rate limit is kept for each
// reason apart, so that one noisy terminal does not hide another kind of trouble.
#include "core/base/log.h"

#define ALARM_REASONS_MAX \
    48 // more reasons than the wire and the register know together; the rest share the last limit

typedef struct AlarmLimit {
    char reason[32];
    LogLimit limit;
} AlarmLimit;

typedef struct Alarms {
    AlarmLimit limits[ALARM_REASONS_MAX];
    unsigned count;
} Alarms;

typedef struct Collector Collector;

/// `topic` is as it came from the network, `detail` says where or how many ("" nothing).
void alarm_raise(Collector *collector, const char *reason, const char *topic, const char *detail);
