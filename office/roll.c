// roll print|enter|import|close|reopen: paper for points without their terminal, and its way back into the
// record.
//
// Printing registers who stands on which line; the same lines again are the same roll, so that a second copy
// does no harm. Entering takes lines as they are keyed in, importing takes them as a table; both end in the
// batch that is called like the roll, all or nothing.
#include "office/roll.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/i18n.h"
#include "core/store/expected.h"
#include "office/detail.h"
#include "office/import.h"

#define ENTER_SIZE_MAX ((size_t)1024 * 1024) // 9,999 lines of a hundred bytes

const ProgramOption office_roll_options[] = {
    {"session", 0, "SESSION", N_("print: for this session; list: of this one only")},
    {"point", 0, "POINT", N_("print: for this point (default: every point, with --out-dir)")},
    {"out-dir", 0, "DIR", N_("print: a file for each point, in this folder")},
    {"why", 0, "TEXT",
     N_("enter, import: the reason, where lines are corrected that were entered before; reopen: why")},
    {"nil", 0, NULL, N_("close: nobody signed")},
    {"dry-run", 'n', NULL, N_("all but print: say what would change, and change nothing")},
    {"format", 'f', "FORMAT",
     N_("print, show, list: text, csv, json, jsonl, xlsx, html or pdf (default: text)")},
    {"output", 'o', "FILE", N_("print, show: write into FILE instead of standard output")},
    {"force", 0, NULL, N_("write over files if they exist")},
    {0},
};

typedef struct RollPrint {
    Office *office;
    const char *point; // NULL: all
    SessionList sessions;
    OrgTree tree;
    SessionPoint *points;
    size_t point_count;
    ExpectedMember *members;
    size_t member_count;
    int64_t *lines; // members of one point, by code
    int64_t rolls, added;
} RollPrint;

static void print_deinit(RollPrint *print)
{
    session_list_deinit(&print->sessions);
    org_tree_deinit(&print->tree);
    free(print->points);
    free(print->members);
    free(print->lines);
}

static int print_load(RollPrint *print, const char *session)
{
    Store *store = print->office->store;
    int r = query_session(store, session, &print->sessions);

    if (r == QUERY_E_UNKNOWN)
        return office_refuse(print->office, EX_DATAERR, _("there is no session %s"), session);
    if (r == 0)
        r = org_tree_load(store, print->sessions.rows[0].date, &print->tree);
    if (r == 0)
        r = query_session_points(store, &print->sessions.rows[0], &print->tree, &print->points,
                                 &print->point_count);
    if (r == 0)
        r = query_expected(store, &print->sessions.rows[0], &print->tree, print->points, print->point_count,
                           &print->members, &print->member_count);
    print->lines = alloc_resize(NULL, print->member_count + 1, sizeof(*print->lines));
    return error_trace(r);
}

static int compare_points(const void *a, const void *b)
{
    const ExpectedMember *x = a, *y = b;

    if (x->point != y->point)
        return x->point < y->point ? -1 : 1;
    return strcmp(x->code, y->code);
}

// The members whose own point it is, in order of code; the members are sorted by point.
static size_t print_lines(RollPrint *print, int32_t point)
{
    size_t low = 0, high = print->member_count, count = 0;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (print->members[middle].point < point)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < print->member_count && print->members[low].point == point; low++)
        print->lines[count++] = print->members[low].member;
    return count;
}

static int print_point(RollPrint *print, const SessionPoint *point)
{
    Office *office = print->office;
    const SessionRow *session = &print->sessions.rows[0];
    size_t count = print_lines(print, point->point);
    char code[ROLL_CODE_SIZE];
    int64_t number = 0;

    if (count == 0)
        return 0; // nobody's own point: there is nobody to print
    if (count > ROLL_LINES_MAX)
        return office_refuse(office, EX_DATAERR, _("point %s has %zu members, a roll at most %d lines"),
                             point->code, count, ROLL_LINES_MAX);
    int r = roll_find(office->store, session->session, point->point, print->lines, count, &number);
    if (r == ROLL_E_UNKNOWN) {
        r = roll_add(office->store, session->session, point->point, print->lines, count, office->now,
                     office->request->actor, &number);
        print->added++;
        office->commit = true;
    }
    if (r < 0)
        return error_trace(r);
    print->rolls++;
    roll_format_code(number, code);
    text_appendf(&office->reply->out, "%s %s\n", code, point->code);
    return 0;
}

