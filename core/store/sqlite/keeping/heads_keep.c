#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/model/code.h"
#include "core/store/audit.h"
#include "core/store/sqlite/keeping/audit.h"
#include "core/store/sqlite/keeping/heads_private.h"

// A writer begins: is the database the one that the heads were noted of, and has it all that was noted? Only
// ends are compared here, which takes a probe for each stream; `studyday verify` walks the chains.

typedef struct Lack {
    int64_t events; // of terminals, which can send them again
    bool for_good;  // of the office, or a chain that differs
    Text *words;    // the first that was found
} Lack;

static void lack_say(Lack *lack, const char *terminal, const char *epoch, const char *what,
                     const HeadsMark *mark)
{
    char when[CLOCK_TEXT_SIZE];

    if (lack->words->size > 0)
        return;
    time_format_utc(mark->at, when);
    if (*terminal)
        text_appendf(lack->words, "terminal %s epoch %s: ", terminal, epoch);
    else
        text_append(lack->words, "audit log: ");
    text_appendf(lack->words, "%s %" PRIu64 ", noted at %s", what, mark->through, when);
}

static int lack_of_stream(Store *store, const HeadsStream *stream, const HeadsMark *mark, Lack *lack)
{
    sqlite3_stmt *find = store_get(store, SQL_STREAM_END);
    uint64_t through = 0;
    bool same = false;

    if (!find)
        return error_origin(-EIO);
    db_bind_text(find, 1, stream->terminal);
    db_bind_text(find, 2, stream->epoch);
    int r = db_step(&store->db, find);
    if (r > 0) {
        through = (uint64_t)db_int(find, 0);
        same = sqlite3_column_bytes(find, 1) == DIGEST_SIZE &&
               memcmp(sqlite3_column_blob(find, 1), mark->chain, DIGEST_SIZE) == 0;
    }
    sqlite3_reset(find);
    if (r < 0)
        return error_trace(r);
    if (through < mark->through) {
        lack_say(lack, stream->terminal, stream->epoch, "it lacks events up to", mark);
        lack->events += (int64_t)(mark->through - through);
        lack->for_good |= strcmp(stream->terminal, NAME_OFFICE) == 0;
    } else if (through == mark->through && !same) {
        lack_say(lack, stream->terminal, stream->epoch, "its chain is not that of event", mark);
        lack->for_good = true;
    }
    return 0;
}

static int lack_of_audit(Store *store, const HeadsMark *mark, Lack *lack)
{
    sqlite3_stmt *get = store_get(store, SQL_AUDIT_CHAIN);

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, (int64_t)mark->through);
    int r = db_step(&store->db, get);
    if (r == 0) {
        lack_say(lack, "", "", "it lacks entries up to", mark);
        lack->for_good = true;
    } else if (r > 0 && (sqlite3_column_bytes(get, 0) != DIGEST_SIZE ||
                         memcmp(sqlite3_column_blob(get, 0), mark->chain, DIGEST_SIZE) != 0)) {
        lack_say(lack, "", "", "its chain is not that of entry", mark);
        lack->for_good = true;
    }
    sqlite3_reset(get);
    return r < 0 ? error_trace(r) : 0;
}

static int lack_find(Store *store, const HeadsFile *file, Lack *lack)
{
    int r = 0;

    for (size_t i = 0; i < file->stream_count && r == 0; i++) {
        const HeadsStream *stream = &file->streams[i];

        if (stream->count == 0)
            continue;
        const HeadsMark *last = &file->by_stream[stream->first + stream->count - 1];
        r = i == HEADS_AUDIT ? lack_of_audit(store, last, lack) : lack_of_stream(store, stream, last, lack);
    }
    return error_trace(r);
}

// --- what is done about it ---

// The file that was there stays to be looked at, under a name that says what it was.
static void keep_aside(const char *path, const char *why, int64_t number)
{
    CLEANUP(cleanup_text) Text name = {0};

    text_appendf(&name, "%s.%s-%" PRId64, path, why, number);
    if (link(path, text_cstr(&name)) < 0)
        return; // there is one already, or the folder does not let us: it is for looking at only
}

