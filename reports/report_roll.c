// A paper roll as a table: in text and pages with boxes to write into, in CSV and workbooks with empty cells,
// in the columns that `roll import` reads. Who prints it hands names to whoever passes by: nothing else about
// the members stands on it.
#include "reports/report_roll.h"

#include <inttypes.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/text.h"

enum { ROLL, LINE, CHECK, NUMBER, MEMBER, NAME, IN, OUT, LEAVE, IN_BOX, OUT_BOX, LEAVE_BOX, COLUMN_COUNT };

#define NOT_SHOWN 0 // of a column that this form of the table leaves out

static const ReportColumn blank_columns[COLUMN_COUNT] = {
    [ROLL] = {"roll", N_("Roll"), REPORT_TEXT, REPORT_SPREAD},
    [LINE] = {"line", N_("Line"), REPORT_COUNT, REPORT_SPREAD},
    [CHECK] = {"check", N_("Check code"), REPORT_TEXT, REPORT_SPREAD},
    [NUMBER] = {"key", N_("Line and code"), REPORT_TEXT, REPORT_IN_TEXT},
    [MEMBER] = {"member", N_("Member"), REPORT_TEXT, REPORT_EVERYWHERE},
    [NAME] = {"name", N_("Name"), REPORT_TEXT, REPORT_EVERYWHERE},
    [IN] = {"in", N_("In"), REPORT_TEXT, REPORT_IN_TABLE},
    [OUT] = {"out", N_("Out"), REPORT_TEXT, REPORT_IN_TABLE},
    [LEAVE] = {"leave", N_("Leave"), REPORT_TEXT, REPORT_IN_TABLE},
    [IN_BOX] = {"in_box", N_("In"), REPORT_TEXT, REPORT_IN_TEXT},
    [OUT_BOX] = {"out_box", N_("Out"), REPORT_TEXT, REPORT_IN_TEXT},
    [LEAVE_BOX] = {"leave_box", N_("Leave"), REPORT_TEXT, REPORT_IN_TEXT},
};
static const ReportColumn filled_columns[COLUMN_COUNT] = {
    [ROLL] = {"roll", N_("Roll"), REPORT_TEXT, REPORT_SPREAD},
    [LINE] = {"line", N_("Line"), REPORT_COUNT, REPORT_SPREAD},
    [CHECK] = {"check", N_("Check code"), REPORT_TEXT, REPORT_SPREAD},
    [NUMBER] = {"key", N_("Line and code"), REPORT_TEXT, REPORT_IN_TEXT},
    [MEMBER] = {"member", N_("Member"), REPORT_TEXT, REPORT_EVERYWHERE},
    [NAME] = {"name", N_("Name"), REPORT_TEXT, REPORT_EVERYWHERE},
    [IN] = {"in", N_("In"), REPORT_TEXT, REPORT_EVERYWHERE},
    [OUT] = {"out", N_("Out"), REPORT_TEXT, REPORT_EVERYWHERE},
    [LEAVE] = {"leave", N_("Leave"), REPORT_TEXT, REPORT_EVERYWHERE},
    [IN_BOX] = {"in_box", N_("In"), REPORT_TEXT, NOT_SHOWN},
    [OUT_BOX] = {"out_box", N_("Out"), REPORT_TEXT, NOT_SHOWN},
    [LEAVE_BOX] = {"leave_box", N_("Leave"), REPORT_TEXT, NOT_SHOWN},
};

static const char time_box[] = "[  :  ]", leave_box[] = "[   ]";

typedef struct Rolls {
    Store *store;
    bool filled;
    Time now;
    char code[ROLL_CODE_SIZE];
    int64_t number, marked;
    Report *report;
} Rolls;

static void cleanup_sessions(SessionList *list)
{
    session_list_deinit(list);
}

static int fill_line(Rolls *rolls, const RollLine *line, ReportCell *cells)
{
    RollEntry entries[ROLL_ENTRIES_MAX];
    size_t count = 0;
    int r = roll_entries(rolls->store, rolls->number, line->line, entries, &count);

    for (size_t i = 0; i < count; i++) {
        char at[CLOCK_TEXT_SIZE] = "";
        if (entries[i].at != TIME_NONE)
            time_format_short(entries[i].at, at);
        if (entries[i].kind == EVENT_LEAVE)
            cells[LEAVE] = report_text(*entries[i].reason ? entries[i].reason : "x");
        else
            cells[entries[i].kind == EVENT_IN ? IN : OUT] = report_text(at);
    }
    rolls->marked += count > 0;
    return error_trace(r);
}

static int add_line(void *user, const RollLine *line)
{
    Rolls *rolls = user;
    ReportCell *cells = report_row(rolls->report, 0);
    CLEANUP(cleanup_text) Text key = {0};
    char check[ROLL_CHECK_SIZE];

    roll_check(rolls->number, line->line, line->code, check);
    text_appendf(&key, "%d-%s", line->line, check);
    cells[ROLL] = report_text(rolls->code);
    cells[LINE] = report_number(line->line);
    cells[CHECK] = report_text(check);
    cells[NUMBER] = report_text(text_cstr(&key));
    cells[MEMBER] = report_text(line->code);
    cells[NAME] = report_text(line->name);
    if (rolls->filled)
        return error_trace(fill_line(rolls, line, cells));
    cells[IN] = report_text("");
    cells[OUT] = report_text("");
    cells[LEAVE] = report_text("");
    cells[IN_BOX] = report_text(time_box);
    cells[OUT_BOX] = report_text(time_box);
    cells[LEAVE_BOX] = report_text(leave_box);
    return 0;
}

