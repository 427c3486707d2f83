// The export of a person's data. Each part is a report of its own, so that the renderers show it; in JSON the
// parts stand side by side in one object. Attendance is folded, as a record shows it, and under it lie its
// events; everything else is rows as they are stored (core/store/person.h).
#include "reports/person.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/model/roster.h"
#include "core/store/person.h"
#include "core/store/query_pairs.h"
#include "reports/render.h"
#include "reports/report.h"

#define MILLISECOND (TIME_SECOND / 1000)

// How a stored value becomes a cell.
typedef enum Form { FORM_AS_TYPE, FORM_MILLIS, FORM_MONTH, FORM_CATEGORY, FORM_ROLE, FORM_YES_NO } Form;

typedef struct Part {
    const char *key, *title; // title N_()
    int column_count;
    ReportColumn columns[PERSON_COLUMNS_MAX];
    Form forms[PERSON_COLUMNS_MAX];
} Part;

#define TEXT(key, title)                           \
    {                                              \
        key, title, REPORT_TEXT, REPORT_EVERYWHERE \
    }
#define DAY(key, title)                            \
    {                                              \
        key, title, REPORT_DATE, REPORT_EVERYWHERE \
    }
#define WHEN(key, title)                           \
    {                                              \
        key, title, REPORT_TIME, REPORT_EVERYWHERE \
    }
#define COUNT(key, title)                           \
    {                                               \
        key, title, REPORT_COUNT, REPORT_EVERYWHERE \
    }

static const Part parts[PERSON_PART_COUNT] = {
    [PERSON_HOMES] = {"homes",
                      N_("Homes, categories and roles"),
                      5,
                      {DAY("from", N_("From")), DAY("to", N_("To")), TEXT("org", N_("Organisation")),
                       TEXT("category", N_("Category")), TEXT("role", N_("Role"))},
                      {[3] = FORM_CATEGORY, [4] = FORM_ROLE}},
    [PERSON_EXEMPTIONS] = {"exemptions",
                           N_("Exemptions"),
                           3,
                           {DAY("from", N_("From")), DAY("to", N_("To")), TEXT("reason", N_("Reason"))},
                           {0}},
    [PERSON_CARDS] = {"cards",
                      N_("Cards, as keyed hashes"),
                      3,
                      {TEXT("hash", N_("Hash")), DAY("from", N_("From")), DAY("to", N_("To"))},
                      {0}},
    [PERSON_INVITATIONS] = {"invitations", N_("Invitations"), 1, {TEXT("session", N_("Session"))}, {0}},
    [PERSON_VISITS] = {"visits",
                       N_("Visits to others at home"),
                       5,
                       {TEXT("session", N_("Session")), TEXT("terminal", N_("Terminal")),
                        TEXT("epoch", N_("Epoch")), COUNT("seq", N_("No.")),
                        WHEN("received_at", N_("Received"))},
                       {[4] = FORM_MILLIS}},
    [PERSON_SPOTCHECKS] = {"spotchecks",
                           N_("Spot-checks drawn"),
                           6,
                           {TEXT("session", N_("Session")), COUNT("spotcheck", N_("No.")),
                            WHEN("at", N_("When")), TEXT("org", N_("Organisation")),
                            TEXT("point", N_("Point")), WHEN("cancelled_at", N_("Cancelled"))},
                           {0}},
    [PERSON_ROLLS] = {"rolls",
                      N_("Lines of paper rolls"),
                      4,
                      {TEXT("session", N_("Session")), TEXT("point", N_("Point")), COUNT("roll", N_("Roll")),
                       COUNT("line", N_("Line"))},
                      {0}},
    [PERSON_OBJECTIONS] = {"objections",
                           N_("Objections"),
                           9,
                           {COUNT("id", N_("No.")), WHEN("at", N_("When")), TEXT("session", N_("Session")),
                            TEXT("text", N_("Objection")), TEXT("who", N_("Entered by")),
                            WHEN("answered_at", N_("Answered")), TEXT("accepted", N_("Accepted")),
                            TEXT("answer", N_("Answer")), TEXT("answered_by", N_("By"))},
                           {[6] = FORM_YES_NO}},
    [PERSON_LEAVES] = {"leave_requests",
                       N_("Requests for leave"),
                       9,
                       {COUNT("id", N_("No.")), WHEN("at", N_("When")), TEXT("session", N_("Session")),
                        TEXT("reason", N_("Reason")), TEXT("why", N_("Why")), TEXT("who", N_("Entered by")),
                        WHEN("decided_at", N_("Decided")), TEXT("decided_by", N_("By")),
                        TEXT("answer", N_("Answer"))},
                       {0}},
    [PERSON_CHANGES] = {"changes",
                        N_("Changes of closed months"),
                        6,
                        {TEXT("month", N_("Month")), COUNT("revision", N_("Revision")),
                         TEXT("session", N_("Session")), TEXT("before", N_("Before")),
                         TEXT("after", N_("After")), TEXT("cause", N_("Cause"))},
                        {FORM_MONTH}},
    [PERSON_QUARANTINE] = {"quarantine",
                           N_("Quarantine"),
                           4,
                           {COUNT("id", N_("No.")), WHEN("received_at", N_("Received")),
                            TEXT("terminal", N_("Terminal")), TEXT("reason", N_("Reason"))},
                           {0}},
    [PERSON_AUDIT] = {"audit",
                      N_("Entries of the audit log"),
                      6,
                      {COUNT("id", N_("No.")), WHEN("at", N_("When")), TEXT("who", N_("Who")),
                       TEXT("action", N_("What")), TEXT("subject", N_("About")), TEXT("why", N_("Reason"))},
                      {0}},
    [PERSON_READS] = {"reads",
                      N_("Who looked at the record"),
                      3,
                      {WHEN("at", N_("When")), TEXT("who", N_("Who")), TEXT("what", N_("What"))},
                      {0}},
};

