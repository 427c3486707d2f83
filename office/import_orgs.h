#pragma once
// The lines of an orgs file, shared by the files that state them and that ask whether they hold.
#include "office/import.h"

typedef struct OrgLine {
    const char *org, *parent, *area, *name;
    int level, sector;
    Date from, to; // DATE_NONE: not stated
} OrgLine;
_Static_assert(sizeof(OrgLine) <= IMPORT_LINE_SIZE, "fits");

enum {
    ORGS_ORG,
    ORGS_FROM,
    ORGS_PARENT,
    ORGS_AREA,
    ORGS_LEVEL,
    ORGS_SECTOR,
    ORGS_NAME,
    ORGS_TO,
    ORGS_COLUMN_COUNT
};

typedef enum OrgMark { ORG_NEW, ORG_ON_THE_WAY, ORG_DONE } OrgMark;

typedef struct OrgEntry {
    OrgLine line; // its strings are ours
    uint64_t number;
    OrgMark mark;
    bool broken;   // its line, or one above it, has an error of its own
    bool has_more; // the file has other lines about the org
} OrgEntry;

typedef struct OrgFile {
    OrgEntry *nodes; // by day and code, once all are read
    size_t count, capacity;
} OrgFile;

/// The line that says where the org is on the day (DATE_NONE: the last one about it), or NULL.
const OrgEntry *org_file_line(const OrgFile *file, const char *code, Date day);
/// Refuses what stands below, is at home in or belongs to an org on days on which it does not exist, naming
/// both facts.
int import_orgs_check_times(Import *import);
