#include "core/store/heads.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/store/sqlite/keeping/audit.h"
#include "core/store/sqlite/keeping/heads_file.h"
#include "core/store/sqlite/keeping/heads_private.h"

// The writer's side of the heads.
//
// The file may lag behind the database and never runs ahead of it: what is noted was read after its COMMIT
// had been checked, and so is on the disk already. A crash at any moment leaves a file that says less than
// the database, never more; a record that was cut is not there. So whatever is noted and not in the database
// has been taken from it.
//
// What the terminals' events lack is asked for again by a new generation (T4): that needs nobody, and loses
// nothing, since terminals keep what has its receipt. What the office did has no second copy, so a database
// that lacks it is a person's to decide about: it is not written to.

#define HEADS_MODE 0640                              // names of terminals and digests: nothing secret
#define HEADS_THIN_AT_OPEN ((size_t)8 * 1024 * 1024) // 100,000 notes: read in 50 ms
#define HEADS_THIN_WITHIN ((size_t)32 * 1024 * 1024) // of a collector that is never started again
#define HEADS_UNKNOWN UINT32_MAX

typedef struct HeadsKnown {
    uint32_t stream; // its number in the file; HEADS_UNKNOWN: not there yet
    uint64_t through;
} HeadsKnown;

struct Heads {
    char *path;
    int fd;
    struct stat file; // whose name `path` was when it was opened
    size_t size, thin_at;
    int64_t counter;
    uint8_t digest[DIGEST_SIZE];
    HeadsKnown *known; // by the database's number of the stream
    size_t known_count;
    size_t stream_count;
    uint64_t audit;
    uint64_t noted; // commits of the store that are noted
};

Heads *heads_free(Heads *heads)
{
    if (!heads)
        return NULL;
    if (heads->fd >= 0)
        close(heads->fd);
    free(heads->path);
    free(heads->known);
    free(heads);
    return NULL;
}

static void heads_know(Heads *heads, int64_t id, uint32_t stream, uint64_t through)
{
    size_t count = heads->known_count;

    if ((size_t)id >= count) {
        size_t wanted = (size_t)id + 1 > 2 * count ? (size_t)id + 1 : 2 * count;
        heads->known = alloc_resize(heads->known, wanted, sizeof(*heads->known));
        for (size_t i = count; i < wanted; i++)
            heads->known[i] = (HeadsKnown){.stream = HEADS_UNKNOWN};
        heads->known_count = wanted;
    }
    heads->known[id] = (HeadsKnown){stream, through};
}

static int heads_write(int fd, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t put = write(fd, data, size);

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return error_origin(-errno);
        data += put;
        size -= (size_t)put;
    }
    return fdatasync(fd) < 0 ? error_origin(-errno) : 0;
}

// root, who runs a command, must not keep the collector's user from going on with the file.
static void heads_give(const Store *store, const char *path)
{
    struct stat database;

    if (geteuid() == 0 && stat(store->path, &database) == 0 &&
        chown(path, database.st_uid, database.st_gid) < 0)
        log_warning("heads", "file=%s owner reason=\"%s\"", path, strerror(errno));
}

/// Writes the whole file and opens it to be gone on with.
static int heads_replace(const Heads *heads, const Store *store, HeadsFile *file)
{
    CLEANUP(cleanup_text) Text text = {0};
    int r;

    heads_file_write(file, file->size > HEADS_THIN_AT_OPEN, &text);
    r = file_write_atomic(heads->path, text.data, text.size, HEADS_MODE, true);
    if (r < 0)
        return error_trace(r);
    heads_give(store, heads->path);
    return 0;
}

