// orgs: the tree of organisations. A file may name children before their parents, so all lines are kept (a
// city has 6,600) and stated parents first: a walk up from each line, marking the ones on the way, which also
// finds circles.
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "office/import.h"

typedef struct OrgLine {
    const char *org, *parent, *area, *name;
    int level, sector;
} OrgLine;
_Static_assert(sizeof(OrgLine) <= IMPORT_LINE_SIZE, "fits");

enum { COLUMN_ORG, COLUMN_PARENT, COLUMN_AREA, COLUMN_LEVEL, COLUMN_SECTOR, COLUMN_NAME, COLUMN_COUNT };

static const Column columns[] = {
    [COLUMN_ORG] = {"org",
                    {"党组织", "党组织编码", "党组织代码", "组织编码", "组织代码", "编码"},
                    false,
                    cell_code,
                    offsetof(OrgLine, org)},
    [COLUMN_PARENT] = {"parent",
                       {"上级", "上级党组织", "上级组织", "上级党组织编码", "上级党组织代码", "上级编码",
                        "上级组织编码"},
                       true,
                       cell_code,
                       offsetof(OrgLine, parent)},
    [COLUMN_AREA] = {"area", {"区域", "分区", "片区"}, false, cell_area, offsetof(OrgLine, area)},
    [COLUMN_LEVEL] = {"level", {"层级", "级别"}, false, cell_level, offsetof(OrgLine, level)},
    [COLUMN_SECTOR] = {"sector", {"领域", "行业", "类别"}, true, cell_sector, offsetof(OrgLine, sector)},
    [COLUMN_NAME] = {"name", {"名称", "党组织名称", "组织名称"}, false, cell_text, offsetof(OrgLine, name)},
};

typedef enum OrgMark { ORG_NEW, ORG_ON_THE_WAY, ORG_DONE } OrgMark;

typedef struct OrgEntry {
    OrgLine line; // its strings are ours
    uint64_t number;
    OrgMark mark;
    bool broken; // its line, or one above it, has an error of its own
} OrgEntry;

typedef struct OrgFile {
    OrgEntry *nodes;
    size_t count, capacity;
} OrgFile;

static int import_orgs_begin(Import *import)
{
    import->state = alloc_zero(sizeof(OrgFile));
    return 0;
}

static void import_orgs_deinit(Import *import)
{
    OrgFile *file = import->state;

    for (size_t i = 0; file && i < file->count; i++) {
        free((char *)file->nodes[i].line.org);
        free((char *)file->nodes[i].line.parent);
        free((char *)file->nodes[i].line.area);
        free((char *)file->nodes[i].line.name);
    }
    if (file)
        free(file->nodes);
    free(file);
}

static void import_orgs_keep(Import *import, const OrgLine *line, bool broken)
{
    OrgFile *file = import->state;
    OrgEntry *node;

    if (file->count == file->capacity) {
        file->capacity = file->capacity ? 2 * file->capacity : 1024;
        file->nodes = alloc_resize(file->nodes, file->capacity, sizeof(*file->nodes));
    }
    node = &file->nodes[file->count++];
    *node = (OrgEntry){.line = *line, .number = import->line, .broken = broken};
    node->line.org = alloc_string(line->org);
    node->line.parent = alloc_string(line->parent);
    node->line.area = alloc_string(line->area);
    node->line.name = alloc_string(line->name);
}

static int import_orgs_put(Import *import, const void *line)
{
    import_orgs_keep(import, line, false);
    return 0;
}

static void import_orgs_broken(Import *import, const void *data)
{
    const OrgLine *line = data;

    if (line->org)
        import_orgs_keep(import, line, true);
}

static int org_entry_compare(const void *a, const void *b)
{
    return strcmp(((const OrgEntry *)a)->line.org, ((const OrgEntry *)b)->line.org);
}

static OrgEntry *org_file_find(const OrgFile *file, const char *code)
{
    const OrgEntry key = {.line.org = code};

    return code && file->count
               ? bsearch(&key, file->nodes, file->count, sizeof(*file->nodes), org_entry_compare)
               : NULL;
}

static int import_orgs_state(Import *import, OrgEntry *node)
{
    const OrgLine *line = &node->line;
    OrgPut put = {.code = line->org,
                  .parent = line->parent,
                  .area = line->area,
                  .name = line->name,
                  .level = (OrgLevel)line->level,
                  .sector = (OrgSector)line->sector};
    RosterChange change;
    int r = roster_put_org(import->office->store, &put, &change);

    if (r < 0)
        return error_trace(r);
    node->broken = r > 0;
    if (r == ROSTER_E_UNKNOWN_PARENT)
        import_error_at(import, node->number, COLUMN_PARENT, _("there is no org %s"), line->parent);
    else if (r == ROSTER_E_CYCLE)
        import_error_at(import, node->number, COLUMN_PARENT, _("%s stands below %s itself"), line->parent,
                        line->org);
    else
        import_count(import, change);
    return 0;
}

// States `node`, after all that stands above it in the file. Iterative: the way up is kept in `way`.
static int import_orgs_state_upwards(Import *import, OrgEntry *node, OrgEntry **way)
{
    const OrgFile *file = import->state;
    size_t depth = 0;

    while (node && node->mark == ORG_NEW) {
        node->mark = ORG_ON_THE_WAY;
        way[depth++] = node;
        node = org_file_find(file, node->line.parent);
    }
    if (node && node->mark == ORG_ON_THE_WAY) {
        import_error_at(import, way[depth - 1]->number, COLUMN_PARENT,
                        _("%s would stand below itself, by line %" PRIu64), way[depth - 1]->line.org,
                        node->number);
        node->broken = true; // and so everything between, on the way back
        way[depth - 1]->broken = true;
    }
    while (depth > 0) {
        OrgEntry *above = org_file_find(file, way[--depth]->line.parent);
        OrgEntry *at = way[depth];
        int r;

        at->mark = ORG_DONE;
        if (above && above->broken)
            at->broken = true;
        r = at->broken ? 0 : import_orgs_state(import, at);
        if (r < 0)
            return error_trace(r);
    }
    return 0;
}

static int import_orgs_end(Import *import)
{
    OrgFile *file = import->state;
    OrgEntry **way;
    int r = 0;

    if (!file->count)
        return 0;
    qsort(file->nodes, file->count, sizeof(*file->nodes), org_entry_compare);
    way = alloc_zero(file->count * sizeof(*way));
    for (size_t i = 0; i < file->count && r == 0; i++)
        r = import_orgs_state_upwards(import, &file->nodes[i], way);
    free(way);
    return error_trace(r);
}

const ImportKind import_orgs = {
    .name = "orgs",
    .columns = columns,
    .column_count = COLUMN_COUNT,
    .key_columns = 1,
    .line_size = sizeof(OrgLine),
    .blank = &(const OrgLine){.sector = SECTOR_NONE},
    .is_roster = true,
    .begin = import_orgs_begin,
    .put = import_orgs_put,
    .broken = import_orgs_broken,
    .end = import_orgs_end,
    .deinit = import_orgs_deinit,
};
