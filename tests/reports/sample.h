#pragma once
// Hand-made reports with what is hard to render: Chinese and rare characters, formulas, quotes, unknown
// values, every column type.
#include "reports/report.h"

/// Orgs with counts, rates and fractions, two levels deep; notes of every kind.
Report *sample_orgs(void);
/// One row for each type of column, known, and one with everything unknown.
Report *sample_types(void);
/// Names that a spreadsheet would run, a terminal would obey, or a parser would stumble over.
Report *sample_hostile(void);
/// A list of `rows` members as an office would ask for it.
Report *sample_long(int rows);
/// The same, its rows made while they are written; `rows` must outlive it.
Report *sample_sourced(const int *rows);
