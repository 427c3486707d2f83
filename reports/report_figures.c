// Rows of figures. JSON holds the exact values under the contract's keys; people see the same values and two
// that are made of them (hours per member, share that met the target). Every report carries the definitions
// of its rates, with their version, and how far the points have reported: a rate without the two means
// nothing.
#include "reports/report_figures.h"

#include <inttypes.h>
#include <stdio.h>

#include "core/base/i18n.h"
#include "reports/render.h"

#define MINUTES_PER_TENTH 6 // of an hour
#define SPREAD_CLASSES 10   // of a distribution: ten per cent each
#define SPREAD_LEAST 8      // orgs that make a distribution; fewer are better read one by one
#define RATE_WHOLE 1000     // per mille

enum {
    ORG,
    NAME,
    SESSIONS,
    EXPECTED,
    EXEMPT,
    ON_SITE,
    MAKEUP,
    HOME,
    LEAVE,
    ABSENT,
    UNREPORTED,
    GUESTS,
    CENTRALISED,
    CENTRALISED_LOW,
    CENTRALISED_HIGH,
    OVERALL,
    CHECKED,
    PASSED,
    NOT_FOUND,
    POINTS_EXPECTED,
    POINTS_COVERED,
    POINTS,
    MINUTES,
    YEAR_MINUTES,
    MEMBERS,
    TARGET_MET,
    AVERAGE_HOURS,
    TARGET_RATE,
    COLUMN_COUNT
};

