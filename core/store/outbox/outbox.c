// The outbox file: making, opening, locking, and the head that everything else looks at.
//
// Model. `events` is append-only but for the marks of receipts and the pruning of what is old; its last row
// is never pruned, so that the next number and the chain go on from it for ever. `meta` is one row. A change
// is: lock PATH.lock, BEGIN IMMEDIATE, read the head, write, COMMIT (synchronous FULL), unlock.
//
// The lock file is there because Debian's SQLite can damage a WAL that two processes write or checkpoint at
// the same moment; opening and closing checkpoint too, so they hold it as well. flock() ends with its
// process, however it ends.
//
// After a failed COMMIT nothing about the file is believed: it is closed and opened anew, which recovers it.
#include "core/store/outbox/outbox.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/model/chain.h"
#include "core/store/outbox/outbox_private.h"

#define OUTBOX_CACHE_KIB 1024       // a month of a busy point is a few thousand rows
#define OUTBOX_ROOM_MIN 65536       // bytes: the WAL's index alone takes 32 KiB
#define OUTBOX_LOCK_POLL_NS 2000000 // between two tries for the lock; a change takes about as long

static int outbox_lock(Outbox *outbox)
{
    Time deadline = clock_monotonic() + OUTBOX_LOCK_MS * (TIME_SECOND / 1000);

    while (flock(outbox->lock, LOCK_EX | LOCK_NB) < 0) {
        const struct timespec pause = {.tv_nsec = OUTBOX_LOCK_POLL_NS};

        if (errno == EINTR)
            continue;
        if (errno != EWOULDBLOCK)
            return error_origin(-errno);
        if (clock_monotonic() >= deadline)
            return OUTBOX_E_BUSY;
        nanosleep(&pause, NULL);
    }
    return 0;
}

static void outbox_unlock(Outbox *outbox)
{
    flock(outbox->lock, LOCK_UN);
}

static char *outbox_join(const char *path, const char *suffix)
{
    Text text = {0};

    text_append(&text, path);
    text_append(&text, suffix);
    return text_take(&text);
}

static Outbox *outbox_new(const char *path, const char *terminal, OutboxMode mode)
{
    Outbox *outbox = alloc_zero(sizeof(*outbox));

    outbox->path = alloc_string(path);
    outbox->lock_path = outbox_join(path, ".lock");
    outbox->claim_path = outbox_join(path, ".run");
    outbox->terminal = alloc_string(terminal);
    outbox->mode = mode;
    outbox->lock = -1;
    outbox->claim = -1;
    return outbox;
}

Outbox *outbox_close(Outbox *outbox)
{
    if (!outbox)
        return NULL;
    outbox_rollback(outbox);
    bool locked = outbox->lock >= 0 && outbox_lock(outbox) == 0;
    db_close(&outbox->db);
    if (locked)
        outbox_unlock(outbox);
    cleanup_fd(&outbox->lock);
    cleanup_fd(&outbox->claim);
    free(outbox->path);
    free(outbox->lock_path);
    free(outbox->claim_path);
    free(outbox->terminal);
    free(outbox);
    return NULL;
}

sqlite3_stmt *outbox_get_statement(Outbox *outbox, OutboxSql which)
{
    return outbox->db.handle ? db_get(&outbox->db, which) : NULL;
}

const char *outbox_get_path(const Outbox *outbox)
{
    return outbox->path;
}

bool outbox_disk_is_full(const char *path)
{
    CLEANUP(cleanup_free) char *folder = file_beside(path, ".");
    struct statvfs disk;

    return statvfs(folder, &disk) == 0 && (uint64_t)disk.f_bavail * disk.f_bsize < OUTBOX_ROOM_MIN;
}

const OutboxHead *outbox_get_head(const Outbox *outbox)
{
    return &outbox->head;
}

static void outbox_copy(char *target, size_t size, const char *source)
{
    size_t length = strnlen(source, size - 1);

    memcpy(target, source, length);
    target[length] = '\0';
}

static int outbox_load_meta(Outbox *outbox, OutboxHead *head)
{
    sqlite3_stmt *statement = outbox_get_statement(outbox, OUTBOX_SQL_META_GET);
    int r = db_step(&outbox->db, statement);

    if (r < 0)
        return error_trace(r);
    if (r == 0 || strcmp(db_text(statement, 0), outbox->terminal) != 0) {
        if (r > 0)
            sqlite3_reset(statement);
        return OUTBOX_E_FOREIGN;
    }
    outbox_copy(head->epoch, sizeof(head->epoch), db_text(statement, 1));
    head->through = (uint64_t)db_int(statement, 2);
    outbox_copy(head->store, sizeof(head->store), db_text(statement, 3));
    head->generation = db_int(statement, 4);
    outbox_copy(head->plan, sizeof(head->plan), db_text(statement, 5));
    head->chain_error = db_int(statement, 6);
    sqlite3_reset(statement);
    return 0;
}

