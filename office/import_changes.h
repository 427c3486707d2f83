#pragma once
// The list of what an import changes, fact by fact: what --dry-run shows before anything is written.
#include "core/store/roster_watch.h"
#include "office/operation.h"

typedef struct ImportChange {
    RosterWhat what;
    char *subject, *before, *after; // owned; NULL: nothing to say
    Date date, until;
} ImportChange;

typedef struct ImportChanges {
    bool all; // keep every one, not only the first of each kind
    int64_t counts[ROSTER_WHAT_COUNT];
    ImportChange *items;
    size_t count, capacity;
} ImportChanges;

/// A RosterWatcher; `user` is the ImportChanges.
RosterWatcher import_changes_note;
/// Counts by kind, each with its first lines, for people.
void import_changes_append(const ImportChanges *changes, Text *text);
/// A row for each change; the caller adds the heads.
struct Report *import_changes_report(const ImportChanges *changes, const char *title);
void import_changes_deinit(ImportChanges *changes);
