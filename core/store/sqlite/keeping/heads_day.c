#include "core/store/heads_day.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/model/chain.h"
#include "core/store/sqlite/keeping/heads_file.h"
#include "core/store/sqlite/keeping/redact.h"
#include "core/store/sqlite/ledger/ledger_private.h"

// The digest covers a line for each stream that had events by then, and one for the audit log:
//
//   SHA-256("studyday-head/1 DATE STORE\n" then "TERMINAL EPOCH THROUGH CHAIN\n" by name, then "audit COUNT
//   CHAIN\n")
//
// A stream belongs to the day as far as its events, in a row from the first, were received before the day's
// end. What came later, or closed a gap later, belongs to a later day. The chains are computed from the
// events, not taken from where they are kept.

#define RECEIVED_UNIT 1000  // event.received is kept in milliseconds
#define SETTLED (TIME_HOUR) // after midnight: what was being written then is committed by now
#define CODE_DIGITS 40      // 160 bits: nobody finds two databases with one head
#define CODE_GROUP 4
#define DATE_SIZE 10

typedef struct DayStream {
    int64_t stream;
    int32_t area;
    char terminal[33], epoch[ULID_SIZE];
} DayStream;

typedef struct Day {
    Store *store;
    Time from, until;
    HeadsDay *sums;
    Text lines;
    Text *list;
} Day;

static void cleanup_day(Day *day)
{
    text_deinit(&day->lines);
}

static int day_streams(Store *store, DayStream **ret_streams, size_t *ret_count)
{
    sqlite3_stmt *all = store_get(store, SQL_STREAM_ALL);
    DayStream *streams = NULL;
    size_t count = 0;
    int r;

    if (!all)
        return error_origin(-EIO);
    while ((r = db_step(&store->db, all)) > 0) {
        streams = alloc_resize(streams, count + 1, sizeof(*streams));
        DayStream *stream = &streams[count++];
        *stream = (DayStream){.stream = db_int(all, 0), .area = (int32_t)db_int(all, 1)};
        snprintf(stream->terminal, sizeof(stream->terminal), "%s", db_text(all, 2));
        snprintf(stream->epoch, sizeof(stream->epoch), "%s", db_text(all, 3));
    }
    *ret_streams = streams;
    *ret_count = count;
    return error_trace(r);
}

static int day_event(Day *day, const DayStream *stream, sqlite3_stmt *event, Text *canonical,
                     uint8_t chain[static DIGEST_SIZE])
{
    uint64_t seq = (uint64_t)db_int(event, 0);
    int r = redacted_chain(day->store, event_key_pack(&(EventKey){stream->area, stream->stream, seq}), chain);

    if (r != 0)
        return r < 0 ? error_trace(r) : 0;
    text_clear(canonical);
    r = event_canonical_load(day->store, seq, db_int(event, 1), db_int(event, 2), db_int(event, 3),
                             db_int(event, 4), sqlite3_column_blob(event, 5),
                             (size_t)sqlite3_column_bytes(event, 5), canonical);
    if (r == 0)
        chain_advance(chain, canonical->data, canonical->size);
    return error_trace(r);
}

static int day_walk(Day *day, const DayStream *stream, uint64_t *ret_through,
                    uint8_t chain[static DIGEST_SIZE])
{
    CLEANUP(cleanup_text) Text canonical = {0};
    sqlite3_stmt *events = store_get(day->store, SQL_CHAIN_EVENTS);
    uint64_t through = 0;
    int r;

    if (!events)
        return error_origin(-EIO);
    chain_start(stream->terminal, stream->epoch, chain);
    db_bind_int(events, 1, stream->stream);
    while ((r = db_step(&day->store->db, events)) > 0) {
        Time received = db_int(events, 6) * RECEIVED_UNIT;

        if ((uint64_t)db_int(events, 0) != through + 1 || received >= day->until)
            break;
        r = day_event(day, stream, events, &canonical, chain);
        if (r < 0)
            break;
        through++;
        day->sums->events_of_day += received >= day->from;
    }
    sqlite3_reset(events);
    *ret_through = through;
    return r < 0 ? error_trace(r) : 0;
}

static void day_line(Day *day, size_t number, const DayStream *stream, uint64_t through,
                     const uint8_t chain[static DIGEST_SIZE])
{
    char hex[DIGEST_HEX_SIZE];

    hex_encode(chain, DIGEST_SIZE, hex);
    if (stream)
        text_appendf(&day->lines, "%s %s %" PRIu64 " %s\n", stream->terminal, stream->epoch, through, hex);
    else
        text_appendf(&day->lines, "audit %" PRIu64 " %s\n", through, hex);
    if (day->list && stream)
        heads_file_add_stream(day->list, stream->terminal, stream->epoch);
    if (day->list)
        heads_file_add_head(day->list, number, through, chain);
}

