#include <string.h>

#include "core/base/error.h"
#include "core/store/sqlite/keeping/cards.h"
#include "core/store/sqlite/ledger/ledger_private.h"

// Which session and which member an event belongs to (R1, R3), by the roster as it is now. What is unknown
// parks the event: the same question is asked again when a roster or a session brings what it names. Who
// visited somebody at home is asked for as well, being named as a member too.

#define MEMBERS_ASKED_MAX \
    256 // a few questions are cheaper asked of the table than answered by loading the map

static int member_find_mapped(Store *store, const char *code, Resolution *resolution, bool *ret_answered)
{
    int r = 0;

    *ret_answered = false;
    if (!store->member_map && store->members_asked++ >= MEMBERS_ASKED_MAX)
        r = member_map_load(store, &store->member_map);
    if (r < 0 || !store->member_map)
        return error_trace(r);
    MemberMapAnswer answer =
        member_map_find(store->member_map, code, &resolution->member, &resolution->member_area);
    if (answer == MEMBER_MAP_NONE)
        resolution->parked = "unknown-member";
    *ret_answered = answer != MEMBER_MAP_ASK;
    return 0;
}

static int member_find(Store *store, const char *code, Resolution *resolution)
{
    bool answered;
    int r = member_find_mapped(store, code, resolution, &answered);
    if (r < 0 || answered)
        return error_trace(r);
    sqlite3_stmt *find = store_get(store, SQL_MEMBER_FIND);

    if (!find)
        return error_origin(-EIO);
    db_bind_text(find, 1, code);
    r = db_step(&store->db, find);
    if (r > 0) {
        resolution->member = db_int(find, 0);
        resolution->member_area = (int32_t)db_int(find, 1);
        sqlite3_reset(find);
    } else if (r == 0) {
        resolution->parked = "unknown-member";
    }
    return r < 0 ? error_trace(r) : 0;
}

static int member_area(Store *store, int64_t member, int32_t *ret_area)
{
    sqlite3_stmt *get = store_get(store, SQL_MEMBER_GET);

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, member);
    int r = db_step(&store->db, get);
    if (r > 0)
        *ret_area = (int32_t)db_int(get, 0);
    sqlite3_reset(get);
    return r < 0 ? error_trace(r) : 0;
}

// R3: who holds the card on the date. A card that its holder has replaced by another one since is no longer
// held.
static int card_find(Store *store, const char *card, Date date, Resolution *resolution)
{
    sqlite3_stmt *at = store_get(store, SQL_CARD_AT);
    uint8_t hash[CARD_HASH_SIZE];

    if (!at)
        return error_origin(-EIO);
    card_hash(store, card, hash);
    db_bind_blob(at, 1, hash, sizeof(hash));
    db_bind_int(at, 2, date);
    int r = db_step(&store->db, at);
    if (r < 0)
        return error_trace(r);
    resolution->parked = "unknown-card";
    if (r == 0)
        return 0;
    int64_t member = db_int(at, 0), from = db_int(at, 1);
    bool over = !db_null(at, 2) && db_int(at, 2) < date;
    sqlite3_reset(at);
    if (over)
        return 0;
    sqlite3_stmt *replaced = store_get(store, SQL_CARD_REPLACED);
    if (!replaced)
        return error_origin(-EIO);
    db_bind_int(replaced, 1, member);
    db_bind_int(replaced, 2, from);
    db_bind_int(replaced, 3, date);
    db_bind_blob(replaced, 4, hash, sizeof(hash));
    r = db_step(&store->db, replaced);
    sqlite3_reset(replaced);
    if (r != 0)
        return r < 0 ? error_trace(r) : 0;
    resolution->member = member;
    resolution->parked = NULL;
    return error_trace(member_area(store, member, &resolution->member_area));
}

// A visit by nobody that we know is nobody's yet: as with an unknown member, the pair is left open.
static int visitor_find(Store *store, const char *visitor, Resolution *resolution)
{
    Resolution found = {0};
    int r = member_find(store, visitor, &found);

    if (r < 0 || !found.parked)
        return error_trace(r);
    resolution->member = 0;
    resolution->member_area = 0;
    resolution->parked = "unknown-visitor";
    return 0;
}

int resolve_event_in(Store *store, const Event *event, const SessionRow *session, Resolution *ret_resolution)
{
    Resolution resolution = {.session = session ? session->session : 0};
    int r = 0;

    if (event->kind == EVENT_VOID) { // only `of` counts (R6): what else it names is nothing to us
        *ret_resolution = (Resolution){0};
        return 0;
    }
    if (!session) {
        resolution.parked = "unknown-session";
    } else if (event->kind != EVENT_CLOSE) {
        r = event->card ? card_find(store, event->card, session->date, &resolution)
                        : member_find(store, event->member, &resolution);
        if (r == 0 && !resolution.parked && event->kind == EVENT_HOME && event->visitor)
            r = visitor_find(store, event->visitor, &resolution);
    }
    if (r < 0)
        return error_trace(r);
    *ret_resolution = resolution;
    return 0;
}

int resolve_event(Store *store, const Event *event, int32_t point, Resolution *ret_resolution)
{
    const SessionRow *session = NULL;
    int r = 0;

    if (event->session)
        r = session_get(store, event->session, &session);
    else if (event->kind != EVENT_VOID)
        r = session_at(store, point, event->at, &session);
    return r < 0 ? error_trace(r) : error_trace(resolve_event_in(store, event, session, ret_resolution));
}

bool event_has_fact(EventKind kind)
{
    return kind != EVENT_VOID && kind != EVENT_CLOSE;
}

Fact event_fact(const Event *event, int32_t point, bool is_void)
{
    Fact fact = {.kind = event->kind,
                 .mode = event->mode,
                 .clock = event->clock,
                 .is_void = is_void,
                 .at = event->at,
                 .point_key = point,
                 .score = -1};

    if (event->kind == EVENT_MAKEUP)
        fact.minutes = (int32_t)event->minutes;
    if (event->kind == EVENT_CHECK) {
        fact.found = (int8_t)event->found;
        fact.score = event->score == EVENT_NUMBER_NONE ? -1 : (int16_t)event->score;
    }
    return fact;
}

int event_is_void(Store *store, const EventKey *key, bool *ret_void)
{
    sqlite3_stmt *has = store_get(store, SQL_VOIDED_HAS);

    if (!has)
        return error_origin(-EIO);
    db_bind_int(has, 1, event_key_pack(key));
    int r = db_step(&store->db, has);
    sqlite3_reset(has);
    *ret_void = r > 0;
    return r < 0 ? error_trace(r) : 0;
}

static int closing_write(Store *store, const EventKey *key, int64_t session, int32_t point, int64_t count,
                         int sign)
{
    sqlite3_stmt *put = store_get(store, sign > 0 ? SQL_CLOSING_ADD : SQL_CLOSING_DROP);

    if (!put)
        return error_origin(-EIO);
    db_bind_int(put, 1, key_make(key->area, session, point));
    db_bind_int(put, 2, event_key_pack(key));
    if (sign > 0)
        db_bind_int(put, 3, count);
    return error_trace(db_run(&store->db, put));
}

int coverage_count(Store *store, Totals *totals, const EventKey *key, int64_t session, int32_t point,
                   const Event *event, bool is_void, int sign)
{
    bool seen = event_has_fact(event->kind) && !is_void;

    if (!session || !point)
        return 0;
    totals_cover(totals, key_make(key->area, session, point), sign, seen ? sign : 0);
    return event->kind == EVENT_CLOSE
               ? error_trace(closing_write(store, key, session, point, event->count, sign))
               : 0;
}
