// One row a figure. What a rate is made of is said in the names of other figures, which can be asked about
// next.
#include "reports/explain_column.h"

#include <stddef.h>
#include <string.h>

#include "reports/explain.h"

#define COUNT(name, kind)                                \
    {                                                    \
#name, kind, offsetof(Figures, name), NULL, NULL \
    }
#define ON_SITE SIZE_MAX // no field: a sum of three

static const ExplainColumn columns[] = {
    COUNT(sessions, EXPLAIN_SESSIONS),
    COUNT(expected, EXPLAIN_PAIRS),
    COUNT(exempt, EXPLAIN_PAIRS),
    {"on_site", EXPLAIN_PAIRS, ON_SITE, NULL, NULL},
    COUNT(present, EXPLAIN_PAIRS),
    COUNT(late, EXPLAIN_PAIRS),
    COUNT(left_early, EXPLAIN_PAIRS),
    COUNT(makeup, EXPLAIN_PAIRS),
    COUNT(home, EXPLAIN_PAIRS),
    COUNT(leave, EXPLAIN_PAIRS),
    COUNT(absent, EXPLAIN_PAIRS),
    COUNT(unreported, EXPLAIN_PAIRS),
    COUNT(guests, EXPLAIN_GUESTS),
    COUNT(checked, EXPLAIN_PAIRS),
    COUNT(passed, EXPLAIN_PAIRS),
    COUNT(not_found, EXPLAIN_PAIRS),
    COUNT(points_expected, EXPLAIN_POINTS),
    COUNT(points_covered, EXPLAIN_POINTS_COVERED),
    COUNT(minutes, EXPLAIN_PAIRS),
    COUNT(year_minutes, EXPLAIN_MEMBERS),
    COUNT(members, EXPLAIN_MEMBERS),
    COUNT(target_met, EXPLAIN_MEMBERS),
    {"centralised_permille", EXPLAIN_RATE, 0, "on_site", "expected"},
    {"centralised_low_permille", EXPLAIN_RATE, 1, "on_site", "expected"},
    {"centralised_high_permille", EXPLAIN_RATE, 2, "on_site", "expected - unreported"},
    {"overall_permille", EXPLAIN_RATE, 3, "on_site + makeup + home", "expected"},
};
#define COLUMN_COUNT (sizeof(columns) / sizeof(columns[0]))

const ExplainColumn *explain_column_find(const char *name)
{
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        if (strcmp(columns[i].name, name) == 0)
            return &columns[i];
    return NULL;
}

static int32_t rate_value(size_t rate, const Figures *figures)
{
    switch (rate) {
    case 0:
        return figures_centralised(figures);
    case 1:
        return figures_centralised_low(figures);
    case 2:
        return figures_centralised_high(figures);
    default:
        return figures_overall(figures);
    }
}

int64_t explain_column_value(const ExplainColumn *column, const Figures *figures)
{
    int64_t value;

    if (column->kind == EXPLAIN_RATE) {
        int32_t rate = rate_value(column->offset, figures);
        return rate == RATE_NULL ? REPORT_NULL : rate;
    }
    if (column->offset == ON_SITE)
        return figures_on_site(figures);
    memcpy(&value, (const char *)figures + column->offset, sizeof(value));
    return value;
}

void explain_column_rate(const ExplainColumn *column, const Figures *figures, int64_t *ret_part,
                         int64_t *ret_whole)
{
    bool overall = strchr(column->parts, '+') != NULL;

    *ret_part = figures_on_site(figures) + (overall ? figures->makeup + figures->home : 0);
    *ret_whole = figures->expected - (strchr(column->whole, '-') ? figures->unreported : 0);
}

void explain_append_columns(Text *text)
{
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        text_appendf(text, "%s%s", i ? ", " : "", columns[i].name);
}
