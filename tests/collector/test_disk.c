// C6: a disk that is full or fails. C7: one writer. C8: the counters in the status.
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "tests/collector/site.h"
#include "tests/support/support.h"

#define STATE_TOPIC "studyday/1/collector/col"
#define LOG_ROOM \
    (16 * 1024) // bytes: room for the collector's log, which is a file too, and none for a commit
#define SMALL_DISK "small"
#define STILL_MS 1500 // longer than the collector's probe interval

static int set_up(void **state)
{
    Site *site = site_new("", 5);

    site_start(site, NULL);
    *state = site;
    return 0;
}

static int tear_down(void **state)
{
    Site *site = *state;
    CLEANUP(cleanup_text) Text folder = {0};

    text_appendf(&folder, "%s/" SMALL_DISK, site->folder);
    umount2(text_cstr(&folder), MNT_DETACH); // of the one test that mounts it; the others have none
    *state = site_free(site);
    return 0;
}

static void limit_files(const Site *site, rlim_t size)
{
    const struct rlimit limit = {size, RLIM_INFINITY};

    if (prlimit(site->pid, RLIMIT_FSIZE, &limit, NULL) < 0)
        support_die("prlimit: %s", strerror(errno));
}

static CollectorState collector_state(Site *site, size_t index)
{
    const FakePacket *packet = site_wait_topic(site, STATE_TOPIC, index);
    CollectorState state;
    WireError error;

    assert_int_equal(
        collector_state_decode((const char *)packet->payload, packet->payload_size, &state, &error), 0);
    return state;
}

// The disk fails for good in the middle of the work, and is well again later.
static void expect_failure_and_recovery(Site *site, const char *fault, void (*worsen)(void *user),
                                        void (*heal)(void *user), void *user)
{
    CollectorState announced;
    Receipt receipt;
    int mid = site_send_batch(site, "t1", SITE_EPOCH, 2, SITE_IN("M2"));
    int connections;

    announced = collector_state(site, 1);
    assert_true(announced.online);
    assert_string_equal(announced.fault, fault);
    worsen(user);
    connections = site->broker->connections;
    site_pump(site, STILL_MS);
    assert_false(site_has_ack(site, mid));
    assert_null(fake_broker_find_topic(site->broker, "studyday/1/a/t1/receipt", 1));
    assert_int_equal(fake_broker_count(site->broker, FAKE_SUBSCRIBE), 4);
    site_wait_log(site, "nothing is stored");
    assert_int_equal(site_status(site, "rollbacks"), 1);

    heal(user);
    site_wait_serving(site, connections + 1);
    assert_string_equal(collector_state(site, 2).fault, "");
    site_wait_ack(site, site_send_batch(site, "t1", SITE_EPOCH, 2, SITE_IN("M2")));
    receipt = site_receipt(site, "t1", 1);
    assert_int_equal(receipt.through, 2);
    assert_int_equal(site_count_events(site), 2);
    assert_int_equal(site_status(site, "received"), 2); // what was rolled back came again and counts once
    receipt_deinit(&receipt);
}

static void stop_files(void *user)
{
    limit_files(user, LOG_ROOM);
}

static void heal_limit(void *user)
{
    limit_files(user, RLIM_INFINITY);
}

static void test_c6_a_failing_disk_stops_everything_and_is_recovered_from(void **state)
{
    Site *site = *state;

    site_send_batch(site, "t1", SITE_EPOCH, 1, SITE_IN("M1"));
    site_wait_topic(site, "studyday/1/a/t1/receipt", 0);
    stop_files(site);
    expect_failure_and_recovery(site, "disk-error", stop_files, heal_limit, site);
}

static void test_c6_office_operations_are_refused_while_the_disk_fails(void **state)
{
    static const char *const argv[] = {"quarantine", "discard", "1", "--why", "test", NULL};
    Site *site = *state;
    int code = 0;

    stop_files(site);
    site_send_batch(site, "t1", SITE_EPOCH, 1, SITE_IN("M1"));
    site_wait_log(site, "nothing is stored");
    free(site_ask(site, &code, argv));
    assert_int_equal(code, EX_IOERR);
}