enum { A_SESSION, A_STARTS, A_STATUS, A_POINT, A_IN, A_OUT, A_MINUTES, A_CREDIT, A_EXEMPT, A_COUNT };
static const ReportColumn attendance_columns[A_COUNT] = {
    [A_SESSION] = TEXT("session", N_("Session")),
    [A_STARTS] = WHEN("starts", N_("Starts")),
    [A_STATUS] = {"status", N_("Status"), REPORT_WORD, REPORT_EVERYWHERE},
    [A_POINT] = TEXT("point", N_("Point")),
    [A_IN] = WHEN("first_in", N_("First in")),
    [A_OUT] = WHEN("last_out", N_("Last out")),
    [A_MINUTES] = COUNT("minutes", N_("Minutes present")),
    [A_CREDIT] = COUNT("credit_minutes", N_("Minutes credited")),
    [A_EXEMPT] = TEXT("exempt_reason", N_("Exempt")),
};

enum {
    E_SESSION,
    E_TERMINAL,
    E_EPOCH,
    E_SEQ,
    E_KIND,
    E_AT,
    E_RECEIVED,
    E_VOID,
    E_SCORE,
    E_WHO,
    E_WHY,
    E_COUNT
};
static const ReportColumn event_columns[E_COUNT] = {
    [E_SESSION] = TEXT("session", N_("Session")),
    [E_TERMINAL] = TEXT("terminal", N_("Terminal")),
    [E_EPOCH] = TEXT("epoch", N_("Epoch")),
    [E_SEQ] = COUNT("seq", N_("No.")),
    [E_KIND] = TEXT("kind", N_("Kind")),
    [E_AT] = WHEN("at", N_("When")),
    [E_RECEIVED] = WHEN("received_at", N_("Received")),
    [E_VOID] = TEXT("void", N_("Void")),
    [E_SCORE] = COUNT("score", N_("Score")),
    [E_WHO] = TEXT("who", N_("Who")),
    [E_WHY] = TEXT("why", N_("Reason")),
};

enum { H_YEAR, H_MINUTES, H_COUNT };
static const ReportColumn hours_columns[H_COUNT] = {
    [H_YEAR] = COUNT("year", N_("Year")),
    [H_MINUTES] = COUNT("minutes", N_("Minutes credited")),
};

typedef struct Export {
    Store *store;
    const MemberRow *member;
    Time now;
    Report *attendance, *events, *hours;
    const char *session; // whose events are being read
} Export;

