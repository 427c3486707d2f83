#include "tests/store/site.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// What reports, terminals and operators ask.

#define LIST_SIZE 1000

static void begin_day(Site *site)
{
    site_state_session(site, "day CITY 2026-11-05 09:00 90 90 -");
}

static void list_add(char *list, const char *word)
{
    if (list[0])
        strncat(list, " ", LIST_SIZE - strlen(list) - 1);
    strncat(list, word, LIST_SIZE - strlen(list) - 1);
}

static int record_list(void *user, const RecordEntry *entry)
{
    list_add(user, entry->session->code);
    return 0;
}

static const char *record_of(Site *site, const char *member, int year)
{
    static char list[LIST_SIZE];
    MemberRow row = {0};

    list[0] = 0;
    assert_int_equal(query_member(site->store, member, zone_date(site->now), &row), 0);
    assert_int_equal(query_record(site->store, &row, year, site->now, record_list, list), 0);
    member_row_deinit(&row);
    return list;
}

static void a_record_shows_only_the_sessions_that_concern_the_member(void **state)
{
    Site *site = *state;

    begin_day(site);
    site_state_session(site, "town-a TOWN-A 2026-11-06 09:00 90 90 -");
    site_state_session(site, "town-b TOWN-B 2026-11-07 09:00 90 90 -");
    site_state_session(site, "visited TOWN-B 2026-11-08 09:00 90 90 -");
    site_state_session(site, "invited TOWN-B 2026-11-09 09:00 90 90 -");
    site_state_invitation(site, "invited", "m1");
    site_state_session(site, "future CITY 2026-12-24 09:00 90 90 -");
    site_event(site, "t-b", 1, "in visited m1 2026-11-08T09:00:00+08:00");
    assert_string_equal(record_of(site, "m1", 2026), "day town-a visited invited");
    assert_string_equal(record_of(site, "m6", 2026), "day town-b visited");
    assert_string_equal(record_of(site, "m1", 2025), "");
}

static void a_record_goes_by_start_then_code(void **state)
{
    Site *site = *state;

    site_state_session(site, "b CITY 2026-11-05 09:00 90 90 -");
    site_state_session(site, "c CITY 2026-11-04 09:00 90 90 -");
    site_state_session(site, "a CITY 2026-11-05 09:00 90 90 -");
    assert_string_equal(record_of(site, "m1", 2026), "c a b");
}

static const char *plan_sessions_of(Site *site, const char *point)
{
    static char list[LIST_SIZE];
    SessionList sessions;

    list[0] = 0;
    assert_int_equal(query_plan_sessions(site->store, point, site_time("2026-11-01 00:00"),
                                         site_time("2026-12-01 00:00"), &sessions),
                     0);
    for (size_t i = 0; i < sessions.count; i++)
        list_add(list, sessions.rows[i].code);
    session_list_deinit(&sessions);
    return list;
}

static void a_plan_holds_the_sessions_that_the_point_takes_part_in(void **state)
{
    Site *site = *state;

    begin_day(site);
    site_state_session(site, "town-a TOWN-A 2026-11-06 09:00 90 90 -");
    site_state_session(site, "listed CITY 2026-11-07 09:00 90 90 - P-B");
    site_state_session(site, "too-late CITY 2026-12-07 09:00 90 90 -");
    assert_string_equal(plan_sessions_of(site, "P-A"), "day town-a");
    assert_string_equal(plan_sessions_of(site, "P-B"), "day listed");
    assert_string_equal(plan_sessions_of(site, "P-NONE"), "");
}

static int plan_member_list(void *user, const PlanMemberRow *member)
{
    char word[100];

    snprintf(word, sizeof(word), "%s=%s", member->code, member->cards[0] ? member->cards[0] : "-");
    list_add(user, word);
    return 0;
}

static const char *plan_members_of(Site *site, const char *point)
{
    static char list[LIST_SIZE];
    Date date;

    list[0] = 0;
    assert_true(date_parse("2026-11-05", &date));
    assert_int_equal(query_plan_members(site->store, point, date, plan_member_list, list), 0);
    return list;
}

