#pragma once
// Paper rolls (纸质签到册): who stands on which line of which roll, and which events of the office a line
// became when it was keyed in. core/model/roll.h has the names and check codes.
#include "core/model/event.h"
#include "core/model/roll.h"
#include "core/store/query.h"

enum { ROLL_E_UNKNOWN = 1 };

typedef struct Roll {
    int64_t number, session_number;
    const char *session, *point; // codes; borrowed, like all texts here
    int32_t point_number;
    int64_t lines;
    Time at; // when it was first printed
    const char *who;
    int64_t entered; // lines that were keyed in, whatever has become of them
    bool closed;     // it is all that there is of its point
    bool seen;       // somebody came, by the lines that stand
} Roll;

/// Registers a roll: line 1 is members[0]. In the caller's transaction.
int roll_add(Store *store, int64_t session, int32_t point, const int64_t *members, size_t count, Time now,
             const char *who, int64_t *ret_roll);
/// The latest roll of the session and the point, if it has exactly these lines, or ROLL_E_UNKNOWN: then what
/// is on paper already is good.
int roll_find(Store *store, int64_t session, int32_t point, const int64_t *members, size_t count,
              int64_t *ret_roll);

typedef int (*RollFn)(void *user, const Roll *roll);
/// By number; of one session (internal number), or with 0 of all.
int roll_each(Store *store, int64_t session, RollFn each, void *user);
/// One of them, or ROLL_E_UNKNOWN.
int roll_get(Store *store, int64_t roll, RollFn each, void *user);

typedef struct RollLine {
    int line;
    int64_t member;
    const char *code, *name; // borrowed
} RollLine;
typedef int (*RollLineFn)(void *user, const RollLine *line);
int roll_each_line(Store *store, int64_t roll, RollLineFn each, void *user);
/// The member's code of a line. ROLL_E_UNKNOWN.
int roll_member(Store *store, int64_t roll, int line, char ret_member[static 65]);

// What a line became, as it stands. `seq` is the office's event.
typedef struct RollEntry {
    uint64_t seq;
    EventKind kind; // in, out or leave
    Time at;        // TIME_NONE of a leave: it has no time of its own on paper
    char reason[EVENT_REASON_MAX + 1];
} RollEntry;
#define ROLL_ENTRIES_MAX 3 // one of each kind
int roll_entries(Store *store, int64_t roll, int line, RollEntry ret_entries[static ROLL_ENTRIES_MAX],
                 size_t *ret_count);
int roll_entry_add(Store *store, int64_t roll, int line, const RollEntry *entry);
/// The roll is all that there is of its point (R12), or with `closed` false is not after all. Rows are only
/// added; the latest one holds.
int roll_set_closed(Store *store, const Roll *roll, bool closed, Time now, const char *who, const char *why);
/// The entry does not stand any more; its event is voided by the caller.
int roll_entry_void(Store *store, int64_t roll, int line, uint64_t seq);
