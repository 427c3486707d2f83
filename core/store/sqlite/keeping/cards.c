#include "core/store/sqlite/keeping/cards.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/digest.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/log.h"

// A card is found by a keyed hash of its token. The number printed into a card is short: without a key
// whoever has the file would try them all in an hour. Terminals must know the tokens of their own members (a
// plan holds them), so that the token cannot be thrown away; it stands beside the hash, sealed under it: the
// hash serves as nonce, and opening a token proves itself by hashing it again. One secret, cards.key, gives
// both keys. It lies beside the database and is in no backup.
//
// Without the key, or with another one, no card would be known, and whatever asks again whose an event is
// would take it from its member. So the database holds a mark of its key, and nobody writes it under another
// one. A reader goes on without cards; recompute, which asks of every event, does not.

#define KEY_FILE "cards.key"
#define KEY_FILE_MAX 128 // 64 digits and a line's end

static void derive(Store *store, const uint8_t secret[static DIGEST_SIZE])
{
    static const char hash[] = "studyday card hash", seal[] = "studyday card seal";

    digest_hmac(secret, &(DigestPart){hash, sizeof(hash) - 1}, 1, store->cards.hash_key);
    digest_hmac(secret, &(DigestPart){seal, sizeof(seal) - 1}, 1, store->cards.seal_key);
    store->cards.known = true;
}

// It belongs to whoever has the database, also where root makes it. Two processes may make it at once: the
// one that comes second reads the first one's.
static int make(const char *path, const struct stat *database)
{
    uint8_t secret[DIGEST_SIZE];
    char line[DIGEST_HEX_SIZE];

    digest_random(secret, sizeof(secret));
    hex_encode(secret, sizeof(secret), line);
    line[DIGEST_HEX_SIZE - 1] = '\n';
    int r = file_write_atomic(path, line, DIGEST_HEX_SIZE, 0600, false);
    digest_wipe(secret, sizeof(secret));
    digest_wipe(line, sizeof(line));
    if (r == 0 && geteuid() == 0 && chown(path, database->st_uid, database->st_gid) < 0)
        return error_origin(-errno);
    return r == -EEXIST ? 0 : r;
}

static int take(Store *store, const char *path, const Text *text)
{
    uint8_t secret[DIGEST_SIZE];

    size_t size = text->size;

    if (size && text->data[size - 1] == '\n')
        size--;
    if (!hex_decode(text_cstr(text), size, secret, sizeof(secret))) {
        log_error("store", "card-key=%s is not a key: 64 lower-case hex digits", path);
        return error_origin(-EINVAL);
    }
    derive(store, secret);
    digest_wipe(secret, sizeof(secret));
    return 0;
}

// What the database knows of its key: "" and no mark where there is none yet.
typedef struct CardMark {
    uint8_t mark[CARD_HASH_SIZE];
    bool known;
    char *path; // where the key lay when it was last written under it
} CardMark;

static void card_mark_deinit(CardMark *mark)
{
    free(mark->path);
}

static int query_mark(Store *store, CardMark *ret_mark)
{
    sqlite3_stmt *get = store_get(store, SQL_CARD_KEY_GET);

    *ret_mark = (CardMark){0};
    if (!get)
        return error_origin(-EIO);
    int r = db_step(&store->db, get);
    if (r > 0 && sqlite3_column_bytes(get, 0) == CARD_HASH_SIZE) {
        memcpy(ret_mark->mark, sqlite3_column_blob(get, 0), CARD_HASH_SIZE);
        ret_mark->path = alloc_string(db_text(get, 1));
        ret_mark->known = true;
    }
    sqlite3_reset(get);
    return r < 0 ? error_trace(r) : 0;
}

int cards_exist(Store *store, bool *ret_exist)
{
    sqlite3_stmt *any = store_get(store, SQL_CARD_ANY);

    if (!any)
        return error_origin(-EIO);
    int r = db_step(&store->db, any);
    sqlite3_reset(any);
    *ret_exist = r > 0;
    return r < 0 ? error_trace(r) : 0;
}

static int put_mark(Store *store, const uint8_t mark[static CARD_HASH_SIZE], const char *path)
{
    sqlite3_stmt *drop = store_get(store, SQL_CARD_KEY_DROP);
    sqlite3_stmt *put = store_get(store, SQL_CARD_KEY_PUT);

    if (!drop || !put)
        return error_origin(-EIO);
    db_bind_blob(put, 1, mark, CARD_HASH_SIZE);
    db_bind_text(put, 2, path);
    int r = db_run(&store->db, drop);
    return r < 0 ? error_trace(r) : error_trace(db_run(&store->db, put));
}

/// Whether the key at `path` is the one of the database's cards. A writer notes it where it is new, or lies
/// elsewhere by now.
static int compare_mark(Store *store, const CardMark *stored, const char *path)
{
    uint8_t mark[CARD_HASH_SIZE];
    bool exist;

    card_hash(store, "", mark); // no card is empty
    bool same = stored->known && memcmp(mark, stored->mark, sizeof(mark)) == 0;
    int r = cards_exist(store, &exist);
    if (r < 0)
        return error_trace(r);
    store->cards.known = same || !exist || !stored->known;
    if (!store->cards.known)
        return store->writable ? STORE_E_CARD_KEY : 0;
    if (!store->writable || (same && strcmp(path, stored->path) == 0))
        return 0;
    return error_trace(put_mark(store, mark, path));
}