static void a_plan_holds_the_members_whose_own_point_it_is_with_the_card_they_hold(void **state)
{
    Site *site = *state;

    assert_string_equal(plan_members_of(site, "P-B"), "m6=card-m6 m7=card-m7");
    site_state_member(site, "m6 BRANCH-B1 2026-11-01 - fresh");
    site_state_member(site, "m7 BRANCH-B1 2026-11-01 2026-11-04");
    site_state_member(site, "m1 BRANCH-B1 2026-11-05 - card-m7"); // took it over
    site_state_member(site, "m2 BRANCH-B1 2026-11-06");           // not yet
    assert_string_equal(plan_members_of(site, "P-B"), "m1=card-m7 m6=fresh");
    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(site_put_point(site, "P-Z", "BRANCH-A2", NULL), 0); // keeps its subtree to itself
    site_settle(site);
    assert_string_equal(plan_members_of(site, "P-A"), "m2=card-m2 m3=card-m3");
    assert_string_equal(plan_members_of(site, "P-Z"), "m4=card-m4 m5=card-m5");
}

static bool seen(Site *site, const char *point, const char *member, const char *from, const char *to)
{
    bool found;

    assert_int_equal(query_seen_at_point(site->store, point, member, site_time(from), site_time(to), &found),
                     0);
    return found;
}

static void who_was_seen_was_seen_at_the_point_not_at_the_terminal(void **state)
{
    Site *site = *state;

    begin_day(site);
    site_event(site, "t-a", 1, "in day m6 2026-11-05T09:00:00+08:00");
    site_event(site, "t-a", 2, "leave day m5 2026-11-05T09:00:00+08:00"); // was not there
    assert_true(seen(site, "P-A", "m6", "2026-11-05 08:00", "2026-11-05 10:00"));
    assert_false(seen(site, "P-A", "m6", "2026-11-05 09:01", "2026-11-05 10:00"));
    assert_false(seen(site, "P-A", "m1", "2026-11-05 08:00", "2026-11-05 10:00"));
    assert_false(seen(site, "P-A", "m5", "2026-11-05 08:00", "2026-11-05 10:00"));
    assert_false(seen(site, "P-B", "m6", "2026-11-05 08:00", "2026-11-05 10:00"));
    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(site_put_terminal(site, "t-a", "P-B", NULL), 0); // the terminal moves on
    site_settle(site);
    assert_false(seen(site, "P-B", "m6", "2026-11-05 08:00", "2026-11-05 10:00"));
}

static int event_list(void *user, const EventRow *event)
{
    char word[200];

    snprintf(word, sizeof(word), "%s:%llu:%s:%s:%s:%s", event->terminal, (unsigned long long)event->seq,
             event->session ? event->session : "-", event->member ? event->member : "-",
             event_state_word(event->state), event->reason ? event->reason : "-");
    list_add(user, word);
    return 0;
}

static const char *events_of(Site *site, EventFilter filter)
{
    static char list[LIST_SIZE];

    list[0] = 0;
    assert_int_equal(query_events(site->store, &filter, event_list, list), 0);
    return list;
}

static void events_come_by_arrival_as_found_with_their_state(void **state)
{
    Site *site = *state;

    begin_day(site);
    site_event(site, "t-b", 2, "in - card:card-m6 2026-11-05T09:00:00+08:00");
    site_event(site, "t-a", 1, "in day nobody 2026-11-05T09:00:00+08:00");
    site_event(site, "t-b", 1, "in day m1 2026-11-05T09:00:00+08:00");
    site_event(site, "t-b", 3, "void - - 2026-11-05T09:00:00+08:00 of=1");
    assert_string_equal(events_of(site, (EventFilter){0}),
                        "t-b:2:day:m6:counted:- t-a:1:day:nobody:parked:unknown-member t-b:1:day:m1:void:- "
                        "t-b:3:-:-:counted:-");
    assert_string_equal(events_of(site, (EventFilter){.session = "day", .terminal = "t-b"}),
                        "t-b:2:day:m6:counted:- t-b:1:day:m1:void:-");
    assert_string_equal(events_of(site, (EventFilter){.member = "m6"}), "t-b:2:day:m6:counted:-");
    assert_string_equal(events_of(site, (EventFilter){.member = "nobody"}),
                        "t-a:1:day:nobody:parked:unknown-member");
    assert_string_equal(events_of(site, (EventFilter){.session = "none"}), "");
}