static int print_note(RollPrint *print)
{
    CLEANUP(cleanup_text) Text before = {0}, after = {0};

    detail_text(&after, "point", print->point);
    detail_number(&after, "rolls", print->added);
    return error_trace(
        detail_audit(print->office, "roll-print", print->sessions.rows[0].code, "", &before, &after));
}

static int print_all(RollPrint *print)
{
    Office *office = print->office;
    const char *session = options_get(&office->options, "session");
    int r = print_load(print, session);

    if (r < 0 || office->reply->exit_code != EX_OK)
        return error_trace(r);
    if (print->member_count)
        qsort(print->members, print->member_count, sizeof(*print->members), compare_points);
    bool known = !print->point;
    for (size_t i = 0; i < print->point_count && r == 0; i++) {
        if (print->point && strcmp(print->points[i].code, print->point) != 0)
            continue;
        known = true;
        r = print_point(print, &print->points[i]);
    }
    if (r < 0 || office->reply->exit_code != EX_OK)
        return error_trace(r);
    if (!known)
        return office_refuse(office, EX_DATAERR, _("no point %s takes part in session %s"), print->point,
                             session);
    if (!print->rolls)
        return office_refuse(office, EX_DATAERR, _("nobody who is expected has an own point there"));
    return print->added ? error_trace(print_note(print)) : 0;
}

static int roll_print(Office *office)
{
    RollPrint print = {.office = office, .point = options_get(&office->options, "point")};

    if (!options_has(&office->options, "session"))
        return office_refuse(office, EX_USAGE, _("--session is needed: of which session?"));
    int r = print_all(&print);
    print_deinit(&print);
    return error_trace(r);
}

typedef struct RollEnter {
    RollBook book;
    uint64_t line;                      // of the input
    uint32_t first[ROLL_LINES_MAX + 1]; // where a line of the roll stood first in the input
    int64_t counts[ROLL_CORRECTED + 1], errors;
} RollEnter;

static void enter_error(RollEnter *enter, const RollProblem *problem)
{
    const OfficeRequest *request = enter->book.office->request;

    text_appendf(&enter->book.office->reply->err, "%s:%" PRIu64 ": %s: %s\n",
                 request->file_name ? request->file_name : "-", enter->line, problem->field, problem->reason);
    enter->errors++;
}

static int enter_line(RollEnter *enter, char *text)
{
    RollStated stated;
    RollProblem problem;
    RollOutcome outcome = ROLL_SAME;

    roll_line_parse(text, &stated, &problem);
    if (!problem.field && enter->first[stated.line]) {
        problem.field = "line";
        snprintf(problem.reason, sizeof(problem.reason), _("stands in line %u already"),
                 (unsigned)enter->first[stated.line]);
    }
    if (!problem.field) {
        enter->first[stated.line] = (uint32_t)enter->line;
        int r = roll_book_enter(&enter->book, &stated, &outcome, &problem);
        if (r < 0)
            return error_trace(r);
    }
    if (problem.field)
        enter_error(enter, &problem);
    else
        enter->counts[outcome]++;
    return 0;
}

// UTF-8 without control characters, line by line, so that an error can repeat what it is about.
static bool is_clean(const Text *text)
{
    const char *line = text_cstr(text), *end = line + text->size;

    while (line < end) {
        const char *next = memchr(line, '\n', (size_t)(end - line));
        size_t size = (size_t)((next ? next : end) - line);
        for (size_t i = 0; i < size; i++)
            if (line[i] == '\0')
                return false;
        if (size && line[size - 1] == '\r')
            size--;
        for (size_t part; size; size -= part, line += part) { // tabs are blanks
            const char *tab = memchr(line, '\t', size);
            part = tab ? (size_t)(tab - line) + 1 : size;
            if (!text_is_clean(line, tab ? part - 1 : part))
                return false;
        }
        line = next ? next + 1 : end;
    }
    return true;
}

// Lines end with LF or CRLF; empty ones and those that begin with # say nothing.
static int enter_lines(RollEnter *enter, char *text)
{
    int r = 0;

    for (char *line = text, *next; line && r == 0; line = next) {
        enter->line++;
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        size_t size = strlen(line);
        if (size && line[size - 1] == '\r')
            line[size - 1] = '\0';
        line += strspn(line, " \t");
        if (*line && *line != '#')
            r = enter_line(enter, line);
    }
    return error_trace(r);
}

