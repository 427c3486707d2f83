#include "core/store/sqlite/keeping/heads_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/file.h"

// The form of the file: lines of text, in records, each of which ends with a line of its own.
//
//   studyday-heads/1
//   database STORE GENERATION              whose heads these are, from here on
//   stream TERMINAL EPOCH                  the streams are numbered in this order, from 1; 0 is the audit log
//   head STREAM THROUGH CHAIN              the chain over events 1 to THROUGH, of each that has moved
//   restore STORE GENERATION               about to take the place of the database
//   renew STORE GENERATION                 about to be its new generation
//   = COUNTER TIME DIGEST                  SHA-256(digest of the record before || this record up to here)
//
// A record is whole or it is not there. What was cut by a crash is the end of the file and counts for
// nothing; a record whose digest differs was changed by somebody.

#define HEADS_FILE_MAX ((size_t)256 * 1024 * 1024) // a writer thins it long before; bounds what is read
#define HEADS_DAYS 400                             // a year, and the time until its figures are final
#define HEADS_LINE_MAX 200                         // "stream" with the longest names takes 68

static const char magic[] = "studyday-heads/1\n";

static void heads_file_start(uint8_t ret_digest[static DIGEST_SIZE])
{
    digest_sha256(&(DigestPart){magic, sizeof(magic) - 1}, 1, ret_digest);
}

void heads_file_begin(Text *text, uint8_t ret_digest[static DIGEST_SIZE])
{
    text_append(text, magic);
    heads_file_start(ret_digest);
}

void heads_file_add_identity(Text *text, const char *word, const StoreIdentity *identity)
{
    text_appendf(text, "%s %s %" PRId64 "\n", word, identity->store, identity->generation);
}

void heads_file_add_stream(Text *text, const char *terminal, const char *epoch)
{
    text_appendf(text, "stream %s %s\n", terminal, epoch);
}

void heads_file_add_head(Text *text, size_t stream, uint64_t through, const uint8_t chain[static DIGEST_SIZE])
{
    char hex[DIGEST_HEX_SIZE];

    hex_encode(chain, DIGEST_SIZE, hex);
    text_append(text, "head ");
    text_append_number(text, stream);
    text_append_char(text, ' ');
    text_append_number(text, through);
    text_append_char(text, ' ');
    text_append_bytes(text, hex, DIGEST_HEX_SIZE - 1);
    text_append_char(text, '\n');
}

static void heads_file_seal(const char *record, size_t size, uint8_t digest[static DIGEST_SIZE])
{
    digest_sha256((const DigestPart[]){{digest, DIGEST_SIZE}, {record, size}}, 2, digest);
}

void heads_file_close(Text *text, size_t from, int64_t counter, Time at, uint8_t digest[static DIGEST_SIZE])
{
    char when[CLOCK_TEXT_SIZE], hex[DIGEST_HEX_SIZE];

    time_format_utc(at, when);
    text_appendf(text, "= %" PRId64 " %s ", counter, when);
    heads_file_seal(text->data + from, text->size - from, digest);
    hex_encode(digest, DIGEST_SIZE, hex);
    text_appendf(text, "%s\n", hex);
}

// --- reading ---

typedef struct Words {
    char *word[5];
    size_t count;
} Words;

