#pragma once
// How far the points of one session have reported (R11, R12, R23), by point and rolled up by organisation,
// with the figures that hang on it. What `report points`, `report coverage` and `status --points` show.
#include "core/model/figures.h"
#include "reports/list_scope.h"

#define COVERAGE_KINDS 4 // silent, reported, closed, nil: Coverage

// Of a point, or of all points and members of a subtree.
typedef struct CoverageCount {
    Figures figures;                // a point's: of the members whose own point it is
    int64_t points[COVERAGE_KINDS]; // by Coverage
    int64_t gaps;
    int64_t events, seen;
    int64_t terminals;
    Time last_event; // TIME_NONE: never
} CoverageCount;

typedef struct CoverageSession {
    OwnPoints own;
    ListPoint *details;    // of own.points
    CoverageCount *orgs;   // of own.tree.nodes, each with its subtree
    CoverageCount *points; // of own.points
} CoverageSession;

int coverage_load(Store *store, const SessionRow *session, CoverageSession *ret_coverage);
void coverage_deinit(CoverageSession *coverage);

/// The word of a coverage with its title.
ReportWord coverage_cell(Coverage coverage);
/// The word of a session that is complete or provisional.
ReportWord coverage_state(bool complete);
/// Head and note of the state; without a session there is none.
void coverage_describe(Report *report, bool complete, size_t sessions);
/// Indices of `own.points` by host in the order of the tree, then code; the caller frees it.
int32_t *coverage_order(const CoverageSession *coverage);