static void test_c6_a_stop_while_the_disk_fails_says_offline_and_exits_0(void **state)
{
    Site *site = *state;

    stop_files(site);
    site_send_batch(site, "t1", SITE_EPOCH, 1, SITE_IN("M1"));
    assert_string_equal(collector_state(site, 1).fault, "disk-error");
    assert_int_equal(site_end(site, SIGTERM), 0);
    assert_false(collector_state(site, 2).online);
    assert_int_equal(site_count_events(site), 0);
}

static void heal_by_room(void *user)
{
    if (unlink(user) < 0)
        support_die("unlink: %s", strerror(errno));
}

// Fills what is left of the file system with one file.
static void fill_up(void *user)
{
    const char *path = user;
    char block[4096] = {0};
    CLEANUP(cleanup_fd) int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

    for (size_t size = sizeof(block); size > 0;) {
        if (write(fd, block, size) < 0) {
            if (errno != ENOSPC)
                support_die("write: %s", strerror(errno));
            size /= 2;
        }
    }
}

static void test_c6_a_full_disk_is_told_and_recovered_from(void **state)
{
    Site *site = site_new("", 5);
    CLEANUP(cleanup_text) Text folder = {0}, filler = {0}, config = {0};

    *state = site;
    text_appendf(&folder, "%s/" SMALL_DISK, site->folder);
    if (mkdir(text_cstr(&folder), 0700) < 0)
        support_die("mkdir: %s", strerror(errno));
    if (mount("tmpfs", text_cstr(&folder), "tmpfs", 0, "size=4m") < 0) {
        print_message("skipped: no file system may be mounted here\n");
        skip();
    }
    text_appendf(&filler, "%s/filler", text_cstr(&folder));
    text_appendf(&config, "cp %s %s/", site->database, text_cstr(&folder));
    assert_int_equal(system(text_cstr(&config)), 0);
    free(site->database);
    text_clear(&config);
    text_appendf(&config, "%s/studyday.db", text_cstr(&folder));
    site->database = text_take(&config);
    site_write_config(site, "", 5);
    text_appendf(&config, "sed -i 's#\"studyday.db\"#\"" SMALL_DISK "/studyday.db\"#' %s", site->config);
    assert_int_equal(system(text_cstr(&config)), 0);

    site_start(site, NULL);
    site_send_batch(site, "t1", SITE_EPOCH, 1, SITE_IN("M1"));
    site_wait_topic(site, "studyday/1/a/t1/receipt", 0);
    fill_up((void *)text_cstr(&filler));
    // The database gives back its log's room when it is closed; that is filled up once more.
    expect_failure_and_recovery(site, "disk-full", fill_up, heal_by_room, (void *)text_cstr(&filler));
}

static void test_c7_a_second_collector_on_the_database_exits_75(void **state)
{
    Site *site = *state;
    const char *const argv[] = {getenv("COLLECTOR"), "--config", site->config, NULL};

    assert_int_equal(WEXITSTATUS(support_end(support_spawn(argv, "/dev/null"), 0)), EX_TEMPFAIL);
}

static void test_c8_the_counters_add_up_over_every_kind_of_event(void **state)
{
    Site *site = *state;
    long received;

    site_send_batch(site, "t1", SITE_EPOCH, 1, SITE_IN("M1") "," SITE_IN("M9") ",{\"kind\":\"fly\"}");
    site_send_batch(site, "t1", SITE_EPOCH, 1, SITE_IN("M2"));
    site_send_batch(site, "t1", SITE_EPOCH, 2, SITE_IN("M9") ",{\"kind\":\"fly\"}");
    site_send_batch(site, "t1", SITE_EPOCH, 9000, SITE_IN("M1"));
    site_send(site, "studyday/1/a/t1/event", "nonsense");
    site_send(site, "studyday/1/a/stranger/event", "nonsense");
    site_settle(site);
    received = site_status(site, "received");
    assert_int_equal(received, 9);
    assert_int_equal(site_status(site, "stored"), 2);
    assert_int_equal(site_status(site, "parked"), 1);
    assert_int_equal(site_status(site, "duplicate"), 2);
    assert_int_equal(site_status(site, "quarantined"), 4);
    assert_int_equal(site_status(site, "deferred"), 1);
}

