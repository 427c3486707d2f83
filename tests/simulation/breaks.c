#include "tests/simulation/breaks.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/model/attendance.h"
#include "core/store/ledger.h"
#include "terminal/window.h"
#include "tests/simulation/broker.h"
#include "tests/simulation/disk.h"

#define NEVER (1000 * TIME_DAY)

const BreakWord break_words[BREAK_COUNT] = {
    [BREAK_NOTHING] = {"nothing", "all promises are kept"},
    [BREAK_ACK_BEFORE_COMMIT] = {"ack-before-commit", "acknowledgements do not wait for the commit"},
    [BREAK_RECEIPT_BEFORE_COMMIT] = {"receipt-before-commit",
                                     "a commit is put off until the next transaction begins"},
    [BREAK_NO_FSYNC] = {"no-fsync", "syncs are words only"},
    [BREAK_NO_DEDUP] = {"no-dedup", "what comes twice counts twice"},
    [BREAK_NO_RESEND] = {"no-resend", "a terminal does not send again"},
    [BREAK_NO_REFILL] = {"no-refill", "a terminal does not go back when the collector has less"},
    [BREAK_VOID_IGNORED] = {"void-ignored", "what was taken back counts"},
    [BREAK_WRONG_LATE] = {"wrong-late", "who comes late is present"},
};

static Break broken;
static Ledger *put_off; // its commit

void break_begin(void)
{
    put_off = NULL;
    line_hasty = broken == BREAK_ACK_BEFORE_COMMIT;
    disk_lies = broken == BREAK_NO_FSYNC;
}

void break_set(Break which)
{
    broken = which;
}

bool break_parse(const char *name, Break *ret_break)
{
    for (int i = 0; i < BREAK_COUNT; i++) {
        if (strcmp(break_words[i].name, name) == 0) {
            *ret_break = (Break)i;
            return true;
        }
    }
    return false;
}

// The linker makes calls of X into calls of __wrap_X, and __real_X the function itself.

int __real_ledger_begin(Ledger *ledger);
int __wrap_ledger_begin(Ledger *ledger);
int __real_ledger_commit(Ledger *ledger);
int __wrap_ledger_commit(Ledger *ledger);
void __real_ledger_rollback(Ledger *ledger);
void __wrap_ledger_rollback(Ledger *ledger);
int __real_ledger_add(Ledger *ledger, LedgerStream *stream, const LedgerEvent *event,
                      LedgerOutcome *ret_outcome, char ret_reason[static 32]);
int __wrap_ledger_add(Ledger *ledger, LedgerStream *stream, const LedgerEvent *event,
                      LedgerOutcome *ret_outcome, char ret_reason[static 32]);
Time __real_window_retry_wait(uint32_t sends, uint32_t random);
Time __wrap_window_retry_wait(uint32_t sends, uint32_t random);
WindowVerdict __real_window_receipt(Window *window, const WindowReceipt *receipt, Time now, uint32_t random);
WindowVerdict __wrap_window_receipt(Window *window, const WindowReceipt *receipt, Time now, uint32_t random);
void __real_attendance_fold(const SessionRules *session, Duty duty, const Fact *facts, size_t count,
                            Attendance *ret_attendance);
void __wrap_attendance_fold(const SessionRules *session, Duty duty, const Fact *facts, size_t count,
                            Attendance *ret_attendance);

// The folds are settled and seen by later reads; only the COMMIT itself comes late.
int __wrap_ledger_commit(Ledger *ledger)
{
    if (broken != BREAK_RECEIPT_BEFORE_COMMIT)
        return __real_ledger_commit(ledger);
    put_off = ledger;
    return ledger_settle(ledger);
}

static void commit_at_last(const Ledger *ledger)
{
    if (put_off && put_off == ledger)
        __real_ledger_commit(put_off);
    put_off = NULL;
}

int __wrap_ledger_begin(Ledger *ledger)
{
    commit_at_last(ledger);
    return __real_ledger_begin(ledger);
}

void __wrap_ledger_rollback(Ledger *ledger)
{
    commit_at_last(ledger);
    __real_ledger_rollback(ledger);
}

// A duplicate is taken as an event of its own, under another number.
int __wrap_ledger_add(Ledger *ledger, LedgerStream *stream, const LedgerEvent *event,
                      LedgerOutcome *ret_outcome, char ret_reason[static 32])
{
    int r = __real_ledger_add(ledger, stream, event, ret_outcome, ret_reason);
    LedgerOutcome outcome;
    uint64_t seq;

    if (broken == BREAK_NO_DEDUP && r == 0 && *ret_outcome == LEDGER_DUPLICATE &&
        event->event->kind <= EVENT_LEAVE)
        return ledger_add_office(ledger, event->event, event->received_at, &outcome, &seq);
    return r;
}

Time __wrap_window_retry_wait(uint32_t sends, uint32_t random)
{
    return broken == BREAK_NO_RESEND ? NEVER : __real_window_retry_wait(sends, random);
}

WindowVerdict __wrap_window_receipt(Window *window, const WindowReceipt *receipt, Time now, uint32_t random)
{
    if (broken == BREAK_NO_REFILL && receipt->through < window->through)
        return WINDOW_OLD;
    return __real_window_receipt(window, receipt, now, random);
}

static void fold_all(const SessionRules *session, Duty duty, const Fact *facts, size_t count,
                     Attendance *ret_attendance)
{
    Fact *copy = alloc_copy(facts, count * sizeof(*facts));

    for (size_t i = 0; i < count; i++)
        copy[i].is_void = false;
    __real_attendance_fold(session, duty, copy, count, ret_attendance);
    free(copy);
}

void __wrap_attendance_fold(const SessionRules *session, Duty duty, const Fact *facts, size_t count,
                            Attendance *ret_attendance)
{
    if (broken == BREAK_VOID_IGNORED)
        fold_all(session, duty, facts, count, ret_attendance);
    else
        __real_attendance_fold(session, duty, facts, count, ret_attendance);
    if (broken == BREAK_WRONG_LATE && ret_attendance->status == STATUS_LATE)
        ret_attendance->status = STATUS_PRESENT;
}
