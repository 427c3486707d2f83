// Operations that are no import: enrolment, corrections, quarantine, and what every operation has in common.
#include "tests/office/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "core/base/cleanup.h"
#include "core/model/code.h"
#include "core/store/ledger.h"
#include "core/store/query.h"
#include "core/store/roster.h"
#include "tests/office/site.h"
#include "tests/support/support.h"

static char *cases;

static Site *base_site(void)
{
    CLEANUP(cleanup_text) Text base = {0};

    text_appendf(&base, "%s/base", cases);
    return site_new_with(text_cstr(&base));
}

#define KEY "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static StoreTerminal terminal_of(Site *site, const char *name)
{
    StoreTerminal terminal = {0};

    assert_int_equal(terminal_find(site->store, name, &terminal), 0);
    return terminal;
}

typedef struct Found {
    int count, voided;
    char epoch[ULID_SIZE];
    uint64_t seq;
    Time at;
    char kind[16];
} Found;

static int find_event(void *user, const EventRow *event)
{
    Found *found = user;

    found->count++;
    found->voided += event->state == EVENT_VOIDED;
    found->seq = event->seq;
    found->at = event->at;
    snprintf(found->epoch, sizeof(found->epoch), "%s", event->epoch);
    snprintf(found->kind, sizeof(found->kind), "%s", event->kind);
    return 0;
}

static Found events_of(Site *site, const char *member)
{
    Found found = {0};

    assert_int_equal(query_events(site->store, &(EventFilter){.member = member}, find_event, &found), 0);
    return found;
}

static void unknown_operation_is_a_usage_error(void **state)
{
    Site *site = site_new();

    (void)state;
    assert_int_equal(site_say(site, "dance", NULL), EX_USAGE);
    assert_false(office_knows("dance"));
    assert_true(office_knows("import"));
    site_free(site);
}

static void unknown_option_is_a_usage_error(void **state)
{
    Site *site = site_new();

    (void)state;
    assert_int_equal(site_say(site, "leave add S M --loud --why x", NULL), EX_USAGE);
    assert_non_null(strstr(text_cstr(&site->reply.err), "--loud"));
    site_free(site);
}

static void enroll_gives_the_key_and_tells_it_nowhere(void **state)
{
    Site *site = base_site();
    CLEANUP(cleanup_free) char *file = site_write(site, "t-1.key", KEY "\n");

    (void)state;
    assert_int_equal(site_say(site, "terminal enroll t-1", file), EX_OK);
    assert_true(terminal_of(site, "t-1").has_key);
    assert_int_equal(terminal_of(site, "t-1").key[1], 0x11);
    assert_null(strstr(text_cstr(&site->reply.out), "0011"));
    assert_true(site->reply.roster_changed);
    site_free(site);
}

static void enroll_again_with_the_same_key_changes_nothing(void **state)
{
    Site *site = base_site();
    CLEANUP(cleanup_free) char *file = site_write(site, "t-1.key", KEY "\n");

    (void)state;
    site_say(site, "terminal enroll t-1", file);
    assert_int_equal(site_say(site, "terminal enroll t-1", file), EX_OK);
    assert_false(site->reply.roster_changed);
    site_free(site);
}

static void enroll_takes_a_revoked_terminal_back(void **state)
{
    Site *site = base_site();
    CLEANUP(cleanup_free) char *file = site_write(site, "t-1.key", KEY "\n");

    (void)state;
    site_say(site, "terminal enroll t-1", file);
    assert_int_equal(site_say(site, "terminal revoke t-1 --why lost", NULL), EX_OK);
    assert_true(terminal_of(site, "t-1").revoked);
    assert_int_equal(site_say(site, "terminal enroll t-1", file), EX_OK);
    assert_false(terminal_of(site, "t-1").revoked);
    site_free(site);
}

static void enroll_refuses_a_key_that_is_no_key(void **state)
{
    static const char *const keys[] = {"", "0011\n", KEY "00\n", "g" KEY, "ABCDEF" KEY};

    (void)state;
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        Site *site = base_site();
        CLEANUP(cleanup_free) char *file = site_write(site, "t-1.key", keys[i]);

        assert_int_equal(site_say(site, "terminal enroll t-1", file), EX_DATAERR);
        assert_false(terminal_of(site, "t-1").has_key);
        site_free(site);
    }
}

