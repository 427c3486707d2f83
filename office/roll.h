#pragma once
// What is written on a line of a paper roll, and how it becomes events of the office.
#include "core/store/roll.h"
#include "office/correction.h"
#include "office/operation.h"

typedef enum RollMark { ROLL_IN, ROLL_OUT, ROLL_LEAVE, ROLL_MARK_COUNT } RollMark;

// A line as somebody reads it off the paper. It says all there is to say of that line: what was keyed in
// before and is not said again is taken back.
typedef struct RollStated {
    int line;
    const char *check;
    bool marked[ROLL_MARK_COUNT];
    const char *value[ROLL_MARK_COUNT]; // a time, a leave's reason; NULL: a mark alone
} RollStated;

typedef enum RollOutcome { ROLL_SAME, ROLL_ADDED, ROLL_CORRECTED } RollOutcome;

// A roll that lines are keyed into.
typedef struct RollBook {
    Office *office;
    int64_t number; // 0: none is open
    char code[ROLL_CODE_SIZE];
    SessionList sessions;
    const SessionRow *session;
    int64_t lines;
    bool nil; // closed, with nobody on it
} RollBook;

// What is wrong with a line: with which field of it, in words.
typedef struct RollProblem {
    const char *field; // "line", "check", "in", "out", "leave"; NULL: nothing is wrong
    char reason[160];
} RollProblem;

/// roll close and roll reopen: whether the roll is all that there is of its point (R12).
int roll_close_run(Office *office, bool close);

/// Opens roll `number` unless it is the one that is open. ROLL_E_UNKNOWN.
int roll_book_open(RollBook *book, Office *office, int64_t number);
void roll_book_close(RollBook *book);
/// Takes one line on. What is wrong is in `ret_problem`; nothing was written then.
int roll_book_enter(RollBook *book, const RollStated *stated, RollOutcome *ret_outcome,
                    RollProblem *ret_problem);

/// "12-417 in=08:55 out=11:02", "13-002 leave=ill", "14-900 none": cut up in place; `ret_stated` borrows from
/// it.
void roll_line_parse(char *text, RollStated *ret_stated, RollProblem *ret_problem);
/// Whether a cell is a mark without more: x, v, 1, yes, a tick, or their Chinese.
bool roll_is_mark(const char *cell);
