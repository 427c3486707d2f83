#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/sqlite/store_private.h"

// Who belonged where on a date (R5): the org tree, every member's home, role, category and exemption, as
// arrays; members grouped by their place in the tree, so that a subtree's members are one range. Built in one
// pass over the roster.

static int standing_read_members(Store *store, StandingTable *table)
{
    sqlite3_stmt *areas = store_get(store, SQL_MEMBER_AREAS);
    int r = areas ? 0 : error_origin(-EIO);
    int64_t highest = 0;

    if (r == 0)
        r = db_query_int64(&store->db, "SELECT coalesce(max(member), 0) FROM member", &highest);
    if (r < 0)
        return error_trace(r);
    table->member_count = highest + 1;
    table->standings = alloc_zero((size_t)table->member_count * sizeof(*table->standings));
    while ((r = db_step(&store->db, areas)) > 0)
        table->standings[db_int(areas, 0)].area = (int32_t)db_int(areas, 1);
    return error_trace(r);
}

// NULL for a number that no member has: the file is damaged.
static Standing *standing_of(StandingTable *table, int64_t member)
{
    return member > 0 && member < table->member_count ? &table->standings[member] : NULL;
}

static int standing_read_states(Store *store, StandingTable *table)
{
    sqlite3_stmt *states = store_get(store, SQL_MEMBER_STATES_UNTIL);
    sqlite3_stmt *exempt = store_get(store, SQL_EXEMPT_ON);
    int r;

    if (!states || !exempt)
        return error_origin(-EIO);
    db_bind_int(states, 1, table->date);
    while ((r = db_step(&store->db, states)) > 0) { // by member, from_date: the latest fact wins
        Standing *standing = standing_of(table, db_int(states, 0));
        if (!standing)
            break;
        bool over = !db_null(states, 2) && db_int(states, 2) < table->date;
        standing->org = over ? 0 : (int32_t)db_int(states, 3);
        standing->category = (uint8_t)db_int(states, 4);
        standing->role = (uint8_t)db_int(states, 5);
    }
    sqlite3_reset(states);
    if (r != 0)
        return r < 0 ? error_trace(r) : error_origin(-EUCLEAN);
    db_bind_int(exempt, 1, table->date);
    while ((r = db_step(&store->db, exempt)) > 0) {
        Standing *standing = standing_of(table, db_int(exempt, 0));
        if (!standing)
            break;
        standing->exempt = true;
    }
    sqlite3_reset(exempt);
    return r > 0 ? error_origin(-EUCLEAN) : error_trace(r);
}

static void standing_group(StandingTable *table)
{
    size_t orgs = table->tree.count;

    table->first = alloc_zero((orgs + 2) * sizeof(*table->first));
    table->members = alloc_zero((size_t)table->member_count * sizeof(*table->members));
    for (int64_t m = 1; m < table->member_count; m++) {
        int32_t index = org_tree_index(&table->tree, table->standings[m].org);
        if (index >= 0)
            table->first[index + 1]++;
    }
    for (size_t i = 0; i < orgs; i++)
        table->first[i + 1] += table->first[i];
    CLEANUP(cleanup_free) int32_t *fill = alloc_copy(table->first, (orgs + 1) * sizeof(*fill));
    for (int64_t m = 1; m < table->member_count; m++) {
        int32_t index = org_tree_index(&table->tree, table->standings[m].org);
        if (index >= 0)
            table->members[fill[index]++] = (int32_t)m;
    }
}

int standing_load(Store *store, Date date, StandingTable **ret_table)
{
    if (store->standing && store->standing->date == date) {
        *ret_table = store->standing;
        return 0;
    }
    store->standing = standing_free(store->standing);
    StandingTable *table = alloc_zero(sizeof(*table));
    table->date = date;
    int r = org_tree_load(store, date, &table->tree);
    if (r == 0)
        r = standing_read_members(store, table);
    if (r == 0)
        r = standing_read_states(store, table);
    if (r < 0) {
        standing_free(table);
        return error_trace(r);
    }
    standing_group(table);
    store->standing = table;
    *ret_table = table;
    return 0;
}

StandingTable *standing_free(StandingTable *table)
{
    if (!table)
        return NULL;
    org_tree_deinit(&table->tree);
    free(table->standings);
    free(table->members);
    free(table->first);
    free(table);
    return NULL;
}

int standing_get(Store *store, int64_t member, Date date, Standing *ret_standing)
{
    sqlite3_stmt *get = store_get(store, SQL_MEMBER_STATE_AT);
    sqlite3_stmt *exempt = store_get(store, SQL_EXEMPTION_AT);
    Standing standing = {0};

    if (!get || !exempt)
        return error_origin(-EIO);
    db_bind_int(get, 1, member);
    db_bind_int(get, 2, date);
    int r = db_step(&store->db, get);
    if (r < 0)
        return error_trace(r);
    if (r > 0) {
        bool over = !db_null(get, 1) && db_int(get, 1) < date;
        standing.org = over ? 0 : (int32_t)db_int(get, 2);
        standing.category = (uint8_t)db_int(get, 3);
        standing.role = (uint8_t)db_int(get, 4);
    }
    sqlite3_reset(get);
    db_bind_int(exempt, 1, member);
    db_bind_int(exempt, 2, date);
    r = db_step(&store->db, exempt);
    sqlite3_reset(exempt);
    standing.exempt = r > 0;
    *ret_standing = standing;
    return r < 0 ? error_trace(r) : 0;
}

int duty_of(Store *store, const SessionRow *session, int64_t member, const Standing *standing, Duty *ret_duty)
{
    bool scoped = false;
    int r = 0;

    if (session->invited) {
        sqlite3_stmt *has = store_get(store, SQL_INVITATION_HAS);
        if (!has)
            return error_origin(-EIO);
        db_bind_int(has, 1, session->session);
        db_bind_int(has, 2, member);
        r = db_step(&store->db, has);
        sqlite3_reset(has);
        scoped = r > 0;
    } else if (standing->org) {
        r = org_is_within(store, standing->org, session->org, session->date, &scoped);
    }
    if (r < 0)
        return error_trace(r);
    *ret_duty = !scoped ? DUTY_NONE : standing->exempt ? DUTY_EXEMPT : DUTY_EXPECTED;
    return 0;
}
