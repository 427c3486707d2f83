#pragma once
// Org trees that a reader has loaded, kept for the next dates on which the tree is the same.
#include "core/store/query.h"

typedef struct TreeCache TreeCache;
/// A share of the tree that org_tree_load_span() would load: 1 there is one, 0 it has to be loaded.
int tree_cache_find(Store *store, Date first, Date last, OrgTree *ret_tree);
/// Keeps a share of what was loaded, if tree_cache_find() may answer with it.
void tree_cache_keep(Store *store, Date first, Date last, OrgTree *tree);
TreeCache *tree_cache_free(TreeCache *cache);
