#include "core/store/sqlite/pairs.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/sqlite/totals.h"

// Touched pairs are folded in the order of their key, so that neighbouring rows share a page. A pair's row
// holds all it needs (facts.h); one load, one fold, one save. Nothing is written where nothing changed.

typedef enum EditKind { EDIT_ADD, EDIT_VOID, EDIT_REMOVE } EditKind;

typedef struct Edit {
    EditKind kind;
    int32_t next; // index of the pair's next edit, or -1
    PairFact fact;
} Edit;

typedef struct Pair {
    int64_t session, member;
    int32_t area;
    int32_t first, last; // edits
} Pair;

struct Pairs {
    Store *store;
    PairMap map;
    Pair *pairs;
    size_t count, capacity;
    Edit *edits;
    size_t edit_count, edit_capacity;
    Totals *totals;
};

Pairs *pairs_new(Store *store)
{
    Pairs *pairs = alloc_zero(sizeof(*pairs));

    pairs->store = store;
    pairs->totals = totals_new(store);
    return pairs;
}

Pairs *pairs_free(Pairs *pairs)
{
    if (!pairs)
        return NULL;
    pair_map_deinit(&pairs->map);
    free(pairs->pairs);
    free(pairs->edits);
    totals_free(pairs->totals);
    free(pairs);
    return NULL;
}

void pairs_clear(Pairs *pairs)
{
    pair_map_clear(&pairs->map);
    pairs->count = pairs->edit_count = 0;
    totals_clear(pairs->totals);
}

static void pairs_edit(Pairs *pairs, int64_t session, int64_t member, int32_t area, EditKind kind,
                       const PairFact *fact)
{
    int64_t index = pair_map_find(&pairs->map, session, member);

    if (index < 0) {
        if (pairs->count == pairs->capacity) {
            pairs->capacity = pairs->capacity ? 2 * pairs->capacity : 256;
            pairs->pairs = alloc_resize(pairs->pairs, pairs->capacity, sizeof(*pairs->pairs));
        }
        index = (int64_t)pairs->count;
        pairs->pairs[pairs->count++] = (Pair){session, member, area, -1, -1};
        pair_map_add(&pairs->map, session, member, (uint32_t)index);
    }
    if (pairs->edit_count == pairs->edit_capacity) {
        pairs->edit_capacity = pairs->edit_capacity ? 2 * pairs->edit_capacity : 256;
        pairs->edits = alloc_resize(pairs->edits, pairs->edit_capacity, sizeof(*pairs->edits));
    }
    int32_t edit = (int32_t)pairs->edit_count++;
    pairs->edits[edit] = (Edit){.kind = kind, .next = -1, .fact = *fact};
    Pair *pair = &pairs->pairs[index];
    if (pair->last >= 0)
        pairs->edits[pair->last].next = edit;
    else
        pair->first = edit;
    pair->last = edit;
}

void pairs_add_fact(Pairs *pairs, int64_t session, int64_t member, int32_t area, const PairFact *fact)
{
    pairs_edit(pairs, session, member, area, EDIT_ADD, fact);
}

void pairs_void_fact(Pairs *pairs, int64_t session, int64_t member, int32_t area, int64_t stream,
                     uint64_t seq)
{
    pairs_edit(pairs, session, member, area, EDIT_VOID, &(PairFact){.stream = stream, .seq = seq});
}

void pairs_remove_fact(Pairs *pairs, int64_t session, int64_t member, int32_t area, int64_t stream,
                       uint64_t seq)
{
    pairs_edit(pairs, session, member, area, EDIT_REMOVE, &(PairFact){.stream = stream, .seq = seq});
}

void pair_row_deinit(PairRow *row)
{
    free(row->facts);
    row->facts = NULL;
}

#define CHECK_CHECKED 1
#define CHECK_PASSED 2
#define CHECK_NOT_FOUND 4

