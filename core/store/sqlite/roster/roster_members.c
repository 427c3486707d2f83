#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/person.h"
#include "core/store/sqlite/keeping/cards.h"
#include "core/store/sqlite/keys.h"
#include "core/store/sqlite/roster/roster_private.h"

// Members as the office states them: dated facts, keyed by the day from which they hold. A fact holds until
// its own `to`, or until the day before the member's next fact. Stating again what is true already writes
// nothing.

static void member_bind_date(sqlite3_stmt *statement, int index, Date date)
{
    if (date == DATE_NONE)
        sqlite3_bind_null(statement, index);
    else
        db_bind_int(statement, index, date);
}

static bool column_is_date(sqlite3_stmt *statement, int column, Date date)
{
    return db_null(statement, column) ? date == DATE_NONE : db_int(statement, column) == date;
}

static int member_find_or_add(Store *store, const MemberPut *put, int32_t area, int64_t *ret_member,
                              RosterChange *change)
{
    sqlite3_stmt *find = store_get(store, SQL_MEMBER_FIND);

    if (!find)
        return error_origin(-EIO);
    db_bind_text(find, 1, put->code);
    int r = db_step(&store->db, find);
    if (r > 0)
        *ret_member = db_int(find, 0);
    sqlite3_reset(find);
    if (r != 0)
        return r < 0 ? error_trace(r) : 0;
    sqlite3_stmt *add = store_get(store, SQL_MEMBER_ADD);
    if (!add)
        return error_origin(-EIO);
    db_bind_int(add, 1, area);
    db_bind_text(add, 2, put->code);
    db_bind_text(add, 3, put->name);
    r = db_run(&store->db, add);
    *ret_member = sqlite3_last_insert_rowid(store->db.handle);
    *change = ROSTER_ADDED;
    if (r == 0 && *ret_member > KEY_ROW_MAX)
        r = error_origin(-EOVERFLOW);                       // keys.h has no room for it
    store->member_map = member_map_free(store->member_map); // it no longer holds them all
    sqlite3_stmt *code = r == 0 ? store_get(store, SQL_MEMBER_CODE_ADD) : NULL;
    if (!code)
        return error_origin(r < 0 ? r : -EIO);
    db_bind_text(code, 1, put->code);
    db_bind_int(code, 2, *ret_member);
    db_bind_int(code, 3, area);
    return error_trace(db_run(&store->db, code));
}

static void member_note(Store *store, const MemberPut *put, RosterWhat what, Date date, const char *before,
                        const char *after)
{
    roster_note(store, &(RosterNote){.what = what,
                                     .subject = put->code,
                                     .date = date,
                                     .until = DATE_NONE,
                                     .before = before,
                                     .after = after});
}

static void member_changed(Store *store, RosterChange *change, Date date)
{
    if (*change == ROSTER_SAME)
        *change = ROSTER_CHANGED;
    store_touch(store, date);
}

static int member_put_name(Store *store, int64_t member, const MemberPut *put, RosterChange *change)
{
    sqlite3_stmt *get = store_get(store, SQL_MEMBER_GET);

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, member);
    int r = db_step(&store->db, get);
    bool same = r > 0 && strcmp(db_text(get, 2), put->name) == 0;
    if (r > 0 && !same)
        member_note(store, put, ROSTER_WHAT_NAME, DATE_NONE, db_text(get, 2), put->name);
    sqlite3_reset(get);
    if (r < 0 || same)
        return r < 0 ? error_trace(r) : 0;
    sqlite3_stmt *set = store_get(store, SQL_MEMBER_SET_NAME);
    if (!set)
        return error_origin(-EIO);
    db_bind_text(set, 1, put->name);
    db_bind_int(set, 2, member);
    member_changed(store, change, DATE_NONE);
    return error_trace(db_run(&store->db, set));
}

// A member's fact: of the day that a line states, or of the latest day before it.
typedef struct MemberState {
    bool known;
    Date to; // DATE_NONE: open
    int64_t org, category, role;
} MemberState;

static int member_state_at(Store *store, int64_t member, Date date, MemberState *ret_state)
{
    sqlite3_stmt *at = store_get(store, SQL_MEMBER_STATE_AT);

    if (!at)
        return error_origin(-EIO);
    db_bind_int(at, 1, member);
    db_bind_int(at, 2, date);
    int r = db_step(&store->db, at);
    MemberState state = {.known = r > 0};
    if (r > 0) {
        state.to = db_null(at, 1) ? DATE_NONE : (Date)db_int(at, 1);
        state.org = db_int(at, 2);
        state.category = db_int(at, 3);
        state.role = db_int(at, 4);
    }
    sqlite3_reset(at);
    *ret_state = state;
    return r < 0 ? error_trace(r) : 0;
}

