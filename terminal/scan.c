// Scan lines. Words are separated by blanks. The first is the kind, the second the member (`card:TOKEN` for a
// credential, `-` for nobody), then perhaps the session, then `key=value` in any order. A `close` has no
// member: its first word after the kind is the session, though `close - SESSION` is understood as well. A
// `void` needs only `of`.
//
// A code may hold '=': a word is an option only where what stands before the first one looks like a key,
// small letters and '-', and the member of a kind that needs one is never taken for an option. So a mistyped
// key is refused, and not a session that nobody knows. Each key may come once.
//
// Left out, `at` is now, in the site's zone, and `clock` how good that is; the session is that of the plan if
// just one is within its window (rules R1), and otherwise left to the collector. What a makeup makes up for
// cannot be guessed.
#include "terminal/scan.h"

#include <stdlib.h>
#include <string.h>
#include <sys/timex.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/wire/batch.h"

#define SCAN_BLANKS " \t\r"
#define SCAN_CARD "card:"
#define SCAN_NOBODY "-"
#define SCAN_EXTRA "x-"
#define SCAN_KEY_LETTERS "abcdefghijklmnopqrstuvwxyz-"
#define SCAN_YEAR_MIN 2024 // before this program was written: the clock was never set

// A line being read.
typedef struct ScanDraft {
    Event event;
    char *rest;     // words not yet read
    const char *at; // as given, NULL: now
    bool clock_given;
    unsigned given; // bit for each key that came
    Text extra;     // `,"x-...":"..."`
} ScanDraft;

typedef enum ScanKey {
    SCAN_AT,
    SCAN_BY,
    SCAN_MODE,
    SCAN_MINUTES,
    SCAN_OF,
    SCAN_COUNT,
    SCAN_FOUND,
    SCAN_SCORE,
    SCAN_REASON,
    SCAN_VISITOR,
    SCAN_CLOCK,
    SCAN_KEY_COUNT
} ScanKey;

static const struct {
    const char *name, *reason;
} scan_keys[SCAN_KEY_COUNT] = {
    [SCAN_AT] = {"at", "bad-at"},
    [SCAN_BY] = {"by", "bad-by"},
    [SCAN_MODE] = {"mode", "bad-mode"},
    [SCAN_MINUTES] = {"minutes", "bad-minutes"},
    [SCAN_OF] = {"of", "bad-of"},
    [SCAN_COUNT] = {"count", "bad-count"},
    [SCAN_FOUND] = {"found", "bad-found"},
    [SCAN_SCORE] = {"score", "bad-score"},
    [SCAN_REASON] = {"reason", "bad-reason"},
    [SCAN_VISITOR] = {"visitor", "bad-visitor"},
    [SCAN_CLOCK] = {"clock", "bad-clock"},
};

/// The next word, cut off from the rest; NULL at the end.
static char *scan_word(ScanDraft *draft)
{
    draft->rest += strspn(draft->rest, SCAN_BLANKS);
    if (*draft->rest == '\0')
        return NULL;
    char *word = draft->rest;
    draft->rest += strcspn(draft->rest, SCAN_BLANKS);
    if (*draft->rest)
        *draft->rest++ = '\0';
    return word;
}

static bool scan_find_key(const char *word, size_t size, ScanKey *ret_key)
{
    for (ScanKey key = 0; key < SCAN_KEY_COUNT; key++) {
        if (strlen(scan_keys[key].name) == size && memcmp(scan_keys[key].name, word, size) == 0) {
            *ret_key = key;
            return true;
        }
    }
    return false;
}

static bool scan_is_extra(const char *word)
{
    return strncmp(word, SCAN_EXTRA, sizeof(SCAN_EXTRA) - 1) == 0;
}

static bool scan_is_option(const char *word)
{
    size_t size = strspn(word, SCAN_KEY_LETTERS);

    return scan_is_extra(word) ? strchr(word, '=') != NULL : size > 0 && word[size] == '=';
}

static bool scan_number(const char *value, int64_t *ret_number)
{
    long long number;

    if (!text_parse_int64(value, -EVENT_NUMBER_MAX, EVENT_NUMBER_MAX, &number))
        return false;
    *ret_number = number;
    return true;
}

static bool scan_put_time(ScanDraft *draft, const char *value)
{
    int offset;

    draft->at = value;
    return time_parse_rfc3339(value, strlen(value), &draft->event.at, &offset);
}

static bool scan_put_key(ScanDraft *draft, ScanKey key, const char *value)
{
    Event *event = &draft->event;

    switch (key) {
    case SCAN_AT:
        return scan_put_time(draft, value);
    case SCAN_BY:
        return event_by_parse(value, &event->by);
    case SCAN_MODE:
        return event_mode_parse(value, &event->mode);
    case SCAN_MINUTES:
        return scan_number(value, &event->minutes);
    case SCAN_OF:
        return scan_number(value, &event->of);
    case SCAN_COUNT:
        return scan_number(value, &event->count);
    case SCAN_FOUND:
        return scan_number(value, &event->found);
    case SCAN_SCORE:
        return scan_number(value, &event->score);
    case SCAN_REASON:
        event->reason = value;
        return true;
    case SCAN_VISITOR:
        event->visitor = value;
        return true;
    case SCAN_CLOCK:
        draft->clock_given = true;
        return event_clock_parse(value, &event->clock);
    case SCAN_KEY_COUNT:
        break;
    }
    return false;
}

static void scan_put_extra(ScanDraft *draft, const char *key, const char *value)
{
    text_append_char(&draft->extra, ',');
    text_append_json(&draft->extra, key, strlen(key));
    text_append_char(&draft->extra, ':');
    text_append_json(&draft->extra, value, strlen(value));
}

