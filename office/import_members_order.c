// members: lines in any order. What a line leaves empty, and what it merely repeats, depends on what holds
// before its day; so a member's lines must be stated by day. Nearly all files have them so; a first look at
// members and days alone finds the others, whose lines are kept and stated at the end.
#include "office/import_members.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "office/sheet.h"

typedef struct Look {
    MemberFile *file;
    const Column *member, *from;
    Seen latest; // by member: the latest day so far
    bool headed;
    size_t member_at, from_at; // columns of the file
} Look;

static uint64_t disordered_key(const MemberFile *file, const char *member)
{
    return seen_digest(&file->disordered, &member, 1);
}

static void look_head(Look *look, const SheetRow *row)
{
    look->headed = true;
    look->member_at = look->from_at = row->count;
    for (size_t i = row->count; i-- > 0;) {
        if (column_is_named(look->member, row->cells[i]))
            look->member_at = i;
        else if (column_is_named(look->from, row->cells[i]))
            look->from_at = i;
    }
}

static int look_row(void *user, const SheetRow *row)
{
    Look *look = user;
    Date from;

    if (!look->headed) {
        look_head(look, row);
        return 0;
    }
    if (look->member_at >= row->count || look->from_at >= row->count)
        return 0; // the reading proper says what is wrong
    const char *member = row->cells[look->member_at];
    if (!date_parse(row->cells[look->from_at], &from))
        return 0;
    uint64_t key = seen_digest(&look->latest, &member, 1);
    const SeenEntry *before = seen_get(&look->latest, key);
    if (before && (Date)before->content > from)
        seen_set(&look->file->disordered, disordered_key(look->file, member), 0);
    else
        seen_set(&look->latest, key, (uint32_t)from);
    return 0;
}

int import_members_look(Import *import, const Column *member, const Column *from)
{
    Look look = {.file = import->state, .member = member, .from = from};
    SheetProblem problem;

    seen_init(&look.latest);
    int r = sheet_read(import->office->request->file, look_row, &look, &problem);
    seen_deinit(&look.latest);
    return r < 0 ? error_trace(r) : 0;
}

bool import_members_is_disordered(const Import *import, const char *member)
{
    const MemberFile *file = import->state;

    return file->disordered.count > 0 && seen_has(&file->disordered, disordered_key(file, member));
}

void import_members_keep_later(Import *import, const MemberLine *line)
{
    MemberFile *file = import->state;

    if (file->later_count == file->later_capacity) {
        file->later_capacity = file->later_capacity ? 2 * file->later_capacity : 64;
        file->later = alloc_resize(file->later, file->later_capacity, sizeof(*file->later));
    }
    MemberLater *later = &file->later[file->later_count++];
    *later = (MemberLater){.line = *line, .number = import->line};
    later->line.member = alloc_string(line->member);
    later->line.name = alloc_string(line->name);
    later->line.org = alloc_string(line->org);
    later->line.card = alloc_string(line->card);
    later->line.exempt_reason = alloc_string(line->exempt_reason);
}

static int compare_later(const void *a, const void *b)
{
    const MemberLater *x = a, *y = b;
    int order = strcmp(x->line.member, y->line.member);

    if (order)
        return order;
    if (x->line.from != y->line.from)
        return x->line.from < y->line.from ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

int import_members_state_later(Import *import, int (*state)(Import *import, const MemberLine *line))
{
    MemberFile *file = import->state;
    int r = 0;

    if (file->later_count)
        qsort(file->later, file->later_count, sizeof(*file->later), compare_later);
    for (size_t i = 0; i < file->later_count && r == 0; i++) {
        import->line = file->later[i].number;
        r = state(import, &file->later[i].line);
    }
    return error_trace(r);
}

void import_members_free_later(MemberFile *file)
{
    for (size_t i = 0; i < file->later_count; i++) {
        MemberLine *line = &file->later[i].line;
        free((char *)line->member);
        free((char *)line->name);
        free((char *)line->org);
        free((char *)line->card);
        free((char *)line->exempt_reason);
    }
    free(file->later);
}