static int member_note_home(Store *store, const MemberPut *put, const MemberState *old)
{
    char before[65];
    int r = roster_org_code(store, old->org, before);

    if (r == 0)
        member_note(store, put, ROSTER_WHAT_MOVED, put->from, before, put->org);
    return error_trace(r);
}

// Tells what a fact changes; one of a member who was not known is told as a whole.
static int member_note_state(Store *store, const MemberPut *put, const MemberState *old,
                             const MemberState *new, RosterChange change)
{
    bool was = old->known && (old->to == DATE_NONE || old->to >= put->from);
    int r = 0;

    if (!roster_is_watched(store))
        return 0;
    if (change == ROSTER_ADDED)
        member_note(store, put, ROSTER_WHAT_ADDED, put->from, NULL, put->org);
    else if (!was)
        member_note(store, put, ROSTER_WHAT_RESUMED, put->from, NULL, put->org);
    else if (old->org != new->org)
        r = member_note_home(store, put, old);
    else if (old->to != DATE_NONE && new->to == DATE_NONE)
        member_note(store, put, ROSTER_WHAT_RESUMED, old->to + 1, NULL, put->org);
    if (new->to != DATE_NONE && (!was || new->to != old->to))
        member_note(store, put, ROSTER_WHAT_ENDED, new->to, put->org, NULL);
    if (change == ROSTER_ADDED || !old->known)
        return error_trace(r);
    if (old->role != new->role)
        member_note(store, put, ROSTER_WHAT_ROLE, put->from, member_role_word((MemberRole)old->role),
                    member_role_word((MemberRole) new->role));
    if (old->category != new->category)
        member_note(store, put, ROSTER_WHAT_CATEGORY, put->from,
                    member_category_word((MemberCategory)old->category),
                    member_category_word((MemberCategory) new->category));
    return error_trace(r);
}

static int member_put_state(Store *store, int64_t member, const MemberPut *put, int32_t org,
                            RosterChange *change)
{
    MemberState old = {0}, new = {.to = put->to, .org = org};
    int r = *change == ROSTER_ADDED ? 0 : member_state_at(store, member, put->from, &old);

    if (r < 0)
        return error_trace(r);
    // an empty cell states nothing: what held before goes on
    new.category = put->category_stated ? put->category : old.known ? old.category : CATEGORY_NONE;
    new.role = put->role_stated ? put->role : old.known ? old.role : ROLE_MEMBER;
    if (old.known && old.org == org && old.category == new.category &&old.role == new.role &&old.to == new.to)
        return 0;
    r = member_note_state(store, put, &old, &new, *change);
    sqlite3_stmt *set = r == 0 ? store_get(store, SQL_MEMBER_STATE_PUT) : NULL;
    if (!set)
        return error_origin(r < 0 ? r : -EIO);
    db_bind_int(set, 1, member);
    db_bind_int(set, 2, put->from);
    member_bind_date(set, 3, put->to);
    db_bind_int(set, 4, org);
    db_bind_int(set, 5, new.category);
    db_bind_int(set, 6, new.role);
    member_changed(store, change, put->from);
    return error_trace(db_run(&store->db, set));
}

static int member_put_exemption(Store *store, int64_t member, const MemberPut *put, RosterChange *change)
{
    const char *reason = put->exempt_reason ? put->exempt_reason : "";
    sqlite3_stmt *get = store_get(store, SQL_EXEMPTION_GET);

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, member);
    db_bind_int(get, 2, put->exempt_from);
    int r = db_step(&store->db, get);
    bool same = r > 0 && column_is_date(get, 0, put->exempt_to) && strcmp(db_text(get, 1), reason) == 0;
    sqlite3_reset(get);
    if (r < 0 || same)
        return r < 0 ? error_trace(r) : 0;
    sqlite3_stmt *set = store_get(store, SQL_EXEMPTION_PUT);
    if (!set)
        return error_origin(-EIO);
    db_bind_int(set, 1, member);
    db_bind_int(set, 2, put->exempt_from);
    member_bind_date(set, 3, put->exempt_to);
    db_bind_text(set, 4, reason);
    roster_note(store, &(RosterNote){.what = ROSTER_WHAT_EXEMPTED,
                                     .subject = put->code,
                                     .date = put->exempt_from,
                                     .until = put->exempt_to,
                                     .after = reason});
    member_changed(store, change, put->exempt_from);
    return error_trace(db_run(&store->db, set));
}

