// Alarms. A reason is a word of ours, never the network's, so the table is bounded by the code.
#include "collector/alarm.h"

#include <stdio.h>
#include <string.h>

#include "collector/collector.h"

static LogLimit *alarm_limit(Alarms *alarms, const char *reason)
{
    for (unsigned i = 0; i < alarms->count; i++) {
        if (strncmp(alarms->limits[i].reason, reason, sizeof(alarms->limits[i].reason) - 1) == 0)
            return &alarms->limits[i].limit;
    }
    if (alarms->count == ALARM_REASONS_MAX)
        return &alarms->limits[ALARM_REASONS_MAX - 1].limit;

    AlarmLimit *limit = &alarms->limits[alarms->count++];
    snprintf(limit->reason, sizeof(limit->reason), "%s", reason);
    return &limit->limit;
}

void alarm_raise(Collector *collector, const char *reason, const char *topic, const char *detail)
{
    unsigned long suppressed;

    collector->counters.alarms++;
    if (log_limit_allow(alarm_limit(&collector->alarms, reason), &suppressed))
        log_warning("collector", "alarm reason=%s topic=%s detail=\"%s\" repeated=%lu", reason, topic, detail,
                    suppressed);
}
