// spotcheck draw|cancel: a random sample of the members or points of a session is to be checked.
//
// The frame is sorted by stratum and code before anything is drawn, so that the sample follows from what the
// register says, the number asked for and the seed: whoever has the same roster and the seed gets the same
// sample (core/model/sample.h). A draw that is there already is not stored twice. A dry run does everything,
// shows it, and leaves nothing.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/digest.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/model/sample.h"
#include "core/store/expected.h"
#include "core/store/spotcheck.h"
#include "office/detail.h"
#include "office/show.h"
#include "office/spotcheck.h"
#include "reports/report_spotcheck.h"

#define NUMBER_MAX 1000000 // more than a city has members; a larger number is a slip of the finger
#define NO_ORG (-1)

const ProgramOption office_spotcheck_options[] = {
    {"session", 0, "SESSION", N_("draw: of this session; list: of this one only")},
    {"members", 0, "N", N_("draw: so many members")},
    {"points", 0, "N", N_("draw: so many points, and of each all members whose own point it is")},
    {"org", 0, "ORG", N_("draw: from this organisation and what is below it (default: the session's)")},
    {"seed", 0, "SEED", N_("draw: number that decides the sample (default: made at random, and printed)")},
    {"dry-run", 'n', NULL, N_("draw: show the sample, and store nothing")},
    {"found", 0, "YES", N_("enter: yes or no")},
    {"score", 0, "N", N_("enter: points of a short examination, 0 to 100")},
    {"why", 0, "TEXT", N_("enter, cancel: the reason, for the audit log")},
    {"format", 'f', "FORMAT",
     N_("text, csv, json or jsonl (default: text); list and show also xlsx, html or pdf")},
    {"output", 'o', "FILE", N_("list, show: write into FILE instead of standard output")},
    {"force", 0, NULL, N_("write over FILE if it exists")},
    {0},
};

// What can be drawn: a member, or a point.
typedef struct Item {
    const char *stratum, *code; // borrowed
    int32_t number;             // index of the member, or the point's number
} Item;

typedef struct Draw {
    Office *office;
    SessionList sessions;
    const SessionRow *session;
    OrgTree tree;
    SessionPoint *points;
    size_t point_count;
    ExpectedMember *members;
    size_t member_count;
    int32_t root; // index in the tree; NO_ORG: everybody who is invited
    Spotcheck spotcheck;
    Item *items;
    size_t item_count;
    bool *taken;
    SpotcheckPick *picks;
    size_t pick_count;
} Draw;

static void draw_deinit(Draw *draw)
{
    session_list_deinit(&draw->sessions);
    org_tree_deinit(&draw->tree);
    free(draw->points);
    free(draw->members);
    free(draw->items);
    free(draw->taken);
    free(draw->picks);
}

// False after having refused.
static bool take_number(Office *office, const char *name, long long min, long long max, long long *ret_value)
{
    const char *given = options_get(&office->options, name);

    if (!given || text_parse_int64(given, min, max, ret_value))
        return true;
    office_refuse(office, EX_USAGE, _("--%s %s: a whole number from %lld to %lld"), name, given, min, max);
    return false;
}

static bool draw_take_options(Draw *draw)
{
    Office *office = draw->office;
    const Options *options = &office->options;
    long long wanted = 0, seed = 0;

    if (!options_has(options, "session"))
        return office_refuse(office, EX_USAGE, _("--session is needed: of which session?")), false;
    if (options_has(options, "members") == options_has(options, "points"))
        return office_refuse(office, EX_USAGE, _("either --members or --points is needed")), false;
    draw->spotcheck.unit = options_has(options, "points") ? SPOTCHECK_POINTS : SPOTCHECK_MEMBERS;
    if (!take_number(office, draw->spotcheck.unit == SPOTCHECK_POINTS ? "points" : "members", 1, NUMBER_MAX,
                     &wanted) ||
        !take_number(office, "seed", 0, SAMPLE_SEED_MAX, &seed))
        return false;
    if (!options_has(options, "seed")) {
        uint64_t random;
        digest_random(&random, sizeof(random));
        seed = (long long)(random & SAMPLE_SEED_MAX);
    }
    draw->spotcheck.wanted = wanted;
    draw->spotcheck.seed = seed;
    draw->spotcheck.method = SAMPLE_METHOD;
    draw->spotcheck.at = office->now;
    draw->spotcheck.who = office->request->actor;
    return true;
}

