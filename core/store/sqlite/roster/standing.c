#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/sqlite/months/month.h"
#include "core/store/sqlite/roster/tree_cache.h"
#include "core/store/sqlite/store_private.h"

// Who belonged where on a date (R5): the org tree, every member's home, role, category and exemption, as
// arrays; members grouped by their place in the tree, so that a subtree's members are one range. Built in one
// pass over the roster.

// Puts `row`'s subtree into the tree, depth first; `rows` are sorted by code, `child_first`/`next` link each
// parent's children in that order.
typedef struct TreeBuild {
    OrgNode *rows;
    int32_t *first, *next; // by row
    OrgTree *tree;
} TreeBuild;

static void tree_place(TreeBuild *build, int32_t row, int32_t parent)
{
    OrgTree *tree = build->tree;
    int32_t index = (int32_t)tree->count++;

    tree->nodes[index] = build->rows[row];
    tree->nodes[index].parent = parent;
    tree->nodes[index].depth = parent < 0 ? 0 : tree->nodes[parent].depth + 1;
    tree->index_of[tree->nodes[index].org] = index;
    build->rows[row].org = -build->rows[row].org; // placed
    for (int32_t child = build->first[row]; child >= 0; child = build->next[child])
        tree_place(build, child, index);
    tree->nodes[index].end = (int32_t)tree->count;
}

static int tree_read(Store *store, Date first, Date last, OrgNode **ret_rows, size_t *ret_count,
                     int32_t *ret_highest)
{
    bool held = false;
    OrgNode *rows = NULL;
    size_t count = 0;
    int32_t highest = 0;
    int r = month_orgs_any(store, month_of_date(last), &held);
    sqlite3_stmt *get = r == 0 ? store_get(store, held ? SQL_MONTH_ORG_TREE : SQL_ORG_TREE) : NULL;

    if (!get)
        return error_origin(r < 0 ? r : -EIO);
    db_bind_int(get, 1, last);
    db_bind_int(get, 2, first);
    if (held)
        db_bind_int(get, 3, month_of_date(last));
    while ((r = db_step(&store->db, get)) > 0) {
        OrgNode node = {.org = (int32_t)db_int(get, 0),
                        .parent = (int32_t)db_int(get, 2),
                        .level = (OrgLevel)db_int(get, 4),
                        .sector = (OrgSector)db_int(get, 5)};
        strncpy(node.code, db_text(get, 1), sizeof(node.code) - 1);
        strncpy(node.area, db_text(get, 3), sizeof(node.area) - 1);
        node.name = alloc_string(db_text(get, 6));
        rows = alloc_resize(rows, count + 1, sizeof(*rows));
        rows[count++] = node;
        if (node.org > highest)
            highest = node.org;
    }
    *ret_rows = rows;
    *ret_count = count;
    *ret_highest = highest;
    return error_trace(r);
}

// `highest`: of the numbers that `row_of` has. A parent that is not there on the day may have a higher one.
static void tree_link(OrgNode *rows, size_t count, int32_t highest, int32_t *row_of, int32_t *first,
                      int32_t *next)
{
    for (size_t i = 0; i < count; i++)
        row_of[rows[i].org] = (int32_t)i;
    for (size_t i = count; i-- > 0;) { // backwards, so that lists come out by code
        int32_t parent = rows[i].parent > 0 && rows[i].parent <= highest ? row_of[rows[i].parent] : -1;
        rows[i].parent = parent;
        if (parent >= 0) {
            next[i] = first[parent];
            first[parent] = (int32_t)i;
        }
    }
}

static int tree_load(Store *store, Date first_day, Date last_day, OrgTree *ret_tree)
{
    CLEANUP(cleanup_free) OrgNode *rows = NULL;
    size_t count = 0;
    int32_t highest = 0;

    int r = tree_read(store, first_day, last_day, &rows, &count, &highest);
    if (r < 0)
        return error_trace(r);
    OrgTree tree = {.number_count = highest + 1};
    size_t numbers = (size_t)highest + 1;
    CLEANUP(cleanup_free) int32_t *row_of = alloc_zero(numbers * sizeof(int32_t));
    CLEANUP(cleanup_free) int32_t *first = alloc_zero((count + 1) * sizeof(int32_t));
    CLEANUP(cleanup_free) int32_t *next = alloc_zero((count + 1) * sizeof(int32_t));
    memset(row_of, -1, numbers * sizeof(int32_t));
    memset(first, -1, (count + 1) * sizeof(int32_t));
    memset(next, -1, (count + 1) * sizeof(int32_t));
    tree.nodes = alloc_zero((count + 1) * sizeof(*tree.nodes));
    tree.index_of = alloc_zero(numbers * sizeof(int32_t));
    memset(tree.index_of, -1, numbers * sizeof(int32_t));
    if (count)
        tree_link(rows, count, highest, row_of, first, next);
    TreeBuild build = {.rows = rows, .first = first, .next = next, .tree = &tree};
    for (size_t i = 0; i < count; i++)
        if (rows[i].parent < 0)
            tree_place(&build, (int32_t)i, -1);
    for (size_t i = 0; i < count; i++)
        if (rows[i].org > 0) // in a cycle: roster_put_org refuses those
            free(rows[i].name);
    *ret_tree = tree;
    return 0;
}

int org_tree_load_span(Store *store, Date first_day, Date last_day, OrgTree *ret_tree)
{
    int r = tree_cache_find(store, first_day, last_day, ret_tree);

    if (r != 0)
        return r < 0 ? error_trace(r) : 0;
    r = tree_load(store, first_day, last_day, ret_tree);
    if (r == 0)
        tree_cache_keep(store, first_day, last_day, ret_tree);
    return error_trace(r);
}

int org_tree_load(Store *store, Date date, OrgTree *ret_tree)
{
    return error_trace(org_tree_load_span(store, date, date, ret_tree));
}

void org_tree_deinit(OrgTree *tree)
{
    for (size_t i = 0; i < tree->count; i++)
        free(tree->nodes[i].name);
    free(tree->nodes);
    free(tree->index_of);
    *tree = (OrgTree){0};
}

int32_t org_tree_find(const OrgTree *tree, const char *code)
{
    for (size_t i = 0; i < tree->count; i++)
        if (strcmp(tree->nodes[i].code, code) == 0)
            return (int32_t)i;
    return -1;
}

int32_t org_tree_index(const OrgTree *tree, int32_t org)
{
    return org > 0 && org < tree->number_count ? tree->index_of[org] : -1;
}

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