static int make_title(Rolls *rolls, const Roll *roll, Text *title)
{
    CLEANUP(cleanup_sessions) SessionList sessions = {0};
    char starts[CLOCK_TEXT_SIZE];
    int r = query_session(rolls->store, roll->session, &sessions);

    if (r != 0)
        return error_origin(r < 0 ? r : -EUCLEAN);
    time_format_short(sessions.rows[0].rules.starts, starts);
    text_appendf(title, _("Paper roll %s: session %s, %s (%s), point %s"), rolls->code, roll->session,
                 sessions.rows[0].title, starts, roll->point);
    return 0;
}

static int take_roll(void *user, const Roll *roll)
{
    Rolls *rolls = user;
    CLEANUP(cleanup_text) Text title = {0};

    rolls->number = roll->number;
    roll_format_code(roll->number, rolls->code);
    int r = make_title(rolls, roll, &title);
    if (r < 0)
        return error_trace(r);
    rolls->report = report_new("roll", text_cstr(&title), "lines",
                               rolls->filled ? filled_columns : blank_columns, COLUMN_COUNT);
    report_head_text(rolls->report, "report", "roll");
    report_head_text(rolls->report, "roll", rolls->code);
    report_head_text(rolls->report, "session", roll->session);
    report_head_text(rolls->report, "point", roll->point);
    r = roll_each_line(rolls->store, roll->number, add_line, rolls);
    if (r < 0)
        return error_trace(r);
    if (rolls->filled)
        report_note(rolls->report, REPORT_NOTE_COMPLETENESS, _("Lines with a mark: %" PRId64 " of %" PRId64),
                    rolls->marked, roll->lines);
    else
        report_note(
            rolls->report, REPORT_NOTE_ABOUT,
            _("Write the time of coming and going, or tick leave. Keyed in as `studyday roll enter %s`: "
              "line and code, then in=HH:MM out=HH:MM, or leave."),
            rolls->code);
    return 0;
}

int report_roll(Store *store, int64_t number, bool filled, Report **ret_report)
{
    Rolls rolls = {.store = store, .filled = filled};
    int r = roll_get(store, number, take_roll, &rolls);

    if (r != 0) {
        report_free(rolls.report);
        return r < 0 ? error_trace(r) : ROLL_E_UNKNOWN;
    }
    *ret_report = rolls.report;
    return 0;
}

enum { L_ROLL, L_SESSION, L_POINT, L_LINES, L_ENTERED, L_STATE, L_AT, L_WHO, LIST_COUNT };

static const ReportColumn list_columns[LIST_COUNT] = {
    [L_ROLL] = {"roll", N_("Roll"), REPORT_TEXT, REPORT_EVERYWHERE},
    [L_SESSION] = {"session", N_("Session"), REPORT_TEXT, REPORT_EVERYWHERE},
    [L_POINT] = {"point", N_("Point"), REPORT_TEXT, REPORT_EVERYWHERE},
    [L_LINES] = {"lines", N_("Lines"), REPORT_COUNT, REPORT_EVERYWHERE},
    [L_ENTERED] = {"entered", N_("Entered"), REPORT_COUNT, REPORT_EVERYWHERE},
    [L_STATE] = {"state", N_("State"), REPORT_WORD, REPORT_EVERYWHERE},
    [L_AT] = {"printed_at", N_("Printed"), REPORT_TIME, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [L_WHO] = {"who", N_("Who"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
};

// Whether the session of the roll is over: then its roll ought to have come back.
static int is_over(Rolls *rolls, const Roll *roll, bool *ret_over)
{
    CLEANUP(cleanup_sessions) SessionList sessions = {0};
    int r = query_session(rolls->store, roll->session, &sessions);

    if (r != 0)
        return error_origin(r < 0 ? r : -EUCLEAN);
    *ret_over = sessions.rows[0].rules.ends <= rolls->now;
    return 0;
}

static int list_roll(void *user, const Roll *roll)
{
    Rolls *rolls = user;
    ReportCell *cells = report_row(rolls->report, 0);
    char code[ROLL_CODE_SIZE];
    bool over = false;
    int r = is_over(rolls, roll, &over);

    roll_format_code(roll->number, code);
    cells[L_ROLL] = report_text(code);
    cells[L_SESSION] = report_text(roll->session);
    cells[L_POINT] = report_text(roll->point);
    cells[L_LINES] = report_number(roll->lines);
    cells[L_ENTERED] = report_number(roll->entered);
    cells[L_STATE].word = roll->closed    ? (roll->seen ? (ReportWord){"closed", N_("closed")}
                                                        : (ReportWord){"nil", N_("nobody came")})
                          : roll->entered ? (ReportWord){"entered", N_("entered")}
                          : over          ? (ReportWord){"missing", N_("missing")}
                                          : (ReportWord){"printed", N_("printed")};
    cells[L_AT] = report_number(roll->at);
    cells[L_WHO] = report_text(roll->who);
    return error_trace(r);
}

int report_roll_list(Store *store, const char *session, Time now, Report **ret_report)
{
    CLEANUP(cleanup_sessions) SessionList sessions = {0};
    Rolls rolls = {.store = store, .now = now};
    int r = session ? query_session(store, session, &sessions) : 0;

    if (r == QUERY_E_UNKNOWN)
        return REPORT_E_UNKNOWN_SESSION;
    if (r < 0)
        return error_trace(r);
    rolls.report = report_new("roll-list", _("Paper rolls"), "rolls", list_columns, LIST_COUNT);
    r = roll_each(store, session ? sessions.rows[0].session : 0, list_roll, &rolls);
    if (r < 0) {
        report_free(rolls.report);
        return error_trace(r);
    }
    *ret_report = rolls.report;
    return 0;
}