static void test_c8_the_status_has_the_databases_totals_beside(void **state)
{
    static const char *const argv[] = {"status", NULL};
    Site *site = *state;
    char *status;
    int code;

    site_send_batch(site, "t1", SITE_EPOCH, 1, SITE_IN("M1"));
    site_wait_topic(site, "studyday/1/a/t1/receipt", 0);
    status = site_ask(site, &code, argv);
    assert_int_equal(code, 0);
    assert_non_null(strstr(status, "\"health\":\"ok\""));
    assert_non_null(strstr(status, "\"generation\":1,"));
    assert_non_null(strstr(status, "\"database\":{\"events\":1,"));
    assert_int_equal(status[strlen(status) - 1], '\n');
    free(status);
}

static void test_control_refuses_an_operation_that_it_does_not_know(void **state)
{
    static const char *const argv[] = {"destroy", NULL};
    Site *site = *state;
    int code = 0;

    free(site_ask(site, &code, argv));
    assert_int_equal(code, EX_USAGE);
}

static void test_control_import_brings_new_plans_and_counts_what_was_parked(void **state)
{
    static const char *const argv[] = {"import", "members", "members.csv", NULL};
    Site *site = *state;
    char *said;
    int code = -1;

    site_send(site, "studyday/1/a/t1/hello",
              "{\"v\":1,\"epoch\":\"" SITE_EPOCH "\",\"next\":1,\"oldest\":1}");
    site_wait_topic(site, "studyday/1/a/t1/plan", 0);
    site_send_batch(site, "t1", SITE_EPOCH, 1, SITE_IN("M9"));
    site_wait_topic(site, "studyday/1/a/t1/receipt", 1);
    said = site_ask_with(site, &code, argv, "member,name,org,from\nM9,Nine,LF-1,2026-01-01\n");
    if (code != 0)
        fail_msg("%s", said);
    site_wait_topic(site, "studyday/1/a/t1/plan", 1); // nobody asked for it
    site_pump(site, STILL_MS / 10);
    assert_int_equal(site_status(site, "parked"), 1); // since boot
    free(said);
    said = site_ask(site, &code, (const char *const[]){"status", NULL});
    assert_non_null(strstr(said, "\"parked\":0,\"refused\"")); // in the database
    free(said);
}

static void test_control_revoke_takes_hold_at_once(void **state)
{
    static const char *const argv[] = {"terminal", "revoke", "t1", NULL};
    Site *site = *state;
    char *reasons;
    int code = -1;

    site_send_batch(site, "t1", SITE_EPOCH, 1, SITE_IN("M1"));
    site_wait_topic(site, "studyday/1/a/t1/receipt", 0);
    free(site_ask(site, &code, argv));
    assert_int_equal(code, 0);
    site_wait_ack(site, site_send_batch(site, "t1", SITE_EPOCH, 2, SITE_IN("M2")));
    reasons = site_quarantine(site);
    assert_string_equal(reasons, "revoked ");
    free(reasons);
}

static void test_retry_takes_what_was_quarantined_once_its_cause_is_gone(void **state)
{
    static const char *const retry[] = {"quarantine", "retry", "1", NULL};
    Site *site = *state;
    const FakePublish publish = {
        .topic = "studyday/1/a/t1/event",
        .payload = "{\"v\":1,\"epoch\":\"" SITE_EPOCH "\",\"first\":1,\"events\":[" SITE_IN("M1") "]}",
        .size = strlen("{\"v\":1,\"epoch\":\"" SITE_EPOCH "\",\"first\":1,\"events\":[" SITE_IN("M1") "]}"),
        .qos = 1,
        .mid = 77,
        .retain = true};
    int code = -1;

    fake_broker_publish(site->broker, &publish);
    site_wait_ack(site, 77);
    free(site_ask(site, &code, retry));
    assert_int_equal(code, 0);
    assert_int_equal(site_count_events(site), 1);
    assert_int_equal(site_status(site, "retried"), 1);
    assert_int_equal(site_status(site, "stored"), 0); // it was counted when it came
    site_wait_topic(site, "studyday/1/a/t1/receipt", 0);
    free(site_ask(site, &code, retry));
    assert_int_equal(code, EX_DATAERR);
}

