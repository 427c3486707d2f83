// What an operator asks before and after a study day: which terminals have not been heard of, which clocks
// are wrong, where numbers are missing. It says what the database knows, so that it also answers when no
// collector runs; who is connected at this moment is told by `studyday status`.
#include "reports/report_terminals.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "reports/list_scope.h"

enum {
    ORG,
    ORG_NAME,
    POINT,
    POINT_NAME,
    TERMINAL,
    AREA,
    STATE,
    FLAGS,
    LAST_EVENT,
    MISSING,
    AHEAD,
    CLOCK_AHEAD,
    UNSET,
    QUARANTINED,
    ENROLLED,
    REVOKED,
    COLUMN_COUNT
};

static const ReportColumn columns[COLUMN_COUNT] = {
    [ORG] = {"org", N_("Organisation"), REPORT_TEXT, REPORT_EVERYWHERE},
    [ORG_NAME] = {"org_name", N_("Name of the organisation"), REPORT_TEXT,
                  REPORT_EVERYWHERE | REPORT_CUT | REPORT_IF_ROOM},
    [POINT] = {"point", N_("Point"), REPORT_TEXT, REPORT_EVERYWHERE},
    [POINT_NAME] = {"point_name", N_("Name of the point"), REPORT_TEXT,
                    REPORT_EVERYWHERE | REPORT_CUT | REPORT_IF_ROOM},
    [TERMINAL] = {"terminal", N_("Terminal"), REPORT_TEXT, REPORT_EVERYWHERE},
    [AREA] = {"area", N_("Area"), REPORT_TEXT, REPORT_SPREAD},
    [STATE] = {"state", N_("State"), REPORT_WORD, REPORT_EVERYWHERE},
    [FLAGS] = {"flags", N_("Remarks"), REPORT_WORDS, REPORT_EVERYWHERE},
    [LAST_EVENT] = {"last_event", N_("Last event"), REPORT_TIME, REPORT_EVERYWHERE},
    [MISSING] = {"missing", N_("Missing numbers"), REPORT_COUNT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [AHEAD] = {"waiting", N_("Events behind a gap"), REPORT_COUNT, REPORT_SPREAD},
    [CLOCK_AHEAD] = {"clock_ahead_seconds", N_("Clock ahead, seconds"), REPORT_COUNT,
                     REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [UNSET] = {"clock_unset", N_("Events without a clock"), REPORT_COUNT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [QUARANTINED] = {"quarantined", N_("In quarantine"), REPORT_COUNT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [ENROLLED] = {"enrolled_at", N_("Enrolled"), REPORT_TIME, REPORT_SPREAD},
    [REVOKED] = {"revoked_at", N_("Revoked"), REPORT_TIME, REPORT_SPREAD},
};

// What is counted under the title; a terminal may be several of them.
typedef enum Concern { GAP, CLOCK, QUARANTINE, NEVER, NO_KEY, REVOKED_KEY, CONCERN_COUNT } Concern;
static const char *const concern_words[CONCERN_COUNT] = {
    [GAP] = "gap",     [CLOCK] = "clock",   [QUARANTINE] = "quarantine",
    [NEVER] = "never", [NO_KEY] = "no-key", [REVOKED_KEY] = "revoked"};

typedef struct Listed {
    ListTerminal terminal; // point_name owned
    int32_t host;          // in the tree, -1: at no point of it
} Listed;

typedef struct Terminals {
    ListScope scope;
    bool whole; // also those at no point
    Listed *listed;
    size_t count, capacity;
    int64_t concerns[CONCERN_COUNT];
} Terminals;

static void cleanup_terminals(Terminals *terminals)
{
    for (size_t i = 0; i < terminals->count; i++)
        free(terminals->listed[i].terminal.point_name);
    free(terminals->listed);
    list_scope_deinit(&terminals->scope);
}

static int take_terminal(void *user, const ListTerminal *terminal)
{
    Terminals *terminals = user;
    int32_t host = terminal->org ? list_scope_index(&terminals->scope, terminal->org) : -1;

    if (host < 0 && !terminals->whole)
        return 0;
    if (terminals->count == terminals->capacity) {
        terminals->capacity = terminals->capacity ? 2 * terminals->capacity : 64;
        terminals->listed = alloc_resize(terminals->listed, terminals->capacity, sizeof(*terminals->listed));
    }
    Listed *listed = &terminals->listed[terminals->count++];
    *listed = (Listed){*terminal, host};
    listed->terminal.point_name = terminal->point_name ? alloc_string(terminal->point_name) : NULL;
    return 0;
}

// By host in the order of the tree, those of no point last; then by point and name.
static int compare_listed(const void *a, const void *b)
{
    const Listed *x = a, *y = b;
    uint32_t x_host = (uint32_t)x->host, y_host = (uint32_t)y->host; // -1 is the greatest

    if (x_host != y_host)
        return x_host < y_host ? -1 : 1;
    int order = strcmp(x->terminal.point_code, y->terminal.point_code);
    return order ? order : strcmp(x->terminal.name, y->terminal.name);
}

static ReportWord state_word(const ListTerminal *terminal)
{
    if (terminal->revoked_at != TIME_NONE)
        return (ReportWord){"revoked", N_("revoked")};
    if (terminal->has_key)
        return (ReportWord){"enrolled", N_("enrolled")};
    return (ReportWord){"registered", N_("registered, no key")};
}

static bool has_concern(const ListTerminal *terminal, Concern concern)
{
    bool revoked = terminal->revoked_at != TIME_NONE;

    switch (concern) {
    case GAP:
        return terminal->missing > 0;
    case CLOCK:
        return terminal->unset > 0 || terminal->clock_ahead > 0;
    case QUARANTINE:
        return terminal->quarantined > 0;
    case NEVER:
        return terminal->last_event == TIME_NONE && !revoked;
    case NO_KEY:
        return !terminal->has_key && !revoked;
    case REVOKED_KEY:
        return revoked;
    case CONCERN_COUNT:
        break;
    }
    return false;
}

static ReportCell concerns_cell(Terminals *terminals, const ListTerminal *terminal)
{
    Text words = {0};

    for (int i = 0; i < CONCERN_COUNT; i++) {
        if (!has_concern(terminal, (Concern)i))
            continue;
        terminals->concerns[i]++;
        text_appendf(&words, "%s%s", words.size ? " " : "", concern_words[i]);
    }
    ReportCell cell = report_text(text_cstr(&words));
    text_deinit(&words);
    return cell;
}

static ReportCell time_cell(Time time)
{
    return report_number(time == TIME_NONE ? REPORT_NULL : time);
}

static void add_row(Terminals *terminals, const Listed *listed, Report *report)
{
    const ListTerminal *terminal = &listed->terminal;
    const OrgNode *host = listed->host < 0 ? NULL : &terminals->scope.tree.nodes[listed->host];
    ReportCell *cells = report_row(report, 0);

    cells[ORG] = report_text(host ? host->code : NULL);
    cells[ORG_NAME] = report_text(host ? host->name : NULL);
    cells[POINT] = report_text(*terminal->point_code ? terminal->point_code : NULL);
    cells[POINT_NAME] = report_text(terminal->point_name);
    cells[TERMINAL] = report_text(terminal->name);
    cells[AREA] = report_text(terminal->area);
    cells[STATE].word = state_word(terminal);
    cells[FLAGS] = concerns_cell(terminals, terminal);
    cells[LAST_EVENT] = time_cell(terminal->last_event);
    cells[MISSING] = report_number(terminal->missing);
    cells[AHEAD] = report_number(terminal->ahead);
    if (terminal->recent) {
        cells[CLOCK_AHEAD] = report_number(terminal->clock_ahead);
        cells[UNSET] = report_number(terminal->unset);
    }
    cells[QUARANTINED] = report_number(terminal->quarantined);
    cells[ENROLLED] = time_cell(terminal->enrolled_at);
    cells[REVOKED] = time_cell(terminal->revoked_at);
}

static void describe(const Terminals *terminals, int64_t elsewhere, Report *report)
{
    static const char *const keys[CONCERN_COUNT] = {
        [GAP] = "gaps",    [CLOCK] = "clocks",  [QUARANTINE] = "quarantine",
        [NEVER] = "never", [NO_KEY] = "no_key", [REVOKED_KEY] = "revoked"};
    const int64_t *concerns = terminals->concerns;

    report_head_number(report, "terminals", (int64_t)terminals->count);
    for (int i = 0; i < CONCERN_COUNT; i++)
        report_head_number(report, keys[i], concerns[i]);
    report_note(report, REPORT_NOTE_ABOUT,
                _("Terminals: %zu; never heard of: %lld; with missing numbers: %lld; with a doubtful clock: "
                  "%lld; with something in quarantine: %lld; without a key: %lld; revoked: %lld"),
                terminals->count, (long long)concerns[NEVER], (long long)concerns[GAP],
                (long long)concerns[CLOCK], (long long)concerns[QUARANTINE], (long long)concerns[NO_KEY],
                (long long)concerns[REVOKED_KEY]);
    if (terminals->whole && elsewhere > 0)
        report_note(report, REPORT_NOTE_COMPLETENESS,
                    _("In quarantine, of no terminal of the register: %lld. See `studyday quarantine list`."),
                    (long long)elsewhere);
    report_note(
        report, REPORT_NOTE_DEFINITION, "%s",
        _("Missing numbers: numbers below the highest that has arrived; the terminal sends them when it "
          "comes back, and until then its sessions are provisional."));
    report_note(
        report, REPORT_NOTE_DEFINITION,
        _("The clock is judged by the last events, at most %d: one that claims to be later than it was "
          "received shows a clock that is ahead; without a clock are those recorded before the terminal "
          "knew the time. A clock that is behind cannot be told from a message that was long under way."),
        LIST_RECENT_MAX);
}

static Report *start(const Terminals *terminals, const ReportRequest *request)
{
    CLEANUP(cleanup_text) Text title = {0};

    text_appendf(&title, _("Terminals: %s"), list_scope_name(&terminals->scope));
    Report *report = report_new("terminals", text_cstr(&title), "rows", columns, COLUMN_COUNT);
    report_head_text(report, "report", "terminals");
    report_head_text(report, "org", list_scope_code(&terminals->scope));
    report->as_of = request->scope.now;
    return report;
}

int report_terminals(Store *store, const ReportRequest *request, Report **ret_report)
{
    CLEANUP(cleanup_terminals) Terminals terminals = {.whole = !request->scope.org};
    int64_t elsewhere = 0;

    int r = list_scope_load(store, zone_date(request->scope.now), request->scope.org, &terminals.scope);
    if (r > 0)
        return r == REPORT_E_NO_ORGS ? REPORT_E_NO_ORGS : REPORT_E_UNKNOWN_ORG;
    if (r == 0)
        r = lists_terminals(store, take_terminal, &terminals);
    if (r == 0)
        r = lists_quarantined_elsewhere(store, &elsewhere);
    if (r < 0)
        return error_trace(r);
    if (terminals.count)
        qsort(terminals.listed, terminals.count, sizeof(*terminals.listed), compare_listed);
    Report *report = start(&terminals, request);
    for (size_t i = 0; i < terminals.count; i++)
        add_row(&terminals, &terminals.listed[i], report);
    describe(&terminals, elsewhere, report);
    *ret_report = report;
    return 0;
}
