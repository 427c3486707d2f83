// The outbox: numbers, chain, receipts, pruning, plan, locks.
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "core/model/chain.h"
#include "core/store/outbox/outbox.h"
#include "tests/support/support.h"
#include "tests/terminal/test.h"

#define STORE "01JD3Z6Y8Q4N7W2K9T5B0C1D2E"

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

static void add(Outbox *outbox, Time recorded_at)
{
    const OutboxEvent event = {
        .object = "{}", .object_size = 2, .kind = "in", .member = "001", .at = 1, .recorded_at = recorded_at};
    char canonical[64];

    assert_int_equal(outbox_begin(outbox), 0);
    snprintf(canonical, sizeof(canonical), "{\"seq\":%llu}",
             (unsigned long long)outbox_get_head(outbox)->next);
    assert_int_equal(outbox_add(outbox, &event, canonical, strlen(canonical)), 0);
    assert_int_equal(outbox_commit(outbox), 0);
}

static void add_many(Outbox *outbox, unsigned count, Time recorded_at)
{
    for (unsigned i = 0; i < count; i++)
        add(outbox, recorded_at);
}

static void receive(Outbox *outbox, uint64_t through, bool known, bool agrees, Time now)
{
    const OutboxReceipt receipt = {
        .through = through, .chain_known = known, .chain_agrees = agrees, .store = STORE, .generation = 1};

    assert_int_equal(outbox_receive(outbox, &receipt, now), 0);
}

static void reopen(Bench *bench)
{
    outbox_close(bench->outbox);
    bench->outbox = NULL;
    assert_int_equal(outbox_open(bench->path, "t1", OUTBOX_WRITE, &bench->outbox), 0);
}

static uint64_t count_pending(Outbox *outbox, Time *ret_oldest)
{
    uint64_t pending, refused;

    assert_int_equal(outbox_count(outbox, &pending, ret_oldest, &refused), 0);
    return pending;
}

static void test_create_refuses_to_touch_an_existing_one(void **state)
{
    Bench *bench = *state;

    assert_int_equal(outbox_create(bench->path, "t1"), OUTBOX_E_EXISTS);
}

static void test_create_makes_a_new_epoch_each_time(void **state)
{
    Bench *bench = *state;
    char epoch[ULID_SIZE];

    memcpy(epoch, outbox_get_head(bench->outbox)->epoch, sizeof(epoch));
    outbox_close(bench->outbox);
    unlink(bench->path);
    assert_int_equal(outbox_create(bench->path, "t1"), 0);
    assert_int_equal(outbox_open(bench->path, "t1", OUTBOX_WRITE, &bench->outbox), 0);
    assert_string_not_equal(outbox_get_head(bench->outbox)->epoch, epoch);
}

static void test_open_refuses_another_terminals_outbox(void **state)
{
    Bench *bench = *state;
    Outbox *other = NULL;

    assert_int_equal(outbox_open(bench->path, "t2", OUTBOX_WRITE, &other), OUTBOX_E_FOREIGN);
    assert_null(other);
}

static void test_open_tells_a_missing_one(void **state)
{
    Outbox *other = NULL;

    (void)state;
    assert_int_equal(outbox_open("/nonexistent/outbox.db", "t1", OUTBOX_WRITE, &other), OUTBOX_E_MISSING);
}

static void test_t1_numbers_begin_at_1_and_have_no_gaps(void **state)
{
    Bench *bench = *state;

    assert_int_equal(outbox_get_head(bench->outbox)->next, 1);
    add_many(bench->outbox, 3, 1);
    reopen(bench);
    assert_int_equal(outbox_get_head(bench->outbox)->next, 4);
}

