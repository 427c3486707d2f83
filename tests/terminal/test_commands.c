// The commands as their users call them: options on either side, exit codes, replies.
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/file.h"
#include "tests/support/support.h"
#include "tests/terminal/rig.h"
#include "tests/terminal/test.h"

static int set_up(void **state)
{
    *state = rig_new(false, 5);
    return 0;
}

static int tear_down(void **state)
{
    *state = rig_free(*state);
    return 0;
}

static int run(const Rig *rig, const char *const *arguments)
{
    Text out = {0};
    int code = rig_command(rig, &out, arguments);

    text_deinit(&out);
    return code;
}

static void expect_log(const Rig *rig, const char *text)
{
    CLEANUP(cleanup_text) Text log = {0};

    assert_int_equal(file_read(rig->log, 1 << 20, &log), 0);
    if (!strstr(text_cstr(&log), text))
        fail_msg("no %s in %s", text, text_cstr(&log));
}

static void test_init_writes_a_configuration_that_is_valid(void **state)
{
    static const char *const arguments[] = {"--check-config", NULL};
    Rig *rig = *state;

    assert_int_equal(run(rig, arguments), 0);
}

static void test_init_refuses_a_folder_that_has_one(void **state)
{
    Rig *rig = *state;
    const char *const arguments[] = {"init", rig->folder, "--area",    "a", "--terminal",
                                     "t2",   "--broker",  "host:1883", NULL};

    assert_int_equal(run(rig, arguments), 73);
}

static void test_init_refuses_names_that_cannot_stand_in_a_topic(void **state)
{
    Rig *rig = *state;
    const char *const area[] = {"init", "/nowhere", "--area", "A", "--terminal",
                                "t",    "--broker", "h:1",    NULL};
    const char *const office[] = {"init",   "/nowhere", "--area", "a", "--terminal",
                                  "office", "--broker", "h:1",    NULL};
    const char *const broker[] = {"init", "/nowhere", "--area", "a", "--terminal",
                                  "t",    "--broker", "h:x",    NULL};

    assert_int_equal(run(rig, area), 64);
    assert_int_equal(run(rig, office), 64);
    assert_int_equal(run(rig, broker), 64);
}

static void test_init_makes_files_that_others_cannot_read(void **state)
{
    Rig *rig = *state;
    struct stat outbox, config;

    assert_int_equal(stat(rig->outbox, &outbox), 0);
    assert_int_equal(stat(rig->config, &config), 0);
    assert_int_equal(outbox.st_mode & 0777, 0600);
    assert_int_equal(config.st_mode & 07, 0);
}

static void test_options_may_stand_before_and_after_the_command(void **state)
{
    Rig *rig = *state;
    const char *const argv[] = {getenv("TERMINAL"), "status", "--format=json", "--config", rig->config, NULL};

    pid_t pid = support_spawn(argv, "/dev/null");
    assert_int_equal(support_end(pid, 0), 0);
    const char *const before[] = {"status", NULL}; // rig_command() puts --config in front
    assert_int_equal(run(rig, before), 0);
}

static void test_configuration_may_come_from_the_environment(void **state)
{
    Rig *rig = *state;
    const char *const argv[] = {getenv("TERMINAL"), "status", NULL};

    setenv("STUDYDAY_CONFIG", rig->config, 1);
    pid_t pid = support_spawn(argv, "/dev/null");
    unsetenv("STUDYDAY_CONFIG");
    assert_int_equal(support_end(pid, 0), 0);
}

static void test_usage_errors_are_64(void **state)
{
    static const char *const cases[][4] = {
        {NULL},
        {"dance", NULL},
        {"scan", NULL},
        {"status", "now", NULL},
        {"status", "--format", "xml"},
        {"run", "--fast", NULL},
        {"record", NULL},
        {"--log-level", "loud", "status"},
    };
    Rig *rig = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *arguments[5] = {cases[i][0], cases[i][1], cases[i][2], cases[i][3], NULL};

        assert_int_equal(run(rig, arguments), 64);
    }
}

static void test_a_key_that_others_can_read_is_refused(void **state)
{
    Rig *rig = rig_new(true, 5);
    Text path = {0};
    static const char *const arguments[] = {"status", NULL};

    (void)state;
    text_appendf(&path, "%s/key", rig->folder);
    assert_int_equal(chmod(text_cstr(&path), 0644), 0);
    assert_int_equal(run(rig, arguments), 78);
    text_deinit(&path);
    rig_free(rig);
}

static void test_scan_says_ok_with_epoch_and_number(void **state)
{
    Rig *rig = *state;
    char expected[64];
    int code;
    CLEANUP(cleanup_free) char *first = rig_scan(rig, "in 001", &code);
    CLEANUP(cleanup_free) char *second = rig_scan(rig, "out 001", &code);

    snprintf(expected, sizeof(expected), "OK %s:1", rig->epoch);
    assert_string_equal(first, expected);
    snprintf(expected, sizeof(expected), "OK %s:2", rig->epoch);
    assert_string_equal(second, expected);
    assert_int_equal(code, 0);
}

