#include "core/store/person.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/store/sqlite/keeping/cards.h"
#include "core/store/sqlite/keeping/redact.h"
#include "core/store/sqlite/roster/roster_private.h"

// Erasing a person keeps what the figures stand on: attendance, events and homes under the member's code. The
// name, the cards and whatever people wrote about the person go, everywhere in the database; whoever comes
// back needs a new code. A membership that goes on ends, since nobody can be expected who has no name.

#define NAME_SEARCHED_MIN 2 // characters: a shorter one would be found in every second text

static int member_get(Store *store, const char *code, int64_t *ret_member, char **ret_name)
{
    sqlite3_stmt *get = store_get(store, SQL_MEMBER_GET);
    int r = roster_find(store, SQL_MEMBER_FIND, code, ret_member);

    if (r <= 0 || !get)
        return r == 0 ? PERSON_E_UNKNOWN : error_origin(r < 0 ? r : -EIO);
    db_bind_int(get, 1, *ret_member);
    r = db_step(&store->db, get);
    if (r > 0)
        *ret_name = alloc_string(db_text(get, 2));
    sqlite3_reset(get);
    return r <= 0 ? error_origin(r < 0 ? r : -EUCLEAN) : 0;
}

static int set_name(Store *store, int64_t member, const char *name)
{
    sqlite3_stmt *set = store_get(store, SQL_MEMBER_SET_NAME);

    if (!set)
        return error_origin(-EIO);
    db_bind_text(set, 1, name);
    db_bind_int(set, 2, member);
    store_touch(store, DATE_NONE);
    return error_trace(db_run(&store->db, set));
}

int person_erased_at(Store *store, int64_t member, Time *ret_at)
{
    sqlite3_stmt *get = store_get(store, SQL_ERASED_AT);

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, member);
    int r = db_step(&store->db, get);
    *ret_at = r > 0 ? db_int(get, 0) : TIME_NONE;
    sqlite3_reset(get);
    return r < 0 ? error_trace(r) : 0;
}

int person_set_name(Store *store, const char *code, const char *name, bool *ret_changed)
{
    CLEANUP(cleanup_free) char *before = NULL;
    int64_t member = 0;
    Time erased = TIME_NONE;
    int r = member_get(store, code, &member, &before);

    if (r == 0)
        r = person_erased_at(store, member, &erased);
    if (r != 0)
        return r < 0 ? error_trace(r) : PERSON_E_UNKNOWN;
    if (erased != TIME_NONE)
        return PERSON_E_ERASED;
    *ret_changed = strcmp(before, name) != 0;
    return *ret_changed ? error_trace(set_name(store, member, name)) : 0;
}

// Whether texts can be searched for the name without finding other words: "in" may be somebody's name, and
// the kind of an event.
static bool name_is_distinct(const char *name)
{
    size_t count = 0;
    bool distinct = false;

    for (; *name; name++) {
        count += ((unsigned char)*name & 0xc0) != 0x80;
        distinct |= *name == ' ' || (unsigned char)*name >= 0x80;
    }
    return distinct && count >= NAME_SEARCHED_MIN;
}

// One card may stand there several times, with other dates.
static void words_add_card(RedactWords *words, const char *token)
{
    for (size_t i = 0; i < words->card_count; i++)
        if (strcmp(words->cards[i], token) == 0)
            return;
    if (words->card_count < REDACT_CARDS_MAX)
        strcpy(words->cards[words->card_count++], token);
}

static int words_cards(Store *store, int64_t member, RedactWords *words)
{
    sqlite3_stmt *get = store_get(store, SQL_CARDS_SEALED);
    char token[CARD_TOKEN_SIZE];
    int r;

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, member);
    while ((r = db_step(&store->db, get)) > 0) {
        if (!card_unseal(store, sqlite3_column_blob(get, 0), sqlite3_column_blob(get, 1),
                         (size_t)sqlite3_column_bytes(get, 1), token)) {
            r = PERSON_E_NO_KEY;
            break;
        }
        words_add_card(words, token);
    }
    sqlite3_reset(get);
    return r;
}

static int run_for(Store *store, StatementId id, int64_t member)
{
    sqlite3_stmt *run = store_get(store, id);

    if (!run)
        return error_origin(-EIO);
    db_bind_int(run, 1, member);
    return error_trace(db_run(&store->db, run));
}

