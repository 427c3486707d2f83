#include "core/store/sqlite/totals/totals_private.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/sqlite/ledger/pairs.h"

// Rows subtract what they counted for before they change and add what they count for afterwards; most of it
// cancels out, and only what is left is written. Flushed in key order, so that neighbours share a page.

Totals *totals_new(Store *store)
{
    Totals *totals = alloc_zero(sizeof(*totals));

    totals->store = store;
    return totals;
}

Totals *totals_free(Totals *totals)
{
    pair_map_deinit(&totals->tally_map);
    pair_map_deinit(&totals->guest_map);
    pair_map_deinit(&totals->credit_map);
    pair_map_deinit(&totals->coverage_map);
    free(totals->coverage);
    free(totals->tallies);
    free(totals->guests);
    free(totals->credits);
    free(totals);
    return NULL;
}

void totals_clear(Totals *totals)
{
    pair_map_clear(&totals->tally_map);
    pair_map_clear(&totals->guest_map);
    pair_map_clear(&totals->credit_map);
    pair_map_clear(&totals->coverage_map);
    totals->tally_count = totals->guest_count = totals->credit_count = totals->coverage_count = 0;
}

#define GROW(items, count, capacity)                                       \
    do {                                                                   \
        if ((count) == (capacity)) {                                       \
            (capacity) = (capacity) ? 2 * (capacity) : 128;                \
            (items) = alloc_resize((items), (capacity), sizeof(*(items))); \
        }                                                                  \
    } while (0)

Tally *totals_tally(Totals *totals, int64_t session, int32_t org)
{
    int64_t index = pair_map_find(&totals->tally_map, session, org);

    if (index < 0) {
        GROW(totals->tallies, totals->tally_count, totals->tally_capacity);
        index = (int64_t)totals->tally_count++;
        totals->tallies[index] = (TallyDifference){.session = session, .org = org};
        pair_map_add(&totals->tally_map, session, org, (uint32_t)index);
    }
    return &totals->tallies[index].tally;
}

int64_t *totals_guest(Totals *totals, int64_t session, int32_t host, int32_t home)
{
    int64_t orgs = (int64_t)host << 32 | (uint32_t)home;
    int64_t index = pair_map_find(&totals->guest_map, session, orgs);

    if (index < 0) {
        GROW(totals->guests, totals->guest_count, totals->guest_capacity);
        index = (int64_t)totals->guest_count++;
        totals->guests[index] = (GuestDifference){.session = session, .host = host, .home = home};
        pair_map_add(&totals->guest_map, session, orgs, (uint32_t)index);
    }
    return &totals->guests[index].count;
}

int32_t *totals_credit(Totals *totals, int32_t area, int year, int64_t member)
{
    int64_t when = (int64_t)area << 32 | (uint32_t)year;
    int64_t index = pair_map_find(&totals->credit_map, when, member);

    if (index < 0) {
        GROW(totals->credits, totals->credit_count, totals->credit_capacity);
        index = (int64_t)totals->credit_count++;
        totals->credits[index] = (CreditDifference){.area = area, .year = year, .member = member};
        pair_map_add(&totals->credit_map, when, member, (uint32_t)index);
    }
    return totals->credits[index].months;
}

void totals_cover(Totals *totals, int64_t place, int64_t events, int64_t seen)
{
    int64_t index = pair_map_find(&totals->coverage_map, place, 0);

    if (index < 0) {
        GROW(totals->coverage, totals->coverage_count, totals->coverage_capacity);
        index = (int64_t)totals->coverage_count++;
        totals->coverage[index] = (CoverageDifference){.place = place};
        pair_map_add(&totals->coverage_map, place, 0, (uint32_t)index);
    }
    totals->coverage[index].events += events;
    totals->coverage[index].seen += seen;
}

void totals_split(const SessionRow *session, int32_t credit, int *ret_year, int *ret_month,
                  int32_t *ret_first, int32_t *ret_later)
{
    *ret_year = session->month / 12;
    *ret_month = session->month % 12 + 1;
    *ret_first = session->spans_years ? session_split_first_year(&session->rules, credit) : credit;
    *ret_later = credit - *ret_first;
}

void totals_count_credit(Totals *totals, const SessionRow *session, const PairRow *row, int sign)
{
    int year, month;
    int32_t first, later;

    if (!row->attendance.credit)
        return;
    totals_split(session, row->attendance.credit, &year, &month, &first, &later);
    totals_credit(totals, row->area, year, row->member)[month - 1] += sign * first;
    if (later)
        totals_credit(totals, row->area, year + 1, row->member)[0] += sign * later;
}

int totals_count(Totals *totals, const SessionRow *session, const PairRow *row, int sign)
{
    const Attendance *a = &row->attendance;
    const PointInfo *point = a->on_site ? point_info(totals->store, a->point_key) : NULL;

    tally_add_attendance(totals_tally(totals, session->session, row->org), row->duty, a, sign);
    if (point && point->org != row->org) {
        bool above;
        int r = org_is_above(totals->store, point->org, row->org, session->date, &above);
        if (r < 0)
            return error_trace(r);
        if (!above)
            *totals_guest(totals, session->session, point->org, row->org) += sign;
    }
    for (size_t i = 0; i < row->fact_count; i++) {
        if (!row->facts[i].batch)
            continue;
        *totals_guest(totals, session->session, GUEST_HOST_BATCH, row->org) += sign;
        break;
    }
    if (row->member < session->credited)
        totals_count_credit(totals, session, row, sign);
    return 0;
}

