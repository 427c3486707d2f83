#include "core/store/query_pairs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/model/code.h"
#include "core/store/sqlite/keys.h"
#include "core/store/sqlite/ledger/office_note.h"
#include "core/store/sqlite/ledger/pairs.h"
#include "core/store/sqlite/sessions/derive.h"

// From a figure down to its events. The attendance row has the facts with the numbers of their events; here
// the numbers become terminals and epochs, and what the office did gets its entry of the audit log.

static PairView view_of(Store *store, const PairRow *row)
{
    const Attendance *attendance = &row->attendance;
    const PointInfo *point = attendance->on_site ? point_info(store, attendance->point_key) : NULL;

    return (PairView){.member = row->member,
                      .area = row->area,
                      .org = row->org,
                      .duty = row->duty,
                      .attendance = attendance,
                      .host = point ? point->org : 0,
                      .point = point ? point->code : NULL,
                      .row = row};
}

static int pairs_of_area(Store *store, const SessionRow *session, int32_t area,
                         int (*each)(void *user, const PairView *pair), void *user)
{
    sqlite3_stmt *rows = store_get(store, SQL_ATTENDANCE_OF_SESSION);
    int r;

    if (!rows)
        return error_origin(-EIO);
    db_bind_int(rows, 1, key_make(area, session->session, 0));
    db_bind_int(rows, 2, key_make(area, session->session, KEY_ROW_MAX));
    while ((r = db_step(&store->db, rows)) > 0) {
        PairRow row = {0};
        r = pair_row_read(store, session, rows, &row);
        if (r < 0)
            break;
        PairView view = view_of(store, &row);
        r = each(user, &view);
        pair_row_deinit(&row);
        if (r != 0)
            break;
    }
    sqlite3_reset(rows);
    return r;
}

int query_pairs(Store *store, const SessionRow *session, int (*each)(void *user, const PairView *pair),
                void *user)
{
    CLEANUP(cleanup_free) int32_t *areas = NULL;
    size_t count = 0;

    store_caches_refresh(store);
    int r = points_load(store);
    if (r == 0)
        r = area_numbers(store, &areas, &count);
    for (size_t i = 0; i < count && r == 0; i++)
        r = pairs_of_area(store, session, areas[i], each, user);
    return r;
}

int query_pair(Store *store, const SessionRow *session, const MemberRow *member,
               int (*each)(void *user, const PairView *pair), void *user)
{
    PairRow row = {0};

    store_caches_refresh(store);
    int r = points_load(store);
    if (r == 0)
        r = pair_row_load(store, session, member->area, member->member, &row);
    if (r == 0 && row.exists) {
        PairView view = view_of(store, &row);
        r = each(user, &view);
    }
    pair_row_deinit(&row);
    return r;
}

int query_pair_member(Store *store, const PairView *pair, MemberRow *ret_member)
{
    sqlite3_stmt *get = store_get(store, SQL_MEMBER_GET);
    MemberRow member = {.member = pair->member, .area = pair->area};

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, pair->member);
    int r = db_step(&store->db, get);
    if (r <= 0)
        return error_origin(r < 0 ? r : -EUCLEAN);
    snprintf(member.code, sizeof(member.code), "%s", db_text(get, 1));
    member.name = alloc_string(db_text(get, 2));
    sqlite3_reset(get);
    *ret_member = member;
    return 0;
}

// An event by its terminal, with who and why where it is the office's.
typedef struct Source {
    char terminal[33], epoch[ULID_SIZE];
    uint64_t seq;
    Time received_at;
    OfficeNote note;
} Source;

static int source_load(Store *store, int64_t stream, uint64_t seq, Source *ret_source)
{
    sqlite3_stmt *get = store_get(store, SQL_MONTH_CAUSE);

    if (!get)
        return error_origin(-EIO);
    *ret_source = (Source){.seq = seq, .received_at = TIME_NONE};
    db_bind_int(get, 1, stream);
    db_bind_int(get, 2, (int64_t)seq);
    int r = db_step(&store->db, get);
    if (r > 0) {
        snprintf(ret_source->terminal, sizeof(ret_source->terminal), "%s", db_text(get, 0));
        snprintf(ret_source->epoch, sizeof(ret_source->epoch), "%s", db_text(get, 1));
        if (!db_null(get, 2))
            ret_source->received_at = db_int(get, 2) * 1000;
    }
    sqlite3_reset(get);
    return r < 0 ? error_trace(r) : 0;
}

// What voided the event; nothing in it if the event stands.
static int source_void(Store *store, const PairFact *fact, const Source *event, Source *ret_source)
{
    sqlite3_stmt *by = store_get(store, SQL_MONTH_VOIDED_BY);

    if (!by)
        return error_origin(-EIO);
    db_bind_int(by, 1, fact->stream);
    db_bind_int(by, 2, (int64_t)fact->seq);
    int r = db_step(&store->db, by);
    int64_t stream = r > 0 ? db_int(by, 0) : 0;
    uint64_t seq = r > 0 ? (uint64_t)db_int(by, 1) : 0;
    sqlite3_reset(by);
    if (r <= 0)
        return error_trace(r);
    r = source_load(store, stream, seq, ret_source);
    if (r == 0 && strcmp(ret_source->terminal, NAME_OFFICE) == 0)
        r = office_note_void(store, event->terminal, event->epoch, event->seq, &ret_source->note);
    return error_trace(r);
}

static int event_tell(Store *store, const PairFact *fact, int (*each)(void *user, const PairEvent *event),
                      void *user)
{
    const PointInfo *point = point_info(store, fact->fact.point_key);
    Source source = {0}, by = {0};
    int r = source_load(store, fact->stream, fact->seq, &source);

    if (r == 0 && strcmp(source.terminal, NAME_OFFICE) == 0)
        r = office_note_event(store, fact->seq, &source.note);
    if (r == 0 && fact->fact.is_void)
        r = source_void(store, fact, &source, &by);
    PairEvent event = {.terminal = source.terminal,
                       .epoch = source.epoch,
                       .seq = fact->seq,
                       .received_at = source.received_at,
                       .fact = fact->fact,
                       .batch = fact->batch,
                       .who = source.note.who,
                       .why = source.note.why,
                       .void_terminal = by.terminal[0] ? by.terminal : NULL,
                       .void_epoch = by.terminal[0] ? by.epoch : NULL,
                       .void_seq = by.seq,
                       .void_who = by.note.who,
                       .void_why = by.note.why};
    event.fact.point = point ? point->code : NULL;
    if (r == 0)
        r = each(user, &event);
    office_note_deinit(&source.note);
    office_note_deinit(&by.note);
    return r;
}

int query_pair_events(Store *store, const PairView *pair, int (*each)(void *user, const PairEvent *event),
                      void *user)
{
    const PairRow *row = pair->row;
    int r = 0;

    for (size_t i = 0; i < row->fact_count && r == 0; i++)
        r = event_tell(store, &row->facts[i], each, user);
    return r;
}
