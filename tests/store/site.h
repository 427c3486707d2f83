#pragma once
// A small site in a real database file, for the tests of the store: two townships of one county, three
// branches, two points.
//
//   CITY > COUNTY > TOWN-A > BRANCH-A1 (m1 m2 m3), BRANCH-A2 (m4 m5)       point P-A at TOWN-A, terminal t-a
//                 > TOWN-B > BRANCH-B1 (m6 m7)                             point P-B at TOWN-B, terminal t-b
//
// Every member has a home from 2026-01-01 and holds the card "card-mN".
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/text.h"
#include "core/store/ledger.h"
#include "core/store/query.h"
#include "core/store/verify.h"

typedef struct Site {
    char folder[64];
    char path[96];
    Store *store;
    Ledger *ledger;
    Time now;
} Site;

#define SITE_EPOCH "01JD3Z6Y8Q4N7W2K9T5B0C1D2E"
#define SITE_MEMBERS_MAX 14 // member codes m1 to m14 may come to be

/// setup and teardown for cmocka; `*state` is the Site.
int site_setup(void **state);
int site_teardown(void **state);
/// Adds all credit that is due at `now` to the totals of the year, `rows` attendances at a time.
void site_credit(Site *site, int64_t rows);
/// Closes and opens the database again, as a restart does.
void site_reopen(Site *site);

Time site_time(const char *text); // "2026-11-05 09:00" in the site's zone
void site_member(Site *site, const char *code, const char *org, const char *from, const char *to);
/// 90 minutes from `starts`, worth 90, of `org`'s subtree, all points.
void site_session(Site *site, const char *code, const char *org, const char *starts);
/// roster_settle and commit of the puts since store_begin.
RosterSettled site_settle(Site *site);

/// Adds one event given as "kind session member at [key=value...]" ("-" for none) to the stream of
/// `terminal`; one transaction.
LedgerOutcome site_event(Site *site, const char *terminal, uint64_t seq, const char *line);
/// The same inside the caller's ledger transaction.
LedgerOutcome site_add(Site *site, const char *terminal, uint64_t seq, const char *line);

/// The record entry of a member at a session as "status minutes credit flags", "-" when there is no row.
const char *site_record(Site *site, const char *member, const char *session);
/// The tally of an org's direct members at a session.
Tally site_tally(Site *site, const char *session, const char *org);
/// Parses "kind session member at [key=value...]" in place; a member "card:TOKEN" is a card.
Event site_parse(char *line);
/// verify and recompute --diff together find `expected` differences.
void site_assert_findings(Site *site, int64_t expected);

// What the office states, one put each, in the caller's transaction; the outcome (0 or ROSTER_E_X) is
// returned and `ret_change` may be NULL. "-" stands for nothing.
int site_put_org(Site *site, const char *code, const char *parent, const char *area,
                 RosterChange *ret_change);
/// "code parent area [from [to]]".
int site_put_org_then(Site *site, const char *line, RosterChange *ret_change);
void site_state_org(Site *site, const char *line);
int site_put_point(Site *site, const char *code, const char *org, RosterChange *ret_change);
int site_put_terminal(Site *site, const char *name, const char *point, RosterChange *ret_change);
/// "code org from to card exempt-from exempt-to".
int site_put_member(Site *site, const char *line, RosterChange *ret_change);
/// "code org date time length minutes makeup-until [point ...]", lengths in minutes.
int site_put_session(Site *site, const char *line, RosterChange *ret_change);
/// One put and the settling, in a transaction of its own; the put must not fail.
void site_state_member(Site *site, const char *line);
void site_state_session(Site *site, const char *line);
void site_state_invitation(Site *site, const char *session, const char *member);

/// What the office adds, as a correction or as a line of a batch; one transaction. Returns its sequence
/// number.
uint64_t site_office(Site *site, bool batch, const char *line);
/// The office voids an event of a terminal (or of NAME_OFFICE); one transaction.
void site_void(Site *site, const char *terminal, const char *epoch, uint64_t seq);

/// "silent", "reported", "closed" or "nil", followed by " gap" where there is one; "-": takes no part.
const char *site_coverage(Site *site, const char *session, const char *point);
/// On-site attendances at points hosted by `host` of members at home in `home` (the guests of R20).
int64_t site_guests(Site *site, const char *session, const char *host, const char *home);
/// Minutes credited in `year` up to the end of `month`.
int64_t site_minutes(Site *site, const char *member, int year, int month);
/// Everything a report could say, by codes, one line each, sorted: tallies, guests, coverage, records,
/// credits.
void site_sum_up(Site *site, Text *text);
