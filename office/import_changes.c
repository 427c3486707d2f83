// What an import changes. The counts are of all of it; of the changes themselves the first few of each kind
// are kept, since a city's first roster is 265,000 of them, unless somebody asks for all.
#include "office/import_changes.h"

#include <inttypes.h>
#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/base/i18n.h"
#include "reports/report.h"

#define CHANGES_SHOWN 10 // of each kind: enough to see whether the file is the right one

static const ReportWord words[ROSTER_WHAT_COUNT] = {
    [ROSTER_WHAT_ADDED] = {"added", N_("added")},
    [ROSTER_WHAT_MOVED] = {"moved", N_("moved")},
    [ROSTER_WHAT_ENDED] = {"ended", N_("ended")},
    [ROSTER_WHAT_RESUMED] = {"resumed", N_("resumed")},
    [ROSTER_WHAT_EXEMPTED] = {"exempted", N_("exempted")},
    [ROSTER_WHAT_ROLE] = {"role", N_("role")},
    [ROSTER_WHAT_CATEGORY] = {"category", N_("category")},
    [ROSTER_WHAT_CARD] = {"card", N_("card")},
    [ROSTER_WHAT_NAME] = {"name", N_("name")},
    [ROSTER_WHAT_LEVEL] = {"level", N_("level")},
    [ROSTER_WHAT_SECTOR] = {"sector", N_("sector")},
    [ROSTER_WHAT_AREA] = {"area", N_("area")},
};

enum { COLUMN_WHAT, COLUMN_SUBJECT, COLUMN_DATE, COLUMN_UNTIL, COLUMN_BEFORE, COLUMN_AFTER, COLUMN_COUNT };

static const ReportColumn columns[COLUMN_COUNT] = {
    [COLUMN_WHAT] = {"what", N_("Change"), REPORT_WORD, REPORT_EVERYWHERE},
    [COLUMN_SUBJECT] = {"subject", N_("Subject"), REPORT_TEXT, REPORT_EVERYWHERE},
    [COLUMN_DATE] = {"date", N_("Date"), REPORT_DATE, REPORT_EVERYWHERE},
    [COLUMN_UNTIL] = {"until", N_("Until"), REPORT_DATE, REPORT_EVERYWHERE},
    [COLUMN_BEFORE] = {"before", N_("Before"), REPORT_TEXT, REPORT_EVERYWHERE},
    [COLUMN_AFTER] = {"after", N_("After"), REPORT_TEXT, REPORT_EVERYWHERE},
};

static char *change_text(const char *text)
{
    return text && *text ? alloc_string(text) : NULL;
}

void import_changes_note(void *user, const RosterNote *note)
{
    ImportChanges *changes = user;

    if (changes->counts[note->what]++ >= CHANGES_SHOWN && !changes->all)
        return;
    if (changes->count == changes->capacity) {
        changes->capacity = changes->capacity ? 2 * changes->capacity : 64;
        changes->items = alloc_resize(changes->items, changes->capacity, sizeof(*changes->items));
    }
    changes->items[changes->count++] = (ImportChange){.what = note->what,
                                                      .subject = change_text(note->subject),
                                                      .before = change_text(note->before),
                                                      .after = change_text(note->after),
                                                      .date = note->date,
                                                      .until = note->until};
}

static void change_append(const ImportChange *change, Text *text)
{
    char date[CLOCK_TEXT_SIZE], until[CLOCK_TEXT_SIZE];

    text_appendf(text, "  %s", change->subject);
    if (change->before && change->after)
        text_appendf(text, ": %s → %s", change->before, change->after);
    else if (change->before || change->after)
        text_appendf(text, ": %s", change->before ? change->before : change->after);
    if (change->date != DATE_NONE) {
        date_format(change->date, date);
        if (change->what == ROSTER_WHAT_ENDED)
            text_appendf(text, _(", last day %s"), date);
        else if (change->until == DATE_NONE)
            text_appendf(text, _(", from %s"), date);
    }
    if (change->date != DATE_NONE && change->until != DATE_NONE) {
        date_format(change->until, until);
        text_appendf(text, _(", %s to %s"), date, until);
    }
    text_append_char(text, '\n');
}

void import_changes_append(const ImportChanges *changes, Text *text)
{
    for (int what = 0; what < ROSTER_WHAT_COUNT; what++) {
        int64_t shown = 0;
        if (!changes->counts[what])
            continue;
        text_appendf(text, "%s: %" PRId64 "\n", _(words[what].title), changes->counts[what]);
        for (size_t i = 0; i < changes->count; i++) {
            if ((int)changes->items[i].what != what)
                continue;
            change_append(&changes->items[i], text);
            shown++;
        }
        if (shown < changes->counts[what])
            text_appendf(text, _("  … and %" PRId64 " more\n"), changes->counts[what] - shown);
    }
}

static ReportCell change_day(Date date)
{
    return report_number(date == DATE_NONE ? REPORT_NULL : date);
}

Report *import_changes_report(const ImportChanges *changes, const char *title)
{
    Report *report = report_new("import", title, "changes", columns, COLUMN_COUNT);

    for (size_t i = 0; i < changes->count; i++) {
        const ImportChange *change = &changes->items[i];
        ReportCell *cells = report_row(report, 0);
        cells[COLUMN_WHAT].word = words[change->what];
        cells[COLUMN_SUBJECT] = report_text(change->subject);
        cells[COLUMN_DATE] = change_day(change->date);
        cells[COLUMN_UNTIL] = change_day(change->until);
        cells[COLUMN_BEFORE] = report_text(change->before);
        cells[COLUMN_AFTER] = report_text(change->after);
    }
    return report;
}

void import_changes_deinit(ImportChanges *changes)
{
    for (size_t i = 0; i < changes->count; i++) {
        free(changes->items[i].subject);
        free(changes->items[i].before);
        free(changes->items[i].after);
    }
    free(changes->items);
    *changes = (ImportChanges){0};
}
