// Events in the outbox: added under the next number with the chain that follows, and read back as they were
// sent.
#include <string.h>

#include "core/base/error.h"
#include "core/model/chain.h"
#include "core/store/outbox/outbox_private.h"

int outbox_add(Outbox *outbox, const OutboxEvent *event, const void *canonical, size_t canonical_size)
{
    sqlite3_stmt *statement = outbox_get_statement(outbox, OUTBOX_SQL_ADD);
    uint8_t chain[DIGEST_SIZE];

    if (!statement)
        return error_origin(-EIO);
    memcpy(chain, outbox->head.chain, sizeof(chain));
    chain_advance(chain, canonical, canonical_size);
    db_bind_int(statement, 1, (int64_t)outbox->head.next);
    sqlite3_bind_text(statement, 2, event->object, (int)event->object_size, SQLITE_STATIC);
    db_bind_blob(statement, 3, chain, sizeof(chain));
    db_bind_text(statement, 4, event->kind);
    db_bind_text(statement, 5, event->session);
    db_bind_text(statement, 6, event->member);
    db_bind_text(statement, 7, event->card);
    db_bind_int(statement, 8, (int64_t)event->of);
    db_bind_int(statement, 9, event->at);
    db_bind_int(statement, 10, event->recorded_at);
    int r = db_run(&outbox->db, statement);
    if (r < 0)
        return error_trace(r);
    memcpy(outbox->head.chain, chain, sizeof(chain));
    outbox->head.next++;
    return 0;
}

int outbox_each(Outbox *outbox, uint64_t first, OutboxEventFn each, void *user)
{
    sqlite3_stmt *statement = outbox_get_statement(outbox, OUTBOX_SQL_EACH);
    bool more = true;
    int r = 0;

    if (!statement)
        return error_origin(-EIO);
    db_bind_int(statement, 1, (int64_t)first);
    while (more && (r = db_step(&outbox->db, statement)) > 0) {
        const OutboxEvent event = {
            .seq = (uint64_t)db_int(statement, 0),
            .object = db_text(statement, 1),
            .object_size = (size_t)sqlite3_column_bytes(statement, 1),
            .kind = db_text(statement, 2),
            .session = db_text(statement, 3),
            .member = db_text(statement, 4),
            .card = db_text(statement, 5),
            .of = (uint64_t)db_int(statement, 6),
            .at = db_int(statement, 7),
            .recorded_at = db_int(statement, 8),
            .refused = db_text(statement, 9),
            .received = !db_null(statement, 10),
        };
        more = each(user, &event);
    }
    sqlite3_reset(statement);
    return r < 0 ? error_trace(r) : 0;
}

int outbox_since(Outbox *outbox, Time since, uint64_t *ret_first)
{
    sqlite3_stmt *statement = outbox_get_statement(outbox, OUTBOX_SQL_SINCE);

    if (!statement)
        return error_origin(-EIO);
    db_bind_int(statement, 1, since);
    int r = db_step(&outbox->db, statement);
    if (r < 0)
        return error_trace(r);
    *ret_first = r > 0 ? (uint64_t)db_int(statement, 0) : outbox->head.next;
    sqlite3_reset(statement);
    return 0;
}

int outbox_chain(Outbox *outbox, uint64_t seq, uint8_t ret_chain[static DIGEST_SIZE])
{
    sqlite3_stmt *statement = outbox_get_statement(outbox, OUTBOX_SQL_CHAIN);

    if (seq == 0) {
        chain_start(outbox->terminal, outbox->head.epoch, ret_chain);
        return 0;
    }
    if (!statement)
        return error_origin(-EIO);
    db_bind_int(statement, 1, (int64_t)seq);
    int r = db_step(&outbox->db, statement);
    if (r < 0)
        return error_trace(r);
    if (r == 0)
        return OUTBOX_E_UNKNOWN;
    memcpy(ret_chain, sqlite3_column_blob(statement, 0), DIGEST_SIZE);
    sqlite3_reset(statement);
    return 0;
}

int outbox_count(Outbox *outbox, uint64_t *ret_pending, Time *ret_oldest_pending, uint64_t *ret_refused)
{
    sqlite3_stmt *statement = outbox_get_statement(outbox, OUTBOX_SQL_COUNT_PENDING);

    if (!statement)
        return error_origin(-EIO);
    db_bind_int(statement, 1, (int64_t)outbox->head.through);
    int r = db_step(&outbox->db, statement);
    if (r <= 0)
        return error_trace(r < 0 ? r : -EUCLEAN);
    uint64_t pending = (uint64_t)db_int(statement, 0);
    Time oldest = db_null(statement, 1) ? TIME_NONE : db_int(statement, 1);
    sqlite3_reset(statement);
    statement = outbox_get_statement(outbox, OUTBOX_SQL_COUNT_REFUSED);
    r = db_step(&outbox->db, statement);
    if (r <= 0)
        return error_trace(r < 0 ? r : -EUCLEAN);
    *ret_pending = pending;
    *ret_oldest_pending = oldest;
    *ret_refused = (uint64_t)db_int(statement, 0);
    sqlite3_reset(statement);
    return 0;
}