static ReportCell stored_cell(const ReportColumn *column, Form form, const PersonValue *value)
{
    char month[CLOCK_TEXT_SIZE];

    if (!value->text)
        return column->type == REPORT_TEXT ? report_text(NULL) : report_number(REPORT_NULL);
    switch (form) {
    case FORM_MILLIS:
        return report_number(value->number * MILLISECOND);
    case FORM_MONTH:
        month_format((Month)value->number, month);
        return report_text(month);
    case FORM_CATEGORY:
        return report_text(member_category_word((MemberCategory)value->number));
    case FORM_ROLE:
        return report_text(member_role_word((MemberRole)value->number));
    case FORM_YES_NO:
        return report_text(value->number ? _("yes") : _("no"));
    case FORM_AS_TYPE:
        break;
    }
    return column->type == REPORT_TEXT ? report_text(value->text) : report_number(value->number);
}

typedef struct PartRows {
    const Part *part;
    Report *report;
} PartRows;

static int take_row(void *user, const PersonValue *values)
{
    PartRows *rows = user;
    ReportCell *cells = report_row(rows->report, 0);

    for (int i = 0; i < rows->part->column_count; i++)
        cells[i] = stored_cell(&rows->part->columns[i], rows->part->forms[i], &values[i]);
    return 0;
}

static int take_event(void *user, const PairEvent *event)
{
    Export *export = user;
    ReportCell *cells = report_row(export->events, 0);

    cells[E_SESSION] = report_text(export->session);
    cells[E_TERMINAL] = report_text(event->terminal);
    cells[E_EPOCH] = report_text(event->epoch);
    cells[E_SEQ] = report_number((int64_t)event->seq);
    cells[E_KIND] = report_text(event_kind_word(event->fact.kind));
    cells[E_AT] = report_number(event->fact.at);
    cells[E_RECEIVED] = report_number(event->received_at == TIME_NONE ? REPORT_NULL : event->received_at);
    cells[E_VOID] = report_text(event->fact.is_void ? _("yes") : NULL);
    cells[E_SCORE] = report_number(event->fact.score >= 0 ? event->fact.score : REPORT_NULL);
    cells[E_WHO] = report_text(event->who ? event->who : event->void_who);
    cells[E_WHY] = report_text(event->why ? event->why : event->void_why);
    return 0;
}

static int take_pair(void *user, const PairView *pair)
{
    Export *export = user;

    return query_pair_events(export->store, pair, take_event, export);
}

static ReportCell time_cell(Time time)
{
    return report_number(time == TIME_NONE ? REPORT_NULL : time);
}

static int take_attendance(void *user, const RecordEntry *entry)
{
    Export *export = user;
    ReportCell *cells = report_row(export->attendance, 0);
    Status status = attendance_status_shown(entry->duty, entry->attendance.status, entry->own_point_silent);

    cells[A_SESSION] = report_text(entry->session->code);
    cells[A_STARTS] = report_number(entry->session->rules.starts);
    if (status != STATUS_NOTHING)
        cells[A_STATUS].word = (ReportWord){status_word(status), status_title(status)};
    cells[A_POINT] = report_text(entry->point[0] ? entry->point : NULL);
    cells[A_IN] = time_cell(entry->attendance.first_in);
    cells[A_OUT] = time_cell(entry->attendance.last_out);
    cells[A_MINUTES] = report_number(entry->attendance.minutes);
    cells[A_CREDIT] = report_number(entry->attendance.credit);
    cells[A_EXEMPT] = report_text(entry->exempt_reason[0] ? entry->exempt_reason : NULL);
    export->session = entry->session->code;
    return query_pair(export->store, entry->session, export->member, take_pair, export);
}

static int year_of(Date date)
{
    int year, month, day;

    date_to_civil(date, &year, &month, &day);
    return year;
}

static int export_year(Export *export, int year)
{
    int64_t minutes = 0;
    int r = query_record(export->store, export->member, year, export->now, take_attendance, export);

    if (r == 0)
        r = query_year_minutes(export->store, export->member, month_of_date(date_from_civil(year, 12, 31)),
                               &minutes);
    if (r < 0)
        return error_trace(r);
    if (minutes > 0) {
        ReportCell *cells = report_row(export->hours, 0);
        cells[H_YEAR] = report_number(year);
        cells[H_MINUTES] = report_number(minutes);
    }
    return 0;
}