static int enter_note(RollEnter *enter)
{
    Office *office = enter->book.office;
    CLEANUP(cleanup_text) Text before = {0}, after = {0};

    detail_number(&after, "added", enter->counts[ROLL_ADDED]);
    detail_number(&after, "corrected", enter->counts[ROLL_CORRECTED]);
    detail_text(&after, "session", enter->book.session->code);
    const char *why = options_get(&office->options, "why");
    return error_trace(detail_audit(office, "roll-enter", enter->book.code, why ? why : "", &before, &after));
}

static int enter_finish(RollEnter *enter)
{
    Office *office = enter->book.office;
    bool dry_run = options_has(&office->options, "dry-run");

    if (enter->errors)
        return office_refuse(office, EX_DATAERR, _("roll %s: nothing was entered"), enter->book.code);
    if (enter->counts[ROLL_ADDED] || enter->counts[ROLL_CORRECTED]) {
        int r = enter_note(enter);
        if (r < 0)
            return error_trace(r);
        office->commit = !dry_run;
    }
    text_appendf(&office->reply->out,
                 _("roll %s: %" PRId64 " lines added, %" PRId64 " corrected, %" PRId64 " unchanged%s\n"),
                 enter->book.code, enter->counts[ROLL_ADDED], enter->counts[ROLL_CORRECTED],
                 enter->counts[ROLL_SAME], dry_run ? _(" (dry run: nothing was written)") : "");
    return 0;
}

static int enter_run(RollEnter *enter, Office *office)
{
    const char *name = office->options.operands[1];
    CLEANUP(cleanup_text) Text text = {0};
    int64_t number;
    int r = roll_parse_code(name, &number) ? roll_book_open(&enter->book, office, number) : ROLL_E_UNKNOWN;

    if (r == ROLL_E_UNKNOWN)
        return office_refuse(office, EX_DATAERR, _("there is no roll %s"), name);
    if (r < 0)
        return error_trace(r);
    r = file_read_fd(office->request->file, ENTER_SIZE_MAX, &text);
    if (r == FILE_E_TOO_LARGE)
        return office_refuse(office, EX_DATAERR, _("more than a roll can have"));
    if (r < 0)
        return error_trace(r);
    if (!is_clean(&text))
        return office_refuse(office, EX_DATAERR, _("the lines are not plain UTF-8 text"));
    r = text.data ? enter_lines(enter, text.data) : 0;
    return r < 0 ? error_trace(r) : error_trace(enter_finish(enter));
}

static int roll_enter(Office *office)
{
    CLEANUP(cleanup_free) RollEnter *enter = NULL;
    const char *why = options_get(&office->options, "why");

    if (office->request->file < 0)
        return office_refuse(office, EX_USAGE, _("the lines come in a file, or on standard input"));
    if (why && !office_why(office))
        return 0;
    enter = alloc_zero(sizeof(*enter));
    int r = enter_run(enter, office);
    roll_book_close(&enter->book);
    return error_trace(r);
}

static int roll_run(Office *office)
{
    const Options *options = &office->options;
    const char *verb = options->operand_count > 0 ? options->operands[0] : "";

    if (options->operand_count == 1 && strcmp(verb, "print") == 0)
        return roll_print(office);
    if ((options->operand_count == 2 || options->operand_count == 3) && strcmp(verb, "enter") == 0)
        return roll_enter(office);
    if (options->operand_count == 2 && (strcmp(verb, "close") == 0 || strcmp(verb, "reopen") == 0))
        return error_trace(roll_close_run(office, strcmp(verb, "close") == 0));
    if (options->operand_count != 2 || strcmp(verb, "import") != 0 || office->request->file < 0)
        return office_refuse(
            office, EX_USAGE,
            _("print, enter ROLL [FILE], import FILE, close ROLL, reopen ROLL, show ROLL or list"));
    if (options_has(options, "why") && !office_why(office))
        return 0;
    return error_trace(import_run_kind(office, &import_rolls));
}

const OfficeOperation office_roll = {.name = "roll", .options = office_roll_options, .run = roll_run};
