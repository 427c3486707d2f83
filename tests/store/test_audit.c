#include "core/store/audit.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "core/store/month.h"
#include "tests/store/site.h"

// The audit log keeps what it was told, refuses to be changed, and where somebody changes it all the same,
// who has first done away with the refusal, verify finds it.

#define OLD_AND_NEW "{\"new\":{\"a\":\"},\\\"\",\"b\":[1,2]},\"old\":null}"

static void log_three(Site *site)
{
    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(
        audit_add(site->store, 100, "uid:1 a", "month-close", "2026-09", "first \"quoted\"", OLD_AND_NEW), 0);
    assert_int_equal(audit_add(site->store, 200, "uid:2 b", "month-revise", "2026-09", "第二", ""), 0);
    assert_int_equal(audit_add(site->store, 300, "uid:1 a", "terminal-revoke", "t-a", NULL, NULL), 0);
    assert_int_equal(store_commit(site->store), 0);
}

static int execute(Site *site, const char *sql)
{
    sqlite3 *other;

    assert_int_equal(sqlite3_open(site->path, &other), SQLITE_OK);
    int result = sqlite3_exec(other, sql, NULL, NULL, NULL);
    sqlite3_close(other);
    return result;
}

static int append_id(void *user, const AuditRow *row)
{
    text_appendf(user, "%lld ", (long long)row->id);
    return 0;
}

static void assert_found(Site *site, const AuditFilter *filter, const char *ids)
{
    CLEANUP(cleanup_text) Text text = {0};

    assert_int_equal(audit_each(site->store, filter, append_id, &text), 0);
    assert_string_equal(text_cstr(&text), ids);
}

static void each_filters_by_time_who_action_and_subject(void **state)
{
    Site *site = *state;
    const AuditFilter any = {.from = TIME_NONE, .to = TIME_NONE};
    AuditFilter filter = any;

    log_three(site);
    assert_found(site, &any, "1 2 3 ");
    filter.from = 200;
    filter.to = 300;
    assert_found(site, &filter, "2 ");
    filter = any;
    filter.who = "uid:1 ";
    assert_found(site, &filter, "1 3 ");
    filter = any;
    filter.action = "month";
    assert_found(site, &filter, "1 2 ");
    filter.action = "mont";
    assert_found(site, &filter, "");
    filter.action = "month-revise";
    assert_found(site, &filter, "2 ");
    filter = any;
    filter.subject = "t-a";
    assert_found(site, &filter, "3 ");
}

static void split_finds_both_halves(void **state)
{
    AuditPart before = {0}, after = {0};

    (void)state;
    assert_true(audit_split(OLD_AND_NEW, &before, &after));
    assert_int_equal(before.size, 4);
    assert_memory_equal(before.data, "null", 4);
    assert_int_equal(after.size, strlen("{\"a\":\"},\\\"\",\"b\":[1,2]}"));
    assert_false(audit_split("", &before, &after));
    assert_false(audit_split("{\"new\":1}", &before, &after));
    assert_false(audit_split("{\"new\":\"1,\"old\":2}", &before, &after));
    assert_false(audit_split("{\"new\":1,\"old\":2}x", &before, &after));
}

static void the_schema_refuses_to_change_an_entry(void **state)
{
    Site *site = *state;

    log_three(site);
    assert_int_equal(execute(site, "UPDATE audit SET why = 'another'"), SQLITE_CONSTRAINT);
    assert_int_equal(execute(site, "DELETE FROM audit WHERE id = 2"), SQLITE_CONSTRAINT);
    assert_int_equal(execute(site,
                             "INSERT OR REPLACE INTO audit SELECT id, at, 'x', action, subject, why, detail,"
                             " chain FROM audit WHERE id = 1"),
                     SQLITE_CONSTRAINT);
    assert_found(site, &(AuditFilter){.from = TIME_NONE, .to = TIME_NONE, .who = "uid:"}, "1 2 3 ");
}

static void the_schema_refuses_to_change_a_revision(void **state)
{
    Site *site = *state;
    MonthRevision revision = {.month = 2026 * 12 + 9, .at = 1, .who = "uid:1 a", .why = "", .definitions = 1};
    int number;

    assert_int_equal(store_begin(site->store), 0);
    assert_int_equal(month_seal(site->store, &revision, &number), 0);
    assert_int_equal(
        month_add_row(site->store, revision.month, 0, 0, &(MonthRow){.org = "CITY", .name = "x"}), 0);
    assert_int_equal(store_commit(site->store), 0);
    assert_int_equal(execute(site, "UPDATE month_row SET present = 7"), SQLITE_CONSTRAINT);
    assert_int_equal(execute(site, "DELETE FROM month_row"), SQLITE_CONSTRAINT);
    assert_int_equal(execute(site, "DELETE FROM month_revision"), SQLITE_CONSTRAINT);
}

static void note(void *user, const VerifyFinding *finding)
{
    snprintf(user, 200, "%s: %s", finding->what, finding->detail);
}

static void assert_verified(Site *site, const char *sql, const char *said)
{
    char heard[200] = "";
    VerifySummary summary;

    log_three(site);
    assert_int_equal(verify_store(site->store, note, heard, &summary), 0);
    assert_string_equal(heard, "");
    assert_int_equal(execute(site, "DROP TRIGGER audit_changed; DROP TRIGGER audit_deleted"), SQLITE_OK);
    assert_int_equal(execute(site, sql), SQLITE_OK);
    assert_int_equal(verify_store(site->store, note, heard, &summary), 0);
    assert_string_equal(heard, said);
}

static void verify_finds_a_changed_entry(void **state)
{
    assert_verified(*state, "UPDATE audit SET who = 'uid:9 x' WHERE id = 2",
                    "audit: entry 2 differs from its digest");
}

static void verify_finds_an_entry_taken_out(void **state)
{
    assert_verified(*state, "DELETE FROM audit WHERE id = 1", "audit: entry 1 is missing");
}

static void verify_finds_entries_renumbered(void **state)
{
    assert_verified(*state, "DELETE FROM audit WHERE id = 2; UPDATE audit SET id = 2 WHERE id = 3",
                    "audit: entry 2 differs from its digest");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_filters_by_time_who_action_and_subject, site_setup,
                                        site_teardown),
        cmocka_unit_test(split_finds_both_halves),
        cmocka_unit_test_setup_teardown(the_schema_refuses_to_change_an_entry, site_setup, site_teardown),
        cmocka_unit_test_setup_teardown(the_schema_refuses_to_change_a_revision, site_setup, site_teardown),
        cmocka_unit_test_setup_teardown(verify_finds_a_changed_entry, site_setup, site_teardown),
        cmocka_unit_test_setup_teardown(verify_finds_an_entry_taken_out, site_setup, site_teardown),
        cmocka_unit_test_setup_teardown(verify_finds_entries_renumbered, site_setup, site_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
