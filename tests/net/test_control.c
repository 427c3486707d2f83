// The control socket: a child asks, this process answers from its poll loop.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/net/control.h"
#include "core/net/control_frame.h"
#include "tests/support/support.h"

#define PATIENCE_MS 20000 // far beyond what the slowest machine needs

typedef struct Bench {
    char *folder;
    char path[256];
    ControlServer *server;
    int answered, argc;
    char seen[256]; // arguments as the server got them
    char file[64];  // what could be read from the descriptor
    uid_t uid;
    size_t out_size; // of the reply
} Bench;

static int bench_open(void **state)
{
    Bench *bench = calloc(1, sizeof(*bench));

    bench->folder = support_make_folder();
    snprintf(bench->path, sizeof(bench->path), "%s/control.sock", bench->folder);
    *state = bench;
    return control_open(bench->path, &bench->server);
}

static int bench_close(void **state)
{
    Bench *bench = *state;

    control_close(bench->server);
    support_remove_folder(bench->folder);
    free(bench->folder);
    free(bench);
    return 0;
}

static void answer(void *user, const ControlRequest *request, int *ret_exit, Text *out, Text *err)
{
    Bench *bench = user;

    bench->answered++;
    bench->argc = request->argc;
    bench->uid = request->uid;
    for (int i = 0; i < request->argc; i++) {
        strcat(bench->seen, request->argv[i]);
        strcat(bench->seen, "|");
    }
    strcat(bench->seen, request->file_name);
    if (request->file >= 0 && read(request->file, bench->file, sizeof(bench->file) - 1) < 0)
        support_die("the descriptor cannot be read");
    *ret_exit = 65;
    text_append(err, "oops");
    for (size_t i = 0; i < bench->out_size; i++)
        text_append_char(out, 'x');
}

static void bench_serve(Bench *bench, int milliseconds)
{
    struct pollfd poll_fd = {.fd = control_fd(bench->server), .events = control_events(bench->server)};

    if (poll(&poll_fd, 1, milliseconds) > 0)
        assert_int_equal(control_handle(bench->server, answer, bench), 0);
}

// Answers until the child ends; its exit status.
static int bench_serve_child(Bench *bench, pid_t child)
{
    int status;

    for (int i = 0; i < PATIENCE_MS; i++) {
        if (waitpid(child, &status, WNOHANG) == child)
            return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        bench_serve(bench, 10);
    }
    support_die("the child does not end");
}

// What a child that asks says by its exit status.
static int ask_and_check(const Bench *bench, int argc, char *const *argv, const char *file_name, int file)
{
    CLEANUP(cleanup_text) Text out = {0}, err = {0};
    int code = 0, r = control_ask(bench->path, argc, argv, file_name, file, &code, &out, &err);

    if (r != 0)
        return 2;
    return code == 65 && strcmp(text_cstr(&err), "oops") == 0 && out.size == bench->out_size ? 0 : 3;
}

static pid_t ask_in_child(const Bench *bench, int argc, char *const *argv, const char *file_name, int file)
{
    pid_t child = fork();

    if (child == 0)
        _exit(ask_and_check(bench, argc, argv, file_name, file));
    return child;
}

static char one[] = "import", two[] = "", three[] = "第三";
static char *const arguments[] = {one, two, three, NULL};

static void ask_hands_over_arguments_and_brings_the_reply(void **state)
{
    Bench *bench = *state;

    bench->out_size = 5;
    assert_int_equal(bench_serve_child(bench, ask_in_child(bench, 3, arguments, "a name", -1)), 0);
    assert_string_equal(bench->seen, "import||第三|a name");
    assert_int_equal(bench->uid, getuid());
}

static void ask_hands_over_a_descriptor(void **state)
{
    Bench *bench = *state;
    int fds[2];

    assert_int_equal(pipe(fds), 0);
    assert_int_equal(write(fds[1], "content", 7), 7);
    close(fds[1]);
    assert_int_equal(bench_serve_child(bench, ask_in_child(bench, 1, arguments, "f", fds[0])), 0);
    close(fds[0]);
    assert_string_equal(bench->file, "content");
}

static void ask_takes_a_long_reply(void **state)
{
    Bench *bench = *state;

    bench->out_size = 3 * 1024 * 1024 + 1;
    assert_int_equal(bench_serve_child(bench, ask_in_child(bench, 1, arguments, NULL, -1)), 0);
}

static void ask_finds_nobody_where_nobody_listens(void **state)
{
    Bench *bench = *state;
    CLEANUP(cleanup_text) Text out = {0}, err = {0};
    int code = 0;

    bench->server = control_close(bench->server);
    assert_int_equal(control_ask(bench->path, 1, arguments, NULL, -1, &code, &out, &err), CONTROL_E_NOBODY);
}

static void ask_refuses_too_many_arguments(void **state)
{
    Bench *bench = *state;
    char *many[CONTROL_ARGUMENTS_MAX + 2] = {NULL};
    CLEANUP(cleanup_text) Text out = {0}, err = {0};
    int code = 0;

    for (int i = 0; i <= CONTROL_ARGUMENTS_MAX; i++)
        many[i] = one;
    assert_int_equal(control_ask(bench->path, CONTROL_ARGUMENTS_MAX + 1, many, NULL, -1, &code, &out, &err),
                     -E2BIG);
}

