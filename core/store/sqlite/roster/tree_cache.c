#include "core/store/sqlite/roster/tree_cache.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/sqlite/store_private.h"

// A report asks for the tree of each session's date and of the month's last day, and nearly always these are
// one tree: it changes only on the days on which a state begins or the day before was a state's last. Between
// two such days lies a stretch whose days all have the same tree, and so has a span of days within it, for
// nothing ends or begins there.
//
// Only readers keep trees, and only for as long as nobody writes (data_version). Where a closed month holds
// states of its own (month_orgs.c) the days are not enough to tell trees apart: then nothing is kept.

#define TREES_MAX 3 // some 2 MiB each for a city of 10,000 orgs: a month's, and those before a change

typedef struct KeptTree {
    size_t stretch;
    OrgTree tree;
} KeptTree;

struct TreeCache {
    int64_t version; // data_version that all of it was read at
    bool held;       // some closed month holds states
    Date *changes;   // days from which the tree may be another, in order
    size_t change_count;
    KeptTree kept[TREES_MAX];
    size_t count, next; // next: whose place the next one takes when all are taken
};

TreeCache *tree_cache_free(TreeCache *cache)
{
    for (size_t i = 0; cache && i < cache->count; i++)
        org_tree_deinit(&cache->kept[i].tree);
    if (cache)
        free(cache->changes);
    free(cache);
    return NULL;
}

static int changes_read(Store *store, TreeCache *cache)
{
    sqlite3_stmt *held = store_get(store, SQL_MONTH_ORG_ANY);
    sqlite3_stmt *get = store_get(store, SQL_ORG_CHANGES);
    int r;

    if (!held || !get)
        return error_origin(-EIO);
    r = db_step(&store->db, held);
    sqlite3_reset(held);
    cache->held = r > 0;
    if (r != 0)
        return r < 0 ? error_trace(r) : 0;
    while ((r = db_step(&store->db, get)) > 0) {
        cache->changes = alloc_resize(cache->changes, cache->change_count + 1, sizeof(*cache->changes));
        cache->changes[cache->change_count++] = (Date)db_int(get, 0);
    }
    return error_trace(r);
}

// Makes the store's cache one of what the database is now.
static int cache_refresh(Store *store)
{
    int64_t version = 0;
    int r = db_query_int64(&store->db, "PRAGMA data_version", &version);

    if (r < 0)
        return error_trace(r);
    if (store->trees && store->trees->version == version)
        return 0;
    store->trees = tree_cache_free(store->trees);
    TreeCache *cache = alloc_zero(sizeof(*cache));
    cache->version = version;
    r = changes_read(store, cache);
    if (r < 0) {
        tree_cache_free(cache);
        return error_trace(r);
    }
    store->trees = cache;
    store->orgs_held = cache->held ? 1 : -1; // what was known may be from before a month was closed
    return 0;
}

static size_t stretch_of(const TreeCache *cache, Date date)
{
    size_t low = 0, high = cache->change_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (cache->changes[middle] <= date)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// Whether the days lie in one stretch, so that what is kept for it is their tree.
static bool is_one_stretch(const TreeCache *cache, Date first, Date last)
{
    return cache && !cache->held && stretch_of(cache, first) == stretch_of(cache, last);
}

int tree_cache_find(Store *store, Date first, Date last, OrgTree *ret_tree)
{
    if (store->writable)
        return 0; // its roster changes under its own hands
    int r = cache_refresh(store);
    if (r < 0)
        return error_trace(r);
    TreeCache *cache = store->trees;
    if (!is_one_stretch(cache, first, last))
        return 0;
    for (size_t i = 0; i < cache->count; i++) {
        if (cache->kept[i].stretch == stretch_of(cache, last)) {
            *ret_tree = org_tree_share(&cache->kept[i].tree);
            return 1;
        }
    }
    return 0;
}

void tree_cache_keep(Store *store, Date first, Date last, OrgTree *tree)
{
    TreeCache *cache = store->trees;

    if (store->writable || !is_one_stretch(cache, first, last))
        return;
    KeptTree *place = &cache->kept[cache->count < TREES_MAX ? cache->count++ : cache->next++ % TREES_MAX];
    org_tree_deinit(&place->tree);
    *place = (KeptTree){.stretch = stretch_of(cache, last), .tree = org_tree_share(tree)};
}
