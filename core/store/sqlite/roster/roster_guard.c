#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/sqlite/roster/roster_private.h"

// Memberships that end: those of everybody whom a complete list does not name, and how many of each county a
// series of puts has ended, so that the wrong file is noticed before it is believed.

#define DATE_FAR 2932896 // 9999-12-31: whoever has a home then has an open-ended one

static int member_note_left(Store *store, int64_t member, Date last)
{
    char code[65];
    int r = roster_is_watched(store) ? roster_member_code(store, member, code) : 0;

    if (r == 0 && roster_is_watched(store))
        roster_note(store, &(RosterNote){
                               .what = ROSTER_WHAT_ENDED, .subject = code, .date = last, .until = DATE_NONE});
    return error_trace(r);
}

// A home that was to begin later does not: it ends before its first day.
static int member_cancel(Store *store, int64_t member, Date date)
{
    sqlite3_stmt *cancel = store_get(store, SQL_MEMBER_STATE_CANCEL);

    if (!cancel)
        return error_origin(-EIO);
    db_bind_int(cancel, 1, member);
    db_bind_int(cancel, 2, date);
    return error_trace(db_run(&store->db, cancel));
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
        if (r == 0)
            r = member_cancel(store, m, date);
        if (r == 0)
            r = member_note_left(store, m, date - 1);
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
