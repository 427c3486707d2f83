#pragma once
// A Report is a value: head, typed columns, rows, what stands above and below the table. Builders make it
// from the store, renderers turn it into a form; neither knows the other, so the same numbers stand in every
// form.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/cleanup.h"
#include "core/base/clock.h"
#include "core/base/text.h"

// Version of the definitions of the figures (docs/terms.md, studyday-rules(7)); a changed definition is a new
// version.
#define REPORT_DEFINITIONS 1

// What a cell holds, and how it is shown. JSON is always the exact value; people read the other form.
typedef enum ReportType {
    REPORT_TEXT,     // text
    REPORT_WORD,     // word: JSON the word of the contract, people its title
    REPORT_COUNT,    // number
    REPORT_PERMILLE, // number: 856 is shown as 85.6%
    REPORT_MINUTES,  // number: 95 minutes are shown as 1.6 hours (R15)
    REPORT_TENTHS,   // number: 16 is shown as 1.6
    REPORT_FRACTION, // fraction: shown as 5/6
    REPORT_DATE,     // number: a Date
    REPORT_TIME,     // number: a Time; JSON RFC 3339 in the site's zone
    REPORT_WORDS,    // text: words separated by one blank; JSON an array
} ReportType;

// Which forms show a column.
enum {
    REPORT_IN_TEXT = 1 << 0,
    REPORT_IN_TABLE = 1 << 1, // csv and what else goes into spreadsheets
    REPORT_IN_JSON = 1 << 2,
    REPORT_IF_ROOM = 1 << 3, // text: left out, from the right, when the terminal is too narrow
    REPORT_BAR = 1 << 4,     // a bar beside the rate; the first such column is what charts show
    REPORT_TREE = 1 << 5,    // text: indented by the row's depth
    REPORT_CUT = 1 << 6,     // text on a terminal: cut when it is very long
    REPORT_LARGE = 1 << 7,   // pages: the first row's value stands large at the top
    REPORT_TAGS = 1 << 8,    // html: rows can be chosen by these words, also by what follows # in the address
};
#define REPORT_EVERYWHERE (REPORT_IN_TEXT | REPORT_IN_TABLE | REPORT_IN_JSON)
#define REPORT_SPREAD (REPORT_IN_TABLE | REPORT_IN_JSON)

typedef struct ReportColumn {
    const char *key;   // of JSON; NULL where it is not in JSON
    const char *title; // N_()
    ReportType type;
    unsigned forms;
} ReportColumn;

#define REPORT_NULL INT64_MIN // `number` of an unknown value

typedef struct ReportWord {
    const char *word;  // static; NULL: unknown
    const char *title; // static, N_()
} ReportWord;
typedef struct ReportFraction {
    int32_t part, whole;
} ReportFraction;

// Which member counts follows from the column's type.
typedef union ReportCell {
    int64_t number;
    char *text; // owned by the report; NULL: unknown
    ReportWord word;
    ReportFraction fraction;
} ReportCell;

typedef struct ReportRow {
    int depth;         // below the first row
    ReportCell *cells; // one for each column
} ReportRow;

// A value of the whole report, as JSON shows it before the rows.
typedef struct ReportHead {
    const char *key;
    ReportType type;
    bool is_bool; // number 0 or 1
    ReportCell cell;
} ReportHead;

typedef enum ReportNoteKind {
    REPORT_NOTE_ABOUT,        // under the title
    REPORT_NOTE_COMPLETENESS, // under the table: points covered, bounds, what is missing
    REPORT_NOTE_DEFINITION,   // under the table: what the figures mean
} ReportNoteKind;
typedef struct ReportNote {
    ReportNoteKind kind;
    char *text; // in the reader's language
} ReportNote;