// The org to draw from, in the tree of the session's date. False after having refused.
static bool draw_find_root(Draw *draw)
{
    const char *org = options_get(&draw->office->options, "org");

    if (!org && draw->session->invited)
        draw->root = NO_ORG; // whoever is invited, from anywhere
    else if (!org)
        draw->root = org_tree_index(&draw->tree, draw->session->org);
    else
        draw->root = org_tree_find(&draw->tree, org);
    if (org && draw->root < 0) {
        office_refuse(draw->office, EX_DATAERR, _("there is no organisation %s"), org);
        return false;
    }
    draw->spotcheck.org = draw->root >= 0 ? draw->tree.nodes[draw->root].code : "";
    return true;
}

static int draw_load(Draw *draw)
{
    Office *office = draw->office;
    const char *code = options_get(&office->options, "session");
    int r = query_session(office->store, code, &draw->sessions);

    if (r == QUERY_E_UNKNOWN)
        return office_refuse(office, EX_DATAERR, _("there is no session %s"), code);
    if (r < 0)
        return error_trace(r);
    draw->session = &draw->sessions.rows[0];
    draw->spotcheck.session_number = draw->session->session;
    r = org_tree_load(office->store, draw->session->date, &draw->tree);
    if (r < 0 || !draw_find_root(draw))
        return error_trace(r);
    r = query_session_points(office->store, draw->session, &draw->tree, &draw->points, &draw->point_count);
    if (r == 0)
        r = query_expected(office->store, draw->session, &draw->tree, draw->points, draw->point_count,
                           &draw->members, &draw->member_count);
    return error_trace(r);
}

// The stratum of an org: the child of the root that it is, or is below; the root itself; with no root what is
// below a top in the same way. NULL: it is not below the root.
static const char *stratum_of(const Draw *draw, int32_t org)
{
    const OrgTree *tree = &draw->tree;
    int32_t i = org_tree_index(tree, org);

    if (i < 0 || (draw->root >= 0 && !org_tree_within(tree, i, draw->root)))
        return NULL;
    int32_t above = draw->root >= 0 ? tree->nodes[draw->root].depth : 0;
    while (tree->nodes[i].depth > above + 1)
        i = tree->nodes[i].parent;
    return tree->nodes[i].code;
}

static int compare_items(const void *a, const void *b)
{
    const Item *x = a, *y = b;
    int order = strcmp(x->stratum, y->stratum);

    return order ? order : strcmp(x->code, y->code);
}

static void draw_add_item(Draw *draw, const char *stratum, const char *code, int32_t number)
{
    if (stratum)
        draw->items[draw->item_count++] = (Item){stratum, code, number};
}

static void draw_frame_members(Draw *draw)
{
    draw->items = alloc_resize(NULL, draw->member_count + 1, sizeof(*draw->items));
    for (size_t i = 0; i < draw->member_count; i++)
        draw_add_item(draw, stratum_of(draw, draw->members[i].org), draw->members[i].code, (int32_t)i);
}

// A byte for each internal number of a point that is somebody's own: 1.
static uint8_t *draw_own_points(const Draw *draw)
{
    int32_t highest = 0;

    for (size_t m = 0; m < draw->member_count; m++)
        if (draw->members[m].point > highest)
            highest = draw->members[m].point;
    for (size_t p = 0; p < draw->point_count; p++)
        if (draw->points[p].point > highest)
            highest = draw->points[p].point;
    uint8_t *own = alloc_zero((size_t)highest + 1);
    for (size_t m = 0; m < draw->member_count; m++)
        own[draw->members[m].point] = 1;
    return own;
}

// Points that are nobody's own would be drawn for nothing.
static void draw_frame_points(Draw *draw)
{
    CLEANUP(cleanup_free) uint8_t *own = draw_own_points(draw);

    draw->items = alloc_resize(NULL, draw->point_count + 1, sizeof(*draw->items));
    for (size_t i = 0; i < draw->point_count; i++) {
        const SessionPoint *point = &draw->points[i];
        if (own[point->point])
            draw_add_item(draw, stratum_of(draw, point->org), point->code, point->point);
    }
}

