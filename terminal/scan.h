#pragma once
// A line of the organiser's or of a card reader, `KIND MEMBER|card:TOKEN [SESSION] [key=value ...]`, as the
// event that it stands for. What breaks the rules of payloads never gets further (T7).
#include "core/model/event.h"

#define SCAN_LINE_MAX 4096 // bytes of a line: the longest event that makes sense has a tenth of it

// What is true while a line is read. The parser has no clock of its own.
typedef struct ScanContext {
    Time now;         // the default of `at`
    EventClock clock; // how good it is; said unless ntp
    /// The session that runs at `at` by the plan, if that is certain: a string for the caller to free, or
    /// NULL.
    char *(*session_at)(void *user, Time at);
    void *user;
} ScanContext;

typedef struct Scan {
    const char *kind;    // a constant
    const char *session; // these three point into `words`; NULL where absent
    const char *member, *card;
    uint64_t of; // void, otherwise 0
    Time at;
    Text object;    // JSON as it is sent
    char *words[2]; // what the strings above stand in
} Scan;

/// NULL and `ret_scan`, or the reason of the refusal, a constant word.
const char *scan_parse(const char *line, const ScanContext *context, Scan *ret_scan);
void scan_deinit(Scan *scan);
/// The present clock's quality: ntp while the kernel knows it to be synchronised, unset where the year cannot
/// be true.
EventClock scan_clock_quality(Time now);
