// The register keeps numbers; what people say, and what the audit log keeps, are codes.
#include "office/session_known.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "office/detail.h"

static int keep_point(void *user, const char *point, const char *name, const char *org)
{
    SessionKnown *known = user;

    (void)name;
    (void)org;
    known->points = alloc_resize(known->points, known->point_count + 1, sizeof(*known->points));
    known->points[known->point_count++] = alloc_string(point);
    return 0;
}

int session_known_load(Office *office, const char *code, SessionKnown *ret_known)
{
    SessionKnown known = {0};
    int r = query_session(office->store, code, &known.list);

    if (r != 0)
        return r == QUERY_E_UNKNOWN ? QUERY_E_UNKNOWN : error_trace(r);
    known.row = &known.list.rows[0];
    r = query_session_detail(office->store, known.row->session, &known.detail);
    if (r == 0)
        r = query_session_org(office->store, known.row->session, known.org);
    if (r == 0)
        r = query_session_route(office->store, known.row->session, keep_point, &known);
    if (r < 0) {
        session_known_deinit(&known);
        return error_trace(r);
    }
    *ret_known = known;
    return 0;
}

void session_known_deinit(SessionKnown *known)
{
    for (size_t i = 0; i < known->point_count; i++)
        free(known->points[i]);
    free(known->points);
    session_detail_deinit(&known->detail);
    session_list_deinit(&known->list);
    *known = (SessionKnown){0};
}

static void append_points(const SessionKnown *known, Text *object)
{
    CLEANUP(cleanup_text) Text points = {0};

    text_append_char(&points, '[');
    for (size_t i = 0; i < known->point_count; i++) {
        if (i)
            text_append_char(&points, ',');
        text_append_json(&points, known->points[i], strlen(known->points[i]));
    }
    text_append_char(&points, ']');
    detail_json(object, "points", text_cstr(&points));
}

static const char *or_null(const char *text)
{
    return *text ? text : NULL;
}

void session_known_append(const SessionKnown *known, Text *object)
{
    char ends[CLOCK_TEXT_SIZE], starts[CLOCK_TEXT_SIZE], makeup[CLOCK_TEXT_SIZE];

    time_format_zone(known->row->rules.ends, ends);
    time_format_zone(known->row->rules.starts, starts);
    date_format(known->row->makeup_until, makeup);
    detail_text(object, "activity", or_null(known->detail.activity));
    detail_text(object, "ends", ends);
    detail_text(object, "kind", session_kind_word(known->row->kind));
    detail_text(object, "makeup_until", makeup);
    detail_text(object, "materials", or_null(known->detail.materials));
    detail_number(object, "minutes", known->row->rules.minutes);
    detail_text(object, "org", known->org);
    detail_text(object, "organiser", or_null(known->detail.organiser));
    append_points(known, object);
    detail_text(object, "starts", starts);
    detail_text(object, "title", known->row->title);
}
