#include "core/store/sqlite/keeping/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/digest.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/store/sqlite/store_private.h"

// A copy by SQLite's backup interface, in small steps.
//
// The source's snapshot is held from the first page to the last. Without that, each commit of the collector
// would make the copying begin anew, and on a study day it would never end. In WAL mode a reader with a
// snapshot stops no writer; it only keeps the WAL from shrinking, so the time is bounded.
//
// The copy is written without a journal and without syncs, and means nothing until copy_make() has turned it
// into a plain file and synced it.

#define COPY_STEP_PAGES 256       // 1 MiB: a few milliseconds between two looks at clock and caller
#define COPY_VERIFY_OPS 200000    // virtual machine steps of SQLite between two looks: some milliseconds
#define COPY_RANDOM_BYTES 8       // in the temporary name
#define COPY_HEADER_VERSION_AT 18 // two bytes of the file's header: 1 rollback journal, 2 WAL

char *copy_name(const char *path)
{
    uint8_t random[COPY_RANDOM_BYTES];
    char suffix[2 * COPY_RANDOM_BYTES + 1];
    Text name = {0};

    digest_random(random, sizeof(random));
    hex_encode(random, sizeof(random), suffix);
    text_appendf(&name, "%s.%s.tmp", path, suffix);
    return text_take(&name);
}

void copy_remove(const char *path)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", "-journal", ".lock"};

    for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++) {
        CLEANUP(cleanup_text) Text name = {0};

        text_appendf(&name, "%s%s", path, suffixes[i]);
        unlink(text_cstr(&name));
    }
}

int copy_sync(const char *path)
{
    CLEANUP(cleanup_fd) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

    if (fd < 0 || fsync(fd) < 0)
        return error_origin(-errno);
    return 0;
}

static bool copy_goes_on(const BackupWatch *watch, BackupStage stage, uint64_t done, uint64_t total)
{
    return !watch->go_on || watch->go_on(watch->user, stage, done, total);
}

static int copy_steps(Db *to, sqlite3_backup *backup, const BackupWatch *watch)
{
    Time until = clock_monotonic() + BACKUP_READ_MAX;
    int result;

    while ((result = sqlite3_backup_step(backup, COPY_STEP_PAGES)) == SQLITE_OK) {
        uint64_t total = (uint64_t)sqlite3_backup_pagecount(backup);

        if (!copy_goes_on(watch, BACKUP_COPYING, total - (uint64_t)sqlite3_backup_remaining(backup), total))
            return BACKUP_E_STOPPED;
        if (clock_monotonic() > until)
            return BACKUP_E_SLOW;
    }
    return result == SQLITE_DONE ? 0 : db_error(to, result, "backup");
}

static int copy_pages(Db *from, Db *to, const BackupWatch *watch)
{
    int64_t tables;
    int r = db_exec(from, "BEGIN");

    if (r == 0)
        r = db_query_int64(from, "SELECT count(*) FROM sqlite_schema", &tables); // takes the snapshot
    if (r >= 0) {
        sqlite3_backup *backup = sqlite3_backup_init(to->handle, "main", from->handle, "main");

        r = backup ? copy_steps(to, backup, watch) : db_error(to, sqlite3_errcode(to->handle), "backup");
        int finished = sqlite3_backup_finish(backup);
        if (r == 0 && finished != SQLITE_OK)
            r = db_error(to, finished, "backup");
    }
    if (!sqlite3_get_autocommit(from->handle))
        db_exec(from, "ROLLBACK");
    return r;
}

// The pages say that there is a WAL, as those of the source do.
static int copy_make_plain(const char *path)
{
    CLEANUP(cleanup_fd) int fd = -1;
    unsigned char versions[2] = {0};
    Db db;
    int r = db_open(&db, "copy", path, DB_WRITE, 0, NULL, 0);

    if (r < 0)
        return error_trace(r);
    r = db_exec(&db, "PRAGMA journal_mode=DELETE");
    db_close(&db);
    if (r < 0)
        return error_trace(r);
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 || pread(fd, versions, sizeof(versions), COPY_HEADER_VERSION_AT) < 0)
        return error_origin(-errno);
    return versions[0] == 1 && versions[1] == 1 ? 0 : error_origin(-EIO);
}

int copy_make(Db *from, const char *path, const BackupWatch *watch)
{
    CLEANUP(cleanup_fd) int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    Db to = {.label = "copy"};

    if (fd < 0)
        return error_origin(-errno);
    int result = sqlite3_open_v2(path, &to.handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    int r = result == SQLITE_OK ? db_exec(&to, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF")
                                : db_error(&to, result, "open");
    if (r == 0)
        r = copy_pages(from, &to, watch);
    db_close(&to);
    if (r == 0)
        r = copy_make_plain(path);
    if (r == 0)
        r = copy_sync(path);
    return r < 0 ? error_trace(r) : r;
}

typedef struct CopyProof {
    const BackupWatch *watch;
    bool stopped;
} CopyProof;

static int copy_on_ops(void *user)
{
    CopyProof *proof = user;

    proof->stopped |= !copy_goes_on(proof->watch, BACKUP_VERIFYING, 0, 0);
    return proof->stopped;
}

static void copy_pass_over(void *user, const VerifyFinding *finding)
{
    (void)user;
    (void)finding;
}

int copy_verify(Store *store, const BackupWatch *watch, BackupResult *ret_result)
{
    CopyProof proof = {.watch = watch};
    BackupResult result = {0};
    struct stat status;
    int r;

    sqlite3_progress_handler(store->db.handle, COPY_VERIFY_OPS, copy_on_ops, &proof);
    r = verify_store(store, watch->found ? watch->found : copy_pass_over, watch->user, &result.summary);
    sqlite3_progress_handler(store->db.handle, 0, NULL, NULL);
    if (proof.stopped)
        return BACKUP_E_STOPPED;
    if (r == -EUCLEAN || result.summary.findings > 0)
        return BACKUP_E_DAMAGED;
    if (r == 0)
        r = store_identity(store, &result.identity);
    if (r < 0)
        return error_trace(r);
    if (stat(store->path, &status) == 0)
        result.bytes = status.st_size;
    *ret_result = result;
    return 0;
}
