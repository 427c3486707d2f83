#pragma once
// Closed months (R18, R24). A month that is closed is reported from rows that were stored when it was closed:
// revision 0, and 1, 2, … whenever the office says so. Events about it are still stored and folded; what they
// change stands apart as pending changes until the next revision.
//
// While a month is closed its sessions hold still: they cannot be changed, the roster does not re-derive
// them, events that have found their place stay there. Reopening lifts all that, and goes on noting what
// changes, so that closing again is a revision with a list of differences like any other.
#include "core/model/figures.h"
#include "core/model/roster.h"
#include "core/store/store.h"

typedef enum MonthState { MONTH_OPEN, MONTH_CLOSED, MONTH_REOPENED } MonthState;
const char *month_state_word(MonthState state); // "open", "closed", "reopened"

typedef struct MonthStanding {
    MonthState state;
    int revision; // the latest, -1 if there is none
} MonthStanding;
int month_standing(Store *store, Month month, MonthStanding *ret_standing);

// Who closed or revised a month, and why. Texts are borrowed.
typedef struct MonthRevision {
    Month month;
    int revision;
    Time at;
    const char *who, *why;
    int definitions;    // version of the definitions that the figures follow
    int64_t incomplete; // sessions that were provisional
    int64_t changes;    // differences from the revision before
    MonthState state;   // of the month now
} MonthRevision;

/// Closes the month, or makes the next revision of one that is or was closed: what is pending becomes its
/// list of differences. `revision->revision`, `changes` and `state` are not read. The caller adds the rows,
/// in the same transaction.
int month_seal(Store *store, const MonthRevision *revision, int *ret_revision);
/// Back to the live figures. The caller settles the roster in the same transaction, which brings the sessions
/// up to date with what they did not follow.
int month_reopen(Store *store, Month month);

// An org of the month's tree with its whole subtree, in the tree's order: parents first.
typedef struct MonthRow {
    const char *org, *name; // borrowed
    int depth;
    OrgLevel level;
    Figures figures;
} MonthRow;
// How a session stood; what a report says below its rows.
typedef struct MonthSession {
    const char *code, *title; // borrowed
    Time starts;
    bool complete;
    int64_t points, covered, gaps;
} MonthSession;
int month_add_row(Store *store, Month month, int revision, size_t ordinal, const MonthRow *row);
int month_add_session(Store *store, Month month, int revision, size_t ordinal, const MonthSession *session);

// Call backs see borrowed texts; a non-zero return stops and is returned.
int month_each_row(Store *store, Month month, int revision, int (*each)(void *user, const MonthRow *row),
                   void *user);
int month_each_session(Store *store, Month month, int revision,
                       int (*each)(void *user, const MonthSession *session), void *user);
enum { MONTH_E_NONE = 1 };
/// The head of one revision, or MONTH_E_NONE.
int month_revision(Store *store, Month month, int revision,
                   int (*each)(void *user, const MonthRevision *revision), void *user);
/// Every revision there is, by month and number.
int month_each_revision(Store *store, int (*each)(void *user, const MonthRevision *revision), void *user);

// What differs in a change; bits of MonthChange.what.
typedef enum MonthWhat {
    MONTH_WHAT_STATUS = 1 << 0,
    MONTH_WHAT_CREDIT = 1 << 1,
    MONTH_WHAT_POINT = 1 << 2, // on site at another point
    MONTH_WHAT_DUTY = 1 << 3,  // expected, exempt or neither
    MONTH_WHAT_ORG = 1 << 4,   // another home org
    MONTH_WHAT_CHECK = 1 << 5, // a spot-check
    MONTH_WHAT_COVERAGE = 1 << 6,
} MonthWhat;
#define MONTH_WHAT_COUNT 7
const char *month_what_word(MonthWhat what); // "status", "credit", ...

// One difference: of a member at a session, or (member NULL) of a point's coverage at it.
typedef struct MonthChange {
    const char *session;                    // code; all texts are borrowed
    const char *member, *org;               // codes; org: the member's home, or the point's host
    const char *before, *after;             // words of statuses, or of coverage; NULL: nothing
    const char *before_point, *after_point; // where on site; of a coverage the point; NULL none
    int32_t before_credit, after_credit;    // minutes
    unsigned what;
    const char *cause;            // "event", "void", "moved", "roster", "coverage"
    const char *terminal, *epoch; // the event that was the first cause, NULL none
    uint64_t seq;
    Time at; // when that event was received, TIME_NONE none
} MonthChange;
#define MONTH_PENDING (-1)
/// The differences of a revision from the one before, or (MONTH_PENDING) those that wait for the next one.
/// The caller holds a transaction.
int month_each_change(Store *store, Month month, int revision,
                      int (*each)(void *user, const MonthChange *change), void *user);
