// A guest is counted at home, in on_site, and shown at the host's: both ends of a visit should find it.
// Whoever hosts learns how many came and from where; who they were is known to the branch at home, so that
// names stand only beside the members of the org that is asked about. The counts of hosts are the totals from
// which the month's report takes its `guests`.
#include "reports/report_guests.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "reports/list_scope.h"
#include "reports/list_sessions.h"

enum { WAY, HOST, HOST_NAME, HOME, HOME_NAME, MEMBER, NAME, COUNT, COLUMN_COUNT };

static const ReportColumn columns[COLUMN_COUNT] = {
    [WAY] = {"way", N_("Way"), REPORT_WORD, REPORT_EVERYWHERE},
    [HOST] = {"host", N_("Host"), REPORT_TEXT, REPORT_EVERYWHERE},
    [HOST_NAME] = {"host_name", N_("Name of the host"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_CUT},
    [HOME] = {"home", N_("At home in"), REPORT_TEXT, REPORT_EVERYWHERE},
    [HOME_NAME] = {"home_name", N_("Name of the organisation"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_CUT},
    [MEMBER] = {"member", N_("Member"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [NAME] = {"name", N_("Name"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [COUNT] = {"count", N_("Attendances"), REPORT_COUNT, REPORT_EVERYWHERE},
};

typedef enum GuestWay { GUEST_IN, GUEST_OUT, GUEST_WITHIN, GUEST_WAY_COUNT } GuestWay;
static const ReportWord ways[GUEST_WAY_COUNT] = {
    {"in", N_("came here")}, {"out", N_("went elsewhere")}, {"within", N_("within")}};

typedef struct GuestEntry {
    GuestWay way;
    char host[65], home[65]; // "" none
    char *host_name, *home_name;
    int64_t member; // 0: a count
    int64_t count;
} GuestEntry;

typedef struct Guests {
    Store *store;
    ListScope scope;
    SessionList sessions;
    OwnPoints own;  // of the session being read
    int32_t *hosts; // of it, by number of the point: the org, 0 takes no part
    int32_t host_count;
    int32_t top; // in own.tree; -1: the whole site, -2: the org does not exist on that day
    int64_t counts[GUEST_WAY_COUNT];
    GuestEntry *entries;
    size_t count, capacity;
} Guests;
#define TOP_SITE (-1)
#define TOP_NONE (-2)

static void cleanup_guests(Guests *guests)
{
    for (size_t i = 0; i < guests->count; i++) {
        free(guests->entries[i].host_name);
        free(guests->entries[i].home_name);
    }
    free(guests->entries);
    free(guests->hosts);
    own_points_deinit(&guests->own);
    session_list_deinit(&guests->sessions);
    list_scope_deinit(&guests->scope);
}

static bool is_inside(const Guests *guests, int32_t org)
{
    int32_t index = org_tree_index(&guests->own.tree, org);

    return guests->top == TOP_SITE ||
           (guests->top >= 0 && index >= 0 && org_tree_within(&guests->own.tree, index, guests->top));
}

static char *place(const Guests *guests, int32_t org, char ret_code[static 65])
{
    int32_t index = org_tree_index(&guests->own.tree, org);

    snprintf(ret_code, 65, "%s", index >= 0 ? guests->own.tree.nodes[index].code : "");
    return alloc_string(index >= 0 ? guests->own.tree.nodes[index].name : "");
}

static void add(Guests *guests, GuestWay way, int32_t host, int32_t home, int64_t member, int64_t count)
{
    if (guests->count == guests->capacity) {
        guests->capacity = guests->capacity ? 2 * guests->capacity : 64;
        guests->entries = alloc_resize(guests->entries, guests->capacity, sizeof(*guests->entries));
    }
    GuestEntry *entry = &guests->entries[guests->count++];
    *entry = (GuestEntry){.way = way, .member = member, .count = count};
    entry->host_name = place(guests, host, entry->host);
    entry->home_name = place(guests, home, entry->home);
    guests->counts[way] += count;
}

static int add_total(void *user, int32_t host, int32_t home, int64_t count)
{
    Guests *guests = user;

    if (is_inside(guests, host))
        add(guests, is_inside(guests, home) ? GUEST_WITHIN : GUEST_IN, host, home, 0, count);
    return 0;
}

// Host org of a point that takes part, 0 for another one: a city's members ask 265,000 times.
static int32_t host_of(const Guests *guests, int32_t point)
{
    return point < guests->host_count ? guests->hosts[point] : 0;
}

static void read_hosts(Guests *guests)
{
    const OwnPoints *own = &guests->own;

    guests->host_count = 0;
    for (size_t i = 0; i < own->point_count; i++)
        if (own->points[i].point >= guests->host_count)
            guests->host_count = own->points[i].point + 1;
    free(guests->hosts);
    guests->hosts = alloc_zero((size_t)(guests->host_count + 1) * sizeof(*guests->hosts));
    for (size_t i = 0; i < own->point_count; i++)
        guests->hosts[own->points[i].point] = own->points[i].org;
}

// A member of the org who was on site at a point outside of it, and above nobody: the host is not over the
// home.
static int add_member(void *user, const ListPair *pair)
{
    Guests *guests = user;
    const OrgTree *tree = &guests->own.tree;
    int32_t host, over, home;

    if (!pair->attendance->on_site || !pair->attendance->point_key || !is_inside(guests, pair->org))
        return 0;
    host = host_of(guests, pair->attendance->point_key);
    over = org_tree_index(tree, host);
    home = org_tree_index(tree, pair->org);
    if (!host || is_inside(guests, host) || (over >= 0 && home >= 0 && org_tree_within(tree, home, over)))
        return 0;
    add(guests, GUEST_OUT, host, pair->org, pair->member, 1);
    return 0;
}

static int read_session(Guests *guests, const SessionRow *session)
{
    const char *org = list_scope_code(&guests->scope);

    own_points_deinit(&guests->own);
    guests->own = (OwnPoints){0};
    int r = own_points_load(guests->store, session, &guests->own);
    if (r < 0)
        return error_trace(r);
    guests->top = org ? org_tree_find(&guests->own.tree, org) : TOP_SITE;
    if (org && guests->top < 0)
        guests->top = TOP_NONE;
    read_hosts(guests);
    r = query_session_guests(guests->store, session, add_total, guests);
    if (r == 0 && guests->top >= 0)
        r = lists_session(guests->store, session, NULL, 0, add_member, guests);
    return error_trace(r);
}

static int compare_entries(const void *a, const void *b)
{
    const GuestEntry *x = a, *y = b;
    int order = (int)x->way - (int)y->way;

    order = order ? order : strcmp(x->host, y->host);
    order = order ? order : strcmp(x->home, y->home);
    return order ? order : (x->member > y->member) - (x->member < y->member);
}

static int add_row(const Guests *guests, const ReportRequest *request, const GuestEntry *entry, int64_t count,
                   Report *report)
{
    ReportCell *cells = report_row(report, 0);

    cells[WAY].word = ways[entry->way];
    cells[HOST] = report_text(entry->host[0] ? entry->host : NULL);
    cells[HOST_NAME] = report_text(entry->host[0] ? entry->host_name : NULL);
    cells[HOME] = report_text(entry->home[0] ? entry->home : NULL);
    cells[HOME_NAME] = report_text(entry->home[0] ? entry->home_name : NULL);
    cells[COUNT] = report_number(count);
    return entry->member ? error_trace(list_member_cells(guests->store, request, &guests->scope,
                                                         entry->member, &cells[MEMBER], &cells[NAME]))
                         : 0;
}

static Report *start(const Guests *guests, const ReportRequest *request)
{
    CLEANUP(cleanup_text) Text of = {0};
    CLEANUP(cleanup_text) Text title = {0};

    list_sessions_append(request, &guests->sessions, &of);
    text_appendf(&title, _("Guests: %s, %s"), list_scope_name(&guests->scope), text_cstr(&of));
    Report *report = report_new("guests", text_cstr(&title), "rows", columns, COLUMN_COUNT);
    report_head_text(report, "report", "guests");
    list_sessions_head(report, request, &guests->sessions);
    report_head_text(report, "org", list_scope_code(&guests->scope));
    report_head_number(report, "definitions", REPORT_DEFINITIONS);
    for (int way = 0; way < GUEST_WAY_COUNT; way++)
        report_head_number(report, ways[way].word, guests->counts[way]);
    report_note(report, REPORT_NOTE_ABOUT, _("Came here: %lld. Went elsewhere: %lld. Within: %lld."),
                (long long)guests->counts[GUEST_IN], (long long)guests->counts[GUEST_OUT],
                (long long)guests->counts[GUEST_WITHIN]);
    report_note(report, REPORT_NOTE_DEFINITION, "%s",
                _("A guest attends on site at a point whose host is neither the home nor above it. A guest "
                  "is counted "
                  "at home, and is in no rate of the host."));
    return report;
}

static int load(Guests *guests, const ReportRequest *request)
{
    Date date;
    int r = list_sessions_asked(guests->store, request, &guests->sessions, &date);

    if (r == 0)
        r = list_scope_load(guests->store, date, request->scope.org, &guests->scope);
    for (size_t i = 0; i < guests->sessions.count && r == 0; i++)
        r = read_session(guests, &guests->sessions.rows[i]);
    return r; // outcomes of the list are those of the report
}

int report_guests(Store *store, const ReportRequest *request, Report **ret_report)
{
    CLEANUP(cleanup_guests) Guests guests = {.store = store};
    CLEANUP(cleanup_report) Report *report = NULL;

    int r = load(&guests, request);
    if (r != 0)
        return r > 0 ? r : error_trace(r);
    if (guests.count)
        qsort(guests.entries, guests.count, sizeof(*guests.entries), compare_entries);
    report = start(&guests, request);
    for (size_t i = 0, next; i < guests.count && r == 0; i = next) {
        int64_t count = 0;
        for (next = i; next < guests.count && compare_entries(&guests.entries[i], &guests.entries[next]) == 0;
             next++)
            count += guests.entries[next].count;
        if (count)
            r = add_row(&guests, request, &guests.entries[i], count, report);
    }
    if (r < 0)
        return error_trace(r);
    *ret_report = report;
    report = NULL;
    return 0;
}
