#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/sqlite/ledger/ledger_private.h"
#include "core/store/sqlite/roster/roster_private.h"
#include "core/store/sqlite/sessions/derive.h"
#include "core/store/sqlite/sessions/session_rules.h"
#include "core/store/sqlite/totals/sheet.h"

// After the office has stated something new: sessions whose rules or roster changed are derived again, due
// ones are opened, events that were parked, loose or carried a card are asked again where they belong. All in
// the caller's transaction, through the same fold as an arriving event.

typedef struct Settling {
    Store *store;
    Ledger *ledger;
    Pairs *pairs; // of derivations; the ledger has its own for events
    RosterSettled result;
    EventKey *keys; // events to ask again
    size_t key_count, key_capacity;
} Settling;

typedef struct SessionNumbers {
    int64_t *numbers;
    size_t count;
} SessionNumbers;

// Numbers first, rows later: a derivation drops no caches, but it must not run under an open cursor.
static int collect_sessions(Store *store, sqlite3_stmt *statement, SessionNumbers *numbers)
{
    int r;

    while ((r = db_step(&store->db, statement)) > 0) {
        numbers->numbers = alloc_resize(numbers->numbers, numbers->count + 1, sizeof(*numbers->numbers));
        numbers->numbers[numbers->count++] = db_int(statement, 0);
    }
    return error_trace(r);
}

static const DirtySession *dirty_find(const Store *store, int64_t session)
{
    for (size_t i = 0; i < store->dirty_session_count; i++)
        if (store->dirty_sessions[i].session == session)
            return &store->dirty_sessions[i];
    return NULL;
}

static int settle_dirty_sessions(Settling *s)
{
    int r = 0;

    for (size_t i = 0; i < s->store->dirty_session_count && r == 0; i++) {
        const DirtySession *dirty = &s->store->dirty_sessions[i];
        const SessionRow *session;
        if (!dirty->existed)
            continue;
        r = session_get_number(s->store, dirty->session, &session);
        if (r == 0 && session) {
            r = derive_session(s->pairs, s->store, session, &dirty->before, session->opened,
                               &s->result.attendances);
            s->result.sessions++;
        }
    }
    return error_trace(r);
}

static int open_due(Store *store, Pairs *pairs, Time now, int64_t *opened, int64_t *changed)
{
    SessionNumbers due = {0};
    sqlite3_stmt *find = store_get(store, SQL_SESSION_DUE);
    int r;

    if (!find)
        return error_origin(-EIO);
    db_bind_int(find, 1, now);
    r = collect_sessions(store, find, &due);
    for (size_t i = 0; i < due.count && r == 0; i++) {
        const SessionRow *session;
        r = session_get_number(store, due.numbers[i], &session);
        if (r == 0)
            r = derive_session(pairs, store, session, NULL, true, changed);
        sqlite3_stmt *open = r == 0 ? store_get(store, SQL_SESSION_OPEN) : NULL;
        if (!open) {
            r = r < 0 ? r : -EIO;
            break;
        }
        db_bind_int(open, 1, now);
        db_bind_int(open, 2, due.numbers[i]);
        r = db_run(&store->db, open);
        ++*opened;
    }
    free(due.numbers);
    if (*opened)
        store_caches_drop(store); // it holds them as not open
    return error_trace(r);
}

// Rows of sessions that are still to open were made by events that came early: they are put right as well.
static int settle_roster(Settling *s)
{
    SessionNumbers opened = {0};
    sqlite3_stmt *find;

    if (s->store->dirty_from == DATE_NONE)
        return 0;
    find = store_get(s->store, SQL_SESSION_ROWS_SINCE);
    if (!find)
        return error_origin(-EIO);
    db_bind_int(find, 1, s->store->dirty_from);
    int r = collect_sessions(s->store, find, &opened);
    for (size_t i = 0; i < opened.count && r == 0; i++) {
        const SessionRow *session;
        const DirtySession *dirty = dirty_find(s->store, opened.numbers[i]);
        if (dirty && dirty->existed)
            continue; // done already, by the roster as it is now
        r = session_get_number(s->store, opened.numbers[i], &session);
        if (r == 0 && session->closed)
            continue; // it holds still (month_hold.c)
        if (r == 0)
            r = derive_session(s->pairs, s->store, session, NULL, session->opened, &s->result.attendances);
        s->result.sessions++;
    }
    free(opened.numbers);
    return error_trace(r);
}

static int collect_keys(Settling *s, sqlite3_stmt *statement)
{
    int r;

    if (!statement)
        return error_origin(-EIO);
    while ((r = db_step(&s->store->db, statement)) > 0) {
        if (s->key_count == s->key_capacity) {
            s->key_capacity = s->key_capacity ? 2 * s->key_capacity : 256;
            s->keys = alloc_resize(s->keys, s->key_capacity, sizeof(*s->keys));
        }
        s->keys[s->key_count++] = event_key_unpack(db_int(statement, 0));
    }
    return error_trace(r);
}

