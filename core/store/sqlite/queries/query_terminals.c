#include "core/store/lists.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/sqlite/ledger/event_form.h"
#include "core/store/sqlite/store_private.h"

// The log keeps no time of a terminal's last word by itself: it is that of the last block of its latest
// stream, which is found with one probe. The clock of a terminal shows in the same block: an event cannot be
// received before it happened, so what claims to be later was recorded by a clock that is ahead; one that is
// behind cannot be told from a message that was long under way.

static Time time_or_none(sqlite3_stmt *s, int column)
{
    return db_null(s, column) ? TIME_NONE : db_int(s, column);
}

// The first of `count` numbers beyond `through` is missing, and so is every other one up to the highest that
// is not among them.
static int add_gap(Store *store, int64_t stream, int64_t through, ListTerminal *terminal)
{
    sqlite3_stmt *gap = store_get(store, SQL_LIST_STREAM_GAP);

    if (!gap)
        return error_origin(-EIO);
    db_bind_int(gap, 1, stream);
    int r = db_step(&store->db, gap);
    if (r <= 0)
        return error_origin(r < 0 ? r : -EUCLEAN);
    int64_t ahead = db_int(gap, 0);
    if (ahead > 0) {
        terminal->ahead += ahead;
        terminal->missing += db_int(gap, 1) - through - ahead;
    }
    sqlite3_reset(gap);
    return 0;
}

static int add_recent(Store *store, int64_t stream, ListTerminal *terminal)
{
    sqlite3_stmt *recent = store_get(store, SQL_LIST_STREAM_RECENT);

    if (!recent)
        return error_origin(-EIO);
    db_bind_int(recent, 1, stream);
    db_bind_int(recent, 2, EVENT_CLOCK_UNSET);
    int r = db_step(&store->db, recent);
    if (r <= 0)
        return error_origin(r < 0 ? r : -EUCLEAN);
    Time received = db_null(recent, 1) ? TIME_NONE : db_int(recent, 1) * (TIME_SECOND / 1000);
    if (received > terminal->last_event) {
        int64_t ahead = db_null(recent, 3) ? 0 : db_int(recent, 3) / 1000;
        terminal->last_event = received;
        terminal->recent = db_int(recent, 0);
        terminal->unset = db_int(recent, 2);
        terminal->clock_ahead = ahead > 0 ? ahead : 0;
    }
    sqlite3_reset(recent);
    return 0;
}

static int add_streams(Store *store, int64_t number, ListTerminal *terminal)
{
    sqlite3_stmt *streams = store_get(store, SQL_LIST_TERMINAL_STREAMS);
    int r;

    if (!streams)
        return error_origin(-EIO);
    db_bind_int(streams, 1, number);
    while ((r = db_step(&store->db, streams)) > 0) {
        int64_t stream = db_int(streams, 0);
        r = add_gap(store, stream, db_int(streams, 1), terminal);
        if (r == 0)
            r = add_recent(store, stream, terminal);
        if (r < 0)
            break;
    }
    sqlite3_reset(streams);
    return error_trace(r);
}

int lists_terminals(Store *store, int (*each)(void *user, const ListTerminal *terminal), void *user)
{
    sqlite3_stmt *all = store_get(store, SQL_LIST_TERMINALS);
    int r;

    if (!all)
        return error_origin(-EIO);
    while ((r = db_step(&store->db, all)) > 0) {
        ListTerminal terminal = {.point = (int32_t)db_int(all, 3),
                                 .org = (int32_t)db_int(all, 6),
                                 .has_key = db_int(all, 7) != 0,
                                 .enrolled_at = time_or_none(all, 8),
                                 .revoked_at = time_or_none(all, 9),
                                 .last_event = TIME_NONE,
                                 .quarantined = db_int(all, 10)};
        snprintf(terminal.name, sizeof(terminal.name), "%s", db_text(all, 1));
        snprintf(terminal.area, sizeof(terminal.area), "%s", db_text(all, 2));
        if (terminal.point) {
            snprintf(terminal.point_code, sizeof(terminal.point_code), "%s", db_text(all, 4));
            terminal.point_name = alloc_string(db_text(all, 5));
        }
        r = add_streams(store, db_int(all, 0), &terminal);
        if (r == 0)
            r = each(user, &terminal);
        free(terminal.point_name);
        if (r != 0)
            break;
    }
    sqlite3_reset(all);
    return r;
}

int lists_quarantined_elsewhere(Store *store, int64_t *ret_count)
{
    sqlite3_stmt *get = store_get(store, SQL_LIST_QUARANTINE_ELSEWHERE);

    if (!get)
        return error_origin(-EIO);
    int r = db_step(&store->db, get);
    if (r <= 0)
        return error_origin(r < 0 ? r : -EUCLEAN);
    *ret_count = db_int(get, 0);
    sqlite3_reset(get);
    return 0;
}
