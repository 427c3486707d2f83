#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/sqlite/keys.h"
#include "core/store/sqlite/months/month.h"
#include "core/store/sqlite/roster/roster_private.h"

// Orgs as the office states them: dated states, keyed by the day from which they hold. A state holds until
// its own `to`, or until the day before the org's next state. Whoever asks where an org stands asks for a
// date, so that a session keeps the tree of its day however often the tree changes afterwards.
//
// The area of an org is where its totals are kept, not a fact of a date: the one of its latest state holds
// for all of its totals, which are moved when it changes.

#define DATE_BEGINNING 0 // stated without a date, or before any date that matters: true from the beginning

typedef struct OrgState {
    Date from, to; // to DATE_NONE: open
    int64_t parent, area;
    OrgLevel level;
    OrgSector sector;
    char *name; // owned
} OrgState;

static void cleanup_state(OrgState *state)
{
    free(state->name);
}

// The state that holds on `date` or was the last before it: 1 there is one, 0 not.
static int org_state_at(Store *store, int64_t org, Date date, OrgState *ret_state)
{
    sqlite3_stmt *get = store_get(store, SQL_ORG_STATE_AT);

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, org);
    db_bind_int(get, 2, date);
    int r = db_step(&store->db, get);
    if (r > 0)
        *ret_state = (OrgState){.from = (Date)db_int(get, 0),
                                .to = db_null(get, 1) ? DATE_NONE : (Date)db_int(get, 1),
                                .parent = db_int(get, 2),
                                .area = db_int(get, 3),
                                .level = (OrgLevel)db_int(get, 4),
                                .sector = (OrgSector)db_int(get, 5),
                                .name = alloc_string(db_text(get, 6))};
    sqlite3_reset(get);
    return error_trace(r);
}

static int org_state_write(Store *store, int64_t org, const OrgState *state)
{
    sqlite3_stmt *set = store_get(store, SQL_ORG_STATE_PUT);

    if (!set)
        return error_origin(-EIO);
    db_bind_int(set, 1, org);
    db_bind_int(set, 2, state->from);
    if (state->to != DATE_NONE)
        db_bind_int(set, 3, state->to);
    if (state->parent)
        db_bind_int(set, 4, state->parent);
    db_bind_int(set, 5, state->area);
    db_bind_int(set, 6, state->level);
    db_bind_int(set, 7, state->sector);
    db_bind_text(set, 8, state->name);
    return error_trace(db_run(&store->db, set));
}

// ROSTER_E_CYCLE if `parent` stands below `org` on any day of the state: on its first one, or on one of those
// within it on which something else begins.
static int org_check_cycle(Store *store, int64_t org, const OrgState *state)
{
    CLEANUP(cleanup_free) Date *dates = alloc_zero(sizeof(*dates));
    size_t count = 1;
    int r;

    if (!state->parent)
        return 0;
    dates[0] = state->from;
    sqlite3_stmt *get = store_get(store, SQL_ORG_STATE_DATES);
    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, state->from);
    db_bind_int(get, 2, state->to == DATE_NONE ? INT32_MAX : state->to);
    while ((r = db_step(&store->db, get)) > 0) {
        dates = alloc_resize(dates, count + 1, sizeof(*dates));
        dates[count++] = (Date)db_int(get, 0);
    }
    store->orgs_held = -1; // what closed months hold is no matter here
    for (size_t i = 0; i < count && r == 0; i++) {
        CLEANUP(cleanup_state) OrgState then = {0};
        bool within = false;
        if (i > 0) { // beyond the org's own next state this one does not matter
            r = org_state_at(store, org, dates[i], &then);
            if (r < 0 || (r > 0 && then.from > state->from))
                break;
        }
        r = org_is_within(store, (int32_t)state->parent, (int32_t)org, dates[i], &within);
        if (r == 0 && within) {
            r = ROSTER_E_CYCLE;
            break;
        }
    }
    store->orgs_held = 0;
    return r == ROSTER_E_CYCLE ? r : r < 0 ? error_trace(r) : 0;
}