static int heads_open(Heads *heads)
{
    heads->fd = open(heads->path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
    if (heads->fd < 0 || fstat(heads->fd, &heads->file) < 0)
        return error_origin(-errno);
    return 0;
}

static int heads_append(Heads *heads, const Text *text)
{
    int r = heads_write(heads->fd, text->data, text->size);

    heads->size += text->size;
    return error_trace(r);
}

HeadsFile heads_empty(const StoreIdentity *identity, Time now)
{
    HeadsFile file = {.identity = *identity, .at = now, .stream_count = 1};

    file.streams = alloc_zero(sizeof(*file.streams));
    return file;
}

// What was noted of the streams that the database has, by its numbers; what is new in it, it has yet to note.
static int heads_learn(Heads *heads, Store *store, const HeadsFile *file)
{
    sqlite3_stmt *all = store_get(store, SQL_STREAM_ALL);
    int r;

    if (!all)
        return error_origin(-EIO);
    while ((r = db_step(&store->db, all)) > 0) {
        int64_t number = heads_file_find(file, db_text(all, 2), db_text(all, 3));

        if (number > HEADS_AUDIT)
            heads_know(heads, db_int(all, 0), (uint32_t)number, file->streams[number].through);
    }
    heads->stream_count = file->stream_count;
    heads->audit = file->streams[HEADS_AUDIT].through;
    heads->counter = file->counter;
    memcpy(heads->digest, file->digest, DIGEST_SIZE);
    heads->size = file->size;
    heads->thin_at = 2 * file->size > HEADS_THIN_WITHIN ? 2 * file->size : HEADS_THIN_WITHIN;
    return error_trace(r);
}

int heads_attach(Store *store, const char *path, HeadsFile *file, bool fresh)
{
    Heads *heads = alloc_zero(sizeof(*heads));
    int r = 0;

    heads->path = alloc_string(path);
    heads->fd = -1;
    heads->noted = store->commits - 1; // the next note looks, whatever was done
    if (!file->order)
        heads_file_sort(file);
    if (fresh || file->torn || file->size > HEADS_THIN_AT_OPEN)
        r = heads_replace(heads, store, file);
    if (r == 0)
        r = heads_learn(heads, store, file);
    if (r == 0)
        r = heads_open(heads);
    if (r < 0) {
        heads_free(heads);
        return error_trace(r);
    }
    heads_free(store->heads);
    store->heads = heads;
    return 0;
}

// --- what a note says ---

typedef struct HeadsNote {
    Text text;
    uint8_t digest[DIGEST_SIZE];
    struct {
        int64_t id;
        HeadsKnown known;
    } * moved; // taken over once the record is on the disk
    size_t count, capacity, streams;
    uint64_t audit;
} HeadsNote;

static void heads_note_deinit(HeadsNote *note)
{
    text_deinit(&note->text);
    free(note->moved);
}

static int heads_note_stream(Store *store, HeadsNote *note, int64_t id)
{
    sqlite3_stmt *name = store_get(store, SQL_STREAM_NAME);

    if (!name)
        return error_origin(-EIO);
    db_bind_int(name, 1, id);
    int r = db_step(&store->db, name);
    if (r > 0) {
        heads_file_add_stream(&note->text, db_text(name, 0), db_text(name, 1));
        note->streams++;
    }
    sqlite3_reset(name);
    return r > 0 ? 0 : error_origin(r < 0 ? r : -EUCLEAN);
}

static int heads_note_head(Store *store, HeadsNote *note, int64_t id, uint64_t through, const void *chain)
{
    const Heads *heads = store->heads;
    HeadsKnown known = {.stream = HEADS_UNKNOWN};
    int r = 0;

    if (id < (int64_t)heads->known_count)
        known = heads->known[id];
    if (through <= known.through)
        return 0; // also one that is still to be sent again: what was noted stands
    if (known.stream == HEADS_UNKNOWN) {
        known.stream = (uint32_t)note->streams;
        r = heads_note_stream(store, note, id);
    }
    if (r < 0)
        return error_trace(r);
    known.through = through;
    heads_file_add_head(&note->text, known.stream, through, chain);
    if (note->count == note->capacity) {
        note->capacity = note->capacity ? 2 * note->capacity : 64;
        note->moved = alloc_resize(note->moved, note->capacity, sizeof(*note->moved));
    }
    note->moved[note->count].id = id;
    note->moved[note->count++].known = known;
    return 0;
}

static int heads_note_streams(Store *store, HeadsNote *note)
{
    sqlite3_stmt *all = store_get(store, SQL_STREAM_HEADS);
    int r;

    if (!all)
        return error_origin(-EIO);
    while ((r = db_step(&store->db, all)) > 0) {
        if (sqlite3_column_bytes(all, 2) != DIGEST_SIZE)
            r = error_origin(-EUCLEAN);
        else
            r = heads_note_head(store, note, db_int(all, 0), (uint64_t)db_int(all, 1),
                                sqlite3_column_blob(all, 2));
        if (r < 0)
            break;
    }
    sqlite3_reset(all);
    return error_trace(r);
}

static int heads_note_audit(Store *store, HeadsNote *note)
{
    uint8_t chain[DIGEST_SIZE];
    int64_t count = 0;
    int r = audit_head(store, &count, chain);

    note->audit = (uint64_t)count;
    if (r == 0 && note->audit > store->heads->audit)
        heads_file_add_head(&note->text, HEADS_AUDIT, note->audit, chain);
    return error_trace(r);
}

static void heads_note_done(Heads *heads, const HeadsNote *note)
{
    for (size_t i = 0; i < note->count; i++)
        heads_know(heads, note->moved[i].id, note->moved[i].known.stream, note->moved[i].known.through);
    heads->stream_count = note->streams;
    if (note->audit > heads->audit)
        heads->audit = note->audit;
    memcpy(heads->digest, note->digest, DIGEST_SIZE);
    heads->counter++;
}

static int heads_note_now(Store *store, Time now)
{
    CLEANUP(heads_note_deinit) HeadsNote note = {.streams = store->heads->stream_count};
    Heads *heads = store->heads;
    int r =
        heads_note_streams(store, &note); // nobody else writes, and we do not just now: this is one moment

    if (r == 0)
        r = heads_note_audit(store, &note);
    if (r < 0)
        return error_trace(r);
    if (note.text.size == 0)
        return 0;
    memcpy(note.digest, heads->digest, DIGEST_SIZE);
    heads_file_close(&note.text, 0, heads->counter + 1, now - now % TIME_SECOND, note.digest);
    r = heads_append(heads, &note.text);
    if (r == 0)
        heads_note_done(heads, &note);
    return error_trace(r);
}

// The file is not what we left: a write has failed, somebody has moved or removed it, or it has grown.
static int heads_again(Store *store, Time now)
{
    CLEANUP(cleanup_free) char *path = alloc_string(store->heads->path);
    CLEANUP(heads_file_deinit) HeadsFile file = {0};
    StoreIdentity identity;
    int r = heads_file_read(path, &file);

    if (r < 0)
        return error_trace(r);
    if (r > 0 || file.damaged) {
        log_error("heads", "file=%s is gone or was changed: it is begun anew", path);
        heads_file_deinit(&file);
        r = store_identity(store, &identity);
        if (r < 0)
            return error_trace(r);
        file = heads_empty(&identity, now);
    }
    return error_trace(heads_attach(store, path, &file, true));
}

static bool heads_is_ours(const Heads *heads)
{
    struct stat status;

    return heads->fd >= 0 && heads->size < heads->thin_at && stat(heads->path, &status) == 0 &&
           status.st_dev == heads->file.st_dev && status.st_ino == heads->file.st_ino &&
           status.st_size == (off_t)heads->size;
}

bool heads_are_kept(const Store *store)
{
    return store->heads != NULL;
}

bool heads_are_behind(const Store *store)
{
    return store->heads && store->heads->noted != store->commits;
}

int heads_note(Store *store, Time now)
{
    uint64_t commits = store->commits;
    int r = 0;

    if (!heads_are_behind(store) || store_in_transaction(store))
        return 0;
    if (!heads_is_ours(store->heads))
        r = heads_again(store, now);
    if (r == 0)
        r = heads_note_now(store, now);
    if (r < 0) {
        if (store->heads->fd >= 0)
            close(store->heads->fd);
        store->heads->fd = -1;
        return error_trace(r);
    }
    store->heads->noted = commits;
    return 0;
}