static void enroll_and_revoke_refuse_what_is_no_terminal(void **state)
{
    Site *site = base_site();
    CLEANUP(cleanup_free) char *file = site_write(site, "key", KEY "\n");

    (void)state;
    assert_int_equal(site_say(site, "terminal enroll t-9", file), EX_DATAERR);
    assert_int_equal(site_say(site, "terminal enroll office", file), EX_DATAERR);
    assert_int_equal(site_say(site, "terminal revoke office", NULL), EX_DATAERR);
    assert_int_equal(site_say(site, "terminal", NULL), EX_USAGE);
    site_free(site);
}

static void corrections_need_a_reason(void **state)
{
    static const char *const words[] = {
        "attendance add S-1 M01 in", "attendance void t-1 01JD3Z6Y8Q4N7W2K9T5B0C1D2E:1", "leave add S-1 M01",
        "home add S-1 M01 --visitor M02", "quarantine discard 1"};
    Site *site = base_site();

    (void)state;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        assert_int_equal(site_say(site, words[i], NULL), EX_USAGE);
        assert_non_null(strstr(text_cstr(&site->reply.err), "--why"));
    }
    assert_int_equal(events_of(site, NULL).count, 0);
    site_free(site);
}

static void corrections_refuse_unknown_members_and_sessions(void **state)
{
    Site *site = base_site();

    (void)state;
    assert_int_equal(site_say(site, "attendance add S-9 M01 in --why x", NULL), EX_DATAERR);
    assert_int_equal(site_say(site, "leave add S-1 M99 --why x", NULL), EX_DATAERR);
    assert_int_equal(site_say(site, "home add S-1 M99 --visitor M01 --why x", NULL), EX_DATAERR);
    assert_int_equal(events_of(site, NULL).count, 0);
    site_free(site);
}

static void add_in_without_a_time_is_at_the_start(void **state)
{
    Site *site = base_site();
    Time starts;
    Found found;

    (void)state;
    assert_true(time_parse_local("2026-10-10 09:00", &starts));
    assert_int_equal(site_say(site, "attendance add S-1 M01 in --why forgotten", NULL), EX_OK);
    found = events_of(site, "M01");
    assert_int_equal(found.count, 1);
    assert_int_equal(found.at, starts);
    assert_string_equal(found.kind, "in");
    site_free(site);
}

static void add_checks_minutes_and_mode_by_kind(void **state)
{
    Site *site = base_site();

    (void)state;
    assert_int_equal(site_say(site, "attendance add S-1 M01 makeup --why x", NULL), EX_USAGE);
    assert_int_equal(site_say(site, "attendance add S-1 M01 in --minutes 5 --why x", NULL), EX_USAGE);
    assert_int_equal(site_say(site, "attendance add S-1 M01 leave --mode lead --why x", NULL), EX_USAGE);
    assert_int_equal(site_say(site, "attendance add S-1 M01 check --why x", NULL), EX_USAGE);
    assert_int_equal(site_say(site, "attendance add S-1 M01 in --at yesterday --why x", NULL), EX_USAGE);
    assert_int_equal(site_say(site, "attendance add S-1 M01 makeup --minutes 0 --why x", NULL), EX_DATAERR);
    assert_int_equal(site_say(site, "attendance add S-1 M01 makeup --minutes 45 --why x", NULL), EX_OK);
    site_free(site);
}

static void void_takes_an_event_back(void **state)
{
    Site *site = base_site();
    CLEANUP(cleanup_text) Text words = {0};
    Found found;

    (void)state;
    site_say(site, "attendance add S-1 M01 in --why forgotten", NULL);
    found = events_of(site, "M01");
    text_appendf(&words, "attendance void %s %s:%llu --why mistaken", NAME_OFFICE, found.epoch,
                 (unsigned long long)found.seq);
    assert_int_equal(site_say(site, text_cstr(&words), NULL), EX_OK);
    assert_int_equal(events_of(site, "M01").voided, 1);
    site_free(site);
}

