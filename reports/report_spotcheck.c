// One spot-check as a list to go by, and the list of spot-checks. Whoever checks goes from point to point, so
// the rows are by point. What was found is read from the attendance rows each time.
#include "reports/report_spotcheck.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/text.h"

enum { POINT, MEMBER, NAME, ORG, RESULT, SCORE, STATUS, DISCREPANCY, COLUMN_COUNT };

static const ReportColumn columns[COLUMN_COUNT] = {
    [POINT] = {"point", N_("Point"), REPORT_TEXT, REPORT_EVERYWHERE},
    [MEMBER] = {"member", N_("Member"), REPORT_TEXT, REPORT_EVERYWHERE},
    [NAME] = {"name", N_("Name"), REPORT_TEXT, REPORT_EVERYWHERE},
    [ORG] = {"org", N_("Organisation"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [RESULT] = {"result", N_("Result"), REPORT_WORD, REPORT_EVERYWHERE},
    [SCORE] = {"score", N_("Score"), REPORT_COUNT, REPORT_EVERYWHERE},
    [STATUS] = {"status", N_("Recorded"), REPORT_WORD, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [DISCREPANCY] = {"discrepancy", N_("Discrepancy"), REPORT_COUNT, REPORT_SPREAD},
};

typedef struct Show {
    Store *store;
    bool dry_run;
    Report *report;
    int64_t counts[SPOTCHECK_RESULT_COUNT], discrepancies;
} Show;

static int show_member(void *user, const SpotcheckMember *member)
{
    Show *show = user;
    ReportCell *cells = report_row(show->report, 0);

    cells[POINT] = report_text(*member->point ? member->point : NULL);
    cells[MEMBER] = report_text(member->code);
    cells[NAME] = report_text(member->name);
    cells[ORG] = report_text(*member->org ? member->org : NULL);
    cells[RESULT].word =
        (ReportWord){spotcheck_result_word(member->result), spotcheck_result_title(member->result)};
    if (member->score >= 0)
        cells[SCORE] = report_number(member->score);
    if (member->status != STATUS_NOTHING)
        cells[STATUS].word = (ReportWord){status_word(member->status), status_title(member->status)};
    cells[DISCREPANCY] = report_number(member->discrepancy);
    show->counts[member->result]++;
    show->discrepancies += member->discrepancy;
    return 0;
}

static const char *text_of(const ReportCell *cell)
{
    return cell->text ? cell->text : "";
}

// By point; the members of a point come by code already, but qsort() does not keep them so.
static int compare_rows(const void *a, const void *b)
{
    const ReportCell *x = ((const ReportRow *)a)->cells, *y = ((const ReportRow *)b)->cells;
    int order = strcmp(text_of(&x[POINT]), text_of(&y[POINT]));

    return order ? order : strcmp(text_of(&x[MEMBER]), text_of(&y[MEMBER]));
}

static void show_heads(Report *report, const Spotcheck *spotcheck, bool dry_run)
{
    report_head_text(report, "report", "spotcheck");
    report_head_number(report, "spotcheck", dry_run ? REPORT_NULL : spotcheck->id);
    report_head_text(report, "session", spotcheck->session);
    report_head_text(report, "org", *spotcheck->org ? spotcheck->org : NULL);
    report_head_text(report, "unit", spotcheck->unit == SPOTCHECK_POINTS ? "point" : "member");
    report_head_number(report, "wanted", spotcheck->wanted);
    report_head_number(report, "frame", spotcheck->frame);
    report_head_number(report, "strata", spotcheck->strata);
    report_head_bool(report, "stratified", spotcheck->stratified);
    report_head_text(report, "method", spotcheck->method);
    report_head_number(report, "seed", spotcheck->seed);
    report_head_bool(report, "cancelled", spotcheck->cancelled_at != TIME_NONE);
}

static void show_about(Report *report, const Spotcheck *spotcheck)
{
    char at[CLOCK_TEXT_SIZE];

    report_note(
        report, REPORT_NOTE_ABOUT,
        spotcheck->unit == SPOTCHECK_POINTS ? _("Drawn: all members of %" PRId64 " of %" PRId64 " points")
                                            : _("Drawn: %" PRId64 " of %" PRId64 " members"),
        spotcheck->wanted < spotcheck->frame ? spotcheck->wanted : spotcheck->frame, spotcheck->frame);
    report_note(report, REPORT_NOTE_ABOUT,
                spotcheck->stratified ? _("Method %s, seed %" PRId64 ", by %" PRId64 " organisations")
                                      : _("Method %s, seed %" PRId64 ", from all at once (there are %" PRId64
                                          " organisations)"),
                spotcheck->method, spotcheck->seed, spotcheck->strata);
    time_format_short(spotcheck->at, at);
    report_note(report, REPORT_NOTE_ABOUT, _("By %s at %s"), spotcheck->who, at);
    if (spotcheck->cancelled_at != TIME_NONE) {
        time_format_short(spotcheck->cancelled_at, at);
        report_note(report, REPORT_NOTE_ABOUT, _("Cancelled by %s at %s: %s"), spotcheck->cancelled_by, at,
                    spotcheck->cancelled_why);
    }
}

static int show_spotcheck(void *user, const Spotcheck *spotcheck)
{
    Show *show = user;
    CLEANUP(cleanup_text) Text title = {0};

    if (show->dry_run)
        text_appendf(&title, _("Spot-check of session %s (dry run: nothing was written)"),
                     spotcheck->session);
    else
        text_appendf(&title, _("Spot-check %" PRId64 " of session %s"), spotcheck->id, spotcheck->session);
    show->report = report_new("spotcheck", text_cstr(&title), "members", columns, COLUMN_COUNT);
    show_heads(show->report, spotcheck, show->dry_run);
    show_about(show->report, spotcheck);
    int r = spotcheck_each_member(show->store, spotcheck, show_member, show);
    if (r < 0)
        return error_trace(r);
    if (show->report->row_count)
        qsort(show->report->rows, show->report->row_count, sizeof(*show->report->rows), compare_rows);
    report_note(show->report, REPORT_NOTE_COMPLETENESS,
                _("Passed %" PRId64 ", not passed %" PRId64 ", not found %" PRId64
                  " (recorded on site %" PRId64 "), not checked %" PRId64),
                show->counts[SPOTCHECK_PASSED], show->counts[SPOTCHECK_FAILED],
                show->counts[SPOTCHECK_NOT_FOUND], show->discrepancies, show->counts[SPOTCHECK_OPEN]);
    return 0;
}

int report_spotcheck(Store *store, int64_t id, bool dry_run, Report **ret_report)
{
    Show show = {.store = store, .dry_run = dry_run};
    int r = spotcheck_get(store, id, show_spotcheck, &show);

    if (r != 0) {
        report_free(show.report);
        return r < 0 ? error_trace(r) : SPOTCHECK_E_UNKNOWN;
    }
    *ret_report = show.report;
    return 0;
}

enum { L_ID, L_SESSION, L_ORG, L_UNIT, L_MEMBERS, L_CHECKED, L_STATE, L_SEED, L_AT, L_WHO, LIST_COUNT };

static const ReportColumn list_columns[LIST_COUNT] = {
    [L_ID] = {"spotcheck", N_("Spot-check"), REPORT_COUNT, REPORT_EVERYWHERE},
    [L_SESSION] = {"session", N_("Session"), REPORT_TEXT, REPORT_EVERYWHERE},
    [L_ORG] = {"org", N_("Organisation"), REPORT_TEXT, REPORT_EVERYWHERE},
    [L_UNIT] = {"unit", N_("Drawn by"), REPORT_WORD, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [L_MEMBERS] = {"drawn", N_("Drawn"), REPORT_COUNT, REPORT_EVERYWHERE},
    [L_CHECKED] = {"checked", N_("Checked"), REPORT_COUNT, REPORT_EVERYWHERE},
    [L_STATE] = {"state", N_("State"), REPORT_WORD, REPORT_EVERYWHERE},
    [L_SEED] = {"seed", N_("Seed"), REPORT_COUNT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [L_AT] = {"at", N_("When"), REPORT_TIME, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [L_WHO] = {"who", N_("Who"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
};

static int count_member(void *user, const SpotcheckMember *member)
{
    *(int64_t *)user += member->result != SPOTCHECK_OPEN;
    return 0;
}

static int list_spotcheck(void *user, const Spotcheck *spotcheck)
{
    Show *show = user;
    ReportCell *cells = report_row(show->report, 0);
    int64_t checked = 0;

    cells[L_ID] = report_number(spotcheck->id);
    cells[L_SESSION] = report_text(spotcheck->session);
    cells[L_ORG] = report_text(*spotcheck->org ? spotcheck->org : NULL);
    cells[L_UNIT].word = spotcheck->unit == SPOTCHECK_POINTS ? (ReportWord){"point", N_("point")}
                                                             : (ReportWord){"member", N_("member")};
    cells[L_MEMBERS] = report_number(spotcheck->members);
    cells[L_SEED] = report_number(spotcheck->seed);
    cells[L_AT] = report_number(spotcheck->at);
    cells[L_WHO] = report_text(spotcheck->who);
    int r = spotcheck_each_member(show->store, spotcheck, count_member, &checked);
    cells[L_CHECKED] = report_number(checked);
    cells[L_STATE].word = spotcheck->cancelled_at != TIME_NONE ? (ReportWord){"cancelled", N_("cancelled")}
                          : checked < spotcheck->members       ? (ReportWord){"open", N_("open")}
                                                               : (ReportWord){"done", N_("done")};
    return error_trace(r);
}

static void cleanup_sessions(SessionList *list)
{
    session_list_deinit(list);
}

int report_spotcheck_list(Store *store, const char *session, Report **ret_report)
{
    CLEANUP(cleanup_sessions) SessionList sessions = {0};
    Show show = {.store = store};
    int r = session ? query_session(store, session, &sessions) : 0;

    if (r == QUERY_E_UNKNOWN)
        return REPORT_E_UNKNOWN_SESSION;
    if (r < 0)
        return error_trace(r);
    show.report = report_new("spotcheck-list", _("Spot-checks"), "spotchecks", list_columns, LIST_COUNT);
    r = spotcheck_each(store, session ? sessions.rows[0].session : 0, list_spotcheck, &show);
    if (r < 0) {
        report_free(show.report);
        return error_trace(r);
    }
    *ret_report = show.report;
    return 0;
}
