// import KIND FILE: header, cells, contradictions, counts, and the end of it all or nothing.
//
// Every line is read and, if its cells are fine, put into the open transaction even when errors have been
// found before: so that one run tells of all of them. With an error anywhere the transaction is rolled back.
// A file that changes nothing leaves nothing behind either, not even an entry in the audit log.
//
// Within a file, two lines about the same thing must say the same: which of them to believe is not ours to
// guess.
#include "office/import.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "office/sheet.h"

#define IMPORT_HEADING_SHOWN 64 // bytes of a heading that nobody knows

const ProgramOption office_import_options[] = {
    {"dry-run", 'n', NULL, N_("say what would change, and change nothing")},
    {"complete", 0, NULL, N_("members: who is not named has left")},
    {"force", 0, NULL, N_("members: also when more than 5 per cent of a county's members would end")},
    {0},
};

static const ImportKind *const kinds[] = {
    &import_orgs,     &import_points,      &import_terminals,  &import_members,
    &import_sessions, &import_invitations, &import_attendance,
};

static const ImportKind *import_find(const char *name)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(kinds[i]->name, name) == 0)
            return kinds[i];
    }
    return NULL;
}

__attribute__((format(printf, 4, 0))) static void
import_vsay(Import *import, uint64_t line, const char *where, const char *format, va_list args)
{
    Text *err = &import->office->reply->err;

    import->errors++;
    if (import->errors > IMPORT_ERRORS_MAX)
        return;
    text_appendf(err, "%s:%" PRIu64 ": ", import->office->request->file_name, line);
    text_append_escaped(err, where, strlen(where), IMPORT_HEADING_SHOWN);
    text_append(err, ": ");
    text_vappendf(err, format, args);
    text_append_char(err, '\n');
}

// `where` is a column, or "row" or "file" where no column can be named.
static void __attribute__((format(printf, 4, 5)))
import_say(Import *import, uint64_t line, const char *where, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    import_vsay(import, line, where, format, args);
    va_end(args);
}

static const char *import_heading(const Import *import, size_t column)
{
    return import->headings[column] ? import->headings[column] : import->kind->columns[column].name;
}

void import_error(Import *import, size_t column, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    import_vsay(import, import->line, import_heading(import, column), format, args);
    va_end(args);
}

void import_error_at(Import *import, uint64_t line, size_t column, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    import_vsay(import, line, import_heading(import, column), format, args);
    va_end(args);
}

void import_count(Import *import, RosterChange change)
{
    import->added += change == ROSTER_ADDED;
    import->changed += change == ROSTER_CHANGED;
    import->same += change == ROSTER_SAME;
}

static void import_read_heading(Import *import, const char *heading, size_t position)
{
    const ImportKind *kind = import->kind;

    for (size_t i = 0; i < kind->column_count; i++) {
        if (!column_is_named(&kind->columns[i], heading))
            continue;
        if (import->headings[i]) {
            import_say(import, import->line, heading, _("column %zu is the same as column %d"), position + 1,
                       import->column_of[i] + 1);
            return;
        }
        import->headings[i] = alloc_string(heading);
        import->column_of[i] = (int)position;
        import->order[import->present++] = i;
        return;
    }
    import_say(import, import->line, *heading ? heading : "row", _("column %zu: %s has no such column"),
               position + 1, kind->name);
}

static void import_read_header(Import *import, const SheetRow *row)
{
    import->width = row->count;
    for (size_t i = 0; i < row->count; i++)
        import_read_heading(import, row->cells[i], i);
    for (size_t i = 0; i < import->kind->column_count; i++) {
        if (!import->headings[i] && !import->kind->columns[i].optional)
            import_say(import, import->line, import->kind->columns[i].name, _("the column is missing"));
    }
    import->header_bad = import->errors > 0;
}

// Parses the cells into `line`. False if one is wrong; the others are there all the same.
static bool import_parse(Import *import, const SheetRow *row, unsigned char *line)
{
    bool fine = true;

    for (size_t k = 0; k < import->present; k++) {
        size_t i = import->order[k];
        const Column *column = &import->kind->columns[i];
        int position = import->column_of[i];
        const char *reason = NULL;

        if (row->sizes[position])
            reason = column->parse(row->cells[position], row->sizes[position], line + column->offset);
        else if (!column->optional)
            reason = N_("is empty");
        if (reason) {
            import_error(import, i, "%s", _(reason));
            fine = false;
        }
    }
    return fine;
}

// Whether the line is worth putting. One that says word for word the same as an earlier one counts as
// unchanged; one that contradicts an earlier one is an error.
static bool import_is_news(Import *import, const SheetRow *row)
{
    const ImportKind *kind = import->kind;
    size_t facts = kind->fact_columns ? kind->fact_columns : kind->column_count;
    const char *cells[COLUMNS_MAX];
    const SeenEntry *before;
    uint32_t content;

    for (size_t i = 0; i < kind->column_count; i++)
        cells[i] = import->column_of[i] < 0 ? "" : row->cells[import->column_of[i]];
    content = (uint32_t)seen_digest(&import->seen, cells, facts);
    before =
        seen_note(&import->seen, seen_digest(&import->seen, cells, kind->key_columns), content, import->line);
    if (before && before->content != content) {
        import_error(import, 0, _("contradicts line %" PRIu32 ", which is about the same"), before->line);
        return false;
    }
    if (before && facts == kind->column_count)
        import->same++;
    return !before || facts < kind->column_count;
}

