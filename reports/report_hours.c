// The year's hours up to the end of a month: of a year that runs, up to the end of the present one. What is
// counted is what the month's report counts (R22), so that the two never differ; of a closed month it is what
// was stored then, which does not tell who lacks a class.
#include "reports/report_hours.h"

#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/model/roster.h"
#include "core/store/month.h"
#include "reports/hours_members.h"

#define MINUTES_PER_TENTH 6 // of an hour

enum {
    ORG,
    NAME,
    MEMBERS,
    YEAR_MINUTES,
    AVERAGE,
    TARGET_MET,
    TARGET_RATE,
    SHORT,
    NEED_CLASS,
    LACK_CLASS,
    COLUMN_COUNT
};

static const ReportColumn columns[COLUMN_COUNT] = {
    [ORG] = {"org", N_("Code"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_TREE},
    [NAME] = {"name", N_("Organisation"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_CUT},
    [MEMBERS] = {"members", N_("Members"), REPORT_COUNT, REPORT_EVERYWHERE | REPORT_LARGE},
    [YEAR_MINUTES] = {"year_minutes", N_("Hours of the year"), REPORT_MINUTES,
                      REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [AVERAGE] = {NULL, N_("Hours per member this year"), REPORT_TENTHS,
                 REPORT_IN_TEXT | REPORT_IN_TABLE | REPORT_LARGE},
    [TARGET_MET] = {"target_met", N_("Members who met the target"), REPORT_COUNT, REPORT_EVERYWHERE},
    [TARGET_RATE] = {"target_met_permille", N_("Target met"), REPORT_PERMILLE,
                     REPORT_EVERYWHERE | REPORT_BAR | REPORT_LARGE},
    [SHORT] = {"short", N_("Members below the target"), REPORT_COUNT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [NEED_CLASS] = {"need_class", N_("Members who need a class"), REPORT_COUNT, REPORT_SPREAD},
    [LACK_CLASS] = {"lack_class", N_("Lacking a class"), REPORT_COUNT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
};

// What an org adds to the figures of the month.
typedef struct Classes {
    int64_t need, lack;
} Classes;

typedef struct Hours {
    Store *store;
    const ReportRequest *request;
    Month month;
    FiguresSet set;   // `figures` with members, year_minutes and target_met alone
    Classes *classes; // of set.tree.nodes; NULL: not known
    int32_t top;      // in set.tree
} Hours;

static void cleanup_hours(Hours *hours)
{
    figures_set_deinit(&hours->set);
    free(hours->classes);
}

static int count_member(void *user, const MemberMonth *member)
{
    Hours *hours = user;
    int32_t index = org_tree_index(&hours->set.tree, member->org);

    if (index < 0)
        return 0;
    figures_add_member(&hours->set.figures[index], member);
    hours->classes[index].need += member->needs_class;
    hours->classes[index].lack += member->needs_class && !member->class_taken;
    return 0;
}

static int take_live(Hours *hours)
{
    OrgTree *tree = &hours->set.tree;

    int r =
        org_tree_load_span(hours->store, month_first_day(hours->month), month_last_day(hours->month), tree);
    if (r < 0)
        return error_trace(r);
    hours->set.figures = alloc_zero((tree->count + 1) * sizeof(*hours->set.figures));
    hours->classes = alloc_zero((tree->count + 1) * sizeof(*hours->classes));
    r = query_members_month(hours->store, hours->month, count_member, hours);
    if (r < 0)
        return error_trace(r);
    for (size_t i = tree->count; i-- > 0;) {
        int32_t parent = tree->nodes[i].parent;
        if (parent < 0)
            continue;
        figures_add(&hours->set.figures[parent], &hours->set.figures[i]);
        hours->classes[parent].need += hours->classes[i].need;
        hours->classes[parent].lack += hours->classes[i].lack;
    }
    return 0;
}

/// The stored figures of a closed month, or the live ones.
static int take_figures(Hours *hours)
{
    MonthStanding standing;

    int r = month_standing(hours->store, hours->month, &standing);
    if (r < 0)
        return error_trace(r);
    if (standing.state != MONTH_CLOSED)
        return error_trace(take_live(hours));
    r = figures_load(hours->store, hours->month, standing.revision, &hours->set);
    return r > 0 ? error_origin(-EUCLEAN) : error_trace(r);
}

static void fill_row(const Hours *hours, int32_t index, int depth, Report *report)
{
    const OrgNode *node = &hours->set.tree.nodes[index];
    const Figures *figures = &hours->set.figures[index];
    int64_t divisor = figures->members * MINUTES_PER_TENTH;
    int32_t rate = rate_permille(figures->target_met, figures->members);
    ReportCell *cells = report_row(report, depth);

    cells[ORG] = report_text(node->code);
    cells[NAME] = report_text(node->name);
    cells[MEMBERS] = report_number(figures->members);
    cells[YEAR_MINUTES] = report_number(figures->year_minutes);
    if (divisor)
        cells[AVERAGE] = report_number((2 * figures->year_minutes + divisor) / (2 * divisor));
    cells[TARGET_MET] = report_number(figures->target_met);
    cells[TARGET_RATE] = report_number(rate == RATE_NULL ? REPORT_NULL : rate);
    cells[SHORT] = report_number(figures->members - figures->target_met);
    if (hours->classes) {
        cells[NEED_CLASS] = report_number(hours->classes[index].need);
        cells[LACK_CLASS] = report_number(hours->classes[index].lack);
    }
}

void hours_define(Report *report)
{
    report_note(report, REPORT_NOTE_DEFINITION, "%s",
                _("Hours are what the sessions of the year credited to those who are members on that day, "
                  "wherever they took part; no year is carried over to the next."));
    report_note(report, REPORT_NOTE_DEFINITION, "%s",
                _("The target is that of the member's role on that day, by the rule in force; who needs a "
                  "centralised class has met it only with one."));
}

Report *hours_start(const ReportRequest *request, Month month, const OrgNode *top, const ReportColumn *table,
                    size_t count)
{
    CLEANUP(cleanup_text) Text title = {0};
    bool is_year = request->given == REPORT_TAKES_YEAR;
    char day[CLOCK_TEXT_SIZE];

    text_appendf(&title, _("Training hours of %s against targets: %s"), request->name, top->name);
    Report *report = report_new("hours", text_cstr(&title), "rows", table, count);
    report_head_text(report, "report", "hours");
    report_head_text(report, is_year ? "year" : "month", request->name);
    date_format(month_last_day(month), day);
    report_head_text(report, "day", day);
    report_head_text(report, "org", top->code);
    report->as_of = request->scope.now;
    report_note(report, REPORT_NOTE_ABOUT, _("Members, roles and hours as of %s."), day);
    return report;
}

static Report *list_orgs(const Hours *hours)
{
    const OrgNode *nodes = hours->set.tree.nodes;
    ReportState state = hours->set.closed ? REPORT_CLOSED : REPORT_PROVISIONAL;
    Report *report = hours_start(hours->request, hours->month, &nodes[hours->top], columns, COLUMN_COUNT);
    int32_t rate =
        rate_permille(hours->set.figures[hours->top].target_met, hours->set.figures[hours->top].members);
    char when[CLOCK_TEXT_SIZE];

    if (hours->set.closed) {
        report->as_of = hours->set.closed_at;
        time_format_short(hours->set.closed_at, when);
        report_note(report, REPORT_NOTE_ABOUT,
                    _("The figures are those of %s, when the month was closed or revised."), when);
    }
    report_head_standing(report, hours->set.revision, state);
    for (int32_t i = hours->top; i < nodes[hours->top].end; i++) {
        int depth = nodes[i].depth - nodes[hours->top].depth;
        if (depth <= hours->request->scope.depth)
            fill_row(hours, i, depth, report);
    }
    if (rate != RATE_NULL && nodes[hours->top].end > hours->top + 1)
        report_refer(report, rate, nodes[hours->top].name);
    if (!hours->classes)
        report_note(report, REPORT_NOTE_COMPLETENESS, "%s",
                    _("Who lacked a class was not stored when the month was closed; --members shows it as it "
                      "is known now."));
    hours_define(report);
    return report;
}

int report_hours(Store *store, const ReportRequest *request, Report **ret_report)
{
    CLEANUP(cleanup_hours) Hours hours = {.store = store, .request = request};
    bool members = options_has(request->options, "members");
    Month now = month_of_date(zone_date(request->scope.now));

    if (members && !request->scope.org)
        return REPORT_E_NEEDS_ORG;
    if (request->first > now)
        return REPORT_E_FUTURE;
    hours.month = request->last < now ? request->last : now;
    if (members)
        return hours_members(store, request, hours.month, ret_report);
    int r = take_figures(&hours);
    if (r < 0)
        return error_trace(r);
    r = report_figures_org(&hours.set, request->scope.org, &hours.top);
    if (r > 0)
        return r == REPORT_E_NO_ORGS ? REPORT_E_NO_ORGS : REPORT_E_UNKNOWN_ORG;
    *ret_report = list_orgs(&hours);
    return 0;
}
