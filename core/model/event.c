// An event as a value: its words, what its kind must carry, and its canonical bytes.
//
// The table of kinds in studyday-protocol(7) decides what is checked: a key that belongs to another kind
// (minutes on an `in`) is an unknown key there, so it is neither checked nor lost. A time is never a reason
// to refuse, only its absence. What is acceptable is a matter of form alone: whether a member, card or
// session exists is for the store to find out.
#include "core/model/event.h"

#include <string.h>

#include "core/model/code.h"
#include "core/model/words.h"

#define SCORE_MAX 100 // of a spot-check (studyday-protocol(7), kind check)

static const Word kinds[EVENT_KIND_COUNT] = {
    [EVENT_IN] = {.word = "in"},         [EVENT_OUT] = {.word = "out"},     [EVENT_LEAVE] = {.word = "leave"},
    [EVENT_MAKEUP] = {.word = "makeup"}, [EVENT_HOME] = {.word = "home"},   [EVENT_CHECK] = {.word = "check"},
    [EVENT_VOID] = {.word = "void"},     [EVENT_CLOSE] = {.word = "close"},
};

static const Word bys[EVENT_BY_COUNT] = {
    [EVENT_BY_CARD] = {.word = "card"},     [EVENT_BY_QR] = {.word = "qr"},
    [EVENT_BY_IDCARD] = {.word = "idcard"}, [EVENT_BY_FACE] = {.word = "face"},
    [EVENT_BY_MANUAL] = {.word = "manual"},
};

static const Word modes[EVENT_MODE_COUNT] = {
    [EVENT_MODE_FOLLOW] = {.word = "follow"},
    [EVENT_MODE_LEAD] = {.word = "lead"},
};

static const Word clocks[EVENT_CLOCK_COUNT] = {
    [EVENT_CLOCK_NTP] = {.word = "ntp"},
    [EVENT_CLOCK_RTC] = {.word = "rtc"},
    [EVENT_CLOCK_UNSET] = {.word = "unset"},
};

Event event_make(EventKind kind)
{
    return (Event){
        .kind = kind,
        .at = TIME_NONE,
        .minutes = EVENT_NUMBER_NONE,
        .of = EVENT_NUMBER_NONE,
        .count = EVENT_NUMBER_NONE,
        .found = EVENT_NUMBER_NONE,
        .score = EVENT_NUMBER_NONE,
    };
}

const char *event_kind_word(EventKind kind)
{
    return words_get(kinds, EVENT_KIND_COUNT, (size_t)kind);
}

bool event_kind_parse(const char *word, EventKind *ret_kind)
{
    size_t index;
    if (!words_find(kinds, EVENT_KIND_COUNT, word, &index))
        return false;
    *ret_kind = (EventKind)index;
    return true;
}

const char *event_by_word(EventBy by)
{
    return words_get(bys, EVENT_BY_COUNT, (size_t)by);
}

bool event_by_parse(const char *word, EventBy *ret_by)
{
    size_t index;
    if (!words_find(bys, EVENT_BY_COUNT, word, &index))
        return false;
    *ret_by = (EventBy)index;
    return true;
}

const char *event_mode_word(EventMode mode)
{
    return words_get(modes, EVENT_MODE_COUNT, (size_t)mode);
}

bool event_mode_parse(const char *word, EventMode *ret_mode)
{
    size_t index;
    if (!words_find(modes, EVENT_MODE_COUNT, word, &index))
        return false;
    *ret_mode = (EventMode)index;
    return true;
}

const char *event_clock_word(EventClock clock)
{
    return words_get(clocks, EVENT_CLOCK_COUNT, (size_t)clock);
}

bool event_clock_parse(const char *word, EventClock *ret_clock)
{
    size_t index;
    if (!words_find(clocks, EVENT_CLOCK_COUNT, word, &index))
        return false;
    *ret_clock = (EventClock)index;
    return true;
}

static bool is_code(const char *text)
{
    return code_valid(text, strnlen(text, CODE_SIZE_MAX + 1));
}

static bool is_clean(const char *text, size_t limit)
{
    size_t size = strnlen(text, limit + 1);
    return size >= 1 && size <= limit && text_is_clean(text, size);
}

static bool is_within(int64_t number, int64_t min, int64_t max)
{
    return number >= min && number <= max;
}

/// Who the event is about: one of `member` and `card`, nobody for a close, anybody or nobody for a void.
static const char *check_who(const Event *event)
{
    if (event->kind == EVENT_CLOSE)
        return event->member || event->card ? "bad-member" : NULL;
    if (event->member && event->card)
        return "member-and-card";
    if (event->member)
        return is_code(event->member) ? NULL : "bad-member";
    if (event->card)
        return is_clean(event->card, EVENT_CARD_SIZE_MAX) ? NULL : "bad-card";
    return event->kind == EVENT_VOID ? NULL : "no-member";
}

