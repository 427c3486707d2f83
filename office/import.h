#pragma once
// Reading a file into the register, all or nothing: what the kinds of files share.
#include "core/store/roster.h"
#include "office/column.h"
#include "office/import_changes.h"
#include "office/operation.h"
#include "office/seen.h"

#define IMPORT_ERRORS_MAX 1000 // listed; more are counted: nobody mends a thousand lines by hand
#define IMPORT_LINE_SIZE 512   // bytes of a kind's line, see the assertion in each kind

typedef struct Import Import;

typedef struct ImportKind {
    const char *name;
    const Column *columns; // the first `key_columns` say what a line is about
    size_t column_count, key_columns;
    size_t fact_columns; // the first so many must agree where two lines are about the same; 0: all
    size_t line_size;
    const void *blank; // the value of a line whose cells are all empty
    bool is_roster;    // states roster facts, so that roster_settle() follows
    bool may_complete; // knows --complete and --force
    bool may_from;     // knows --from
    bool footed;       // read from forms that we print, with sentences above and below the table
    bool is_export;    // of another system: unknown columns are passed over; --session and the like
    /// With is_export: whether `heading` is what the options call the column; NULL-able.
    bool (*named)(const Import *import, size_t column, const char *heading);
    int (*begin)(Import *import); // may be NULL, like the others but `put`
    /// One line whose cells are fine. Negative errno; what is wrong with the line is said by import_error().
    int (*put)(Import *import, const void *line);
    /// A line of which only some cells could be read, so that lines that refer to it are not blamed as well.
    void (*broken)(Import *import, const void *line);
    int (*end)(Import *import); // after the last line, also when there were errors
    void (*deinit)(Import *import);
} ImportKind;

struct Import {
    Office *office;
    const ImportKind *kind;
    void *state; // of the kind
    bool dry_run, complete, force, verbose;
    const struct Renderer *renderer; // of --format, NULL: a summary for people
    ImportChanges changes;
    Date from;     // of --from, for lines without a day of their own; DATE_NONE: not given
    uint64_t line; // being read
    uint64_t errors;
    int64_t added, changed, same, ended;
    char *headings[COLUMNS_MAX]; // as the file has them; NULL: the column is missing
    int column_of[COLUMNS_MAX];  // the file's column of a column of the kind, -1 missing
    size_t order[COLUMNS_MAX];   // the kind's columns as they stand in the file, from the left
    size_t present;              // how many of them there are
    size_t width;                // columns of the file; 0 until the header was read
    bool header_bad;
    Seen seen;
};

/// Says what is wrong with a cell of the line being read: `column` is an index into the kind's columns.
void import_error(Import *import, size_t column, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/// The same of another line.
void import_error_at(Import *import, uint64_t line, size_t column, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/// Says of a line being read, or of another one, that its `date` lies before `begins`.
void import_error_before(Import *import, size_t column, Date date, Date begins);
void import_error_before_at(Import *import, uint64_t line, size_t column, Date date, Date begins);
void import_count(Import *import, RosterChange change);

extern const ImportKind import_orgs;
extern const ImportKind import_points;
extern const ImportKind import_terminals;
extern const ImportKind import_members;
extern const ImportKind import_sessions;
extern const ImportKind import_invitations;
extern const ImportKind import_attendance;
extern const ImportKind import_online;
extern const ImportKind import_rules; // `rules import`
extern const ImportKind import_rolls; // of `roll import`

/// Reads the request's file as a file of that kind.
int import_run_kind(Office *office, const ImportKind *kind);
