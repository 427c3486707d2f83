#include "core/store/sqlite/ledger/pairs.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/sqlite/keys.h"
#include "core/store/sqlite/months/month.h"
#include "core/store/sqlite/totals/sheet.h"
#include "core/store/sqlite/totals/totals.h"

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
    PairCause cause; // of what is being flushed
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

int pair_row_read(Store *store, const SessionRow *session, sqlite3_stmt *s, PairRow *ret_row)
{
    int64_t key = db_int(s, 0);
    PairRow row = {.area = key_area(key),
                   .session = session->session,
                   .member = key_row(key),
                   .org = (int32_t)db_int(s, 1),
                   .duty = (Duty)db_int(s, 2),
                   .exists = true};

    int r = facts_decode(sqlite3_column_blob(s, 3), (size_t)sqlite3_column_bytes(s, 3), &row.facts,
                         &row.fact_count);
    if (r < 0) {
        free(row.facts);
        return error_trace(r);
    }
    pair_row_fold(store, session, &row);
    *ret_row = row;
    return 0;
}

int pair_row_load(Store *store, const SessionRow *session, int32_t area, int64_t member, PairRow *ret_row)
{
    sqlite3_stmt *get = store_get(store, SQL_ATTENDANCE_GET);

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, key_make(area, session->session, member));
    int r = db_step(&store->db, get);
    if (r > 0) {
        r = pair_row_read(store, session, get, ret_row);
        sqlite3_reset(get);
        return error_trace(r);
    }
    *ret_row = (PairRow){.area = area, .session = session->session, .member = member};
    return error_trace(r);
}

int pair_row_save(Store *store, const PairRow *row)
{
    CLEANUP(cleanup_text) Text blob = {0};
    bool facts_only = row->exists && !row->moved; // leaves the columns alone that an index names
    sqlite3_stmt *put = store_get(store, facts_only    ? SQL_ATTENDANCE_SET_FACTS
                                         : row->exists ? SQL_ATTENDANCE_SET
                                                       : SQL_ATTENDANCE_ADD);
    int column = 1;

    if (!put)
        return error_origin(-EIO);
    for (size_t i = 0; i < row->fact_count; i++)
        facts_append(&blob, &row->facts[i]);
    db_bind_int(put, column++, key_make(row->area, row->session, row->member));
    if (!facts_only) {
        db_bind_int(put, column++, row->org);
        db_bind_int(put, column++, row->duty);
    }
    db_bind_blob(put, column, row->fact_count ? blob.data : NULL, blob.size);
    return error_trace(db_run(&store->db, put));
}

bool pair_row_is_idle(const SessionRow *session, const PairRow *row)
{
    return row->fact_count == 0 && (row->duty == DUTY_NONE || !session->opened);
}

int pair_row_drop(Store *store, const PairRow *row)
{
    sqlite3_stmt *drop = store_get(store, SQL_ATTENDANCE_DROP);

    if (!drop)
        return error_origin(-EIO);
    db_bind_int(drop, 1, key_make(row->area, row->session, row->member));
    return error_trace(db_run(&store->db, drop));
}

void pair_row_fold(Store *store, const SessionRow *session, PairRow *row)
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
}

Totals *pairs_totals(Pairs *pairs)
{
    return pairs->totals;
}

int pairs_count(Pairs *pairs, const SessionRow *session, const PairRow *row, int sign)
{
    int r = session->tracked ? month_note(pairs->store, session, row, &pairs->cause, sign) : 0;

    if (r == 0)
        r = sheet_touch(pairs->store, session->month);
    return r < 0 ? error_trace(r) : error_trace(totals_count(pairs->totals, session, row, sign));
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

static PairCause pair_cause(const Edit *first)
{
    static const PairCauseKind kinds[] = {
        [EDIT_ADD] = PAIR_EVENT, [EDIT_VOID] = PAIR_VOID, [EDIT_REMOVE] = PAIR_MOVED};

    return (PairCause){kinds[first->kind], first->fact.stream, first->fact.seq};
}

static int pair_flush(Pairs *pairs, const Pair *pair)
{
    const SessionRow *session;
    PairRow row = {0};
    int r = session_get_number(pairs->store, pair->session, &session);

    pairs->cause = pair_cause(&pairs->edits[pair->first]);
    if (r == 0 && !session)
        r = error_origin(-EUCLEAN);
    if (r == 0)
        r = pair_row_load(pairs->store, session, pair->area, pair->member, &row);
    if (r == 0)
        r = row.exists ? pairs_count(pairs, session, &row, -1) : row_found(pairs->store, session, &row);
    if (r == 0) {
        for (int32_t e = pair->first; e >= 0; e = pairs->edits[e].next)
            row_apply(&row, &pairs->edits[e]);
        if (row.fact_count > 1)
            qsort(row.facts, row.fact_count, sizeof(*row.facts), compare_facts);
        pair_row_fold(pairs->store, session, &row);
    }
    if (r == 0 && pair_row_is_idle(session, &row)) { // its events went elsewhere
        r = row.exists ? pair_row_drop(pairs->store, &row) : 0;
    } else if (r == 0) {
        r = pairs_count(pairs, session, &row, +1);
        if (r == 0)
            r = pair_row_save(pairs->store, &row);
    }
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
    pairs->cause = (PairCause){0};
    if (r == 0)
        r = pairs_flush_totals(pairs);
    pairs_clear(pairs);
    return error_trace(r);
}