static int collect_cards(Settling *s, StatementId id, int64_t value)
{
    sqlite3_stmt *cards = store_get(s->store, id);

    if (!cards)
        return error_origin(-EIO);
    db_bind_int(cards, 1, value);
    return error_trace(collect_keys(s, cards));
}

static int collect_loose(Settling *s, const SessionRow *session)
{
    sqlite3_stmt *loose = store_get(s->store, SQL_LOOSE_BETWEEN);

    if (!loose)
        return error_origin(-EIO);
    db_bind_int(loose, 1, session->rules.starts - session->rules.window_before);
    db_bind_int(loose, 2, session->rules.ends + session->rules.window_after);
    return error_trace(collect_keys(s, loose));
}

// A session of the day, or of a later one, holds what came up to its window before the day began.
static int collect_loose_since(Settling *s, Date date)
{
    sqlite3_stmt *loose = store_get(s->store, SQL_LOOSE_BETWEEN);

    if (!loose)
        return error_origin(-EIO);
    db_bind_int(loose, 1, zone_day_start(date) - SESSION_WINDOW_MAX_MINUTES * TIME_MINUTE);
    db_bind_int(loose, 2, INT64_MAX);
    return error_trace(collect_keys(s, loose));
}

// Events that may belong elsewhere now: all parked ones; loose ones in the windows of changed sessions, old
// and new, or all of them where points take part in other sessions than before (R2); those with cards at
// sessions that moved to another date, or that lie on or after the day from which cards changed (R3). The
// session's date decides, not the event's time, which may be wrong.
static int settle_collect(Settling *s)
{
    int r = collect_keys(s, store_get(s->store, SQL_PARKED_ALL));

    for (size_t i = 0; i < s->store->dirty_session_count && r == 0; i++) {
        const DirtySession *dirty = &s->store->dirty_sessions[i];
        const SessionRow *session;
        r = session_get_number(s->store, dirty->session, &session);
        if (r == 0 && session)
            r = collect_loose(s, session);
        if (r == 0 && dirty->existed)
            r = collect_loose(s, &dirty->before);
        if (r == 0 && session && dirty->existed && session->date != dirty->before.date)
            r = collect_cards(s, SQL_CARDS_OF_SESSION, session->session);
    }
    if (r == 0 && s->store->points_moved)
        r = collect_keys(s, store_get(s->store, SQL_LOOSE_ALL));
    else if (r == 0 && s->store->orgs_moved_from != DATE_NONE)
        r = collect_loose_since(s, s->store->orgs_moved_from);
    if (r == 0 && s->store->cards_touched)
        r = collect_cards(s, SQL_CARDS_SINCE, s->store->cards_from);
    return error_trace(r);
}

// Still parked, but what it misses may be another thing now: the member has come, the visitor has not.
static int settle_reason(Settling *s, const EventRecord *record, const Resolution *resolution)
{
    sqlite3_stmt *get = store_get(s->store, SQL_PARKED_GET);

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, event_key_pack(&record->key));
    int r = db_step(&s->store->db, get);
    bool same = r > 0 && strcmp(db_text(get, 0), resolution->parked) == 0;
    sqlite3_reset(get);
    if (r < 0 || same)
        return r < 0 ? error_trace(r) : 0;
    return error_trace(ledger_touch(s->ledger, record, resolution));
}

static int settle_event(Settling *s, const EventKey *key)
{
    EventRecord record = {0};
    Resolution resolution;
    int r = event_record_load(s->store, key, &record);

    if (r <= 0)
        return error_trace(r);
    r = resolve_again(s->store, &record, &resolution);
    bool was_parked = event_has_fact(record.event.kind) ? !record.session || !record.member
                                                        : record.event.kind == EVENT_CLOSE && !record.session;
    if (r == 0 && (resolution.session != record.session || resolution.member != record.member ||
                   was_parked != (resolution.parked != NULL))) {
        s->result.unparked += was_parked && !resolution.parked;
        s->result.moved += !was_parked;
        r = ledger_touch(s->ledger, &record, &resolution);
    } else if (r == 0 && resolution.parked) {
        r = settle_reason(s, &record, &resolution);
    }
    event_record_deinit(&record);
    return error_trace(r);
}