static int export_years(Export *export)
{
    SessionList sessions = {0};
    int r = query_sessions_between(export->store, INT64_MIN / 2, export->now + 1, &sessions);

    for (size_t i = 0, last = 0; i < sessions.count && r == 0; i++) {
        int year = year_of(sessions.rows[i].date);
        if (i == 0 || year != (int)last)
            r = export_year(export, year);
        last = (size_t)year;
    }
    session_list_deinit(&sessions);
    return error_trace(r);
}

/// In JSON the parts are keys of one object: of each document the braces go.
static int append(Report *report, bool json, Text *text)
{
    CLEANUP(cleanup_text) Text document = {0};
    static const RenderOptions options;
    int r = 0;

    if (json) {
        r = render_json(report, &options, &document);
        text_append_char(text, ',');
        if (document.size > 2)
            text_append_bytes(text, document.data + 1, document.size - 2);
    } else if (!report_is_empty(report)) {
        text_append_char(text, '\n');
        r = render_text(report, &options, text);
    }
    return r;
}

static int export_attendance(Store *store, const MemberRow *member, Time now, bool json, Text *text)
{
    CLEANUP(cleanup_report)
    Report *attendance = report_new("attendance", _("Attendance"), "attendance", attendance_columns, A_COUNT);
    CLEANUP(cleanup_report)
    Report *events = report_new("events", _("Events"), "events", event_columns, E_COUNT);
    CLEANUP(cleanup_report)
    Report *hours = report_new("hours", _("Hours of each year"), "hours", hours_columns, H_COUNT);
    Export export = {.store = store,
                     .member = member,
                     .now = now,
                     .attendance = attendance,
                     .events = events,
                     .hours = hours};
    int r = export_years(&export);

    if (r == 0)
        r = append(attendance, json, text);
    if (r == 0)
        r = append(events, json, text);
    return r < 0 ? error_trace(r) : error_trace(append(hours, json, text));
}

static int export_part(Store *store, PersonPart part, const MemberRow *member, bool json, Text *text)
{
    CLEANUP(cleanup_report)
    Report *report = report_new(parts[part].key, _(parts[part].title), parts[part].key, parts[part].columns,
                                (size_t)parts[part].column_count);
    PartRows rows = {&parts[part], report};
    int r = person_each(store, part, member->code, member->member, take_row, &rows);

    return r < 0 ? error_trace(r) : error_trace(append(report, json, text));
}

static void append_head(const MemberRow *member, Time erased, Time now, bool json, Text *text)
{
    char at[CLOCK_TEXT_SIZE] = "";

    if (erased != TIME_NONE)
        time_format_zone(erased, at);
    if (json) {
        text_append(text, "{\"person\":");
        text_append_json(text, member->code, strlen(member->code));
        text_append(text, ",\"name\":");
        text_append_json(text, member->name, strlen(member->name));
        text_append(text, ",\"erased_at\":");
        text_appendf(text, erased == TIME_NONE ? "null" : "\"%s\"", at);
        time_format_zone(now, at);
        text_appendf(text, ",\"as_of\":\"%s\"", at);
        return;
    }
    text_appendf(text, _("What is stored about %s (%s)\n"), member->name, member->code);
    if (erased != TIME_NONE)
        text_appendf(text, _("Erased on %s: name, cards and free texts are gone.\n"), at);
}

int person_export(Store *store, const char *code, Time now, bool json, Text *ret_text)
{
    MemberRow member = {0};
    Time erased = TIME_NONE;
    int r = query_member(store, code, zone_date(now), &member);

    if (r != 0)
        return r < 0 ? error_trace(r) : PERSON_EXPORT_E_UNKNOWN;
    r = person_erased_at(store, member.member, &erased);
    append_head(&member, erased, now, json, ret_text);
    if (r == 0)
        r = export_attendance(store, &member, now, json, ret_text);
    for (int part = 0; part < PERSON_PART_COUNT && r == 0; part++)
        r = export_part(store, (PersonPart)part, &member, json, ret_text);
    if (json)
        text_append_char(ret_text, '}');
    member_row_deinit(&member);
    return error_trace(r);
}