static void test_t7_a_refused_scan_is_65_and_leaves_no_trace(void **state)
{
    Rig *rig = *state;
    int code;
    CLEANUP(cleanup_free) char *reply = rig_scan(rig, "in a/b", &code);
    CLEANUP(cleanup_free) char *status = rig_status(rig);

    assert_string_equal(reply, "REFUSED bad-member");
    assert_int_equal(code, 65);
    assert_non_null(strstr(status, "\"next\":1,"));
}

static void test_scan_without_an_outbox_is_66(void **state)
{
    Rig *rig = *state;
    int code;

    unlink(rig->outbox);
    CLEANUP(cleanup_free) char *reply = rig_scan(rig, "in 001", &code);
    assert_int_equal(code, 66);
    assert_string_equal(reply, "REFUSED no-outbox");
}

static void test_t1_ok_is_printed_after_the_fsync_of_the_event(void **state)
{
    Rig *rig = *state;
    Text trace_path = {0}, trace = {0};

    if (!support_has_program("strace"))
        skip();
    text_appendf(&trace_path, "%s/trace", rig->folder);
    const char *const argv[] = {"strace",
                                "-f",
                                "-o",
                                text_cstr(&trace_path),
                                "-e",
                                "trace=fsync,fdatasync,write",
                                getenv("TERMINAL"),
                                "scan",
                                "in",
                                "001",
                                "--config",
                                rig->config,
                                NULL};
    setenv("ASAN_OPTIONS", "detect_leaks=0", 1); // a sanitizer's leak checker and ptrace exclude each other
    pid_t pid = support_spawn(argv, "/dev/null");
    assert_int_equal(support_end(pid, 0), 0);
    unsetenv("ASAN_OPTIONS");
    assert_int_equal(file_read(text_cstr(&trace_path), 1 << 20, &trace), 0);
    const char *ok = strstr(text_cstr(&trace), "write(1, \"OK ");
    const char *sync = strstr(text_cstr(&trace), "fdatasync(");
    assert_non_null(ok);
    assert_non_null(sync);
    assert_true(sync < ok);
    text_deinit(&trace_path);
    text_deinit(&trace);
}

static void test_t1_a_failing_disk_refuses_the_scan_and_changes_nothing(void **state)
{
    const struct rlimit small = {4096, RLIM_INFINITY}; // no file may grow beyond: as good as a broken disk
    const struct rlimit normal = {RLIM_INFINITY, RLIM_INFINITY};
    Rig *rig = *state;
    int code, after_code;

    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    CLEANUP(cleanup_free) char *reply = rig_scan(rig, "in 001", &code);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &normal), 0);
    assert_int_equal(code, 74);
    assert_non_null(strstr(reply, "REFUSED disk-"));
    CLEANUP(cleanup_free) char *status = rig_status(rig);
    assert_non_null(strstr(status, "\"next\":1,"));
    CLEANUP(cleanup_free) char *after = rig_scan(rig, "in 001", &after_code);
    assert_int_equal(after_code, 0);
    assert_non_null(strstr(after, ":1"));
}

// A disk of its own for the folder, seen by this process and its children alone.
static bool mount_small_disk(const char *path)
{
    return unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("none", path, "tmpfs", 0, "size=512k") == 0;
}

static void fill_disk(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    char block[1024] = {0};

    while (write(fd, block, sizeof(block)) > 0)
        continue;
    close(fd);
}

static int set_up_full(void **state)
{
    char folder[] = "/tmp/studyday-full-XXXXXX";
    Rig *rig;

    if (!mkdtemp(folder))
        return -1;
    if (!mount_small_disk(folder)) {
        rmdir(folder);
        *state = NULL;
        return 0;
    }
    setenv("TMPDIR", folder, 1);
    rig = rig_new(false, 5);
    unsetenv("TMPDIR");
    *state = rig;
    return 0;
}

static int tear_down_full(void **state)
{
    Rig *rig = *state;
    CLEANUP(cleanup_free) char *disk = rig ? file_beside(rig->folder, "") : NULL;

    if (!rig)
        return 0;
    rig_free(rig);
    disk[strlen(disk) - 1] = '\0';
    umount2(disk, MNT_DETACH);
    rmdir(disk);
    return 0;
}

static void test_t1_a_full_disk_refuses_the_scan_loudly(void **state)
{
    Rig *rig = *state;
    int code, after_code;

    if (!rig)
        skip(); // no right to mount
    CLEANUP(cleanup_free) char *file = file_beside(rig->config, "filler");
    fill_disk(file);
    CLEANUP(cleanup_free) char *reply = rig_scan(rig, "in 001", &code);
    assert_int_equal(code, 74);
    assert_non_null(strstr(reply, "REFUSED disk-full"));
    unlink(file);
    CLEANUP(cleanup_free) char *after = rig_scan(rig, "in 001", &after_code);
    assert_int_equal(after_code, 0);
    assert_non_null(strstr(after, ":1")); // the number was not used up
}

