#include "tests/store/site_rules.h"

#include <stdio.h>
#include <string.h>

Date site_on(const char *text)
{
    Date date = DATE_NONE;
    assert_true(date_parse(text, &date));
    return date;
}

int site_put_rule(Site *site, RuleKind kind, const char *name, int32_t version, const char *from,
                  const char *said)
{
    char copy[400], *save = NULL;
    Rules rules = {0};
    RosterChange change;
    Rule *rule = rules_add(&rules, name, version, kind, *from ? site_on(from) : RULE_BEGINNING);

    snprintf(copy, sizeof(copy), "%s", said);
    for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
        char *value = strchr(word, '=');
        *value++ = '\0';
        bool key_bad;
        assert_null(rule_check_entry(kind, word, value, &key_bad));
        rule_add_entry(rule, word, value, "notice 1", NULL);
    }
    assert_null(rule_check_whole(rule));
    assert_int_equal(store_begin(site->store), 0);
    int r = rules_put(site->store, rule, &change);
    rules_deinit(&rules);
    if (r == 0)
        site_settle(site);
    else
        store_rollback(site->store);
    return r;
}

void site_put_kind(Site *site, const char *code, SessionKind kind, const char *starts, int length,
                   int32_t minutes)
{
    RosterChange change;
    SessionPut put = {.code = code,
                      .title = code,
                      .org = "CITY",
                      .kind = kind,
                      .starts = site_time(starts),
                      .ends = site_time(starts) + length * TIME_MINUTE,
                      .minutes = minutes,
                      .makeup_until = DATE_NONE};
    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(roster_put_session(site->store, &put, &change), 0);
    site_settle(site);
}

void site_office_at(Site *site, const char *kind, const char *session, const char *member, const char *at,
                    const char *rest)
{
    char line[160], when[CLOCK_TEXT_SIZE];
    time_format_zone(site_time(at), when);
    snprintf(line, sizeof(line), "%s %s %s %s %s", kind, session, member, when, rest);
    site_office(site, false, line);
}

typedef struct Seen {
    const char *org;
    MemberMonth months[SITE_MEMBERS_MAX + 1];
} Seen;

static int see(void *user, const MemberMonth *member)
{
    Seen *seen = user;
    assert_in_range(member->member, 1, SITE_MEMBERS_MAX);
    seen->months[member->member] = *member;
    return 0;
}

MemberMonth site_month_of(Site *site, const char *code, int year, int month)
{
    Seen seen = {0};
    MemberRow row = {0};

    assert_int_equal(query_member(site->store, code, zone_date(site->now), &row), 0);
    assert_int_equal(query_members_month(site->store, year * 12 + month - 1, see, &seen), 0);
    MemberMonth found = seen.months[row.member];
    member_row_deinit(&row);
    return found;
}

unsigned site_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(*state >> 33);
}
