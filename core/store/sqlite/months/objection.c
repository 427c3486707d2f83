#include "core/store/objection.h"

#include "core/base/error.h"
#include "core/store/sqlite/store_private.h"

// Two tables, since a row is written once: the objection, and beside it the answer.

int objection_add(Store *store, int64_t member, const Objection *objection, int64_t *ret_number)
{
    sqlite3_stmt *add = store_get(store, SQL_OBJECTION_ADD);

    if (!add)
        return error_origin(-EIO);
    db_bind_int(add, 1, objection->at);
    db_bind_text(add, 2, objection->who);
    db_bind_text(add, 3, objection->session);
    db_bind_int(add, 4, objection->starts);
    db_bind_int(add, 5, member);
    db_bind_text(add, 6, objection->text);
    int r = db_run(&store->db, add);
    if (r < 0)
        return error_trace(r);
    *ret_number = sqlite3_last_insert_rowid(store->db.handle);
    return 0;
}

int objection_answer(Store *store, const Objection *objection)
{
    sqlite3_stmt *add = store_get(store, SQL_OBJECTION_ANSWER);

    if (!add)
        return error_origin(-EIO);
    db_bind_int(add, 1, objection->objection);
    db_bind_int(add, 2, objection->answered_at);
    db_bind_text(add, 3, objection->answered_by);
    db_bind_int(add, 4, objection->accepted);
    db_bind_text(add, 5, objection->answer);
    db_bind_text(add, 6, objection->epoch);
    if (objection->epoch)
        db_bind_int(add, 7, (int64_t)objection->seq);
    return error_trace(db_run(&store->db, add));
}

int objection_each(Store *store, const ObjectionFilter *filter,
                   int (*each)(void *user, const Objection *objection), void *user)
{
    sqlite3_stmt *get = store_get(store, SQL_OBJECTIONS);
    int r;

    if (!get)
        return error_origin(-EIO);
    if (filter->objection)
        db_bind_int(get, 1, filter->objection);
    if (filter->member)
        db_bind_int(get, 2, filter->member);
    db_bind_int(get, 3, filter->open);
    while ((r = db_step(&store->db, get)) > 0) {
        Objection objection = {.objection = db_int(get, 0),
                               .at = db_int(get, 1),
                               .who = db_text(get, 2),
                               .session = db_text(get, 3),
                               .starts = db_int(get, 4),
                               .member = db_text(get, 5),
                               .name = db_text(get, 6),
                               .text = db_text(get, 7),
                               .answered = !db_null(get, 8),
                               .answered_at = db_null(get, 8) ? TIME_NONE : db_int(get, 8),
                               .answered_by = db_text(get, 9),
                               .accepted = db_int(get, 10) != 0,
                               .answer = db_text(get, 11),
                               .epoch = db_text(get, 12),
                               .seq = (uint64_t)db_int(get, 13)};
        r = each(user, &objection);
        if (r != 0)
            break;
    }
    sqlite3_reset(get);
    return r;
}
