// What a receipt changes (T2, T3), and what is old enough to go.
//
// Only a receipt whose chain is our own moves `through` up. One that cannot be compared, or differs, can only
// make us believe less: `through` then goes down to what it says, and nothing is forgotten. A chain that
// agrees further on proves every event before it, so it also ends an earlier disagreement.
#include <string.h>

#include "core/base/error.h"
#include "core/store/outbox/outbox_private.h"

static uint64_t outbox_receipt_through(const OutboxHead *head, const OutboxReceipt *receipt)
{
    bool proven = receipt->chain_known && receipt->chain_agrees;

    return proven || receipt->through < head->through ? receipt->through : head->through;
}

static int64_t outbox_receipt_error(const OutboxHead *head, const OutboxReceipt *receipt)
{
    if (!receipt->chain_known)
        return head->chain_error;
    if (!receipt->chain_agrees)
        return (int64_t)receipt->through;
    return head->chain_error <= (int64_t)receipt->through ? OUTBOX_NO_ERROR : head->chain_error;
}

static bool outbox_receipt_is_news(const OutboxHead *head, const OutboxReceipt *receipt)
{
    return receipt->refused_count > 0 || outbox_receipt_through(head, receipt) != head->through ||
           outbox_receipt_error(head, receipt) != head->chain_error ||
           strcmp(head->store, receipt->store) != 0 || head->generation != receipt->generation;
}

static int outbox_receipt_mark(Outbox *outbox, uint64_t through, Time now)
{
    bool up = through > outbox->head.through;
    sqlite3_stmt *statement = outbox_get_statement(outbox, up ? OUTBOX_SQL_MARK : OUTBOX_SQL_UNMARK);

    if (!statement)
        return error_origin(-EIO);
    if (up) {
        db_bind_int(statement, 1, (int64_t)outbox->head.through);
        db_bind_int(statement, 2, (int64_t)through);
        db_bind_int(statement, 3, now);
    } else {
        db_bind_int(statement, 1, (int64_t)through);
    }
    return error_trace(db_run(&outbox->db, statement));
}

static int outbox_receipt_refuse(Outbox *outbox, const OutboxReceipt *receipt)
{
    int r = 0;

    for (size_t i = 0; i < receipt->refused_count && r >= 0; i++) {
        sqlite3_stmt *statement = outbox_get_statement(outbox, OUTBOX_SQL_REFUSE);

        if (!statement)
            return error_origin(-EIO);
        db_bind_int(statement, 1, (int64_t)receipt->refused[i].seq);
        db_bind_text(statement, 2, receipt->refused[i].reason);
        r = db_run(&outbox->db, statement);
    }
    return error_trace(r);
}

static int outbox_receipt_write(Outbox *outbox, const OutboxReceipt *receipt, Time now)
{
    uint64_t through = outbox_receipt_through(&outbox->head, receipt);
    int r = through != outbox->head.through ? outbox_receipt_mark(outbox, through, now) : 0;

    if (r >= 0)
        r = outbox_receipt_refuse(outbox, receipt);
    if (r < 0)
        return error_trace(r);
    sqlite3_stmt *statement = outbox_get_statement(outbox, OUTBOX_SQL_META_RECEIPT);
    if (!statement)
        return error_origin(-EIO);
    db_bind_int(statement, 1, (int64_t)through);
    db_bind_text(statement, 2, receipt->store);
    db_bind_int(statement, 3, receipt->generation);
    db_bind_int(statement, 4, outbox_receipt_error(&outbox->head, receipt));
    r = db_run(&outbox->db, statement);
    return r < 0 ? error_trace(r) : outbox_refresh(outbox);
}

int outbox_receive(Outbox *outbox, const OutboxReceipt *receipt, Time now)
{
    if (!outbox_receipt_is_news(&outbox->head, receipt))
        return 0;
    int r = outbox_begin(outbox);
    if (r != 0)
        return r;
    return outbox_finish(outbox, outbox_receipt_write(outbox, receipt, now));
}

int outbox_prune(Outbox *outbox, uint64_t keep, Time now)
{
    int r = outbox_begin(outbox);

    if (r != 0)
        return r;
    sqlite3_stmt *statement = outbox_get_statement(outbox, OUTBOX_SQL_PRUNE);
    uint64_t next = outbox->head.next;
    db_bind_int(statement, 1, (int64_t)outbox->head.through);
    db_bind_int(statement, 2, now - OUTBOX_KEEP);
    db_bind_int(statement, 3, next > keep ? (int64_t)(next - keep) : 0);
    r = db_run(&outbox->db, statement);
    if (r >= 0)
        r = outbox_refresh(outbox);
    return outbox_finish(outbox, r);
}
