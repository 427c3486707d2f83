#pragma once
// Differences of the totals, gathered over one transaction and added at its end: tallies by session and home
// org, guests by host and home org, credits by year and member.
#include "core/store/sqlite/store_private.h"

// In place of a host org: counts the members of the home org whom a batch of the office names, void or not.
// It answers which own points are not silent (R12), and moves with the home org like every total.
#define GUEST_HOST_BATCH 0

struct PairRow;
typedef struct Totals Totals;

Totals *totals_new(Store *store);
Totals *totals_free(Totals *totals);
void totals_clear(Totals *totals);
/// Counts a row in the totals of its session, and in those of the year once they hold the session (credit.c).
int totals_count(Totals *totals, const SessionRow *session, const struct PairRow *row, int sign);
void totals_count_credit(Totals *totals, const SessionRow *session, const struct PairRow *row, int sign);
/// Adds to a coverage row (its packed key): events of the point, members seen there.
void totals_cover(Totals *totals, int64_t place, int64_t events, int64_t seen);
int totals_flush(Totals *totals);
/// Writes only the guests counted, and forgets everything else.
int totals_flush_guests(Totals *totals);
/// The months that a credit of `session` falls into (R16): minutes of the month of its start, and of the
/// January after.
void totals_split(const SessionRow *session, int32_t credit, int *ret_year, int *ret_month,
                  int32_t *ret_first, int32_t *ret_later);

// Proofs: what was counted against what is stored. Each difference is one line for people.
typedef void TotalsFound(void *user, const char *what, const char *detail);
/// Compares the tallies and guests counted for `session` with the stored ones and forgets them.
int totals_compare_session(Totals *totals, const SessionRow *session, TotalsFound *found, void *user);
/// Compares the credits counted so far, of all sessions, with the stored ones and forgets them.
int totals_compare_credits(Totals *totals, TotalsFound *found, void *user);