// `record` in a child, so that the fake broker can be turned meanwhile.
static pid_t start_record(Rig *rig, const char *out)
{
    const char *const argv[] = {getenv("TERMINAL"), "record", "001", "--config", rig->config, NULL};

    return support_spawn(argv, out);
}

static void get_ask_id(const FakePacket *ask, char ret_id[static ULID_SIZE])
{
    Text payload = {0};

    text_append_bytes(&payload, ask->payload, ask->payload_size);
    const char *id = strstr(text_cstr(&payload), "\"id\":\"");
    assert_non_null(id);
    assert_non_null(strstr(text_cstr(&payload), "\"ask\":\"record\",\"member\":\"001\""));
    memcpy(ret_id, id + 6, ULID_SIZE - 1);
    ret_id[ULID_SIZE - 1] = '\0';
    text_deinit(&payload);
}

static int end_record(Rig *rig, pid_t pid)
{
    while (!support_has_ended(pid, 5))
        fake_broker_pump(rig->broker);
    int status = support_end(pid, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void send_answer(Rig *rig, const char *id, const char *rest)
{
    Text line = {0};

    text_appendf(&line, "{\"v\":1,\"id\":\"%s\",%s}", id, rest);
    rig_send(rig, "answer", &line);
    text_deinit(&line);
}

static void test_record_prints_the_answer_to_its_own_question(void **state)
{
    Rig *rig = *state;
    CLEANUP(cleanup_free) char *path = file_beside(rig->config, "answer");
    CLEANUP(cleanup_text) Text out = {0};
    char id[ULID_SIZE];
    pid_t pid = start_record(rig, path);

    get_ask_id(rig_wait(rig, "ask", 0), id);
    send_answer(rig, "someone-elses", "\"record\":{\"member\":\"002\"}");
    send_answer(rig, id, "\"record\":{\"member\":\"001\"}");
    assert_int_equal(end_record(rig, pid), 0);
    assert_int_equal(file_read(path, 1 << 16, &out), 0);
    assert_string_equal(text_cstr(&out), "{\"member\":\"001\"}\n");
    assert_string_not_equal(fake_broker_find(rig->broker, FAKE_CONNECT, 0)->client_id, RIG_TERMINAL);
}

static void test_record_that_is_not_allowed_is_77(void **state)
{
    Rig *rig = *state;
    char id[ULID_SIZE];
    pid_t pid = start_record(rig, rig->log);

    get_ask_id(rig_wait(rig, "ask", 0), id);
    send_answer(rig, id, "\"error\":\"not-allowed\"");
    assert_int_equal(end_record(rig, pid), 77);
    expect_log(rig, "not-allowed");
}

static void test_record_without_a_broker_is_69(void **state)
{
    Rig *rig = *state;
    pid_t pid;

    rig->broker->answers_connect = false;
    pid = start_record(rig, rig->log);
    while (rig->broker->line < 0)
        fake_broker_pump(rig->broker);
    fake_broker_close(rig->broker);
    assert_int_equal(end_record(rig, pid), 69);
}

#define COMMAND_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        COMMAND_TEST(test_init_writes_a_configuration_that_is_valid),
        COMMAND_TEST(test_init_refuses_a_folder_that_has_one),
        COMMAND_TEST(test_init_refuses_names_that_cannot_stand_in_a_topic),
        COMMAND_TEST(test_init_makes_files_that_others_cannot_read),
        COMMAND_TEST(test_options_may_stand_before_and_after_the_command),
        COMMAND_TEST(test_configuration_may_come_from_the_environment),
        COMMAND_TEST(test_usage_errors_are_64),
        cmocka_unit_test(test_a_key_that_others_can_read_is_refused),
        COMMAND_TEST(test_scan_says_ok_with_epoch_and_number),
        COMMAND_TEST(test_t7_a_refused_scan_is_65_and_leaves_no_trace),
        COMMAND_TEST(test_scan_without_an_outbox_is_66),
        COMMAND_TEST(test_t1_ok_is_printed_after_the_fsync_of_the_event),
        COMMAND_TEST(test_t1_a_failing_disk_refuses_the_scan_and_changes_nothing),
        cmocka_unit_test_setup_teardown(test_t1_a_full_disk_refuses_the_scan_loudly, set_up_full,
                                        tear_down_full),
        COMMAND_TEST(test_record_prints_the_answer_to_its_own_question),
        COMMAND_TEST(test_record_that_is_not_allowed_is_77),
        COMMAND_TEST(test_record_without_a_broker_is_69),
    };
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    return cmocka_run_group_tests_name("commands", tests, NULL, NULL);
}
