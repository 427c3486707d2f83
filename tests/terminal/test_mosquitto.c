// The real agent at a real mosquitto: what only the real one can show.
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/file.h"
#include "tests/support/broker.h"
#include "tests/support/support.h"
#include "tests/terminal/rig.h"
#include "tests/terminal/test.h"

typedef struct Bench {
    Rig *rig;
    Broker *broker;
} Bench;

static void point_at_broker(const Bench *bench)
{
    CLEANUP(cleanup_text) Text text = {0};
    CLEANUP(cleanup_text) Text changed = {0};

    assert_int_equal(file_read(bench->rig->config, 1 << 16, &text), 0);
    char *port = strstr(text.data, "    port = ");
    text_append_bytes(&changed, text.data, (size_t)(port - text.data));
    text_appendf(&changed, "    port = %d", bench->broker->port);
    text_append(&changed, strchr(port + 1, '\n'));
    assert_int_equal(file_write_atomic(bench->rig->config, changed.data, changed.size, 0600, true), 0);
}

static int set_up(void **state)
{
    static Bench bench;

    bench.rig = rig_new(false, 5);
    bench.broker = broker_new();
    point_at_broker(&bench);
    *state = &bench;
    return 0;
}

static int tear_down(void **state)
{
    Bench *bench = *state;

    rig_free(bench->rig);
    broker_free(bench->broker);
    return 0;
}

static void run_broker(const Bench *bench, const char *acl)
{
    CLEANUP(cleanup_text) Text config = {0};
    CLEANUP(cleanup_free) char *path = file_beside(bench->broker->config, "acl");

    assert_int_equal(file_write_atomic(path, acl, strlen(acl), 0644, true), 0);
    text_appendf(&config, "listener %d 127.0.0.1\nuser root\nallow_anonymous true\nacl_file %s\n",
                 bench->broker->port, path);
    broker_run(bench->broker, text_cstr(&config));
}

static void scan(const Bench *bench)
{
    int code;

    free(rig_scan(bench->rig, "in 001", &code));
    assert_int_equal(code, 0);
}

static void test_t6_a_publish_that_the_acl_denies_is_shown(void **state)
{
    Bench *bench = *state;

    run_broker(bench, "topic read #\ntopic write studyday/1/lf-gy/t1/hello\n");
    scan(bench);
    rig_spawn(bench->rig, NULL);
    rig_wait_status(bench->rig, "broker-refused: 0x87");
    rig_wait_status(bench->rig, "\"pending\":1");
}

static void test_t6_nobody_who_listens_is_shown(void **state)
{
    Bench *bench = *state;

    run_broker(bench, "topic readwrite #\n");
    scan(bench);
    rig_spawn(bench->rig, NULL);
    rig_wait_status(bench->rig, "broker-refused: 0x10");
}

static void test_t5_comes_back_after_the_broker_was_killed(void **state)
{
    Bench *bench = *state;

    run_broker(bench, "topic readwrite #\n");
    rig_spawn(bench->rig, NULL);
    rig_wait_status(bench->rig, "\"online\":true");
    broker_stop(bench->broker, SIGKILL);
    rig_wait_status(bench->rig, "\"online\":false");
    scan(bench);
    broker_resume(bench->broker);
    rig_wait_status(bench->rig, "\"online\":true");
    assert_int_equal(rig_end(bench->rig, SIGTERM), 0);
}

static void test_starts_and_records_without_a_broker(void **state)
{
    Bench *bench = *state;

    rig_spawn(bench->rig, NULL);
    rig_write(bench->rig, "in 001\n");
    CLEANUP(cleanup_free) char *reply = rig_read_line(bench->rig);
    assert_non_null(strstr(reply, "OK "));
    assert_int_equal(rig_end(bench->rig, SIGTERM), 0);
}

#define MOSQUITTO_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        MOSQUITTO_TEST(test_t6_a_publish_that_the_acl_denies_is_shown),
        MOSQUITTO_TEST(test_t6_nobody_who_listens_is_shown),
        MOSQUITTO_TEST(test_t5_comes_back_after_the_broker_was_killed),
        MOSQUITTO_TEST(test_starts_and_records_without_a_broker),
    };

    if (!broker_is_installed())
        return 77; // skipped
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests_name("mosquitto", tests, NULL, NULL);
}