static void draw_sample(Draw *draw)
{
    CLEANUP(cleanup_free) size_t *sizes = alloc_zero((draw->item_count + 1) * sizeof(*sizes));
    size_t strata = 0;

    if (draw->item_count)
        qsort(draw->items, draw->item_count, sizeof(*draw->items), compare_items);
    for (size_t i = 0; i < draw->item_count; i++) {
        strata += i == 0 || strcmp(draw->items[i].stratum, draw->items[i - 1].stratum) != 0;
        sizes[strata - 1]++;
    }
    draw->taken = alloc_zero(draw->item_count + 1);
    draw->spotcheck.strata = (int64_t)strata;
    draw->spotcheck.frame = (int64_t)draw->item_count;
    draw->spotcheck.stratified =
        sample_draw(draw->spotcheck.seed, sizes, strata, (size_t)draw->spotcheck.wanted, draw->taken);
}

static void draw_pick(Draw *draw, const ExpectedMember *member)
{
    draw->picks[draw->pick_count++] = (SpotcheckPick){
        .member = member->member, .area = member->area, .org = member->org, .point = member->point};
}

static int compare_picks(const void *a, const void *b)
{
    const SpotcheckPick *x = a, *y = b;

    return x->member < y->member ? -1 : x->member > y->member;
}

// The members drawn, or those whose own point was; by number, so that one is found.
static void draw_pick_all(Draw *draw)
{
    CLEANUP(cleanup_free) uint8_t *drawn = draw_own_points(draw);

    draw->picks = alloc_resize(NULL, draw->member_count + 1, sizeof(*draw->picks));
    for (size_t i = 0; i < draw->item_count; i++) {
        if (draw->spotcheck.unit == SPOTCHECK_POINTS)
            drawn[draw->items[i].number] += draw->taken[i]; // 2: somebody's own, and drawn
        else if (draw->taken[i])
            draw_pick(draw, &draw->members[draw->items[i].number]);
    }
    for (size_t m = 0; draw->spotcheck.unit == SPOTCHECK_POINTS && m < draw->member_count; m++)
        if (drawn[draw->members[m].point] > 1)
            draw_pick(draw, &draw->members[m]);
    qsort(draw->picks, draw->pick_count, sizeof(*draw->picks), compare_picks);
}

// Whether the same sample is there already, and stands.
typedef struct Search {
    Draw *draw;
    size_t same;
    int64_t id;
} Search;

static int search_member(void *user, const SpotcheckMember *member)
{
    Search *search = user;
    SpotcheckPick key = {.member = member->member};

    search->same +=
        bsearch(&key, search->draw->picks, search->draw->pick_count, sizeof(key), compare_picks) != NULL;
    return 0;
}

static int search_spotcheck(void *user, const Spotcheck *other)
{
    Search *search = user;
    const Spotcheck *wanted = &search->draw->spotcheck;

    if (other->cancelled_at != TIME_NONE || other->seed != wanted->seed || other->unit != wanted->unit ||
        other->wanted != wanted->wanted || strcmp(other->org, wanted->org) != 0 ||
        strcmp(other->method, wanted->method) != 0 || other->members != (int64_t)search->draw->pick_count)
        return 0;
    search->same = 0;
    int r = spotcheck_each_member(search->draw->office->store, other, search_member, search);
    if (r == 0 && search->same == search->draw->pick_count)
        search->id = other->id;
    return error_trace(r);
}

static int draw_note(Draw *draw, int64_t id)
{
    const Spotcheck *spotcheck = &draw->spotcheck;
    CLEANUP(cleanup_text) Text before = {0}, after = {0};
    char subject[32];

    snprintf(subject, sizeof(subject), "%" PRId64, id);
    detail_number(&after, "drawn", (int64_t)draw->pick_count);
    detail_number(&after, "frame", spotcheck->frame);
    detail_text(&after, "method", spotcheck->method);
    detail_text(&after, "org", *spotcheck->org ? spotcheck->org : NULL);
    detail_number(&after, "seed", spotcheck->seed);
    detail_text(&after, "session", draw->session->code);
    detail_text(&after, "unit", spotcheck->unit == SPOTCHECK_POINTS ? "point" : "member");
    detail_number(&after, "wanted", spotcheck->wanted);
    return error_trace(detail_audit(draw->office, "spotcheck-draw", subject, "", &before, &after));
}