static int compare_keys(const void *a, const void *b)
{
    const EventKey *x = a, *y = b;

    if (x->area != y->area)
        return x->area < y->area ? -1 : 1;
    if (x->stream != y->stream)
        return x->stream < y->stream ? -1 : 1;
    return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static int settle_events(Settling *s)
{
    int r = settle_collect(s);

    if (s->key_count)
        qsort(s->keys, s->key_count, sizeof(*s->keys), compare_keys);
    for (size_t i = 0; i < s->key_count && r == 0; i++)
        if (i == 0 || compare_keys(&s->keys[i - 1], &s->keys[i]) != 0)
            r = settle_event(s, &s->keys[i]);
    if (r == 0)
        r = ledger_settle(s->ledger);
    return error_trace(r);
}

static int count_session_guests(Store *store, Totals *totals, const SessionRow *session)
{
    CLEANUP(cleanup_free) int32_t *areas = NULL;
    size_t area_count = 0;
    int r = area_numbers(store, &areas, &area_count);

    for (size_t i = 0; i < area_count && r == 0; i++) {
        sqlite3_stmt *rows = store_get(store, SQL_ATTENDANCE_OF_SESSION);
        if (!rows)
            return error_origin(-EIO);
        db_bind_int(rows, 1, key_make(areas[i], session->session, 0));
        db_bind_int(rows, 2, key_make(areas[i], session->session, KEY_ROW_MAX));
        while ((r = db_step(&store->db, rows)) > 0) {
            PairRow row = {0};
            r = pair_row_read(store, session, rows, &row);
            if (r < 0)
                return error_trace(r);
            totals_count(totals, session, &row, +1);
            pair_row_deinit(&row);
        }
    }
    return error_trace(r);
}

// A point that changed its host org changes whose guests its visitors are, at any session; an org that moved,
// at those of the days since. That is rare, and all of them are counted again.
static int settle_guests(Settling *s)
{
    SessionList sessions = {0};
    Totals *totals = totals_new(s->store);
    Date from = s->store->points_moved ? INT32_MIN + 1 : s->store->orgs_moved_from;
    int r = from != DATE_NONE ? query_sessions_between(s->store, INT64_MIN / 2, INT64_MAX / 2, &sessions) : 0;

    for (size_t i = 0; i < sessions.count && r == 0; i++) {
        sqlite3_stmt *drop = sessions.rows[i].date >= from ? store_get(s->store, SQL_GUEST_DROP) : NULL;
        if (sessions.rows[i].date < from)
            continue;
        if (!drop)
            return error_origin(-EIO);
        db_bind_int(drop, 1, sessions.rows[i].session);
        r = db_run(&s->store->db, drop);
        if (r == 0)
            r = count_session_guests(s->store, totals, &sessions.rows[i]);
    }
    if (r == 0)
        r = totals_flush_guests(totals);
    session_list_deinit(&sessions);
    totals_free(totals);
    return error_trace(r);
}

int roster_settle(Store *store, Time now, RosterSettled *ret_settled)
{
    Settling s = {.store = store};
    CLEANUP(cleanup_ledger) Ledger *ledger = NULL;
    CLEANUP(cleanup_pairs) Pairs *pairs = NULL;

    store_caches_drop(store);
    s.ledger = ledger = ledger_new(store);
    s.pairs = pairs = pairs_new(store);
    int r = store->roster_touched ? db_run(&store->db, store_get(store, SQL_SITE_BUMP)) : 0;
    if (r == 0)
        r = sheet_touch(store, SHEET_FROM_ALL);
    if (r == 0)
        r = roster_move_areas(store);
    if (r == 0)
        r = session_rules_apply(store);
    if (r == 0)
        r = settle_dirty_sessions(&s);
    if (r == 0)
        r = settle_roster(&s);
    if (r == 0)
        r = open_due(store, s.pairs, now, &s.result.sessions, &s.result.attendances);
    if (r == 0)
        r = pairs_flush_totals(s.pairs);
    if (r == 0)
        r = settle_events(&s);
    if (r == 0)
        r = settle_guests(&s);
    free(s.keys);
    store_caches_drop(store);
    if (r < 0)
        return error_trace(r);
    *ret_settled = s.result;
    return 0;
}

int roster_open_due(Store *store, Time now, int64_t *ret_opened)
{
    CLEANUP(cleanup_pairs) Pairs *pairs = NULL;
    bool own = !store_in_transaction(store), due = false;
    int64_t opened = 0, changed = 0;

    int r = roster_is_due(store, now, &due);
    *ret_opened = 0;
    if (r < 0 || !due)
        return error_trace(r);
    if (own)
        r = store_begin(store);
    pairs = pairs_new(store);
    if (r == 0)
        r = open_due(store, pairs, now, &opened, &changed);
    if (r == 0)
        r = pairs_flush_totals(pairs);
    if (r == 0)
        r = db_run(&store->db, store_get(store, SQL_SITE_BUMP));
    if (r == 0 && own)
        r = store_commit(store);
    if (r < 0 && own)
        store_rollback(store);
    store_caches_drop(store);
    if (r < 0)
        return error_trace(r);
    *ret_opened = opened;
    return 0;
}

int roster_is_due(Store *store, Time now, bool *ret_due)
{
    sqlite3_stmt *any = store_get(store, SQL_SESSION_ANY_DUE);

    if (!any)
        return error_origin(-EIO);
    db_bind_int(any, 1, now);
    int r = db_step(&store->db, any);
    sqlite3_reset(any);
    *ret_due = r > 0;
    return r < 0 ? error_trace(r) : 0;
}
