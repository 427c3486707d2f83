#pragma once
// The file of heads, without the database: reading, writing, thinning. See heads_file.c for its form.
#include <stdbool.h>

#include "core/base/clock.h"
#include "core/base/digest.h"
#include "core/base/text.h"
#include "core/store/store.h"

#define HEADS_AUDIT 0 // the audit log's place among the streams: its entries are counted as events are

typedef struct HeadsStream {
    char terminal[33], epoch[ULID_SIZE]; // "" for the audit log
    uint64_t through;                    // last noted
    size_t first, count;                 // its marks in `by_stream`
} HeadsStream;

typedef struct HeadsMark {
    uint32_t stream;
    uint64_t through;
    uint8_t chain[DIGEST_SIZE];
    Time at; // when it was noted
} HeadsMark;

typedef struct HeadsFile {
    StoreIdentity identity;  // of the database that the last record is about
    StoreIdentity announced; // of the one that is about to take its place; generation 0: none is
    bool renewal;            // it will be the same database, whose terminals send again
    HeadsStream *streams;    // in the order of the file; [HEADS_AUDIT] is always there
    size_t stream_count;
    HeadsMark *marks; // in the order of the file
    size_t mark_count;
    HeadsMark *by_stream; // once sorted: the marks of each stream in a row
    uint32_t *order;      // … and the numbers of the streams by terminal and epoch
    int64_t counter;      // of the last whole record
    Time at;              // of the last whole record
    uint8_t digest[DIGEST_SIZE];
    size_t size;  // of the whole records
    bool torn;    // something follows them that is no whole record: a write that was cut
    bool damaged; // … or was changed
} HeadsFile;

enum { HEADS_FILE_E_MISSING = 1, HEADS_FILE_E_FOREIGN };

/// MISSING, FOREIGN (not a file of heads). What is whole is read, up to what is torn or damaged.
int heads_file_read(const char *path, HeadsFile *ret_file);
void heads_file_deinit(HeadsFile *file);
/// Brings the marks of each stream together, in the order of the file, and makes streams quick to find.
void heads_file_sort(HeadsFile *file);
/// The number of a stream, or -1. Of a sorted file.
int64_t heads_file_find(const HeadsFile *file, const char *terminal, const char *epoch);

// A record is built in a text and closed.
void heads_file_begin(Text *text, uint8_t ret_digest[static DIGEST_SIZE]); // the first line of a file
void heads_file_add_identity(Text *text, const char *word, const StoreIdentity *identity);
void heads_file_add_stream(Text *text, const char *terminal, const char *epoch);
void heads_file_add_head(Text *text, size_t stream, uint64_t through,
                         const uint8_t chain[static DIGEST_SIZE]);
/// Ends the record that begins at byte `from` of the text and moves the digest on.
void heads_file_close(Text *text, size_t from, int64_t counter, Time at, uint8_t digest[static DIGEST_SIZE]);
/// The whole file anew; `thin`: with one mark a day of each stream (UTC) of the last HEADS_DAYS, and the last
/// of all. `file` is what it reads back as.
void heads_file_write(HeadsFile *file, bool thin, Text *text);