static int day_chains(Day *day)
{
    CLEANUP(cleanup_free) DayStream *streams = NULL;
    uint8_t chain[DIGEST_SIZE];
    size_t count = 0;
    int r = day_streams(day->store, &streams, &count);

    for (size_t i = 0; i < count && r == 0; i++) {
        uint64_t through = 0;

        r = day_walk(day, &streams[i], &through, chain);
        if (r < 0 || through == 0)
            continue;
        day->sums->streams++;
        day->sums->events += (int64_t)through;
        day_line(day, (size_t)day->sums->streams, &streams[i], through, chain);
    }
    return error_trace(r);
}

static int day_audit(Day *day)
{
    sqlite3_stmt *get = store_get(day->store, SQL_AUDIT_BEFORE);

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, day->until);
    int r = db_step(&day->store->db, get);
    if (r > 0 && sqlite3_column_bytes(get, 1) != DIGEST_SIZE)
        r = error_origin(-EUCLEAN);
    if (r > 0) {
        day->sums->entries = db_int(get, 0);
        day_line(day, HEADS_AUDIT, NULL, (uint64_t)day->sums->entries, sqlite3_column_blob(get, 1));
    }
    sqlite3_reset(get);
    return r < 0 ? error_trace(r) : 0;
}

int heads_day(Store *store, Date date, HeadsDay *ret_day, Text *list)
{
    HeadsDay sums = {.date = date};
    CLEANUP(cleanup_day) Day day = {.store = store, .sums = &sums, .list = list};
    uint8_t digest[DIGEST_SIZE];
    char shown[CLOCK_TEXT_SIZE];
    size_t from = 0;
    int r = store_begin(store); // one snapshot for all

    if (r < 0)
        return error_trace(r);
    day.from = zone_day_start(date);
    day.until = zone_day_start(date + 1);
    r = store_identity(store, &sums.identity);
    date_format(date, shown);
    text_appendf(&day.lines, "studyday-head/1 %s %s\n", shown, sums.identity.store);
    if (list) {
        heads_file_begin(list, digest);
        from = list->size;
        heads_file_add_identity(list, "database", &sums.identity);
    }
    if (r == 0)
        r = day_chains(&day);
    if (r == 0)
        r = day_audit(&day);
    store_rollback(store);
    if (r < 0)
        return error_trace(r);
    if (list)
        heads_file_close(list, from, 1, day.until - TIME_SECOND, digest);
    digest_sha256(&(DigestPart){day.lines.data, day.lines.size}, 1, sums.digest);
    *ret_day = sums;
    return 0;
}

bool heads_day_is_over(Date date, Time now)
{
    return now >= zone_day_start(date + 1) + SETTLED;
}

void heads_day_code(const HeadsDay *day, char ret_code[static HEADS_DAY_CODE_SIZE])
{
    char hex[DIGEST_HEX_SIZE], shown[CLOCK_TEXT_SIZE];
    size_t size;

    hex_encode(day->digest, DIGEST_SIZE, hex);
    date_format(day->date, shown);
    size = (size_t)snprintf(ret_code, HEADS_DAY_CODE_SIZE, "%.10s", shown);
    for (size_t i = 0; i < CODE_DIGITS; i++) {
        if (i % CODE_GROUP == 0)
            ret_code[size++] = i == 0 ? ':' : '-';
        ret_code[size++] = hex[i];
    }
    ret_code[size] = '\0';
}

// As people write it down: groups with or without hyphens, capitals or not.
static bool code_read(const char *text, Date *ret_date, char *ret_code)
{
    char date[DATE_SIZE + 1] = "";
    size_t digits = 0, size = DATE_SIZE;

    strncpy(date, text, DATE_SIZE);
    if (strlen(date) != DATE_SIZE || text[DATE_SIZE] != ':' || !date_parse(date, ret_date))
        return false;
    memcpy(ret_code, date, DATE_SIZE);
    for (const char *at = text + DATE_SIZE + 1; digits < CODE_DIGITS; at++) {
        if (*at == '-')
            continue;
        if (!isxdigit((unsigned char)*at))
            return false;
        if (digits % CODE_GROUP == 0)
            ret_code[size++] = digits == 0 ? ':' : '-';
        ret_code[size++] = (char)tolower((unsigned char)*at);
        digits++;
    }
    ret_code[size] = '\0';
    return true;
}

bool heads_day_find(const char *text, Date *ret_date, char ret_code[static HEADS_DAY_CODE_SIZE])
{
    for (; *text; text++)
        if (isdigit((unsigned char)*text) && code_read(text, ret_date, ret_code))
            return true;
    return false;
}
