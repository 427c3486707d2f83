#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/model/code.h"
#include "core/store/sqlite/ledger/ledger_private.h"
#include "core/store/sqlite/ledger/office_note.h"

// The stored events by arrival, each with where it was found to belong: with this anyone can answer why a
// figure is what it is.

const char *event_state_word(EventState state)
{
    static const char *const words[] = {"counted", "parked", "void", "quarantined"};

    return words[state];
}

typedef struct Listing {
    Store *store;
    const EventFilter *filter;
    int (*each)(void *user, const EventRow *event);
    void *user;
    Text canonical;
} Listing;

static bool filter_holds(const EventFilter *filter, const EventRow *row)
{
    return (!filter->session || text_equal(filter->session, row->session)) &&
           (!filter->member || text_equal(filter->member, row->member));
}

static int event_state(Store *store, const EventKey *key, int64_t form, EventState *ret_state,
                       char ret_reason[static 32])
{
    sqlite3_stmt *get = store_get(store, form & FORM_REFUSED ? SQL_QUARANTINE_REASON : SQL_PARKED_GET);
    bool is_void = false;

    if (!get)
        return error_origin(-EIO);
    if (form & FORM_REFUSED) {
        db_bind_int(get, 1, key->stream);
        db_bind_int(get, 2, (int64_t)key->seq);
    } else {
        db_bind_int(get, 1, event_key_pack(key));
    }
    int r = db_step(&store->db, get);
    if (r > 0)
        snprintf(ret_reason, 32, "%s", db_text(get, 0));
    sqlite3_reset(get);
    *ret_state = form & FORM_REFUSED ? EVENT_QUARANTINED : r > 0 ? EVENT_PARKED : EVENT_COUNTED;
    if (r < 0)
        return error_trace(r);
    r = form & FORM_REFUSED || form_kind(form) == EVENT_VOID ? 0 : event_is_void(store, key, &is_void);
    if (is_void)
        *ret_state = EVENT_VOIDED;
    return error_trace(r);
}

// Codes as found (by number), else as the event names them.
static int listing_names(Listing *l, EventRecord *record, EventRow *row, char session_code[static 65],
                         char member_code[static 65])
{
    const SessionRow *session = NULL;
    int r = record->session ? session_get_number(l->store, record->session, &session) : 0;

    if (r < 0)
        return error_trace(r);
    snprintf(session_code, 65, "%s",
             session                 ? session->code
             : record->event.session ? record->event.session
                                     : "");
    member_code[0] = 0;
    if (record->member) {
        sqlite3_stmt *get = store_get(l->store, SQL_MEMBER_GET);
        if (!get)
            return error_origin(-EIO);
        db_bind_int(get, 1, record->member);
        r = db_step(&l->store->db, get);
        if (r > 0)
            snprintf(member_code, 65, "%s", db_text(get, 1));
        sqlite3_reset(get);
    } else if (record->event.member) {
        snprintf(member_code, 65, "%s", record->event.member);
    }
    row->session = session_code[0] ? session_code : NULL;
    row->member = member_code[0] ? member_code : NULL;
    return r < 0 ? error_trace(r) : 0;
}

// What the office's statement that another event is void names (void_canonical() in ledger_office.c).
static bool void_target(const EventRow *row, char ret_terminal[static 33], char ret_epoch[static ULID_SIZE],
                        unsigned long long *ret_seq)
{
    return sscanf(row->canonical,
                  "{\"at\":\"%*[^\"]\",\"kind\":\"void\",\"of\":%llu,\"seq\":%*u,\"x-epoch\":\"%26[^\"]\","
                  "\"x-terminal\":\"%32[^\"]\"}",
                  ret_seq, ret_epoch, ret_terminal) == 3;
}

static int listing_tell(Listing *l, EventRow *row)
{
    OfficeNote note = {0};
    char terminal[33], epoch[ULID_SIZE];
    unsigned long long seq;
    int r = 0;

    if (strcmp(row->terminal, NAME_OFFICE) == 0)
        r = void_target(row, terminal, epoch, &seq) ? office_note_void(l->store, terminal, epoch, seq, &note)
                                                    : office_note_event(l->store, row->seq, &note);
    row->who = note.who;
    row->why = note.why;
    if (r == 0)
        r = l->each(l->user, row);
    office_note_deinit(&note);
    return r;
}

