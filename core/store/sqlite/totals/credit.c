#include "core/store/sqlite/totals/credit.h"

#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/sqlite/keys.h"
#include "core/store/sqlite/ledger/pairs.h"
#include "core/store/sqlite/sessions/derive.h"
#include "core/store/sqlite/totals/totals.h"

// Everything else that an event touches lies together by session, whatever the history. A member's credit of
// the year does not: terminals send members in any order, and each event alone dirtied another page of it.
// Added in the order of members after the session's day, a page takes all its rows at once.
//
// `session.credited` tells how far that is: members with a lower number are in the totals, and what changes
// of theirs changes the totals at once. Readers add the rest from the attendances, so that no figure knows of
// the delay.

#define CREDIT_SPLIT_DAYS \
    366 // a session is at most so long (the importer's bound): how far back one may begin

/// The member up to whom a piece of `rows` attendances reaches in every area; CREDITED_ALL when all fit.
static int piece_end(Store *store, const SessionRow *session, const int32_t *areas, size_t area_count,
                     int64_t rows, int64_t *ret_end)
{
    int64_t end = CREDITED_ALL;

    for (size_t i = 0; i < area_count; i++) {
        sqlite3_stmt *get = store_get(store, SQL_ATTENDANCE_KEY_AFTER);
        if (!get)
            return error_origin(-EIO);
        db_bind_int(get, 1, key_make(areas[i], session->session, session->credited));
        db_bind_int(get, 2, key_make(areas[i], session->session, KEY_ROW_MAX));
        db_bind_int(get, 3, rows);
        int r = db_step(&store->db, get);
        if (r > 0 && key_row(db_int(get, 0)) < end)
            end = key_row(db_int(get, 0));
        sqlite3_reset(get);
        if (r < 0)
            return error_trace(r);
    }
    *ret_end = end;
    return 0;
}

/// Calls for each attendance of the session whose member's number lies in [from, end).
static int each_row(Store *store, const SessionRow *session, int32_t area, int64_t from, int64_t end,
                    void (*each)(void *user, const SessionRow *session, const PairRow *row), void *user)
{
    sqlite3_stmt *rows = store_get(store, SQL_ATTENDANCE_OF_SESSION);
    int r;

    if (!rows)
        return error_origin(-EIO);
    db_bind_int(rows, 1, key_make(area, session->session, from));
    db_bind_int(rows, 2, key_make(area, session->session, end - 1));
    while ((r = db_step(&store->db, rows)) > 0) {
        PairRow row = {0};
        r = pair_row_read(store, session, rows, &row);
        if (r < 0)
            break;
        each(user, session, &row);
        pair_row_deinit(&row);
    }
    sqlite3_reset(rows);
    return error_trace(r);
}

typedef struct CreditPiece {
    Totals *totals;
    int64_t left; // attendances that still fit
} CreditPiece;

static void piece_take(void *user, const SessionRow *session, const PairRow *row)
{
    CreditPiece *piece = user;

    totals_count_credit(piece->totals, session, row, +1);
    piece->left--;
}

static int mark_credited(Store *store, int64_t session, int64_t credited)
{
    sqlite3_stmt *set = store_get(store, SQL_SESSION_SET_CREDITED);

    if (!set)
        return error_origin(-EIO);
    db_bind_int(set, 1, credited);
    db_bind_int(set, 2, session);
    int r = db_run(&store->db, set);
    if (r == 0)
        session_cache_credited(store, session, credited);
    return error_trace(r);
}

static int piece_of_session(Store *store, CreditPiece *piece, const SessionRow *session, const int32_t *areas,
                            size_t area_count)
{
    int64_t end = 0;
    int r = piece_end(store, session, areas, area_count, piece->left, &end);

    for (size_t i = 0; i < area_count && r == 0; i++)
        r = each_row(store, session, areas[i], session->credited, end, piece_take, piece);
    return r < 0 ? error_trace(r) : error_trace(mark_credited(store, session->session, end));
}

/// 1 with the first session that is due, 0 without one. The caller frees the title.
static int next_due(Store *store, Time now, SessionRow *ret_session)
{
    sqlite3_stmt *get = store_get(store, SQL_SESSION_UNCREDITED);

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, now - CREDIT_DELAY);
    int r = db_step(&store->db, get);
    if (r > 0)
        session_read(get, ret_session);
    sqlite3_reset(get);
    return error_trace(r);
}

