// The outbox on a disk that fails: a commit that failed recorded nothing, or says that it is not sure.
#include "core/store/outbox/outbox.h"

#include <stdlib.h>

#include "tests/support/fault_vfs.h"
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

// Adds an event; the disk fails at the `nth` operation of the commit, once or for good.
static int add_with_fault(Outbox *outbox, int nth, bool lasting)
{
    const OutboxEvent event = {.object = "{}", .object_size = 2, .kind = "in", .member = "001", .at = 1};

    assert_int_equal(outbox_begin(outbox), 0);
    assert_int_equal(outbox_add(outbox, &event, "{}", 2), 0);
    fault_vfs_arm(nth, lasting, FAULT_IO);
    int r = outbox_commit(outbox);
    bool struck = fault_vfs_disarm();
    assert_int_equal(struck, r != 0);
    return r;
}

static void test_after_a_failed_commit_it_is_certain_that_nothing_was_recorded(void **state)
{
    Bench *bench = *state;
    unsigned failed = 0;
    int r = 1;

    for (int nth = 1; r != 0; nth++) {
        uint64_t next = outbox_get_head(bench->outbox)->next;
        r = add_with_fault(bench->outbox, nth, false);
        assert_true(r <= 0);
        outbox_close(bench->outbox); // as the next program finds it
        assert_int_equal(outbox_open(bench->path, "t1", OUTBOX_WRITE, &bench->outbox), 0);
        assert_int_equal(outbox_get_head(bench->outbox)->next, r < 0 ? next : next + 1);
        failed += r < 0;
    }
    assert_true(failed > 0);
}

static void test_a_failed_commit_on_a_disk_that_stays_bad_is_unsure(void **state)
{
    Bench *bench = *state;

    assert_int_equal(add_with_fault(bench->outbox, 1, true), OUTBOX_E_UNSURE);
    assert_int_equal(outbox_begin(bench->outbox), 0); // the disk is well again
    assert_int_equal(outbox_get_head(bench->outbox)->next, 1);
    assert_int_equal(outbox_commit(bench->outbox), 0);
}

#define OUTBOX_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        OUTBOX_TEST(test_after_a_failed_commit_it_is_certain_that_nothing_was_recorded),
        OUTBOX_TEST(test_a_failed_commit_on_a_disk_that_stays_bad_is_unsure),
    };

    digest_init();
    fault_vfs_install();
    return cmocka_run_group_tests_name("outbox_fault", tests, NULL, NULL);
}