static void test_chain_is_the_protocols(void **state)
{
    Bench *bench = *state;
    uint8_t expected[DIGEST_SIZE], chain[DIGEST_SIZE];

    add_many(bench->outbox, 2, 1);
    chain_start("t1", outbox_get_head(bench->outbox)->epoch, expected);
    assert_int_equal(outbox_chain(bench->outbox, 0, chain), 0);
    assert_memory_equal(chain, expected, DIGEST_SIZE);
    chain_advance(expected, "{\"seq\":1}", 9);
    assert_int_equal(outbox_chain(bench->outbox, 1, chain), 0);
    assert_memory_equal(chain, expected, DIGEST_SIZE);
    chain_advance(expected, "{\"seq\":2}", 9);
    assert_memory_equal(outbox_get_head(bench->outbox)->chain, expected, DIGEST_SIZE);
    assert_int_equal(outbox_chain(bench->outbox, 3, chain), OUTBOX_E_UNKNOWN);
}

static void test_rollback_gives_the_number_back(void **state)
{
    Bench *bench = *state;
    const OutboxEvent event = {.object = "{}", .object_size = 2, .kind = "in", .at = 1, .recorded_at = 1};

    assert_int_equal(outbox_begin(bench->outbox), 0);
    assert_int_equal(outbox_add(bench->outbox, &event, "{}", 2), 0);
    outbox_rollback(bench->outbox);
    assert_int_equal(outbox_get_head(bench->outbox)->next, 1);
}

static void test_t2_receipt_marks_up_to_through_and_deletes_nothing(void **state)
{
    Bench *bench = *state;
    Time oldest;

    add_many(bench->outbox, 3, 7);
    receive(bench->outbox, 2, true, true, 8);
    assert_int_equal(outbox_get_head(bench->outbox)->through, 2);
    assert_int_equal(outbox_get_head(bench->outbox)->oldest, 1);
    assert_int_equal(count_pending(bench->outbox, &oldest), 1);
    assert_int_equal(oldest, 7);
    reopen(bench);
    assert_int_equal(outbox_get_head(bench->outbox)->through, 2);
    assert_string_equal(outbox_get_head(bench->outbox)->store, STORE);
}

static void test_t3_receipt_with_another_chain_marks_nothing_and_is_remembered(void **state)
{
    Bench *bench = *state;
    Time oldest;

    add_many(bench->outbox, 3, 7);
    receive(bench->outbox, 2, true, false, 8);
    reopen(bench);
    assert_int_equal(outbox_get_head(bench->outbox)->through, 0);
    assert_int_equal(outbox_get_head(bench->outbox)->chain_error, 2);
    assert_int_equal(count_pending(bench->outbox, &oldest), 3);
}

static void test_t3_a_chain_that_agrees_further_on_ends_the_error(void **state)
{
    Bench *bench = *state;

    add_many(bench->outbox, 3, 7);
    receive(bench->outbox, 2, true, false, 8);
    receive(bench->outbox, 1, true, true, 8);
    assert_int_equal(outbox_get_head(bench->outbox)->chain_error, 2);
    receive(bench->outbox, 3, true, true, 8);
    assert_int_equal(outbox_get_head(bench->outbox)->chain_error, OUTBOX_NO_ERROR);
}

static void test_t2_receipt_that_cannot_be_compared_marks_nothing(void **state)
{
    Bench *bench = *state;

    add_many(bench->outbox, 3, 7);
    receive(bench->outbox, 2, false, false, 8);
    assert_int_equal(outbox_get_head(bench->outbox)->through, 0);
}

static void test_t4_lower_through_takes_the_marks_back(void **state)
{
    Bench *bench = *state;
    Time oldest;

    add_many(bench->outbox, 3, 7);
    receive(bench->outbox, 3, true, true, 8);
    receive(bench->outbox, 1, true, true, 9);
    assert_int_equal(outbox_get_head(bench->outbox)->through, 1);
    assert_int_equal(count_pending(bench->outbox, &oldest), 2);
    assert_int_equal(outbox_prune(bench->outbox, 0, 8 + 2 * OUTBOX_KEEP), 0);
    assert_int_equal(outbox_get_head(bench->outbox)->next, 4);
    assert_int_equal(outbox_get_head(bench->outbox)->oldest, 1);
}

