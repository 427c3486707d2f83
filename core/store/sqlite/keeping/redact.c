#include "core/store/sqlite/keeping/redact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/model/chain.h"
#include "core/store/sqlite/ledger/ledger_private.h"

// An event that names a card, or has a name in a key of its sender's own, is part of a chain of digests, and
// the terminal and the heads that are kept apart know that chain. Its bytes cannot change without breaking
// it. So beside the redacted event stands the chain as it was behind it: whoever follows the chain takes
// that and goes on. What is lost is the proof of this one event's bytes; every other event, and the order of
// all, stays proven.
//
// In an accepted event the card becomes the member's code, which is what it stood for.

#define GONE "*"
#define CARD_SEARCHED_MIN 6 // characters of a card that texts are searched for: a shorter one is any number

typedef struct Redaction {
    int64_t key, form;
    uint8_t chain[DIGEST_SIZE];
    Text body;
} Redaction;

typedef struct Redactions {
    Redaction *items; // by key
    size_t count;
} Redactions;

static void cleanup_redactions(Redactions *redactions)
{
    for (size_t i = 0; i < redactions->count; i++)
        text_deinit(&redactions->items[i].body);
    free(redactions->items);
}

/// Appends `data` with each `word` replaced; whether there was one.
static bool replace(const char *data, size_t size, const char *word, const char *by, Text *ret_text)
{
    size_t length = strlen(word);
    bool found = false;

    for (size_t i = 0; i < size;) {
        if (length > 0 && size - i >= length && memcmp(data + i, word, length) == 0) {
            text_append(ret_text, by);
            i += length;
            found = true;
        } else {
            text_append_char(ret_text, data[i++]);
        }
    }
    return found;
}

static bool replace_in(Text *text, const char *word, const char *by)
{
    Text out = {0};
    bool found = replace(text_cstr(text), text->size, word, by, &out);

    text_deinit(text);
    *text = out;
    return found;
}

/// The bytes without the words. `resolved`: the card may become the member, and has if `ret_became` is true.
static bool redact(const RedactWords *words, const void *data, size_t size, bool resolved, Text *ret_text,
                   bool *ret_became)
{
    bool found = false;

    *ret_became = false;
    text_append_bytes(ret_text, data, size);
    for (size_t i = 0; i < words->card_count; i++) {
        CLEANUP(cleanup_text) Text pair = {0};
        CLEANUP(cleanup_text) Text member = {0};
        CLEANUP(cleanup_text) Text quoted = {0};

        text_appendf(&pair, "\"card\":\"%s\"", words->cards[i]);
        text_appendf(&member, "\"member\":\"%s\"", words->member);
        text_appendf(&quoted, "\"%s\"", words->cards[i]);
        if (resolved && replace_in(ret_text, text_cstr(&pair), text_cstr(&member)))
            found = *ret_became = true;
        found |= replace_in(ret_text, text_cstr(&quoted), "\"" GONE "\"");
    }
    return replace_in(ret_text, words->name, GONE) || found;
}

static int collect(Store *store, const RedactWords *words, PersonErased *erased, Redactions *found)
{
    sqlite3_stmt *all = store_get(store, SQL_EVENTS_WITH_BODY);
    int r;

    if (!all)
        return error_origin(-EIO);
    while ((r = db_step(&store->db, all)) > 0) {
        Redaction item = {.key = db_int(all, 0), .form = db_int(all, 1)};
        bool became, resolved = (item.form & FORM_CARD) && !db_null(all, 2);

        if (!redact(words, sqlite3_column_blob(all, 3), (size_t)sqlite3_column_bytes(all, 3), resolved,
                    &item.body, &became)) {
            text_deinit(&item.body);
            continue;
        }
        if (became)
            item.form &= ~FORM_CARD;
        found->items = alloc_resize(found->items, found->count + 1, sizeof(*found->items));
        found->items[found->count++] = item;
        if (event_key_unpack(item.key).seq > (uint64_t)db_int(all, 4)) {
            snprintf(erased->terminal, sizeof(erased->terminal), "%s", db_text(all, 5));
            r = PERSON_E_WAITS;
            break;
        }
    }
    sqlite3_reset(all);
    return r;
}

static int by_key(const void *a, const void *b)
{
    const Redaction *x = a, *y = b;

    return (x->key > y->key) - (x->key < y->key);
}

int redacted_chain(Store *store, int64_t key, uint8_t ret_chain[static DIGEST_SIZE])
{
    sqlite3_stmt *get = store_get(store, SQL_REDACTED_GET);

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, key);
    int r = db_step(&store->db, get);
    if (r > 0 && sqlite3_column_bytes(get, 0) == DIGEST_SIZE)
        memcpy(ret_chain, sqlite3_column_blob(get, 0), DIGEST_SIZE);
    sqlite3_reset(get);
    return r;
}

bool redacted_any(Store *store)
{
    sqlite3_stmt *any = store_get(store, SQL_REDACTED_ANY);
    int r = db_step(&store->db, any);

    if (any)
        sqlite3_reset(any);
    return r != 0;
}

