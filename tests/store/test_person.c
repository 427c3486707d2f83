#include "core/store/person.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/store/audit.h"
#include "core/store/reading.h"
#include "tests/store/site.h"

// A person is taken out: the figures and the chains stay, no byte of name or card does.

#define CARD "0004871239"
#define CARD_SEEN_SIZE 32

static void put_card(Site *site)
{
    char line[] = "m2 BRANCH-A1 2026-02-01 - " CARD " - -";

    site_state_member(site, line);
}

static void history(Site *site)
{
    put_card(site);
    site_state_session(site, "day CITY 2026-11-05 09:00 90 90 -");
    site_event(site, "t-a", 1, "in day m1 2026-11-05T09:00:00+08:00");
    site_event(site, "t-a", 2, "in - card:" CARD " 2026-11-05T09:00:00+08:00");
    site_event(site, "t-a", 3, "in day m3 2026-11-05T09:00:00+08:00");
    site_event(site, "t-b", 1, "out day card:" CARD " 2026-11-05T10:30:00+08:00");
    site_event(site, "t-b", 2, "in - card:" CARD " 2026-12-24T10:30:00+08:00"); // parked: no session
    site_assert_findings(site, 0);
}

static int erase(Site *site, const char *member, PersonErased *erased)
{
    RosterSettled settled;

    *erased = (PersonErased){0};
    assert_int_equal(store_begin(site->store), 0);
    int r = person_erase(site->store, member, site->now, erased);
    if (r != 0) {
        store_rollback(site->store);
        return r;
    }
    assert_int_equal(roster_settle(site->store, site->now, &settled), 0);
    assert_int_equal(store_commit(site->store), 0);
    assert_int_equal(store_wipe(site->store), 0);
    free(erased->entries);
    return 0;
}

static bool file_has(const char *path, const char *word)
{
    CLEANUP(cleanup_text) Text text = {0};

    if (file_read(path, 64 << 20, &text) != 0)
        return false;
    return memmem(text_cstr(&text), text.size, word, strlen(word)) != NULL;
}

static bool site_has(Site *site, const char *word)
{
    static const char *const suffixes[] = {"", "-wal", "-shm"};
    bool has = false;

    for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++) {
        char path[128];
        snprintf(path, sizeof(path), "%s%s", site->path, suffixes[i]);
        has |= file_has(path, word);
    }
    return has;
}

static void erase_keeps_figures_and_chains(void **state)
{
    Site *site = *state;
    CLEANUP(cleanup_text) Text before = {0};
    CLEANUP(cleanup_text) Text after = {0};
    PersonErased erased;

    history(site);
    site_sum_up(site, &before);
    assert_int_equal(erase(site, "m2", &erased), 0);
    assert_int_equal(erased.cards, 2); // that of the site, and the one put here
    assert_int_equal(erased.events, 3);
    assert_true(erased.ended);
    site_sum_up(site, &after);
    assert_string_equal(text_cstr(&after), text_cstr(&before));
    site_assert_findings(site, 0);
}

static void erase_leaves_no_byte_of_name_and_card(void **state)
{
    Site *site = *state;
    PersonErased erased;
    bool changed;

    history(site);
    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(person_set_name(site->store, "m2", "欧阳无痕", &changed), 0);
    assert_true(changed);
    assert_int_equal(audit_add(site->store, site->now, "uid:1", "note", "x", "欧阳无痕 called",
                               "{\"new\":null,\"old\":null}"),
                     0);
    assert_int_equal(store_commit(site->store), 0);
    assert_true(site_has(site, "欧阳无痕"));
    assert_true(site_has(site, CARD)); // in the events, as they were sent
    assert_int_equal(erase(site, "m2", &erased), 0);
    assert_int_equal(erased.entry_count, 1);
    assert_false(site_has(site, "欧阳无痕"));
    assert_false(site_has(site, CARD));
}

static void erased_event_sent_again_is_a_duplicate(void **state)
{
    Site *site = *state;
    PersonErased erased;

    history(site);
    assert_int_equal(erase(site, "m2", &erased), 0);
    assert_int_equal(site_event(site, "t-a", 2, "in - card:" CARD " 2026-11-05T09:00:00+08:00"),
                     LEDGER_DUPLICATE);
    assert_false(site_has(site, CARD));
}

static void erase_waits_for_the_chain_to_reach_the_event(void **state)
{
    Site *site = *state;
    PersonErased erased;

    history(site);
    site_event(site, "t-a", 5, "in - card:" CARD " 2026-11-05T09:00:00+08:00");
    assert_int_equal(erase(site, "m2", &erased), PERSON_E_WAITS);
    assert_string_equal(erased.terminal, "t-a");
    site_event(site, "t-a", 4, "in day m1 2026-11-05T09:00:00+08:00");
    assert_int_equal(erase(site, "m2", &erased), 0);
    site_assert_findings(site, 0);
}

static void erased_member_cannot_be_put_again(void **state)
{
    Site *site = *state;
    PersonErased erased;
    bool changed;

    assert_int_equal(erase(site, "m2", &erased), 0);
    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(site_put_member(site, "m2 BRANCH-A1 2026-12-01 - - - -", NULL), ROSTER_E_ERASED);
    assert_int_equal(person_set_name(site->store, "m2", "x", &changed), PERSON_E_ERASED);
    store_rollback(site->store);
    assert_int_equal(erase(site, "m2", &erased), 0);
    assert_true(erased.already);
    assert_int_equal(erase(site, "m99", &erased), PERSON_E_UNKNOWN);
}

