#pragma once
// Bare headcounts (现场点数): how many people somebody counted at a point, without names. Shown beside the
// figures and never in one: nobody's attendance follows from them, and a silent point stays silent (R12).
#include "core/base/clock.h"
#include "core/store/store.h"

#define HEADCOUNT_MAX 100000 // sanity bound: a stadium

typedef struct Headcount {
    const char *point; // code; borrowed, like all texts here
    int32_t org;       // internal number of the point's host
    int64_t count;
    Time at;
    const char *who, *why;
} Headcount;

/// Takes internal numbers. Rows are only added: a later count of a point stands in place of the earlier one.
int headcount_add(Store *store, int64_t session, int32_t point, const Headcount *headcount);
/// The latest of each point, by code.
int headcount_each(Store *store, int64_t session, int (*each)(void *user, const Headcount *headcount),
                   void *user);
