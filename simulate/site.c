// Reading the site. A few members (SITE_TRAVELS) study at the next point in the order of codes instead of
// their own, so that there are guests; who they are depends on the seed and their code alone.
#include "simulate/site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/roster.h"
#include "simulate/dice.h"

#define SITE_TRAVELS 25 // per mille

static int site_load_session(Store *store, const char *code, Time now, Site *site)
{
    SessionList list = {0};
    int r = code ? query_session(store, code, &list) : query_sessions_between(store, INT64_MIN, now, &list);

    if (r < 0)
        return error_trace(r);
    if (r > 0 || list.count == 0) {
        session_list_deinit(&list);
        return SITE_E_NO_SESSION;
    }
    const SessionRow *row = &list.rows[list.count - 1];
    OrgTree tree = {0};
    SessionPoint *points = NULL;
    size_t count = 0;
    r = org_tree_load(store, row->date, &tree);
    if (r == 0)
        r = query_session_points(store, row, &tree, &points, &count);
    if (r == 0) {
        snprintf(site->session, sizeof(site->session), "%s", row->code);
        site->rules = row->rules;
        site->date = row->date;
        site->points = alloc_zero(count * sizeof(*site->points));
        site->point_count = count;
    }
    for (size_t i = 0; r == 0 && i < count; i++) {
        int32_t host = org_tree_index(&tree, points[i].org);

        snprintf(site->points[i].code, sizeof(site->points[i].code), "%s", points[i].code);
        site->points[i].lead = host >= 0 && tree.nodes[host].level <= ORG_COUNTY;
    }
    free(points);
    org_tree_deinit(&tree);
    session_list_deinit(&list);
    return error_trace(r);
}

static int site_compare_point(const void *code, const void *point)
{
    return strcmp(code, ((const SitePoint *)point)->code);
}

static int site_add_terminal(void *user, const StoreTerminal *terminal)
{
    Site *site = user;
    const SitePoint *point = terminal->revoked ? NULL
                                               : bsearch(terminal->point, site->points, site->point_count,
                                                         sizeof(*site->points), site_compare_point);

    if (!point)
        return 0;
    if ((site->terminal_count & (site->terminal_count - 1)) == 0)
        site->terminals = alloc_resize(site->terminals, site->terminal_count ? 2 * site->terminal_count : 1,
                                       sizeof(*site->terminals));
    SiteTerminal *added = &site->terminals[site->terminal_count++];
    *added = (SiteTerminal){.has_key = terminal->has_key, .point = (uint32_t)(point - site->points)};
    memcpy(added->name, terminal->name, sizeof(added->name));
    memcpy(added->area, terminal->area, sizeof(added->area));
    memcpy(added->key, terminal->key, sizeof(added->key));
    return 0;
}

static void site_count_fellows(Site *site)
{
    uint32_t *counts = alloc_zero(site->point_count * sizeof(*counts));

    for (size_t i = 0; i < site->terminal_count; i++)
        site->terminals[i].rank = counts[site->terminals[i].point]++;
    for (size_t i = 0; i < site->terminal_count; i++)
        site->terminals[i].fellows = counts[site->terminals[i].point];
    free(counts);
}

int site_load(Store *store, const char *session, uint64_t seed, Time now, Site *ret_site)
{
    Site site = {.seed = seed};
    int r = site_load_session(store, session, now, &site);

    if (r == 0)
        r = terminal_each(store, site_add_terminal, &site);
    if (r == 0 && site.point_count == 0)
        r = SITE_E_NO_POINTS;
    else if (r == 0 && site.terminal_count == 0)
        r = SITE_E_NO_TERMINALS;
    if (r != 0) {
        site_deinit(&site);
        return error_trace(r);
    }
    site_count_fellows(&site);
    *ret_site = site;
    return 0;
}

void site_deinit(Site *site)
{
    for (size_t i = 0; i < site->point_count; i++) {
        for (size_t k = 0; k < site->points[i].member_count; k++) {
            free((char *)site->points[i].members[k].code);
            free((char *)site->points[i].members[k].card);
        }
        free(site->points[i].members);
    }
    free(site->points);
    if (site->terminals)
        digest_wipe(site->terminals, site->terminal_count * sizeof(*site->terminals));
    free(site->terminals);
    *site = (Site){0};
}

typedef struct SiteTake {
    const Site *site;
    SitePoint *point;
    bool travellers; // those who leave that point, or those who stay
} SiteTake;

static int site_take_member(void *user, const PlanMemberRow *member)
{
    SiteTake *take = user;
    SitePoint *point = take->point;
    Dice dice = dice_for(take->site->seed, "travels", member->code);
    const char *card = member->cards ? member->cards[0] : NULL;
    bool travels = take->site->point_count > 1 && card && dice_chance(&dice, SITE_TRAVELS);

    if (travels != take->travellers)
        return 0;
    if ((point->member_count & (point->member_count - 1)) == 0)
        point->members = alloc_resize(point->members, point->member_count ? 2 * point->member_count : 1,
                                      sizeof(*point->members));
    point->members[point->member_count++] = (DayMember){
        .code = alloc_string(member->code), .card = alloc_string(card), .guest = take->travellers};
    return 0;
}

int site_load_point(Site *site, Store *store, uint32_t point)
{
    SitePoint *loaded = &site->points[point];
    const SitePoint *before = &site->points[(point + site->point_count - 1) % site->point_count];
    SiteTake take = {.site = site, .point = loaded};
    int r;

    if (loaded->members)
        return 0;
    r = query_plan_members(store, loaded->code, site->date, site_take_member, &take);
    take.travellers = true;
    if (r == 0 && before != loaded)
        r = query_plan_members(store, before->code, site->date, site_take_member, &take);
    return error_trace(r);
}

int site_load_members(Site *site, Store *store, size_t terminals)
{
    int r = 0;

    for (size_t i = 0; i < terminals && i < site->terminal_count && r == 0; i++)
        r = site_load_point(site, store, site->terminals[i].point);
    return error_trace(r);
}

const SiteTerminal *site_find(const Site *site, const char *terminal)
{
    for (size_t i = 0; i < site->terminal_count; i++) {
        if (strcmp(site->terminals[i].name, terminal) == 0)
            return &site->terminals[i];
    }
    return NULL;
}

void site_day(const Site *site, const SiteTerminal *terminal, Time now, DayMember **ret_members,
              DayPoint *ret_day)
{
    const SitePoint *point = &site->points[terminal->point];
    DayMember *members = alloc_zero(point->member_count * sizeof(*members));
    size_t count = 0;

    for (size_t i = terminal->rank; i < point->member_count; i += terminal->fellows)
        members[count++] = point->members[i];
    *ret_members = members;
    *ret_day = (DayPoint){
        .session = site->session,
        .rules = &site->rules,
        .members = members,
        .member_count = count,
        .seed = site->seed,
        .lead = point->lead,
        .now = now,
    };
}