static void test_t2_prune_keeps_for_30_days_after_the_receipt(void **state)
{
    Bench *bench = *state;

    add_many(bench->outbox, 4, 1);
    receive(bench->outbox, 2, true, true, TIME_DAY);
    receive(bench->outbox, 4, true, true, 2 * TIME_DAY);
    assert_int_equal(outbox_prune(bench->outbox, 0, TIME_DAY + OUTBOX_KEEP), 0);
    assert_int_equal(outbox_get_head(bench->outbox)->oldest, 1);
    assert_int_equal(outbox_prune(bench->outbox, 0, TIME_DAY + OUTBOX_KEEP + 1), 0);
    assert_int_equal(outbox_get_head(bench->outbox)->oldest, 3);
}

static void test_prune_keeps_the_newest_events_however_old(void **state)
{
    Bench *bench = *state;

    add_many(bench->outbox, 6, 1);
    receive(bench->outbox, 6, true, true, 1);
    assert_int_equal(outbox_prune(bench->outbox, 6, 100 * OUTBOX_KEEP), 0);
    assert_int_equal(outbox_get_head(bench->outbox)->oldest, 1);
    assert_int_equal(outbox_prune(bench->outbox, 4, 100 * OUTBOX_KEEP), 0);
    assert_int_equal(outbox_get_head(bench->outbox)->oldest, 3);
}

static void test_prune_never_touches_what_is_not_received(void **state)
{
    Bench *bench = *state;
    Time oldest;

    add_many(bench->outbox, 4, 1);
    receive(bench->outbox, 2, true, true, 1);
    assert_int_equal(outbox_prune(bench->outbox, 0, 100 * OUTBOX_KEEP), 0);
    assert_int_equal(count_pending(bench->outbox, &oldest), 2);
}

static void test_prune_keeps_the_last_event_so_that_numbers_and_chain_go_on(void **state)
{
    Bench *bench = *state;
    uint8_t chain[DIGEST_SIZE];

    add_many(bench->outbox, 4, 1);
    receive(bench->outbox, 4, true, true, 1);
    memcpy(chain, outbox_get_head(bench->outbox)->chain, sizeof(chain));
    assert_int_equal(outbox_prune(bench->outbox, 0, 100 * OUTBOX_KEEP), 0);
    reopen(bench);
    assert_int_equal(outbox_get_head(bench->outbox)->oldest, 4);
    assert_int_equal(outbox_get_head(bench->outbox)->next, 5);
    assert_memory_equal(outbox_get_head(bench->outbox)->chain, chain, sizeof(chain));
}

static void test_refusals_are_kept_and_counted(void **state)
{
    Bench *bench = *state;
    const OutboxRefusal refused[] = {{1, "bad-minutes"}};
    const OutboxReceipt receipt = {.through = 2,
                                   .chain_known = true,
                                   .chain_agrees = true,
                                   .store = STORE,
                                   .refused = refused,
                                   .refused_count = 1};
    uint64_t pending, count;
    Time oldest;

    add_many(bench->outbox, 2, 1);
    assert_int_equal(outbox_receive(bench->outbox, &receipt, 1), 0);
    assert_int_equal(outbox_count(bench->outbox, &pending, &oldest, &count), 0);
    assert_int_equal(count, 1);
    assert_int_equal(pending, 0);
}

static bool join_session(void *user, const OutboxSession *session)
{
    text_appendf(user, "%s ", session->session);
    return true;
}

