// rolls: what was written on printed paper rolls, in the columns in which they are printed. Lines of several
// rolls may stand in one file; a line without a mark says nothing, so that a roll can be filled in in part.
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/store/roll.h"
#include "office/import.h"
#include "office/roll.h"

typedef struct RollsLine {
    const char *roll, *check, *member, *name;
    const char *marks[ROLL_MARK_COUNT];
    int32_t line;
} RollsLine;
_Static_assert(sizeof(RollsLine) <= IMPORT_LINE_SIZE, "fits");

enum {
    COLUMN_ROLL,
    COLUMN_LINE,
    COLUMN_CHECK,
    COLUMN_IN,
    COLUMN_OUT,
    COLUMN_LEAVE,
    COLUMN_MEMBER,
    COLUMN_NAME,
    COLUMN_COUNT
};

static const char *cell_line(const char *cell, size_t size, void *ret_value)
{
    long long line;

    (void)size;
    if (!text_parse_int64(cell, 1, ROLL_LINES_MAX, &line))
        return N_("a line is a whole number from 1");
    *(int32_t *)ret_value = (int32_t)line;
    return NULL;
}

static const Column columns[] = {
    [COLUMN_ROLL] = {"roll", {"签到册", "册号", "批次"}, false, cell_code, offsetof(RollsLine, roll)},
    [COLUMN_LINE] = {"line", {"行号", "序号"}, false, cell_line, offsetof(RollsLine, line)},
    [COLUMN_CHECK] = {"check", {"Check code", "校验码"}, false, cell_code, offsetof(RollsLine, check)},
    [COLUMN_IN] = {"in", {"签到", "签到时间"}, true, cell_text, offsetof(RollsLine, marks[ROLL_IN])},
    [COLUMN_OUT] = {"out", {"签退", "签退时间"}, true, cell_text, offsetof(RollsLine, marks[ROLL_OUT])},
    [COLUMN_LEAVE] = {"leave", {"请假"}, true, cell_text, offsetof(RollsLine, marks[ROLL_LEAVE])},
    [COLUMN_MEMBER] = {"member", {"党员", "党员编码"}, true, cell_code, offsetof(RollsLine, member)},
    [COLUMN_NAME] = {"name", {"姓名", "名称"}, true, cell_text, offsetof(RollsLine, name)},
};

static int import_rolls_begin(Import *import)
{
    import->state = alloc_zero(sizeof(RollBook));
    return 0;
}

static void import_rolls_deinit(Import *import)
{
    if (import->state)
        roll_book_close(import->state);
    free(import->state);
}

static size_t column_of(const char *field)
{
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        if (strcmp(columns[i].name, field) == 0)
            return i;
    return COLUMN_LINE;
}

// A column that stands beside the lines to be read by people must not say something else than the roll.
static int import_rolls_check_member(Import *import, const RollBook *book, const RollsLine *line)
{
    char member[65];
    int r = line->member ? roll_member(import->office->store, book->number, line->line, member) : 0;

    if (line->member && r == 0 && strcmp(line->member, member) != 0)
        import_error(import, COLUMN_MEMBER, _("line %d of roll %s is another member's"), (int)line->line,
                     book->code);
    return r < 0 ? error_trace(r) : 0;
}

static int import_rolls_put(Import *import, const void *data)
{
    const RollsLine *line = data;
    RollBook *book = import->state;
    RollStated stated = {.line = line->line, .check = line->check};
    RollOutcome outcome = ROLL_SAME;
    RollProblem problem = {0};
    uint64_t before = import->errors;
    bool any = false;
    int64_t number;

    for (RollMark mark = 0; mark < ROLL_MARK_COUNT; mark++) {
        const char *cell = line->marks[mark];
        stated.marked[mark] = cell != NULL;
        stated.value[mark] = cell && !roll_is_mark(cell) ? cell : NULL;
        any = any || cell;
    }
    if (!any)
        return 0;
    int r =
        roll_parse_code(line->roll, &number) ? roll_book_open(book, import->office, number) : ROLL_E_UNKNOWN;
    if (r == ROLL_E_UNKNOWN)
        import_error(import, COLUMN_ROLL, _("there is no roll %s"), line->roll);
    if (r != 0)
        return r < 0 ? error_trace(r) : 0;
    r = import_rolls_check_member(import, book, line);
    if (r < 0 || import->errors != before)
        return error_trace(r);
    r = roll_book_enter(book, &stated, &outcome, &problem);
    if (r < 0)
        return error_trace(r);
    if (problem.field)
        import_error(import, column_of(problem.field), "%s", problem.reason);
    else
        import_count(import, outcome == ROLL_ADDED       ? ROSTER_ADDED
                             : outcome == ROLL_CORRECTED ? ROSTER_CHANGED
                                                         : ROSTER_SAME);
    return 0;
}

const ImportKind import_rolls = {
    .name = "rolls",
    .columns = columns,
    .column_count = COLUMN_COUNT,
    .key_columns = COLUMN_CHECK, // roll, line
    .line_size = sizeof(RollsLine),
    .blank = &(const RollsLine){0},
    .footed = true,
    .begin = import_rolls_begin,
    .put = import_rolls_put,
    .deinit = import_rolls_deinit,
};
