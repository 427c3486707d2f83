#pragma once
// A session (场次) and the rules that its columns carry, as the fold sees it.
#include <stdbool.h>
#include <stdint.h>

#include "core/base/clock.h"

typedef enum SessionKind {
    SESSION_STUDY_DAY,
    SESSION_MEETING,
    SESSION_LECTURE,
    SESSION_THEMED_DAY,
    SESSION_CLASS,
    SESSION_SITE_VISIT,
    SESSION_ONLINE,
    SESSION_READING,
    SESSION_JOINT,
    SESSION_KIND_COUNT
} SessionKind;

const char *session_kind_word(SessionKind kind);                  // "study-day", ...
const char *session_kind_title(SessionKind kind);                 // for people, N_()
bool session_kind_parse(const char *word, SessionKind *ret_kind); // also the Chinese terms

// Shipped defaults of studyday-rules(7); numbers marked * there.
#define SESSION_WINDOW_MINUTES 60       // R1: before the start and after the end
#define SESSION_WINDOW_MAX_MINUTES 1440 // a day: what a rule may make of it
#define SESSION_LATE_MINUTES 10         // status 1
#define SESSION_EARLY_MINUTES 10        // status 2
#define SESSION_MAKEUP_DAYS 30          // status 5: days after the session's date
#define SESSION_PRESENCE_PERMILLE 500   // R14: presence that earns the session's minutes
#define SESSION_PASS_SCORE 60           // R26
#define SESSION_RULE "session"          // R14: name of the rule of credit; the shipped version is 1

typedef struct SessionRules {
    Time starts, ends; // ends > starts
    int32_t minutes;   // what it is worth
    Time makeup_end;   // exclusive: first instant after the day `makeup_until`, in the site's zone
    Time window_before, window_after; // durations
    Time late_after, early_before;    // grace, durations
    int32_t presence_permille;
    int32_t pass_score; // R26
} SessionRules;

/// The window of R1: `at` within window_before of the start to window_after of the end, bounds included.
bool session_window_holds(const SessionRules *session, Time at);
/// R16: the part of `credit` minutes that belongs to the year in which the session starts; the rest is the
/// later year's.
int32_t session_split_first_year(const SessionRules *session, int32_t credit);