static int import_on_row(void *user, const SheetRow *row)
{
    _Alignas(max_align_t) unsigned char line[IMPORT_LINE_SIZE];
    Import *import = user;

    import->line = row->line;
    if (!import->width) {
        import_read_header(import, row);
        return 0;
    }
    if (import->header_bad)
        return 0;
    if (row->count != import->width) {
        import_say(import, row->line, "row", _("%zu cells where the header has %zu"), row->count,
                   import->width);
        return 0;
    }
    memcpy(line, import->kind->blank, import->kind->line_size);
    if (!import_parse(import, row, line)) {
        if (import->kind->broken)
            import->kind->broken(import, line);
        return 0;
    }
    return import_is_news(import, row) ? import->kind->put(import, line) : 0;
}

static int import_read(Import *import)
{
    const ImportKind *kind = import->kind;
    SheetProblem problem;
    int r = kind->begin ? kind->begin(import) : 0;

    if (r < 0)
        return error_trace(r);
    r = sheet_read(import->office->request->file, import_on_row, import, &problem);
    seen_deinit(&import->seen); // the end may need the memory
    if (r < 0)
        return error_trace(r);
    if (r == SHEET_E_REFUSED)
        import_say(import, problem.line ? problem.line : 1, problem.line ? "row" : "file", "%s",
                   _(problem.reason));
    else if (!import->width)
        import_say(import, 1, "file", _("is empty; it begins with a line of column names"));
    else if (!import->header_bad && kind->end)
        return error_trace(kind->end(import));
    return 0;
}

static void import_summarise(Import *import, const RosterSettled *settled)
{
    Text *out = &import->office->reply->out;

    text_appendf(out, _("%s: %" PRId64 " added, %" PRId64 " changed, %" PRId64 " unchanged"),
                 import->office->request->file_name, import->added, import->changed, import->same);
    if (import->ended)
        text_appendf(out, _(", %" PRId64 " ended"), import->ended);
    if (import->dry_run)
        text_append(out, _(" (dry run: nothing was written)"));
    text_append_char(out, '\n');
    if (settled->unparked)
        text_appendf(out, _("%" PRId64 " parked events count now\n"), settled->unparked);
}

static int import_audit(Import *import)
{
    char action[32];
    Text detail = {0};
    int r;

    snprintf(action, sizeof(action), "import-%s", import->kind->name);
    text_appendf(&detail, "added=%" PRId64 " changed=%" PRId64 " same=%" PRId64 " ended=%" PRId64 "%s%s",
                 import->added, import->changed, import->same, import->ended,
                 import->complete ? " complete" : "", import->force ? " force" : "");
    r = office_audit(import->office, action, import->office->request->file_name, "", text_cstr(&detail));
    text_deinit(&detail);
    return r;
}

// After the last line: all of it, or nothing.
static int import_finish(Import *import)
{
    Office *office = import->office;
    RosterSettled settled = {0};
    int r = 0;

    if (import->errors > IMPORT_ERRORS_MAX)
        text_appendf(&office->reply->err, _("%s: and %" PRIu64 " more errors\n"), office->request->file_name,
                     import->errors - IMPORT_ERRORS_MAX);
    if (import->errors)
        office_refuse(office, EX_DATAERR, _("%s: nothing was imported"), office->request->file_name);
    if (office->reply->exit_code != EX_OK)
        return 0;
    if (import->added || import->changed || import->ended) {
        if (import->kind->is_roster)
            r = roster_settle(office->store, office->now, &settled);
        if (r == 0)
            r = import_audit(import);
        office->commit = office->reply->roster_changed = !import->dry_run;
    }
    if (r < 0)
        return error_trace(r);
    import_summarise(import, &settled);
    return 0;
}

static void import_deinit(Import *import)
{
    if (import->kind->deinit)
        import->kind->deinit(import);
    for (size_t i = 0; i < COLUMNS_MAX; i++)
        free(import->headings[i]);
    seen_deinit(&import->seen);
}

static int import_run(Office *office)
{
    Import import = {
        .office = office,
        .dry_run = options_has(&office->options, "dry-run"),
        .complete = options_has(&office->options, "complete"),
        .force = options_has(&office->options, "force"),
    };
    int r;

    if (office->options.operand_count != 2 || office->request->file < 0)
        return office_refuse(office, EX_USAGE, _("a KIND and a FILE are needed"));
    import.kind = import_find(office->options.operands[0]);
    if (!import.kind)
        return office_refuse(
            office, EX_USAGE,
            _("%s: one of orgs, points, terminals, members, sessions, invitations, attendance"),
            office->options.operands[0]);
    if ((import.complete || import.force) && !import.kind->may_complete)
        return office_refuse(office, EX_USAGE, _("--complete and --force are for members"));
    for (size_t i = 0; i < COLUMNS_MAX; i++)
        import.column_of[i] = -1;
    seen_init(&import.seen);
    r = import_read(&import);
    if (r == 0)
        r = import_finish(&import);
    import_deinit(&import);
    return error_trace(r);
}

const OfficeOperation office_import = {.name = "import", .options = office_import_options, .run = import_run};
