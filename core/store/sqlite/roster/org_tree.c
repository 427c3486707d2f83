#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/sqlite/keys.h"
#include "core/store/sqlite/months/month.h"
#include "core/store/sqlite/roster/tree_cache.h"
#include "core/store/sqlite/store_private.h"

// The org tree of a day. States and codes are read in the order in which each stands in its table, states by
// number and codes by code, and meet in memory: to look up 15,000 orgs one by one by their codes takes four
// times as long.

#define STATES_FIRST 1024 // orgs of a small site

// An org's state on the day, by its number.
typedef struct TreeState {
    bool exists;
    int32_t parent, area;
    OrgLevel level;
    OrgSector sector;
    char *name; // owned
    Date to;    // DATE_NONE: no end
} TreeState;
typedef struct TreeStates {
    TreeState *rows;
    int32_t capacity;
} TreeStates;
typedef struct AreaCode {
    char code[sizeof(((OrgNode *)NULL)->area)];
} AreaCode;

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

// What the orgs were on or before `last`, by number; the latest state of each wins.
static int states_read(Store *store, Date last, TreeStates *states)
{
    bool held = false;
    int r = month_orgs_any(store, month_of_date(last), &held);
    sqlite3_stmt *get = r == 0 ? store_get(store, held ? SQL_MONTH_ORG_TREE : SQL_ORG_TREE) : NULL;

    if (!get)
        return error_origin(r < 0 ? r : -EIO);
    db_bind_int(get, 1, last);
    if (held)
        db_bind_int(get, 2, month_of_date(last));
    while ((r = db_step(&store->db, get)) > 0) {
        int64_t org = db_int(get, 0);
        if (org <= 0 || org > KEY_ROW_MAX)
            break; // the file is damaged
        while (org >= states->capacity) {
            int32_t capacity = states->capacity ? 2 * states->capacity : STATES_FIRST;
            states->rows = alloc_resize(states->rows, (size_t)capacity, sizeof(*states->rows));
            memset(&states->rows[states->capacity], 0,
                   (size_t)(capacity - states->capacity) * sizeof(*states->rows));
            states->capacity = capacity;
        }
        TreeState *state = &states->rows[org];
        free(state->name);
        *state = (TreeState){.exists = true,
                             .parent = (int32_t)db_int(get, 1),
                             .area = (int32_t)db_int(get, 2),
                             .level = (OrgLevel)db_int(get, 3),
                             .sector = (OrgSector)db_int(get, 4),
                             .name = alloc_string(db_text(get, 5)),
                             .to = db_null(get, 6) ? DATE_NONE : (Date)db_int(get, 6)};
    }
    sqlite3_reset(get);
    return r > 0 ? error_origin(-EUCLEAN) : error_trace(r);
}

static void cleanup_states(TreeStates *states)
{
    for (int32_t i = 0; i < states->capacity; i++)
        free(states->rows[i].name);
    free(states->rows);
}

static int area_codes(Store *store, AreaCode **ret_codes)
{
    CLEANUP(cleanup_free) AreaCode *codes = alloc_zero((KEY_AREA_MAX + 1) * sizeof(*codes));
    sqlite3_stmt *all = store_get(store, SQL_AREA_ALL);
    int r;

    while ((r = db_step(&store->db, all)) > 0) {
        int64_t area = db_int(all, 0);
        if (area >= 0 && area <= KEY_AREA_MAX)
            strncpy(codes[area].code, db_text(all, 1), sizeof(codes[area].code) - 1);
    }
    *ret_codes = codes;
    codes = NULL;
    return error_trace(r);
}

// The orgs that existed between the two days, by code.
static int tree_read(Store *store, Date first, Date last, OrgNode **ret_rows, size_t *ret_count,
                     int32_t *ret_highest)
{
    CLEANUP(cleanup_states) TreeStates states = {0};
    CLEANUP(cleanup_free) AreaCode *areas = NULL;
    sqlite3_stmt *get = store_get(store, SQL_ORG_CODES);
    OrgNode *rows = NULL;
    size_t count = 0;
    int32_t highest = 0;
    int r = get ? states_read(store, last, &states) : error_origin(-EIO);

    if (r == 0)
        r = area_codes(store, &areas);
    if (r < 0)
        return error_trace(r);
    rows = alloc_zero((size_t)(states.capacity + 1) * sizeof(*rows));
    while ((r = db_step(&store->db, get)) > 0) {
        int64_t org = db_int(get, 0);
        TreeState *state = org < states.capacity ? &states.rows[org] : NULL;
        if (!state || !state->exists || (state->to != DATE_NONE && state->to < first))
            continue;
        OrgNode *node = &rows[count++];
        *node = (OrgNode){.org = (int32_t)org,
                          .parent = state->parent,
                          .level = state->level,
                          .sector = state->sector,
                          .name = state->name};
        state->name = NULL; // moved
        strncpy(node->code, db_text(get, 1), sizeof(node->code) - 1);
        if (state->area >= 0 && state->area <= KEY_AREA_MAX)
            memcpy(node->area, areas[state->area].code, sizeof(node->area));
        if (node->org > highest)
            highest = node->org;
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

OrgTree org_tree_share(OrgTree *tree)
{
    if (!tree->shares) {
        tree->shares = alloc_zero(sizeof(*tree->shares));
        *tree->shares = 1;
    }
    ++*tree->shares;
    return *tree;
}

void org_tree_deinit(OrgTree *tree)
{
    if (tree->shares && --*tree->shares > 0) {
        *tree = (OrgTree){0};
        return;
    }
    free(tree->shares);
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
