// orgs: the tree of organisations, as it is from the beginning or from a day on. A file may name children
// before their parents, so all lines are kept (a city has 6,600) and stated by day, and on each day parents
// first: a walk up from each line, marking the ones on the way, which also finds circles.
//
// Whether everything that an org holds is still there when it closes can only be asked when all lines have
// been stated: import_orgs_time.c.
#include "office/import_orgs.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/base/i18n.h"

static const Column columns[] = {
    [ORGS_ORG] = {"org",
                  {"党组织", "党组织编码", "党组织代码", "组织编码", "组织代码", "编码"},
                  false,
                  cell_code,
                  offsetof(OrgLine, org)},
    [ORGS_FROM] =
        {"from", {"起", "自", "起始日期", "开始日期", "生效日期"}, true, cell_date, offsetof(OrgLine, from)},
    [ORGS_PARENT] = {"parent",
                     {"上级", "上级党组织", "上级组织", "上级党组织编码", "上级党组织代码", "上级编码",
                      "上级组织编码"},
                     true,
                     cell_code,
                     offsetof(OrgLine, parent)},
    [ORGS_AREA] = {"area", {"区域", "分区", "片区"}, false, cell_area, offsetof(OrgLine, area)},
    [ORGS_LEVEL] = {"level", {"层级", "级别"}, false, cell_level, offsetof(OrgLine, level)},
    [ORGS_SECTOR] = {"sector", {"领域", "行业", "类别"}, true, cell_sector, offsetof(OrgLine, sector)},
    [ORGS_NAME] = {"name", {"名称", "党组织名称", "组织名称"}, false, cell_text, offsetof(OrgLine, name)},
    [ORGS_TO] = {"to",
                 {"止", "至", "终止日期", "结束日期", "失效日期", "截止日期"},
                 true,
                 cell_date,
                 offsetof(OrgLine, to)},
};

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
    if (node->line.from == DATE_NONE)
        node->line.from = import->from;
    node->line.org = alloc_string(line->org);
    node->line.parent = alloc_string(line->parent);
    node->line.area = alloc_string(line->area);
    node->line.name = alloc_string(line->name);
}

static int import_orgs_put(Import *import, const void *data)
{
    const OrgLine *line = data;
    Date from = line->from == DATE_NONE ? import->from : line->from;
    bool backwards = from != DATE_NONE && line->to != DATE_NONE && line->to < from;

    if (backwards)
        import_error_before(import, ORGS_TO, line->to, from);
    import_orgs_keep(import, line, backwards);
    return 0;
}

static void import_orgs_broken(Import *import, const void *data)
{
    const OrgLine *line = data;

    if (line->org)
        import_orgs_keep(import, line, true);
}

// By day, then code; without a day first. The same order serves to find a line of a day.
static int org_entry_compare(const void *a, const void *b)
{
    const OrgLine *x = &((const OrgEntry *)a)->line, *y = &((const OrgEntry *)b)->line;

    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return strcmp(x->org, y->org);
}

static OrgEntry *org_file_find(const OrgFile *file, const char *code, Date from)
{
    const OrgEntry key = {.line = {.org = code, .from = from}};

    return code && file->count
               ? bsearch(&key, file->nodes, file->count, sizeof(*file->nodes), org_entry_compare)
               : NULL;
}

const OrgEntry *org_file_line(const OrgFile *file, const char *code, Date day)
{
    const OrgEntry *found = NULL;

    for (size_t i = 0; i < file->count; i++) {
        const OrgEntry *entry = &file->nodes[i];
        if (strcmp(entry->line.org, code) == 0 && (!found || day == DATE_NONE || entry->line.from <= day))
            found = entry;
    }
    return found;
}

// The parent is not there yet, or not at all. Not the child's fault where its line has errors.
static void import_orgs_unknown(Import *import, const OrgEntry *node)
{
    const OrgEntry *parent = org_file_line(import->state, node->line.parent, DATE_NONE);
    char from[CLOCK_TEXT_SIZE];

    if (parent && parent->broken)
        return;
    if (!parent) {
        import_error_at(import, node->number, ORGS_PARENT, _("there is no org %s"), node->line.parent);
        return;
    }
    date_format(parent->line.from, from);
    import_error_at(import, node->number, ORGS_PARENT, _("%s begins on %s, by line %" PRIu64),
                    node->line.parent, from, parent->number);
}

