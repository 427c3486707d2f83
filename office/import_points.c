// points: learning points and the orgs that host them.
#include <stddef.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "office/import.h"

typedef struct PointLine {
    const char *point, *org, *name, *place;
} PointLine;
_Static_assert(sizeof(PointLine) <= IMPORT_LINE_SIZE, "fits");

enum { COLUMN_POINT, COLUMN_ORG, COLUMN_NAME, COLUMN_PLACE, COLUMN_COUNT };

static const Column columns[] = {
    [COLUMN_POINT] = {"point",
                      {"学习点", "学习点编码", "学习点代码", "学习点编号"},
                      false,
                      cell_code,
                      offsetof(PointLine, point)},
    [COLUMN_ORG] = {"org",
                    {"党组织", "党组织编码", "党组织代码", "所属党组织", "组织编码", "主办党组织"},
                    false,
                    cell_code,
                    offsetof(PointLine, org)},
    [COLUMN_NAME] = {"name", {"名称", "学习点名称"}, false, cell_text, offsetof(PointLine, name)},
    [COLUMN_PLACE] = {"place", {"地点", "地址", "位置"}, true, cell_text, offsetof(PointLine, place)},
};

static int import_points_put(Import *import, const void *data)
{
    const PointLine *line = data;
    PointPut put = {.code = line->point, .org = line->org, .name = line->name, .place = line->place};
    RosterChange change;
    int r = roster_put_point(import->office->store, &put, &change);

    if (r < 0)
        return error_trace(r);
    if (r == ROSTER_E_UNKNOWN_ORG)
        import_error(import, COLUMN_ORG, _("there is no org %s"), line->org);
    else
        import_count(import, change);
    return 0;
}

const ImportKind import_points = {
    .name = "points",
    .columns = columns,
    .column_count = COLUMN_COUNT,
    .key_columns = 1,
    .line_size = sizeof(PointLine),
    .blank = &(const PointLine){0},
    .is_roster = true,
    .put = import_points_put,
};