// The first day on which the two states place the org differently; DATE_NONE if there is none.
static Date org_moved_from(const OrgState *old, const OrgState *new)
{
    if (!old || old->parent != new->parent || (old->to != DATE_NONE && old->to < new->from))
        return new->from;
    if (old->to == new->to)
        return DATE_NONE;
    return (old->to == DATE_NONE || (new->to != DATE_NONE &&new->to < old->to) ? new->to : old->to) + 1;
}

static void org_note_word(Store *store, RosterWhat what, const char *code, Date date, const char *before,
                          const char *after)
{
    roster_note(store, &(RosterNote){.what = what,
                                     .subject = code,
                                     .date = date,
                                     .until = DATE_NONE,
                                     .before = before,
                                     .after = after});
}

static int org_note_parents(Store *store, const char *code, Date date, int64_t before, int64_t after)
{
    char old[65], new[65];
    int r = roster_org_code(store, before, old);

    if (r == 0)
        r = roster_org_code(store, after, new);
    if (r == 0)
        org_note_word(store, ROSTER_WHAT_MOVED, code, date, old, new);
    return error_trace(r);
}

// Tells what the new state changes; `old` NULL: the org did not exist before it.
static int org_note(Store *store, const OrgPut *put, const OrgState *old, const OrgState *new)
{
    Date date = new->from == DATE_BEGINNING ? DATE_NONE : new->from;
    int r = 0;

    if (!roster_is_watched(store))
        return 0;
    bool was = old && (old->to == DATE_NONE || old->to >= new->from);
    if (was && old->parent != new->parent)
        r = org_note_parents(store, put->code, date, old->parent, new->parent);
    if (old && strcmp(old->name, new->name) != 0)
        org_note_word(store, ROSTER_WHAT_NAME, put->code, date, old->name, new->name);
    if (old && old->level != new->level)
        org_note_word(store, ROSTER_WHAT_LEVEL, put->code, date, org_level_word(old->level),
                      org_level_word(new->level));
    if (old && old->sector != new->sector)
        org_note_word(store, ROSTER_WHAT_SECTOR, put->code, date, org_sector_word(old->sector),
                      org_sector_word(new->sector));
    if (old && old->area != new->area)
        org_note_word(store, ROSTER_WHAT_AREA, put->code, date, NULL, put->area);
    if (new->to != DATE_NONE && (!was || old->to != new->to))
        org_note_word(store, ROSTER_WHAT_ENDED, put->code, new->to, NULL, put->name);
    else if (!was || (old->to != DATE_NONE && new->to == DATE_NONE))
        org_note_word(store, ROSTER_WHAT_RESUMED, put->code, date, NULL, put->parent);
    return error_trace(r);
}

static int org_note_area(Store *store, int64_t org, int64_t area)
{
    sqlite3_stmt *move;
    int r =
        db_exec(&store->db, "CREATE TEMP TABLE IF NOT EXISTS org_move (org INTEGER PRIMARY KEY, area INTEGER "
                            "NOT NULL)");

    if (r < 0)
        return error_trace(r);
    move = store_get(store, SQL_ORG_MOVE_ADD);
    if (!move)
        return error_origin(-EIO);
    db_bind_int(move, 1, org);
    db_bind_int(move, 2, area);
    store->areas_moved = true;
    return error_trace(db_run(&store->db, move));
}

int roster_move_areas(Store *store)
{
    CLEANUP(cleanup_text) Text sql = {0};

    if (!store->areas_moved)
        return 0;
    text_appendf(
        &sql,
        "UPDATE tally SET key = ((SELECT m.area FROM temp.org_move m WHERE m.org = (key & %lld)) << %d)"
        " | (key & %lld) WHERE (key & %lld) IN (SELECT org FROM temp.org_move);"
        "UPDATE guest SET area = (SELECT m.area FROM temp.org_move m WHERE m.org = host)"
        " WHERE host IN (SELECT org FROM temp.org_move); DELETE FROM temp.org_move",
        (long long)KEY_ROW_MAX, KEY_PLACE_BITS + KEY_ROW_BITS,
        (long long)key_make(0, KEY_PLACE_MAX, KEY_ROW_MAX), (long long)KEY_ROW_MAX);
    int r = db_exec(&store->db, text_cstr(&sql));
    store->areas_moved = false;
    return error_trace(r);
}