static void ask_works_through_a_path_longer_than_an_address(void **state)
{
    Bench *bench = *state;
    CLEANUP(cleanup_text) Text folder = {0};

    bench->server = control_close(bench->server);
    text_appendf(&folder, "%s/%0100d", bench->folder, 7);
    assert_int_equal(mkdir(text_cstr(&folder), 0700), 0);
    snprintf(bench->path, sizeof(bench->path), "%s/control.sock", text_cstr(&folder));
    assert_int_equal(control_open(bench->path, &bench->server), 0);
    assert_int_equal(bench_serve_child(bench, ask_in_child(bench, 1, arguments, NULL, -1)), 0);
}

static void open_makes_a_socket_for_owner_and_group(void **state)
{
    Bench *bench = *state;
    struct stat status;

    assert_int_equal(stat(bench->path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0660);
}

static void open_refuses_where_somebody_answers(void **state)
{
    Bench *bench = *state;
    ControlServer *second = NULL;

    assert_int_equal(control_open(bench->path, &second), -EADDRINUSE);
}

static void open_replaces_a_socket_that_was_left_over(void **state)
{
    Bench *bench = *state;
    char kept[300];

    snprintf(kept, sizeof(kept), "%s.kept", bench->path);
    assert_int_equal(link(bench->path, kept), 0); // survives the unlink of the close, as after a kill
    bench->server = control_close(bench->server);
    assert_int_equal(rename(kept, bench->path), 0);
    assert_int_equal(control_open(bench->path, &bench->server), 0);
}

static void open_leaves_a_file_that_is_no_socket_alone(void **state)
{
    Bench *bench = *state;
    ControlServer *second = NULL;
    char path[300];
    int fd;

    snprintf(path, sizeof(path), "%s.txt", bench->path);
    fd = open(path, O_CREAT | O_WRONLY, 0600);
    close(fd);
    assert_int_equal(control_open(path, &second), -EEXIST);
    assert_int_equal(access(path, F_OK), 0);
}

// Sends bytes that no client of ours sends and waits until the server hangs up.
static void check_dropped(Bench *bench, const void *data, size_t size)
{
    CLEANUP(cleanup_fd) int fd = -1;
    char byte;

    assert_int_equal(control_connect(bench->path, &fd), 0);
    assert_int_equal(send(fd, data, size, MSG_NOSIGNAL), (ssize_t)size);
    for (int i = 0; i < 100; i++) {
        bench_serve(bench, 10);
        if (recv(fd, &byte, 1, MSG_DONTWAIT) == 0)
            break;
    }
    assert_int_equal(recv(fd, &byte, 1, MSG_DONTWAIT), 0);
    assert_int_equal(bench->answered, 0);
}

static void handle_drops_what_is_malformed(void **state)
{
    struct {
        ControlHead head;
        char body[4];
    } bad_magic = {{1, 4}, "a\0b"}, too_large = {{CONTROL_MAGIC, UINT32_MAX}, "a\0b"},
      no_end = {{CONTROL_MAGIC, 4}, {'a', 'b', 'c', 'd'}}, no_operation = {{CONTROL_MAGIC, 4}, "a\0b"};

    check_dropped(*state, &bad_magic, sizeof(bad_magic));
    check_dropped(*state, &too_large, sizeof(too_large));
    check_dropped(*state, &no_end, sizeof(no_end));
    check_dropped(*state, &no_operation, sizeof(no_operation));
}

static void handle_goes_on_after_a_client_that_hangs_up(void **state)
{
    Bench *bench = *state;
    int fd = -1;

    assert_int_equal(control_connect(bench->path, &fd), 0);
    bench_serve(bench, 1000);
    close(fd);
    bench_serve(bench, 1000);
    assert_int_equal(bench_serve_child(bench, ask_in_child(bench, 1, arguments, NULL, -1)), 0);
}

static void handle_drops_a_client_that_says_nothing(void **state)
{
    Bench *bench = *state;
    CLEANUP(cleanup_fd) int silent = -1;
    char byte;

    assert_int_equal(control_connect(bench->path, &silent), 0);
    // The next one waits in the backlog until the silent one's time is over.
    assert_int_equal(bench_serve_child(bench, ask_in_child(bench, 1, arguments, NULL, -1)), 0);
    assert_int_equal(recv(silent, &byte, 1, MSG_DONTWAIT), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(ask_hands_over_arguments_and_brings_the_reply, bench_open,
                                        bench_close),
        cmocka_unit_test_setup_teardown(ask_hands_over_a_descriptor, bench_open, bench_close),
        cmocka_unit_test_setup_teardown(ask_takes_a_long_reply, bench_open, bench_close),
        cmocka_unit_test_setup_teardown(ask_finds_nobody_where_nobody_listens, bench_open, bench_close),
        cmocka_unit_test_setup_teardown(ask_refuses_too_many_arguments, bench_open, bench_close),
        cmocka_unit_test_setup_teardown(ask_works_through_a_path_longer_than_an_address, bench_open,
                                        bench_close),
        cmocka_unit_test_setup_teardown(open_makes_a_socket_for_owner_and_group, bench_open, bench_close),
        cmocka_unit_test_setup_teardown(open_refuses_where_somebody_answers, bench_open, bench_close),
        cmocka_unit_test_setup_teardown(open_replaces_a_socket_that_was_left_over, bench_open, bench_close),
        cmocka_unit_test_setup_teardown(open_leaves_a_file_that_is_no_socket_alone, bench_open, bench_close),
        cmocka_unit_test_setup_teardown(handle_drops_what_is_malformed, bench_open, bench_close),
        cmocka_unit_test_setup_teardown(handle_goes_on_after_a_client_that_hangs_up, bench_open, bench_close),
        cmocka_unit_test_setup_teardown(handle_drops_a_client_that_says_nothing, bench_open, bench_close),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