// "entries":[3,17] of an entry about an erasure.
static bool list_has(const char *detail, int64_t id)
{
    static const char head[] = "\"entries\":[";
    const char *at = strstr(detail, head);
    char *end = NULL;

    for (at = at ? at + sizeof(head) - 1 : NULL; at && *at && *at != ']'; at = *end == ',' ? end + 1 : end) {
        if (strtoll(at, &end, 10) == id && end > at)
            return true;
        if (end == at)
            break;
    }
    return false;
}

int redacted_entry(Store *store, int64_t id, bool *ret_redacted)
{
    sqlite3_stmt *later = store_get(store, SQL_AUDIT_ERASURES);
    int r = 0;

    *ret_redacted = false;
    if (!later)
        return error_origin(-EIO);
    db_bind_int(later, 1, id);
    while (!*ret_redacted && (r = db_step(&store->db, later)) > 0)
        *ret_redacted = list_has(db_text(later, 0), id);
    sqlite3_reset(later);
    return *ret_redacted || r >= 0 ? 0 : error_trace(r);
}

typedef struct StreamName {
    char terminal[33], epoch[ULID_SIZE];
} StreamName;

static int stream_name(Store *store, int64_t stream, StreamName *ret_name)
{
    sqlite3_stmt *all = store_get(store, SQL_STREAM_ALL);
    int r;

    if (!all)
        return error_origin(-EIO);
    while ((r = db_step(&store->db, all)) > 0) {
        if (db_int(all, 0) != stream)
            continue;
        snprintf(ret_name->terminal, sizeof(ret_name->terminal), "%s", db_text(all, 2));
        snprintf(ret_name->epoch, sizeof(ret_name->epoch), "%s", db_text(all, 3));
        break;
    }
    sqlite3_reset(all);
    return r < 0 ? error_trace(r) : 0;
}

/// The chain behind each of `items`, which are all of one stream, from the events as they still are.
static int follow(Store *store, Redaction *items, size_t count)
{
    CLEANUP(cleanup_text) Text canonical = {0};
    EventKey key = event_key_unpack(items[0].key);
    uint8_t chain[DIGEST_SIZE];
    StreamName name = {0};
    size_t next = 0;
    int r = stream_name(store, key.stream, &name);

    sqlite3_stmt *events = r == 0 ? store_get(store, SQL_CHAIN_EVENTS) : NULL;
    if (!events)
        return error_origin(r < 0 ? r : -EIO);
    chain_start(name.terminal, name.epoch, chain);
    db_bind_int(events, 1, key.stream);
    while (next < count && (r = db_step(&store->db, events)) > 0) {
        key.seq = (uint64_t)db_int(events, 0);
        r = redacted_chain(store, event_key_pack(&key), chain);
        if (r == 0) {
            text_clear(&canonical);
            r = event_canonical_load(store, key.seq, db_int(events, 1), db_int(events, 2), db_int(events, 3),
                                     db_int(events, 4), sqlite3_column_blob(events, 5),
                                     (size_t)sqlite3_column_bytes(events, 5), &canonical);
            chain_advance(chain, canonical.data, canonical.size);
        }
        if (r < 0)
            break;
        if (event_key_pack(&key) == items[next].key)
            memcpy(items[next++].chain, chain, DIGEST_SIZE);
    }
    sqlite3_reset(events);
    return r < 0 ? error_trace(r) : 0;
}

static int write_event(Store *store, const Redaction *item)
{
    sqlite3_stmt *set = store_get(store, SQL_EVENT_SET_BODY), *add = store_get(store, SQL_REDACTED_ADD);

    if (!set || !add)
        return error_origin(-EIO);
    db_bind_int(set, 1, item->key);
    db_bind_int(set, 2, item->form);
    db_bind_blob(set, 3, item->body.data, item->body.size);
    int r = db_run(&store->db, set);
    db_bind_int(add, 1, item->key);
    db_bind_blob(add, 2, item->chain, sizeof(item->chain));
    return r < 0 ? error_trace(r) : error_trace(db_run(&store->db, add));
}

int redact_events(Store *store, const RedactWords *words, PersonErased *erased)
{
    CLEANUP(cleanup_redactions) Redactions found = {0};
    int r = collect(store, words, erased, &found);

    if (r != 0)
        return r < 0 ? error_trace(r) : PERSON_E_WAITS;
    if (found.count > 0)
        qsort(found.items, found.count, sizeof(*found.items), by_key);
    for (size_t i = 0, end; i < found.count && r == 0; i = end) {
        int64_t stream = event_key_unpack(found.items[i].key).stream;

        for (end = i; end < found.count && event_key_unpack(found.items[end].key).stream == stream;)
            end++;
        r = follow(store, found.items + i, end - i);
    }
    for (size_t i = 0; i < found.count && r == 0; i++)
        r = write_event(store, &found.items[i]);
    erased->events = (int64_t)found.count;
    return error_trace(r);
}

