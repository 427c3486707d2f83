// A record is made from the member's attendance rows of the year, one line a session that has begun. Status
// words are those that reports count by (studyday-rules(7)), so that a member finds the same word here that
// went into the figures; a guest without any status, whom no figure knows, is left out unless something was
// credited. `minutes` of the head is what the year holds, R16 included: a session across New Year gives each
// year its share, while its line tells all.
//
// The target is that of the role on the day of the question, for a past year on its last day (R17).
#include "reports/record.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/model/session.h"
#include "core/store/query.h"
#include "core/store/sessions.h"
#include "reports/render.h"

enum {
    SESSION,
    KIND,
    TITLE,
    STARTS,
    STATUS,
    MODE,
    POINT,
    FIRST_IN,
    LAST_OUT,
    MINUTES,
    CREDIT,
    RULE,
    FLAGS,
    MAKEUP_UNTIL,
    ACTIVITY,
    PART,
    MATERIALS,
    COLUMN_COUNT
};

// In the order of studyday(1), OUTPUT.
static const ReportColumn columns[COLUMN_COUNT] = {
    [SESSION] = {"session", N_("Session"), REPORT_TEXT, REPORT_EVERYWHERE},
    [KIND] = {"kind", N_("Kind"), REPORT_WORD, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [TITLE] = {"title", N_("Title"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_CUT},
    [STARTS] = {"starts", N_("Starts"), REPORT_TIME, REPORT_EVERYWHERE},
    [STATUS] = {"status", N_("Status"), REPORT_WORD, REPORT_EVERYWHERE},
    [MODE] = {"mode", N_("Mode"), REPORT_WORD, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [POINT] = {"point", N_("Point"), REPORT_TEXT, REPORT_EVERYWHERE},
    [FIRST_IN] = {"first_in", N_("First in"), REPORT_TIME, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [LAST_OUT] = {"last_out", N_("Last out"), REPORT_TIME, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [MINUTES] = {"minutes", N_("Minutes present"), REPORT_COUNT, REPORT_EVERYWHERE},
    [CREDIT] = {"credit_minutes", N_("Hours credited"), REPORT_MINUTES, REPORT_EVERYWHERE},
    [RULE] = {"rule", N_("Rule"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [FLAGS] = {"flags", N_("Remarks"), REPORT_WORDS, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [MAKEUP_UNTIL] = {"makeup_until", N_("Make up until"), REPORT_DATE, REPORT_EVERYWHERE},
    [ACTIVITY] = {"activity", N_("Activity"), REPORT_TEXT, REPORT_SPREAD},
    [PART] = {"part", N_("Part"), REPORT_WORD, REPORT_SPREAD},
    [MATERIALS] = {"materials", N_("Materials"), REPORT_WORDS, REPORT_SPREAD},
};

// The five study modes (docs/terms.md); the fifth, the spot-check, changes no attendance.
static const ReportWord mode_lead = {"lead", N_("city-led lecture")};
static const ReportWord mode_follow = {"follow", N_("on-site follow")};
static const ReportWord mode_makeup = {"makeup", N_("make-up after leave")};
static const ReportWord mode_home = {"home", N_("home delivery")};

// Who organises is named only to that member: a record shows nobody else.
static const ReportWord part_organiser = {"organiser", N_("organiser")};

// What the rows add up to.
typedef struct RecordBuild {
    Store *store;
    Report *report;
    const char *member;
    Time now;
    bool class_taken;
    int64_t capped;  // minutes credited that do not count (R27)
    int64_t share;   // of what the lines credit, the part of the year itself (R16)
    int64_t later;   // and the part of the next one
    size_t owed;     // sessions that may still be made up
    Date owed_first; // the earliest day of these
} RecordBuild;

static void cleanup_member(MemberRow *row)
{
    member_row_deinit(row);
}

static ReportWord study_mode(const Attendance *attendance)
{
    if (attendance->on_site)
        return attendance->mode == EVENT_MODE_LEAD ? mode_lead : mode_follow;
    if (attendance->status == STATUS_HOME)
        return mode_home;
    return attendance->status == STATUS_MAKEUP ? mode_makeup : (ReportWord){NULL, NULL};
}

static ReportCell time_cell(Time t)
{
    return report_number(t == TIME_NONE ? REPORT_NULL : t);
}

static ReportCell flags_cell(const RecordEntry *entry)
{
    Text text = {0};
    for (unsigned bit = 0; bit < ATTENDANCE_FLAG_COUNT; bit++) {
        if (entry->attendance.flags & (1u << bit))
            text_appendf(&text, "%s%s", text.size > 0 ? " " : "",
                         attendance_flag_word((AttendanceFlag)(1u << bit)));
    }
    if (entry->capped > 0)
        text_appendf(&text, "%scapped", text.size > 0 ? " " : "");
    return (ReportCell){.text = text_take(&text)};
}

/// The rule that gave the credit, and the one that said what the session is worth where it was stated in
/// units.
static ReportCell rule_cell(const SessionRow *session)
{
    Text text = {0};

    text_appendf(&text, "%s/%d", SESSION_RULE, session->rule_version);
    if (session->worth_version)
        text_appendf(&text, "+%s/%d", rule_kind_word(RULE_CONVERSION), session->worth_version);
    return (ReportCell){.text = text_take(&text)};
}

/// Until when the session can still be made up; unknown once it cannot, or need not.
static ReportCell makeup_cell(const RecordEntry *entry, Status status, Time now)
{
    bool owed = status == STATUS_ABSENT || status == STATUS_UNREPORTED || status == STATUS_LEAVE;
    if (!owed || entry->duty != DUTY_EXPECTED || now >= entry->session->rules.makeup_end)
        return report_number(REPORT_NULL);
    return report_number(entry->session->makeup_until);
}

static int detail_cells(const RecordBuild *build, const SessionRow *session, ReportCell *cells)
{
    SessionDetail detail;
    int r = query_session_detail(build->store, session->session, &detail);

    if (r < 0)
        return error_trace(r);
    cells[ACTIVITY] = report_text(detail.activity[0] ? detail.activity : NULL);
    if (strcmp(detail.organiser, build->member) == 0)
        cells[PART].word = part_organiser;
    cells[MATERIALS] = report_text(detail.materials);
    session_detail_deinit(&detail);
    return 0;
}

static void count_owed(RecordBuild *build, ReportCell until)
{
    if (until.number == REPORT_NULL)
        return;
    if (build->owed == 0 || until.number < build->owed_first)
        build->owed_first = (Date)until.number;
    build->owed++;
}

static int add_entry(void *user, const RecordEntry *entry)
{
    RecordBuild *build = user;
    const SessionRow *session = entry->session;
    const Attendance *attendance = &entry->attendance;
    Status status = attendance_status_shown(entry->duty, attendance->status, entry->own_point_silent);

    if (status == STATUS_NOTHING && attendance->credit == 0)
        return 0;
    build->class_taken = build->class_taken || (session->kind == SESSION_CLASS && attendance->credit > 0);

    int32_t share = session->spans_years ? session_split_first_year(&session->rules, attendance->credit)
                                         : attendance->credit;
    build->share += share;
    build->later += attendance->credit - share;
    build->capped += entry->capped;

    ReportCell *cells = report_row(build->report, 0);
    cells[SESSION] = report_text(session->code);
    cells[KIND].word = (ReportWord){session_kind_word(session->kind), session_kind_title(session->kind)};
    cells[TITLE] = report_text(session->title);
    cells[STARTS] = time_cell(session->rules.starts);
    if (status != STATUS_NOTHING)
        cells[STATUS].word = (ReportWord){status_word(status), status_title(status)};
    cells[MODE].word = study_mode(attendance);
    cells[POINT] = report_text(entry->point[0] ? entry->point : NULL);
    cells[FIRST_IN] = time_cell(attendance->first_in);
    cells[LAST_OUT] = time_cell(attendance->last_out);
    cells[MINUTES] = report_number(attendance->minutes);
    cells[CREDIT] = report_number(attendance->credit);
    cells[RULE] = attendance->credit > 0 ? rule_cell(session) : report_text(NULL);
    cells[FLAGS] = flags_cell(entry);
    cells[MAKEUP_UNTIL] = makeup_cell(entry, status, build->now);
    count_owed(build, cells[MAKEUP_UNTIL]);
    return error_trace(detail_cells(build, session, cells));
}

static void append_hours(int64_t minutes, Text *text)
{
    ReportCell cell = report_number(minutes);
    render_append_cell(REPORT_MINUTES, &cell, text);
}

static void note_standing(Report *report, const MemberRow *member, int64_t minutes, bool class_taken)
{
    CLEANUP(cleanup_text) Text hours = {0};
    CLEANUP(cleanup_text) Text target = {0};

    append_hours(minutes, &hours);
    append_hours(member->target_minutes, &target);
    if (member->org[0])
        report_note(report, REPORT_NOTE_ABOUT, _("Organisation: %s (%s)"),
                    member->org_name ? member->org_name : "", member->org);
    report_note(report, REPORT_NOTE_ABOUT, _("Hours: %s of %s"), text_cstr(&hours), text_cstr(&target));
    if (member->needs_class)
        report_note(report, REPORT_NOTE_ABOUT, "%s",
                    class_taken ? _("Training class: taken")
                                : _("Training class: one is still needed this year"));
    report_note(
        report, REPORT_NOTE_DEFINITION, "%s",
        _("Hours credited are minutes / 60. An entry that looks wrong can be objected to with the branch."));
}

static void note_capped(Report *report, int64_t capped)
{
    CLEANUP(cleanup_text) Text hours = {0};

    if (capped == 0)
        return;
    append_hours(capped, &hours);
    report_note(report, REPORT_NOTE_ABOUT, _("Hours beyond a cap, which do not count: %s"),
                text_cstr(&hours));
}

// R16: the lines are those of the sessions that began in the year, the hours those of the year.
static void note_new_year(Report *report, const RecordBuild *build, int year, int64_t minutes)
{
    CLEANUP(cleanup_text) Text earlier = {0}, later = {0};
    int64_t from_before = minutes + build->capped - build->share;

    append_hours(from_before, &earlier);
    append_hours(build->later, &later);
    if (from_before > 0)
        report_note(report, REPORT_NOTE_ABOUT,
                    _("Hours of a session that began in %d and went on past New Year: %s"), year - 1,
                    text_cstr(&earlier));
    if (build->later > 0)
        report_note(report, REPORT_NOTE_ABOUT, _("Hours of these sessions that count in %d: %s"), year + 1,
                    text_cstr(&later));
}

static void note_owed(Report *report, const RecordBuild *build)
{
    char until[CLOCK_TEXT_SIZE];

    if (build->owed == 0)
        return;
    date_format(build->owed_first, until);
    report_note(report, REPORT_NOTE_ABOUT, _("Sessions that may still be made up: %zu, the first until %s"),
                build->owed, until);
}

static Report *start_report(const MemberRow *member, const char *code, int year, int64_t minutes)
{
    CLEANUP(cleanup_text) Text title = {0};

    text_appendf(&title, _("Study record of %s (%s), %d"), member->name, code, year);
    Report *report = report_new("record", text_cstr(&title), "sessions", columns, COLUMN_COUNT);
    report_head_text(report, "member", code);
    report_head_text(report, "name", member->name);
    report_head_number(report, "year", year);
    report_head_text(report, "org", member->org[0] ? member->org : NULL);
    report_head_number(report, "minutes", minutes);
    report_head_number(report, "target_minutes", member->target_minutes);
    return report;
}

int record_year(Time now)
{
    int year, month, day;
    date_to_civil(zone_date(now), &year, &month, &day);
    return year;
}

int record_report(Store *store, const char *member, int year, Time now, Report **ret_report)
{
    CLEANUP(cleanup_report) Report *report = NULL;
    CLEANUP(cleanup_member) MemberRow row = {0};
    Date last_day = date_from_civil(year, 12, 31);
    int64_t minutes;

    if (year > record_year(now))
        return RECORD_E_FUTURE;
    int r = query_member(store, member, year < record_year(now) ? last_day : zone_date(now), &row);
    if (r == QUERY_E_UNKNOWN)
        return RECORD_E_UNKNOWN;
    if (r < 0)
        return error_trace(r);
    r = query_year_minutes(store, &row, month_of_date(last_day), &minutes);
    if (r < 0)
        return error_trace(r);

    report = start_report(&row, row.code, year, minutes);
    RecordBuild build = {.store = store, .report = report, .member = row.code, .now = now};
    r = query_record(store, &row, year, now, add_entry, &build);
    if (r < 0)
        return error_trace(r);
    note_standing(report, &row, minutes, build.class_taken);
    note_new_year(report, &build, year, minutes);
    note_capped(report, build.capped);
    note_owed(report, &build);
    *ret_report = report;
    report = NULL;
    return 0;
}

int record_json(Store *store, const char *member, int year, Time now, Text *ret_text)
{
    CLEANUP(cleanup_report) Report *report = NULL;
    static const RenderOptions options;

    int r = record_report(store, member, year, now, &report);
    if (r == RECORD_E_UNKNOWN || r == RECORD_E_FUTURE)
        return r == RECORD_E_UNKNOWN ? RECORD_E_UNKNOWN : RECORD_E_FUTURE;
    if (r < 0)
        return error_trace(r);
    render_json(report, &options, ret_text);
    return 0;
}
