#pragma once
// The columns of a kind of file, as a table: name, Chinese terms, how a cell becomes a value and where the
// value goes.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/clock.h"

#define COLUMN_TERMS_MAX 8    // the longest list of accepted headings, see the kinds
#define COLUMNS_MAX 16        // columns a kind may have; the widest has eleven
#define COLUMN_REASON_MAX 160 // bytes of a reason, for people

/// Parses a cell that is not empty into `ret_value`. NULL if fine, otherwise why not, N_().
typedef const char *(*CellParse)(const char *cell, size_t size, void *ret_value);

typedef struct Column {
    const char *name;
    const char *terms[COLUMN_TERMS_MAX];
    bool optional; // may be missing, and its cells may be empty
    CellParse parse;
    size_t offset; // of the value in the kind's line
} Column;

// Values of these parsers; strings are borrowed from the row.
const char *cell_code(const char *cell, size_t size, void *ret_value);     // const char *
const char *cell_terminal(const char *cell, size_t size, void *ret_value); // const char *
const char *cell_area(const char *cell, size_t size, void *ret_value);     // const char *
const char *cell_text(const char *cell, size_t size,
                      void *ret_value); // const char *, at most CELL_TEXT_MAX bytes
const char *cell_reason(const char *cell, size_t size,
                        void *ret_value); // const char *, at most CODE_SIZE_MAX bytes
const char *cell_card(const char *cell, size_t size, void *ret_value); // const char *
const char *cell_list(const char *cell, size_t size,
                      void *ret_value); // const char *, as it stands: see cell_list_next()
const char *cell_date(const char *cell, size_t size, void *ret_value);         // Date
const char *cell_time(const char *cell, size_t size, void *ret_value);         // Time
const char *cell_minutes(const char *cell, size_t size, void *ret_value);      // int32_t
const char *cell_worth(const char *cell, size_t size, void *ret_value);        // Worth
const char *cell_level(const char *cell, size_t size, void *ret_value);        // int, OrgLevel
const char *cell_sector(const char *cell, size_t size, void *ret_value);       // int, OrgSector
const char *cell_category(const char *cell, size_t size, void *ret_value);     // int, MemberCategory
const char *cell_role(const char *cell, size_t size, void *ret_value);         // int, MemberRole
const char *cell_session_kind(const char *cell, size_t size, void *ret_value); // int, SessionKind
const char *cell_event_kind(const char *cell, size_t size, void *ret_value);   // int, EventKind
const char *cell_event_mode(const char *cell, size_t size, void *ret_value);   // int, EventMode

#define CELL_TEXT_MAX 200       // bytes of a name or title: sixty-six Chinese characters
#define CELL_MINUTES_MAX 100000 // sanity bound, that of an event

/// The next code of a list separated by ';' (or the full-width one), blanks around it taken off; empty items
/// are passed over. Moves `*rest` on; false at the end.
bool cell_list_next(const char **rest, const char **ret_item, size_t *ret_size);

/// Whether `heading` names the column: its name, whatever the case, or one of its terms.
bool column_is_named(const Column *column, const char *heading);