static int record(Store *store, Time now, const char *actor, const char *why, int64_t generation)
{
    CLEANUP(cleanup_text) Text sql = {0};
    StoreIdentity identity;
    int r = store_identity(store, &identity);

    if (r == 0)
        r = store_begin(store);
    if (r < 0)
        return error_trace(r);
    if (generation != identity.generation) {
        CLEANUP(cleanup_text) Text detail = {0};

        text_appendf(&sql, "UPDATE site SET generation = %" PRId64, generation);
        text_appendf(&detail, "{\"new\":{\"generation\":%" PRId64 "},\"old\":{\"generation\":%" PRId64 "}}",
                     generation, identity.generation);
        r = db_exec(&store->db, text_cstr(&sql));
        if (r == 0)
            r = audit_add(store, now, actor, "renew", "database", why, text_cstr(&detail));
    } else {
        r = audit_add(store, now, actor, "heads-begin", "heads", why, "");
    }
    if (r == 0)
        r = store_commit(store);
    if (r < 0)
        store_rollback(store);
    return error_trace(r);
}

static int begin(Store *store, const char *path, const StoreIdentity *identity, Time now)
{
    CLEANUP(heads_file_deinit) HeadsFile file = heads_empty(identity, now);

    return error_trace(heads_attach(store, path, &file, true));
}

static bool is_empty(Store *store)
{
    int64_t some = 1;

    return db_query_int64(&store->db, "SELECT EXISTS (SELECT 1 FROM stream) OR EXISTS (SELECT 1 FROM audit)",
                          &some) > 0 &&
           some == 0;
}

// What may have been hidden by taking the file away is found in the audit log.
static int begin_recorded(Store *store, const char *path, const StoreIdentity *identity, Time now,
                          const char *actor, const char *why, Text *words)
{
    int r = begin(store, path, identity, now);

    if (r == 0 && !is_empty(store)) {
        text_append(words, why);
        r = record(store, now, actor, why, identity->generation);
    }
    return error_trace(r);
}

static int renew(Store *store, const char *path, HeadsFile *file, Time now, const char *actor,
                 const Lack *lack)
{
    StoreIdentity next = file->identity;
    int r;

    next.generation++;
    text_appendf(lack->words, "; %" PRId64 " events in all: generation %" PRId64 " asks terminals for them",
                 lack->events, next.generation);
    r = heads_announce(path, &next, true, now);
    if (r == 0)
        r = record(store, now, actor, text_cstr(lack->words), next.generation);
    file->identity = next;
    if (r == 0)
        r = heads_attach(store, path, file, true); // with all its marks: what does not come stays to be found
    return error_trace(r);
}

static bool same(const StoreIdentity *a, const StoreIdentity *b)
{
    return strcmp(a->store, b->store) == 0 && a->generation == b->generation;
}

// What heads_keep() was asked, and what it found.
typedef struct Keeping {
    const char *path, *actor;
    bool renew;
    Time now;
    HeadsOutcome outcome;
    Text words;
} Keeping;

static void cleanup_keeping(Keeping *keeping)
{
    text_deinit(&keeping->words);
}

static int keep_known(Store *store, HeadsFile *file, Keeping *keeping)
{
    Lack lack = {.words = &keeping->words};
    int r = lack_find(store, file, &lack);

    if (r < 0)
        return error_trace(r);
    if (lack.for_good || (lack.events > 0 && !keeping->renew))
        return HEADS_E_LACKS;
    if (lack.events > 0) {
        keeping->outcome = HEADS_RENEWED;
        return error_trace(renew(store, keeping->path, file, keeping->now, keeping->actor, &lack));
    }
    keeping->outcome = HEADS_FIT;
    return error_trace(heads_attach(store, keeping->path, file, file->announced.generation != 0));
}