static void card_is_not_in_the_file_and_is_found_all_the_same(void **state)
{
    Site *site = *state;

    put_card(site);
    assert_int_equal(store_wipe(site->store), 0);
    assert_false(site_has(site, CARD));
    site_state_session(site, "day CITY 2026-11-05 09:00 90 90 -");
    assert_int_equal(site_event(site, "t-a", 1, "in day card:" CARD " 2026-11-05T09:00:00+08:00"),
                     LEDGER_STORED);
    site_reopen(site);
    assert_int_equal(site_event(site, "t-a", 2, "out day card:" CARD " 2026-11-05T10:30:00+08:00"),
                     LEDGER_STORED);
    assert_string_equal(site_record(site, "m2", "day"), "present 90 90");
}

static int see_card(void *user, const PlanMemberRow *member)
{
    if (strcmp(member->code, "m2") == 0)
        snprintf(user, CARD_SEEN_SIZE, "%s", member->cards[0] ? member->cards[0] : "none");
    return 0;
}

static void plan_has_the_card_only_under_the_right_key(void **state)
{
    Site *site = *state;
    char key[128], aside[136], seen[CARD_SEEN_SIZE] = "";
    Store *reader = NULL;

    put_card(site);
    assert_int_equal(query_plan_members(site->store, "P-A", zone_date(site->now), see_card, seen), 0);
    assert_string_equal(seen, CARD);
    snprintf(key, sizeof(key), "%s/cards.key", site->folder);
    snprintf(aside, sizeof(aside), "%s.aside", key);
    assert_int_equal(rename(key, aside), 0);
    assert_int_equal(store_open(site->path, STORE_READ, &reader), 0);
    assert_int_equal(query_plan_members(reader, "P-A", zone_date(site->now), see_card, seen), 0);
    store_close(reader);
    assert_string_equal(seen, "none");
    assert_int_equal(rename(aside, key), 0);
    site_reopen(site);
    assert_int_equal(query_plan_members(site->store, "P-A", zone_date(site->now), see_card, seen), 0);
    assert_string_equal(seen, CARD);
}

static void key_that_others_can_read_is_refused(void **state)
{
    Site *site = *state;
    char key[128];
    Store *store = NULL;

    snprintf(key, sizeof(key), "%s/cards.key", site->folder);
    assert_int_equal(chmod(key, 0640), 0);
    assert_int_equal(store_open(site->path, STORE_READ, &store), -EACCES);
    assert_int_equal(chmod(key, 0600), 0);
    assert_int_equal(store_open(site->path, STORE_READ, &store), 0);
    store_close(store);
}

static int count_reading(void *user, const ReadingRow *row)
{
    assert_string_equal(row->who, "uid:7 clerk");
    ++*(int *)user;
    return 0;
}

static void reads_are_told_by_member_and_time(void **state)
{
    Site *site = *state;
    MemberRow member = {0};
    int count = 0;

    assert_int_equal(reading_add(site->store, 100, "uid:7 clerk", "record", "m1"), 0);
    assert_int_equal(reading_add(site->store, 200, "uid:7 clerk", "record", "m1"), 0);
    assert_int_equal(reading_add(site->store, 200, "uid:8 other", "record", "m2"), 0);
    assert_int_equal(reading_add(site->store, 200, "uid:8 other", "record", "m99"), READING_E_UNKNOWN);
    assert_int_equal(query_member(site->store, "m1", zone_date(site->now), &member), 0);
    assert_int_equal(reading_each(site->store, member.member, TIME_NONE, TIME_NONE, count_reading, &count),
                     0);
    assert_int_equal(count, 2);
    assert_int_equal(reading_each(site->store, member.member, 150, 300, count_reading, &count), 0);
    assert_int_equal(count, 3);
    assert_int_equal(reading_each(site->store, member.member, 100, 200, count_reading, &count), 0);
    assert_int_equal(count, 4);
    member_row_deinit(&member);
}

static void site_tamper(Site *site, const char *sql)
{
    sqlite3 *other;

    assert_int_equal(sqlite3_open(site->path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
}

static void forged_redaction_is_found(void **state)
{
    Site *site = *state;

    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(audit_add(site->store, 1, "uid:1", "note", "a", "true", NULL), 0);
    assert_int_equal(audit_add(site->store, 2, "uid:1", "person-erase", "m1", "x",
                               "{\"new\":{\"entries\":[7]},\"old\":null}"),
                     0);
    assert_int_equal(store_commit(site->store), 0);
    site_assert_findings(site, 0);
    site_tamper(site, "DROP TRIGGER audit_changed; UPDATE audit SET why = 'false' WHERE id = 1");
    site_assert_findings(site, 1); // no erasure names entry 1
}

#define T(function) cmocka_unit_test_setup_teardown(function, site_setup, site_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(erase_keeps_figures_and_chains),
        T(erase_leaves_no_byte_of_name_and_card),
        T(erased_event_sent_again_is_a_duplicate),
        T(erase_waits_for_the_chain_to_reach_the_event),
        T(erased_member_cannot_be_put_again),
        T(card_is_not_in_the_file_and_is_found_all_the_same),
        T(plan_has_the_card_only_under_the_right_key),
        T(key_that_others_can_read_is_refused),
        T(reads_are_told_by_member_and_time),
        T(forged_redaction_is_found),
    };

    return cmocka_run_group_tests_name("store-person", tests, NULL, NULL);
}
