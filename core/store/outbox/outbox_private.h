#pragma once
// Private to core/store/outbox.
#include "core/store/outbox/outbox.h"
#include "core/store/sqlite/db.h"

typedef enum OutboxSql {
    OUTBOX_SQL_META_GET,
    OUTBOX_SQL_META_RECEIPT,
    OUTBOX_SQL_META_PLAN,
    OUTBOX_SQL_LAST,
    OUTBOX_SQL_OLDEST,
    OUTBOX_SQL_ADD,
    OUTBOX_SQL_EACH,
    OUTBOX_SQL_SINCE,
    OUTBOX_SQL_CHAIN,
    OUTBOX_SQL_COUNT_PENDING,
    OUTBOX_SQL_COUNT_REFUSED,
    OUTBOX_SQL_MARK,
    OUTBOX_SQL_UNMARK,
    OUTBOX_SQL_REFUSE,
    OUTBOX_SQL_PRUNE,
    OUTBOX_SQL_PLAN_CLEAR_SESSIONS,
    OUTBOX_SQL_PLAN_CLEAR_MEMBERS,
    OUTBOX_SQL_PLAN_CLEAR_CARDS,
    OUTBOX_SQL_PLAN_CLEAR_CHECKS,
    OUTBOX_SQL_PLAN_PUT_SESSION,
    OUTBOX_SQL_PLAN_PUT_MEMBER,
    OUTBOX_SQL_PLAN_PUT_CARD,
    OUTBOX_SQL_PLAN_PUT_CHECK,
    OUTBOX_SQL_PLAN_CHECKS,
    OUTBOX_SQL_PLAN_SESSIONS,
    OUTBOX_SQL_PLAN_MEMBERS,
    OUTBOX_SQL_PLAN_HOLDER,
    OUTBOX_SQL_ALARM_SET,
    OUTBOX_SQL_ALARM_CLEAR,
    OUTBOX_SQL_ALARM_CLEAR_ALL,
    OUTBOX_SQL_ALARMS,
    OUTBOX_SQL_ONLINE_SET,
    OUTBOX_SQL_ONLINE_GET,
    OUTBOX_SQL_COUNT
} OutboxSql;

#define OUTBOX_STEP_COUNT 1 // migrations so far
extern const char *const outbox_steps[OUTBOX_STEP_COUNT];
extern const char *const outbox_sql[OUTBOX_SQL_COUNT];

struct Outbox {
    Db db; // handle NULL after a failed reopening
    char *path, *lock_path, *claim_path;
    char *terminal;
    OutboxMode mode;
    OutboxHead head;
    int lock;  // open for as long as the outbox is; flock()ed during a change
    int claim; // -1, or flock()ed for as long as the agent runs
    bool in_transaction;
    uint64_t next_before; // head.next when it began
};

/// The statement, or NULL where the file could not be reopened.
sqlite3_stmt *outbox_get_statement(Outbox *outbox, OutboxSql which);
/// One statement as a change of its own.
int outbox_finish(Outbox *outbox, int r);
