#include "core/store/audit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base/error.h"
#include "core/store/sqlite/keeping/audit.h"
#include "core/store/sqlite/keeping/redact.h"

// Each row has a digest over the digest before it and all that the row says:
//
//   chain(0) = SHA-256("studyday-audit/1")
//   chain(n) = SHA-256(chain(n-1) || the row as canonical JSON)
//
// Rows are numbered from 1 without a gap. What the schema's triggers cannot stop, somebody with the file in
// hand, shows when the database is verified: a row that was changed, taken out or put in. Rows cut off at the
// end show against the heads that were kept apart.

static const char seed[] = "studyday-audit/1";

static void append_pair(Text *text, const char *head, const char *value)
{
    text_append(text, head);
    text_append_json(text, value, strlen(value));
}

static void advance(uint8_t chain[static DIGEST_SIZE], const AuditRow *row)
{
    CLEANUP(cleanup_text) Text text = {0};

    append_pair(&text, "{\"action\":", row->action);
    text_appendf(&text, ",\"at\":%" PRId64, row->at);
    append_pair(&text, ",\"detail\":", row->detail);
    text_appendf(&text, ",\"id\":%" PRId64, row->id);
    append_pair(&text, ",\"subject\":", row->subject);
    append_pair(&text, ",\"who\":", row->who);
    append_pair(&text, ",\"why\":", row->why);
    text_append_char(&text, '}');
    digest_sha256((const DigestPart[]){{chain, DIGEST_SIZE}, {text.data, text.size}}, 2, chain);
}

static void start(uint8_t ret_chain[static DIGEST_SIZE])
{
    digest_sha256(&(DigestPart){seed, sizeof(seed) - 1}, 1, ret_chain);
}

int audit_head(Store *store, int64_t *ret_count, uint8_t ret_chain[static DIGEST_SIZE])
{
    sqlite3_stmt *get = store_get(store, SQL_AUDIT_LAST);

    if (!get)
        return error_origin(-EIO);
    *ret_count = 0;
    start(ret_chain);
    int r = db_step(&store->db, get);
    if (r > 0) {
        *ret_count = db_int(get, 0);
        if (sqlite3_column_bytes(get, 1) == DIGEST_SIZE)
            memcpy(ret_chain, sqlite3_column_blob(get, 1), DIGEST_SIZE);
    }
    sqlite3_reset(get);
    return r < 0 ? error_trace(r) : 0;
}

int audit_add(Store *store, Time at, const char *who, const char *action, const char *subject,
              const char *why, const char *detail)
{
    AuditRow row = {.at = at,
                    .who = who ? who : "",
                    .action = action,
                    .subject = subject ? subject : "",
                    .why = why ? why : "",
                    .detail = detail ? detail : ""};
    uint8_t chain[DIGEST_SIZE];
    int r = audit_head(store, &row.id, chain);

    sqlite3_stmt *add = r == 0 ? store_get(store, SQL_AUDIT_ADD) : NULL;
    if (!add)
        return error_origin(r < 0 ? r : -EIO);
    row.id++;
    advance(chain, &row);
    db_bind_int(add, 1, row.id);
    db_bind_int(add, 2, row.at);
    db_bind_text(add, 3, row.who);
    db_bind_text(add, 4, row.action);
    db_bind_text(add, 5, row.subject);
    db_bind_text(add, 6, row.why);
    db_bind_text(add, 7, row.detail);
    db_bind_blob(add, 8, chain, sizeof(chain));
    return error_trace(db_run(&store->db, add));
}

static AuditRow row_read(sqlite3_stmt *get)
{
    return (AuditRow){.id = db_int(get, 0),
                      .at = db_int(get, 1),
                      .who = db_text(get, 2),
                      .action = db_text(get, 3),
                      .subject = db_text(get, 4),
                      .why = db_text(get, 5),
                      .detail = db_text(get, 6)};
}

int audit_each(Store *store, const AuditFilter *filter, int (*each)(void *user, const AuditRow *row),
               void *user)
{
    sqlite3_stmt *get = store_get(store, SQL_AUDIT_SOME);
    int r;

    if (!get)
        return error_origin(-EIO);
    if (filter->from != TIME_NONE)
        db_bind_int(get, 1, filter->from);
    if (filter->to != TIME_NONE)
        db_bind_int(get, 2, filter->to);
    db_bind_text(get, 3, filter->who);
    db_bind_text(get, 4, filter->action);
    db_bind_text(get, 5, filter->subject);
    while ((r = db_step(&store->db, get)) > 0) {
        AuditRow row = row_read(get);
        r = each(user, &row);
        if (r != 0)
            break;
    }
    sqlite3_reset(get);
    return r;
}

