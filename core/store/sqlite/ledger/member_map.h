#pragma once
// Which member, which shard, by member code: the question that every arriving event asks. Held in memory, 16
// bytes a member, because the probes of the code index lie all over it: with 265,000 members they kept 9 MiB
// of pages in the cache that the events need.
#include <stdbool.h>
#include <stdint.h>

typedef struct Store Store;

typedef struct MemberMap MemberMap;

typedef enum MemberMapAnswer {
    MEMBER_MAP_NONE,  // there is no such member
    MEMBER_MAP_FOUND, // `ret_member`, `ret_area`
    MEMBER_MAP_ASK,   // it cannot tell: ask the table
} MemberMapAnswer;

/// The map as the register is now; -EIO. Empty, so that it always says "ask", where the site has more than
/// MEMBER_MAP_MAX members.
int member_map_load(Store *store, MemberMap **ret_map);
MemberMap *member_map_free(MemberMap *map);
MemberMapAnswer member_map_find(const MemberMap *map, const char *code, int64_t *ret_member,
                                int32_t *ret_area);
