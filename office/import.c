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
#include <unistd.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/digest.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/i18n.h"
#include "office/detail.h"
#include "office/sheet.h"
#include "reports/render.h"

#define IMPORT_DIGEST_MAX ((size_t)1 << 30) // bytes: ten cities' members; a larger file goes without a digest
#define IMPORT_HEADING_SHOWN 64             // bytes of a heading that nobody knows

const ProgramOption office_import_options[] = {
    {"dry-run", 'n', NULL, N_("say what would change, and change nothing")},
    {"verbose", 'v', NULL, N_("list every change, not only the first ones of each kind")},
    {"format", 'f', "FORMAT", N_("the changes as text, csv, json or jsonl (default: text)")},
    {"complete", 0, NULL, N_("members: who is not named has left")},
    {"from", 0, "DATE", N_("orgs: lines without a day of their own are true from this day on")},
    {"force", 0, NULL, N_("members: also when more than 5 per cent of a county's members would end")},
    {"session", 0, "SESSION", N_("online: the session that the course is")},
    {"course", 0, "TITLE", N_("online: lines of this course only")},
    {"map", 0, "LIST", N_("online: headings of the file, as HEADING=COLUMN;…")},
    {"batch", 0, "CODE", N_("online: number of the batch (default: online-SESSION)")},
    {0},
};