// In the order of studyday(1), OUTPUT. On a narrow terminal the two rates, what they are made of and the
// points covered remain; the bounds stand under the table as well.
const ReportColumn report_figures_columns[] = {
    [ORG] = {"org", N_("Code"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_TREE},
    [NAME] = {"name", N_("Organisation"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_CUT},
    [SESSIONS] = {"sessions", N_("Sessions"), REPORT_COUNT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [EXPECTED] = {"expected", N_("Expected"), REPORT_COUNT, REPORT_EVERYWHERE | REPORT_LARGE},
    [EXEMPT] = {"exempt", N_("Exempt"), REPORT_COUNT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [ON_SITE] = {"on_site", N_("Attended on site"), REPORT_COUNT, REPORT_EVERYWHERE | REPORT_LARGE},
    [MAKEUP] = {"makeup", N_("Made up"), REPORT_COUNT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [HOME] = {"home", N_("Studied at home"), REPORT_COUNT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [LEAVE] = {"leave", N_("On leave"), REPORT_COUNT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [ABSENT] = {"absent", N_("Absent"), REPORT_COUNT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [UNREPORTED] = {"unreported", N_("Unreported"), REPORT_COUNT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [GUESTS] = {"guests", N_("Guests"), REPORT_COUNT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [CENTRALISED] = {"centralised_permille", N_("Centralised participation rate"), REPORT_PERMILLE,
                     REPORT_EVERYWHERE | REPORT_BAR | REPORT_LARGE},
    [CENTRALISED_LOW] = {"centralised_low_permille", N_("Centralised rate at least"), REPORT_PERMILLE,
                         REPORT_SPREAD},
    [CENTRALISED_HIGH] = {"centralised_high_permille", N_("Centralised rate at most"), REPORT_PERMILLE,
                          REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [OVERALL] = {"overall_permille", N_("Overall participation rate"), REPORT_PERMILLE,
                 REPORT_EVERYWHERE | REPORT_BAR | REPORT_LARGE},
    [CHECKED] = {"checked", N_("Spot-checked"), REPORT_COUNT, REPORT_SPREAD},
    [PASSED] = {"passed", N_("Passed"), REPORT_COUNT, REPORT_SPREAD},
    [NOT_FOUND] = {"not_found", N_("Recorded but not found"), REPORT_COUNT, REPORT_SPREAD},
    [POINTS_EXPECTED] = {"points_expected", N_("Points expected"), REPORT_COUNT, REPORT_SPREAD},
    [POINTS_COVERED] = {"points_covered", N_("Points that reported"), REPORT_COUNT, REPORT_SPREAD},
    [POINTS] = {NULL, N_("Points covered"), REPORT_FRACTION, REPORT_IN_TEXT | REPORT_LARGE},
    [MINUTES] = {"minutes", N_("Hours credited"), REPORT_MINUTES, REPORT_SPREAD},
    [YEAR_MINUTES] = {"year_minutes", N_("Hours of the year"), REPORT_MINUTES, REPORT_SPREAD},
    [MEMBERS] = {"members", N_("Members"), REPORT_COUNT, REPORT_SPREAD},
    [TARGET_MET] = {"target_met", N_("Members who met the target"), REPORT_COUNT, REPORT_SPREAD},
    [AVERAGE_HOURS] = {NULL, N_("Hours per member this year"), REPORT_TENTHS,
                       REPORT_IN_TEXT | REPORT_IN_TABLE | REPORT_IF_ROOM | REPORT_LARGE},
    [TARGET_RATE] = {NULL, N_("Target met"), REPORT_PERMILLE,
                     REPORT_IN_TEXT | REPORT_IN_TABLE | REPORT_IF_ROOM},
};
const size_t report_figures_column_count = COLUMN_COUNT;

int report_figures_org(const FiguresSet *set, const char *org, int32_t *ret_index)
{
    if (set->tree.count == 0)
        return REPORT_E_NO_ORGS;
    // Nodes come parents first, siblings by code: the first is the first top.
    int32_t index = org ? org_tree_find(&set->tree, org) : 0;
    if (index < 0)
        return REPORT_E_UNKNOWN_ORG;
    *ret_index = index;
    return 0;
}

static ReportCell rate_cell(int32_t permille)
{
    return report_number(permille == RATE_NULL ? REPORT_NULL : permille);
}

/// Hours per member to one decimal, half up, in one step: an average of rounded hours would be another
/// number.
static ReportCell average_hours(const Figures *figures)
{
    int64_t divisor = figures->members * MINUTES_PER_TENTH;
    if (divisor == 0)
        return report_number(REPORT_NULL);
    return report_number((2 * figures->year_minutes + divisor) / (2 * divisor));
}

static void fill_counts(ReportCell *cells, const Figures *figures)
{
    cells[SESSIONS] = report_number(figures->sessions);
    cells[EXPECTED] = report_number(figures->expected);
    cells[EXEMPT] = report_number(figures->exempt);
    cells[ON_SITE] = report_number(figures_on_site(figures));
    cells[MAKEUP] = report_number(figures->makeup);
    cells[HOME] = report_number(figures->home);
    cells[LEAVE] = report_number(figures->leave);
    cells[ABSENT] = report_number(figures->absent);
    cells[UNREPORTED] = report_number(figures->unreported);
    cells[GUESTS] = report_number(figures->guests);
    cells[CHECKED] = report_number(figures->checked);
    cells[PASSED] = report_number(figures->passed);
    cells[NOT_FOUND] = report_number(figures->not_found);
    cells[POINTS_EXPECTED] = report_number(figures->points_expected);
    cells[POINTS_COVERED] = report_number(figures->points_covered);
    cells[POINTS] =
        (ReportCell){.fraction = {(int32_t)figures->points_covered, (int32_t)figures->points_expected}};
    cells[MINUTES] = report_number(figures->minutes);
    cells[YEAR_MINUTES] = report_number(figures->year_minutes);
    cells[MEMBERS] = report_number(figures->members);
    cells[TARGET_MET] = report_number(figures->target_met);
}

static void fill_row(Report *report, const OrgNode *node, const Figures *figures, int depth)
{
    ReportCell *cells = report_row(report, depth);

    cells[ORG] = report_text(node->code);
    cells[NAME] = report_text(node->name);
    fill_counts(cells, figures);
    cells[CENTRALISED] = rate_cell(figures_centralised(figures));
    cells[CENTRALISED_LOW] = rate_cell(figures_centralised_low(figures));
    cells[CENTRALISED_HIGH] = rate_cell(figures_centralised_high(figures));
    cells[OVERALL] = rate_cell(figures_overall(figures));
    cells[AVERAGE_HOURS] = average_hours(figures);
    cells[TARGET_RATE] = rate_cell(rate_permille(figures->target_met, figures->members));
}

static void append_rate(int32_t permille, Text *text)
{
    ReportCell cell = rate_cell(permille);
    text_clear(text);
    render_append_cell(REPORT_PERMILLE, &cell, text);
}

static void note_bounds(Report *report, const Figures *figures)
{
    CLEANUP(cleanup_text) Text low = {0};
    CLEANUP(cleanup_text) Text high = {0};

    report_note(report, REPORT_NOTE_COMPLETENESS, _("Points covered: %" PRId64 " of %" PRId64 "."),
                figures->points_covered, figures->points_expected);
    if (figures->expected == 0)
        return;
    append_rate(figures_centralised_low(figures), &low);
    append_rate(figures_centralised_high(figures), &high);
    if (figures->unreported == 0)
        report_note(report, REPORT_NOTE_COMPLETENESS,
                    _("Nobody is unreported: the centralised participation rate is %s."), text_cstr(&low));
    else if (figures->unreported == figures->expected)
        report_note(report, REPORT_NOTE_COMPLETENESS,
                    _("Everybody is unreported: nothing is known of the centralised participation rate."));
    else
        report_note(
            report, REPORT_NOTE_COMPLETENESS,
            _("The centralised participation rate lies between %s (all the unreported were absent) and %s "
              "(the unreported left out)."),
            text_cstr(&low), text_cstr(&high));
}

static void note_sessions(Report *report, const FiguresSet *set)
{
    char when[CLOCK_TEXT_SIZE];

    if (set->session_count == 0)
        report_note(report, REPORT_NOTE_COMPLETENESS, "%s", _("No session has begun."));
    for (size_t i = 0; i < set->session_count; i++) {
        const FiguresSession *session = &set->sessions[i];
        time_format_short(session->starts, when);
        report_note(report, REPORT_NOTE_COMPLETENESS,
                    _("Session %s (%s, %s): %s; of its %" PRId64 " points, %" PRId64 " are covered, %" PRId64
                      " have gaps."),
                    session->code, session->title, when,
                    _(report_state_title(session->complete ? REPORT_COMPLETE : REPORT_PROVISIONAL)),
                    session->points, session->covered, session->gaps);
    }
}

static void note_definitions(Report *report)
{
    static const char *const definitions[] = {
        N_("Expected: members of the organisation and all below it on the session's date, within the "
           "session's "
           "scope or invitations, less the exempt. Counts are sums over the sessions."),
        N_("Centralised participation rate = attended on site / expected."),
        N_("Overall participation rate = (attended on site + made up by the deadline + studied at home) / "
           "expected."),
        N_("Unreported: nothing is known of them, their own point is silent. Silent is not absent."),
        N_("Guests: attended at a point here and belong elsewhere; they are counted at home only."),
        N_("Hours are minutes / 60; members, hours of the year and targets are as of the month's last day."),
    };
    for (size_t i = 0; i < sizeof(definitions) / sizeof(definitions[0]); i++)
        report_note(report, REPORT_NOTE_DEFINITION, "%s", _(definitions[i]));
}

static void note_closed(Report *report, const FiguresSet *set)
{
    char when[CLOCK_TEXT_SIZE];

    if (!set->closed)
        return;
    report->as_of = set->closed_at;
    if (set->is_period)
        return; // each month is said
    time_format_short(set->closed_at, when);
    report_note(report, REPORT_NOTE_ABOUT,
                _("The figures are those of %s, when the month was closed or revised."), when);
}

/// How the smallest orgs are spread over classes of ten per cent: the mean of a whole hides those that stay
/// away.
static void add_spread(Report *report, const FiguresSet *set, int32_t org)
{
    static const ReportColumn lines[] = {{NULL, N_("Organisations"), REPORT_COUNT, REPORT_SPREAD}};
    int64_t counts[SPREAD_CLASSES] = {0};
    int64_t known = 0;
    char label[CLOCK_TEXT_SIZE];

    for (int32_t i = org; i < set->tree.nodes[org].end; i++) {
        int32_t rate = figures_centralised(&set->figures[i]);
        if (set->tree.nodes[i].end != i + 1 || rate == RATE_NULL)
            continue;
        int32_t place = rate * SPREAD_CLASSES / RATE_WHOLE;
        counts[place < SPREAD_CLASSES ? place : SPREAD_CLASSES - 1]++;
        known++;
    }
    if (known < SPREAD_LEAST)
        return;
    ReportSeries *series = report_series(report, REPORT_SERIES_SPREAD,
                                         N_("Smallest organisations by centralised participation rate"),
                                         lines, sizeof(lines) / sizeof(lines[0]));
    series->label = (ReportColumn){NULL, N_("Class of rates"), REPORT_TEXT, REPORT_SPREAD};
    for (int i = 0; i < SPREAD_CLASSES; i++) {
        snprintf(label, sizeof(label), "%d–%d%%", i * 100 / SPREAD_CLASSES, (i + 1) * 100 / SPREAD_CLASSES);
        report_point(series, label)[0] = counts[i];
    }
}

/// What every bar is seen against: the rate of the whole that the parts make up.
static void add_reference(Report *report, const FiguresSet *set, int32_t org)
{
    int32_t rate = figures_centralised(&set->figures[org]);

    if (rate != RATE_NULL && set->tree.nodes[org].end > org + 1)
        report_refer(report, rate, set->tree.nodes[org].name);
}

void report_figures_fill(Report *report, const FiguresSet *set, int32_t org, int depth, bool open)
{
    const OrgNode *top = &set->tree.nodes[org];
    // R12: complete when all its sessions are. A month that has none yet is not complete before it is over.
    bool provisional = set->provisional[org] > 0 || (open && set->session_count == 0);
    ReportState state = set->closed ? REPORT_CLOSED : provisional ? REPORT_PROVISIONAL : REPORT_COMPLETE;

    report_head_text(report, "org", top->code);
    report_head_standing(report, set->revision, state);
    report_note(report, REPORT_NOTE_ABOUT, _("State: %s. Revision %d. Definitions, version %d."),
                _(report_state_title(state)), set->revision, REPORT_DEFINITIONS);
    note_closed(report, set);
    for (int32_t i = org; i < top->end; i++) {
        const OrgNode *node = &set->tree.nodes[i];
        if (node->depth - top->depth <= depth)
            fill_row(report, node, &set->figures[i], node->depth - top->depth);
    }
    add_reference(report, set, org);
    add_spread(report, set, org);
    note_bounds(report, &set->figures[org]);
    note_sessions(report, set);
    note_definitions(report);
}