static bool split(char *line, Words *ret_words)
{
    char *save = NULL;

    *ret_words = (Words){0};
    for (char *word = strtok_r(line, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
        if (ret_words->count == sizeof(ret_words->word) / sizeof(ret_words->word[0]))
            return false;
        ret_words->word[ret_words->count++] = word;
    }
    return ret_words->count > 0;
}

static bool take_number(const char *word, int64_t min, int64_t *ret_number)
{
    long long number;

    if (!text_parse_int64(word, min, INT64_MAX, &number))
        return false;
    *ret_number = number;
    return true;
}

static bool take_identity(const Words *words, StoreIdentity *ret_identity)
{
    StoreIdentity identity = {0};

    if (words->count != 3 || !ulid_valid(words->word[1], strlen(words->word[1])) ||
        !take_number(words->word[2], 1, &identity.generation))
        return false;
    memcpy(identity.store, words->word[1], ULID_SIZE);
    *ret_identity = identity;
    return true;
}

static bool take_stream(HeadsFile *file, const Words *words)
{
    HeadsStream stream = {0};

    if (words->count != 3 || strlen(words->word[1]) >= sizeof(stream.terminal) ||
        !ulid_valid(words->word[2], strlen(words->word[2])))
        return false;
    strcpy(stream.terminal, words->word[1]);
    memcpy(stream.epoch, words->word[2], ULID_SIZE);
    file->streams = alloc_resize(file->streams, file->stream_count + 1, sizeof(*file->streams));
    file->streams[file->stream_count++] = stream;
    return true;
}

static void mark_add(HeadsFile *file, const HeadsMark *mark)
{
    size_t count = file->mark_count;

    if (count == 0 || (count >= 64 && (count & (count - 1)) == 0)) // full at each power of two
        file->marks = alloc_resize(file->marks, count ? 2 * count : 64, sizeof(*file->marks));
    file->marks[file->mark_count++] = *mark;
}

static bool take_head(HeadsFile *file, const Words *words)
{
    HeadsMark mark = {0};
    int64_t stream, through;

    if (words->count != 4 || !take_number(words->word[1], 0, &stream) ||
        !take_number(words->word[2], 0, &through) || (size_t)stream >= file->stream_count ||
        !hex_decode(words->word[3], strlen(words->word[3]), mark.chain, DIGEST_SIZE))
        return false;
    mark.stream = (uint32_t)stream;
    mark.through = (uint64_t)through;
    if (mark.through < file->streams[stream].through)
        return false; // a head never goes back
    file->streams[stream].through = mark.through;
    mark_add(file, &mark);
    return true;
}

static bool take_line(HeadsFile *file, const char *line, size_t size)
{
    char copy[HEADS_LINE_MAX];
    Words words;

    if (size >= sizeof(copy) || memchr(line, '\0', size))
        return false;
    memcpy(copy, line, size);
    copy[size] = '\0';
    if (!split(copy, &words))
        return false;
    if (strcmp(words.word[0], "head") == 0)
        return take_head(file, &words);
    if (strcmp(words.word[0], "stream") == 0)
        return take_stream(file, &words);
    if (strcmp(words.word[0], "database") == 0) {
        file->announced = (StoreIdentity){0};
        return take_identity(&words, &file->identity);
    }
    file->renewal = strcmp(words.word[0], "renew") == 0;
    return (file->renewal || strcmp(words.word[0], "restore") == 0) &&
           take_identity(&words, &file->announced);
}

// The line that ends a record, which begins at `from`.
static bool take_end(HeadsFile *file, const char *from, const char *line, size_t size)
{
    uint8_t stated[DIGEST_SIZE], digest[DIGEST_SIZE];
    char copy[HEADS_LINE_MAX];
    Words words;
    int offset;

    if (size >= sizeof(copy) || memchr(line, '\0', size))
        return false;
    memcpy(copy, line, size);
    copy[size] = '\0';
    if (!split(copy, &words) || words.count != 4 ||
        !take_number(words.word[1], file->counter + 1, &file->counter) ||
        !time_parse_rfc3339(words.word[2], strlen(words.word[2]), &file->at, &offset) ||
        !hex_decode(words.word[3], strlen(words.word[3]), stated, DIGEST_SIZE))
        return false;
    memcpy(digest, file->digest, DIGEST_SIZE);
    heads_file_seal(from, (size_t)(line - from) + size - (DIGEST_HEX_SIZE - 1), digest);
    if (!digest_equal(digest, stated, DIGEST_SIZE))
        return false;
    memcpy(file->digest, digest, DIGEST_SIZE);
    return true;
}

/// The first byte after the record that begins at `at`, or NULL where the file ends before it does.
static const char *record_end(const char *at, const char *end)
{
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));

        if (!stop)
            return NULL;
        if (*at == '=')
            return stop + 1;
        at = stop + 1;
    }
    return NULL;
}

static bool take_record(HeadsFile *file, const char *from, const char *end)
{
    size_t marks = file->mark_count;
    const char *line = from;

    for (;;) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));

        if (*line == '=') {
            if (!take_end(file, from, line, (size_t)(stop - line)))
                return false;
            break;
        }
        if (!take_line(file, line, (size_t)(stop - line)))
            return false;
        line = stop + 1;
    }
    for (size_t i = marks; i < file->mark_count; i++)
        file->marks[i].at = file->at;
    return true;
}

int heads_file_read(const char *path, HeadsFile *ret_file)
{
    CLEANUP(cleanup_text) Text text = {0};
    HeadsFile file = {0};
    int r = file_read(path, HEADS_FILE_MAX, &text);

    if (r < 0)
        return error_trace(r);
    if (r == FILE_E_MISSING)
        return HEADS_FILE_E_MISSING;
    if (r || text.size < sizeof(magic) - 1 || memcmp(text.data, magic, sizeof(magic) - 1) != 0)
        return HEADS_FILE_E_FOREIGN;
    file.streams = alloc_zero(sizeof(*file.streams));
    file.stream_count = 1;
    heads_file_start(file.digest);
    const char *at = text.data + sizeof(magic) - 1, *end = text.data + text.size;
    for (const char *next; at < end; at = next) {
        size_t marks = file.mark_count, streams = file.stream_count;

        next = record_end(at, end);
        file.torn = next == NULL;
        file.damaged = next && !take_record(&file, at, next);
        if (file.torn || file.damaged) {
            file.mark_count = marks;
            file.stream_count = streams;
            break;
        }
    }
    file.size = (size_t)(at - text.data);
    *ret_file = file;
    return 0;
}