static int outbox_load_ends(Outbox *outbox, OutboxHead *head)
{
    sqlite3_stmt *statement = outbox_get_statement(outbox, OUTBOX_SQL_LAST);
    int r = db_step(&outbox->db, statement);

    if (r < 0)
        return error_trace(r);
    if (r == 0) {
        head->next = 1;
        head->oldest = 1;
        chain_start(outbox->terminal, head->epoch, head->chain);
        return 0;
    }
    head->next = (uint64_t)db_int(statement, 0) + 1;
    bool whole = sqlite3_column_bytes(statement, 1) == DIGEST_SIZE;
    if (whole)
        memcpy(head->chain, sqlite3_column_blob(statement, 1), DIGEST_SIZE);
    sqlite3_reset(statement);
    if (!whole)
        return error_origin(-EUCLEAN);
    statement = outbox_get_statement(outbox, OUTBOX_SQL_OLDEST);
    r = db_step(&outbox->db, statement);
    if (r <= 0)
        return error_trace(r < 0 ? r : -EUCLEAN);
    head->oldest = (uint64_t)db_int(statement, 0);
    sqlite3_reset(statement);
    return 0;
}

static int outbox_load_head(Outbox *outbox)
{
    OutboxHead head = {0};
    int r = outbox_load_meta(outbox, &head);

    if (r == 0)
        r = outbox_load_ends(outbox, &head);
    if (r == 0)
        outbox->head = head;
    return r;
}

/// OUTBOX_E_MISSING, OUTBOX_E_FOREIGN. The lock is held.
static int outbox_open_file(Outbox *outbox)
{
    DbMode mode = outbox->mode == OUTBOX_READ ? DB_READ : DB_WRITE;
    int64_t version = 0;

    if (access(outbox->path, F_OK) < 0 && errno == ENOENT)
        return OUTBOX_E_MISSING;
    int r =
        db_open(&outbox->db, "outbox", outbox->path, mode, OUTBOX_CACHE_KIB, outbox_sql, OUTBOX_SQL_COUNT);
    if (r < 0)
        return error_trace(r);
    r = db_query_int64(&outbox->db, "PRAGMA user_version", &version);
    if (r < 0)
        return error_trace(r);
    if (version < 1 || version > (int64_t)OUTBOX_STEP_COUNT)
        return OUTBOX_E_FOREIGN;
    if (mode == DB_WRITE && (r = db_migrate(&outbox->db, outbox_steps, OUTBOX_STEP_COUNT)) < 0)
        return error_trace(r);
    return outbox_load_head(outbox);
}

// After a failed COMMIT the file could not be had again; the disk may be well by now.
static int outbox_reopen(Outbox *outbox)
{
    int r = outbox_lock(outbox);

    if (r != 0)
        return r;
    r = outbox_open_file(outbox);
    if (r != 0)
        db_close(&outbox->db);
    outbox_unlock(outbox);
    return r;
}

int outbox_refresh(Outbox *outbox)
{
    int r = outbox->db.handle ? outbox_load_head(outbox) : outbox_reopen(outbox);

    return r > 0 ? error_origin(-EUCLEAN) : error_trace(r);
}