static int keep_read(Store *store, HeadsFile *file, Keeping *keeping)
{
    StoreIdentity identity;
    int r = store_identity(store, &identity);

    if (r < 0)
        return error_trace(r);
    if (file->announced.generation && same(&file->announced, &identity)) {
        if (!file->renewal) {
            keep_aside(keeping->path, "generation", file->identity.generation);
            text_appendf(&keeping->words, "restored as generation %" PRId64, identity.generation);
            keeping->outcome = HEADS_RESTORED;
            return error_trace(begin(store, keeping->path, &identity, keeping->now));
        }
        file->identity = identity; // the crash came between the new generation and its note
    }
    if (same(&file->identity, &identity))
        return keep_known(store, file, keeping);
    text_appendf(&keeping->words,
                 "the database is %s generation %" PRId64 ", the heads are of %s generation %" PRId64,
                 identity.store, identity.generation, file->identity.store, file->identity.generation);
    return HEADS_E_OTHER;
}

static int keep_begun(Store *store, bool missing, Keeping *keeping)
{
    StoreIdentity identity;
    int r = store_identity(store, &identity);

    keeping->outcome = HEADS_BEGUN;
    if (r == 0)
        r = begin_recorded(store, keeping->path, &identity, keeping->now, keeping->actor,
                           missing ? "the file of heads was missing" : "the file of heads was changed",
                           &keeping->words);
    return error_trace(r);
}

int heads_keep(Store *store, const char *path, bool renew, Time now, const char *actor,
               HeadsOutcome *ret_outcome, Text *ret_words)
{
    CLEANUP(heads_file_deinit) HeadsFile file = {0};
    CLEANUP(cleanup_keeping) Keeping keeping = {.path = path, .actor = actor, .renew = renew, .now = now};
    int r = heads_file_read(path, &file);

    if (r < 0)
        return error_trace(r);
    if (r == HEADS_FILE_E_FOREIGN)
        return error_origin(-EBADMSG); // a wrong name in the configuration: not ours to write over
    if (r == HEADS_FILE_E_MISSING) {
        r = keep_begun(store, true, &keeping);
    } else if (file.damaged || file.counter == 0) {
        keep_aside(path, "damaged", file.counter);
        r = keep_begun(store, false, &keeping);
    } else {
        heads_file_sort(&file);
        r = keep_read(store, &file, &keeping);
    }
    if (r == 0)
        r = heads_note(store, now);
    if (r < 0)
        return error_trace(r);
    text_append(ret_words, text_cstr(&keeping.words));
    if (r == 0)
        *ret_outcome = keeping.outcome;
    return r;
}

int64_t heads_generation(const char *path, const char *store)
{
    CLEANUP(heads_file_deinit) HeadsFile file = {0};
    int64_t generation = 0;

    if (heads_file_read(path, &file) != 0)
        return 0;
    if (strcmp(file.identity.store, store) == 0)
        generation = file.identity.generation;
    if (strcmp(file.announced.store, store) == 0 && file.announced.generation > generation)
        generation = file.announced.generation;
    return generation;
}

int heads_announce(const char *path, const StoreIdentity *next, bool renewal, Time now)
{
    CLEANUP(heads_file_deinit) HeadsFile file = {0};
    CLEANUP(cleanup_text) Text text = {0};
    struct stat status;
    int r = heads_file_read(path, &file);

    if (r != 0 || file.damaged || file.counter == 0)
        return r < 0 ? error_trace(r) : 0;
    heads_file_write(&file, false, &text);
    size_t from = text.size;
    heads_file_add_identity(&text, renewal ? "renew" : "restore", next);
    heads_file_close(&text, from, file.counter + 1, now - now % TIME_SECOND, file.digest);
    if (stat(path, &status) < 0)
        return error_origin(-errno);
    r = file_write_atomic(path, text.data, text.size, status.st_mode & 0777, true);
    if (r == 0 && geteuid() == 0 && chown(path, status.st_uid, status.st_gid) < 0)
        r = error_origin(-errno);
    return error_trace(r);
}
