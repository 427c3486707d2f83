#pragma once
// What the organiser must be told (T3, T6): at most one alarm of a kind, kept in memory by the agent, in the
// outbox for `status`.
#include <stdbool.h>
#include <stddef.h>

#include "core/base/text.h"

#define ALARM_CHAIN "chain-differs" // T3
#define ALARM_AHEAD \
    "collector-ahead"       // a receipt for more than was recorded: an old copy of the outbox is back
#define ALARM_MAC "bad-mac" // a payload from above without the right MAC
#define ALARM_UNREADABLE "bad-payload" // one that cannot be read
#define ALARM_BROKER "broker-refused"  // T6: a reason code instead of an acknowledgement
#define ALARM_OVERDUE "no-receipt"     // T6
#define ALARM_FAULT "collector-fault"  // the collector says that it cannot store
#define ALARM_DISK "disk"              // our own disk
#define ALARM_GONE "gap"               // the collector lacks what is no longer kept here
#define ALARM_REFUSED "refused"        // events that the collector keeps in quarantine

#define ALARMS_MAX 12 // kinds there can be; the list above is shorter
#define ALARMS_DETAIL_SIZE 128

typedef struct Alarm {
    char code[24];
    char detail[ALARMS_DETAIL_SIZE];
} Alarm;

typedef struct Alarms {
    Alarm list[ALARMS_MAX];
    size_t count;
} Alarms;

/// True if that is news. What is too long is cut between characters.
bool alarms_raise(Alarms *alarms, const char *code, const char *detail);
/// True if it was there.
bool alarms_clear(Alarms *alarms, const char *code);
/// A sentence for the organiser, translated.
const char *alarms_title(const char *code);
/// "code: detail" as `status` lists it.
void alarms_append(Text *text, const char *code, const char *detail);