static int compare_tallies(const void *a, const void *b)
{
    const TallyDifference *x = a, *y = b;

    if (x->session != y->session)
        return x->session < y->session ? -1 : 1;
    return x->org < y->org ? -1 : x->org > y->org;
}

static int compare_credits(const void *a, const void *b)
{
    const CreditDifference *x = a, *y = b;

    if (x->area != y->area)
        return x->area < y->area ? -1 : 1;
    if (x->year != y->year)
        return x->year < y->year ? -1 : 1;
    return x->member < y->member ? -1 : x->member > y->member;
}

// An UPDATE that finds its row is a third cheaper than an upsert; only an org's first pair at a session makes
// the row.
static int tally_write(Store *store, StatementId id, int64_t key, const int64_t *values)
{
    sqlite3_stmt *write = store_get(store, id);

    if (!write)
        return error_origin(-EIO);
    db_bind_int(write, 1, key);
    for (size_t f = 0; f < TALLY_FIELD_COUNT; f++)
        db_bind_int(write, (int)f + 2, values[f]);
    return error_trace(db_run(&store->db, write));
}

static int flush_tallies(Totals *totals)
{
    int r = 0;

    if (totals->tally_count)
        qsort(totals->tallies, totals->tally_count, sizeof(*totals->tallies), compare_tallies);
    for (size_t i = 0; i < totals->tally_count && r == 0; i++) {
        const TallyDifference *difference = &totals->tallies[i];
        const int64_t *values = (const int64_t *)&difference->tally;
        if (tally_is_zero(&difference->tally))
            continue;
        int32_t area = org_area(totals->store, difference->org);
        int64_t key = key_make(area, difference->session, difference->org);
        r = tally_write(totals->store, SQL_TALLY_ADD, key, values);
        if (r == 0 && sqlite3_changes(totals->store->db.handle) == 0)
            r = tally_write(totals->store, SQL_TALLY_NEW, key, values);
    }
    return error_trace(r);
}

static int flush_guests(Totals *totals)
{
    int r = 0;

    for (size_t i = 0; i < totals->guest_count && r == 0; i++) {
        const GuestDifference *difference = &totals->guests[i];
        if (!difference->count)
            continue;
        int32_t area = org_area(totals->store, difference->host);
        sqlite3_stmt *add = store_get(totals->store, SQL_GUEST_ADD);
        if (!add)
            return error_origin(-EIO);
        db_bind_int(add, 1, area);
        db_bind_int(add, 2, difference->session);
        db_bind_int(add, 3, difference->host);
        db_bind_int(add, 4, difference->home);
        db_bind_int(add, 5, difference->count);
        r = db_run(&totals->store->db, add);
    }
    return error_trace(r);
}

// A member's first credit of the year makes the row; later ones add to the months that they concern.
static int flush_credit(Totals *totals, const CreditDifference *difference)
{
    Store *store = totals->store;
    int64_t key = key_make(difference->area, difference->year, difference->member);
    int r = 0;

    for (int m = 0; m < 12 && r == 0; m++) {
        sqlite3_stmt *add =
            difference->months[m] ? store_get(store, (StatementId)((int)SQL_CREDIT_ADD_M1 + m)) : NULL;
        if (!difference->months[m])
            continue;
        if (!add)
            return error_origin(-EIO);
        db_bind_int(add, 1, difference->months[m]);
        db_bind_int(add, 2, key);
        r = db_run(&store->db, add);
        if (r == 0 && sqlite3_changes(store->db.handle) == 0) {
            sqlite3_stmt *make = store_get(store, SQL_CREDIT_NEW);
            if (!make)
                return error_origin(-EIO);
            db_bind_int(make, 1, key);
            for (int i = 0; i < 12; i++)
                db_bind_int(make, i + 2, difference->months[i]);
            return error_trace(db_run(&store->db, make));
        }
    }
    return error_trace(r);
}

static int flush_credits(Totals *totals)
{
    int r = 0;

    if (totals->credit_count)
        qsort(totals->credits, totals->credit_count, sizeof(*totals->credits), compare_credits);
    for (size_t i = 0; i < totals->credit_count && r == 0; i++)
        r = flush_credit(totals, &totals->credits[i]);
    return error_trace(r);
}

static int flush_coverage(Totals *totals)
{
    int r = 0;

    for (size_t i = 0; i < totals->coverage_count && r == 0; i++) {
        const CoverageDifference *difference = &totals->coverage[i];
        sqlite3_stmt *add =
            difference->events || difference->seen ? store_get(totals->store, SQL_COVERAGE_ADD) : NULL;
        if (!difference->events && !difference->seen)
            continue;
        if (!add)
            return error_origin(-EIO);
        db_bind_int(add, 1, difference->place);
        db_bind_int(add, 2, difference->events);
        db_bind_int(add, 3, difference->seen);
        r = db_run(&totals->store->db, add);
    }
    return error_trace(r);
}

int totals_flush(Totals *totals)
{
    int r = flush_tallies(totals);

    if (r == 0)
        r = flush_guests(totals);
    if (r == 0)
        r = flush_credits(totals);
    if (r == 0)
        r = flush_coverage(totals);
    totals_clear(totals);
    return error_trace(r);
}

int totals_flush_guests(Totals *totals)
{
    int r = flush_guests(totals);

    totals_clear(totals);
    return error_trace(r);
}
