// One row a difference. Member rows show the status and the minutes credited, before and after; point rows
// (no member) how far the point had reported and has reported now. The event named as the cause is the first
// one that changed the pair; `studyday events` tells the rest.
#include "reports/report_changes.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/text.h"
#include "core/model/attendance.h"
#include "core/store/month.h"

enum {
    SESSION,
    ORG,
    MEMBER,
    POINT,
    BEFORE,
    AFTER,
    BEFORE_POINT,
    AFTER_POINT,
    BEFORE_CREDIT,
    AFTER_CREDIT,
    WHAT,
    CAUSE,
    TERMINAL,
    EPOCH,
    SEQ,
    AT,
    COLUMN_COUNT
};

static const ReportColumn columns[COLUMN_COUNT] = {
    [SESSION] = {"session", N_("Session"), REPORT_TEXT, REPORT_EVERYWHERE},
    [ORG] = {"org", N_("Organisation"), REPORT_TEXT, REPORT_EVERYWHERE},
    [MEMBER] = {"member", N_("Member"), REPORT_TEXT, REPORT_EVERYWHERE},
    [POINT] = {"point", N_("Point"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [BEFORE] = {"before", N_("Before"), REPORT_WORD, REPORT_EVERYWHERE},
    [AFTER] = {"after", N_("After"), REPORT_WORD, REPORT_EVERYWHERE},
    [BEFORE_POINT] = {"before_point", N_("Attended at, before"), REPORT_TEXT, REPORT_SPREAD},
    [AFTER_POINT] = {"after_point", N_("Attended at, after"), REPORT_TEXT, REPORT_SPREAD},
    [BEFORE_CREDIT] = {"before_credit_minutes", N_("Hours before"), REPORT_MINUTES,
                       REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [AFTER_CREDIT] = {"after_credit_minutes", N_("Hours after"), REPORT_MINUTES,
                      REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [WHAT] = {"what", N_("What differs"), REPORT_WORDS, REPORT_SPREAD},
    [CAUSE] = {"cause", N_("Cause"), REPORT_WORD, REPORT_EVERYWHERE},
    [TERMINAL] = {"terminal", N_("Terminal"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [EPOCH] = {"epoch", N_("Epoch"), REPORT_TEXT, REPORT_SPREAD},
    [SEQ] = {"seq", N_("Number"), REPORT_COUNT, REPORT_SPREAD},
    [AT] = {"at", N_("Received"), REPORT_TIME, REPORT_EVERYWHERE | REPORT_IF_ROOM},
};

static const ReportWord coverages[] = {
    {"silent", N_("silent")},
    {"reported", N_("has reported")},
    {"closed", N_("has closed")},
    {"nil", N_("nobody came")},
};
static const ReportWord causes[] = {
    {"event", N_("an event")},
    {"void", N_("an event was taken back")},
    {"moved", N_("an event belongs elsewhere")},
    {"roster", N_("the register changed")},
    {"coverage", N_("the point reported")},
};
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static ReportWord find_word(const ReportWord *words, size_t count, const char *word)
{
    for (size_t i = 0; word && i < count; i++)
        if (strcmp(words[i].word, word) == 0)
            return words[i];
    return (ReportWord){NULL, NULL};
}

static ReportWord side_word(const MonthChange *change, const char *word)
{
    if (change->what & MONTH_WHAT_COVERAGE)
        return find_word(coverages, COUNT_OF(coverages), word);
    for (int status = 0; word && status < STATUS_COUNT; status++)
        if (strcmp(status_word((Status)status), word) == 0)
            return (ReportWord){status_word((Status)status), status_title((Status)status)};
    return (ReportWord){NULL, NULL};
}

typedef struct Changes {
    Report *report;
    const FiguresSet *set;
    int32_t org; // index in the stored tree, -1: all
    bool pending;
    Time at; // when the revision was made
    char *why;
    MonthState state;
} Changes;

static bool changes_concern(const Changes *changes, const MonthChange *change)
{
    const OrgTree *tree = &changes->set->tree;

    if (changes->org < 0)
        return true;
    int32_t index = org_tree_find(tree, change->org);
    return index >= 0 && org_tree_within(tree, index, changes->org);
}

static void append_what(unsigned what, Text *text)
{
    for (unsigned i = 0; i < MONTH_WHAT_COUNT; i++)
        if (what & 1u << i)
            text_appendf(text, "%s%s", text->size ? " " : "", month_what_word((MonthWhat)(1u << i)));
}

static int add_change(void *user, const MonthChange *change)
{
    Changes *changes = user;
    CLEANUP(cleanup_text) Text what = {0};

    if (!changes_concern(changes, change))
        return 0;
    ReportCell *cells = report_row(changes->report, 0);
    bool coverage = (change->what & MONTH_WHAT_COVERAGE) != 0;
    append_what(change->what, &what);
    cells[SESSION] = report_text(change->session);
    cells[ORG] = report_text(change->org && *change->org ? change->org : NULL);
    cells[MEMBER] = report_text(change->member);
    cells[BEFORE].word = side_word(change, change->before);
    cells[AFTER].word = side_word(change, change->after);
    cells[POINT] = report_text(change->after_point ? change->after_point : change->before_point);
    if (!coverage) {
        cells[BEFORE_POINT] = report_text(change->before_point);
        cells[AFTER_POINT] = report_text(change->after_point);
        cells[BEFORE_CREDIT] = report_number(change->before_credit);
        cells[AFTER_CREDIT] = report_number(change->after_credit);
    }
    cells[WHAT] = report_text(text_cstr(&what));
    cells[CAUSE].word = find_word(causes, COUNT_OF(causes), change->cause);
    cells[TERMINAL] = report_text(change->terminal);
    if (change->terminal) {
        cells[EPOCH] = report_text(change->epoch);
        cells[SEQ] = report_number((int64_t)change->seq);
    }
    if (change->at != TIME_NONE)
        cells[AT] = report_number(change->at);
    return 0;
}

static int take_revision(void *user, const MonthRevision *revision)
{
    Changes *changes = user;

    changes->at = revision->at;
    changes->state = revision->state;
    changes->why = alloc_string(revision->why);
    return 0;
}

static void note_what(const Changes *changes, int revision)
{
    char when[CLOCK_TEXT_SIZE];

    time_format_short(changes->at, when);
    if (changes->pending)
        report_note(changes->report, REPORT_NOTE_ABOUT,
                    _("What has changed since revision %d of %s; the next revision will have it."), revision,
                    when);
    else if (revision == 0)
        report_note(changes->report, REPORT_NOTE_ABOUT,
                    _("The month was closed at %s; the first revision differs from none."), when);
    else
        report_note(changes->report, REPORT_NOTE_ABOUT, _("Revision %d of %s. Reason: %s"), revision, when,
                    changes->why && *changes->why ? changes->why : "–");
}

static void cleanup_changes(Changes *changes)
{
    report_free(changes->report);
    free(changes->why);
}

static void cleanup_set(FiguresSet *set)
{
    figures_set_deinit(set);
}

static void head(Changes *changes, Month month, const char *org, int revision)
{
    CLEANUP(cleanup_text) Text title = {0};
    char text[CLOCK_TEXT_SIZE];

    month_format(month, text);
    text_appendf(&title, _("Changes of the closed month %s"), text);
    Report *report = changes->report =
        report_new("month-changes", text_cstr(&title), "changes", columns, COLUMN_COUNT);
    report_head_text(report, "report", "month-changes");
    report_head_text(report, "month", text);
    report_head_text(report, "org", org);
    report_head_number(report, "revision", revision);
    report_head_bool(report, "pending", changes->pending);
    report_head_bool(report, "closed", changes->state == MONTH_CLOSED);
    report_head_text(report, "state", month_state_word(changes->state));
    note_what(changes, revision);
}

int report_changes(Store *store, Month month, const ReportScope *scope, Report **ret_report)
{
    CLEANUP(cleanup_set) FiguresSet set = {0};
    CLEANUP(cleanup_changes) Changes changes = {.set = &set, .org = -1, .pending = !scope->revision_given};
    MonthStanding standing;

    int r = month_standing(store, month, &standing);
    if (r < 0)
        return error_trace(r);
    int revision = scope->revision_given ? scope->revision : standing.revision;
    r = month_revision(store, month, revision, take_revision, &changes);
    if (r == MONTH_E_NONE)
        return REPORT_E_NO_REVISION;
    if (r == 0 && scope->org)
        r = figures_load(store, month, revision, &set);
    if (r < 0)
        return error_trace(r);
    changes.org = scope->org ? org_tree_find(&set.tree, scope->org) : -1;
    if (scope->org && changes.org < 0)
        return REPORT_E_UNKNOWN_ORG;
    head(&changes, month, scope->org, revision);
    r = month_each_change(store, month, changes.pending ? MONTH_PENDING : revision, add_change, &changes);
    if (r < 0)
        return error_trace(r);
    *ret_report = changes.report;
    changes.report = NULL;
    return 0;
}
