#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/model/code.h"
#include "tests/store/site.h"

// The office of the test site: puts written as short lines.

#define WORDS_MAX 16

// Splits `line` in place at spaces; "-" becomes NULL.
static size_t split(char *line, char *words[static WORDS_MAX])
{
    size_t count = 0;
    char *save = NULL;

    memset(words, 0, WORDS_MAX * sizeof(*words));
    for (char *word = strtok_r(line, " ", &save); word && count < WORDS_MAX;
         word = strtok_r(NULL, " ", &save))
        words[count++] = strcmp(word, "-") == 0 ? NULL : word;
    return count;
}

static Date word_date(const char *word)
{
    Date date = DATE_NONE;

    if (word)
        assert_true(date_parse(word, &date));
    return date;
}

int site_put_org(Site *site, const char *code, const char *parent, const char *area, RosterChange *ret_change)
{
    char line[160];

    snprintf(line, sizeof(line), "%s %s %s", code, parent, area);
    return site_put_org_then(site, line, ret_change);
}

int site_put_org_then(Site *site, const char *line, RosterChange *ret_change)
{
    char copy[160], *words[WORDS_MAX];
    RosterChange change;

    snprintf(copy, sizeof(copy), "%s", line);
    assert_true(split(copy, words) >= 3);
    return roster_put_org(site->store,
                          &(OrgPut){.code = words[0],
                                    .parent = words[1],
                                    .area = words[2],
                                    .name = words[0],
                                    .level = strncmp(words[0], "BRANCH", 6) == 0 ? ORG_BRANCH : ORG_COUNTY,
                                    .from_stated = words[3] != NULL,
                                    .from = word_date(words[3]),
                                    .to_stated = words[4] != NULL,
                                    .to = word_date(words[4])},
                          ret_change ? ret_change : &change);
}

void site_state_org(Site *site, const char *line)
{
    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(site_put_org_then(site, line, NULL), 0);
    site_settle(site);
}

int site_put_point(Site *site, const char *code, const char *org, RosterChange *ret_change)
{
    RosterChange change;

    return roster_put_point(site->store, &(PointPut){.code = code, .org = org, .name = code},
                            ret_change ? ret_change : &change);
}

int site_put_terminal(Site *site, const char *name, const char *point, RosterChange *ret_change)
{
    RosterChange change;

    return roster_put_terminal(site->store, &(TerminalPut){.name = name, .area = "county", .point = point},
                               ret_change ? ret_change : &change);
}

int site_put_member(Site *site, const char *line, RosterChange *ret_change)
{
    char copy[200], *words[WORDS_MAX];
    RosterChange change;

    snprintf(copy, sizeof(copy), "%s", line);
    assert_true(split(copy, words) >= 3);
    MemberPut put = {.code = words[0],
                     .name = words[0],
                     .org = words[1],
                     .from = word_date(words[2]),
                     .to = word_date(words[3]),
                     .card = words[4],
                     .exempt_from = word_date(words[5]),
                     .exempt_to = word_date(words[6]),
                     .exempt_reason = words[5] ? "illness" : NULL};
    return roster_put_member(site->store, &put, ret_change ? ret_change : &change);
}

int site_put_session(Site *site, const char *line, RosterChange *ret_change)
{
    char copy[200], *words[WORDS_MAX], starts[40];
    const char *points[WORDS_MAX];
    RosterChange change;

    snprintf(copy, sizeof(copy), "%s", line);
    size_t count = split(copy, words);
    assert_true(count >= 7);
    snprintf(starts, sizeof(starts), "%s %s", words[2], words[3]);
    for (size_t i = 7; i < count; i++)
        points[i - 7] = words[i];
    SessionPut put = {.code = words[0],
                      .title = words[0],
                      .org = words[1],
                      .kind = SESSION_STUDY_DAY,
                      .starts = site_time(starts),
                      .minutes = atoi(words[5]),
                      .makeup_until = word_date(words[6]),
                      .points = points,
                      .point_count = count - 7};
    put.ends = put.starts + atoi(words[4]) * TIME_MINUTE;
    return roster_put_session(site->store, &put, ret_change ? ret_change : &change);
}

void site_state_member(Site *site, const char *line)
{
    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(site_put_member(site, line, NULL), 0);
    site_settle(site);
}

void site_state_session(Site *site, const char *line)
{
    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(site_put_session(site, line, NULL), 0);
    site_settle(site);
}

void site_state_invitation(Site *site, const char *session, const char *member)
{
    RosterChange change;

    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(roster_put_invitation(site->store, session, member, &change), 0);
    site_settle(site);
}

uint64_t site_office(Site *site, bool batch, const char *line)
{
    char copy[256];
    LedgerOutcome outcome;
    uint64_t seq = 0;

    snprintf(copy, sizeof(copy), "%s", line);
    Event event = site_parse(copy);
    assert_null(event_check(&event));
    assert_int_equal(ledger_begin(site->ledger), 0);
    int r = batch ? ledger_add_batch(site->ledger, &event, site->now, &outcome, &seq)
                  : ledger_add_office(site->ledger, &event, site->now, &outcome, &seq);
    assert_int_equal(r, 0);
    assert_int_equal(ledger_commit(site->ledger), 0);
    return seq;
}

void site_void(Site *site, const char *terminal, const char *epoch, uint64_t seq)
{
    assert_int_equal(ledger_begin(site->ledger), 0);
    assert_int_equal(ledger_void(site->ledger, terminal, epoch, seq, site->now), 0);
    assert_int_equal(ledger_commit(site->ledger), 0);
}
