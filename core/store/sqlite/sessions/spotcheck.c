#include "core/store/spotcheck.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/store/sqlite/ledger/pairs.h"

// The samples. A member's result is not stored here: it follows from the attendance row, so that a check that
// comes late, is voided or is corrected shows by itself, and agrees with the figures (R26).

static const char *const result_words[][2] = {
    [SPOTCHECK_OPEN] = {"open", N_("not checked")},
    [SPOTCHECK_PASSED] = {"passed", N_("passed")},
    [SPOTCHECK_FAILED] = {"failed", N_("not passed")},
    [SPOTCHECK_NOT_FOUND] = {"not-found", N_("not found")},
};

const char *spotcheck_result_word(SpotcheckResult result)
{
    return result_words[result][0];
}

const char *spotcheck_result_title(SpotcheckResult result)
{
    return result_words[result][1];
}

static int spotcheck_add_members(Store *store, int64_t id, const SpotcheckPick *picks, size_t count)
{
    int r = 0;

    for (size_t i = 0; i < count && r == 0; i++) {
        sqlite3_stmt *add = store_get(store, SQL_SPOTCHECK_MEMBER_ADD);
        if (!add)
            return error_origin(-EIO);
        db_bind_int(add, 1, id);
        db_bind_int(add, 2, picks[i].member);
        db_bind_int(add, 3, picks[i].area);
        db_bind_int(add, 4, picks[i].org);
        db_bind_int(add, 5, picks[i].point);
        r = db_run(&store->db, add);
    }
    return error_trace(r);
}

// Plans are known by the roster's version: one that names other members to check is another plan.
static int spotcheck_bump(Store *store)
{
    sqlite3_stmt *bump = store_get(store, SQL_SITE_BUMP);

    return bump ? error_trace(db_run(&store->db, bump)) : error_origin(-EIO);
}

int spotcheck_add(Store *store, const Spotcheck *spotcheck, const SpotcheckPick *picks, size_t count,
                  int64_t *ret_id)
{
    sqlite3_stmt *add = store_get(store, SQL_SPOTCHECK_ADD);
    int64_t id;

    if (!add)
        return error_origin(-EIO);
    db_bind_int(add, 1, spotcheck->session_number);
    db_bind_text(add, 2, spotcheck->org);
    db_bind_int(add, 3, spotcheck->unit);
    db_bind_int(add, 4, spotcheck->wanted);
    db_bind_int(add, 5, spotcheck->frame);
    db_bind_int(add, 6, spotcheck->strata);
    db_bind_int(add, 7, spotcheck->stratified);
    db_bind_int(add, 8, spotcheck->seed);
    db_bind_text(add, 9, spotcheck->method);
    db_bind_int(add, 10, spotcheck->at);
    db_bind_text(add, 11, spotcheck->who);
    int r = db_run(&store->db, add);
    id = sqlite3_last_insert_rowid(store->db.handle);
    if (r == 0)
        r = spotcheck_add_members(store, id, picks, count);
    if (r == 0)
        r = spotcheck_bump(store);
    if (r < 0)
        return error_trace(r);
    *ret_id = id;
    return 0;
}

int spotcheck_cancel(Store *store, int64_t id, Time now, const char *who, const char *why)
{
    int64_t changes = sqlite3_total_changes(store->db.handle);
    sqlite3_stmt *cancel = store_get(store, SQL_SPOTCHECK_CANCEL);

    if (!cancel)
        return error_origin(-EIO);
    db_bind_int(cancel, 1, id);
    db_bind_int(cancel, 2, now);
    db_bind_text(cancel, 3, who);
    db_bind_text(cancel, 4, why);
    int r = db_run(&store->db, cancel);
    if (r < 0)
        return error_trace(r);
    if (sqlite3_total_changes(store->db.handle) != changes)
        return error_trace(spotcheck_bump(store));
    sqlite3_stmt *find = store_get(store, SQL_SPOTCHECK_ALL);
    if (!find)
        return error_origin(-EIO);
    db_bind_int(find, 1, id);
    r = db_step(&store->db, find);
    sqlite3_reset(find);
    return r < 0 ? error_trace(r) : r > 0 ? SPOTCHECK_E_CANCELLED : SPOTCHECK_E_UNKNOWN;
}

static Spotcheck spotcheck_read(sqlite3_stmt *row)
{
    return (Spotcheck){
        .id = db_int(row, 0),
        .session_number = db_int(row, 1),
        .session = db_text(row, 2),
        .org = db_text(row, 3),
        .unit = (SpotcheckUnit)db_int(row, 4),
        .wanted = db_int(row, 5),
        .frame = db_int(row, 6),
        .strata = db_int(row, 7),
        .stratified = db_int(row, 8) != 0,
        .seed = db_int(row, 9),
        .method = db_text(row, 10),
        .at = db_int(row, 11),
        .who = db_text(row, 12),
        .cancelled_at = db_null(row, 13) ? TIME_NONE : db_int(row, 13),
        .cancelled_by = db_text(row, 14),
        .cancelled_why = db_text(row, 15),
        .members = db_int(row, 16),
    };
}

