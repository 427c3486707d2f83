#include "tests/store/site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "core/base/digest.h"
#include "core/store/credit.h"

// Events are written as short lines and go through event_check and event_canonical like any decoded event, so
// that the tests state values, not structures.

Time site_time(const char *text)
{
    Time t = 0;

    assert_true(time_parse_local(text, &t));
    return t;
}

static Date site_date(const char *text)
{
    Date date = DATE_NONE;

    if (text)
        assert_true(date_parse(text, &date));
    return date;
}

void site_member(Site *site, const char *code, const char *org, const char *from, const char *to)
{
    char card[80];
    RosterChange change;

    snprintf(card, sizeof(card), "card-%s", code);
    MemberPut put = {.code = code,
                     .name = code,
                     .org = org,
                     .from = site_date(from),
                     .to = site_date(to),
                     .card = card,
                     .exempt_from = DATE_NONE,
                     .exempt_to = DATE_NONE};
    assert_int_equal(roster_put_member(site->store, &put, &change), 0);
}

void site_session(Site *site, const char *code, const char *org, const char *starts)
{
    RosterChange change;
    SessionPut put = {.code = code,
                      .title = code,
                      .org = org,
                      .kind = SESSION_STUDY_DAY,
                      .starts = site_time(starts),
                      .ends = site_time(starts) + 90 * TIME_MINUTE,
                      .minutes = 90,
                      .makeup_until = DATE_NONE};

    assert_int_equal(roster_put_session(site->store, &put, &change), 0);
}

RosterSettled site_settle(Site *site)
{
    RosterSettled settled;

    assert_int_equal(roster_settle(site->store, site->now, &settled), 0);
    assert_int_equal(store_commit(site->store), 0);
    ledger_rollback(
        site->ledger); // forgets cached heads, as the collector does after an operation of the office
    return settled;
}

static void site_roster(Site *site)
{
    static const struct {
        const char *code, *parent;
        OrgLevel level;
    } orgs[] = {{"CITY", NULL, ORG_CITY},
                {"COUNTY", "CITY", ORG_COUNTY},
                {"TOWN-A", "COUNTY", ORG_TOWNSHIP},
                {"TOWN-B", "COUNTY", ORG_TOWNSHIP},
                {"BRANCH-A1", "TOWN-A", ORG_BRANCH},
                {"BRANCH-A2", "TOWN-A", ORG_BRANCH},
                {"BRANCH-B1", "TOWN-B", ORG_BRANCH}};
    static const char *const homes[] = {"BRANCH-A1", "BRANCH-A1", "BRANCH-A1", "BRANCH-A2",
                                        "BRANCH-A2", "BRANCH-B1", "BRANCH-B1"};
    RosterChange change;

    for (size_t i = 0; i < sizeof(orgs) / sizeof(*orgs); i++)
        assert_int_equal(roster_put_org(site->store,
                                        &(OrgPut){.code = orgs[i].code,
                                                  .parent = orgs[i].parent,
                                                  .area = "county",
                                                  .name = orgs[i].code,
                                                  .level = orgs[i].level},
                                        &change),
                         0);
    for (int i = 0; i < 2; i++) {
        const char *const points[] = {"P-A", "P-B"}, *const towns[] = {"TOWN-A", "TOWN-B"},
                          *const terminals[] = {"t-a", "t-b"};
        assert_int_equal(roster_put_point(site->store,
                                          &(PointPut){.code = points[i], .org = towns[i], .name = points[i]},
                                          &change),
                         0);
        assert_int_equal(
            roster_put_terminal(site->store,
                                &(TerminalPut){.name = terminals[i], .area = "county", .point = points[i]},
                                &change),
            0);
    }
    for (int i = 0; i < 7; i++) {
        char code[16];
        snprintf(code, sizeof(code), "m%d", i + 1);
        site_member(site, code, homes[i], "2026-01-01", NULL);
    }
}

int site_setup(void **state)
{
    Site *site = alloc_zero(sizeof(*site));

    digest_init();
    assert_true(zone_set("Asia/Shanghai"));
    snprintf(site->folder, sizeof(site->folder), "/tmp/studyday-store-XXXXXX");
    assert_non_null(mkdtemp(site->folder));
    snprintf(site->path, sizeof(site->path), "%s/test.db", site->folder);
    assert_int_equal(store_create(site->path), 0);
    assert_int_equal(store_open(site->path, STORE_WRITE, &site->store), 0);
    site->ledger = ledger_new(site->store);
    site->now = site_time("2026-11-30 12:00");
    assert_int_equal(store_begin(site->store), 0);
    site_roster(site);
    site_settle(site);
    *state = site;
    return 0;
}

int site_teardown(void **state)
{
    Site *site = *state;
    char command[128];

    ledger_free(site->ledger);
    store_close(site->store);
    snprintf(command, sizeof(command), "rm -rf %s", site->folder);
    int r = system(command);
    free(site);
    return r;
}

void site_credit(Site *site, int64_t rows)
{
    for (bool more = true; more;)
        assert_int_equal(credit_add_due(site->store, site->now, rows, &more), 0);
}

void site_reopen(Site *site)
{
    ledger_free(site->ledger);
    store_close(site->store);
    assert_int_equal(store_open(site->path, STORE_WRITE, &site->store), 0);
    site->ledger = ledger_new(site->store);
}

static const char *present(const char *word)
{
    return strcmp(word, "-") == 0 ? NULL : word;
}

