// The figure is the lower bound: whoever has not reported counts as absent (R21). Where leaving them out
// would put an organisation into another band, that band is said beside: what is provisional does not pass
// for a judgement. Equal figures, as shown, have the same rank, and the next rank is left out; who has no
// figure, since nobody was expected, has no rank.
#include "reports/report_grading.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/text.h"
#include "core/model/rule_grade.h"
#include "core/store/rules.h"
#include "reports/render.h"
#include "reports/report_period.h"

#define EXAMPLE "example" // name of the shipped grading

enum {
    RANK,
    ORG,
    NAME,
    BAND,
    BAND_HIGH,
    FIGURE,
    FIGURE_HIGH,
    EXPECTED,
    POINTS,
    POINTS_EXPECTED,
    POINTS_COVERED,
    COLUMN_COUNT
};

static const ReportColumn columns[COLUMN_COUNT] = {
    [RANK] = {"rank", N_("Rank"), REPORT_COUNT, REPORT_EVERYWHERE},
    [ORG] = {"org", N_("Code"), REPORT_TEXT, REPORT_EVERYWHERE},
    [NAME] = {"name", N_("Organisation"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_CUT},
    [BAND] = {"band", N_("Band"), REPORT_TEXT, REPORT_EVERYWHERE},
    [BAND_HIGH] = {"band_high", N_("May still become"), REPORT_TEXT, REPORT_EVERYWHERE},
    [FIGURE] = {"permille", N_("Figure"), REPORT_PERMILLE, REPORT_EVERYWHERE | REPORT_BAR},
    [FIGURE_HIGH] = {"high_permille", N_("At most"), REPORT_PERMILLE, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [EXPECTED] = {"expected", N_("Expected"), REPORT_COUNT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [POINTS] = {NULL, N_("Points covered"), REPORT_FRACTION, REPORT_IN_TEXT},
    [POINTS_EXPECTED] = {"points_expected", N_("Points expected"), REPORT_COUNT, REPORT_SPREAD},
    [POINTS_COVERED] = {"points_covered", N_("Points that reported"), REPORT_COUNT, REPORT_SPREAD},
};

// One organisation of the level.
typedef struct Graded {
    const OrgNode *node;
    const Figures *figures;
    int32_t permille, high;
} Graded;

typedef struct Ranking {
    const Rule *rule;
    Grading grading;
    OrgLevel level;
    Graded *graded;
    size_t count;
} Ranking;

static void cleanup_set(FiguresSet *set)
{
    figures_set_deinit(set);
}

static void cleanup_rules(Rules *rules)
{
    rules_deinit(rules);
}

/// By figure, the highest first; those without one last; then by code.
static int compare(const void *a, const void *b)
{
    const Graded *x = a, *y = b;

    if (x->permille != y->permille)
        return x->permille > y->permille ? -1 : 1; // RATE_NULL is below all
    return strcmp(x->node->code, y->node->code);
}

/// The rule that was named; by default the site's own, the first by name, and without one the example.
static const Rule *choose_rule(const Rules *rules, const char *name, Date date)
{
    for (size_t i = 0; i < rules->count && !name; i++)
        if (rules->rules[i].kind == RULE_GRADE && strcmp(rules->rules[i].name, EXAMPLE) != 0)
            name = rules->rules[i].name;
    return rules_at(rules, RULE_GRADE, name ? name : EXAMPLE, date);
}

/// False where there is no organisation of the level below `top`, or at it.
static bool rank_orgs(const FiguresSet *set, int32_t top, Ranking *ranking)
{
    int32_t end = set->tree.nodes[top].end;

    ranking->graded = alloc_zero((size_t)(end - top) * sizeof(*ranking->graded));
    for (int32_t i = top; i < end; i++) {
        const Figures *figures = &set->figures[i];
        if (set->tree.nodes[i].level != ranking->level)
            continue;
        ranking->graded[ranking->count++] = (Graded){
            .node = &set->tree.nodes[i],
            .figures = figures,
            .permille = grade_figure(ranking->grading.figure, figures),
            .high = grade_figure_high(ranking->grading.figure, figures),
        };
    }
    qsort(ranking->graded, ranking->count, sizeof(*ranking->graded), compare);
    return ranking->count > 0;
}

static ReportCell rate_cell(int32_t permille)
{
    return report_number(permille == RATE_NULL ? REPORT_NULL : permille);
}

static void add_row(Report *report, const Ranking *ranking, const Graded *graded, int64_t rank)
{
    const char *band = grading_band(&ranking->grading, graded->permille),
               *high = grading_band(&ranking->grading, graded->high);
    ReportCell *cells = report_row(report, 0);

    cells[RANK] = report_number(graded->permille == RATE_NULL ? REPORT_NULL : rank);
    cells[ORG] = report_text(graded->node->code);
    cells[NAME] = report_text(graded->node->name);
    cells[BAND] = report_text(band);
    cells[BAND_HIGH] = report_text(text_equal(band, high) ? NULL : high);
    cells[FIGURE] = rate_cell(graded->permille);
    cells[FIGURE_HIGH] = rate_cell(graded->high);
    cells[EXPECTED] = report_number(graded->figures->expected);
    cells[POINTS].fraction =
        (ReportFraction){(int32_t)graded->figures->points_covered, (int32_t)graded->figures->points_expected};
    cells[POINTS_EXPECTED] = report_number(graded->figures->points_expected);
    cells[POINTS_COVERED] = report_number(graded->figures->points_covered);
}

static void add_rows(Report *report, const Ranking *ranking)
{
    size_t rank = 1;

    for (size_t i = 0; i < ranking->count; i++) {
        if (i > 0 && ranking->graded[i].permille != ranking->graded[i - 1].permille)
            rank = i + 1;
        add_row(report, ranking, &ranking->graded[i], (int64_t)rank);
    }
}

// "A 81, B 175, C 119, D 43", and how many of them may still rise.
static void note_bands(Report *report, const Ranking *ranking)
{
    CLEANUP(cleanup_text) Text counts = {0};
    size_t open = 0;

    for (size_t b = 0; b < ranking->grading.band_count; b++) {
        size_t count = 0;
        for (size_t i = 0; i < ranking->count; i++)
            count += text_equal(grading_band(&ranking->grading, ranking->graded[i].permille),
                                ranking->grading.bands[b].name);
        text_appendf(&counts, "%s%s %zu", b ? ", " : "", ranking->grading.bands[b].name, count);
    }
    for (size_t i = 0; i < ranking->count; i++)
        open += !text_equal(grading_band(&ranking->grading, ranking->graded[i].permille),
                            grading_band(&ranking->grading, ranking->graded[i].high));
    report_note(report, REPORT_NOTE_COMPLETENESS, _("Organisations by band: %s."), text_cstr(&counts));
    if (open)
        report_note(
            report, REPORT_NOTE_COMPLETENESS,
            _("Not certain yet: %zu organisations lie in another band if those of whom nothing is known "
              "are left out."),
            open);
}

static void note_rule(Report *report, const Ranking *ranking)
{
    CLEANUP(cleanup_text) Text bands = {0};
    const RuleEntry *entry = ranking->rule->entries;

    for (size_t b = 0; b < ranking->grading.band_count; b++) {
        ReportCell from = report_number(ranking->grading.bands[b].from);
        text_appendf(&bands, "%s%s ", b ? ", " : "", ranking->grading.bands[b].name);
        render_append_cell(REPORT_PERMILLE, &from, &bands);
    }
    report_note(report, REPORT_NOTE_DEFINITION, _("Graded by %s/%d (%s): %s, at least %s."),
                ranking->rule->name, ranking->rule->version, entry->source,
                _(grade_figure_title(ranking->grading.figure)), text_cstr(&bands));
    if (strcmp(ranking->rule->name, EXAMPLE) == 0)
        report_note(report, REPORT_NOTE_DEFINITION, "%s",
                    _("These bands are the shipped example, which nobody has confirmed."));
    report_note(report, REPORT_NOTE_DEFINITION, "%s",
                _("Equal figures have the same rank. Organisations are ranked, persons are not."));
}

static Report *make(const FiguresSet *set, int32_t top, const ReportRequest *request, const Ranking *ranking,
                    const PeriodMonth *months, size_t month_count)
{
    CLEANUP(cleanup_text) Text title = {0};
    CLEANUP(cleanup_text) Text rule = {0};
    bool over = request->scope.now >= zone_day_start(month_last_day(request->last) + 1);
    bool complete = over && set->provisional[top] == 0;
    ReportState state = set->closed ? REPORT_CLOSED : complete ? REPORT_COMPLETE : REPORT_PROVISIONAL;

    text_appendf(&title, _("Grading for %s: %s"), request->name, set->tree.nodes[top].name);
    text_appendf(&rule, "%s/%d", ranking->rule->name, ranking->rule->version);
    Report *report = report_new("grading", text_cstr(&title), "rows", columns, COLUMN_COUNT);
    report->as_of = set->closed ? set->closed_at : request->scope.now;
    report_head_text(report, "report", "grading");
    report_head_text(report, "period", request->name);
    report_head_text(report, "org", set->tree.nodes[top].code);
    report_head_text(report, "level", org_level_word(ranking->level));
    report_head_text(report, "rule", text_cstr(&rule));
    report_head_text(report, "figure", grade_figure_word(ranking->grading.figure));
    report_head_standing(report, 0, state);
    report_note(report, REPORT_NOTE_ABOUT, _("State: %s. Level: %s. Figure: %s."),
                _(report_state_title(state)), _(org_level_title(ranking->level)),
                _(grade_figure_title(ranking->grading.figure)));
    report_period_note_months(report, months, month_count);
    add_rows(report, ranking);
    note_bands(report, ranking);
    note_rule(report, ranking);
    return report;
}

int report_grading(Store *store, const ReportRequest *request, Report **ret_report)
{
    CLEANUP(cleanup_set) FiguresSet set = {0};
    CLEANUP(cleanup_rules) Rules rules = {0};
    const char *level = options_get(request->options, "level");
    PeriodMonth months[PERIOD_MONTHS_MAX];
    Ranking ranking = {0};
    size_t count;
    int32_t top;

    int r = figures_period(store, request->first, request->last, request->scope.now, &set, months, &count);
    if (r != 0)
        return r < 0 ? error_trace(r) : REPORT_E_FUTURE;
    r = report_figures_org(&set, request->scope.org, &top);
    if (r > 0)
        return r == REPORT_E_NO_ORGS ? REPORT_E_NO_ORGS : REPORT_E_UNKNOWN_ORG;
    r = rules_load(store, &rules);
    if (r < 0)
        return error_trace(r);
    ranking.rule = choose_rule(&rules, options_get(request->options, "rule"), month_last_day(request->last));
    if (!ranking.rule)
        return REPORT_E_NO_RULE;
    grading_read(ranking.rule, &ranking.grading);
    int32_t below = top + 1 < set.tree.nodes[top].end ? top + 1 : top;
    ranking.level = set.tree.nodes[below].level;
    if (level && !org_level_parse(level, &ranking.level))
        return REPORT_E_NO_LEVEL;
    if (rank_orgs(&set, top, &ranking))
        *ret_report = make(&set, top, request, &ranking, months, count);
    else
        r = REPORT_E_NO_LEVEL;
    free(ranking.graded);
    return r;
}
