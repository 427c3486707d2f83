// The figures of a closed month, read back. The rows were stored in the order of the tree with their depths,
// which is all that a report needs of it: a row's subtree are the rows after it that are deeper.
#include "reports/figures_build.h"

#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/month.h"

#define NOWHERE (-1)

typedef struct Loading {
    FiguresSet *set;
    size_t row_capacity, session_capacity;
} Loading;

static int load_head(void *user, const MonthRevision *revision)
{
    Loading *loading = user;

    loading->set->closed = true;
    loading->set->revision = revision->revision;
    loading->set->closed_at = revision->at;
    return 0;
}

static int load_row(void *user, const MonthRow *row)
{
    Loading *loading = user;
    FiguresSet *set = loading->set;
    OrgTree *tree = &set->tree;

    if (tree->count == loading->row_capacity) {
        loading->row_capacity = loading->row_capacity ? 2 * loading->row_capacity : 64;
        tree->nodes = alloc_resize(tree->nodes, loading->row_capacity, sizeof(*tree->nodes));
        set->figures = alloc_resize(set->figures, loading->row_capacity, sizeof(*set->figures));
    }
    int32_t index = (int32_t)tree->count++;
    OrgNode *node = &tree->nodes[index];
    int32_t parent = index - 1;
    while (parent >= 0 && tree->nodes[parent].depth >= row->depth)
        parent = tree->nodes[parent].parent;
    *node = (OrgNode){.parent = parent,
                      .depth = row->depth,
                      .end = index + 1,
                      .level = row->level,
                      .name = alloc_string(row->name)};
    strncpy(node->code, row->org, sizeof(node->code) - 1);
    for (int32_t i = parent; i != NOWHERE; i = tree->nodes[i].parent)
        tree->nodes[i].end = index + 1;
    set->figures[index] = row->figures;
    return 0;
}

static int load_session(void *user, const MonthSession *stored)
{
    Loading *loading = user;
    FiguresSet *set = loading->set;

    if (set->session_count == loading->session_capacity) {
        loading->session_capacity = loading->session_capacity ? 2 * loading->session_capacity : 16;
        set->sessions = alloc_resize(set->sessions, loading->session_capacity, sizeof(*set->sessions));
    }
    FiguresSession *session = &set->sessions[set->session_count++];
    *session = (FiguresSession){.title = alloc_string(stored->title),
                                .starts = stored->starts,
                                .complete = stored->complete,
                                .points = stored->points,
                                .covered = stored->covered,
                                .gaps = stored->gaps};
    strncpy(session->code, stored->code, sizeof(session->code) - 1);
    return 0;
}

static void cleanup_set(FiguresSet *set)
{
    figures_set_deinit(set);
}

int figures_load(Store *store, Month month, int revision, FiguresSet *ret_set)
{
    CLEANUP(cleanup_set) FiguresSet set = {0};
    Loading loading = {.set = &set};

    int r = month_revision(store, month, revision, load_head, &loading);
    if (r == MONTH_E_NONE)
        return FIGURES_E_NO_REVISION;
    if (r == 0)
        r = month_each_row(store, month, revision, load_row, &loading);
    if (r == 0)
        r = month_each_session(store, month, revision, load_session, &loading);
    if (r < 0)
        return error_trace(r);
    set.provisional = alloc_zero(set.tree.count * sizeof(*set.provisional)); // a closed month is not
    *ret_set = set;
    set = (FiguresSet){0};
    return 0;
}