static int erase_rows(Store *store, int64_t member, PersonErased *erased)
{
    static const StatementId texts[] = {SQL_EXEMPTIONS_BLANK, SQL_ANSWERS_BLANK, SQL_OBJECTIONS_BLANK,
                                        SQL_DECISIONS_BLANK, SQL_LEAVES_BLANK};
    int r = run_for(store, SQL_CARDS_DROP, member);

    if (r == 0)
        erased->cards = sqlite3_changes64(store->db.handle);
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts) && r == 0; i++) {
        r = run_for(store, texts[i], member);
        if (r == 0)
            erased->texts += sqlite3_changes64(store->db.handle);
    }
    return r < 0 ? error_trace(r) : error_trace(set_name(store, member, ""));
}

// The last day is today; what was to begin later does not.
static int end_membership(Store *store, int64_t member, Date today, PersonErased *erased)
{
    static const StatementId ends[] = {SQL_MEMBER_STATES_END, SQL_MEMBER_STATE_CANCEL};

    for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
        sqlite3_stmt *end = store_get(store, ends[i]);
        if (!end)
            return error_origin(-EIO);
        db_bind_int(end, 1, member);
        db_bind_int(end, 2, today);
        int r = db_run(&store->db, end);
        if (r < 0)
            return error_trace(r);
        erased->ended |= sqlite3_changes64(store->db.handle) > 0;
    }
    if (erased->ended)
        store_touch(store, today + 1);
    return 0;
}

static int mark(Store *store, int64_t member, Time now)
{
    sqlite3_stmt *add = store_get(store, SQL_ERASED_ADD);

    if (!add)
        return error_origin(-EIO);
    db_bind_int(add, 1, member);
    db_bind_int(add, 2, now);
    return error_trace(db_run(&store->db, add));
}

static int erase_all(Store *store, const RedactWords *words, int64_t member, Time now, PersonErased *erased)
{
    CLEANUP(cleanup_text) Text triggers = {0};
    int r = redact_events(store, words, erased);

    if (r == 0)
        r = redact_lift(store, &triggers);
    if (r == 0)
        r = redact_texts(store, words, erased);
    if (r == 0)
        r = erase_rows(store, member, erased);
    if (r == 0)
        r = redact_put_back(store, &triggers);
    if (r == 0)
        r = end_membership(store, member, zone_date(now), erased);
    if (r == 0)
        r = mark(store, member, now);
    return r;
}

int person_erase(Store *store, const char *code, Time now, PersonErased *ret_erased)
{
    CLEANUP(cleanup_free) char *name = NULL;
    PersonErased erased = {0};
    RedactWords words = {.member = code};
    int64_t member = 0;
    Time before = TIME_NONE;
    int r = member_get(store, code, &member, &name);

    if (r == 0)
        r = person_erased_at(store, member, &before);
    if (r != 0)
        return r < 0 ? error_trace(r) : PERSON_E_UNKNOWN;
    erased.already = before != TIME_NONE;
    if (!erased.already) {
        if (!name_is_distinct(name))
            *name = '\0';
        words.name = name;
        r = words_cards(store, member, &words);
        if (r == 0)
            r = db_exec(&store->db, "PRAGMA secure_delete=ON"); // until store_wipe()
        if (r == 0)
            r = erase_all(store, &words, member, now, &erased);
    }
    digest_wipe(&words.cards, sizeof(words.cards));
    if (r < 0) {
        free(erased.entries);
        return error_trace(r);
    }
    *ret_erased = erased;
    return r;
}

int store_wipe(Store *store)
{
    sqlite3_stmt *checkpoint = NULL;
    int r = db_exec(&store->db, "PRAGMA secure_delete=ON; VACUUM");

    if (r == 0 && sqlite3_prepare_v2(store->db.handle, "PRAGMA wal_checkpoint(TRUNCATE)", -1, &checkpoint,
                                     NULL) != SQLITE_OK)
        r = error_origin(-EIO);
    bool busy = false;
    if (r == 0 && (r = db_step(&store->db, checkpoint)) > 0) {
        busy = db_int(checkpoint, 0) != 0;
        r = 0;
    }
    sqlite3_finalize(checkpoint);
    if (db_exec(&store->db, "PRAGMA secure_delete=OFF") < 0 && r == 0)
        r = error_origin(-EIO);
    store_caches_drop(store);
    return r < 0 ? error_trace(r) : busy ? STORE_E_READERS : 0;
}
