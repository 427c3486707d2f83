// One walk over the sessions of the month notes for each row of attendance on which pages it stands: those of
// its home on that day and of what lies above. A page is made of the rows again, by what `studyday explain`
// is made of, so the two never differ; which figures a row counts in is asked of the functions that count it.
#include "reports/explain_pages.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "reports/explain_column.h"
#include "reports/explain_events.h"
#include "reports/list_scope.h"

#define NO_PAGE (-1)

enum { SESSION, MEMBER, NAME, STATUS, POINT, CREDIT, COUNTS, WHY, EVENTS, COLUMN_COUNT };

static const ReportColumn columns[COLUMN_COUNT] = {
    [SESSION] = {"session", N_("Session"), REPORT_TEXT, REPORT_EVERYWHERE},
    [MEMBER] = {"member", N_("Member"), REPORT_TEXT, REPORT_EVERYWHERE},
    [NAME] = {"name", N_("Name"), REPORT_TEXT, REPORT_EVERYWHERE},
    [STATUS] = {"status", N_("Status"), REPORT_WORD, REPORT_EVERYWHERE},
    [POINT] = {"point", N_("Point"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [CREDIT] = {"credit_minutes", N_("Hours credited"), REPORT_MINUTES, REPORT_EVERYWHERE},
    [COUNTS] = {"counts", N_("Counts in"), REPORT_WORDS, REPORT_EVERYWHERE | REPORT_TAGS},
    [WHY] = {"why", N_("Why"), REPORT_TEXT, REPORT_EVERYWHERE},
    [EVENTS] = {"events", N_("Events"), REPORT_TEXT, REPORT_EVERYWHERE},
};

// The figures that are counted over members at sessions, by home.
static const char *const figures_told[] = {"expected",   "exempt",  "on_site", "present",   "late",
                                           "left_early", "makeup",  "home",    "leave",     "absent",
                                           "unreported", "checked", "passed",  "not_found", "minutes"};
#define FIGURE_COUNT (sizeof(figures_told) / sizeof(figures_told[0]))

typedef struct Entry {
    int32_t page, session, member, area;
} Entry;

typedef struct Page {
    int32_t org; // index in the tree
    size_t first, count;
} Page;

struct ExplainPages {
    Store *store;
    ExplainPagesScope scope;
    OrgTree tree; // of the month
    SessionList sessions;
    OwnPoints *own;   // of the sessions
    int32_t *page_of; // of tree.nodes
    Page *pages;      // while they are counted all that are wanted, then those that are made
    size_t page_count;
    Entry *entries; // by page, member and session
    size_t entry_count, entry_capacity;
    int32_t session; // that is being read
    size_t found;    // the page that was asked for last
};

ExplainPages *explain_pages_close(ExplainPages *pages)
{
    if (!pages)
        return NULL;
    for (size_t i = 0; pages->own && i < pages->sessions.count; i++)
        own_points_deinit(&pages->own[i]);
    free(pages->own);
    session_list_deinit(&pages->sessions);
    org_tree_deinit(&pages->tree);
    free(pages->page_of);
    free(pages->pages);
    free(pages->entries);
    free(pages);
    return NULL;
}

// Orgs that have a row in some report: at most `depth` below one that has a report.
static void find_wanted(ExplainPages *pages, int32_t top)
{
    const OrgNode *nodes = pages->tree.nodes;
    const ExplainPagesScope *scope = &pages->scope;

    pages->page_of = alloc_zero((pages->tree.count + 1) * sizeof(*pages->page_of));
    pages->pages = alloc_zero((pages->tree.count + 1) * sizeof(*pages->pages));
    for (size_t i = 0; i < pages->tree.count; i++)
        pages->page_of[i] = NO_PAGE;
    for (int32_t i = top; i < nodes[top].end; i++) {
        for (int32_t up = i; up >= top && nodes[i].depth - nodes[up].depth <= scope->depth;
             up = nodes[up].parent) {
            if (up != top && !(scope->levels & 1u << nodes[up].level))
                continue;
            pages->page_of[i] = (int32_t)pages->page_count;
            pages->pages[pages->page_count++].org = i;
            break;
        }
    }
}

static void add_entry(ExplainPages *pages, int32_t page, const PairView *pair)
{
    if (pages->pages[page].count++ > EXPLAIN_PAGE_ROWS_MAX)
        return;
    if (pages->entry_count == pages->entry_capacity) {
        pages->entry_capacity = pages->entry_capacity ? 2 * pages->entry_capacity : 256;
        pages->entries = alloc_resize(pages->entries, pages->entry_capacity, sizeof(*pages->entries));
    }
    pages->entries[pages->entry_count++] = (Entry){page, pages->session, (int32_t)pair->member, pair->area};
}

static int take_pair(void *user, const PairView *pair)
{
    ExplainPages *pages = user;
    const OrgTree *tree = &pages->own[pages->session].tree;

    for (int32_t up = org_tree_index(tree, pair->org); up >= 0; up = tree->nodes[up].parent) {
        int32_t index = org_tree_index(&pages->tree, tree->nodes[up].org);
        if (index >= 0 && pages->page_of[index] != NO_PAGE)
            add_entry(pages, pages->page_of[index], pair);
    }
    return 0;
}

static int compare_entries(const void *a, const void *b)
{
    const Entry *x = a, *y = b;

    if (x->page != y->page)
        return x->page < y->page ? -1 : 1;
    if (x->member != y->member)
        return x->member < y->member ? -1 : 1;
    return (x->session > y->session) - (x->session < y->session);
}

// Leaves the pages that are made, each with its range of entries.
static void keep_pages(ExplainPages *pages)
{
    size_t kept = 0, at = 0;

    if (pages->entry_count)
        qsort(pages->entries, pages->entry_count, sizeof(*pages->entries), compare_entries);
    for (size_t p = 0; p < pages->page_count; p++) {
        Page page = pages->pages[p];
        page.first = at;
        while (at < pages->entry_count && pages->entries[at].page == (int32_t)p)
            at++;
        bool made = page.count > 0 && page.count <= EXPLAIN_PAGE_ROWS_MAX;
        pages->page_of[page.org] = made ? (int32_t)kept : NO_PAGE;
        if (made)
            pages->pages[kept++] = page;
    }
    pages->page_count = kept;
}

static int read_sessions(ExplainPages *pages)
{
    int r = query_sessions_month(pages->store, pages->scope.month, &pages->sessions);

    pages->own = alloc_zero((pages->sessions.count + 1) * sizeof(*pages->own));
    for (size_t i = 0; i < pages->sessions.count && r == 0; i++) {
        const SessionRow *session = &pages->sessions.rows[i];
        if (session->rules.starts > pages->scope.now)
            continue;
        pages->session = (int32_t)i;
        r = own_points_load(pages->store, session, &pages->own[i]);
        if (r == 0)
            r = query_pairs(pages->store, session, take_pair, pages);
    }
    return error_trace(r);
}

int explain_pages_open(Store *store, const ExplainPagesScope *scope, ExplainPages **ret_pages)
{
    CLEANUP(cleanup_explain_pages) ExplainPages *pages = alloc_zero(sizeof(*pages));

    *pages = (ExplainPages){.store = store, .scope = *scope};
    int r =
        org_tree_load_span(store, month_first_day(scope->month), month_last_day(scope->month), &pages->tree);
    if (r < 0)
        return error_trace(r);
    int32_t top = org_tree_find(&pages->tree, scope->org);
    if (top >= 0) {
        find_wanted(pages, top);
        r = read_sessions(pages);
        keep_pages(pages);
    }
    if (r < 0)
        return error_trace(r);
    *ret_pages = pages;
    pages = NULL;
    return 0;
}

size_t explain_pages_count(const ExplainPages *pages)
{
    return pages->page_count;
}

// Begins where it found the last one: rows ask in the order of the tree.
bool explain_pages_has(ExplainPages *pages, const char *org)
{
    for (size_t i = 0; i < pages->page_count; i++) {
        size_t at = (pages->found + i) % pages->page_count;
        if (strcmp(pages->tree.nodes[pages->pages[at].org].code, org) == 0) {
            pages->found = at;
            return true;
        }
    }
    return false;
}

bool explain_pages_tell(const char *figure)
{
    for (size_t i = 0; figure && i < FIGURE_COUNT; i++)
        if (strcmp(figures_told[i], figure) == 0)
            return true;
    return false;
}

// ---- one page

typedef struct Making {
    ExplainPages *pages;
    Report *report;
    int32_t session;
    bool names_whole; // as in the lists of members: of a branch
    int64_t sums[FIGURE_COUNT];
} Making;

static void cleanup_member(MemberRow *row)
{
    member_row_deinit(row);
}

/// The figures that the row counts in, and what it adds to each.
static char *counts_in(Making *making, const PairView *pair, bool silent)
{
    Text words = {0};
    Tally tally = {0};
    Figures figures = {0};

    tally_add_attendance(&tally, pair->duty, pair->attendance, +1);
    figures_add_tally(&figures, &tally, silent);
    figures.minutes = tally.minutes;
    for (size_t i = 0; i < FIGURE_COUNT; i++) {
        int64_t value = explain_column_value(explain_column_find(figures_told[i]), &figures);
        making->sums[i] += value;
        if (value)
            text_appendf(&words, "%s%s", words.size ? " " : "", figures_told[i]);
    }
    return words.size ? text_take(&words) : NULL;
}

static ReportCell why_cell(const SessionRow *session, const PairView *pair, bool silent,
                           const ExplainEvents *list)
{
    Reason reasons[EXPLAIN_REASONS_MAX];
    size_t count = explain_attendance(&session->rules, pair->duty, silent, list->facts, list->count, reasons);
    Text text = {0};

    for (size_t i = 0; i < count; i++) {
        text_appendf(&text, "%s[%s] ", i ? " · " : "", reasons[i].rule);
        explain_append_reason(&reasons[i], &text);
    }
    return (ReportCell){.text = text_take(&text)};
}

static ReportCell events_cell(const ExplainEvents *list)
{
    Text text = {0};

    for (size_t i = 0; i < list->count; i++) {
        text_append(&text, i ? " · " : "");
        explain_append_event(&list->events[i], &text);
        if (list->events[i].event.void_terminal) {
            text_append(&text, " – ");
            explain_append_void(&list->events[i], &text);
        }
    }
    return (ReportCell){.text = list->count ? text_take(&text) : NULL};
}

static int make_row(void *user, const PairView *pair)
{
    Making *making = user;
    const SessionRow *session = &making->pages->sessions.rows[making->session];
    bool silent = own_points_silent(&making->pages->own[making->session], pair->org);
    char *counts = counts_in(making, pair, silent);
    CLEANUP(explain_events_deinit) ExplainEvents list = {0};
    CLEANUP(cleanup_member) MemberRow member = {0};

    if (!counts) // a guest of whom no figure knows
        return 0;
    ReportCell *cells = report_row(making->report, 0);
    cells[COUNTS] = (ReportCell){.text = counts};
    int r = query_pair_member(making->pages->store, pair, &member);
    if (r == 0)
        r = query_pair_events(making->pages->store, pair, explain_events_take, &list);
    if (r < 0)
        return error_trace(r);
    Status status = attendance_status_shown(pair->duty, pair->attendance->status, silent);
    explain_events_judge(&list, &session->rules);
    cells[SESSION] = report_text(session->code);
    cells[MEMBER] = report_text(member.code);
    cells[NAME] = list_name_cell(member.name, making->names_whole);
    if (status != STATUS_NOTHING)
        cells[STATUS].word = (ReportWord){status_word(status), status_title(status)};
    cells[POINT] = report_text(pair->point);
    cells[CREDIT] = report_number(pair->attendance->credit);
    cells[WHY] = why_cell(session, pair, silent, &list);
    cells[EVENTS] = events_cell(&list);
    return 0;
}

static bool is_closed(const ExplainPages *pages)
{
    return pages->sessions.count > 0 && pages->sessions.rows[0].closed;
}

static Report *start(const ExplainPages *pages, const OrgNode *org)
{
    CLEANUP(cleanup_text) Text title = {0};
    char month[CLOCK_TEXT_SIZE];

    month_format(pages->scope.month, month);
    text_appendf(&title, _("Behind the figures of %s: %s"), month, org->name);
    Report *report = report_new("explain", text_cstr(&title), "rows", columns, COLUMN_COUNT);
    report_head_text(report, "report", "explain");
    report_head_text(report, "month", month);
    report_head_text(report, "org", org->code);
    if (!is_closed(pages)) // of a closed month the page is the same bytes again
        report->as_of = pages->scope.now;
    report_note(
        report, REPORT_NOTE_DEFINITION,
        _("Each line is a member at a session, with the rules of studyday-rules(7) that decided, and the "
          "events: kind, time, terminal, epoch and number, and who entered it for what reason where it "
          "was the office. `studyday explain --month %s --org %s` says the same."),
        month, org->code);
    return report;
}

static void note_sums(const Making *making)
{
    CLEANUP(cleanup_text) Text sums = {0};

    for (size_t i = 0; i < FIGURE_COUNT; i++)
        if (making->sums[i])
            text_appendf(&sums, "%s%s %lld", sums.size ? " · " : "", figures_told[i],
                         (long long)making->sums[i]);
    report_note(making->report, REPORT_NOTE_ABOUT, _("Together: %s"), text_cstr(&sums));
    if (is_closed(making->pages))
        report_note(
            making->report, REPORT_NOTE_COMPLETENESS, "%s",
            _("This is what is known now. The report of a closed month prints what was stored when it was "
              "closed; `report month --changes` shows the difference."));
}

int explain_pages_make(ExplainPages *pages, size_t index, const char **ret_org, Report **ret_report)
{
    const Page *page = &pages->pages[index];
    const OrgNode *org = &pages->tree.nodes[page->org];
    CLEANUP(cleanup_report) Report *report = start(pages, org);
    Making making = {.pages = pages, .report = report, .names_whole = org->level >= ORG_GENERAL_BRANCH};
    int r = 0;

    for (size_t i = page->first; i < page->first + page->count && r == 0; i++) {
        const Entry *entry = &pages->entries[i];
        MemberRow member = {.member = entry->member, .area = entry->area};
        making.session = entry->session;
        r = query_pair(pages->store, &pages->sessions.rows[entry->session], &member, make_row, &making);
    }
    if (r < 0)
        return error_trace(r);
    note_sums(&making);
    *ret_org = org->code;
    *ret_report = report;
    report = NULL;
    return 0;
}
