#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/sqlite/ledger/ledger_private.h"

// Reads canonical bytes back into an Event. They were written by us, from an event that was accepted: one
// flat JSON object of strings and integers, keys in byte order, no white space. Anything else here is a
// damaged database (-EUCLEAN). Strings are unescaped in place in a copy that the record owns.

typedef struct Cursor {
    char *at, *end;
} Cursor;

static bool take(Cursor *c, char expected)
{
    if (c->at >= c->end || *c->at != expected)
        return false;
    c->at++;
    return true;
}

static char hex_value(char digit)
{
    return (char)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

// One escaped character behind the backslash; RFC 8785 leaves \u only for control characters.
static bool take_escape(Cursor *c, char *ret_character)
{
    if (c->at >= c->end)
        return false;
    char escape = *c->at++;
    char *digits = c->at;

    switch (escape) {
    case 'b':
        *ret_character = '\b';
        return true;
    case 'f':
        *ret_character = '\f';
        return true;
    case 'n':
        *ret_character = '\n';
        return true;
    case 'r':
        *ret_character = '\r';
        return true;
    case 't':
        *ret_character = '\t';
        return true;
    case 'u':
        if (c->end - digits < 4)
            return false;
        *ret_character = (char)(hex_value(digits[2]) << 4 | hex_value(digits[3]));
        c->at += 4;
        return true;
    default:
        *ret_character = escape;
        return true;
    }
}

static bool take_string(Cursor *c, const char **ret_string)
{
    if (!take(c, '"'))
        return false;
    char *out = c->at;
    *ret_string = out;
    while (c->at < c->end && *c->at != '"') {
        if (!take(c, '\\'))
            *out++ = *c->at++;
        else if (!take_escape(c, out++))
            return false;
    }
    if (!take(c, '"'))
        return false;
    *out = 0;
    return true;
}

typedef struct Value {
    const char *string; // NULL: a number
    int64_t number;
} Value;

static bool take_value(Cursor *c, Value *ret_value)
{
    *ret_value = (Value){0};
    if (c->at < c->end && *c->at == '"')
        return take_string(c, &ret_value->string);
    char *end;
    ret_value->number = strtoll(c->at, &end, 10);
    if (end == c->at || end > c->end)
        return false;
    c->at = end;
    return true;
}

static void set_word(Event *event, const char *key, const char *word)
{
    if (strcmp(key, "kind") == 0)
        event_kind_parse(word, &event->kind);
    else if (strcmp(key, "by") == 0)
        event_by_parse(word, &event->by);
    else if (strcmp(key, "mode") == 0)
        event_mode_parse(word, &event->mode);
    else if (strcmp(key, "clock") == 0)
        event_clock_parse(word, &event->clock);
}

static void set_value(Event *event, const char *key, const Value *value)
{
    const struct {
        const char *key;
        const char **string;
    } strings[] = {{"session", &event->session}, {"member", &event->member}, {"card", &event->card},
                   {"at", &event->at_text},      {"reason", &event->reason}, {"visitor", &event->visitor}};
    const struct {
        const char *key;
        int64_t *number;
    } numbers[] = {{"minutes", &event->minutes},
                   {"of", &event->of},
                   {"count", &event->count},
                   {"found", &event->found},
                   {"score", &event->score}};

    if (!value->string) {
        for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
            if (strcmp(key, numbers[i].key) == 0)
                *numbers[i].number = value->number;
        return;
    }
    set_word(event, key, value->string);
    for (size_t i = 0; i < sizeof(strings) / sizeof(*strings); i++)
        if (strcmp(key, strings[i].key) == 0)
            *strings[i].string = value->string;
}

int event_record_read_body(EventRecord *record, const void *body, size_t size)
{
    int offset;

    free(record->storage);
    record->storage = alloc_copy(body, size);
    record->event = event_make(EVENT_IN);
    Cursor c = {record->storage, record->storage + size};
    bool more = take(&c, '{');
    while (more) {
        const char *key;
        Value value;
        if (!take_string(&c, &key) || !take(&c, ':') || !take_value(&c, &value))
            return error_origin(-EUCLEAN);
        // a number ends where the next separator stands: nothing needs terminating
        set_value(&record->event, key, &value);
        more = take(&c, ',');
    }
    if (!take(&c, '}'))
        return error_origin(-EUCLEAN);
    if (record->event.at_text &&
        !time_parse_rfc3339(record->event.at_text, strlen(record->event.at_text), &record->event.at, &offset))
        return error_origin(-EUCLEAN);
    return 0;
}

void event_record_deinit(EventRecord *record)
{
    free(record->storage);
    record->storage = NULL;
}

// Codes that a record without a body names, by their numbers, into its storage.
static int record_codes(Store *store, EventRecord *record)
{
    char at_text[CLOCK_TEXT_SIZE];
    CLEANUP(cleanup_text) Text text = {0};
    const SessionRow *session = NULL;
    sqlite3_stmt *member = store_get(store, SQL_MEMBER_GET);

    if (!member)
        return error_origin(-EIO);
    int r = session_get_number(store, record->session, &session);
    if (r < 0)
        return error_trace(r);
    db_bind_int(member, 1, record->member);
    r = db_step(&store->db, member);
    if (r <= 0 || !session || !form_at_text(record->form, record->at, at_text)) {
        sqlite3_reset(member);
        return error_origin(r < 0 ? r : -EUCLEAN);
    }
    record->member_area = (int32_t)db_int(member, 0);
    text_append_bytes(&text, session->code, strlen(session->code) + 1);
    size_t member_at = text.size;
    text_append_bytes(&text, db_text(member, 1), strlen(db_text(member, 1)) + 1);
    size_t time_at = text.size;
    text_append(&text, at_text);
    sqlite3_reset(member);
    record->storage = text_take(&text);
    record->event.session = record->storage;
    record->event.member = record->storage + member_at;
    record->event.at_text = record->storage + time_at;
    record->event.at = record->at;
    return 0;
}

static int record_fill(Store *store, EventRecord *record, const void *body, size_t size)
{
    if (record->form & FORM_REFUSED)
        return 0;
    if (body)
        return error_trace(event_record_read_body(record, body, size));
    record->event.by = form_by(record->form);
    record->event.mode = form_mode(record->form);
    record->event.clock = form_clock(record->form);
    return error_trace(record_codes(store, record));
}

int event_record_load(Store *store, const EventKey *key, EventRecord *ret_record)
{
    sqlite3_stmt *get = store_get(store, SQL_EVENT_GET);

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, event_key_pack(key));
    int r = db_step(&store->db, get);
    if (r <= 0)
        return error_trace(r);
    EventRecord record = {.key = *key,
                          .form = db_int(get, 0),
                          .session = db_int(get, 1),
                          .member = db_int(get, 2),
                          .point = (int32_t)db_int(get, 3),
                          .at = db_int(get, 4)};
    int64_t kind = record.form & FORM_KIND_MASK;
    record.event = event_make(kind == FORM_KIND_UNKNOWN ? EVENT_KIND_COUNT : (EventKind)kind);
    r = record_fill(store, &record, sqlite3_column_blob(get, 5), (size_t)sqlite3_column_bytes(get, 5));
    sqlite3_reset(get);
    if (r < 0) {
        event_record_deinit(&record);
        return error_trace(r);
    }
    if (record.member && !record.member_area) {
        sqlite3_stmt *member = store_get(store, SQL_MEMBER_GET);
        if (!member)
            return error_origin(-EIO);
        db_bind_int(member, 1, record.member);
        if (db_step(&store->db, member) > 0)
            record.member_area = (int32_t)db_int(member, 0);
        sqlite3_reset(member);
    }
    *ret_record = record;
    return 1;
}

int event_canonical_load(Store *store, uint64_t seq, int64_t form, int64_t session, int64_t member, Time at,
                         const void *body, size_t body_size, Text *canonical)
{
    if (body) {
        text_append_bytes(canonical, body, body_size);
        return 0;
    }
    EventRecord record = {
        .form = form, .session = session, .member = member, .at = at, .event = event_make(form_kind(form))};
    int r = record_fill(store, &record, NULL, 0);
    if (r == 0)
        event_canonical(&record.event, seq, canonical);
    event_record_deinit(&record);
    return error_trace(r);
}
