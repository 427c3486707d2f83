#pragma once
// What happens at one learning point on one study day: who comes, when, and how it is recorded. From the seed
// alone: the same members do the same at the same session each time.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/clock.h"
#include "core/model/event.h"
#include "core/model/session.h"

typedef struct DayMember {
    const char *code;
    const char *card; // NULL: has none
    bool guest;       // comes from another point
} DayMember;

#define DAY_NOBODY UINT32_MAX

typedef struct DayScan {
    Time at;
    uint32_t id;     // in the order in which they were made up
    uint32_t member; // index in the point's members, or DAY_NOBODY
    uint32_t of;     // void: place among the point's scans of the one taken back
    int32_t number;  // minutes of a makeup, score of a check (-1: none), count of a close
    EventKind kind;
    EventBy by;
    bool by_card; // the card stands in the event, not the member
    bool found;
} DayScan;

typedef struct DayPoint {
    const char *session;
    const SessionRules *rules;
    const DayMember *members;
    size_t member_count;
    uint64_t seed;
    bool lead;  // the lecture hall of the city or a county
    bool voids; // the organiser takes back mistakes: the sequence numbers must be known for it
    Time now;   // nothing happens later
} DayPoint;

/// The scans in the order of their times. The caller frees the array.
void day_make(const DayPoint *point, DayScan **ret_scans, size_t *ret_count);
/// A scan as an event; `first` is the sequence number of the first of the point's scans. `at_text` is storage
/// for the event's time. Strings are borrowed.
Event day_event(const DayPoint *point, const DayScan *scan, uint64_t first,
                char at_text[static CLOCK_TEXT_SIZE]);
/// The same as a line for studyday-terminal.
void day_append_line(const DayPoint *point, const DayScan *scan, uint64_t first, Text *text);
