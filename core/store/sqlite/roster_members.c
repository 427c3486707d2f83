#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/sqlite/keys.h"
#include "core/store/sqlite/store_private.h"

// Members as the office states them: dated facts, keyed by the day from which they hold. A fact holds until
// its own `to`, or until the day before the member's next fact. Stating again what is true already writes
// nothing.

#define DATE_FAR 2932896 // 9999-12-31: whoever has a home then has an open-ended one

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

static int member_find_or_add(Store *store, const MemberPut *put, int32_t org, int64_t *ret_member,
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
    int32_t area = org_area(store, org);
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
        r = error_origin(-EOVERFLOW); // keys.h has no room for it
    sqlite3_stmt *code = r == 0 ? store_get(store, SQL_MEMBER_CODE_ADD) : NULL;
    if (!code)
        return error_origin(r < 0 ? r : -EIO);
    db_bind_text(code, 1, put->code);
    db_bind_int(code, 2, *ret_member);
    db_bind_int(code, 3, area);
    return error_trace(db_run(&store->db, code));
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

static int member_put_state(Store *store, int64_t member, const MemberPut *put, int32_t org,
                            RosterChange *change)
{
    sqlite3_stmt *at = store_get(store, SQL_MEMBER_STATE_AT);
    int64_t category = put->category_stated ? put->category : CATEGORY_NONE,
            role = put->role_stated ? put->role : ROLE_MEMBER;

    if (!at)
        return error_origin(-EIO);
    db_bind_int(at, 1, member);
    db_bind_int(at, 2, put->from);
    int r = db_step(&store->db, at);
    bool known = r > 0;
    if (known) { // an empty cell states nothing: what held before goes on
        category = put->category_stated ? category : db_int(at, 3);
        role = put->role_stated ? role : db_int(at, 4);
    }
    bool same = known && db_int(at, 2) == org && db_int(at, 3) == category && db_int(at, 4) == role &&
                column_is_date(at, 1, put->to);
    sqlite3_reset(at);
    if (r < 0 || same)
        return r < 0 ? error_trace(r) : 0;
    sqlite3_stmt *set = store_get(store, SQL_MEMBER_STATE_PUT);
    if (!set)
        return error_origin(-EIO);
    db_bind_int(set, 1, member);
    db_bind_int(set, 2, put->from);
    member_bind_date(set, 3, put->to);
    db_bind_int(set, 4, org);
    db_bind_int(set, 5, category);
    db_bind_int(set, 6, role);
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
    member_changed(store, change, put->exempt_from);
    return error_trace(db_run(&store->db, set));
}

// A later statement takes the card over from its day on; two members from the same day contradict each other.
static int member_put_card(Store *store, int64_t member, const MemberPut *put, RosterChange *change)
{
    sqlite3_stmt *at = store_get(store, SQL_CARD_AT);

    if (!at)
        return error_origin(-EIO);
    db_bind_text(at, 1, put->card);
    db_bind_int(at, 2, put->from);
    int r = db_step(&store->db, at);
    bool mine = r > 0 && db_int(at, 0) == member && column_is_date(at, 2, put->to);
    bool held = r > 0 && db_int(at, 0) != member && db_int(at, 1) == put->from;
    sqlite3_reset(at);
    if (r < 0 || mine)
        return r < 0 ? error_trace(r) : 0;
    if (held)
        return ROSTER_E_CARD_HELD;
    sqlite3_stmt *set = store_get(store, SQL_CARD_PUT);
    if (!set)
        return error_origin(-EIO);
    db_bind_text(set, 1, put->card);
    db_bind_int(set, 2, put->from);
    member_bind_date(set, 3, put->to);
    db_bind_int(set, 4, member);
    member_changed(store, change, DATE_NONE);
    store->cards_touched = true;
    if (store->cards_from == DATE_NONE || put->from < store->cards_from)
        store->cards_from = put->from;
    return error_trace(db_run(&store->db, set));
}

int roster_put_member(Store *store, const MemberPut *put, RosterChange *ret_change)
{
    RosterChange change = ROSTER_SAME;
    int64_t member = 0;
    sqlite3_stmt *find = store_get(store, SQL_ORG_FIND);

    if (!find)
        return error_origin(-EIO);
    db_bind_text(find, 1, put->org);
    int r = db_step(&store->db, find);
    int32_t org = r > 0 ? (int32_t)db_int(find, 0) : 0;
    sqlite3_reset(find);
    if (r <= 0)
        return r < 0 ? error_trace(r) : ROSTER_E_UNKNOWN_ORG;
    r = member_find_or_add(store, put, org, &member, &change);
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

int roster_end_others(Store *store, Date date, bool (*keep)(void *user, const char *member), void *user,
                      int64_t *ret_ended)
{
    StandingTable *table;
    sqlite3_stmt *codes;
    int64_t ended = 0;

    int r = standing_load(store, date, &table);
    if (r < 0)
        return error_trace(r);
    CLEANUP(cleanup_free) uint8_t *leaves = alloc_zero((size_t)table->member_count);
    codes = store_get(store, SQL_MEMBER_CODES);
    while ((r = db_step(&store->db, codes)) > 0)
        leaves[db_int(codes, 0)] = table->standings[db_int(codes, 0)].org && !keep(user, db_text(codes, 1));
    int64_t count = table->member_count;
    for (int64_t m = 1; m < count && r == 0; m++) {
        sqlite3_stmt *at = leaves[m] ? store_get(store, SQL_MEMBER_STATE_AT) : NULL;
        if (!leaves[m])
            continue;
        if (!at)
            return error_origin(-EIO);
        db_bind_int(at, 1, m);
        db_bind_int(at, 2, date);
        r = db_step(&store->db, at);
        int64_t from = r > 0 ? db_int(at, 0) : 0;
        sqlite3_reset(at);
        sqlite3_stmt *end = r > 0 ? store_get(store, SQL_MEMBER_STATE_END) : NULL;
        if (!end)
            return error_origin(r < 0 ? r : -EIO);
        db_bind_int(end, 1, date - 1);
        db_bind_int(end, 2, m);
        db_bind_int(end, 3, from);
        r = db_run(&store->db, end);
        ended++;
    }
    if (ended)
        store_touch(store, date);
    *ret_ended = ended;
    return r < 0 ? error_trace(r) : 0;
}

struct RosterSnapshot {
    int32_t *orgs; // home in the far future, by member number
    int64_t count;
};

static int homes_load(Store *store, RosterSnapshot *ret_homes)
{
    StandingTable *table;
    int r = standing_load(store, DATE_FAR, &table);

    if (r < 0)
        return error_trace(r);
    ret_homes->count = table->member_count;
    ret_homes->orgs = alloc_zero((size_t)table->member_count * sizeof(*ret_homes->orgs));
    for (int64_t m = 1; m < table->member_count; m++)
        ret_homes->orgs[m] = table->standings[m].org;
    return 0;
}

int roster_snapshot(Store *store, RosterSnapshot **ret_snapshot)
{
    RosterSnapshot *snapshot = alloc_zero(sizeof(*snapshot));
    int r = homes_load(store, snapshot);

    if (r < 0) {
        roster_snapshot_free(snapshot);
        return error_trace(r);
    }
    *ret_snapshot = snapshot;
    return 0;
}

RosterSnapshot *roster_snapshot_free(RosterSnapshot *snapshot)
{
    if (snapshot)
        free(snapshot->orgs);
    free(snapshot);
    return NULL;
}

// Index of the county at or above a tree index, or -1.
static int32_t county_of(const OrgTree *tree, int32_t index)
{
    while (index >= 0 && tree->nodes[index].level != ORG_COUNTY)
        index = tree->nodes[index].parent;
    return index;
}

int roster_snapshot_ended(Store *store, const RosterSnapshot *snapshot, CountyEnded **ret_counties,
                          size_t *ret_count)
{
    CLEANUP(cleanup_free) CountyEnded *counties = NULL;
    StandingTable *table;
    size_t count = 1;

    int r = standing_load(store, DATE_FAR, &table);
    if (r < 0)
        return error_trace(r);
    CLEANUP(cleanup_free)
    size_t *slot = alloc_zero((table->tree.count + 1) * sizeof(*slot)); // by tree index, 0: the whole site
    counties = alloc_zero((table->tree.count + 1) * sizeof(*counties));
    for (size_t i = 0; i < table->tree.count; i++) {
        if (table->tree.nodes[i].level != ORG_COUNTY)
            continue;
        memcpy(counties[count].org, table->tree.nodes[i].code, sizeof(counties[count].org));
        slot[i] = count++;
    }
    for (int64_t m = 1; m < snapshot->count; m++) {
        if (!snapshot->orgs[m])
            continue;
        int32_t county = county_of(&table->tree, org_tree_index(&table->tree, snapshot->orgs[m]));
        CountyEnded *line = &counties[county >= 0 ? slot[county] : 0];
        line->members++;
        line->ended += m >= table->member_count || !table->standings[m].org;
    }
    *ret_counties = counties;
    counties = NULL;
    *ret_count = count;
    return 0;
}
