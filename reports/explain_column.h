#pragma once
// The figures that can be explained, by their keys of studyday(1), OUTPUT.
#include "core/base/text.h"
#include "core/model/figures.h"

typedef enum ExplainKind {
    EXPLAIN_PAIRS,  // counted over members at sessions, by home
    EXPLAIN_GUESTS, // the same, by host
    EXPLAIN_POINTS, // points at sessions
    EXPLAIN_POINTS_COVERED,
    EXPLAIN_SESSIONS,
    EXPLAIN_MEMBERS, // members of the month
    EXPLAIN_RATE,    // made of two others
} ExplainKind;

typedef struct ExplainColumn {
    const char *name;
    ExplainKind kind;
    size_t offset;             // in Figures, of a count
    const char *parts, *whole; // of a rate: the counts that it is made of, "a + b", as they are named
} ExplainColumn;

/// NULL if there is no such figure.
const ExplainColumn *explain_column_find(const char *name);
/// The count, or the rate in per mille (INT64_MIN where nothing is expected).
int64_t explain_column_value(const ExplainColumn *column, const Figures *figures);
/// Of a rate: what stands above and below the line.
void explain_column_rate(const ExplainColumn *column, const Figures *figures, int64_t *ret_part,
                         int64_t *ret_whole);