static const ImportKind *const kinds[] = {
    &import_orgs,     &import_points,      &import_terminals,  &import_members,
    &import_sessions, &import_invitations, &import_attendance, &import_online,
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

void import_error_before_at(Import *import, uint64_t line, size_t column, Date date, Date begins)
{
    char day[CLOCK_TEXT_SIZE], begin[CLOCK_TEXT_SIZE];

    date_format(date, day);
    date_format(begins, begin);
    import_error_at(import, line, column, _("%s is before %s, the day it begins"), day, begin);
}

void import_error_before(Import *import, size_t column, Date date, Date begins)
{
    import_error_before_at(import, import->line, column, date, begins);
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
        if (kind->named ? !kind->named(import, i, heading) : !column_is_named(&kind->columns[i], heading))
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
    if (!kind->is_export)
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

// A form that we printed may have its title above the table: lines in which nothing is called like a column.
static bool import_is_title(const Import *import, const SheetRow *row)
{
    for (size_t cell = 0; cell < row->count; cell++)
        for (size_t i = 0; i < import->kind->column_count; i++)
            if (column_is_named(&import->kind->columns[i], row->cells[cell]))
                return false;
    return true;
}

// And it has sentences below its table, each in the first cell.
static bool import_is_footer(const SheetRow *row)
{
    for (size_t i = 1; i < row->count; i++)
        if (row->sizes[i])
            return false;
    return true;
}

// Empty cells at the end of a line may be missing.
static const SheetRow *import_pad(const Import *import, const SheetRow *row, SheetRow *padded)
{
    *padded = *row;
    for (; padded->count < import->width; padded->count++) {
        padded->cells[padded->count] = "";
        padded->sizes[padded->count] = 0;
    }
    return padded;
}

static int import_on_row(void *user, const SheetRow *row)
{
    _Alignas(max_align_t) unsigned char line[IMPORT_LINE_SIZE];
    Import *import = user;
    SheetRow padded;

    import->line = row->line;
    if (!import->width) {
        if (!import->kind->footed || !import_is_title(import, row))
            import_read_header(import, row);
        return 0;
    }
    if (import->header_bad)
        return 0;
    if (import->kind->footed && import_is_footer(row))
        return 0;
    if (import->kind->footed)
        row = import_pad(import, row, &padded);
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

    if (r < 0 || import->office->reply->exit_code != EX_OK)
        return error_trace(r);
    r = sheet_read(import->office->request->file, import_on_row, import, &problem);
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

// The same as a report, for --format.
static int import_report(Import *import, const RosterSettled *settled)
{
    const char *file = import->office->request->file_name;
    CLEANUP(cleanup_report) Report *report = import_changes_report(&import->changes, file);

    report_head_text(report, "import", import->kind->name);
    report_head_text(report, "file", file);
    report_head_bool(report, "dry_run", import->dry_run);
    report_head_number(report, "added", import->added);
    report_head_number(report, "changed", import->changed);
    report_head_number(report, "unchanged", import->same);
    report_head_number(report, "ended", import->ended);
    report_head_number(report, "unparked", settled->unparked);
    report_head_number(report, "attendances", settled->attendances);
    int r = import->renderer->render(report, &(RenderOptions){0}, &import->office->reply->out);
    if (r == 0 && !import->renderer->binary && import->office->reply->out.size &&
        text_cstr(&import->office->reply->out)[import->office->reply->out.size - 1] != '\n')
        text_append_char(&import->office->reply->out, '\n');
    return error_trace(r);
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
    if (!import->dry_run && !import->verbose)
        return;
    import_changes_append(&import->changes, out);
    if (settled->attendances)
        text_appendf(out, _("attendance rows that change: %" PRId64 "\n"), settled->attendances);
}

// Of the file as it lies there: with it, whoever kept the file can show what was imported.
static int import_digest(const Import *import, char ret_hex[static DIGEST_HEX_SIZE])
{
    CLEANUP(cleanup_text) Text bytes = {0};
    uint8_t digest[DIGEST_SIZE];

    if (lseek(import->office->request->file, 0, SEEK_SET) < 0)
        return error_origin(-errno);
    int r = file_read_fd(import->office->request->file, IMPORT_DIGEST_MAX, &bytes);
    if (r < 0)
        return error_trace(r);
    if (r > 0) {
        *ret_hex = '\0';
        return 0;
    }
    digest_sha256(&(DigestPart){bytes.data, bytes.size}, 1, digest);
    hex_encode(digest, sizeof(digest), ret_hex);
    return 0;
}

static int import_audit(Import *import)
{
    CLEANUP(cleanup_text) Text was = {0};
    CLEANUP(cleanup_text) Text is = {0};
    char action[32], digest[DIGEST_HEX_SIZE];
    int r = import_digest(import, digest);

    if (r < 0)
        return error_trace(r);
    snprintf(action, sizeof(action), "import-%s", import->kind->name);
    detail_number(&is, "added", import->added);
    detail_number(&is, "changed", import->changed);
    detail_bool(&is, "complete", import->complete);
    detail_number(&is, "ended", import->ended);
    detail_bool(&is, "force", import->force);
    detail_number(&is, "same", import->same);
    detail_text(&is, "sha256", *digest ? digest : NULL);
    return error_trace(
        detail_audit(import->office, action, import->office->request->file_name, "", &was, &is));
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
    if (import->renderer)
        return error_trace(import_report(import, &settled));
    import_summarise(import, &settled);
    return 0;
}

static void import_deinit(Import *import)
{
    if (import->kind->deinit)
        import->kind->deinit(import);
    import_changes_deinit(&import->changes);
    for (size_t i = 0; i < COLUMNS_MAX; i++)
        free(import->headings[i]);
    seen_deinit(&import->seen);
}

// False after having said what is wrong with --from.
static bool import_take_from(Import *import)
{
    const char *from = options_get(&import->office->options, "from");

    import->from = DATE_NONE;
    if (!from)
        return true;
    if (!import->kind->may_from)
        office_refuse(import->office, EX_USAGE, _("--from is for orgs"));
    else if (!date_parse(from, &import->from))
        office_refuse(import->office, EX_USAGE, _("--from %s: a date is YYYY-MM-DD, of a day that exists"),
                      from);
    else
        return true;
    return false;
}

// False after having said that there is no such form.
static bool import_take_format(Import *import)
{
    const char *format = options_get(&import->office->options, "format");
    CLEANUP(cleanup_text) Text names = {0};

    if (!format || strcmp(format, "text") == 0)
        return true;
    import->renderer = render_find(format);
    if (import->renderer && !import->renderer->binary)
        return true;
    render_append_names(&names);
    office_refuse(import->office, EX_USAGE, _("format %s: one of %s"), format, text_cstr(&names));
    return false;
}

int import_run_kind(Office *office, const ImportKind *kind)
{
    Import import = {
        .office = office,
        .kind = kind,
        .dry_run = options_has(&office->options, "dry-run"),
        .complete = options_has(&office->options, "complete"),
        .force = options_has(&office->options, "force"),
        .verbose = options_has(&office->options, "verbose"),
    };
    int r;

    if ((import.complete || import.force) && !import.kind->may_complete)
        return office_refuse(office, EX_USAGE, _("--complete and --force are for members"));
    if (!kind->is_export &&
        (options_has(&office->options, "session") || options_has(&office->options, "course") ||
         options_has(&office->options, "map") || options_has(&office->options, "batch")))
        return office_refuse(office, EX_USAGE, _("--session, --course, --map and --batch are for online"));
    if (!import_take_from(&import) || !import_take_format(&import))
        return 0;
    for (size_t i = 0; i < COLUMNS_MAX; i++)
        import.column_of[i] = -1;
    seen_init(&import.seen);
    import.changes.all = import.verbose || import.renderer;
    roster_watch(office->store, import_changes_note, &import.changes);
    r = import_read(&import);
    if (r == 0)
        r = import_finish(&import);
    roster_watch(office->store, NULL, NULL);
    import_deinit(&import);
    return error_trace(r);
}

static int import_run(Office *office)
{
    const ImportKind *kind;

    if (office->options.operand_count != 2 || office->request->file < 0)
        return office_refuse(office, EX_USAGE, _("a KIND and a FILE are needed"));
    kind = import_find(office->options.operands[0]);
    if (!kind)
        return office_refuse(
            office, EX_USAGE,
            _("%s: one of orgs, points, terminals, members, sessions, invitations, attendance, online"),
            office->options.operands[0]);
    return error_trace(import_run_kind(office, kind));
}

const OfficeOperation office_import = {.name = "import", .options = office_import_options, .run = import_run};