static int add_piece(Store *store, Time now, int64_t rows, bool *ret_more)
{
    CLEANUP(cleanup_free) int32_t *areas = NULL;
    CreditPiece piece = {.totals = totals_new(store), .left = rows};
    size_t area_count = 0;
    int r = area_numbers(store, &areas, &area_count);

    *ret_more = true;
    while (r == 0 && piece.left > 0) {
        SessionRow session = {0};
        r = next_due(store, now, &session);
        if (r <= 0) {
            *ret_more = false;
            break;
        }
        r = piece_of_session(store, &piece, &session, areas, area_count);
        free(session.title);
    }
    if (r == 0)
        r = totals_flush(piece.totals);
    totals_free(piece.totals);
    return error_trace(r);
}

int credit_add_due(Store *store, Time now, int64_t rows, bool *ret_more)
{
    bool own = !store_in_transaction(store), more = false;
    SessionRow session = {0};
    int r = next_due(store, now, &session);

    *ret_more = false;
    if (r <= 0)
        return error_trace(r);
    free(session.title);
    r = own ? store_begin(store) : 0;
    if (r == 0)
        r = add_piece(store, now, rows, &more);
    if (r == 0 && own)
        r = store_commit(store);
    if (r < 0 && own)
        store_rollback(store);
    if (r < 0)
        return error_trace(r);
    *ret_more = more;
    return 0;
}

/// What of the credit falls into the year of `month`, up to it.
static int32_t share_until(const SessionRow *session, int32_t credit, Month month)
{
    int year, first_month;
    int32_t first, later;

    totals_split(session, credit, &year, &first_month, &first, &later);
    if (year == month / 12)
        return first_month <= month % 12 + 1 ? first : 0;
    return year + 1 == month / 12 ? later : 0;
}

/// The sessions that may have credit in the year up to `month` which the totals do not hold.
static int left_sessions(Store *store, Month month, SessionList *ret_list)
{
    sqlite3_stmt *get = store_get(store, SQL_SESSIONS_UNCREDITED);

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, zone_day_start(date_from_civil(month / 12, 1, 1) - CREDIT_SPLIT_DAYS));
    db_bind_int(get, 2, zone_day_start(month_last_day(month) + 1));
    return error_trace(session_list_read(store, get, ret_list));
}

int credit_left_member(Store *store, const MemberRow *member, Month month, int64_t *ret_minutes)
{
    SessionList sessions = {0};
    int64_t minutes = 0;
    int r = left_sessions(store, month, &sessions);

    for (size_t i = 0; i < sessions.count && r == 0; i++) {
        PairRow row = {0};
        if (member->member < sessions.rows[i].credited)
            continue;
        r = pair_row_load(store, &sessions.rows[i], member->area, member->member, &row);
        if (r == 0 && row.exists)
            minutes += share_until(&sessions.rows[i], row.attendance.credit, month);
        pair_row_deinit(&row);
    }
    session_list_deinit(&sessions);
    *ret_minutes = minutes;
    return error_trace(r);
}

typedef struct CreditLeft {
    Month month;
    int64_t first; // of the range
    int32_t *minutes;
} CreditLeft;

static void left_take(void *user, const SessionRow *session, const PairRow *row)
{
    CreditLeft *left = user;

    left->minutes[row->member - left->first] += share_until(session, row->attendance.credit, left->month);
}

int credit_left_all(Store *store, Month month, const MemberRange *range, int32_t *minutes)
{
    CLEANUP(cleanup_free) int32_t *areas = NULL;
    CreditLeft left = {.month = month, .first = range->first, .minutes = minutes};
    SessionList sessions = {0};
    size_t area_count = 0;
    int r = area_numbers(store, &areas, &area_count);

    if (r == 0)
        r = left_sessions(store, month, &sessions);
    for (size_t s = 0; s < sessions.count && r == 0; s++) {
        int64_t credited = sessions.rows[s].credited;
        int64_t from = credited > range->first ? credited : range->first;
        for (size_t i = 0; i < area_count && r == 0; i++)
            r = each_row(store, &sessions.rows[s], areas[i], from, range->beyond, left_take, &left);
    }
    session_list_deinit(&sessions);
    return error_trace(r);
}