// Entries that were noted and are not those that are there, or are not there.
static void verify_marks(const HeadsMark *marks, size_t count, const HeadsMark *wrong, int64_t last,
                         void (*tell)(void *user, const char *what, const char *detail), void *user)
{
    char detail[160], when[CLOCK_TEXT_SIZE];

    if (wrong) {
        time_format_zone(wrong->at, when);
        snprintf(detail, sizeof(detail), "entries up to %" PRIu64 " are not those noted at %s",
                 wrong->through, when);
        tell(user, "audit", detail);
    }
    if (count > 0 && marks[count - 1].through > (uint64_t)last) {
        time_format_zone(marks[count - 1].at, when);
        snprintf(detail, sizeof(detail), "entries %" PRId64 " to %" PRIu64 " are gone, noted at %s", last + 1,
                 marks[count - 1].through, when);
        tell(user, "audit", detail);
    }
}

// Whether an entry has the digest that it should have, or one that stays since an erasure has redacted it.
static bool follows(Store *store, const AuditRow *row, sqlite3_stmt *get, uint8_t chain[static DIGEST_SIZE])
{
    bool redacted = false;

    if (sqlite3_column_bytes(get, 7) != DIGEST_SIZE)
        return false;
    if (memcmp(chain, sqlite3_column_blob(get, 7), DIGEST_SIZE) == 0)
        return true;
    if (redacted_entry(store, row->id, &redacted) < 0 || !redacted)
        return false;
    memcpy(chain, sqlite3_column_blob(get, 7), DIGEST_SIZE);
    return true;
}

int audit_verify(Store *store, const HeadsMark *marks, size_t count,
                 void (*tell)(void *user, const char *what, const char *detail), void *user)
{
    sqlite3_stmt *get = store_get(store, SQL_AUDIT_ALL);
    const HeadsMark *wrong = NULL;
    uint8_t chain[DIGEST_SIZE];
    int64_t expected = 1;
    bool broken = false;
    char detail[80];
    size_t next = 0;
    int r;

    if (!get)
        return error_origin(-EIO);
    start(chain);
    while (!broken && (r = db_step(&store->db, get)) > 0) {
        AuditRow row = row_read(get);
        advance(chain, &row);
        broken = true; // one tells it: whatever follows differs as well
        if (row.id != expected)
            snprintf(detail, sizeof(detail), "entry %" PRId64 " is missing", expected);
        else if (!follows(store, &row, get, chain))
            snprintf(detail, sizeof(detail), "entry %" PRId64 " differs from its digest", row.id);
        else
            broken = false;
        for (; !broken && next < count && marks[next].through <= (uint64_t)expected; next++)
            if (!wrong && memcmp(marks[next].chain, chain, DIGEST_SIZE) != 0)
                wrong = &marks[next];
        expected++;
    }
    sqlite3_reset(get);
    if (broken)
        tell(user, "audit", detail);
    else if (r == 0)
        verify_marks(marks, count, wrong, expected - 1, tell, user);
    return broken || r >= 0 ? 0 : error_trace(r);
}

// The end of the JSON value that begins at `at`: strings are stepped over, brackets are counted.
static const char *value_end(const char *at)
{
    int depth = 0;

    for (; *at; at++) {
        if (*at == '"') {
            for (at++; *at && *at != '"'; at++)
                at += *at == '\\' && at[1];
            if (!*at)
                return NULL;
        } else if (*at == '{' || *at == '[') {
            depth++;
        } else if ((*at == '}' || *at == ']' || *at == ',') && depth == 0) {
            return at;
        } else if (*at == '}' || *at == ']') {
            depth--;
        }
    }
    return NULL;
}

bool audit_split(const char *detail, AuditPart *ret_old, AuditPart *ret_new)
{
    static const char head_new[] = "{\"new\":", head_old[] = ",\"old\":";
    AuditPart parts[2] = {0};

    if (strncmp(detail, head_new, sizeof(head_new) - 1) != 0)
        return false;
    const char *from = detail + sizeof(head_new) - 1, *to = value_end(from);
    if (!to || strncmp(to, head_old, sizeof(head_old) - 1) != 0)
        return false;
    parts[0] = (AuditPart){from, (size_t)(to - from)};
    from = to + sizeof(head_old) - 1;
    to = value_end(from);
    if (!to || strcmp(to, "}") != 0)
        return false;
    parts[1] = (AuditPart){from, (size_t)(to - from)};
    *ret_new = parts[0];
    *ret_old = parts[1];
    return true;
}