static const char *scan_put_option(ScanDraft *draft, char *word)
{
    char *equals = strchr(word, '=');
    ScanKey key;

    *equals = '\0';
    if (scan_is_extra(word)) {
        scan_put_extra(draft, word, equals + 1);
        return NULL;
    }
    if (!scan_find_key(word, strlen(word), &key))
        return "bad-key";
    if (draft->given & (1U << key))
        return "duplicate-key";
    draft->given |= 1U << key;
    return scan_put_key(draft, key, equals + 1) ? NULL : scan_keys[key].reason;
}

static void scan_put_who(Event *event, const char *word)
{
    if (strncmp(word, SCAN_CARD, sizeof(SCAN_CARD) - 1) == 0)
        event->card = word + sizeof(SCAN_CARD) - 1;
    else if (strcmp(word, SCAN_NOBODY) != 0)
        event->member = word;
}

/// A word that is no option: the member, then the session.
static const char *scan_put_plain(ScanDraft *draft, const char *word, unsigned *places)
{
    bool close = draft->event.kind == EVENT_CLOSE;

    if (close && *places == 0 && strcmp(word, SCAN_NOBODY) != 0)
        *places = 1; // a close begins with its session
    switch ((*places)++) {
    case 0:
        scan_put_who(&draft->event, word);
        return NULL;
    case 1:
        if (strcmp(word, SCAN_NOBODY) != 0)
            draft->event.session = word;
        return NULL;
    default:
        return "too-many-words";
    }
}

static const char *scan_read_words(ScanDraft *draft)
{
    const char *kind = scan_word(draft);
    unsigned places = 0;
    char *word;

    if (!kind)
        return "empty";
    if (!event_kind_parse(kind, &draft->event.kind))
        return "bad-kind";
    bool needs_member = draft->event.kind != EVENT_CLOSE && draft->event.kind != EVENT_VOID;
    while ((word = scan_word(draft))) {
        bool option = (!needs_member || places > 0) && scan_is_option(word);
        const char *reason = option ? scan_put_option(draft, word) : scan_put_plain(draft, word, &places);

        if (reason)
            return reason;
    }
    return needs_member && places == 0 ? "no-member" : NULL;
}

static bool scan_may_guess(const Event *event)
{
    switch (event->kind) {
    case EVENT_IN:
    case EVENT_OUT:
    case EVENT_LEAVE:
    case EVENT_HOME:
    case EVENT_CHECK:
    case EVENT_CLOSE:
        return !event->session;
    default:
        return false;
    }
}

static void scan_encode(const ScanDraft *draft, Text *object)
{
    batch_encode_event(&draft->event, object);
    if (draft->extra.size == 0)
        return;
    object->data[--object->size] = '\0'; // the closing brace
    text_append_bytes(object, draft->extra.data, draft->extra.size);
    text_append_char(object, '}');
}

static const char *scan_finish(ScanDraft *draft, const ScanContext *context, Scan *scan)
{
    Event *event = &draft->event;
    char now[CLOCK_TEXT_SIZE];
    CLEANUP(cleanup_text) Text canonical = {0};

    if (!draft->at) {
        event->at = context->now - context->now % TIME_SECOND;
        time_format_zone(event->at, now);
        if (!draft->clock_given && context->clock != EVENT_CLOCK_NTP)
            event->clock = context->clock;
    }
    event->at_text = draft->at ? draft->at : now;
    if (scan_may_guess(event) && context->session_at && event->clock != EVENT_CLOCK_UNSET) {
        scan->words[1] = context->session_at(context->user, event->at);
        event->session = scan->words[1];
    }
    const char *reason = event_check(event);
    if (reason)
        return reason;
    scan_encode(draft, &scan->object);
    scan->kind = event_kind_word(event->kind);
    scan->session = event->session;
    scan->member = event->member;
    scan->card = event->card;
    scan->of = event->of == EVENT_NUMBER_NONE ? 0 : (uint64_t)event->of;
    scan->at = event->at;
    return batch_check_object(text_cstr(&scan->object), scan->object.size, 1, &canonical);
}

const char *scan_parse(const char *line, const ScanContext *context, Scan *ret_scan)
{
    size_t size = strnlen(line, SCAN_LINE_MAX + 1);
    ScanDraft draft = {.event = event_make(EVENT_KIND_COUNT)};
    Scan scan = {0};

    if (size > SCAN_LINE_MAX)
        return "too-long";
    if (!text_utf8_valid(line, size))
        return "bad-utf8";
    scan.words[0] = alloc_copy(line, size);
    draft.rest = scan.words[0];
    const char *reason = scan_read_words(&draft);
    if (!reason)
        reason = scan_finish(&draft, context, &scan);
    text_deinit(&draft.extra);
    if (reason) {
        scan_deinit(&scan);
        return reason;
    }
    *ret_scan = scan;
    return NULL;
}

void scan_deinit(Scan *scan)
{
    text_deinit(&scan->object);
    free(scan->words[0]);
    free(scan->words[1]);
    *scan = (Scan){0};
}

EventClock scan_clock_quality(Time now)
{
    struct timex status = {0};

    if (now < (Time)date_from_civil(SCAN_YEAR_MIN, 1, 1) * TIME_DAY)
        return EVENT_CLOCK_UNSET;
    return adjtimex(&status) >= 0 && !(status.status & STA_UNSYNC) ? EVENT_CLOCK_NTP : EVENT_CLOCK_RTC;
}
