// Bands have a lower bound each, the lowest of them 0, so that every figure falls into exactly one. What they
// are called is the site's own choice.
#include "core/model/rule_grade.h"

#include <string.h>

#include "core/base/i18n.h"
#include "core/base/text.h"
#include "core/model/words.h"

#define PERMILLE 1000
#define FIGURE_KEY "figure"
#define NUMBER_OTHERWISE (-1)

static const Word figure_words[GRADE_FIGURE_COUNT] = {
    [GRADE_OVERALL] = {"overall", N_("Overall participation rate"), {NULL}},
    [GRADE_CENTRALISED] = {"centralised", N_("Centralised participation rate"), {NULL}},
    [GRADE_TARGET_MET] = {"target-met", N_("Target met"), {NULL}},
    [GRADE_COVERED] = {"covered", N_("Points covered"), {NULL}},
};

const char *grade_figure_word(GradeFigure figure)
{
    return words_get(figure_words, GRADE_FIGURE_COUNT, (size_t)figure);
}

const char *grade_figure_title(GradeFigure figure)
{
    return words_get_title(figure_words, GRADE_FIGURE_COUNT, (size_t)figure);
}

int32_t grade_figure(GradeFigure figure, const Figures *figures)
{
    switch (figure) {
    case GRADE_OVERALL:
        return figures_overall(figures);
    case GRADE_CENTRALISED:
        return figures_centralised(figures);
    case GRADE_TARGET_MET:
        return rate_permille(figures->target_met, figures->members);
    case GRADE_COVERED:
        return rate_permille(figures->points_covered, figures->points_expected);
    case GRADE_FIGURE_COUNT:
        break;
    }
    return RATE_NULL;
}

int32_t grade_figure_high(GradeFigure figure, const Figures *figures)
{
    int64_t reached = figures_on_site(figures);
    int64_t known = figures->expected - figures->unreported;

    if (figure == GRADE_OVERALL)
        reached += figures->makeup + figures->home;
    else if (figure != GRADE_CENTRALISED)
        return grade_figure(figure, figures);
    // Everybody unreported: nothing is known, and all is possible.
    return known > 0 ? rate_permille(reached, known) : figures->expected > 0 ? PERMILLE : RATE_NULL;
}

const char *grading_check(const char *key, const char *value, bool *ret_key_bad)
{
    long long from;
    size_t index;

    *ret_key_bad = false;
    if (strcmp(key, FIGURE_KEY) == 0)
        return words_find(figure_words, GRADE_FIGURE_COUNT, value, &index)
                   ? NULL
                   : N_("a figure is one of overall, centralised, target-met, covered");
    return text_parse_int64(value, 0, PERMILLE, &from)
               ? NULL
               : N_("a band begins at a whole number from 0 to 1000 per mille");
}

static int32_t band_from(const RuleEntry *entry)
{
    long long from = NUMBER_OTHERWISE;

    if (strcmp(entry->key, FIGURE_KEY) != 0)
        text_parse_int64(entry->value, 0, PERMILLE, &from);
    return (int32_t)from;
}

const char *grading_missing(const Rule *rule)
{
    size_t bands = 0;
    bool lowest = false;

    if (!rule_get(rule, FIGURE_KEY))
        return FIGURE_KEY;
    for (size_t i = 0; i < rule->entry_count; i++) {
        int32_t from = band_from(&rule->entries[i]);
        bands += from >= 0;
        lowest = lowest || from == 0;
        for (size_t k = 0; k < i && from >= 0; k++)
            if (band_from(&rule->entries[k]) == from)
                return N_("bands that begin at different figures");
    }
    if (bands > GRADE_BANDS_MAX)
        return N_("fewer bands: twelve at most");
    return lowest ? NULL : N_("a band that begins at 0");
}

void grading_read(const Rule *rule, Grading *ret_grading)
{
    Grading grading = {.figure = GRADE_OVERALL};
    size_t index;

    if (words_find(figure_words, GRADE_FIGURE_COUNT, rule_get(rule, FIGURE_KEY), &index))
        grading.figure = (GradeFigure)index;
    for (size_t i = 0; i < rule->entry_count && grading.band_count < GRADE_BANDS_MAX; i++) {
        int32_t from = band_from(&rule->entries[i]);
        size_t at = grading.band_count;
        if (from < 0)
            continue;
        for (; at > 0 && grading.bands[at - 1].from < from; at--)
            grading.bands[at] = grading.bands[at - 1];
        grading.bands[at] = (GradeBand){.name = rule->entries[i].key, .from = from};
        grading.band_count++;
    }
    *ret_grading = grading;
}

const char *grading_band(const Grading *grading, int32_t permille)
{
    for (size_t i = 0; i < grading->band_count && permille != RATE_NULL; i++)
        if (permille >= grading->bands[i].from)
            return grading->bands[i].name;
    return NULL;
}
