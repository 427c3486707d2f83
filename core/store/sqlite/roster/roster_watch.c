#include "core/store/roster_watch.h"

#include <stdio.h>

#include "core/base/error.h"
#include "core/store/sqlite/roster/roster_private.h"

// What puts change, told to whoever watches: a put knows what was before only while it writes.

void roster_watch(Store *store, RosterWatcher *watcher, void *user)
{
    store->watcher = watcher;
    store->watcher_user = user;
}

void roster_note(Store *store, const RosterNote *note)
{
    if (store->watcher)
        store->watcher(store->watcher_user, note);
}

RosterClash roster_last_clash(const Store *store)
{
    return store->clash;
}

void roster_clash(Store *store, const char *code, Date from, Date to)
{
    store->clash = (RosterClash){.from = from, .to = to};
    snprintf(store->clash.code, sizeof(store->clash.code), "%s", code);
}

static int code_of(Store *store, StatementId id, int column, int64_t number, char ret_code[static 65])
{
    sqlite3_stmt *get = store_get(store, id);

    ret_code[0] = '\0';
    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, number);
    int r = db_step(&store->db, get);
    if (r > 0)
        snprintf(ret_code, 65, "%s", db_text(get, column));
    sqlite3_reset(get);
    return r < 0 ? error_trace(r) : 0;
}

int roster_org_code(Store *store, int64_t org, char ret_code[static 65])
{
    return error_trace(code_of(store, SQL_ORG_CODE, 0, org, ret_code));
}

int roster_member_code(Store *store, int64_t member, char ret_code[static 65])
{
    return error_trace(code_of(store, SQL_MEMBER_GET, 1, member, ret_code));
}
