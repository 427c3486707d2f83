#pragma once
// A site whose rules change: versions put in a few words, sessions of any kind, a member's month.
#include "core/store/rules.h"
#include "tests/store/site.h"

#define SESSION_RULE_REST "window-after=60 early-before=10 presence-permille=500 makeup-days=30 pass-score=60"

Date site_on(const char *text); // YYYY-MM-DD
/// Puts a version said as "key=value key=value" from the day ("" the beginning) and settles; the outcome.
int site_put_rule(Site *site, RuleKind kind, const char *name, int32_t version, const char *from,
                  const char *said);
/// A session of everybody, `length` minutes long.
void site_put_kind(Site *site, const char *code, SessionKind kind, const char *starts, int length,
                   int32_t minutes);
/// An event of the office at a time of the site's zone.
void site_office_at(Site *site, const char *kind, const char *session, const char *member, const char *at,
                    const char *rest);
/// What a month's report asks of the member.
MemberMonth site_month_of(Site *site, const char *code, int year, int month);
unsigned site_random(uint64_t *state);
