// Alarms and the agent's word on its line: written rarely, read by `status` and the live view.
#include "core/base/error.h"
#include "core/store/outbox/outbox_private.h"

int outbox_alarm_set(Outbox *outbox, const char *code, const char *detail, Time now)
{
    int r = outbox_begin(outbox);

    if (r != 0)
        return r;
    sqlite3_stmt *statement = outbox_get_statement(outbox, OUTBOX_SQL_ALARM_SET);
    if (statement) {
        db_bind_text(statement, 1, code);
        db_bind_text(statement, 2, detail);
        db_bind_int(statement, 3, now);
    }
    return outbox_finish(outbox, db_run(&outbox->db, statement));
}

int outbox_alarm_clear(Outbox *outbox, const char *code)
{
    int r = outbox_begin(outbox);

    if (r != 0)
        return r;
    sqlite3_stmt *statement =
        outbox_get_statement(outbox, code ? OUTBOX_SQL_ALARM_CLEAR : OUTBOX_SQL_ALARM_CLEAR_ALL);
    if (statement && code)
        db_bind_text(statement, 1, code);
    return outbox_finish(outbox, db_run(&outbox->db, statement));
}

int outbox_alarms(Outbox *outbox, OutboxAlarmFn each, void *user)
{
    sqlite3_stmt *statement = outbox_get_statement(outbox, OUTBOX_SQL_ALARMS);
    bool more = true;
    int r = 0;

    if (!statement)
        return error_origin(-EIO);
    while (more && (r = db_step(&outbox->db, statement)) > 0)
        more = each(user, db_text(statement, 0), db_text(statement, 1), db_int(statement, 2));
    sqlite3_reset(statement);
    return r < 0 ? error_trace(r) : 0;
}

int outbox_set_online(Outbox *outbox, bool online)
{
    int r = outbox_begin(outbox);

    if (r != 0)
        return r;
    sqlite3_stmt *statement = outbox_get_statement(outbox, OUTBOX_SQL_ONLINE_SET);
    if (statement)
        db_bind_int(statement, 1, online);
    return outbox_finish(outbox, db_run(&outbox->db, statement));
}

int outbox_get_online(Outbox *outbox, bool *ret_online)
{
    sqlite3_stmt *statement = outbox_get_statement(outbox, OUTBOX_SQL_ONLINE_GET);
    int r = db_step(&outbox->db, statement);

    if (r <= 0)
        return error_trace(r < 0 ? r : -EUCLEAN);
    *ret_online = db_int(statement, 0) != 0;
    sqlite3_reset(statement);
    return 0;
}