static void a_reader_sees_what_was_committed_and_writes_nothing(void **state)
{
    Site *site = *state;
    Store *reader;
    StoreCounts counts;

    begin_day(site);
    assert_int_equal(store_open(site->path, STORE_READ, &reader), 0);
    assert_int_equal(ledger_begin(site->ledger), 0);
    site_add(site, "t-a", 1, "in day m1 2026-11-05T09:00:00+08:00");
    assert_int_equal(store_counts(reader, &counts), 0);
    assert_int_equal(counts.events, 0);
    assert_int_equal(ledger_commit(site->ledger), 0);
    assert_int_equal(store_counts(reader, &counts), 0);
    assert_int_equal(counts.events, 1);
    assert_int_equal(store_probe(reader), -EROFS);
    store_close(reader);
}

static void a_reader_that_holds_a_snapshot_stops_no_writer(void **state)
{
    Site *site = *state;
    Store *reader;
    StoreCounts counts;

    begin_day(site);
    assert_int_equal(store_open(site->path, STORE_READ, &reader), 0);
    assert_int_equal(store_begin(reader), 0);
    assert_int_equal(store_counts(reader, &counts), 0);
    for (uint64_t seq = 1; seq < 20; seq++)
        assert_int_equal(site_event(site, "t-a", seq, "in day m1 2026-11-05T09:00:00+08:00"), LEDGER_STORED);
    site_reopen(site); // closing and recovering beside the reader
    assert_int_equal(store_counts(reader, &counts), 0);
    assert_int_equal(counts.events, 0);
    store_rollback(reader);
    assert_int_equal(store_counts(reader, &counts), 0);
    assert_int_equal(counts.events, 19);
    store_close(reader);
}

static void only_one_writer_and_only_the_owner_reads_the_files(void **state)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", ".lock"};
    Site *site = *state;
    Store *second = NULL;

    begin_day(site);
    assert_int_equal(store_open(site->path, STORE_WRITE, &second), STORE_E_LOCKED);
    for (int i = 0; i < 4; i++) {
        char name[128];
        struct stat info;
        snprintf(name, sizeof(name), "%s%s", site->path, suffixes[i]);
        assert_int_equal(stat(name, &info), 0);
        assert_int_equal(info.st_mode & 0777, 0600);
    }
}

static void a_file_that_is_no_database_of_ours_is_foreign(void **state)
{
    Site *site = *state;
    char name[128];
    Store *store = NULL;

    snprintf(name, sizeof(name), "%s/other", site->folder);
    assert_int_equal(store_open(name, STORE_READ, &store), STORE_E_MISSING);
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    for (int i = 0; i < 4096; i++)
        fputc('x', file);
    fclose(file);
    assert_int_equal(store_open(name, STORE_READ, &store), STORE_E_FOREIGN);
    assert_int_equal(store_open(name, STORE_WRITE, &store), STORE_E_FOREIGN);
    assert_int_equal(store_create(name), STORE_E_EXISTS);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, site_setup, site_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_record_shows_only_the_sessions_that_concern_the_member),
        TEST(a_record_goes_by_start_then_code),
        TEST(a_plan_holds_the_sessions_that_the_point_takes_part_in),
        TEST(a_plan_holds_the_members_whose_own_point_it_is_with_the_card_they_hold),
        TEST(who_was_seen_was_seen_at_the_point_not_at_the_terminal),
        TEST(events_come_by_arrival_as_found_with_their_state),
        TEST(a_reader_sees_what_was_committed_and_writes_nothing),
        TEST(a_reader_that_holds_a_snapshot_stops_no_writer),
        TEST(only_one_writer_and_only_the_owner_reads_the_files),
        TEST(a_file_that_is_no_database_of_ours_is_foreign),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