static void test_plan_replaces_the_one_before_in_one_piece(void **state)
{
    Bench *bench = *state;
    Text sessions = {0}, holder = {0};

    assert_int_equal(outbox_begin(bench->outbox), 0);
    assert_int_equal(outbox_plan_clear(bench->outbox, "one"), 0);
    assert_int_equal(outbox_plan_put_session(bench->outbox, "S1", "t", "study-day", 10, 20), 0);
    assert_int_equal(outbox_plan_put_card(bench->outbox, "C1", "001"), 0);
    assert_int_equal(outbox_commit(bench->outbox), 0);
    assert_int_equal(outbox_begin(bench->outbox), 0);
    assert_int_equal(outbox_plan_clear(bench->outbox, "two"), 0);
    outbox_rollback(bench->outbox);
    assert_string_equal(outbox_get_head(bench->outbox)->plan, "one");
    assert_int_equal(outbox_plan_holder(bench->outbox, "C1", &holder), 0);
    assert_string_equal(text_cstr(&holder), "001");
    assert_int_equal(outbox_plan_holder(bench->outbox, "C2", &holder), OUTBOX_E_UNKNOWN);
    assert_int_equal(outbox_begin(bench->outbox), 0);
    assert_int_equal(outbox_plan_clear(bench->outbox, "two"), 0);
    assert_int_equal(outbox_plan_put_session(bench->outbox, "S2", "t", "study-day", 15, 30), 0);
    assert_int_equal(outbox_plan_put_session(bench->outbox, "S3", "t", "study-day", 40, 50), 0);
    assert_int_equal(outbox_commit(bench->outbox), 0);
    assert_int_equal(outbox_plan_sessions(bench->outbox, 0, 39, join_session, &sessions), 0);
    assert_string_equal(text_cstr(&sessions), "S2 ");
    text_deinit(&sessions);
    text_deinit(&holder);
}

static void test_claim_lets_one_agent_run(void **state)
{
    Bench *bench = *state;
    Outbox *other = NULL;

    assert_false(outbox_is_claimed(bench->outbox));
    assert_int_equal(outbox_open(bench->path, "t1", OUTBOX_WRITE, &other), 0);
    assert_int_equal(outbox_claim(other), 0);
    assert_int_equal(outbox_claim(bench->outbox), OUTBOX_E_RUNNING);
    assert_true(outbox_is_claimed(bench->outbox));
    outbox_close(other);
    assert_false(outbox_is_claimed(bench->outbox));
}

static void test_watch_hears_of_another_processs_change_after_its_commit(void **state)
{
    Bench *bench = *state;
    struct pollfd watch = {.events = POLLIN};

    assert_int_equal(outbox_watch(bench->outbox, &watch.fd), 0);
    add(bench->outbox, 1); // our own change is no news
    assert_int_equal(poll(&watch, 1, 0), 0);
    pid_t pid = fork();
    if (pid == 0) {
        Outbox *other = NULL;

        if (outbox_open(bench->path, "t1", OUTBOX_WRITE, &other) == 0)
            add(other, 1);
        outbox_close(other);
        _exit(0);
    }
    assert_int_equal(poll(&watch, 1, 20000), 1);
    assert_int_equal(outbox_refresh(bench->outbox), 0);
    assert_int_equal(outbox_get_head(bench->outbox)->next, 3);
    waitpid(pid, NULL, 0);
    close(watch.fd);
}

static void test_t1_many_writers_at_once_get_numbers_of_their_own(void **state)
{
    enum { WRITERS = 6, EACH = 20 };
    Bench *bench = *state;
    pid_t pids[WRITERS];
    uint8_t expected[DIGEST_SIZE];

    for (int i = 0; i < WRITERS; i++) {
        pids[i] = fork();
        if (pids[i] != 0)
            continue;
        Outbox *other = NULL;
        if (outbox_open(bench->path, "t1", OUTBOX_WRITE, &other) == 0)
            add_many(other, EACH, 1);
        outbox_close(other);
        _exit(0);
    }
    for (int i = 0; i < WRITERS; i++)
        waitpid(pids[i], NULL, 0);
    assert_int_equal(outbox_refresh(bench->outbox), 0);
    assert_int_equal(outbox_get_head(bench->outbox)->next, WRITERS * EACH + 1);
    chain_start("t1", outbox_get_head(bench->outbox)->epoch, expected);
    for (int i = 1; i <= WRITERS * EACH; i++) {
        char canonical[64];
        int size = snprintf(canonical, sizeof(canonical), "{\"seq\":%d}", i);

        chain_advance(expected, canonical, (size_t)size);
    }
    assert_memory_equal(outbox_get_head(bench->outbox)->chain, expected, DIGEST_SIZE);
}

