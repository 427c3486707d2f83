#pragma once
// The figures of every org at once (studyday-rules(7) R18 to R23), summed over some sessions of a month.
// Reports take their rows from it.
#include "core/model/figures.h"
#include "core/store/query.h"

// How one session stands (R12).
typedef struct FiguresSession {
    char code[65];
    char *title;
    Time starts;
    bool complete; // every point that takes part is closed or nil, no terminal of theirs has a gap
    int64_t points, covered, gaps;
} FiguresSession;

typedef struct FiguresSet {
    OrgTree tree;             // as on the last day of the month, with the orgs that ended in it
    Figures *figures;         // of tree.nodes, each with its whole subtree
    int32_t *provisional;     // of tree.nodes: sessions that concern the subtree and are not complete
    FiguresSession *sessions; // those that have begun by `now`, in the order given
    size_t session_count;
    bool closed; // the figures as they were stored at `closed_at`, as `revision` (R24)
    int revision;
    Time closed_at;
    bool is_period; // of several months: `closed` if all of them are
} FiguresSet;

/// Adds up `sessions` (those that have not begun by `now` are passed over, R18) and, as of the last day of
/// `month`, the members and their year (R22). The caller holds a transaction if it wants one moment of the
/// store.
int figures_build(Store *store, const SessionList *sessions, Month month, Time now, FiguresSet *ret_set);
/// The same without members and their year, which are most of the work: for rates alone.
int figures_build_rates(Store *store, const SessionList *sessions, Month month, Time now,
                        FiguresSet *ret_set);
/// The same of one session, on the tree of its day.
int figures_build_session(Store *store, const SessionList *session, Time now, FiguresSet *ret_set);
enum { FIGURES_E_NO_REVISION = 1 };
/// The figures of a closed month as they were stored: nothing in them is computed again. Without an index by
/// internal number: orgs are found by code.
int figures_load(Store *store, Month month, int revision, FiguresSet *ret_set);
/// What one member adds to the figures of a month (R22).
void figures_add_member(Figures *figures, const MemberMonth *member);
void figures_set_deinit(FiguresSet *set);
