#include "tests/reports/fake_query.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/store/headcount.h"
#include "core/store/sessions.h"

#define FAKE_ORGS_MAX 256 // distinct codes in one test program
#define FAKE_SESSION_LENGTH (2 * TIME_HOUR)

static const char *interned[FAKE_ORGS_MAX];
static int32_t interned_count;

static FakeStore *fake_of(Store *store)
{
    return (FakeStore *)store;
}

/// Internal number of an org's code; 0 for none.
static int32_t org_number(const char *code)
{
    if (!code)
        return 0;
    for (int32_t i = 0; i < interned_count; i++) {
        if (strcmp(interned[i], code) == 0)
            return i + 1;
    }
    if (interned_count == FAKE_ORGS_MAX)
        abort();
    interned[interned_count] = code;
    return ++interned_count;
}

static int32_t find_code(const OrgTree *tree, const char *code)
{
    for (size_t i = 0; code && i < tree->count; i++) {
        if (strcmp(tree->nodes[i].code, code) == 0)
            return (int32_t)i;
    }
    return -1;
}

int org_tree_load(Store *store, Date date, OrgTree *ret_tree)
{
    const FakeStore *fake = fake_of(store);
    const FakeTree *from = NULL;
    OrgTree tree = {0};

    for (size_t i = 0; i < fake->tree_count; i++) {
        if (fake->trees[i].from <= date)
            from = &fake->trees[i];
    }
    tree.number_count = FAKE_ORGS_MAX + 1;
    tree.index_of = alloc_zero((size_t)tree.number_count * sizeof(*tree.index_of));
    for (int32_t i = 0; i < tree.number_count; i++)
        tree.index_of[i] = -1;
    tree.nodes = alloc_zero((from ? from->count : 0) * sizeof(*tree.nodes));
    for (size_t i = 0; from && i < from->count; i++) {
        OrgNode *node = &tree.nodes[i];
        node->org = org_number(from->orgs[i].code);
        node->parent = find_code(&tree, from->orgs[i].parent);
        node->depth = node->parent < 0 ? 0 : tree.nodes[node->parent].depth + 1;
        strcpy(node->code, from->orgs[i].code);
        node->name = alloc_string(from->orgs[i].code);
        tree.index_of[node->org] = (int32_t)i;
        tree.count++;
        for (int32_t k = (int32_t)i; k >= 0; k = tree.nodes[k].parent)
            tree.nodes[k].end = (int32_t)i + 1;
    }
    *ret_tree = tree;
    return 0;
}

int org_tree_load_span(Store *store, Date first, Date last, OrgTree *ret_tree)
{
    (void)first;
    return org_tree_load(store, last, ret_tree);
}

void org_tree_deinit(OrgTree *tree)
{
    for (size_t i = 0; i < tree->count; i++)
        free(tree->nodes[i].name);
    free(tree->nodes);
    free(tree->index_of);
    *tree = (OrgTree){0};
}

int32_t org_tree_find(const OrgTree *tree, const char *code)
{
    return find_code(tree, code);
}

int32_t org_tree_index(const OrgTree *tree, int32_t org)
{
    return org >= 0 && org < tree->number_count ? tree->index_of[org] : -1;
}

static void list_add(SessionList *list, const FakeSession *session, size_t index)
{
    list->rows = alloc_resize(list->rows, list->count + 1, sizeof(*list->rows));
    SessionRow *row = &list->rows[list->count++];
    *row = (SessionRow){
        .rule_version = 1,
        .session = (int64_t)index,
        .title = alloc_string(session->code),
        .rules = {.starts = session->starts, .ends = session->starts + FAKE_SESSION_LENGTH},
        .date = zone_date(session->starts),
        .org = org_number(session->org),
        .opened = true,
    };
    strcpy(row->code, session->code);
}

void session_list_deinit(SessionList *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->rows[i].title);
    free(list->rows);
    *list = (SessionList){0};
}

int query_sessions_month(Store *store, Month month, SessionList *ret_list)
{
    const FakeStore *fake = fake_of(store);
    SessionList list = {0};

    for (size_t i = 0; i < fake->session_count; i++) {
        if (month_of_date(zone_date(fake->sessions[i].starts)) == month)
            list_add(&list, &fake->sessions[i], i);
    }
    *ret_list = list;
    return 0;
}