int pair_row_read(sqlite3_stmt *s, PairRow *ret_row)
{
    PairRow row = {
        .area = (int32_t)db_int(s, 0),
        .session = db_int(s, 1),
        .member = db_int(s, 2),
        .org = (int32_t)db_int(s, 3),
        .duty = (Duty)db_int(s, 4),
        .exists = true,
        .attendance =
            {
                .status = (Status)db_int(s, 5),
                .on_site = db_int(s, 6) != 0,
                .mode = (EventMode)db_int(s, 7),
                .point_key = (int32_t)db_int(s, 8),
                .first_in = db_null(s, 9) ? TIME_NONE : db_int(s, 9) * 1000,
                .last_out = db_null(s, 10) ? TIME_NONE : db_int(s, 10) * 1000,
                .minutes = (int32_t)db_int(s, 11),
                .credit = (int32_t)db_int(s, 12),
                .flags = (uint32_t)db_int(s, 13),
                .checked = (db_int(s, 14) & CHECK_CHECKED) != 0,
                .passed = (db_int(s, 14) & CHECK_PASSED) != 0,
                .not_found = (db_int(s, 14) & CHECK_NOT_FOUND) != 0,
            },
    };
    int r = facts_decode(sqlite3_column_blob(s, 15), (size_t)sqlite3_column_bytes(s, 15), &row.facts,
                         &row.fact_count);
    if (r < 0) {
        free(row.facts);
        return error_trace(r);
    }
    *ret_row = row;
    return 0;
}

int pair_row_load(Store *store, int32_t area, int64_t session, int64_t member, PairRow *ret_row)
{
    sqlite3_stmt *get = store_get(store, SQL_ATTENDANCE_GET);

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, area);
    db_bind_int(get, 2, session);
    db_bind_int(get, 3, member);
    int r = db_step(&store->db, get);
    if (r > 0) {
        r = pair_row_read(get, ret_row);
        sqlite3_reset(get);
        return error_trace(r);
    }
    *ret_row = (PairRow){.area = area, .session = session, .member = member};
    ret_row->attendance.first_in = ret_row->attendance.last_out = TIME_NONE;
    return error_trace(r);
}

static void bind_millis(sqlite3_stmt *s, int index, Time at)
{
    if (at == TIME_NONE)
        sqlite3_bind_null(s, index);
    else
        db_bind_int(s, index, at / 1000 - (at % 1000 < 0));
}

int pair_row_save(Store *store, const PairRow *row)
{
    CLEANUP(cleanup_text) Text blob = {0};
    const Attendance *a = &row->attendance;
    sqlite3_stmt *put = store_get(store, SQL_ATTENDANCE_PUT);

    if (!put)
        return error_origin(-EIO);
    for (size_t i = 0; i < row->fact_count; i++)
        facts_append(&blob, &row->facts[i]);
    const int64_t columns[] = {row->area,   row->session, row->member, row->org,
                               row->duty,   a->status,    a->on_site,  a->on_site ? a->mode : EVENT_MODE_NONE,
                               a->point_key};
    for (int i = 0; i < (int)(sizeof(columns) / sizeof(*columns)); i++)
        db_bind_int(put, i + 1, columns[i]);
    bind_millis(put, 10, a->first_in);
    bind_millis(put, 11, a->last_out);
    db_bind_int(put, 12, a->minutes);
    db_bind_int(put, 13, a->credit);
    db_bind_int(put, 14, a->flags);
    db_bind_int(put, 15,
                (a->checked ? CHECK_CHECKED : 0) | (a->passed ? CHECK_PASSED : 0) |
                    (a->not_found ? CHECK_NOT_FOUND : 0));
    db_bind_blob(put, 16, row->fact_count ? blob.data : NULL, blob.size);
    return error_trace(db_run(&store->db, put));
}