// `id` and `session` 0: any. Returns how many were given, a stop of `each`, or negative errno.
static int spotcheck_select(Store *store, int64_t id, int64_t session, SpotcheckFn each, void *user,
                            int64_t *ret_count)
{
    sqlite3_stmt *get = store_get(store, SQL_SPOTCHECK_ALL);
    int r;

    *ret_count = 0;
    if (!get)
        return error_origin(-EIO);
    if (id)
        db_bind_int(get, 1, id);
    if (session)
        db_bind_int(get, 2, session);
    while ((r = db_step(&store->db, get)) > 0) {
        Spotcheck spotcheck = spotcheck_read(get);
        ++*ret_count;
        r = each(user, &spotcheck);
        if (r != 0) {
            sqlite3_reset(get);
            return r;
        }
    }
    return error_trace(r);
}

int spotcheck_each(Store *store, int64_t session, SpotcheckFn each, void *user)
{
    int64_t count;

    return spotcheck_select(store, 0, session, each, user, &count);
}

int spotcheck_get(Store *store, int64_t id, SpotcheckFn each, void *user)
{
    int64_t count;
    int r = spotcheck_select(store, id, 0, each, user, &count);

    return r == 0 && count == 0 ? SPOTCHECK_E_UNKNOWN : r;
}

// The check that counts (R13), or NULL.
static const Fact *latest_check(const PairRow *row)
{
    const Fact *latest = NULL;

    for (size_t i = 0; i < row->fact_count; i++) {
        const Fact *fact = &row->facts[i].fact;
        if (fact->kind == EVENT_CHECK && !fact->is_void && attendance_check_is_later(fact, latest))
            latest = fact;
    }
    return latest;
}

static int member_judge(Store *store, const SessionRow *session, int32_t area, SpotcheckMember *member)
{
    PairRow row = {0};
    int r = pair_row_load(store, session, area, member->member, &row);

    if (r == 0 && row.exists) {
        const Fact *check = latest_check(&row);
        member->home = row.org;
        member->status = row.attendance.status;
        member->on_site = row.attendance.on_site;
        member->discrepancy = row.attendance.not_found;
        member->score = check ? check->score : -1;
        member->result = !check                  ? SPOTCHECK_OPEN
                         : row.attendance.passed ? SPOTCHECK_PASSED
                         : check->found          ? SPOTCHECK_FAILED
                                                 : SPOTCHECK_NOT_FOUND;
    }
    pair_row_deinit(&row);
    return error_trace(r);
}

static int member_org(Store *store, int32_t org, char ret_code[static 65])
{
    sqlite3_stmt *get = store_get(store, SQL_ORG_NAME);

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, org);
    int r = db_step(&store->db, get);
    if (r > 0)
        snprintf(ret_code, 65, "%s", db_text(get, 0));
    sqlite3_reset(get);
    return r < 0 ? error_trace(r) : 0;
}

int spotcheck_each_member(Store *store, const Spotcheck *spotcheck,
                          int (*each)(void *user, const SpotcheckMember *member), void *user)
{
    const SessionRow *session = NULL;

    store_caches_refresh(store);
    int r = points_load(store);
    if (r == 0)
        r = session_get_number(store, spotcheck->session_number, &session);
    sqlite3_stmt *get = r == 0 ? store_get(store, SQL_SPOTCHECK_MEMBERS) : NULL;
    if (!get || !session)
        return r < 0 ? error_trace(r) : error_origin(-EUCLEAN);
    db_bind_int(get, 1, spotcheck->id);
    while ((r = db_step(&store->db, get)) > 0) {
        const PointInfo *point = point_info(store, (int32_t)db_int(get, 3));
        SpotcheckMember member = {.member = db_int(get, 0),
                                  .home = (int32_t)db_int(get, 2),
                                  .code = db_text(get, 4),
                                  .name = db_text(get, 5),
                                  .score = -1};
        if (point)
            memcpy(member.point, point->code, sizeof(member.point));
        r = member_judge(store, session, (int32_t)db_int(get, 1), &member);
        if (r == 0)
            r = member_org(store, member.home, member.org);
        if (r == 0)
            r = each(user, &member);
        if (r != 0) {
            sqlite3_reset(get);
            return r;
        }
    }
    return error_trace(r);
}

int spotcheck_active(Store *store, int64_t session, int64_t **ret_ids, size_t *ret_count)
{
    sqlite3_stmt *get = store_get(store, SQL_SPOTCHECK_ACTIVE);
    int64_t *ids = NULL;
    size_t count = 0;
    int r;

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, session);
    while ((r = db_step(&store->db, get)) > 0) {
        ids = alloc_resize(ids, count + 1, sizeof(*ids));
        ids[count++] = db_int(get, 0);
    }
    if (r < 0) {
        free(ids);
        return error_trace(r);
    }
    *ret_ids = ids;
    *ret_count = count;
    return 0;
}

int spotcheck_has(Store *store, int64_t id, int64_t member, bool *ret_has)
{
    sqlite3_stmt *has = store_get(store, SQL_SPOTCHECK_HAS);

    if (!has)
        return error_origin(-EIO);
    db_bind_int(has, 1, id);
    db_bind_int(has, 2, member);
    int r = db_step(&store->db, has);
    sqlite3_reset(has);
    if (r < 0)
        return error_trace(r);
    *ret_has = r > 0;
    return 0;
}
