// The lists name people, which the figures never do. A branch that asks for its own list knows its members
// and must call on them: there names stand whole, unless `--mask` asks for what may be hung up on a wall. A
// list of more than one branch shows first characters, and codes, unless `--full-names` says that the names
// are needed.
#include "reports/list_scope.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/base/i18n.h"

#define NOWHERE (-1)

int list_scope_load(Store *store, Date date, const char *org, ListScope *ret_scope)
{
    ListScope scope = {.top = NOWHERE};

    int r = org_tree_load(store, date, &scope.tree);
    if (r < 0)
        return error_trace(r);
    if (org)
        scope.top = org_tree_find(&scope.tree, org);
    if (scope.tree.count == 0 || (org && scope.top == NOWHERE)) {
        r = scope.tree.count == 0 ? REPORT_E_NO_ORGS : REPORT_E_UNKNOWN_ORG;
        list_scope_deinit(&scope);
        return r;
    }
    *ret_scope = scope;
    return 0;
}

void list_scope_deinit(ListScope *scope)
{
    org_tree_deinit(&scope->tree);
}

int32_t list_scope_index(const ListScope *scope, int32_t org)
{
    int32_t index = org_tree_index(&scope->tree, org);

    return index >= 0 && (scope->top == NOWHERE || org_tree_within(&scope->tree, index, scope->top))
               ? index
               : NOWHERE;
}

const char *list_scope_code(const ListScope *scope)
{
    return scope->top == NOWHERE ? NULL : scope->tree.nodes[scope->top].code;
}

const char *list_scope_name(const ListScope *scope)
{
    return scope->top == NOWHERE ? _("the whole site") : scope->tree.nodes[scope->top].name;
}

// Points come by code, so the first one an org hosts is its own; orgs come after their parents.
static void own_points_place(OwnPoints *own)
{
    own->complete = true;
    for (size_t i = 0; i < own->tree.count; i++)
        own->own[i] = NOWHERE;
    for (size_t k = 0; k < own->point_count; k++) {
        const SessionPoint *point = &own->points[k];
        int32_t host = org_tree_index(&own->tree, point->org);
        bool closed = point->coverage == COVERAGE_CLOSED || point->coverage == COVERAGE_NIL;

        own->complete = own->complete && closed && !point->gap;
        if (host >= 0 && own->own[host] == NOWHERE)
            own->own[host] = (int32_t)k;
    }
    for (size_t i = 0; i < own->tree.count; i++) {
        if (own->own[i] == NOWHERE && own->tree.nodes[i].parent >= 0)
            own->own[i] = own->own[own->tree.nodes[i].parent];
    }
}

int own_points_load(Store *store, const SessionRow *session, OwnPoints *ret_own)
{
    OwnPoints own = {0};

    int r = org_tree_load(store, session->date, &own.tree);
    if (r == 0)
        r = query_session_points(store, session, &own.tree, &own.points, &own.point_count);
    if (r < 0) {
        own_points_deinit(&own);
        return error_trace(r);
    }
    own.own = alloc_zero((own.tree.count + 1) * sizeof(*own.own));
    own_points_place(&own);
    *ret_own = own;
    return 0;
}

void own_points_deinit(OwnPoints *own)
{
    org_tree_deinit(&own->tree);
    free(own->points);
    free(own->own);
    *own = (OwnPoints){0};
}

int32_t own_points_find(const OwnPoints *own, int32_t org)
{
    int32_t index = org_tree_index(&own->tree, org);

    return index < 0 ? NOWHERE : own->own[index];
}

bool own_points_silent(const OwnPoints *own, int32_t org)
{
    int32_t point = own_points_find(own, org);

    return point != NOWHERE && own->points[point].coverage == COVERAGE_SILENT;
}

static bool is_first_byte(char c)
{
    return ((unsigned char)c & 0xC0) != 0x80;
}

bool list_names_whole(const ReportRequest *request, const ListScope *scope)
{
    bool branch = scope->top != NOWHERE && scope->tree.nodes[scope->top].level >= ORG_GENERAL_BRANCH;

    return !options_has(request->options, "mask") && (branch || options_has(request->options, "full-names"));
}

ReportCell list_name_cell(const char *name, bool whole)
{
    Text text = {0};

    if (whole)
        return report_text(name);
    const char *at = name;
    if (*at)
        text_append_char(&text, *at++);
    for (; *at && !is_first_byte(*at); at++)
        text_append_char(&text, *at);
    for (; *at; at++) {
        if (is_first_byte(*at))
            text_append_char(&text, '*');
    }
    return (ReportCell){.text = text_take(&text)};
}

int list_member_cells(Store *store, const ReportRequest *request, const ListScope *scope, int64_t member,
                      ReportCell *ret_code, ReportCell *ret_name)
{
    ListName name;

    int r = lists_name(store, member, &name);
    if (r < 0)
        return error_trace(r);
    *ret_code = report_text(name.code);
    *ret_name = list_name_cell(name.name, list_names_whole(request, scope));
    list_name_deinit(&name);
    return 0;
}
