#include "core/store/sqlite/ledger/member_map.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/sqlite/store_private.h"

// A sorted array. A code is packed into 64 bits without loss, so that equal means the same code: up to 18
// digits as a number with a leading 1, which keeps their zeros; up to 10 characters of any code in base 66.
// Longer ones are not in the map, and asked of the table.

#define MEMBER_MAP_MAX 1000000 // 16 MiB; a site beyond that pays a probe for each event instead
#define DIGITS_MAX 18          // 2 * 10^18 < 2^62
#define TEXT_MAX 10            // 66^10 < 2^61
#define TEXT_BASE 66           // letters, digits, three marks, and 0 for none: see code.c
#define TEXT_TAG (UINT64_C(1) << 62)

typedef struct MapEntry {
    uint64_t code; // packed
    int32_t member;
    int32_t area;
} MapEntry;

struct MemberMap {
    MapEntry *entries; // by code
    size_t count, capacity;
    bool whole;  // every code that packs is in it
    bool sorted; // so far
};

static int symbol(char c)
{
    if (c >= '0' && c <= '9')
        return 1 + (c - '0');
    if (c >= 'A' && c <= 'Z')
        return 11 + (c - 'A');
    if (c >= 'a' && c <= 'z')
        return 37 + (c - 'a');
    return c == '.' ? 63 : c == '_' ? 64 : c == '-' ? 65 : 0;
}

// False for a code that does not fit.
static bool code_pack(const char *code, uint64_t *ret_packed)
{
    size_t length = strnlen(code, DIGITS_MAX + 1), digits = strspn(code, "0123456789");
    uint64_t packed = 1;

    if (length <= DIGITS_MAX && digits == length) {
        for (size_t i = 0; i < length; i++)
            packed = packed * 10 + (uint64_t)(code[i] - '0');
        *ret_packed = packed;
        return true;
    }
    if (length > TEXT_MAX)
        return false;
    packed = 0;
    for (size_t i = 0; i < length; i++) {
        int s = symbol(code[i]);
        if (!s)
            return false;
        packed = packed * TEXT_BASE + (uint64_t)s;
    }
    *ret_packed = packed | TEXT_TAG;
    return true;
}

static int compare_entries(const void *a, const void *b)
{
    const MapEntry *x = a, *y = b;

    return x->code < y->code ? -1 : x->code > y->code;
}

static void map_add(MemberMap *map, const char *code, int64_t member, int64_t area)
{
    uint64_t packed;

    if (!code_pack(code, &packed))
        return;
    if (map->count == map->capacity) {
        map->capacity = map->capacity ? map->capacity + map->capacity / 2 : 1024;
        map->entries = alloc_resize(map->entries, map->capacity, sizeof(*map->entries));
    }
    if (map->count && map->entries[map->count - 1].code > packed)
        map->sorted = false;
    map->entries[map->count++] = (MapEntry){packed, (int32_t)member, (int32_t)area};
}

int member_map_load(Store *store, MemberMap **ret_map)
{
    sqlite3_stmt *all = store_get(store, SQL_MEMBER_CODE_ALL);
    int64_t highest = 0;
    int r = db_query_int64(&store->db, "SELECT max(member) FROM member", &highest);

    if (r < 0 || !all)
        return error_origin(r < 0 ? r : -EIO);
    MemberMap *map = alloc_zero(sizeof(*map));
    map->whole = map->sorted = true;
    map->capacity = highest > 0 && highest <= MEMBER_MAP_MAX ? (size_t)highest : 0;
    map->entries = map->capacity ? alloc_resize(NULL, map->capacity, sizeof(*map->entries)) : NULL;
    while ((r = db_step(&store->db, all)) > 0 && map->whole) {
        map_add(map, db_text(all, 0), db_int(all, 1), db_int(all, 2));
        map->whole = map->count <= MEMBER_MAP_MAX;
    }
    sqlite3_reset(all);
    if (r < 0) {
        member_map_free(map);
        return error_trace(r);
    }
    if (!map->whole) {
        free(map->entries);
        *map = (MemberMap){0};
    } else if (!map->sorted) { // codes of one length come in the order of the table's key, which is theirs
        qsort(map->entries, map->count, sizeof(*map->entries), compare_entries);
    }
    *ret_map = map;
    return 0;
}

MemberMap *member_map_free(MemberMap *map)
{
    if (!map)
        return NULL;
    free(map->entries);
    free(map);
    return NULL;
}

MemberMapAnswer member_map_find(const MemberMap *map, const char *code, int64_t *ret_member,
                                int32_t *ret_area)
{
    const MapEntry *base = map->entries;
    uint64_t packed;

    if (!map->whole || !code_pack(code, &packed))
        return MEMBER_MAP_ASK;
    if (map->count == 0)
        return MEMBER_MAP_NONE;
    for (size_t left = map->count; left > 1;) {
        size_t half = left / 2;
        base = base[half].code <= packed ? base + half : base;
        left -= half;
    }
    if (base->code != packed)
        return MEMBER_MAP_NONE;
    *ret_member = base->member;
    *ret_area = base->area;
    return MEMBER_MAP_FOUND;
}