static bool join_alarm(void *user, const char *code, const char *detail, Time since)
{
    text_appendf(user, "%s=%s@%d ", code, detail, (int)since);
    return true;
}

static void test_alarms_keep_their_first_time_and_the_latest_detail(void **state)
{
    Bench *bench = *state;
    Text alarms = {0};

    assert_int_equal(outbox_alarm_set(bench->outbox, "no-receipt", "from 1", 5), 0);
    assert_int_equal(outbox_alarm_set(bench->outbox, "no-receipt", "from 2", 6), 0);
    assert_int_equal(outbox_alarm_set(bench->outbox, "chain-differs", "at 9", 7), 0);
    assert_int_equal(outbox_alarms(bench->outbox, join_alarm, &alarms), 0);
    assert_string_equal(text_cstr(&alarms), "chain-differs=at 9@7 no-receipt=from 2@5 ");
    assert_int_equal(outbox_alarm_clear(bench->outbox, NULL), 0);
    text_clear(&alarms);
    assert_int_equal(outbox_alarms(bench->outbox, join_alarm, &alarms), 0);
    assert_string_equal(text_cstr(&alarms), "chain-differs=at 9@7 ");
    text_deinit(&alarms);
}

#define OUTBOX_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        OUTBOX_TEST(test_create_refuses_to_touch_an_existing_one),
        OUTBOX_TEST(test_create_makes_a_new_epoch_each_time),
        OUTBOX_TEST(test_open_refuses_another_terminals_outbox),
        OUTBOX_TEST(test_open_tells_a_missing_one),
        OUTBOX_TEST(test_t1_numbers_begin_at_1_and_have_no_gaps),
        OUTBOX_TEST(test_chain_is_the_protocols),
        OUTBOX_TEST(test_rollback_gives_the_number_back),
        OUTBOX_TEST(test_t2_receipt_marks_up_to_through_and_deletes_nothing),
        OUTBOX_TEST(test_t3_receipt_with_another_chain_marks_nothing_and_is_remembered),
        OUTBOX_TEST(test_t3_a_chain_that_agrees_further_on_ends_the_error),
        OUTBOX_TEST(test_t2_receipt_that_cannot_be_compared_marks_nothing),
        OUTBOX_TEST(test_t4_lower_through_takes_the_marks_back),
        OUTBOX_TEST(test_t2_prune_keeps_for_30_days_after_the_receipt),
        OUTBOX_TEST(test_prune_keeps_the_newest_events_however_old),
        OUTBOX_TEST(test_prune_never_touches_what_is_not_received),
        OUTBOX_TEST(test_prune_keeps_the_last_event_so_that_numbers_and_chain_go_on),
        OUTBOX_TEST(test_refusals_are_kept_and_counted),
        OUTBOX_TEST(test_plan_replaces_the_one_before_in_one_piece),
        OUTBOX_TEST(test_claim_lets_one_agent_run),
        OUTBOX_TEST(test_watch_hears_of_another_processs_change_after_its_commit),
        OUTBOX_TEST(test_t1_many_writers_at_once_get_numbers_of_their_own),
        OUTBOX_TEST(test_alarms_keep_their_first_time_and_the_latest_detail),
    };

    digest_init();
    return cmocka_run_group_tests_name("outbox", tests, NULL, NULL);
}