static void void_refuses_what_is_no_event(void **state)
{
    Site *site = base_site();

    (void)state;
    assert_int_equal(site_say(site, "attendance void t-1 01JD3Z6Y8Q4N7W2K9T5B0C1D2E:1 --why x", NULL),
                     EX_DATAERR);
    assert_int_equal(site_say(site, "attendance void t-9 01JD3Z6Y8Q4N7W2K9T5B0C1D2E:1 --why x", NULL),
                     EX_DATAERR);
    assert_int_equal(site_say(site, "attendance void t-1 01JD3Z:1 --why x", NULL), EX_USAGE);
    assert_int_equal(site_say(site, "attendance void t-1 01JD3Z6Y8Q4N7W2K9T5B0C1D2E:0 --why x", NULL),
                     EX_USAGE);
    site_free(site);
}

static void home_needs_a_visitor(void **state)
{
    Site *site = base_site();

    (void)state;
    assert_int_equal(site_say(site, "home add S-1 M01 --why x", NULL), EX_USAGE);
    assert_int_equal(site_say(site, "home add S-1 M01 --visitor M02 --why x", NULL), EX_OK);
    site_free(site);
}

static int quarantine_state(void *user, const QuarantineEntry *entry)
{
    snprintf(user, sizeof(entry->state), "%s", entry->state);
    return 0;
}

static void add_quarantined(Site *site)
{
    CLEANUP(cleanup_ledger) Ledger *ledger = ledger_new(site->store);

    assert_int_equal(ledger_begin(ledger), 0);
    assert_int_equal(
        ledger_quarantine(ledger, "studyday/1/x/y/event", "y", "bad-json", "", "{", 1, clock_now()), 0);
    assert_int_equal(ledger_commit(ledger), 0);
}

static void discard_marks_an_entry_and_keeps_it(void **state)
{
    Site *site = base_site();
    char shown[16] = "";

    (void)state;
    add_quarantined(site);
    assert_int_equal(site_say(site, "quarantine discard 1 --why noise", NULL), EX_OK);
    assert_int_equal(quarantine_get(site->store, 1, quarantine_state, shown), 0);
    assert_string_equal(shown, "discarded");
    site_free(site);
}

static void discard_refuses_an_entry_that_is_not_there(void **state)
{
    Site *site = base_site();

    (void)state;
    assert_int_equal(site_say(site, "quarantine discard 7 --why noise", NULL), EX_DATAERR);
    assert_int_equal(site_say(site, "quarantine discard seven --why noise", NULL), EX_USAGE);
    site_free(site);
}

static void retry_needs_the_collector(void **state)
{
    Site *site = base_site();

    (void)state;
    add_quarantined(site);
    assert_int_equal(site_say(site, "quarantine retry 1", NULL), EX_UNAVAILABLE);
    site_free(site);
}

static void open_due_opens_what_has_begun_and_then_nothing(void **state)
{
    Site *site = base_site();
    bool due = true;

    (void)state;
    assert_int_equal(site_say(site, "open-due", NULL), EX_OK);
    assert_int_equal(roster_is_due(site->store, clock_now(), &due), 0);
    assert_false(due);
    assert_int_equal(site_say(site, "open-due", NULL), EX_OK);
    assert_false(site->reply.roster_changed);
    site_free(site);
}

static void a_batch_imported_again_changes_nothing_even_after_a_void(void **state)
{
    Site *site = base_site();
    CLEANUP(cleanup_free)
    char *file = site_write(site, "roll.csv",
                            "batch,session,member,kind,at,by,why\n"
                            "R-1,S-1,M01,in,2026-10-10 09:00,clerk,paper\n");
    CLEANUP(cleanup_text) Text words = {0};
    Found found;

    (void)state;
    assert_int_equal(site_say(site, "import attendance FILE", file), EX_OK);
    found = events_of(site, "M01");
    text_appendf(&words, "attendance void office %s:%llu --why mistaken", found.epoch,
                 (unsigned long long)found.seq);
    assert_int_equal(site_say(site, text_cstr(&words), NULL), EX_OK);
    site_reopen(site);
    assert_int_equal(site_say(site, "import attendance FILE", file), EX_OK);
    assert_string_equal(text_cstr(&site->reply.out), "roll.csv: 0 added, 0 changed, 1 unchanged\n");
    assert_int_equal(events_of(site, "M01").count, 1);
    site_free(site);
}