void heads_file_deinit(HeadsFile *file)
{
    free(file->streams);
    free(file->marks);
    free(file->by_stream);
    free(file->order);
    *file = (HeadsFile){0};
}

static int stream_compare(const HeadsStream *stream, const char *terminal, const char *epoch)
{
    int order = strcmp(stream->terminal, terminal);

    return order ? order : strcmp(stream->epoch, epoch);
}

static int order_compare(const void *a, const void *b, void *user)
{
    const HeadsStream *streams = user, *other = &streams[*(const uint32_t *)b];

    return stream_compare(&streams[*(const uint32_t *)a], other->terminal, other->epoch);
}

void heads_file_sort(HeadsFile *file)
{
    size_t first = 0;

    free(file->by_stream);
    file->by_stream = alloc_zero((file->mark_count + 1) * sizeof(*file->by_stream));
    for (size_t i = 0; i < file->stream_count; i++)
        file->streams[i].count = 0;
    for (size_t i = 0; i < file->mark_count; i++)
        file->streams[file->marks[i].stream].count++;
    for (size_t i = 0; i < file->stream_count; i++) {
        file->streams[i].first = first;
        first += file->streams[i].count;
        file->streams[i].count = 0;
    }
    for (size_t i = 0; i < file->mark_count; i++) {
        HeadsStream *stream = &file->streams[file->marks[i].stream];
        file->by_stream[stream->first + stream->count++] = file->marks[i];
    }
    free(file->order);
    file->order = alloc_zero(file->stream_count * sizeof(*file->order));
    for (size_t i = 0; i < file->stream_count; i++)
        file->order[i] = (uint32_t)i;
    qsort_r(file->order, file->stream_count, sizeof(*file->order), order_compare, file->streams);
}

int64_t heads_file_find(const HeadsFile *file, const char *terminal, const char *epoch)
{
    size_t low = 0, high = file->stream_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = stream_compare(&file->streams[file->order[middle]], terminal, epoch);

        if (order == 0)
            return file->order[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

// Backwards, so that the last of a day is met first: it stays, and so does the last of all.
static void drop_marks(HeadsFile *file)
{
    CLEANUP(cleanup_free) int64_t *next_day = alloc_zero(file->stream_count * sizeof(*next_day));
    CLEANUP(cleanup_free) bool *keep = alloc_zero(file->mark_count + 1);
    int64_t oldest = file->at / TIME_DAY - HEADS_DAYS;
    size_t count = 0;

    for (size_t i = 0; i < file->stream_count; i++)
        next_day[i] = INT64_MAX;
    for (size_t i = file->mark_count; i-- > 0;) {
        int64_t day = file->marks[i].at / TIME_DAY, *next = &next_day[file->marks[i].stream];

        keep[i] = *next == INT64_MAX || (day != *next && day >= oldest);
        if (keep[i])
            *next = day;
    }
    for (size_t i = 0; i < file->mark_count; i++)
        if (keep[i])
            file->marks[count++] = file->marks[i];
    file->mark_count = count;
}

void heads_file_write(HeadsFile *file, bool thin, Text *text)
{
    size_t from;

    if (thin)
        drop_marks(file);
    heads_file_begin(text, file->digest);
    from = text->size;
    heads_file_add_identity(text, "database", &file->identity);
    for (size_t i = HEADS_AUDIT + 1; i < file->stream_count; i++)
        heads_file_add_stream(text, file->streams[i].terminal, file->streams[i].epoch);
    for (size_t i = 0; i < file->mark_count; i++) {
        const HeadsMark *mark = &file->marks[i];

        heads_file_add_head(text, mark->stream, mark->through, mark->chain);
        if (i + 1 < file->mark_count && mark[1].at == mark->at)
            continue;
        heads_file_close(text, from, ++file->counter, mark->at, file->digest);
        from = text->size;
    }
    if (from < text->size) // nothing has been noted yet
        heads_file_close(text, from, ++file->counter, file->at, file->digest);
    file->size = text->size;
    file->torn = file->damaged = false;
    file->announced = (StoreIdentity){0};
    heads_file_sort(file);
}
