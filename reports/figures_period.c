// A period is put together from at most one live part, which holds the sessions of all its open months and is
// built in one sweep, and the stored figures of its closed months. The part that holds the latest month gives
// the tree; the others are added to it by the codes of orgs. What stood at an org that is no longer there is
// still in the figures of those above it, as it was then.
#include "reports/figures_period.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/month.h"

typedef struct Parts {
    FiguresSet sets[PERIOD_MONTHS_MAX];
    size_t count;
    SessionList open; // of all open months
    Month last_open;
    bool any_open, all_closed;
    size_t base; // the part that holds the latest month
} Parts;

static void cleanup_parts(Parts *parts)
{
    for (size_t i = 0; i < parts->count; i++)
        figures_set_deinit(&parts->sets[i]);
    session_list_deinit(&parts->open);
}

static void append_sessions(SessionList *to, SessionList *from)
{
    to->rows = alloc_resize(to->rows, to->count + from->count + 1, sizeof(*to->rows));
    if (from->count)
        memcpy(&to->rows[to->count], from->rows, from->count * sizeof(*from->rows));
    to->count += from->count;
    free(from->rows); // the titles have moved
    *from = (SessionList){0};
}

static int take_month(Store *store, Parts *parts, PeriodMonth *month)
{
    SessionList sessions = {0};
    MonthStanding standing;

    int r = month_standing(store, month->month, &standing);
    if (r < 0)
        return error_trace(r);
    month->closed = standing.state == MONTH_CLOSED;
    month->revision = standing.revision;
    if (month->closed) {
        r = figures_load(store, month->month, standing.revision, &parts->sets[parts->count]);
        if (r == 0)
            parts->base = parts->count++;
        return r > 0 ? error_origin(-EUCLEAN) : error_trace(r);
    }
    r = query_sessions_month(store, month->month, &sessions);
    if (r < 0)
        return error_trace(r);
    append_sessions(&parts->open, &sessions);
    parts->any_open = true;
    parts->last_open = month->month;
    return 0;
}

static int compare_codes(const void *a, const void *b)
{
    return strcmp((*(const OrgNode *const *)a)->code, (*(const OrgNode *const *)b)->code);
}

// The counts of sessions; what a member is or has by now is that of the latest month alone.
static Figures without_members(const Figures *figures)
{
    Figures counts = *figures;

    counts.members = counts.year_minutes = counts.target_met = 0;
    return counts;
}

static void add_sessions(FiguresSet *to, const FiguresSet *from)
{
    to->sessions =
        alloc_resize(to->sessions, to->session_count + from->session_count + 1, sizeof(*to->sessions));
    for (size_t i = 0; i < from->session_count; i++) {
        FiguresSession *session = &to->sessions[to->session_count++];
        *session = from->sessions[i];
        session->title = alloc_string(from->sessions[i].title);
    }
}

static void add_part(FiguresSet *to, const OrgNode **by_code, const FiguresSet *from)
{
    for (size_t i = 0; i < from->tree.count; i++) {
        const OrgNode *key = &from->tree.nodes[i];
        const OrgNode **found = bsearch(&key, by_code, to->tree.count, sizeof(*by_code), compare_codes);
        if (!found)
            continue;
        size_t index = (size_t)(*found - to->tree.nodes);
        Figures counts = without_members(&from->figures[i]);
        figures_add(&to->figures[index], &counts);
        to->provisional[index] += from->provisional[i];
    }
    add_sessions(to, from);
    if (from->closed_at > to->closed_at)
        to->closed_at = from->closed_at;
}

static int compare_sessions(const void *a, const void *b)
{
    const FiguresSession *x = a, *y = b;

    if (x->starts != y->starts)
        return x->starts < y->starts ? -1 : 1;
    return strcmp(x->code, y->code);
}

static void join(Parts *parts, FiguresSet *ret_set)
{
    FiguresSet *base = &parts->sets[parts->base];
    CLEANUP(cleanup_free) const OrgNode **by_code = alloc_zero((base->tree.count + 1) * sizeof(*by_code));

    for (size_t i = 0; i < base->tree.count; i++)
        by_code[i] = &base->tree.nodes[i];
    qsort(by_code, base->tree.count, sizeof(*by_code), compare_codes);
    for (size_t i = 0; i < parts->count; i++)
        if (i != parts->base)
            add_part(base, by_code, &parts->sets[i]);
    qsort(base->sessions, base->session_count, sizeof(*base->sessions), compare_sessions);
    base->closed = parts->all_closed;
    base->revision = 0;
    base->is_period = true;
    *ret_set = *base;
    *base = (FiguresSet){0};
}

int figures_period(Store *store, Month first, Month last, Time now, FiguresSet *ret_set,
                   PeriodMonth *ret_months, size_t *ret_count)
{
    CLEANUP(cleanup_parts) Parts parts = {0};
    size_t count = 0;
    int r = 0;

    for (Month m = first; m <= last && count < PERIOD_MONTHS_MAX && r == 0; m++) {
        if (zone_day_start(month_first_day(m)) > now)
            break;
        ret_months[count] = (PeriodMonth){.month = m};
        r = take_month(store, &parts, &ret_months[count++]);
    }
    if (r < 0)
        return error_trace(r);
    if (count == 0)
        return FIGURES_E_FUTURE;
    parts.all_closed = !parts.any_open && ret_months[count - 1].month == last;
    if (parts.any_open) {
        r = figures_build(store, &parts.open, parts.last_open, now, &parts.sets[parts.count]);
        if (r < 0)
            return error_trace(r);
        if (parts.last_open == ret_months[count - 1].month)
            parts.base = parts.count;
        parts.count++;
    }
    join(&parts, ret_set);
    *ret_count = count;
    return 0;
}
