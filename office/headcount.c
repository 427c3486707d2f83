// headcount add: somebody counted the people at a point. The number is kept beside the figures and is in none
// of them, since nobody knows whose presence it would be.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/store/headcount.h"
#include "core/store/query.h"
#include "office/detail.h"
#include "office/operation.h"

const ProgramOption office_headcount_options[] = {
    {"session", 0, "SESSION", N_("at which session")},
    {"point", 0, "POINT", N_("add: at which point")},
    {"count", 0, "N", N_("add: how many people were counted")},
    {"why", 0, "TEXT", N_("add: the reason, for the audit log")},
    {"format", 'f', "FORMAT", N_("list: text, csv, json or jsonl (default: text)")},
    {0},
};

typedef struct HeadcountPlace {
    SessionList sessions;
    OrgTree tree;
    SessionPoint *points;
    size_t point_count;
} HeadcountPlace;

static void place_deinit(HeadcountPlace *place)
{
    session_list_deinit(&place->sessions);
    org_tree_deinit(&place->tree);
    free(place->points);
}

// The session and its point; `ret_point` stays 0 after having refused.
static int place_find(Office *office, HeadcountPlace *place, int32_t *ret_point)
{
    const char *session = options_get(&office->options, "session");
    const char *point = options_get(&office->options, "point");
    int r = query_session(office->store, session, &place->sessions);

    if (r == QUERY_E_UNKNOWN)
        return office_refuse(office, EX_DATAERR, _("there is no session %s"), session);
    if (r == 0)
        r = org_tree_load(office->store, place->sessions.rows[0].date, &place->tree);
    if (r == 0)
        r = query_session_points(office->store, &place->sessions.rows[0], &place->tree, &place->points,
                                 &place->point_count);
    if (r < 0)
        return error_trace(r);
    for (size_t i = 0; i < place->point_count; i++)
        if (strcmp(place->points[i].code, point) == 0)
            *ret_point = place->points[i].point;
    return *ret_point
               ? 0
               : office_refuse(office, EX_DATAERR, _("no point %s takes part in session %s"), point, session);
}

typedef struct Before {
    const char *point;
    int64_t count; // -1: none
} Before;

static int see_before(void *user, const Headcount *headcount)
{
    Before *before = user;

    if (strcmp(headcount->point, before->point) == 0)
        before->count = headcount->count;
    return 0;
}

static int headcount_store(Office *office, int64_t session, int32_t point, Headcount *headcount)
{
    const char *session_code = options_get(&office->options, "session");
    CLEANUP(cleanup_text) Text subject = {0}, was = {0}, is = {0};
    Before before = {.point = headcount->point, .count = -1};
    int r = headcount_each(office->store, session, see_before, &before);

    if (r == 0 && before.count == headcount->count) {
        text_appendf(&office->reply->out, _("%s: %" PRId64 " people at %s, as before\n"), session_code,
                     headcount->count, headcount->point);
        return 0;
    }
    if (r == 0)
        r = headcount_add(office->store, session, point, headcount);
    text_appendf(&subject, "%s %s", session_code, headcount->point);
    if (before.count >= 0)
        detail_number(&was, "count", before.count);
    detail_number(&is, "count", headcount->count);
    if (r == 0)
        r = detail_audit(office, "headcount-add", text_cstr(&subject), headcount->why, &was, &is);
    if (r < 0)
        return error_trace(r);
    office->commit = true;
    text_appendf(&office->reply->out, _("%s: %" PRId64 " people at %s; shown apart, in no figure\n"),
                 session_code, headcount->count, headcount->point);
    return 0;
}

static int headcount_run(Office *office)
{
    const Options *options = &office->options;
    const char *given = options_get(options, "count");
    HeadcountPlace place = {0};
    Headcount headcount = {.at = office->now, .who = office->request->actor};
    long long count = 0;
    int32_t point = 0;

    if (options->operand_count != 1 || strcmp(options->operands[0], "add") != 0)
        return office_refuse(office, EX_USAGE, _("add or list"));
    if (!options_has(options, "session") || !options_has(options, "point") || !given)
        return office_refuse(office, EX_USAGE, _("--session, --point and --count are needed"));
    if (!text_parse_int64(given, 0, HEADCOUNT_MAX, &count))
        return office_refuse(office, EX_USAGE, _("--count %s: a whole number from 0 to %d"), given,
                             HEADCOUNT_MAX);
    headcount.why = office_why(office);
    if (!headcount.why)
        return 0;
    headcount.point = options_get(options, "point");
    headcount.count = count;
    int r = place_find(office, &place, &point);
    if (r == 0 && point)
        r = headcount_store(office, place.sessions.rows[0].session, point, &headcount);
    place_deinit(&place);
    return error_trace(r);
}

const OfficeOperation office_headcount = {
    .name = "headcount", .options = office_headcount_options, .run = headcount_run};