static int member_card_held(Store *store, int64_t holder, const MemberPut *put)
{
    char code[65];
    int r = roster_member_code(store, holder, code);

    if (r < 0)
        return error_trace(r);
    roster_clash(store, code, put->from, DATE_NONE);
    return ROSTER_E_CARD_HELD;
}

// A later statement takes the card over from its day on; two members from the same day contradict each other.
static int member_put_card(Store *store, int64_t member, const MemberPut *put, RosterChange *change)
{
    sqlite3_stmt *at = store_get(store, SQL_CARD_AT);
    uint8_t hash[CARD_HASH_SIZE], sealed[CARD_TOKEN_SIZE];

    if (!at)
        return error_origin(-EIO);
    card_hash(store, put->card, hash);
    size_t sealed_size = card_seal(store, put->card, sealed);
    db_bind_blob(at, 1, hash, sizeof(hash));
    db_bind_int(at, 2, put->from);
    int r = db_step(&store->db, at);
    bool mine = r > 0 && db_int(at, 0) == member && column_is_date(at, 2, put->to);
    int64_t holder = r > 0 ? db_int(at, 0) : 0;
    bool held = r > 0 && holder != member && db_int(at, 1) == put->from;
    sqlite3_reset(at);
    if (r < 0 || mine)
        return r < 0 ? error_trace(r) : 0;
    if (held)
        return member_card_held(store, holder, put);
    sqlite3_stmt *set = store_get(store, SQL_CARD_PUT);
    if (!set)
        return error_origin(-EIO);
    db_bind_blob(set, 1, hash, sizeof(hash));
    db_bind_int(set, 2, put->from);
    member_bind_date(set, 3, put->to);
    db_bind_int(set, 4, member);
    db_bind_blob(set, 5, sealed, sealed_size);
    if (*change != ROSTER_ADDED)
        member_note(store, put, ROSTER_WHAT_CARD, put->from, NULL, NULL);
    member_changed(store, change, DATE_NONE);
    store->cards_touched = true;
    if (store->cards_from == DATE_NONE || put->from < store->cards_from)
        store->cards_from = put->from;
    return error_trace(db_run(&store->db, set));
}

// Number of a home: 1 found, 0 not.
static int home_find(Store *store, const char *code, int32_t *ret_org)
{
    int64_t org = 0;

    if (strcmp(store->home_code, code) != 0) {
        int r = roster_find(store, SQL_ORG_FIND, code, &org);
        if (r <= 0)
            return error_trace(r);
        snprintf(store->home_code, sizeof(store->home_code), "%s", code);
        store->home_org = (int32_t)org;
        store->home_area = org_area(store, (int32_t)org);
    }
    *ret_org = store->home_org;
    return 1;
}

static int member_check_erased(Store *store, int64_t member)
{
    Time at = TIME_NONE;
    int r = person_erased_at(store, member, &at);

    if (r < 0)
        return error_trace(r);
    return at == TIME_NONE ? 0 : ROSTER_E_ERASED;
}

int roster_put_member(Store *store, const MemberPut *put, RosterChange *ret_change)
{
    RosterChange change = ROSTER_SAME;
    int64_t member = 0;
    int32_t org = 0;
    int r = home_find(store, put->org, &org);

    if (r <= 0)
        return r < 0 ? error_trace(r) : ROSTER_E_UNKNOWN_ORG;
    r = member_find_or_add(store, put, store->home_area, &member, &change);
    if (r == 0 && change == ROSTER_SAME)
        r = member_check_erased(store, member);
    if (r == 0 && change == ROSTER_SAME)
        r = member_put_name(store, member, put, &change);
    if (r == 0)
        r = member_put_state(store, member, put, org, &change);
    if (r == 0 && put->exempt_from != DATE_NONE)
        r = member_put_exemption(store, member, put, &change);
    if (r == 0 && put->card)
        r = member_put_card(store, member, put, &change);
    if (r != 0)
        return r;
    *ret_change = change;
    return 0;
}
