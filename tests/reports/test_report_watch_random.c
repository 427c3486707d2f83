// The watch list of random half years against a naive reading of R25: each member's records, month by month,
// back from the month asked. The list walks sessions and remembers as little as it can; this walks members
// and knows all.
#include "tests/reports/lists.h"

#include <stdio.h>
#include <string.h>

#include "core/store/lists.h"
#include "reports/report_watch.h"
#include "tests/model/seed.h"

#define MEMBERS 7
#define MONTHS_BACK 12
#define ROUNDS 12
#define LAST (2026 * 12 + 9) // October 2026

static const char *const homes[] = {"BRANCH-A1", "BRANCH-A2", "BRANCH-B1"};
static const char *const scopes[] = {"CITY", "TOWN-A", "TOWN-B", "BRANCH-A1"};

static void random_event(Site *site, Seed *seed, const char *session, Month month, int member)
{
    static const char *const kinds[] = {"in", "leave", "home", "makeup"};
    unsigned kind = seed_below(seed, 4);
    char line[128];

    if (seed_below(seed, 5) > 0) // mostly nothing, or no run would ever be long
        return;
    snprintf(line, sizeof(line), "%s %s m%d %04d-%02d-%02dT09:00:00+08:00%s", kinds[kind], session, member,
             month / 12, month % 12 + 1, 20 + (int)seed_below(seed, 8),
             kind == 3   ? " minutes=90"
             : kind == 2 ? " visitor=m1"
                         : "");
    site_office(site, seed_below(seed, 2) != 0, line);
}

static void random_year(Site *site, Seed *seed)
{
    char line[128], code[32];

    for (Month month = LAST - MONTHS_BACK; month <= LAST; month++) {
        for (unsigned i = seed_below(seed, 3); i > 0; i--) {
            snprintf(code, sizeof(code), "s%d-%u", month, i);
            snprintf(line, sizeof(line), "%s %s %04d-%02d-%02u 09:00 90 90 -", code,
                     scopes[seed_below(seed, 4)], month / 12, month % 12 + 1, 3 * i);
            site_state_session(site, line);
            for (int member = 1; member <= MEMBERS; member++)
                random_event(site, seed, code, month, member);
        }
    }
}

/// Transfers and exemptions: m2, m3 may move, m4, m5 may be exempt for a while.
static void random_facts(Site *site, Seed *seed)
{
    char line[128];

    for (int member = 2; member <= 5; member++) {
        int month = 1 + (int)seed_below(seed, 10);
        if (member <= 3)
            snprintf(line, sizeof(line), "m%d %s 2026-%02d-10 - - - -", member, homes[seed_below(seed, 3)],
                     month);
        else
            snprintf(line, sizeof(line), "m%d %s 2026-01-01 - - 2026-%02d-01 2026-%02d-25", member, homes[1],
                     month, month + (int)seed_below(seed, (unsigned)(11 - month)));
        site_state_member(site, line);
    }
}

// What a year's record says of the months up to LAST, by months back.
typedef struct Naive {
    bool expected[MONTHS_BACK + 1], met[MONTHS_BACK + 1];
} Naive;

static int read_entry(void *user, const RecordEntry *entry)
{
    Naive *naive = user;
    int back = LAST - entry->session->month;

    if (back < 0 || back >= MONTHS_BACK || entry->duty != DUTY_EXPECTED)
        return 0;
    Status status = entry->attendance.status;
    naive->expected[back] = true;
    if (status == STATUS_LATE || status == STATUS_LEFT_EARLY || status == STATUS_PRESENT ||
        status == STATUS_HOME || status == STATUS_MAKEUP || status == STATUS_LEAVE)
        naive->met[back] = true;
    return 0;
}

/// Months missed by R25, at home in `ret_org`.
static int naive_months(Site *site, int member, char ret_org[static 65])
{
    char code[16];
    Naive naive = {0};
    MemberRow row = {0};
    int missed = 0;

    snprintf(code, sizeof(code), "m%d", member);
    assert_int_equal(query_member(site->store, code, month_last_day(LAST), &row), 0);
    snprintf(ret_org, 65, "%s", row.org);
    for (int year = 2025; year <= 2026; year++)
        assert_int_equal(query_record(site->store, &row, year, site->now, read_entry, &naive), 0);
    for (int back = 0; back < MONTHS_BACK && !naive.met[back]; back++)
        missed += naive.expected[back];
    ListExemption exemption;
    if (lists_exemption(site->store, row.member, month_last_day(LAST), &exemption) == 0)
        missed = 0;
    member_row_deinit(&row);
    return missed;
}

static void check_list(Site *site)
{
    Report *report = lists_report(site, report_watch, (ListAsk){.month = "2026-10"});
    size_t expected = 0;

    for (int member = 1; member <= MEMBERS; member++) {
        char org[65], wanted[128];
        int months = naive_months(site, member, org);
        bool found = false;

        snprintf(wanted, sizeof(wanted), "%s m%d %d", org, member, months);
        for (size_t i = 0; i < report->row_count; i++)
            found = found || strcmp(lists_row(report, i, "org member months"), wanted) == 0;
        if (found != (months >= 3))
            fail_msg("%s: %s", wanted, found ? "is listed" : "is not listed");
        expected += months >= 3;
    }
    assert_int_equal(report->row_count, expected);
    report_free(report);
}

static void the_list_is_what_every_record_says(void **state)
{
    Seed seed = seed_start("watch list");

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        void *site = NULL;
        assert_int_equal(site_setup(&site), 0);
        random_facts(site, &seed);
        random_year(site, &seed);
        check_list(site);
        site_teardown(&site);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(the_list_is_what_every_record_says)};
    return cmocka_run_group_tests_name("watch list, random", tests, NULL, NULL);
}
