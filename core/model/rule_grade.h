#pragma once
// Grading of organisations by bands of one figure: never of persons.
#include "core/model/figures.h"
#include "core/model/rule.h"

typedef enum GradeFigure {
    GRADE_OVERALL,     // overall participation rate, the unreported counting as absent
    GRADE_CENTRALISED, // centralised participation rate, the same
    GRADE_TARGET_MET,  // share of the members who met their target
    GRADE_COVERED,     // share of the points that reported
    GRADE_FIGURE_COUNT
} GradeFigure;
const char *grade_figure_word(GradeFigure figure);
const char *grade_figure_title(GradeFigure figure); // N_()
/// The figure in per mille, RATE_NULL where there is nothing to grade.
int32_t grade_figure(GradeFigure figure, const Figures *figures);
/// The figure with the unreported left out, where that is another one: what it may still become.
int32_t grade_figure_high(GradeFigure figure, const Figures *figures);

#define GRADE_BANDS_MAX 12
typedef struct GradeBand {
    const char *name; // borrowed from the rule: A, ★★★, red
    int32_t from;     // per mille, inclusive
} GradeBand;
typedef struct Grading {
    GradeFigure figure;
    GradeBand bands[GRADE_BANDS_MAX]; // the highest first; the last begins at 0
    size_t band_count;
} Grading;
/// Reads a rule that has been checked.
void grading_read(const Rule *rule, Grading *ret_grading);
/// Name of the band, NULL for RATE_NULL.
const char *grading_band(const Grading *grading, int32_t permille);

/// rule_check_entry() and rule_check_whole() of a grading: the key `figure`, and bands.
const char *grading_check(const char *key, const char *value, bool *ret_key_bad);
const char *grading_missing(const Rule *rule);
