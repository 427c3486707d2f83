// The notes are for the page, not for JSON: a program asks `studyday explain --member`, `studyday objection
// list` and `studyday leave list`.
#include "reports/record_notes.h"

#include <inttypes.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/model/code.h"
#include "core/store/leave_request.h"
#include "core/store/objection.h"
#include "core/store/query_pairs.h"

typedef struct RecordNotes {
    Store *store;
    const MemberRow *member;
    Report *report;
    const char *session; // of the pair whose events are being read
    int year;
} RecordNotes;

static int note_event(void *user, const PairEvent *event)
{
    RecordNotes *notes = user;
    char at[CLOCK_TEXT_SIZE];

    time_format_short(event->received_at == TIME_NONE ? event->fact.at : event->received_at, at);
    if (event->who)
        report_note(notes->report, REPORT_NOTE_COMPLETENESS,
                    _("Correction: %s, “%s” entered on %s by %s: %s"), notes->session,
                    event_kind_word(event->fact.kind), at, event->who, event->why);
    if (event->void_who)
        report_note(notes->report, REPORT_NOTE_COMPLETENESS,
                    _("Correction: %s, “%s” of %s taken back by %s: %s"), notes->session,
                    event_kind_word(event->fact.kind), event->terminal, event->void_who, event->void_why);
    return 0;
}

static int note_pair(void *user, const PairView *pair)
{
    RecordNotes *notes = user;

    return query_pair_events(notes->store, pair, note_event, notes);
}

static int note_entry(void *user, const RecordEntry *entry)
{
    RecordNotes *notes = user;

    notes->session = entry->session->code;
    return query_pair(notes->store, entry->session, notes->member, note_pair, notes);
}

static int note_objection(void *user, const Objection *objection)
{
    RecordNotes *notes = user;
    char at[CLOCK_TEXT_SIZE];
    int year, month, day;

    date_to_civil(zone_date(objection->starts), &year, &month, &day);
    if (year != notes->year)
        return 0;
    date_format(zone_date(objection->at), at);
    if (!objection->answered)
        report_note(notes->report, REPORT_NOTE_COMPLETENESS,
                    _("Objection %" PRId64 " of %s about %s, not answered yet: %s"), objection->objection, at,
                    objection->session, objection->text);
    else
        report_note(notes->report, REPORT_NOTE_COMPLETENESS,
                    objection->accepted ? _("Objection %" PRId64 " of %s about %s, accepted: %s – %s")
                                        : _("Objection %" PRId64 " of %s about %s, rejected: %s – %s"),
                    objection->objection, at, objection->session, objection->text, objection->answer);
    return 0;
}

// What was approved is leave now, and stands among the corrections.
static int note_leave(void *user, const LeaveRequest *request)
{
    RecordNotes *notes = user;
    char at[CLOCK_TEXT_SIZE];
    int year, month, day;

    date_to_civil(zone_date(request->starts), &year, &month, &day);
    if (year != notes->year || request->outcome == LEAVE_APPROVED || request->outcome == LEAVE_WITHDRAWN)
        return 0;
    date_format(zone_date(request->at), at);
    if (request->outcome == LEAVE_OPEN)
        report_note(notes->report, REPORT_NOTE_COMPLETENESS,
                    _("Leave asked for on %s for %s, not decided yet: %s"), at, request->session,
                    request->why);
    else
        report_note(notes->report, REPORT_NOTE_COMPLETENESS,
                    _("Leave asked for on %s for %s, refused: %s – %s"), at, request->session, request->why,
                    request->decided_why);
    return 0;
}

int record_notes_add(Store *store, const char *member, int year, Time now, Report *report)
{
    RecordNotes notes = {.store = store, .report = report, .year = year};
    MemberRow row = {0};
    int r = query_member(store, member, zone_date(now), &row);

    if (r != 0)
        return r < 0 ? error_trace(r) : 0;
    notes.member = &row;
    r = query_record(store, &row, year, now, note_entry, &notes);
    if (r == 0)
        r = objection_each(store, &(ObjectionFilter){.member = row.member}, note_objection, &notes);
    if (r == 0)
        r = leave_request_each(store, &(LeaveRequestFilter){.member = row.code}, note_leave, &notes);
    member_row_deinit(&row);
    return error_trace(r);
}
