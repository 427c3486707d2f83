// The list that whoever signs for a month should have read: each figure that rests on somebody's word rather
// than on a terminal has that word here.
#include "reports/report_corrections.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "reports/corrections.h"
#include "reports/list_scope.h"
#include "reports/list_sessions.h"

enum {
    WHEN,
    SESSION,
    ORG,
    MEMBER,
    ACTION,
    KIND,
    EVENTS,
    BEFORE,
    AFTER,
    BEFORE_CREDIT,
    AFTER_CREDIT,
    WHO,
    WHY,
    TERMINAL,
    EPOCH,
    SEQ,
    COLUMN_COUNT
};

static const ReportColumn columns[COLUMN_COUNT] = {
    [WHEN] = {"at", N_("When"), REPORT_TIME, REPORT_EVERYWHERE},
    [SESSION] = {"session", N_("Session"), REPORT_TEXT, REPORT_EVERYWHERE},
    [ORG] = {"org", N_("Organisation"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [MEMBER] = {"member", N_("Member"), REPORT_TEXT, REPORT_EVERYWHERE},
    [ACTION] = {"action", N_("What"), REPORT_WORD, REPORT_EVERYWHERE},
    [KIND] = {"kind", N_("Kind of event"), REPORT_WORD, REPORT_EVERYWHERE},
    [EVENTS] = {"events", N_("Events"), REPORT_COUNT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [BEFORE] = {"before", N_("Before"), REPORT_WORD, REPORT_EVERYWHERE},
    [AFTER] = {"after", N_("After"), REPORT_WORD, REPORT_EVERYWHERE},
    [BEFORE_CREDIT] = {"before_credit_minutes", N_("Hours before"), REPORT_MINUTES, REPORT_SPREAD},
    [AFTER_CREDIT] = {"after_credit_minutes", N_("Hours after"), REPORT_MINUTES, REPORT_SPREAD},
    [WHO] = {"who", N_("Who"), REPORT_TEXT, REPORT_EVERYWHERE},
    [WHY] = {"why", N_("Reason"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_CUT},
    [TERMINAL] = {"terminal", N_("Terminal"), REPORT_TEXT, REPORT_SPREAD},
    [EPOCH] = {"epoch", N_("Epoch"), REPORT_TEXT, REPORT_SPREAD},
    [SEQ] = {"seq", N_("Number"), REPORT_COUNT, REPORT_SPREAD},
};

static const ReportWord action_words[CORRECTION_ACTION_COUNT] = {
    [CORRECTION_ADDED] = {"added", N_("added")},
    [CORRECTION_TAKEN_BACK] = {"void", N_("taken back")},
    [CORRECTION_BATCH] = {"batch", N_("batch")},
};
static const ReportWord kind_words[] = {
    {"in", N_("came")},
    {"out", N_("left")},
    {"leave", N_("on leave")},
    {"makeup", N_("made up")},
    {"home", N_("studied at home")},
    {"check", N_("spot-check")},
    {"close", N_("point closed")},
};
#define KIND_WORD_COUNT (sizeof(kind_words) / sizeof(kind_words[0]))

static ReportWord kind_word(const char *kind)
{
    for (size_t i = 0; kind && i < KIND_WORD_COUNT; i++)
        if (strcmp(kind_words[i].word, kind) == 0)
            return kind_words[i];
    return (ReportWord){NULL, NULL};
}

static ReportCell text_cell(const char *text)
{
    return report_text(text && *text ? text : NULL);
}

static void add_row(const Corrections *corrections, const Correction *entry, Report *report)
{
    ReportCell *cells = report_row(report, 0);

    cells[WHEN] = report_number(entry->at);
    cells[SESSION] = report_text(corrections->sessions.rows[entry->session].code);
    cells[ORG] = text_cell(entry->org);
    cells[MEMBER] = text_cell(entry->member);
    cells[ACTION].word = action_words[entry->action];
    cells[KIND].word = kind_word(entry->kind);
    cells[EVENTS] = report_number(entry->events);
    cells[WHO] = text_cell(entry->who);
    cells[WHY] = text_cell(entry->why);
    cells[TERMINAL] = text_cell(entry->terminal);
    if (entry->action == CORRECTION_BATCH)
        return;
    cells[EPOCH] = text_cell(entry->epoch);
    cells[SEQ] = report_number((int64_t)entry->seq);
    cells[BEFORE].word = (ReportWord){entry->before.status, entry->before.title};
    cells[AFTER].word = (ReportWord){entry->after.status, entry->after.title};
    if (entry->before.known)
        cells[BEFORE_CREDIT] = report_number(entry->before.credit);
    if (entry->after.known)
        cells[AFTER_CREDIT] = report_number(entry->after.credit);
}

static Report *start(const ReportRequest *request)
{
    CLEANUP(cleanup_text) Text title = {0};

    text_appendf(&title, _("Corrections about the sessions of %s"), request->name);
    Report *report = report_new("corrections", text_cstr(&title), "rows", columns, COLUMN_COUNT);
    report_head_text(report, "report", "corrections");
    report_head_text(report, "month", request->name);
    report_head_text(report, "org", request->scope.org);
    report->as_of = request->scope.now;
    return report;
}

static void describe(const Corrections *corrections, Report *report)
{
    int64_t totals[CORRECTION_ACTION_COUNT] = {0};

    for (size_t i = 0; i < corrections->count; i++)
        totals[corrections->entries[i].action] += corrections->entries[i].events;
    report_head_number(report, "added", totals[CORRECTION_ADDED]);
    report_head_number(report, "void", totals[CORRECTION_TAKEN_BACK]);
    report_head_number(report, "batch", totals[CORRECTION_BATCH]);
    report_note(report, REPORT_NOTE_ABOUT, _("Added: %lld; taken back: %lld; lines of batches: %lld"),
                (long long)totals[CORRECTION_ADDED], (long long)totals[CORRECTION_TAKEN_BACK],
                (long long)totals[CORRECTION_BATCH]);
    report_note(
        report, REPORT_NOTE_DEFINITION, "%s",
        _("What the office stated about these sessions, whenever it did. Before and after are the status "
          "of the member at that moment; later events may have changed it again. Lines of a batch, such "
          "as a paper roll or an import, stand as one row."));
}

static void cleanup_corrections(Corrections *corrections)
{
    corrections_deinit(corrections);
}

int report_corrections(Store *store, const ReportRequest *request, Report **ret_report)
{
    CLEANUP(cleanup_corrections) Corrections corrections = {0};
    CLEANUP(cleanup_sessions) SessionList sessions = {0};
    ListScope scope = {0};
    Date date;

    int r = list_sessions_asked(store, request, &sessions, &date);
    if (r == 0)
        r = list_scope_load(store, date, request->scope.org, &scope);
    if (r != 0)
        return r < 0 ? error_trace(r) : r; // outcomes of the list are those of the report
    list_scope_deinit(&scope);
    r = corrections_load(store, request->scope.org, &sessions, &corrections);
    if (r < 0)
        return error_trace(r);
    Report *report = start(request);
    for (size_t i = 0; i < corrections.count; i++)
        add_row(&corrections, &corrections.entries[i], report);
    describe(&corrections, report);
    *ret_report = report;
    return 0;
}