int query_session(Store *store, const char *code, SessionList *ret_list)
{
    const FakeStore *fake = fake_of(store);
    SessionList list = {0};

    for (size_t i = 0; i < fake->session_count; i++) {
        if (strcmp(fake->sessions[i].code, code) == 0)
            list_add(&list, &fake->sessions[i], i);
    }
    if (list.count == 0)
        return QUERY_E_UNKNOWN;
    *ret_list = list;
    return 0;
}

int query_session_points(Store *store, const SessionRow *session, const OrgTree *tree,
                         SessionPoint **ret_points, size_t *ret_count)
{
    const FakeSession *from = &fake_of(store)->sessions[session->session];
    SessionPoint *points = alloc_zero(from->point_count * sizeof(*points));
    (void)tree;

    for (size_t i = 0; i < from->point_count; i++) {
        points[i] = (SessionPoint){.point = (int32_t)i + 1,
                                   .org = org_number(from->points[i].org),
                                   .coverage = from->points[i].coverage,
                                   .gap = from->points[i].gap};
        strcpy(points[i].code, from->points[i].code);
    }
    *ret_points = points;
    *ret_count = from->point_count;
    return 0;
}

int query_session_tallies(Store *store, const SessionRow *session,
                          int (*each)(void *user, int32_t org, const Tally *tally), void *user)
{
    const FakeSession *from = &fake_of(store)->sessions[session->session];
    int r = 0;

    for (size_t i = 0; i < from->tally_count && r == 0; i++)
        r = each(user, org_number(from->tallies[i].org), &from->tallies[i].tally);
    return r;
}

int query_session_guests(Store *store, const SessionRow *session,
                         int (*each)(void *user, int32_t host_org, int32_t home_org, int64_t count),
                         void *user)
{
    const FakeSession *from = &fake_of(store)->sessions[session->session];
    int r = 0;

    for (size_t i = 0; i < from->guest_count && r == 0; i++)
        r = each(user, org_number(from->guests[i].host), org_number(from->guests[i].home),
                 from->guests[i].count);
    return r;
}

int query_members_month(Store *store, Month month, int (*each)(void *user, const MemberMonth *member),
                        void *user)
{
    const FakeStore *fake = fake_of(store);
    int r = 0;
    (void)month;

    for (size_t i = 0; i < fake->member_count && r == 0; i++) {
        MemberMonth member = {.member = (int64_t)i + 1,
                              .org = org_number(fake->members[i].org),
                              .role = fake->members[i].role,
                              .target_minutes = target_minutes(fake->members[i].role),
                              .needs_class = target_needs_class(fake->members[i].role),
                              .year_minutes = fake->members[i].year_minutes,
                              .class_taken = fake->members[i].class_taken};
        r = each(user, &member);
    }
    return r;
}

typedef struct SumCall {
    int (*each)(void *user, int32_t org, const MemberSum *sum);
    void *user;
} SumCall;

static int sum_one(void *user, const MemberMonth *member)
{
    const SumCall *call = user;
    MemberSum sum = {1, member->year_minutes, member_met_target(member)};

    return call->each(call->user, member->org, &sum);
}

int query_member_sums(Store *store, Month month, int (*each)(void *user, int32_t org, const MemberSum *sum),
                      void *user)
{
    return query_members_month(store, month, sum_one, &(SumCall){each, user});
}

int query_member(Store *store, const char *code, Date date, MemberRow *ret_member)
{
    FakeStore *fake = fake_of(store);
    MemberRow row = {
        .member = 1, .name = alloc_string("王芳"), .org = "B1", .org_name = alloc_string("Branch 1")};

    fake->record_asked = date;
    if (strcmp(code, fake->record_member) != 0) {
        member_row_deinit(&row);
        return QUERY_E_UNKNOWN;
    }
    strcpy(row.code, code);
    row.role = fake->record_role;
    row.target_minutes = target_minutes(row.role);
    row.needs_class = target_needs_class(row.role);
    *ret_member = row;
    return 0;
}

void member_row_deinit(MemberRow *row)
{
    free(row->name);
    free(row->org_name);
    *row = (MemberRow){0};
}

int query_record(Store *store, const MemberRow *member, int year, Time now,
                 int (*each)(void *user, const RecordEntry *entry), void *user)
{
    const FakeStore *fake = fake_of(store);
    int r = 0;
    (void)member;
    (void)year;
    (void)now;

    for (size_t i = 0; i < fake->record_count && r == 0; i++)
        r = each(user, &fake->record[i]);
    return r;
}

