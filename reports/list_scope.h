#pragma once
// What the lists of members and points share: whose subtree is listed, which own point is silent, and names
// that may be hidden.
#include "core/store/lists.h"
#include "reports/request.h"

typedef struct ListScope {
    OrgTree tree; // of the list's date
    int32_t top;  // index in `tree`; -1: the whole site
} ListScope;
/// `org` NULL is the whole site. REPORT_E_NO_ORGS, REPORT_E_UNKNOWN_ORG.
int list_scope_load(Store *store, Date date, const char *org, ListScope *ret_scope);
void list_scope_deinit(ListScope *scope);
/// Index of an org (internal number) that stands in the scope, or -1.
int32_t list_scope_index(const ListScope *scope, int32_t org);
const char *list_scope_code(const ListScope *scope); // of the top, NULL: the whole site
const char *list_scope_name(const ListScope *scope); // the same for people

// The points of one session and the own point of each org (R11).
typedef struct OwnPoints {
    OrgTree tree; // of the session's date
    SessionPoint *points;
    size_t point_count;
    int32_t *own;  // of tree.nodes: index in `points`, -1 none
    bool complete; // R12
} OwnPoints;
int own_points_load(Store *store, const SessionRow *session, OwnPoints *ret_own);
void own_points_deinit(OwnPoints *own);
/// Index of the own point of an org (internal number), -1: none.
int32_t own_points_find(const OwnPoints *own, int32_t org);
bool own_points_silent(const OwnPoints *own, int32_t org);

/// Whether the list shows names whole: it is that of one branch, or `--full-names` asks for it; `--mask`
/// never.
bool list_names_whole(const ReportRequest *request, const ListScope *scope);
/// A name in full, or its first character.
ReportCell list_name_cell(const char *name, bool whole);
/// The cells of a member, who is looked up by number; of a name that is not whole the first character.
int list_member_cells(Store *store, const ReportRequest *request, const ListScope *scope, int64_t member,
                      ReportCell *ret_code, ReportCell *ret_name);