static int org_write(Store *store, int64_t org, const OrgPut *put, const OrgState *old, const OrgState *new)
{
    Date moved = org_moved_from(old, new);
    int64_t area = org_area(store, (int32_t)org);
    int r = org_note(store, put, old, new);

    if (r == 0 && moved != DATE_NONE)
        r = month_orgs_hold(store, org, moved);
    if (r == 0)
        r = org_state_write(store, org, new);
    store_touch(store, moved);
    store_orgs_moved(store, moved);
    store->home_code[0] = '\0'; // its area may be another
    if (r == 0 && org_area(store, (int32_t)org) != area)
        r = org_note_area(store, org, org_area(store, (int32_t)org));
    return error_trace(r);
}

// An org that nothing refers to yet: nothing needs to be derived again.
static int org_add(Store *store, const OrgPut *put, OrgState *state)
{
    int64_t org = 0;
    int r = roster_find_or_add(store, SQL_ORG_FIND, SQL_ORG_ADD, put->code, &org);

    state->from = put->from_stated && put->from > DATE_BEGINNING ? put->from : DATE_BEGINNING;
    if (r == 0)
        r = org_state_write(store, org, state);
    org_note_word(store, ROSTER_WHAT_ADDED, put->code,
                  state->from == DATE_BEGINNING ? DATE_NONE : state->from, NULL, put->parent);
    store_touch(store, DATE_NONE);
    return error_trace(r);
}

static int org_put_known(Store *store, int64_t org, const OrgPut *put, OrgState *new,
                         RosterChange *ret_change)
{
    CLEANUP(cleanup_state) OrgState old = {0};
    Date from = put->from < DATE_BEGINNING ? DATE_BEGINNING : put->from;
    int r = org_state_at(store, org, put->from_stated ? from : INT32_MAX, &old);

    if (r < 0)
        return error_trace(r);
    bool known = r > 0, holds = known && (!put->from_stated || old.to == DATE_NONE || old.to >= from);
    new->from = put->from_stated || !known ? from : old.from;
    if (!put->from_stated && !put->to_stated)
        new->to = old.to; // nothing was said about its end
    if (new->to != DATE_NONE &&new->to < new->from) {
        roster_clash(store, put->code, new->from, new->to);
        return ROSTER_E_ENDS_EARLY;
    }
    if (holds && old.parent == new->parent &&old.area == new->area &&old.level == new->level &&old.sector ==
                     new->sector &&old.to == new->to &&strcmp(old.name, new->name) == 0) {
        *ret_change = ROSTER_SAME;
        return 0;
    }
    r = org_check_cycle(store, org, new);
    if (r != 0)
        return r;
    *ret_change = ROSTER_CHANGED;
    return error_trace(org_write(store, org, put, known ? &old : NULL, new));
}

int roster_put_org(Store *store, const OrgPut *put, RosterChange *ret_change)
{
    CLEANUP(cleanup_state)
    OrgState state = {.to = put->to_stated ? put->to : DATE_NONE,
                      .level = put->level,
                      .sector = put->sector,
                      .name = alloc_string(put->name)};
    int64_t org = 0;
    int r = put->parent ? roster_find(store, SQL_ORG_FIND, put->parent, &state.parent) : 0;

    if (r < 0)
        return error_trace(r);
    if (put->parent && r == 0)
        return ROSTER_E_UNKNOWN_PARENT;
    r = roster_find_or_add(store, SQL_AREA_FIND, SQL_AREA_ADD, put->area, &state.area);
    if (r >= 0)
        r = roster_find(store, SQL_ORG_FIND, put->code, &org);
    if (r < 0)
        return error_trace(r);
    if (r > 0)
        return org_put_known(store, org, put, &state, ret_change);
    *ret_change = ROSTER_ADDED;
    return error_trace(org_add(store, put, &state));
}