int query_year_minutes(Store *store, const MemberRow *member, Month month, int64_t *ret_minutes)
{
    (void)member;
    (void)month;
    *ret_minutes = fake_of(store)->record_minutes;
    return 0;
}

// The real words stand in the store; these are enough to link against.
const char *event_state_word(EventState state)
{
    static const char *const words[] = {"counted", "parked", "void", "quarantined"};
    return words[state];
}

int month_standing(Store *store, Month month, MonthStanding *ret_standing)
{
    const FakeStore *fake = fake_of(store);
    (void)month;

    *ret_standing = (MonthStanding){.state = !fake->revision_count ? MONTH_OPEN
                                             : fake->reopened      ? MONTH_REOPENED
                                                                   : MONTH_CLOSED,
                                    .revision = (int)fake->revision_count - 1};
    return 0;
}

static const FakeRevision *revision_of(Store *store, int revision)
{
    const FakeStore *fake = fake_of(store);

    return revision >= 0 && (size_t)revision < fake->revision_count ? &fake->revisions[revision] : NULL;
}

int month_revision(Store *store, Month month, int revision,
                   int (*each)(void *user, const MonthRevision *revision), void *user)
{
    const FakeRevision *from = revision_of(store, revision);

    if (!from)
        return MONTH_E_NONE;
    return each(user, &(MonthRevision){.month = month,
                                       .revision = revision,
                                       .at = from->at,
                                       .who = "uid:1000 clerk",
                                       .why = from->why,
                                       .definitions = 1,
                                       .changes = (int64_t)from->change_count,
                                       .state = fake_of(store)->reopened ? MONTH_REOPENED : MONTH_CLOSED});
}

int month_each_revision(Store *store, int (*each)(void *user, const MonthRevision *revision), void *user)
{
    const FakeStore *fake = fake_of(store);
    int r = 0;

    for (size_t i = 0; i < fake->revision_count && r == 0; i++)
        r = each(user, &(MonthRevision){.month = fake->revision_month,
                                        .revision = (int)i,
                                        .at = fake->revisions[i].at,
                                        .state = fake->reopened ? MONTH_REOPENED : MONTH_CLOSED});
    return r;
}

int month_each_row(Store *store, Month month, int revision, int (*each)(void *user, const MonthRow *row),
                   void *user)
{
    const FakeRevision *from = revision_of(store, revision);
    int r = 0;
    (void)month;

    for (size_t i = 0; from && i < from->row_count && r == 0; i++)
        r = each(user, &from->rows[i]);
    return r;
}

int month_each_session(Store *store, Month month, int revision,
                       int (*each)(void *user, const MonthSession *session), void *user)
{
    const FakeRevision *from = revision_of(store, revision);
    int r = 0;
    (void)month;

    for (size_t i = 0; from && i < from->session_count && r == 0; i++)
        r = each(user, &from->sessions[i]);
    return r;
}

/// Pending changes are those of the revision after the latest: the fake keeps them as `changes` of the
/// latest.
int month_each_change(Store *store, Month month, int revision,
                      int (*each)(void *user, const MonthChange *change), void *user)
{
    const FakeStore *fake = fake_of(store);
    const FakeRevision *from =
        revision_of(store, revision == MONTH_PENDING ? (int)fake->revision_count - 1 : revision);
    int r = 0;
    (void)month;

    for (size_t i = 0; from && i < from->change_count && r == 0; i++)
        r = each(user, &from->changes[i]);
    return r;
}

int headcount_each(Store *store, int64_t session, int (*each)(void *user, const Headcount *headcount),
                   void *user)
{
    (void)store, (void)session, (void)each, (void)user; // nobody was counted
    return 0;
}

const char *month_state_word(MonthState state)
{
    static const char *const words[] = {"open", "closed", "reopened"};

    return words[state];
}

const char *month_what_word(MonthWhat what)
{
    return what == MONTH_WHAT_STATUS ? "status" : what == MONTH_WHAT_CREDIT ? "credit" : "coverage";
}

int query_session_detail(Store *store, int64_t session, SessionDetail *ret_detail)
{
    (void)store;
    (void)session;
    *ret_detail = (SessionDetail){.materials = strdup("")};
    return 0;
}

void session_detail_deinit(SessionDetail *detail)
{
    free(detail->materials);
}
