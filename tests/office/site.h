#pragma once
// A site in a folder of its own, with the small register of cases/base, and the office at work on it.
#include "core/store/store.h"
#include "office/office.h"

typedef struct Site {
    char *folder, *database;
    Store *store;
    OfficeReply reply; // of the last operation
    ConfigSite config; // what an operation asks of it: second_person, grace_days
    const char *actor; // who asks; at first "uid:0 test"
} Site;

/// An empty site; the store is open for writing.
Site *site_new(void);
/// The same after importing the five files of the folder `base`.
Site *site_new_with(const char *base);
Site *site_free(Site *site);
/// Closes the store and opens it again.
void site_reopen(Site *site);

/// Runs an operation; `file` is a path or NULL, shown in messages as its last part. Returns the exit code;
/// output is in site->reply until the next operation. `argv` ends with NULL.
int site_run(Site *site, const char *const *argv, const char *file);
/// The same with the operation's words in one string, separated by blanks.
int site_say(Site *site, const char *words, const char *file);
/// Writes `text` to a file in the site's folder; the caller frees its path.
char *site_write(const Site *site, const char *name, const char *text);
