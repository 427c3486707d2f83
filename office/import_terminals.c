// terminals: devices and the points they stand at. A terminal's area is part of its topic and never changes.
#include <stddef.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "office/import.h"

typedef struct TerminalLine {
    const char *terminal, *area, *point;
} TerminalLine;
_Static_assert(sizeof(TerminalLine) <= IMPORT_LINE_SIZE, "fits");

enum { COLUMN_TERMINAL, COLUMN_AREA, COLUMN_POINT, COLUMN_COUNT };

static const Column columns[] = {
    [COLUMN_TERMINAL] = {"terminal",
                         {"终端", "终端编码", "终端编号", "终端名称", "设备"},
                         false,
                         cell_terminal,
                         offsetof(TerminalLine, terminal)},
    [COLUMN_AREA] = {"area", {"区域", "分区", "片区"}, false, cell_area, offsetof(TerminalLine, area)},
    [COLUMN_POINT] = {"point",
                      {"学习点", "学习点编码", "学习点代码", "学习点编号"},
                      false,
                      cell_code,
                      offsetof(TerminalLine, point)},
};

static int import_terminals_put(Import *import, const void *data)
{
    const TerminalLine *line = data;
    TerminalPut put = {.name = line->terminal, .area = line->area, .point = line->point};
    RosterChange change;
    int r = roster_put_terminal(import->office->store, &put, &change);

    if (r < 0)
        return error_trace(r);
    if (r == ROSTER_E_UNKNOWN_POINT)
        import_error(import, COLUMN_POINT, _("there is no point %s"), line->point);
    else if (r == ROSTER_E_AREA_CHANGE)
        import_error(import, COLUMN_AREA,
                     _("%s is in another area; a terminal that moves there needs a new name"),
                     line->terminal);
    else
        import_count(import, change);
    return 0;
}

const ImportKind import_terminals = {
    .name = "terminals",
    .columns = columns,
    .column_count = COLUMN_COUNT,
    .key_columns = 1,
    .line_size = sizeof(TerminalLine),
    .blank = &(const TerminalLine){0},
    .is_roster = true,
    .put = import_terminals_put,
};
