#pragma once
// The inside of Totals, shared with the proofs that compare it with what is stored.
#include "core/store/sqlite/keys.h"
#include "core/store/sqlite/totals/totals.h"

typedef struct TallyDifference {
    int64_t session;
    int32_t org;
    Tally tally;
} TallyDifference;

typedef struct GuestDifference {
    int64_t session;
    int32_t host, home;
    int64_t count;
} GuestDifference;

typedef struct CreditDifference {
    int32_t area, year;
    int64_t member;
    int32_t months[12];
} CreditDifference;

typedef struct CoverageDifference {
    int64_t place, events, seen;
} CoverageDifference;

struct Totals {
    Store *store;
    PairMap tally_map, guest_map, credit_map, coverage_map;
    TallyDifference *tallies;
    GuestDifference *guests;
    CreditDifference *credits;
    CoverageDifference *coverage;
    size_t tally_count, guest_count, credit_count, coverage_count;
    size_t tally_capacity, guest_capacity, credit_capacity, coverage_capacity;
};

/// The difference of one key, made at need.
Tally *totals_tally(Totals *totals, int64_t session, int32_t org);
int64_t *totals_guest(Totals *totals, int64_t session, int32_t host, int32_t home);
int32_t *totals_credit(Totals *totals, int32_t area, int year, int64_t member); // 12 months
/// Compares the voids noted with those that the stored events state; with `write` puts them right.
int recompute_voids(Store *store, bool write, TotalsFound *found, void *user);
/// The code of a member, "-" if there is none.
void member_code(Store *store, int64_t member, char ret_code[static 65]);
