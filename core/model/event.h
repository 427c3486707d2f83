#pragma once
// An attendance event (打卡事件) as a plain value: what a terminal reported, decoded, never changed
// afterwards.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/clock.h"
#include "core/base/text.h"

typedef enum EventKind {
    EVENT_IN,
    EVENT_OUT,
    EVENT_LEAVE,
    EVENT_MAKEUP,
    EVENT_HOME,
    EVENT_CHECK,
    EVENT_VOID,
    EVENT_CLOSE,
    EVENT_KIND_COUNT
} EventKind;

typedef enum EventBy {
    EVENT_BY_NONE, // not stated
    EVENT_BY_CARD,
    EVENT_BY_QR,
    EVENT_BY_IDCARD,
    EVENT_BY_FACE,
    EVENT_BY_MANUAL,
    EVENT_BY_COUNT
} EventBy;

// `mode` of in and out; NONE is "not stated" and means follow.
typedef enum EventMode { EVENT_MODE_NONE, EVENT_MODE_FOLLOW, EVENT_MODE_LEAD, EVENT_MODE_COUNT } EventMode;
// How good the terminal's clock was; NONE is "not stated" and means ntp.
typedef enum EventClock {
    EVENT_CLOCK_NONE,
    EVENT_CLOCK_NTP,
    EVENT_CLOCK_RTC,
    EVENT_CLOCK_UNSET,
    EVENT_CLOCK_COUNT
} EventClock;

#define EVENT_NUMBER_NONE INT64_MIN
#define EVENT_NUMBER_MAX (INT64_C(1) << 53) // integers in an event lie within +-2^53
#define EVENT_CARD_SIZE_MAX 128             // bytes of a card token: longer ones are no card
#define EVENT_MINUTES_MAX 100000            // sanity bound of a make-up's minutes
#define EVENT_REASON_MAX 64

// Strings are borrowed and NULL where the key is absent. `session` and `member`/`card` may be absent as the
// kind allows.
typedef struct Event {
    EventKind kind;
    EventBy by;
    EventMode mode;
    EventClock clock;
    const char *session;
    const char *member;
    const char *card;
    const char *at_text; // as sent: it is part of the canonical bytes
    Time at;
    const char *reason;  // leave
    const char *visitor; // home
    int64_t minutes;     // makeup
    int64_t of;          // void: sequence number, same epoch
    int64_t count;       // close
    int64_t found;       // check: 0 or 1
    int64_t score;       // check: 0 to 100, optional
} Event;                 // numbers are EVENT_NUMBER_NONE where absent

/// An event with every optional value absent.
Event event_make(EventKind kind);

// Words of the wire; NULL / false for what is not there.
const char *event_kind_word(EventKind kind);
bool event_kind_parse(const char *word, EventKind *ret_kind);
const char *event_by_word(EventBy by);
bool event_by_parse(const char *word, EventBy *ret_by);
const char *event_mode_word(EventMode mode);
bool event_mode_parse(const char *word, EventMode *ret_mode);
const char *event_clock_word(EventClock clock);
bool event_clock_parse(const char *word, EventClock *ret_clock);

/// Checks what an event of its kind must and may carry (studyday-protocol(7), table of kinds). NULL if it is
/// acceptable, otherwise the reason as a word for receipts and quarantine: "bad-kind", "bad-member",
/// "bad-session", "bad-card", "bad-at", "bad-by", "bad-mode", "bad-clock", "bad-minutes", "bad-of",
/// "bad-count", "bad-found", "bad-score", "bad-reason", "bad-visitor", "member-and-card", "no-member"; of
/// several the first in the order kind, session, who, time, clock, keys of the kind. Keys of other kinds are
/// passed over. A time is never refused.
const char *event_check(const Event *event);

/// Appends the canonical bytes of an event that has only the keys of `Event` (studyday-protocol(7)
/// "canonical(e)"): keys in byte order, no white space, "seq" added. The wire's own writer handles events
/// with other keys.
void event_canonical(const Event *event, uint64_t seq, Text *text);