static int listing_row(Listing *l, sqlite3_stmt *s)
{
    char session_code[65], member_code[65], reason[32] = "";
    EventRecord record = {.key = event_key_unpack(db_int(s, 0)),
                          .form = db_int(s, 1),
                          .session = db_int(s, 2),
                          .member = db_int(s, 3),
                          .event = event_make(EVENT_IN)};
    EventRow row = {.terminal = db_text(s, 8),
                    .epoch = db_text(s, 9),
                    .seq = record.key.seq,
                    .at = db_null(s, 5) ? TIME_NONE : db_int(s, 5),
                    .received_at = db_int(s, 6) * 1000};
    const PointInfo *point = point_info(l->store, (int32_t)db_int(s, 4));
    const void *body = sqlite3_column_blob(s, 7);
    size_t body_size = (size_t)sqlite3_column_bytes(s, 7);

    row.kind =
        (record.form & FORM_KIND_MASK) == FORM_KIND_UNKNOWN ? NULL : event_kind_word(form_kind(record.form));
    row.point = point ? point->code : NULL;
    int r = event_state(l->store, &record.key, record.form, &row.state, reason);
    row.reason = reason[0] ? reason : NULL;
    text_clear(&l->canonical);
    if (r == 0)
        r = event_canonical_load(l->store, row.seq, record.form, record.session, record.member, row.at, body,
                                 body_size, &l->canonical);
    if (r == 0 && body) // a refused body may hold what no event may: then it names nothing
        (void)(event_record_read_body(&record, body, body_size) < 0 &&
               (record.event = event_make(EVENT_IN), 0));
    if (r == 0)
        r = listing_names(l, &record, &row, session_code, member_code);
    row.canonical = text_cstr(&l->canonical);
    row.canonical_size = l->canonical.size;
    if (r == 0 && filter_holds(l->filter, &row))
        r = listing_tell(l, &row);
    event_record_deinit(&record);
    return r;
}

static int filter_number(Store *store, StatementId find, const char *code, int64_t *ret_number)
{
    sqlite3_stmt *get = store_get(store, find);

    if (!get)
        return error_origin(-EIO);
    db_bind_text(get, 1, code);
    int r = db_step(&store->db, get);
    *ret_number = r > 0 ? db_int(get, 0) : 0;
    sqlite3_reset(get);
    return r < 0 ? error_trace(r) : 0;
}

int query_events(Store *store, const EventFilter *filter, int (*each)(void *user, const EventRow *event),
                 void *user)
{
    Listing l = {.store = store, .filter = filter, .each = each, .user = user};
    sqlite3_stmt *get = store_get(store, SQL_EVENTS_BY_ARRIVAL);
    int64_t session = 0, member = 0;
    int r = get ? 0 : error_origin(-EIO);

    store_caches_refresh(store);
    if (r == 0 && filter->session)
        r = filter_number(store, SQL_SESSION_BY_CODE, filter->session, &session);
    if (r == 0 && filter->member)
        r = filter_number(store, SQL_MEMBER_FIND, filter->member, &member);
    if (r < 0)
        return error_trace(r);
    db_bind_text(get, 1, filter->terminal);
    if (filter->session) // 0 matches no number: only events that name it as text are left
        db_bind_int(get, 2, session);
    if (filter->member)
        db_bind_int(get, 3, member);
    while ((r = db_step(&store->db, get)) > 0) {
        r = listing_row(&l, get);
        if (r != 0) {
            sqlite3_reset(get);
            break;
        }
    }
    text_deinit(&l.canonical);
    return r;
}

int query_event(Store *store, const char *terminal, const char *epoch, uint64_t seq,
                int (*each)(void *user, const EventRow *event), void *user)
{
    static const EventFilter any;
    Listing l = {.store = store, .filter = &any, .each = each, .user = user};
    sqlite3_stmt *get = store_get(store, SQL_EVENT_ONE);

    store_caches_refresh(store);
    if (!get)
        return error_origin(-EIO);
    db_bind_text(get, 1, terminal);
    db_bind_text(get, 2, epoch);
    db_bind_int(get, 3, (int64_t)seq);
    int r = db_step(&store->db, get);
    if (r == 0)
        r = QUERY_E_UNKNOWN;
    else if (r > 0)
        r = listing_row(&l, get);
    sqlite3_reset(get);
    text_deinit(&l.canonical);
    return r;
}