static int draw_show(Draw *draw, int64_t id, bool dry_run)
{
    CLEANUP(cleanup_report) Report *report = NULL;
    int r = report_spotcheck(draw->office->store, id, dry_run, &report);

    if (r != 0)
        return error_trace(r < 0 ? r : -EUCLEAN);
    show_report(draw->office, report);
    return 0;
}

static int draw_store(Draw *draw)
{
    Office *office = draw->office;
    bool dry_run = options_has(&office->options, "dry-run");
    Search search = {.draw = draw};
    int r = spotcheck_each(office->store, draw->session->session, search_spotcheck, &search);

    if (r == 0 && !search.id) {
        r = spotcheck_add(office->store, &draw->spotcheck, draw->picks, draw->pick_count, &search.id);
        if (r == 0)
            r = draw_note(draw, search.id);
        office->commit = office->reply->roster_changed = !dry_run;
    } else if (r == 0 && !dry_run) {
        text_appendf(&office->reply->err, _("studyday: spotcheck: drawn already, as %" PRId64 "\n"),
                     search.id);
    }
    if (r == 0)
        r = draw_show(draw, search.id, dry_run);
    return error_trace(r);
}

static int draw_run(Draw *draw)
{
    Office *office = draw->office;

    if (!draw_take_options(draw))
        return 0;
    int r = draw_load(draw);
    if (r < 0 || office->reply->exit_code != EX_OK)
        return error_trace(r);
    if (draw->spotcheck.unit == SPOTCHECK_POINTS)
        draw_frame_points(draw);
    else
        draw_frame_members(draw);
    if (draw->item_count == 0)
        return office_refuse(office, EX_DATAERR,
                             draw->spotcheck.unit == SPOTCHECK_POINTS
                                 ? _("there is no point with anybody expected at session %s")
                                 : _("nobody is expected at session %s"),
                             draw->session->code);
    draw_sample(draw);
    draw_pick_all(draw);
    return error_trace(draw_store(draw));
}

static int spotcheck_draw(Office *office)
{
    Draw draw = {.office = office, .root = NO_ORG};
    int r = draw_run(&draw);

    draw_deinit(&draw);
    return error_trace(r);
}

static int spotcheck_cancel_one(Office *office)
{
    const char *number = office->options.operands[1], *why;
    CLEANUP(cleanup_text) Text was = {0};
    CLEANUP(cleanup_text) Text is = {0};
    long long id;

    if (!text_parse_int64(number, 1, INT64_MAX, &id))
        return office_refuse(office, EX_USAGE, _("%s: a spot-check is named by its number"), number);
    why = office_why(office);
    if (!why)
        return 0;
    detail_text(&was, "state", "drawn");
    detail_text(&is, "state", "cancelled");
    int r = spotcheck_cancel(office->store, id, office->now, office->request->actor, why);
    if (r == SPOTCHECK_E_UNKNOWN)
        return office_refuse(office, EX_DATAERR, _("there is no spot-check %lld"), id);
    if (r == SPOTCHECK_E_CANCELLED)
        return office_refuse(office, EX_DATAERR, _("spot-check %lld is cancelled already"), id);
    if (r == 0)
        r = detail_audit(office, "spotcheck-cancel", number, why, &was, &is);
    if (r < 0)
        return error_trace(r);
    office->commit = office->reply->roster_changed = true;
    text_appendf(&office->reply->out, _("spot-check %lld: cancelled; its checks stay\n"), id);
    return 0;
}

static int spotcheck_run(Office *office)
{
    const Options *options = &office->options;

    if (options->operand_count == 1 && strcmp(options->operands[0], "draw") == 0)
        return spotcheck_draw(office);
    if (options->operand_count == 2 && strcmp(options->operands[0], "cancel") == 0)
        return spotcheck_cancel_one(office);
    if (options->operand_count == 3 && strcmp(options->operands[0], "enter") == 0)
        return spotcheck_enter(office);
    return office_refuse(office, EX_USAGE, _("draw, list, show ID, enter ID MEMBER or cancel ID"));
}

const OfficeOperation office_spotcheck = {
    .name = "spotcheck", .options = office_spotcheck_options, .run = spotcheck_run};
