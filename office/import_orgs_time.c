// orgs that begin or end: what depends on one must lie within its time. Each contradiction is told at a line
// of the file, with the other fact beside it, whether that stands in the file too or in the register.
#include <inttypes.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/store/roster_watch.h"
#include "office/import_orgs.h"

#define TIMES_SHOWN 3 // members or sessions of one org that are named; the others are counted

typedef struct OrgTimes {
    Import *import;
    char org[65]; // whose members or sessions are being told
    uint64_t line;
    int64_t count;
} OrgTimes;

static void times_more(OrgTimes *times)
{
    if (times->count > TIMES_SHOWN)
        import_error_at(times->import, times->line, ORGS_TO, _("and %" PRId64 " more like this"),
                        times->count - TIMES_SHOWN);
    times->count = 0;
}

// "ends on 2026-06-30", "begins on …".
static void times_append_end(const RosterConflict *conflict, Text *text)
{
    char day[CLOCK_TEXT_SIZE];

    if (conflict->ends != DATE_NONE) {
        date_format(conflict->ends, day);
        text_appendf(text, _("ends on %s"), day);
    } else if (conflict->begins != DATE_NONE) {
        date_format(conflict->begins, day);
        text_appendf(text, _("begins on %s"), day);
    } else {
        text_append(text, _("does not exist then"));
    }
}

static void times_tell_parent(OrgTimes *times, const RosterConflict *conflict, const char *end)
{
    const OrgFile *file = times->import->state;
    const OrgEntry *child = org_file_line(file, conflict->subject, conflict->from);
    const OrgEntry *parent = org_file_line(file, conflict->org, conflict->day);
    bool ends = conflict->ends != DATE_NONE;

    if (child && parent)
        import_error_at(times->import, child->number, ORGS_PARENT, _("%s, above it, %s, by line %" PRIu64),
                        conflict->org, end, parent->number);
    else if (child)
        import_error_at(times->import, child->number, ORGS_PARENT, _("%s, above it, %s"), conflict->org, end);
    else
        import_error_at(times->import, parent ? parent->number : 1, ends ? ORGS_TO : ORGS_FROM,
                        _("%s %s, but %s stands below it"), conflict->org, end, conflict->subject);
}

static void times_tell_holder(OrgTimes *times, const RosterConflict *conflict, const char *end)
{
    const OrgEntry *entry = org_file_line(times->import->state, conflict->org, conflict->day);
    uint64_t line = entry ? entry->number : 1;
    char from[CLOCK_TEXT_SIZE];
    bool home = conflict->kind == ROSTER_CONFLICT_HOME;

    if (strcmp(times->org, conflict->org) != 0 || times->line != line) {
        times_more(times);
        strncpy(times->org, conflict->org, sizeof(times->org) - 1);
        times->line = line;
    }
    if (times->count++ >= TIMES_SHOWN)
        return;
    date_format(conflict->from == DATE_NONE ? 0 : conflict->from, from);
    import_error_at(times->import, line, conflict->ends != DATE_NONE ? ORGS_TO : ORGS_FROM,
                    home ? _("%s %s, but member %s is at home in it from %s on")
                         : _("%s %s, but session %s of %s is its own"),
                    conflict->org, end, conflict->subject, from);
}

static int times_conflict(void *user, const RosterConflict *conflict)
{
    CLEANUP(cleanup_text) Text end = {0};
    OrgTimes *times = user;

    times_append_end(conflict, &end);
    if (conflict->kind == ROSTER_CONFLICT_PARENT)
        times_tell_parent(times, conflict, text_cstr(&end));
    else if (conflict->kind != ROSTER_CONFLICT_EXEMPTION) // those are nothing to orgs
        times_tell_holder(times, conflict, text_cstr(&end));
    return 0;
}

int import_orgs_check_times(Import *import)
{
    OrgTimes times = {.import = import};
    int r = roster_conflicts(import->office->store, times_conflict, &times);

    times_more(&times);
    return error_trace(r);
}
