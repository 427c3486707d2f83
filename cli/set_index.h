#pragma once
// What a set of reports knows of its files: index.json, written when the set is whole, and index.partial, to
// which each finished file is added until then. Both have one object a line for each file.
#include "core/base/digest.h"
#include "core/base/text.h"

// Texts are owned. Names, digests and forms are ASCII that needs no escape.
typedef struct SetFile {
    char *name, *org, *title, *format;
    char sha256[DIGEST_HEX_SIZE];  // of the file
    char figures[DIGEST_HEX_SIZE]; // of all that the file says: the same again means the file is true
    bool behind;                   // reached from a report, and not named on the page that lists them
} SetFile;
typedef struct SetIndex {
    SetFile *files;
    size_t count;
} SetIndex;

void set_file_deinit(SetFile *file);
void set_index_deinit(SetIndex *index);
/// Takes the file over.
void set_index_add(SetIndex *index, SetFile *file);
/// What an earlier run left in the folder, whole or not; what cannot be read is as if it were not there.
int set_index_read(const char *folder, SetIndex *ret_index);
/// NULL if it is not there.
const SetFile *set_index_find(const SetIndex *index, const char *name);
void set_file_append(const SetFile *file, Text *text);
/// Adds the file to index.partial.
int set_index_note(const char *folder, const SetFile *file);
/// Writes index.json, and index.html if `title` is there and a file is html; takes index.partial away.
/// `heads` are members of the JSON object, ending with a comma.
int set_index_write(const char *folder, const SetIndex *index, const char *heads, const char *title);
