// The plan kept for offline use: replaced whole, within one transaction of the caller.
#include "core/base/error.h"
#include "core/store/outbox/outbox_private.h"

int outbox_plan_clear(Outbox *outbox, const char *digest)
{
    static const OutboxSql tables[] = {OUTBOX_SQL_PLAN_CLEAR_SESSIONS, OUTBOX_SQL_PLAN_CLEAR_MEMBERS,
                                       OUTBOX_SQL_PLAN_CLEAR_CARDS, OUTBOX_SQL_PLAN_CLEAR_CHECKS};
    int r = 0;

    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]) && r >= 0; i++)
        r = db_run(&outbox->db, outbox_get_statement(outbox, tables[i]));
    sqlite3_stmt *statement = r < 0 ? NULL : outbox_get_statement(outbox, OUTBOX_SQL_META_PLAN);
    if (!statement)
        return error_trace(r < 0 ? r : -EIO);
    db_bind_text(statement, 1, digest);
    r = db_run(&outbox->db, statement);
    return r < 0 ? error_trace(r) : outbox_refresh(outbox);
}

int outbox_plan_put_session(Outbox *outbox, const char *session, const char *title, const char *kind,
                            Time starts, Time ends)
{
    sqlite3_stmt *statement = outbox_get_statement(outbox, OUTBOX_SQL_PLAN_PUT_SESSION);

    if (!statement)
        return error_origin(-EIO);
    db_bind_text(statement, 1, session);
    db_bind_text(statement, 2, title);
    db_bind_text(statement, 3, kind);
    db_bind_int(statement, 4, starts);
    db_bind_int(statement, 5, ends);
    return error_trace(db_run(&outbox->db, statement));
}

static int outbox_plan_put_pair(Outbox *outbox, OutboxSql which, const char *key, const char *value)
{
    sqlite3_stmt *statement = outbox_get_statement(outbox, which);

    if (!statement)
        return error_origin(-EIO);
    db_bind_text(statement, 1, key);
    db_bind_text(statement, 2, value);
    return error_trace(db_run(&outbox->db, statement));
}

int outbox_plan_put_member(Outbox *outbox, const char *member, const char *name)
{
    return outbox_plan_put_pair(outbox, OUTBOX_SQL_PLAN_PUT_MEMBER, member, name);
}

int outbox_plan_put_card(Outbox *outbox, const char *card, const char *member)
{
    return outbox_plan_put_pair(outbox, OUTBOX_SQL_PLAN_PUT_CARD, card, member);
}

int outbox_plan_put_check(Outbox *outbox, const char *session, const char *member)
{
    return outbox_plan_put_pair(outbox, OUTBOX_SQL_PLAN_PUT_CHECK, session, member);
}

int outbox_plan_sessions(Outbox *outbox, Time from, Time to, OutboxSessionFn each, void *user)
{
    sqlite3_stmt *statement = outbox_get_statement(outbox, OUTBOX_SQL_PLAN_SESSIONS);
    bool more = true;
    int r = 0;

    if (!statement)
        return error_origin(-EIO);
    db_bind_int(statement, 1, from);
    db_bind_int(statement, 2, to);
    while (more && (r = db_step(&outbox->db, statement)) > 0) {
        const OutboxSession session = {
            .session = db_text(statement, 0),
            .title = db_text(statement, 1),
            .kind = db_text(statement, 2),
            .starts = db_int(statement, 3),
            .ends = db_int(statement, 4),
        };
        more = each(user, &session);
    }
    sqlite3_reset(statement);
    return r < 0 ? error_trace(r) : 0;
}

int outbox_plan_members(Outbox *outbox, OutboxMemberFn each, void *user)
{
    sqlite3_stmt *statement = outbox_get_statement(outbox, OUTBOX_SQL_PLAN_MEMBERS);
    bool more = true;
    int r = 0;

    if (!statement)
        return error_origin(-EIO);
    while (more && (r = db_step(&outbox->db, statement)) > 0)
        more = each(user, db_text(statement, 0), db_text(statement, 1));
    sqlite3_reset(statement);
    return r < 0 ? error_trace(r) : 0;
}

int outbox_plan_checks(Outbox *outbox, Time window, OutboxCheckFn each, void *user)
{
    sqlite3_stmt *statement = outbox_get_statement(outbox, OUTBOX_SQL_PLAN_CHECKS);
    bool more = true;
    int r = 0;

    if (!statement)
        return error_origin(-EIO);
    db_bind_int(statement, 1, window);
    while (more && (r = db_step(&outbox->db, statement)) > 0)
        more = each(user, db_text(statement, 0), db_text(statement, 1), db_int(statement, 2) != 0);
    sqlite3_reset(statement);
    return r < 0 ? error_trace(r) : 0;
}

int outbox_plan_holder(Outbox *outbox, const char *card, Text *member)
{
    sqlite3_stmt *statement = outbox_get_statement(outbox, OUTBOX_SQL_PLAN_HOLDER);

    if (!statement)
        return error_origin(-EIO);
    db_bind_text(statement, 1, card);
    int r = db_step(&outbox->db, statement);
    if (r < 0)
        return error_trace(r);
    if (r == 0)
        return OUTBOX_E_UNKNOWN;
    text_append(member, db_text(statement, 0));
    sqlite3_reset(statement);
    return 0;
}