static void another_batch_may_say_the_same_again(void **state)
{
    Site *site = base_site();
    CLEANUP(cleanup_free)
    char *first = site_write(site, "1.csv",
                             "batch,session,member,kind,at,by,why\n"
                             "R-1,S-1,M01,in,2026-10-10 09:00,clerk,paper\n");
    CLEANUP(cleanup_free)
    char *second = site_write(site, "2.csv",
                              "batch,session,member,kind,at,by,why\n"
                              "R-2,S-1,M01,in,2026-10-10 09:00,clerk,paper\n");

    (void)state;
    assert_int_equal(site_say(site, "import attendance FILE", first), EX_OK);
    assert_int_equal(site_say(site, "import attendance FILE", second), EX_OK);
    assert_string_equal(text_cstr(&site->reply.out), "2.csv: 1 added, 0 changed, 0 unchanged\n");
    site_free(site);
}

static void errors_are_listed_to_a_bound_and_counted(void **state)
{
    Site *site = base_site();
    CLEANUP(cleanup_text) Text text = {0};
    size_t lines = 0;

    (void)state;
    text_append(&text, "point,org,name\n");
    for (int i = 0; i < 1234; i++)
        text_appendf(&text, "Q-%d,X,name\n", i);
    CLEANUP(cleanup_free) char *file = site_write(site, "points.csv", text_cstr(&text));
    assert_int_equal(site_say(site, "import points FILE", file), EX_DATAERR);
    for (const char *p = text_cstr(&site->reply.err); (p = strchr(p, '\n')); p++)
        lines++;
    assert_int_equal(lines, 1000 + 2);
    assert_non_null(strstr(text_cstr(&site->reply.err), "points.csv: and 234 more errors\n"));
    site_free(site);
}

static void import_refuses_wrong_usage(void **state)
{
    Site *site = base_site();
    CLEANUP(cleanup_free) char *file = site_write(site, "points.csv", "point,org,name\n");

    (void)state;
    assert_int_equal(site_say(site, "import points", file), EX_USAGE);
    assert_int_equal(site_say(site, "import points FILE", NULL), EX_USAGE);
    assert_int_equal(site_say(site, "import cows FILE", file), EX_USAGE);
    assert_int_equal(site_say(site, "import points FILE --complete", file), EX_USAGE);
    assert_int_equal(site_say(site, "import points FILE --dry-run --dry-run", file), EX_USAGE);
    site_free(site);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_operation_is_a_usage_error),
        cmocka_unit_test(unknown_option_is_a_usage_error),
        cmocka_unit_test(enroll_gives_the_key_and_tells_it_nowhere),
        cmocka_unit_test(enroll_again_with_the_same_key_changes_nothing),
        cmocka_unit_test(enroll_takes_a_revoked_terminal_back),
        cmocka_unit_test(enroll_refuses_a_key_that_is_no_key),
        cmocka_unit_test(enroll_and_revoke_refuse_what_is_no_terminal),
        cmocka_unit_test(corrections_need_a_reason),
        cmocka_unit_test(corrections_refuse_unknown_members_and_sessions),
        cmocka_unit_test(add_in_without_a_time_is_at_the_start),
        cmocka_unit_test(add_checks_minutes_and_mode_by_kind),
        cmocka_unit_test(void_takes_an_event_back),
        cmocka_unit_test(void_refuses_what_is_no_event),
        cmocka_unit_test(home_needs_a_visitor),
        cmocka_unit_test(discard_marks_an_entry_and_keeps_it),
        cmocka_unit_test(discard_refuses_an_entry_that_is_not_there),
        cmocka_unit_test(retry_needs_the_collector),
        cmocka_unit_test(open_due_opens_what_has_begun_and_then_nothing),
        cmocka_unit_test(a_batch_imported_again_changes_nothing_even_after_a_void),
        cmocka_unit_test(another_batch_may_say_the_same_again),
        cmocka_unit_test(errors_are_listed_to_a_bound_and_counted),
        cmocka_unit_test(import_refuses_wrong_usage),
    };

    if (argc != 2)
        support_die("the folder of the cases is needed");
    cases = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
