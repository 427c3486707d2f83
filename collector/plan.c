// Plans are built when they are asked for and not kept: those of a city's points together would be larger
// than all else that the collector holds. What is kept is the digest, good until the roster or the day
// changes; after a broker's restart thousands of terminals say hello within a minute, nearly all of them with
// the right plan.
#include "collector/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/collector.h"
#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/query.h"
#include "core/store/spotcheck.h"
#include "core/wire/message.h"

#define PLAN_DAYS \
    35 // studyday-protocol(7): "from 35 days back to 35 days ahead", whole days of the site's zone

static void plan_take_sessions(Plan *plan, const SessionList *list)
{
    plan->sessions = alloc_zero((list->count ? list->count : 1) * sizeof(*plan->sessions));
    plan->session_count = list->count;
    for (size_t i = 0; i < list->count; i++) {
        const SessionRow *row = &list->rows[i];
        plan->sessions[i] = (PlanSession){
            .session = alloc_string(row->code),
            .title = alloc_string(row->title),
            .kind = alloc_string(session_kind_word(row->kind)),
            .starts = row->rules.starts,
            .ends = row->rules.ends,
        };
    }
}

// A spot-check that stands, of a session of the plan.
typedef struct PlanCheck {
    int64_t spotcheck;
    const char *session; // borrowed from the list of sessions
} PlanCheck;

typedef struct PlanMembers {
    Store *store;
    Plan *plan;
    size_t capacity;
    PlanCheck *checks;
    size_t check_count;
} PlanMembers;

static int plan_find_checks(PlanMembers *members, const SessionList *list)
{
    for (size_t i = 0; i < list->count; i++) {
        CLEANUP(cleanup_free) int64_t *ids = NULL;
        size_t count;
        int r = spotcheck_active(members->store, list->rows[i].session, &ids, &count);

        if (r < 0)
            return error_trace(r);
        members->checks =
            alloc_resize(members->checks, members->check_count + count + 1, sizeof(*members->checks));
        for (size_t k = 0; k < count; k++)
            members->checks[members->check_count++] = (PlanCheck){ids[k], list->rows[i].code};
    }
    return 0;
}

// The sessions at which the member was drawn, each once: the spot-checks come by session.
static int plan_take_checks(PlanMembers *members, int64_t number, PlanMember *member)
{
    for (size_t i = 0; i < members->check_count; i++) {
        const PlanCheck *check = &members->checks[i];
        bool has = false;
        int r = spotcheck_has(members->store, check->spotcheck, number, &has);

        if (r < 0)
            return error_trace(r);
        if (!has ||
            (member->check_count && strcmp(member->checks[member->check_count - 1], check->session) == 0))
            continue;
        member->checks = alloc_resize(member->checks, member->check_count + 1, sizeof(*member->checks));
        member->checks[member->check_count++] = alloc_string(check->session);
    }
    return 0;
}

static int plan_take_member(void *user, const PlanMemberRow *row)
{
    PlanMembers *members = user;
    Plan *plan = members->plan;
    PlanMember *member;
    size_t cards = 0;

    if (plan->member_count == members->capacity) {
        members->capacity = members->capacity ? members->capacity * 2 : 64;
        plan->members = alloc_resize(plan->members, members->capacity, sizeof(*plan->members));
    }
    while (row->cards && row->cards[cards])
        cards++;
    member = &plan->members[plan->member_count++];
    *member =
        (PlanMember){.member = alloc_string(row->code), .name = alloc_string(row->name), .card_count = cards};
    member->cards = alloc_zero((cards ? cards : 1) * sizeof(*member->cards));
    for (size_t i = 0; i < cards; i++)
        member->cards[i] = alloc_string(row->cards[i]);
    return error_trace(plan_take_checks(members, row->member, member));
}

static void cleanup_sessions(SessionList *list)
{
    session_list_deinit(list);
}

static int plan_build(Store *store, const char *point, Date today, Plan *ret_plan)
{
    CLEANUP(cleanup_sessions) SessionList list = {0};
    PlanMembers members = {.store = store, .plan = ret_plan};
    int r;

    r = query_plan_sessions(store, point, zone_day_start(today - PLAN_DAYS),
                            zone_day_start(today + PLAN_DAYS + 1), &list);
    if (r < 0)
        return error_trace(r);
    plan_take_sessions(ret_plan, &list);
    r = plan_find_checks(&members, &list);
    if (r == 0)
        r = query_plan_members(store, point, today, plan_take_member, &members);
    free(members.checks);
    if (r < 0)
        return error_trace(r);
    plan_seal(ret_plan);
    return 0;
}

static void plan_publish(Collector *collector, RegisterEntry *entry, const Plan *plan)
{
    char **lines;
    size_t count;
    bool sent = true;

    plan_encode_pages(plan, &lines, &count);
    for (size_t i = 0; i < count; i++) {
        text_clear(&collector->scratch);
        text_append(&collector->scratch, lines[i]);
        sent = sent && link_send(collector, entry, TOPIC_PLAN, &collector->scratch);
        free(lines[i]);
    }
    free(lines);
    if (!sent)
        return;
    collector->counters.plans++;
    memcpy(entry->plan_held, plan->digest, sizeof(entry->plan_held));
}

static bool plan_is_current(const Collector *collector, const RegisterEntry *entry, Date today)
{
    return entry->plan_digest[0] && entry->plan_version == collector->roster_version &&
           entry->plan_date == today;
}

static int plan_go(Collector *collector, RegisterEntry *entry, bool always)
{
    Date today = zone_date(clock_now());
    CLEANUP(plan_deinit) Plan plan = {0};
    int r;

    if (!always && plan_is_current(collector, entry, today) &&
        strcmp(entry->plan_digest, entry->plan_held) == 0)
        return 0;
    r = plan_build(collector->store, entry->terminal.point, today, &plan);
    if (r < 0)
        return error_trace(r);
    memcpy(entry->plan_digest, plan.digest, sizeof(entry->plan_digest));
    entry->plan_version = collector->roster_version;
    entry->plan_date = today;
    if (always || strcmp(plan.digest, entry->plan_held) != 0)
        plan_publish(collector, entry, &plan);
    return 0;
}

int plan_offer(Collector *collector, RegisterEntry *entry)
{
    return error_trace(plan_go(collector, entry, false));
}

int plan_send(Collector *collector, RegisterEntry *entry)
{
    return error_trace(plan_go(collector, entry, true));
}

typedef struct PlanSearch {
    const char *member;
    bool found;
} PlanSearch;

static int plan_compare(void *user, const PlanMemberRow *row)
{
    PlanSearch *search = user;

    search->found = search->found || strcmp(row->code, search->member) == 0;
    return 0;
}

int plan_has_member(Store *store, const char *point, Date date, const char *member, bool *ret_has)
{
    PlanSearch search = {.member = member};
    int r = query_plan_members(store, point, date, plan_compare, &search);

    if (r < 0)
        return error_trace(r);
    *ret_has = search.found;
    return 0;
}