static int import_orgs_state(Import *import, OrgEntry *node)
{
    const OrgLine *line = &node->line;
    OrgPut put = {.code = line->org,
                  .parent = line->parent,
                  .area = line->area,
                  .name = line->name,
                  .level = (OrgLevel)line->level,
                  .sector = (OrgSector)line->sector,
                  .from_stated = line->from != DATE_NONE || node->has_more,
                  .from = line->from != DATE_NONE ? line->from : 0,
                  .to_stated = line->to != DATE_NONE,
                  .to = line->to};
    RosterChange change;
    int r = roster_put_org(import->office->store, &put, &change);

    if (r < 0)
        return error_trace(r);
    node->broken = r > 0;
    if (r == ROSTER_E_UNKNOWN_PARENT)
        import_orgs_unknown(import, node);
    else if (r == ROSTER_E_CYCLE)
        import_error_at(import, node->number, ORGS_PARENT, _("%s stands below %s itself"), line->parent,
                        line->org);
    else if (r == ROSTER_E_ENDS_EARLY)
        import_error_before_at(import, node->number, ORGS_TO, line->to,
                               roster_last_clash(import->office->store).from);
    else
        import_count(import, change);
    return 0;
}

// States `node`, after all that stands above it among the lines of its day. Iterative: the way up is kept in
// `way`.
static int import_orgs_state_upwards(Import *import, OrgEntry *node, OrgEntry **way)
{
    const OrgFile *file = import->state;
    Date from = node->line.from;
    size_t depth = 0;

    while (node && node->mark == ORG_NEW) {
        node->mark = ORG_ON_THE_WAY;
        way[depth++] = node;
        node = org_file_find(file, node->line.parent, from);
    }
    if (node && node->mark == ORG_ON_THE_WAY) {
        import_error_at(import, way[depth - 1]->number, ORGS_PARENT,
                        _("%s would stand below itself, by line %" PRIu64), way[depth - 1]->line.org,
                        node->number);
        node->broken = true; // and so everything between, on the way back
        way[depth - 1]->broken = true;
    }
    while (depth > 0) {
        OrgEntry *above = org_file_find(file, way[--depth]->line.parent, from);
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

static int org_entry_by_code(const void *a, const void *b)
{
    return strcmp((*(const OrgEntry *const *)a)->line.org, (*(const OrgEntry *const *)b)->line.org);
}

// A line without a day is about the time before the org's other lines, where there are any.
static void import_orgs_mark_more(OrgFile *file, OrgEntry **entries)
{
    for (size_t i = 0; i < file->count; i++)
        entries[i] = &file->nodes[i];
    qsort(entries, file->count, sizeof(*entries), org_entry_by_code);
    for (size_t i = 1; i < file->count; i++)
        if (strcmp(entries[i]->line.org, entries[i - 1]->line.org) == 0)
            entries[i]->has_more = entries[i - 1]->has_more = true;
}

// Two lines may come to be about the same org and day by --from alone.
static void import_orgs_check_double(Import *import, OrgFile *file)
{
    for (size_t i = 1; i < file->count; i++) {
        OrgEntry *before = &file->nodes[i - 1], *entry = &file->nodes[i];
        if (org_entry_compare(before, entry) != 0 || entry->broken)
            continue;
        entry->broken = true;
        entry->mark = ORG_DONE;
        import_error_at(import, entry->number, ORGS_ORG,
                        _("contradicts line %" PRIu64 ", which is about the same"), before->number);
    }
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
    import_orgs_mark_more(file, way);
    if (import->from != DATE_NONE)
        import_orgs_check_double(import, file);
    for (size_t i = 0; i < file->count && r == 0; i++)
        r = import_orgs_state_upwards(import, &file->nodes[i], way);
    free(way);
    if (r == 0 && !import->errors)
        r = import_orgs_check_times(import);
    return error_trace(r);
}

const ImportKind import_orgs = {
    .name = "orgs",
    .columns = columns,
    .column_count = ORGS_COLUMN_COUNT,
    .key_columns = 2,
    .line_size = sizeof(OrgLine),
    .blank = &(const OrgLine){.sector = SECTOR_NONE, .from = DATE_NONE, .to = DATE_NONE},
    .is_roster = true,
    .may_from = true,
    .begin = import_orgs_begin,
    .put = import_orgs_put,
    .broken = import_orgs_broken,
    .end = import_orgs_end,
    .deinit = import_orgs_deinit,
};
