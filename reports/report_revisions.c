// One row a revision, by month and number. The rates beside them are read from what each revision stored, so
// that a reader sees what a change came to before asking for the list of differences.
#include "reports/report_revisions.h"

#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/text.h"
#include "core/store/month.h"

enum {
    MONTH,
    REVISION,
    AT,
    WHO,
    WHY,
    CHANGES,
    INCOMPLETE,
    EXPECTED,
    CENTRALISED,
    OVERALL,
    STATE,
    COLUMN_COUNT
};

static const ReportColumn columns[COLUMN_COUNT] = {
    [MONTH] = {"month", N_("Month"), REPORT_TEXT, REPORT_EVERYWHERE},
    [REVISION] = {"revision", N_("Revision"), REPORT_COUNT, REPORT_EVERYWHERE},
    [AT] = {"at", N_("When"), REPORT_TIME, REPORT_EVERYWHERE},
    [WHO] = {"who", N_("Who"), REPORT_TEXT, REPORT_EVERYWHERE},
    [WHY] = {"why", N_("Reason"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_CUT},
    [CHANGES] = {"changes", N_("Changes"), REPORT_COUNT, REPORT_EVERYWHERE},
    [INCOMPLETE] = {"provisional_sessions", N_("Provisional sessions"), REPORT_COUNT,
                    REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [EXPECTED] = {"expected", N_("Expected"), REPORT_COUNT, REPORT_SPREAD},
    [CENTRALISED] = {"centralised_permille", N_("Centralised participation rate"), REPORT_PERMILLE,
                     REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [OVERALL] = {"overall_permille", N_("Overall participation rate"), REPORT_PERMILLE,
                 REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [STATE] = {"state", N_("State of the month"), REPORT_WORD, REPORT_EVERYWHERE | REPORT_IF_ROOM},
};

typedef struct RevisionKey {
    Month month;
    int revision;
} RevisionKey;

typedef struct Revisions {
    Store *store;
    const ReportRequest *request;
    Report *report;
    RevisionKey *keys; // of the rows: the figures are read when the list has been
    size_t count;
    int64_t changes;
    bool org_known;
} Revisions;

static void cleanup_revisions(Revisions *revisions)
{
    free(revisions->keys);
}

static void cleanup_set(FiguresSet *set)
{
    figures_set_deinit(set);
}

static ReportCell rate_cell(int32_t permille)
{
    return report_number(permille == RATE_NULL ? REPORT_NULL : permille);
}

// The rates of the org asked for; unknown where the revision does not know it.
static int fill_rates(Revisions *revisions, const RevisionKey *key, ReportCell *cells)
{
    CLEANUP(cleanup_set) FiguresSet set = {0};
    int32_t org;

    int r = figures_load(revisions->store, key->month, key->revision, &set);
    if (r != 0)
        return r < 0 ? error_trace(r) : error_origin(-EUCLEAN);
    if (report_figures_org(&set, revisions->request->scope.org, &org) != 0)
        return 0;
    revisions->org_known = true;
    cells[EXPECTED] = report_number(set.figures[org].expected);
    cells[CENTRALISED] = rate_cell(figures_centralised(&set.figures[org]));
    cells[OVERALL] = rate_cell(figures_overall(&set.figures[org]));
    return 0;
}

static ReportWord state_word(MonthState state)
{
    return state == MONTH_CLOSED ? (ReportWord){"closed", N_("closed")}
                                 : (ReportWord){"reopened", N_("reopened")};
}

static int add_revision(void *user, const MonthRevision *revision)
{
    Revisions *revisions = user;
    const ReportRequest *request = revisions->request;
    char month[CLOCK_TEXT_SIZE];

    if (request->given != REPORT_TAKES_NOTHING &&
        (revision->month < request->first || revision->month > request->last))
        return 0;
    ReportCell *cells = report_row(revisions->report, 0);
    month_format(revision->month, month);
    cells[MONTH] = report_text(month);
    cells[REVISION] = report_number(revision->revision);
    cells[AT] = report_number(revision->at);
    cells[WHO] = report_text(*revision->who ? revision->who : NULL);
    cells[WHY] = report_text(*revision->why ? revision->why : NULL);
    cells[CHANGES] = report_number(revision->changes);
    cells[INCOMPLETE] = report_number(revision->incomplete);
    cells[STATE].word = state_word(revision->state);
    revisions->changes += revision->changes;
    revisions->keys = alloc_resize(revisions->keys, revisions->count + 1, sizeof(*revisions->keys));
    revisions->keys[revisions->count++] = (RevisionKey){revision->month, revision->revision};
    return 0;
}

static Report *start(const ReportRequest *request)
{
    CLEANUP(cleanup_text) Text title = {0};

    if (request->name)
        text_appendf(&title, _("Revisions of closed months, %s"), request->name);
    else
        text_append(&title, _("Revisions of closed months"));
    Report *report = report_new("revisions", text_cstr(&title), "rows", columns, COLUMN_COUNT);
    report_head_text(report, "report", "revisions");
    if (request->name)
        report_head_text(report, request->given == REPORT_TAKES_YEAR ? "year" : "month", request->name);
    report_head_text(report, "org", request->scope.org);
    report_head_number(report, "definitions", REPORT_DEFINITIONS);
    return report;
}

int report_revisions(Store *store, const ReportRequest *request, Report **ret_report)
{
    CLEANUP(cleanup_report) Report *report = NULL;
    CLEANUP(cleanup_revisions) Revisions revisions = {.store = store, .request = request};

    if (request->given != REPORT_TAKES_NOTHING &&
        zone_day_start(month_first_day(request->first)) > request->scope.now)
        return REPORT_E_FUTURE;
    report = revisions.report = start(request);
    int r = month_each_revision(store, add_revision, &revisions);
    for (size_t i = 0; i < revisions.count && r == 0; i++)
        r = fill_rates(&revisions, &revisions.keys[i], report->rows[i].cells);
    if (r < 0)
        return error_trace(r);
    if (request->scope.org && revisions.count > 0 && !revisions.org_known)
        return REPORT_E_UNKNOWN_ORG;
    report_head_number(report, "revisions", (int64_t)revisions.count);
    report_note(report, REPORT_NOTE_ABOUT, _("Revisions: %zu; changes: %lld"), revisions.count,
                (long long)revisions.changes);
    report_note(report, REPORT_NOTE_DEFINITION, "%s",
                _("Revision 0 is the month as it was first closed. Changes are differences from the revision "
                  "before, of members and of points; `report month --changes --revision N` lists them."));
    *ret_report = report;
    report = NULL;
    return 0;
}