int pair_row_fold(Store *store, const SessionRow *session, PairRow *row)
{
    Fact few[8];
    CLEANUP(cleanup_free) Fact *many = NULL;
    Fact *facts = few;

    if (row->fact_count > sizeof(few) / sizeof(*few))
        facts = many = alloc_zero(row->fact_count * sizeof(*many));
    for (size_t i = 0; i < row->fact_count; i++) {
        const PointInfo *point = point_info(store, row->facts[i].fact.point_key);
        facts[i] = row->facts[i].fact;
        facts[i].point = point ? point->code : NULL;
    }
    attendance_fold(&session->rules, row->duty, facts, row->fact_count, &row->attendance);
    return 0;
}

int pairs_count(Pairs *pairs, const SessionRow *session, const PairRow *row, int sign)
{
    return error_trace(totals_count(pairs->totals, session, row, sign));
}

static void row_apply(PairRow *row, const Edit *edit)
{
    for (size_t i = 0; i < row->fact_count; i++) {
        PairFact *fact = &row->facts[i];
        if (fact->stream != edit->fact.stream || fact->seq != edit->fact.seq)
            continue;
        if (edit->kind == EDIT_VOID)
            fact->fact.is_void = true;
        else if (edit->kind == EDIT_REMOVE)
            *fact = row->facts[--row->fact_count];
        else
            *fact = edit->fact;
        return;
    }
    if (edit->kind != EDIT_ADD)
        return;
    row->facts = alloc_resize(row->facts, row->fact_count + 1, sizeof(*row->facts));
    row->facts[row->fact_count++] = edit->fact;
}

// A row's facts are kept sorted by key, so that what is stored does not depend on the order of arrival.
static int compare_facts(const void *a, const void *b)
{
    const PairFact *x = a, *y = b;

    if (x->stream != y->stream)
        return x->stream < y->stream ? -1 : 1;
    return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static int row_found(Store *store, const SessionRow *session, PairRow *row)
{
    Standing standing;
    int r = standing_get(store, row->member, session->date, &standing);

    if (r == 0)
        r = duty_of(store, session, row->member, &standing, &row->duty);
    row->org = standing.org;
    return error_trace(r);
}

static int pair_flush(Pairs *pairs, const Pair *pair)
{
    const SessionRow *session;
    PairRow row = {0};
    int r = session_get_number(pairs->store, pair->session, &session);

    if (r == 0 && !session)
        r = error_origin(-EUCLEAN);
    if (r == 0)
        r = pair_row_load(pairs->store, pair->area, pair->session, pair->member, &row);
    if (r == 0)
        r = row.exists ? pairs_count(pairs, session, &row, -1) : row_found(pairs->store, session, &row);
    if (r == 0) {
        for (int32_t e = pair->first; e >= 0; e = pairs->edits[e].next)
            row_apply(&row, &pairs->edits[e]);
        if (row.fact_count > 1)
            qsort(row.facts, row.fact_count, sizeof(*row.facts), compare_facts);
        r = pair_row_fold(pairs->store, session, &row);
    }
    if (r == 0)
        r = pairs_count(pairs, session, &row, +1);
    if (r == 0)
        r = pair_row_save(pairs->store, &row);
    pair_row_deinit(&row);
    return error_trace(r);
}

static int compare_pairs(const void *a, const void *b)
{
    const Pair *x = a, *y = b;

    if (x->area != y->area)
        return x->area < y->area ? -1 : 1;
    if (x->session != y->session)
        return x->session < y->session ? -1 : 1;
    return x->member < y->member ? -1 : x->member > y->member;
}

int pairs_flush_totals(Pairs *pairs)
{
    return error_trace(totals_flush(pairs->totals));
}

int pairs_flush(Pairs *pairs)
{
    int r = 0;

    if (pairs->count)
        qsort(pairs->pairs, pairs->count, sizeof(*pairs->pairs), compare_pairs);
    for (size_t i = 0; i < pairs->count && r == 0; i++)
        r = pair_flush(pairs, &pairs->pairs[i]);
    if (r == 0)
        r = pairs_flush_totals(pairs);
    pairs_clear(pairs);
    return error_trace(r);
}