static const char *check_kind(const Event *event)
{
    switch (event->kind) {
    case EVENT_IN:
    case EVENT_OUT:
        if ((unsigned)event->by >= EVENT_BY_COUNT)
            return "bad-by";
        return (unsigned)event->mode < EVENT_MODE_COUNT ? NULL : "bad-mode";
    case EVENT_LEAVE:
        return !event->reason || is_clean(event->reason, EVENT_REASON_MAX) ? NULL : "bad-reason";
    case EVENT_MAKEUP:
        return is_within(event->minutes, 1, EVENT_MINUTES_MAX) ? NULL : "bad-minutes";
    case EVENT_HOME:
        return !event->visitor || is_code(event->visitor) ? NULL : "bad-visitor";
    case EVENT_CHECK:
        if (!is_within(event->found, 0, 1))
            return "bad-found";
        return event->score == EVENT_NUMBER_NONE || is_within(event->score, 0, SCORE_MAX) ? NULL
                                                                                          : "bad-score";
    case EVENT_VOID:
        return is_within(event->of, 1, EVENT_NUMBER_MAX) ? NULL : "bad-of";
    case EVENT_CLOSE:
    case EVENT_KIND_COUNT: // event_check() lets none through
        break;
    }
    return is_within(event->count, 0, EVENT_NUMBER_MAX) ? NULL : "bad-count";
}

const char *event_check(const Event *event)
{
    if ((unsigned)event->kind >= EVENT_KIND_COUNT)
        return "bad-kind";
    if (event->session && !is_code(event->session))
        return "bad-session";
    const char *reason = check_who(event);
    if (reason)
        return reason;
    if (!event->at_text || event->at == TIME_NONE)
        return "bad-at";
    if ((unsigned)event->clock >= EVENT_CLOCK_COUNT)
        return "bad-clock";
    return check_kind(event);
}

// The canonical bytes are collected here and handed to the Text in one piece: this runs once for every event
// that arrives. An event of codes of ordinary length fits; what does not is handed over in several pieces.
#define CANONICAL_BUFFER 512

typedef struct Canonical {
    Text *text;
    size_t used;
    char buffer[CANONICAL_BUFFER];
} Canonical;

static void canonical_flush(Canonical *canonical)
{
    text_append_bytes(canonical->text, canonical->buffer, canonical->used);
    canonical->used = 0;
}

static inline void canonical_put(Canonical *canonical, const char *data, size_t size)
{
    if (size > sizeof(canonical->buffer) - canonical->used) {
        canonical_flush(canonical);
        if (size > sizeof(canonical->buffer)) {
            text_append_bytes(canonical->text, data, size);
            return;
        }
    }
    memcpy(canonical->buffer + canonical->used, data, size);
    canonical->used += size;
}

/// Whether the JSON form of the bytes is the bytes themselves in quotes.
static bool is_plain(const char *value, size_t size)
{
    bool special = false;
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)value[i];
        special |= c < 0x20 || c == '"' || c == '\\';
    }
    return !special;
}

/// `key` is `,"key":` ready to be written.
static void canonical_put_string(Canonical *canonical, const char *key, size_t key_size, const char *value)
{
    if (!value)
        return;
    size_t size = strlen(value);
    canonical_put(canonical, key, key_size);
    if (is_plain(value, size)) {
        canonical_put(canonical, "\"", 1);
        canonical_put(canonical, value, size);
        canonical_put(canonical, "\"", 1);
    } else {
        canonical_flush(canonical);
        text_append_json(canonical->text, value, size);
    }
}

static void canonical_put_number(Canonical *canonical, const char *key, size_t key_size, uint64_t number,
                                 bool negative)
{
    char digits[24]; // sign and 20 digits of 64 bits
    size_t from = sizeof(digits);
    do {
        digits[--from] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    if (negative)
        digits[--from] = '-';
    canonical_put(canonical, key, key_size);
    canonical_put(canonical, digits + from, sizeof(digits) - from);
}

static void canonical_put_optional(Canonical *canonical, const char *key, size_t key_size, int64_t number)
{
    if (number == EVENT_NUMBER_NONE)
        return;
    bool negative = number < 0;
    canonical_put_number(canonical, key, key_size, negative ? -(uint64_t)number : (uint64_t)number, negative);
}

#define KEY(name) ",\"" name "\":", sizeof(",\"" name "\":") - 1

void event_canonical(const Event *event, uint64_t seq, Text *text)
{
    Canonical canonical;
    canonical.text = text;
    canonical.used = 0;
    size_t start = text->size;

    canonical_put_string(&canonical, KEY("at"), event->at_text);
    canonical_put_string(&canonical, KEY("by"), event_by_word(event->by));
    canonical_put_string(&canonical, KEY("card"), event->card);
    canonical_put_string(&canonical, KEY("clock"), event_clock_word(event->clock));
    canonical_put_optional(&canonical, KEY("count"), event->count);
    canonical_put_optional(&canonical, KEY("found"), event->found);
    canonical_put_string(&canonical, KEY("kind"), event_kind_word(event->kind));
    canonical_put_string(&canonical, KEY("member"), event->member);
    canonical_put_optional(&canonical, KEY("minutes"), event->minutes);
    canonical_put_string(&canonical, KEY("mode"), event_mode_word(event->mode));
    canonical_put_optional(&canonical, KEY("of"), event->of);
    canonical_put_string(&canonical, KEY("reason"), event->reason);
    canonical_put_optional(&canonical, KEY("score"), event->score);
    canonical_put_number(&canonical, KEY("seq"), seq, false);
    canonical_put_string(&canonical, KEY("session"), event->session);
    canonical_put_string(&canonical, KEY("visitor"), event->visitor);
    canonical_put(&canonical, "}", 1);
    canonical_flush(&canonical);
    text->data[start] = '{'; // every key brought its comma; "seq" is always there
}