Event site_parse(char *line)
{
    char *save = NULL;
    Event event = event_make(EVENT_IN);
    int offset;

    assert_true(event_kind_parse(strtok_r(line, " ", &save), &event.kind));
    event.session = present(strtok_r(NULL, " ", &save));
    event.member = present(strtok_r(NULL, " ", &save));
    if (event.member && strncmp(event.member, "card:", 5) == 0) {
        event.card = event.member + 5;
        event.member = NULL;
    }
    event.at_text = strtok_r(NULL, " ", &save);
    assert_true(time_parse_rfc3339(event.at_text, strlen(event.at_text), &event.at, &offset));
    for (char *pair; (pair = strtok_r(NULL, " ", &save));) {
        char *value = strchr(pair, '=');
        *value++ = 0;
        int64_t *numbers[] = {&event.minutes, &event.of, &event.count, &event.found, &event.score};
        const char *names[] = {"minutes", "of", "count", "found", "score"};
        for (int i = 0; i < 5; i++)
            if (strcmp(pair, names[i]) == 0)
                *numbers[i] = strtoll(value, NULL, 10);
        if (strcmp(pair, "visitor") == 0)
            event.visitor = value;
        if (strcmp(pair, "clock") == 0)
            assert_true(event_clock_parse(value, &event.clock));
    }
    return event;
}

LedgerOutcome site_add(Site *site, const char *terminal, uint64_t seq, const char *line)
{
    char copy[256], reason[32];
    CLEANUP(cleanup_text) Text canonical = {0};
    StoreTerminal known;
    LedgerStream *stream;
    LedgerOutcome outcome;

    snprintf(copy, sizeof(copy), "%s", line);
    Event event = site_parse(copy);
    assert_null(event_check(&event));
    event_canonical(&event, seq, &canonical);
    assert_int_equal(terminal_find(site->store, terminal, &known), 0);
    assert_int_equal(ledger_stream(site->ledger, &known, SITE_EPOCH, &stream), 0);
    LedgerEvent added = {.seq = seq,
                         .event = &event,
                         .canonical = canonical.data,
                         .canonical_size = canonical.size,
                         .plain = true,
                         .received_at = site->now += 1000};
    assert_int_equal(ledger_add(site->ledger, stream, &added, &outcome, reason), 0);
    return outcome;
}

LedgerOutcome site_event(Site *site, const char *terminal, uint64_t seq, const char *line)
{
    assert_int_equal(ledger_begin(site->ledger), 0);
    LedgerOutcome outcome = site_add(site, terminal, seq, line);
    assert_int_equal(ledger_commit(site->ledger), 0);
    return outcome;
}

typedef struct Wanted {
    const char *session;
    char text[200];
} Wanted;

static int record_note(void *user, const RecordEntry *entry)
{
    Wanted *wanted = user;
    int n;

    if (strcmp(entry->session->code, wanted->session) != 0)
        return 0;
    Status shown = attendance_status_shown(entry->duty, entry->attendance.status, entry->own_point_silent);
    n = snprintf(wanted->text, sizeof(wanted->text), "%s %d %d", status_word(shown),
                 entry->attendance.minutes, entry->attendance.credit);
    for (int f = 0; f < ATTENDANCE_FLAG_COUNT; f++)
        if (entry->attendance.flags & 1u << f)
            n += snprintf(wanted->text + n, sizeof(wanted->text) - (size_t)n, " %s",
                          attendance_flag_word((AttendanceFlag)(1u << f)));
    return 0;
}

const char *site_record(Site *site, const char *member, const char *session)
{
    static Wanted wanted;
    MemberRow row = {0};

    wanted = (Wanted){.session = session, .text = "-"};
    assert_int_equal(query_member(site->store, member, zone_date(site->now), &row), 0);
    assert_int_equal(query_record(site->store, &row, 2026, site->now, record_note, &wanted), 0);
    member_row_deinit(&row);
    return wanted.text;
}

typedef struct WantedTally {
    const OrgTree *tree;
    const char *org;
    Tally tally;
} WantedTally;

static int tally_note(void *user, int32_t org, const Tally *tally)
{
    WantedTally *wanted = user;
    int32_t index = org_tree_index(wanted->tree, org);

    if (index >= 0 && strcmp(wanted->tree->nodes[index].code, wanted->org) == 0)
        tally_add(&wanted->tally, tally);
    return 0;
}

Tally site_tally(Site *site, const char *session, const char *org)
{
    SessionList list;
    OrgTree tree;

    assert_int_equal(query_session(site->store, session, &list), 0);
    assert_int_equal(org_tree_load(site->store, list.rows[0].date, &tree), 0);
    WantedTally wanted = {.tree = &tree, .org = org};
    assert_int_equal(query_session_tallies(site->store, &list.rows[0], tally_note, &wanted), 0);
    org_tree_deinit(&tree);
    session_list_deinit(&list);
    return wanted.tally;
}

static void finding_print(void *user, const VerifyFinding *finding)
{
    (void)user;
    print_message("# %s: %s\n", finding->what, finding->detail);
}

void site_assert_findings(Site *site, int64_t expected)
{
    VerifySummary verified, recomputed;

    assert_int_equal(verify_store(site->store, finding_print, NULL, &verified), 0);
    assert_int_equal(recompute_diff(site->store, site->now, finding_print, NULL, &recomputed), 0);
    assert_int_equal(verified.findings + recomputed.findings, expected);
}