static void test_retry_of_what_is_deferred_leaves_the_entry_open(void **state)
{
    static const char *const retry[] = {"quarantine", "retry", "1", NULL};
    static const char line[] =
        "{\"v\":1,\"epoch\":\"" SITE_EPOCH "\",\"first\":9000,\"events\":[" SITE_IN("M1") "]}";
    Site *site = *state;
    const FakePublish publish = {.topic = "studyday/1/a/t1/event",
                                 .payload = line,
                                 .size = strlen(line),
                                 .qos = 1,
                                 .mid = 77,
                                 .retain = true};
    int code = -1;

    fake_broker_publish(site->broker, &publish);
    site_wait_ack(site, 77);
    for (int i = 0; i < 2; i++) { // one that is dealt with would be refused the second time
        free(site_ask(site, &code, retry));
        assert_int_equal(code, 0);
    }
    assert_int_equal(site_count_events(site), 0);
}

static void test_retry_of_what_is_still_unreadable_is_refused_again(void **state)
{
    static const char *const retry[] = {"quarantine", "retry", "1", NULL};
    Site *site = *state;
    char *reasons, *said;
    int code = -1;

    site_wait_ack(site, site_send(site, "studyday/1/a/t1/event", "nonsense"));
    said = site_ask(site, &code, retry);
    assert_int_equal(code, EX_DATAERR);
    assert_non_null(strstr(said, "bad-json"));
    reasons = site_quarantine(site);
    assert_string_equal(reasons, "bad-json ");
    free(reasons);
    free(said);
}

static int run(const Site *site, const char *option, const char *config)
{
    const char *const argv[] = {getenv("COLLECTOR"), "--config", config, option, NULL};

    return WEXITSTATUS(support_end(support_spawn(argv, site->log), 0));
}

static void test_start_without_a_database_exits_66(void **state)
{
    Site *site = site_new("", 5);

    *state = site;
    unlink(site->database);
    assert_int_equal(run(site, NULL, site->config), EX_NOINPUT);
}

static void test_check_config_says_good_and_bad(void **state)
{
    Site *site = site_new("", 5);

    *state = site;
    assert_int_equal(run(site, "--check-config", site->config), EX_OK);
    site_write_config(site, "colour = \"red\"\n", 5);
    assert_int_equal(run(site, "--check-config", site->config), EX_CONFIG);
}

static void test_an_unknown_option_exits_64(void **state)
{
    Site *site = site_new("", 5);

    *state = site;
    assert_int_equal(run(site, "--colour", site->config), EX_USAGE);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_c6_a_failing_disk_stops_everything_and_is_recovered_from),
        TEST(test_c6_office_operations_are_refused_while_the_disk_fails),
        TEST(test_c6_a_stop_while_the_disk_fails_says_offline_and_exits_0),
        cmocka_unit_test_teardown(test_c6_a_full_disk_is_told_and_recovered_from, tear_down),
        TEST(test_c7_a_second_collector_on_the_database_exits_75),
        TEST(test_c8_the_counters_add_up_over_every_kind_of_event),
        TEST(test_c8_the_status_has_the_databases_totals_beside),
        TEST(test_control_refuses_an_operation_that_it_does_not_know),
        TEST(test_control_import_brings_new_plans_and_counts_what_was_parked),
        TEST(test_control_revoke_takes_hold_at_once),
        TEST(test_retry_takes_what_was_quarantined_once_its_cause_is_gone),
        TEST(test_retry_of_what_is_deferred_leaves_the_entry_open),
        TEST(test_retry_of_what_is_still_unreadable_is_refused_again),
        cmocka_unit_test_teardown(test_start_without_a_database_exits_66, tear_down),
        cmocka_unit_test_teardown(test_check_config_says_good_and_bad, tear_down),
        cmocka_unit_test_teardown(test_an_unknown_option_exits_64, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
