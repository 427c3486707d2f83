#include <stdio.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/sqlite/sessions/derive.h"
#include "core/store/sqlite/totals/totals_private.h"

// Counted less stored must be nothing. What is left over is told by name, so that an operator can go and
// look.

static const char *const tally_names[] = {"expected", "exempt",    "present", "late",  "left_early",
                                          "home",     "makeup",    "leave",   "unmet", "checked",
                                          "passed",   "not_found", "minutes"};

static void org_code(Store *store, int32_t org, char ret_code[static 65])
{
    sqlite3_stmt *get = store_get(store, SQL_ORG_NAME);

    snprintf(ret_code, 65, "%s", "-");
    if (!get)
        return;
    db_bind_int(get, 1, org);
    if (db_step(&store->db, get) > 0)
        snprintf(ret_code, 65, "%s", db_text(get, 0));
    sqlite3_reset(get);
}

void member_code(Store *store, int64_t member, char ret_code[static 65])
{
    sqlite3_stmt *get = store_get(store, SQL_MEMBER_GET);

    snprintf(ret_code, 65, "%s", "-");
    if (!get)
        return;
    db_bind_int(get, 1, member);
    if (db_step(&store->db, get) > 0)
        snprintf(ret_code, 65, "%s", db_text(get, 1));
    sqlite3_reset(get);
}

static int subtract_tallies(Totals *totals, int32_t area, const SessionRow *session)
{
    sqlite3_stmt *get = store_get(totals->store, SQL_TALLY_OF_SESSION);
    int r;

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, key_make(area, session->session, 0));
    db_bind_int(get, 2, key_make(area, session->session, KEY_ROW_MAX));
    while ((r = db_step(&totals->store->db, get)) > 0) {
        int64_t *values = (int64_t *)totals_tally(totals, session->session, key_row(db_int(get, 0)));
        for (size_t f = 0; f < TALLY_FIELD_COUNT; f++)
            values[f] -= db_int(get, (int)f + 1);
    }
    return error_trace(r);
}

static int subtract_guests(Totals *totals, int32_t area, const SessionRow *session)
{
    sqlite3_stmt *get = store_get(totals->store, SQL_GUEST_OF_SESSION);
    int r;

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, area);
    db_bind_int(get, 2, session->session);
    while ((r = db_step(&totals->store->db, get)) > 0)
        *totals_guest(totals, session->session, (int32_t)db_int(get, 0), (int32_t)db_int(get, 1)) -=
            db_int(get, 2);
    return error_trace(r);
}

static void tell_session(Totals *totals, const SessionRow *session, TotalsFound *found, void *user)
{
    char detail[320], code[65], home[65];

    for (size_t i = 0; i < totals->tally_count; i++) {
        const int64_t *values = (const int64_t *)&totals->tallies[i].tally;
        for (size_t f = 0; f < TALLY_FIELD_COUNT; f++) {
            if (!values[f])
                continue;
            org_code(totals->store, totals->tallies[i].org, code);
            snprintf(detail, sizeof(detail), "session %s org %s: %s should be %+lld", session->code, code,
                     tally_names[f], (long long)values[f]);
            found(user, "total", detail);
        }
    }
    for (size_t i = 0; i < totals->guest_count; i++) {
        if (!totals->guests[i].count)
            continue;
        org_code(totals->store, totals->guests[i].host, code);
        org_code(totals->store, totals->guests[i].home, home);
        snprintf(detail, sizeof(detail), "session %s: %s %s from %s should be %+lld", session->code,
                 totals->guests[i].host == GUEST_HOST_BATCH ? "members in batches" : "guests of", code, home,
                 (long long)totals->guests[i].count);
        found(user, "total", detail);
    }
}

int totals_compare_session(Totals *totals, const SessionRow *session, TotalsFound *found, void *user)
{
    CLEANUP(cleanup_free) int32_t *areas = NULL;
    size_t area_count = 0;
    int r = area_numbers(totals->store, &areas, &area_count);

    for (size_t i = 0; i < area_count && r == 0; i++) {
        r = subtract_tallies(totals, areas[i], session);
        if (r == 0)
            r = subtract_guests(totals, areas[i], session);
    }
    if (r == 0)
        tell_session(totals, session, found, user);
    pair_map_clear(&totals->tally_map);
    pair_map_clear(&totals->guest_map);
    totals->tally_count = totals->guest_count = 0;
    return error_trace(r);
}

int totals_compare_credits(Totals *totals, TotalsFound *found, void *user)
{
    sqlite3_stmt *all = store_get(totals->store, SQL_CREDIT_ALL);
    char detail[200], code[65];
    int r;

    if (!all)
        return error_origin(-EIO);
    while ((r = db_step(&totals->store->db, all)) > 0) {
        int64_t key = db_int(all, 0);
        int32_t *months = totals_credit(totals, key_area(key), (int)key_place(key), key_row(key));
        for (int m = 0; m < 12; m++)
            months[m] -= (int32_t)db_int(all, m + 1);
    }
    for (size_t i = 0; i < totals->credit_count && r == 0; i++) {
        const CreditDifference *difference = &totals->credits[i];
        for (int m = 0; m < 12; m++) {
            if (!difference->months[m])
                continue;
            member_code(totals->store, difference->member, code);
            snprintf(detail, sizeof(detail), "member %s month %d-%02d: credited minutes should be %+d", code,
                     difference->year, m + 1, difference->months[m]);
            found(user, "credit", detail);
        }
    }
    totals_clear(totals);
    return error_trace(r);
}