/// Makes a key for a database that has no cards yet.
static int make_first(Store *store, const char *path, const struct stat *database)
{
    bool exist;
    int r = cards_exist(store, &exist);

    if (r < 0 || exist)
        return r < 0 ? error_trace(r) : STORE_E_CARD_KEY;
    return error_trace(make(path, database));
}

// For nobody's eyes but its owner's, who is the database's: unlike other secrets, root may use it as well.
static int read_key(const char *path, const struct stat *database, Text *text)
{
    struct stat status;

    if (stat(path, &status) < 0)
        return errno == ENOENT ? FILE_E_MISSING : error_origin(-errno);
    bool ours = status.st_uid == 0 || status.st_uid == geteuid() || status.st_uid == database->st_uid;
    if (status.st_mode & (S_IRWXG | S_IRWXO) || !ours)
        return FILE_E_EXPOSED;
    return file_read(path, KEY_FILE_MAX, text);
}

// A database that was copied or moved finds its key where it lay, and a writer takes it along.
static int read_elsewhere(Store *store, const CardMark *stored, const struct stat *database, const char *path,
                          Text *text)
{
    if (!stored->known || strcmp(stored->path, path) == 0 || read_key(stored->path, database, text) != 0 ||
        take(store, stored->path, text) < 0)
        return FILE_E_MISSING;
    uint8_t mark[CARD_HASH_SIZE];
    card_hash(store, "", mark);
    store->cards.known = false;
    if (memcmp(mark, stored->mark, sizeof(mark)) != 0)
        return FILE_E_MISSING;
    if (!store->writable)
        return 0;
    int r = file_write_atomic(path, text_cstr(text), text->size, 0600, false);
    if (r == 0 && geteuid() == 0 && chown(path, database->st_uid, database->st_gid) < 0)
        r = -errno;
    return r == -EEXIST ? 0 : error_trace(r);
}

int cards_open(Store *store)
{
    CLEANUP(cleanup_free) char *database_path = realpath(store->path, NULL);
    CLEANUP(cleanup_free) char *path = database_path ? file_beside(database_path, KEY_FILE) : NULL;
    CLEANUP(card_mark_deinit) CardMark stored = {0};
    CLEANUP(cleanup_text) Text text = {0};
    struct stat database;

    if (!path || stat(store->path, &database) < 0)
        return error_origin(-errno);
    if (!store->writable && access(path, R_OK) < 0 && errno != ENOENT)
        return 0; // who may read the database need not be trusted with the cards
    int r = query_mark(store, &stored);
    if (r == 0)
        r = read_key(path, &database, &text);
    if (r == FILE_E_MISSING)
        r = read_elsewhere(store, &stored, &database, path, &text);
    if (r == FILE_E_MISSING && !store->writable)
        return 0;
    if (r == FILE_E_MISSING) {
        r = make_first(store, path, &database);
        if (r == STORE_E_CARD_KEY)
            return r;
        if (r == 0)
            r = read_key(path, &database, &text);
    }
    if (r == FILE_E_EXPOSED) {
        log_error("store", "card-key=%s is not its owner's alone: it must have mode 0600", path);
        return error_origin(-EACCES);
    }
    if (r != 0)
        return r < 0 ? error_trace(r) : error_origin(-EIO);
    r = take(store, path, &text);
    digest_wipe(text.data, text.size);
    return r < 0 ? error_trace(r) : compare_mark(store, &stored, path);
}

bool cards_have_key(const Store *store)
{
    return store->cards.known;
}

void card_hash(const Store *store, const char *token, uint8_t ret_hash[static CARD_HASH_SIZE])
{
    uint8_t mac[DIGEST_SIZE];

    digest_hmac(store->cards.hash_key, &(DigestPart){token, strlen(token)}, 1, mac);
    memcpy(ret_hash, mac, CARD_HASH_SIZE);
}

static void mask(const Store *store, const void *hash, uint8_t *data, size_t size)
{
    uint8_t nonce[DIGEST_NONCE_SIZE] = {0};

    memcpy(nonce, hash, CARD_HASH_SIZE);
    digest_mask(store->cards.seal_key, nonce, data, size);
}

size_t card_seal(const Store *store, const char *token, uint8_t ret_sealed[static CARD_TOKEN_SIZE])
{
    uint8_t hash[CARD_HASH_SIZE];
    size_t size = strlen(token);

    if (size >= CARD_TOKEN_SIZE) // no code is longer
        size = CARD_TOKEN_SIZE - 1;
    card_hash(store, token, hash);
    memcpy(ret_sealed, token, size);
    mask(store, hash, ret_sealed, size);
    return size;
}

bool card_unseal(const Store *store, const void *hash, const void *sealed, size_t size,
                 char ret_token[static CARD_TOKEN_SIZE])
{
    uint8_t again[CARD_HASH_SIZE];

    if (!store->cards.known || size >= CARD_TOKEN_SIZE)
        return false;
    memcpy(ret_token, sealed, size);
    mask(store, hash, (uint8_t *)ret_token, size);
    ret_token[size] = '\0';
    card_hash(store, ret_token, again);
    return strlen(ret_token) == size && digest_equal(again, hash, CARD_HASH_SIZE);
}