static int outbox_open_lock(Outbox *outbox)
{
    outbox->lock = open(outbox->lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (outbox->lock < 0)
        return error_origin(-errno);
    return outbox_lock(outbox);
}

int outbox_open(const char *path, const char *terminal, OutboxMode mode, Outbox **ret_outbox)
{
    CLEANUP(cleanup_outbox) Outbox *outbox = outbox_new(path, terminal, mode);
    int r = 0;

    if (access(path, F_OK) < 0 && errno == ENOENT)
        return OUTBOX_E_MISSING;
    if (mode == OUTBOX_WRITE)
        r = outbox_open_lock(outbox);
    if (r != 0)
        return r;
    r = outbox_open_file(outbox);
    if (mode == OUTBOX_WRITE)
        outbox_unlock(outbox);
    if (r != 0)
        return r;
    *ret_outbox = outbox;
    outbox = NULL;
    return 0;
}

static int outbox_fill(Outbox *outbox)
{
    char epoch[ULID_SIZE];
    CLEANUP(cleanup_text) Text sql = {0};
    int r = db_open(&outbox->db, "outbox", outbox->path, DB_CREATE, OUTBOX_CACHE_KIB, outbox_sql,
                    OUTBOX_SQL_COUNT);

    if (r < 0)
        return error_trace(r);
    r = db_migrate(&outbox->db, outbox_steps, OUTBOX_STEP_COUNT);
    if (r < 0)
        return error_trace(r);
    ulid_make(epoch);
    // Both are names of a closed alphabet without quotes: a terminal's name and a ULID.
    text_appendf(&sql, "INSERT INTO meta (id, terminal, epoch) VALUES (1, '%s', '%s')", outbox->terminal,
                 epoch);
    return error_trace(db_exec(&outbox->db, text_cstr(&sql)));
}

int outbox_create(const char *path, const char *terminal)
{
    CLEANUP(cleanup_outbox) Outbox *outbox = outbox_new(path, terminal, OUTBOX_WRITE);

    if (access(path, F_OK) == 0)
        return OUTBOX_E_EXISTS;
    int r = outbox_open_lock(outbox);
    if (r != 0)
        return r;
    bool exists = access(path, F_OK) == 0;
    r = exists ? OUTBOX_E_EXISTS : outbox_fill(outbox);
    db_close(&outbox->db);
    outbox_unlock(outbox);
    if (r < 0)
        unlink(path);
    return r;
}

int outbox_begin(Outbox *outbox)
{
    int r = outbox_lock(outbox);

    if (r != 0)
        return r;
    if (!outbox->db.handle) {
        r = outbox_open_file(outbox);
        if (r > 0)
            r = error_origin(-EIO); // it was ours before
    }
    if (r == 0)
        r = db_exec(&outbox->db, "BEGIN IMMEDIATE");
    if (r < 0) {
        outbox_unlock(outbox);
        return error_trace(r);
    }
    outbox->in_transaction = true;
    r = outbox_refresh(outbox);
    outbox->next_before = outbox->head.next;
    if (r < 0)
        outbox_rollback(outbox);
    return error_trace(r);
}

void outbox_rollback(Outbox *outbox)
{
    if (!outbox->in_transaction)
        return;
    outbox->in_transaction = false;
    // SQLite has ended the transaction itself after some errors.
    if (outbox->db.handle && !sqlite3_get_autocommit(outbox->db.handle))
        db_exec(&outbox->db, "ROLLBACK");
    outbox_load_head(outbox);
    outbox_unlock(outbox);
}

// What a failed COMMIT wrote may still lie in the WAL, unseen, and a crash could bring it back. A change that
// is committed after it takes its place; then it is certain that nothing was recorded.
static bool outbox_seal(Outbox *outbox)
{
    return outbox->head.next == outbox->next_before &&
           db_exec(&outbox->db, "BEGIN IMMEDIATE; UPDATE meta SET seals = seals + 1 WHERE id = 1; COMMIT") ==
               0;
}

int outbox_commit(Outbox *outbox)
{
    int r = db_exec(&outbox->db, "COMMIT");

    outbox->in_transaction = false;
    if (r < 0) {
        bool adds = outbox->head.next != outbox->next_before;
        db_close(&outbox->db);
        bool looked = outbox_open_file(outbox) == 0;
        if (!looked)
            db_close(&outbox->db);
        // On a full disk the write failed, and what ends a transaction is written last: nothing can come
        // back.
        if (adds && r != -ENOSPC && !(looked && outbox_seal(outbox)))
            r = OUTBOX_E_UNSURE;
    }
    outbox_unlock(outbox);
    return error_trace(r);
}

int outbox_finish(Outbox *outbox, int r)
{
    if (r >= 0)
        return outbox_commit(outbox);
    outbox_rollback(outbox);
    return error_trace(r);
}

int outbox_claim(Outbox *outbox)
{
    CLEANUP(cleanup_fd) int fd = open(outbox->claim_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0)
        return error_origin(-errno);
    if (flock(fd, LOCK_EX | LOCK_NB) < 0)
        return errno == EWOULDBLOCK ? OUTBOX_E_RUNNING : error_origin(-errno);
    outbox->claim = fd;
    fd = -1;
    return 0;
}

bool outbox_is_claimed(const Outbox *outbox)
{
    CLEANUP(cleanup_fd) int fd = open(outbox->claim_path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

    return fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;
}

int outbox_watch(const Outbox *outbox, int *ret_fd)
{
    CLEANUP(cleanup_fd) int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

    if (fd < 0 || inotify_add_watch(fd, outbox->lock_path, IN_CLOSE_WRITE) < 0)
        return error_origin(-errno);
    *ret_fd = fd;
    fd = -1;
    return 0;
}

void outbox_watch_drain(int fd)
{
    char events[1024] __attribute__((aligned(__alignof__(struct inotify_event))));

    while (read(fd, events, sizeof(events)) > 0)
        continue;
}
