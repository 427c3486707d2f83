#include "core/store/expected.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/sqlite/keys.h"
#include "core/store/sqlite/sessions/derive.h"

// Expected members come from the obligation rows, which hold still when a roster changes afterwards in a
// closed month. A session that is not open yet has none; what they are going to be is derived from the roster
// without writing anything.

typedef struct Expected {
    ExpectedMember *members;
    size_t count, capacity;
} Expected;

static void expected_add(Expected *expected, int64_t member, int32_t area, int32_t org)
{
    if (expected->count == expected->capacity) {
        expected->capacity = expected->capacity ? 2 * expected->capacity : 256;
        expected->members = alloc_resize(expected->members, expected->capacity, sizeof(*expected->members));
    }
    expected->members[expected->count++] = (ExpectedMember){.member = member, .area = area, .org = org};
}

static int expected_read(Store *store, const SessionRow *session, Expected *expected)
{
    CLEANUP(cleanup_free) int32_t *areas = NULL;
    size_t area_count = 0;
    int r = area_numbers(store, &areas, &area_count);

    for (size_t i = 0; i < area_count && r == 0; i++) {
        sqlite3_stmt *rows = store_get(store, SQL_ATTENDANCE_OF_SESSION);
        if (!rows)
            return error_origin(-EIO);
        db_bind_int(rows, 1, key_make(areas[i], session->session, 0));
        db_bind_int(rows, 2, key_make(areas[i], session->session, KEY_ROW_MAX));
        while ((r = db_step(&store->db, rows)) > 0)
            if (db_int(rows, 2) == DUTY_EXPECTED)
                expected_add(expected, key_row(db_int(rows, 0)), areas[i], (int32_t)db_int(rows, 1));
    }
    return error_trace(r);
}

static int expected_derive(Store *store, const SessionRow *session, Expected *expected)
{
    CLEANUP(cleanup_free) uint8_t *invited = NULL;
    StandingTable *table;
    int r = standing_load(store, session->date, &table);

    if (r == 0)
        r = derive_invited(store, session, table->member_count, &invited);
    for (int64_t m = 1; r == 0 && m < table->member_count; m++)
        if (derive_duty(table, session, invited, m) == DUTY_EXPECTED)
            expected_add(expected, m, table->standings[m].area, table->standings[m].org);
    return error_trace(r);
}

// R11: the first point, by code, of the home org or else of the nearest org above it.
static void expected_find_points(Expected *expected, const OrgTree *tree, const SessionPoint *points,
                                 size_t point_count)
{
    CLEANUP(cleanup_free) int32_t *own = alloc_zero((tree->count + 1) * sizeof(*own));

    for (size_t p = point_count; p-- > 0;) { // backwards: the lowest code comes last and stays
        int32_t host = org_tree_index(tree, points[p].org);
        if (host >= 0)
            own[host] = points[p].point;
    }
    for (size_t i = 0; i < tree->count; i++) // parents come first
        if (!own[i] && tree->nodes[i].parent >= 0)
            own[i] = own[tree->nodes[i].parent];
    for (size_t m = 0; m < expected->count; m++) {
        int32_t home = org_tree_index(tree, expected->members[m].org);
        expected->members[m].point = home >= 0 ? own[home] : 0;
    }
}

static int expected_compare(const void *a, const void *b)
{
    return strcmp(((const ExpectedMember *)a)->code, ((const ExpectedMember *)b)->code);
}

static int expected_read_codes(Store *store, Expected *expected)
{
    sqlite3_stmt *get = store_get(store, SQL_MEMBER_GET);

    if (!get)
        return error_origin(-EIO);
    for (size_t m = 0; m < expected->count; m++) {
        db_bind_int(get, 1, expected->members[m].member);
        int r = db_step(&store->db, get);
        if (r <= 0)
            return error_origin(r < 0 ? r : -EUCLEAN);
        strncpy(expected->members[m].code, db_text(get, 1), sizeof(expected->members[m].code) - 1);
        sqlite3_reset(get);
    }
    if (expected->count)
        qsort(expected->members, expected->count, sizeof(*expected->members), expected_compare);
    return 0;
}

int query_expected(Store *store, const SessionRow *session, const OrgTree *tree, const SessionPoint *points,
                   size_t point_count, ExpectedMember **ret_members, size_t *ret_count)
{
    Expected expected = {0};

    store_caches_refresh(store);
    int r = session->opened ? expected_read(store, session, &expected)
                            : expected_derive(store, session, &expected);
    if (r == 0)
        r = expected_read_codes(store, &expected);
    if (r < 0) {
        free(expected.members);
        return error_trace(r);
    }
    expected_find_points(&expected, tree, points, point_count);
    *ret_members = expected.members;
    *ret_count = expected.count;
    return 0;
}