static int redact_quarantine(Store *store, const RedactWords *words, PersonErased *erased)
{
    sqlite3_stmt *all = store_get(store, SQL_QUARANTINE_NAMING);
    bool became;
    int r;

    if (!all)
        return error_origin(-EIO);
    while ((r = db_step(&store->db, all)) > 0) {
        CLEANUP(cleanup_text) Text payload = {0};
        sqlite3_stmt *set = store_get(store, SQL_QUARANTINE_SET_PAYLOAD);

        if (!redact(words, sqlite3_column_blob(all, 1), (size_t)sqlite3_column_bytes(all, 1), false, &payload,
                    &became))
            continue;
        if (!set)
            return error_origin(-EIO);
        db_bind_int(set, 1, db_int(all, 0));
        db_bind_blob(set, 2, payload.data, payload.size);
        r = db_run(&store->db, set);
        erased->texts++;
        if (r < 0)
            break;
    }
    sqlite3_reset(all);
    return error_trace(r);
}

static int redact_column(Store *store, const char *table, const char *column, const char *word,
                         PersonErased *erased)
{
    CLEANUP(cleanup_text) Text sql = {0};
    sqlite3_stmt *update = NULL;

    text_appendf(&sql, "UPDATE %s SET %s = replace(%s, ?1, '" GONE "') WHERE instr(%s, ?1) > 0", table,
                 column, column, column);
    int result = sqlite3_prepare_v2(store->db.handle, text_cstr(&sql), -1, &update, NULL);
    if (result != SQLITE_OK)
        return db_error(&store->db, result, text_cstr(&sql));
    db_bind_text(update, 1, word);
    int r = db_run(&store->db, update);
    sqlite3_finalize(update);
    if (r == 0)
        erased->texts += sqlite3_changes64(store->db.handle);
    return error_trace(r);
}

// The digests stay as they were: an entry that is redacted is named by the entry about the erasure, which the
// proof of the log asks for (audit_verify).
static int redact_audit(Store *store, const char *word, PersonErased *erased)
{
    sqlite3_stmt *get = store_get(store, SQL_AUDIT_NAMING);
    size_t first = erased->entry_count;
    int r;

    if (!get)
        return error_origin(-EIO);
    db_bind_text(get, 1, word);
    while ((r = db_step(&store->db, get)) > 0) {
        erased->entries = alloc_resize(erased->entries, erased->entry_count + 1, sizeof(*erased->entries));
        erased->entries[erased->entry_count++] = db_int(get, 0);
    }
    for (size_t i = first; i < erased->entry_count && r == 0; i++) {
        sqlite3_stmt *set = store_get(store, SQL_AUDIT_REDACT);
        if (!set)
            return error_origin(-EIO);
        db_bind_int(set, 1, erased->entries[i]);
        db_bind_text(set, 2, word);
        r = db_run(&store->db, set);
    }
    return error_trace(r);
}

static int redact_word(Store *store, const char *word, PersonErased *erased)
{
    // free texts that people typed; the audit log has its own way
    static const struct {
        const char *table, *column;
    } texts[] = {{"batch_line", "why"},    {"batch_line", "who"},        {"month_revision", "why"},
                 {"month_request", "why"}, {"roll_close", "why"},        {"headcount", "why"},
                 {"objection", "text"},    {"objection_answer", "text"}, {"spotcheck", "cancelled_why"},
                 {"roll_entry", "reason"}, {"redemption", "why"},        {"leave_request", "why"},
                 {"leave_decision", "why"}};
    int r = 0;

    if (!*word)
        return 0;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts) && r == 0; i++)
        r = redact_column(store, texts[i].table, texts[i].column, word, erased);
    return r < 0 ? error_trace(r) : error_trace(redact_audit(store, word, erased));
}

int redact_texts(Store *store, const RedactWords *words, PersonErased *erased)
{
    int r = redact_quarantine(store, words, erased);

    if (r == 0)
        r = redact_word(store, words->name, erased);
    for (size_t i = 0; i < words->card_count && r == 0; i++)
        if (strlen(words->cards[i]) >= CARD_SEARCHED_MIN)
            r = redact_word(store, words->cards[i], erased);
    return error_trace(r);
}

int redact_lift(Store *store, Text *ret_triggers)
{
    CLEANUP(cleanup_text) Text drop = {0};
    sqlite3_stmt *all = store_get(store, SQL_TRIGGERS);
    int r;

    if (!all)
        return error_origin(-EIO);
    while ((r = db_step(&store->db, all)) > 0) {
        text_appendf(&drop, "DROP TRIGGER %s;", db_text(all, 0));
        text_appendf(ret_triggers, "%s;", db_text(all, 1));
    }
    sqlite3_reset(all);
    return r < 0 ? error_trace(r) : error_trace(db_exec(&store->db, text_cstr(&drop)));
}

int redact_put_back(Store *store, const Text *triggers)
{
    return error_trace(db_exec(&store->db, text_cstr(triggers)));
}