// Figures beside the rows, by label: twelve months, or the classes of a distribution. What a chart is drawn
// from.
typedef enum ReportSeriesKind {
    REPORT_SERIES_TREND,  // a line through time
    REPORT_SERIES_SPREAD, // how many orgs are in each class
} ReportSeriesKind;
#define REPORT_LINES_MAX 2
typedef struct ReportPoint {
    char label[32]; // language-neutral: a month, a range
    int64_t values[REPORT_LINES_MAX];
} ReportPoint;
typedef struct ReportSeries {
    ReportSeriesKind kind;
    const char *title;  // N_()
    ReportColumn label; // key NULL: the series is not in JSON, whose key is `key`
    const char *key;
    const ReportColumn *lines; // static; one type for all
    size_t line_count;         // at most REPORT_LINES_MAX
    ReportPoint *points;
    size_t point_count;
} ReportSeries;

typedef struct Report Report;
/// Sees a row, borrowed. Non-zero ends the walk, which returns it.
typedef int ReportSee(void *user, const ReportRow *row);
// Rows of a flat list that is too long to be held: made one after the other while they are written, in the
// same order each time. Cells own their texts only until `see` returns.
typedef struct ReportSource {
    int (*each)(void *from, const Report *report, ReportSee *see, void *user); // NULL: rows stand in `rows`
    void *from;
    void (*free)(void *from); // with the report; NULL: `from` is borrowed
} ReportSource;

// Where a cell leads to, in forms that have links.
typedef struct ReportLinks {
    /// Appends the address, relative to the report's own; nothing where there is none.
    void (*append)(const void *user, const ReportRow *row, const ReportColumn *column, Text *address);
    const void *user;
} ReportLinks;

typedef enum ReportState {
    REPORT_PROVISIONAL,
    REPORT_COMPLETE,
    REPORT_CLOSED,
    REPORT_STATE_COUNT
} ReportState;
const char *report_state_word(ReportState state);  // R24: "provisional", ...
const char *report_state_title(ReportState state); // N_()

struct Report {
    const char *name;            // "month", "session", "record"
    char *title;                 // in the reader's language
    const char *rows_key;        // of JSON
    const ReportColumn *columns; // borrowed: a static table
    size_t column_count;
    ReportHead *heads;
    size_t head_count;
    ReportRow *rows;
    size_t row_count, row_capacity;
    ReportCell *unknown; // a row of them: what report_row() begins with
    ReportNote *notes;
    size_t note_count;
    ReportSeries *series;
    size_t series_count;
    Time as_of;            // the moment that the figures are of; TIME_NONE: not said
    int64_t reference;     // per mille that rates are seen against, REPORT_NULL: none
    char *reference_label; // in the reader's language
    ReportSource source;
    ReportLinks links;        // `append` NULL: none
    const char *const *signs; // static, N_(), ends with NULL: who signs on paper; NULL: as usual
};

/// Takes static tables and names; the title is copied.
Report *report_new(const char *name, const char *title, const char *rows_key, const ReportColumn *columns,
                   size_t column_count);
Report *report_free(Report *report);
CLEANUP_DEFINE(report, Report, report_free)

void report_head_text(Report *report, const char *key, const char *value); // NULL: null
void report_head_number(Report *report, const char *key, int64_t value);
void report_head_bool(Report *report, const char *key, bool value);
/// The heads that all reports of figures share: definitions, revision, closed, state.
void report_head_standing(Report *report, int revision, ReportState state);
void report_note(Report *report, ReportNoteKind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/// A new row whose cells are all unknown; the caller fills them in. Valid until the next row.
ReportCell *report_row(Report *report, int depth);

/// What charts draw as a line across the bars; `label` says whose rate or which target it is.
void report_refer(Report *report, int64_t permille, const char *label);
/// A new series without points; valid until the next one. `lines` is borrowed.
ReportSeries *report_series(Report *report, ReportSeriesKind kind, const char *title,
                            const ReportColumn *lines, size_t line_count);
/// A new point, its values unknown. Returns them; valid until the next one.
int64_t *report_point(ReportSeries *series, const char *label);

/// Each row, from memory or from the source. 0, what `see` returned, or negative errno of the source.
int report_each(const Report *report, ReportSee *see, void *user);
/// Frees the rows, and nothing else.
void report_drop_rows(Report *report);
/// Whether there is no row at all.
bool report_is_empty(const Report *report);

static inline ReportCell report_number(int64_t value)
{
    return (ReportCell){.number = value};
}
ReportCell report_text(const char *text); // copies; NULL: unknown
