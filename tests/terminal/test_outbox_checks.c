// Who is to be checked, as the outbox keeps it with the plan.
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/store/outbox/outbox.h"
#include "tests/support/support.h"
#include "tests/terminal/test.h"

typedef struct Bench {
    char *folder, *path;
    Outbox *outbox;
} Bench;

static int set_up(void **state)
{
    static Bench bench;
    Text path = {0};

    bench.folder = support_make_folder();
    text_appendf(&path, "%s/outbox.db", bench.folder);
    bench.path = text_take(&path);
    assert_int_equal(outbox_create(bench.path, "t1"), 0);
    assert_int_equal(outbox_open(bench.path, "t1", OUTBOX_WRITE, &bench.outbox), 0);
    *state = &bench;
    return 0;
}

static int tear_down(void **state)
{
    Bench *bench = *state;

    outbox_close(bench->outbox);
    support_remove_folder(bench->folder);
    free(bench->folder);
    free(bench->path);
    return 0;
}

// "S1/001 " to be done, "S1/001+ " done.
static bool join_check(void *user, const char *session, const char *member, bool checked)
{
    text_appendf(user, "%s/%s%s ", session, member, checked ? "+" : "");
    return true;
}

static void assert_checks(Outbox *outbox, const char *expected)
{
    CLEANUP(cleanup_text) Text checks = {0};

    assert_int_equal(outbox_plan_checks(outbox, 5, join_check, &checks), 0);
    assert_string_equal(text_cstr(&checks), expected);
}

static void put_event(Outbox *outbox, OutboxEvent event)
{
    event.object = "{}";
    event.object_size = 2;
    assert_int_equal(outbox_begin(outbox), 0);
    assert_int_equal(outbox_add(outbox, &event, "{}", 2), 0);
    assert_int_equal(outbox_commit(outbox), 0);
}

static void put_plan_with_checks(Outbox *outbox)
{
    assert_int_equal(outbox_begin(outbox), 0);
    assert_int_equal(outbox_plan_clear(outbox, "one"), 0);
    assert_int_equal(outbox_plan_put_session(outbox, "S2", "t", "study-day", 30, 40), 0);
    assert_int_equal(outbox_plan_put_session(outbox, "S1", "t", "study-day", 10, 20), 0);
    assert_int_equal(outbox_plan_put_card(outbox, "C1", "001"), 0);
    assert_int_equal(outbox_plan_put_check(outbox, "S1", "001"), 0);
    assert_int_equal(outbox_plan_put_check(outbox, "S2", "001"), 0);
    assert_int_equal(outbox_plan_put_check(outbox, "S1", "002"), 0);
    assert_int_equal(outbox_commit(outbox), 0);
}

static void test_plan_checks_are_done_by_a_scan_of_the_session(void **state)
{
    Bench *bench = *state;

    put_plan_with_checks(bench->outbox);
    assert_checks(bench->outbox, "S1/001 S1/002 S2/001 ");
    put_event(bench->outbox, (OutboxEvent){.kind = "check", .session = "S1", .member = "002", .at = 35});
    assert_checks(bench->outbox, "S1/001 S1/002+ S2/001 ");
    put_event(bench->outbox, (OutboxEvent){.kind = "void", .of = 1, .at = 35});
    assert_checks(bench->outbox, "S1/001 S1/002 S2/001 ");
}

static void test_plan_checks_are_done_by_a_card_within_the_window(void **state)
{
    Bench *bench = *state;

    put_plan_with_checks(bench->outbox);
    put_event(bench->outbox, (OutboxEvent){.kind = "in", .card = "C1", .at = 12});
    put_event(bench->outbox, (OutboxEvent){.kind = "check", .card = "C1", .at = 4});
    assert_checks(bench->outbox, "S1/001 S1/002 S2/001 ");
    put_event(bench->outbox, (OutboxEvent){.kind = "check", .card = "C1", .at = 24});
    assert_checks(bench->outbox, "S1/001+ S1/002 S2/001 ");
}

static void test_plan_clear_forgets_checks(void **state)
{
    Bench *bench = *state;

    put_plan_with_checks(bench->outbox);
    assert_int_equal(outbox_begin(bench->outbox), 0);
    assert_int_equal(outbox_plan_clear(bench->outbox, "two"), 0);
    assert_int_equal(outbox_plan_put_session(bench->outbox, "S1", "t", "study-day", 10, 20), 0);
    assert_int_equal(outbox_commit(bench->outbox), 0);
    assert_checks(bench->outbox, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_plan_checks_are_done_by_a_scan_of_the_session, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_plan_checks_are_done_by_a_card_within_the_window, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_plan_clear_forgets_checks, set_up, tear_down),
    };

    digest_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
